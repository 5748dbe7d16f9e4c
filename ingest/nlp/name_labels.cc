#include "ingest/nlp/name_labels.h"

#include <algorithm>
#include <limits>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

uint64_t ExtendPhrase(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

bool BeginsName(WordShape shape) {
  return shape != WordShape::kPunctuation && shape != WordShape::kDigits;
}

}  // namespace

NameLabel MakeNameLabel(NamePart part, NameKind kind) {
  return static_cast<NameLabel>(1 + static_cast<int>(kind) * 4 + static_cast<int>(part));
}
NamePart NamePartOf(NameLabel label) { return static_cast<NamePart>((label - 1) % 4); }
NameKind NameKindOf(NameLabel label) { return static_cast<NameKind>((label - 1) / 4); }

bool MayFollow(NameLabel label, NameLabel next) {
  const bool open = label != kOutside && (NamePartOf(label) == NamePart::kBegin ||
                                          NamePartOf(label) == NamePart::kInside);
  const bool continues = next != kOutside && (NamePartOf(next) == NamePart::kInside ||
                                              NamePartOf(next) == NamePart::kLast);
  return open == continues && (!open || NameKindOf(label) == NameKindOf(next));
}

// ---- lists -----------------------------------------------------------------------------------

NameLists::NameLists(const std::vector<Entry>& entries) {
  size_t capacity = 16;
  while (capacity < entries.size() * 4) capacity *= 2;
  slots_.assign(capacity, Slot{});
  mask_ = capacity - 1;
  for (const Entry& entry : entries) {
    const std::vector<std::string_view> words = Split(entry.phrase, ' ');
    if (words.size() > kPhraseWordsMax) continue;
    uint64_t hash = 0;
    for (size_t i = 0; i < words.size(); ++i) {
      hash = ExtendPhrase(hash, HashBytes(words[i]));
      const bool last = i + 1 == words.size();
      Insert(hash, last ? entry.lists : 0, last ? 0 : 1);
    }
  }
}

void NameLists::Insert(uint64_t hash, uint8_t lists, uint8_t longer) {
  if ((size_ + 1) * 2 > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    size_ = 0;
    for (const Slot& slot : old) {
      if (slot.hash != 0) Insert(slot.hash, slot.lists, slot.longer);
    }
  }
  uint64_t i = hash & mask_;
  while (slots_[i].hash != 0 && slots_[i].hash != hash) i = (i + 1) & mask_;
  size_ += slots_[i].hash == 0;
  slots_[i].hash = hash;
  slots_[i].lists |= lists;
  slots_[i].longer |= longer;
}

const NameLists::Slot* NameLists::Find(uint64_t hash) const {
  for (uint64_t i = hash & mask_; slots_[i].hash != 0; i = (i + 1) & mask_) {
    if (slots_[i].hash == hash) return &slots_[i];
  }
  return nullptr;
}

absl::StatusOr<std::vector<NameLists::Entry>> NameLists::ParseEntries(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t count = reader.Varint();
  if (count > reader.remaining()) return DataLoss("the lists of names are cut off");
  std::vector<Entry> entries(count);
  for (Entry& entry : entries) entry.phrase = std::string(reader.String());
  for (Entry& entry : entries) entry.lists = reader.U8();
  if (!reader.ok() || reader.remaining() != 0) return DataLoss("the lists of names are damaged");
  return entries;
}

std::string NameLists::Serialize(std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.phrase < b.phrase; });
  ByteWriter writer;
  writer.Varint(entries.size());
  for (const Entry& entry : entries) writer.String(entry.phrase);
  for (const Entry& entry : entries) writer.U8(entry.lists);
  return writer.Release();
}

void NameLists::Mark(std::span<const WordFeatures> words, std::vector<uint16_t>* marks) const {
  marks->assign(words.size(), 0);
  if (empty()) return;
  std::array<size_t, kListsMax> covered_to{};  // by list: one past its last marked phrase
  for (size_t begin = 0; begin < words.size(); ++begin) {
    if (!BeginsName(words[begin].shape)) continue;
    std::array<size_t, kListsMax> ends{};
    uint64_t hash = 0;
    for (size_t i = begin; i < words.size() && i < begin + kPhraseWordsMax; ++i) {
      hash = ExtendPhrase(hash, words[i].lower);
      const Slot* slot = Find(hash);
      if (slot == nullptr) break;
      for (int list = 0; list < kListsMax; ++list) {
        if ((slot->lists >> list) & 1) ends[list] = i + 1;
      }
      if (slot->longer == 0) break;
    }
    for (int list = 0; list < kListsMax; ++list) {
      if (ends[list] <= covered_to[list]) continue;
      covered_to[list] = ends[list];
      (*marks)[begin] |= static_cast<uint16_t>(1 << (2 * list));
      for (size_t i = begin + 1; i < ends[list]; ++i) {
        (*marks)[i] |= static_cast<uint16_t>(1 << (2 * list + 1));
      }
    }
  }
}

// ---- decoding --------------------------------------------------------------------------------

void BestNameLabels(const NameScores& scores, std::vector<NameLabel>* labels) {
  constexpr int64_t kImpossible = std::numeric_limits<int64_t>::min() / 4;
  const size_t count = scores.emissions.size();
  labels->assign(count, kOutside);
  if (count == 0) return;
  // back[i][y] is kept in labels-sized rows on the heap only for the sentence at hand.
  std::vector<std::array<NameLabel, kNameLabelCount>> back(count);
  std::array<int64_t, kNameLabelCount> best;
  best.fill(kImpossible);
  best[kOutside] = 0;
  for (size_t i = 0; i < count; ++i) {
    std::array<int64_t, kNameLabelCount> next;
    for (int to = 0; to < kNameLabelCount; ++to) {
      next[to] = kImpossible;
      for (int from = 0; from < kNameLabelCount; ++from) {
        if (best[from] == kImpossible || !MayFollow(from, to)) continue;
        const int64_t score = best[from] + scores.transitions[from][to];
        if (score > next[to]) {
          next[to] = score;
          back[i][to] = static_cast<NameLabel>(from);
        }
      }
      if (next[to] != kImpossible) next[to] += scores.emissions[i][to];
    }
    best = next;
  }
  NameLabel label = kOutside;
  for (int to = 0; to < kNameLabelCount; ++to) {
    if (MayFollow(to, kOutside) && best[to] > best[label]) label = static_cast<NameLabel>(to);
  }
  for (size_t i = count; i-- > 0;) {
    (*labels)[i] = label;
    label = back[i][label];
  }
}

void NamesOfLabels(std::span<const NameLabel> labels, std::vector<Name>* names) {
  names->clear();
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == kOutside) continue;
    const NamePart part = NamePartOf(labels[i]);
    const auto place = static_cast<int32_t>(i);
    if (part == NamePart::kBegin || part == NamePart::kUnit) {
      names->push_back({.first = place, .last = place, .kind = NameKindOf(labels[i])});
    } else if (!names->empty()) {
      names->back().last = place;
    }
  }
}

}  // namespace entente::nlp
