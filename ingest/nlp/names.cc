#include "ingest/nlp/names.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

constexpr uint64_t kNoWord = 0x5BD1E9955BD1E995u;  // stands for a place outside the sentence

uint64_t ExtendPhrase(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

bool BeginsName(WordShape shape) {
  return shape != WordShape::kPunctuation && shape != WordShape::kDigits;
}

// What the features ask of a word at any distance; a constant beyond the sentence's ends.
struct Atoms {
  uint64_t lower = kNoWord;
  uint64_t tag = kNoWord;
  uint64_t cluster = 0;
  uint64_t cluster6 = 0;
  uint64_t shape = 99;
  uint64_t marks = 0;
};

Atoms AtomsAt(const NameInput& input, size_t index) {
  if (index >= input.words.size()) return {};  // also for index -1, which wraps around
  const WordFeatures& word = input.words[index];
  return {.lower = word.lower,
          .tag = input.tag_set->tag_hash(input.tags[index]),
          .cluster = word.known.cluster,
          .cluster6 = word.known.cluster_prefix6,
          .shape = static_cast<uint64_t>(word.shape),
          .marks = input.marks[index]};
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

absl::StatusOr<NameLists> NameLists::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t count = reader.Varint();
  if (count > reader.remaining()) return DataLoss("the lists of names are cut off");
  std::vector<Entry> entries(count);
  for (Entry& entry : entries) entry.phrase = std::string(reader.String());
  for (Entry& entry : entries) entry.lists = reader.U8();
  if (!reader.ok() || reader.remaining() != 0) return DataLoss("the lists of names are damaged");
  return NameLists(entries);
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

// ---- features --------------------------------------------------------------------------------

uint32_t NameTransitionKey(NameLabel previous) { return FeatureKey(60, previous); }

void NameKeys(const NameInput& input, size_t index, bool spelled, KeyBuffer* keys) {
  const WordFeatures& word = input.words[index];
  const Atoms at = AtomsAt(input, index);
  const Atoms left = AtomsAt(input, index - 1);
  const Atoms left2 = AtomsAt(input, index - 2);
  const Atoms right = AtomsAt(input, index + 1);
  const Atoms right2 = AtomsAt(input, index + 2);
  keys->Clear();
  keys->Add(FeatureKey(1, 1));
  if (spelled) {
    keys->Add(FeatureKey(2, word.form));
    keys->Add(FeatureKey(3, at.lower));
    keys->Add(FeatureKey(5, word.prefix[2], at.shape));
    keys->Add(FeatureKey(6, word.prefix[3]));
    keys->Add(FeatureKey(9, word.suffix[3]));
    keys->Add(FeatureKey(19, left.lower, at.lower));
    keys->Add(FeatureKey(20, at.lower, right.lower));
  }
  keys->Add(FeatureKey(4, at.tag, at.shape));
  keys->Add(FeatureKey(7, word.suffix[1], at.shape));
  keys->Add(FeatureKey(8, word.suffix[2], at.shape));
  keys->Add(FeatureKey(10, at.cluster, at.shape));
  keys->Add(FeatureKey(11, at.cluster6, at.shape));
  keys->Add(FeatureKey(12, word.known.cluster_prefix4, at.shape));
  keys->Add(FeatureKey(13, word.known.noun_sense, at.shape));
  keys->Add(FeatureKey(14, at.shape, index == 0));
  keys->Add(FeatureKey(15, left.lower, at.shape));
  keys->Add(FeatureKey(16, right.lower, at.shape));
  keys->Add(FeatureKey(17, left2.lower, at.shape));
  keys->Add(FeatureKey(18, right2.lower, at.shape));
  keys->Add(FeatureKey(21, left.tag, at.tag));
  keys->Add(FeatureKey(22, at.tag, right.tag));
  keys->Add(FeatureKey(23, left.shape, at.shape, right.shape));
  keys->Add(FeatureKey(24, left.cluster, at.shape));
  keys->Add(FeatureKey(25, right.cluster, at.shape));
  keys->Add(FeatureKey(26, left.cluster6, at.cluster6));
  keys->Add(FeatureKey(27, at.cluster6, right.cluster6));
  keys->Add(FeatureKey(28, left2.tag, left.tag, at.tag));
  keys->Add(FeatureKey(29, at.tag, right.tag, right2.tag));
  keys->Add(FeatureKey(30, left2.cluster, left.cluster, at.shape));
  keys->Add(FeatureKey(31, right.cluster, right2.cluster, at.shape));
  keys->Add(FeatureKey(32, left.lower, right.lower, at.shape));
  if (at.marks != 0) {
    keys->Add(FeatureKey(40, at.marks));
    keys->Add(FeatureKey(41, at.marks, at.shape, left.shape));
    keys->Add(FeatureKey(42, at.marks, left.marks));
    keys->Add(FeatureKey(43, at.marks, right.marks));
    keys->Add(FeatureKey(44, at.marks, at.tag));
  }
  if (left.marks != 0) keys->Add(FeatureKey(45, left.marks, at.shape));
  if (right.marks != 0) keys->Add(FeatureKey(46, right.marks, at.shape));
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

// ---- the tagger ------------------------------------------------------------------------------

NameTagger::NameTagger(LinearModel model, NameLists lists, std::string lists_bytes)
    : model_(std::move(model)), lists_(std::move(lists)), lists_bytes_(std::move(lists_bytes)) {
  for (int from = 0; from < kNameLabelCount; ++from) {
    const uint32_t key = NameTransitionKey(static_cast<NameLabel>(from));
    model_.Add(std::span(&key, 1), transitions_[from].data());
  }
}

absl::StatusOr<NameTagger> NameTagger::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view lists_bytes = reader.String();
  const std::string_view model_bytes = reader.String();
  if (!reader.ok() || reader.remaining() != 0) return DataLoss("the name tagger is cut off");
  ENTENTE_ASSIGN_OR_RETURN(NameLists lists, NameLists::Parse(lists_bytes));
  ENTENTE_ASSIGN_OR_RETURN(LinearModel model, LinearModel::Parse(model_bytes));
  return NameTagger(std::move(model), std::move(lists), std::string(lists_bytes));
}

std::string NameTagger::Serialize() const {
  ByteWriter writer;
  writer.String(lists_bytes_);
  writer.String(model_.Serialize());
  return writer.Release();
}

void NameTagger::Find(std::span<const WordFeatures> words, std::span<const TagId> tags,
                      const TagSet& tag_set, Scratch* scratch, std::vector<Name>* names) const {
  lists_.Mark(words, &scratch->marks);
  const NameInput input{words, tags, &tag_set, scratch->marks};
  NameScores& scores = scratch->scores;
  scores.emissions.assign(words.size(), {});
  scores.transitions = transitions_;
  KeyBuffer keys;
  for (size_t i = 0; i < words.size(); ++i) {
    NameKeys(input, i, /*spelled=*/true, &keys);
    model_.Add(keys, scores.emissions[i].data());
  }
  BestNameLabels(scores, &scratch->labels);
  NamesOfLabels(scratch->labels, names);
  for (Name& name : *names) name.score = ScoreOf(scores, name);
}

float NameTagger::ScoreOf(const NameScores& scores, const Name& name) const {
  // How far, on average over its words, the name's kind is ahead of the next best kind or of none.
  double margin = 0;
  for (int32_t i = name.first; i <= name.last; ++i) {
    int32_t own = std::numeric_limits<int32_t>::min();
    int32_t other = scores.emissions[i][kOutside];
    for (int label = 1; label < kNameLabelCount; ++label) {
      int32_t& side = NameKindOf(static_cast<NameLabel>(label)) == name.kind ? own : other;
      side = std::max(side, scores.emissions[i][label]);
    }
    margin += static_cast<double>(own) - other;
  }
  margin /= name.last - name.first + 1;
  constexpr double kMarginUnit = 8000;  // in the model's fixed-point unit
  return static_cast<float>(1 / (1 + std::exp(-margin / kMarginUnit)));
}

}  // namespace entente::nlp
