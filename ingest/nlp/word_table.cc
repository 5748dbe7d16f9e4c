#include "ingest/nlp/word_table.h"

#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"
#include "ingest/nlp/normalize.h"

namespace entente::nlp {
namespace {

constexpr uint64_t kHashSeed = 0x8BADF00D5EED1234u;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// Lowers ASCII letters and writes digits as 0, in place.
void Fold(std::string* form) {
  for (char& c : *form) {
    if (IsUpper(c)) c = static_cast<char>(c + ('a' - 'A'));
    if (IsDigit(c)) c = '0';
  }
}

WordShape ShapeOf(std::string_view form) {
  size_t digits = 0, upper = 0, lower = 0, hyphens = 0;
  for (const char c : form) {
    digits += IsDigit(c);
    upper += IsUpper(c);
    lower += IsLower(c);
    hyphens += c == '-';
  }
  if (digits + upper + lower == 0) return WordShape::kPunctuation;
  if (digits > 0) {
    return upper + lower == 0 ? WordShape::kDigits : WordShape::kDigitsMixed;
  }
  if (hyphens > 0) {
    return IsUpper(form[0]) ? WordShape::kHyphenatedCapital : WordShape::kHyphenated;
  }
  if (upper == 0) return WordShape::kLower;
  if (upper == 1 && lower == 0) return WordShape::kSingleUpper;
  if (lower == 0) return WordShape::kUpper;
  if (IsUpper(form[0]) && upper == 1) return WordShape::kCapitalized;
  return WordShape::kMixed;
}

uint8_t PrefixOf(std::string_view path, size_t length) {
  uint8_t prefix = 1;
  for (const char bit : path.substr(0, length)) {
    prefix = static_cast<uint8_t>(prefix << 1 | (bit == '1'));
  }
  return prefix;
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  uint64_t hash = kHashSeed ^ (bytes.size() * 0x9E3779B97F4A7C15u);
  for (size_t pos = 0; pos < bytes.size(); pos += 8) {
    uint64_t word = 0;
    const size_t size = std::min<size_t>(8, bytes.size() - pos);
    for (size_t i = 0; i < size; ++i) {
      word |= uint64_t{static_cast<uint8_t>(bytes[pos + i])} << (8 * i);
    }
    hash = (hash ^ word) * 0xE7037ED1A0B428DBu;
    hash ^= hash >> 32;
  }
  return hash == 0 ? 1 : hash;
}

std::string TableForm(std::string_view form) {
  std::string folded = NormalizedForm(form);
  Fold(&folded);
  return folded;
}

WordTable WordTable::Build(std::vector<std::string> paths, std::vector<Entry> entries) {
  WordTable table;
  size_t slots = 16;
  while (slots < entries.size() * 2) slots *= 2;
  table.slots_.assign(slots, Slot{});
  table.mask_ = slots - 1;
  for (const Entry& entry : entries) {
    const uint64_t hash = HashBytes(entry.word);
    uint64_t slot = hash & table.mask_;
    while (table.slots_[slot].hash != 0 && table.slots_[slot].hash != hash) {
      slot = (slot + 1) & table.mask_;
    }
    WordClass& known = table.slots_[slot].known;
    table.size_ += table.slots_[slot].hash == 0;
    table.slots_[slot].hash = hash;
    known.cluster = entry.cluster;
    if (entry.cluster != 0) {
      const std::string& path = paths[entry.cluster - 1];
      known.cluster_prefix4 = PrefixOf(path, 4);
      known.cluster_prefix6 = PrefixOf(path, 6);
    }
    known.noun_sense = entry.noun_sense;
    known.verb_sense = entry.verb_sense;
    known.wordnet_pos = entry.wordnet_pos;
    known.tags = entry.tags;
  }
  return table;
}

std::string WordTable::Serialize(const std::vector<std::string>& paths,
                                 std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.word < b.word; });
  ByteWriter writer;
  writer.Varint(paths.size());
  for (const std::string& path : paths) writer.String(path);
  writer.Varint(entries.size());
  for (const Entry& entry : entries) writer.String(entry.word);
  for (const Entry& entry : entries) writer.U16(entry.cluster);
  for (const Entry& entry : entries) writer.U8(entry.noun_sense);
  for (const Entry& entry : entries) writer.U8(entry.verb_sense);
  for (const Entry& entry : entries) writer.U8(entry.wordnet_pos);
  for (const Entry& entry : entries) writer.U16(entry.tags);
  return writer.Release();
}

absl::StatusOr<WordTable> WordTable::Parse(std::string_view bytes) {
  constexpr size_t kBytesPerEntryMin = 8;
  ByteReader reader(bytes);
  std::vector<std::string> paths;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    paths.emplace_back(reader.String());
  }
  const uint64_t count = reader.Varint();
  if (!reader.ok() || count > reader.remaining() / kBytesPerEntryMin) {
    return DataLoss("the table of words is cut off");
  }
  std::vector<Entry> entries(count);
  for (Entry& entry : entries) entry.word = std::string(reader.String());
  for (Entry& entry : entries) entry.cluster = reader.U16();
  for (Entry& entry : entries) entry.noun_sense = reader.U8();
  for (Entry& entry : entries) entry.verb_sense = reader.U8();
  for (Entry& entry : entries) entry.wordnet_pos = reader.U8();
  for (Entry& entry : entries) entry.tags = reader.U16();
  if (!reader.ok()) return DataLoss("the table of words is cut off");
  for (const Entry& entry : entries) {
    if (entry.cluster > paths.size()) {
      return DataLoss(Cat("the word \"", entry.word, "\" has a cluster that does not exist"));
    }
  }
  return Build(std::move(paths), std::move(entries));
}

const WordClass& WordTable::Find(uint64_t lower_hash) const {
  static constexpr WordClass kUnknown;
  for (uint64_t slot = lower_hash & mask_;; slot = (slot + 1) & mask_) {
    if (slots_[slot].hash == lower_hash) return slots_[slot].known;
    if (slots_[slot].hash == 0) return kUnknown;
  }
}

void WordTable::SetTags(uint64_t lower_hash, uint16_t tags) {
  for (uint64_t slot = lower_hash & mask_; slots_[slot].hash != 0; slot = (slot + 1) & mask_) {
    if (slots_[slot].hash != lower_hash) continue;
    slots_[slot].known.tags = tags;
    return;
  }
}

void WordTable::Describe(std::string_view form, WordFeatures* features) const {
  // Words longer than this are cut: what they are is clear from either end.
  constexpr size_t kFormBytesMax = 256;
  std::string shadow;
  AppendNormalizedForm(form.substr(0, kFormBytesMax), &shadow);
  features->form = HashBytes(shadow);
  features->shape = ShapeOf(shadow);
  Fold(&shadow);
  features->lower = HashBytes(shadow);
  const std::string_view lower = shadow;
  for (size_t length = 1; length <= 4; ++length) {
    const size_t size = std::min(length, lower.size());
    features->prefix[length - 1] = HashBytes(lower.substr(0, size));
    features->suffix[length - 1] = HashBytes(lower.substr(lower.size() - size));
  }
  features->known = Find(features->lower);
}

void WordTable::Describe(const Document& document, std::span<const Token> tokens,
                         std::vector<WordFeatures>* features) const {
  features->resize(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    Describe(document.Text(tokens[i].span), &(*features)[i]);
  }
}

}  // namespace entente::nlp
