#include "ingest/nlp/lemmatizer.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/status.h"
#include "base/utf8.h"
#include "ingest/nlp/byte_coding.h"
#include "ingest/nlp/normalize.h"

namespace entente::nlp {
namespace {

constexpr uint64_t kHashStep = 0x100000001B3u;  // FNV-1a's prime

uint64_t TagHash(std::string_view xpos) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : xpos) hash = (hash ^ static_cast<unsigned char>(c)) * kHashStep;
  return hash;
}

// Hashes an ending from its last byte to its first, so that a longer one extends a shorter one.
uint64_t ExtendHash(uint64_t hash, char c) {
  return (hash ^ (static_cast<unsigned char>(c) + 0x100u)) * kHashStep;
}

uint64_t FinishHash(uint64_t hash, bool whole) {
  hash ^= whole ? 0x9E3779B97F4A7C15u : 0;
  hash ^= hash >> 29;
  hash *= 0xBF58476D1CE4E5B9u;
  hash ^= hash >> 32;
  return hash == 0 ? 1 : hash;
}

uint64_t RuleKey(const LemmaRule& rule) {
  uint64_t hash = TagHash(rule.xpos);
  for (size_t i = rule.ending.size(); i-- > 0;) hash = ExtendHash(hash, rule.ending[i]);
  return FinishHash(hash, rule.whole);
}

void LowerInPlace(std::string* text) {
  bool ascii = true;
  for (char& c : *text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  }
  if (ascii) return;
  std::string lower;
  for (size_t i = 0; i < text->size();) {
    const CodePoint c = DecodeUtf8(*text, i);
    AppendUtf8(static_cast<char32_t>(u_tolower(static_cast<UChar32>(c.value))), &lower);
    i += c.length;
  }
  text->swap(lower);
}

}  // namespace

void LemmaBase(std::string_view form, Upos upos, std::string_view xpos, std::string* out) {
  out->clear();
  AppendNormalizedForm(form, out);
  if (upos != Upos::kPropn && !xpos.starts_with("NNP")) LowerInPlace(out);
}

void MendVerbLemma(const WordTable& words, std::string_view xpos, std::string* lemma) {
  constexpr uint8_t kWordNetVerb = 2;  // a bit of WordClass::wordnet_pos
  constexpr size_t kBytesMin = 3;
  if (xpos != "VBD" && xpos != "VBN" && xpos != "VBG") return;
  if (lemma->size() < kBytesMin || lemma->back() == 'e') return;
  const WordClass& known = words.Find(HashBytes(TableForm(*lemma)));
  if (known.cluster != 0 || known.wordnet_pos != 0 || known.tags != 0) return;
  lemma->push_back('e');
  const WordClass& longer = words.Find(HashBytes(TableForm(*lemma)));
  if ((longer.wordnet_pos & kWordNetVerb) == 0) lemma->pop_back();
}

Lemmatizer::Lemmatizer(const std::vector<LemmaRule>& rules) {
  size_t capacity = 16;
  while (capacity < rules.size() * 2) capacity *= 2;
  slots_.assign(capacity, Slot{});
  mask_ = capacity - 1;
  std::map<LemmaEdit, uint32_t> numbers;
  for (const LemmaRule& rule : rules) {
    const auto [found, added] = numbers.emplace(rule.edit, static_cast<uint32_t>(edits_.size()));
    if (added) edits_.push_back(rule.edit);
    Insert(RuleKey(rule), found->second);
  }
}

void Lemmatizer::Insert(uint64_t key, uint32_t edit) {
  uint64_t i = key & mask_;
  while (slots_[i].key != 0 && slots_[i].key != key) i = (i + 1) & mask_;
  slots_[i] = {key, edit};
}

const LemmaEdit* Lemmatizer::Find(uint64_t key) const {
  for (uint64_t i = key & mask_; slots_[i].key != 0; i = (i + 1) & mask_) {
    if (slots_[i].key == key) return &edits_[slots_[i].edit];
  }
  return nullptr;
}

absl::StatusOr<Lemmatizer> Lemmatizer::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t count = reader.Varint();
  if (count > reader.remaining()) return DataLoss("the lemma rules are cut off");
  std::vector<LemmaRule> rules(count);
  for (LemmaRule& rule : rules) {
    rule.xpos = std::string(reader.String());
    rule.ending = std::string(reader.String());
    rule.whole = reader.U8() != 0;
    rule.edit.cut = reader.U8();
    rule.edit.add = std::string(reader.String());
  }
  if (!reader.ok() || reader.remaining() != 0) return DataLoss("the lemma rules are damaged");
  return Lemmatizer(rules);
}

std::string Lemmatizer::Serialize(const std::vector<LemmaRule>& rules) {
  ByteWriter writer;
  writer.Varint(rules.size());
  for (const LemmaRule& rule : rules) {
    writer.String(rule.xpos);
    writer.String(rule.ending);
    writer.U8(rule.whole ? 1 : 0);
    writer.U8(rule.edit.cut);
    writer.String(rule.edit.add);
  }
  return writer.Release();
}

const LemmaEdit* Lemmatizer::LongestMatch(std::string_view base, std::string_view xpos) const {
  std::array<uint64_t, kEndingBytesMax + 1> hashes;
  uint64_t hash = TagHash(xpos);
  hashes[0] = hash;
  const size_t longest = std::min(base.size(), kEndingBytesMax);
  for (size_t length = 1; length <= longest; ++length) {
    hash = ExtendHash(hash, base[base.size() - length]);
    hashes[length] = hash;
  }
  if (base.size() <= kWholeBytesMax) {
    for (size_t length = longest + 1; length <= base.size(); ++length) {
      hash = ExtendHash(hash, base[base.size() - length]);
    }
    if (const LemmaEdit* edit = Find(FinishHash(hash, true)); edit != nullptr) return edit;
  }
  for (size_t length = longest + 1; length-- > 0;) {
    if (const LemmaEdit* edit = Find(FinishHash(hashes[length], false)); edit != nullptr) {
      return edit;
    }
  }
  return nullptr;
}

void Lemmatizer::Lemmatize(std::string_view form, Upos upos, std::string_view xpos,
                           std::string* lemma) const {
  LemmaBase(form, upos, xpos, lemma);
  const LemmaEdit* edit = LongestMatch(*lemma, xpos);
  if (edit == nullptr || edit->cut > lemma->size()) return;
  if (edit->cut == lemma->size() && edit->add.empty()) return;
  lemma->resize(lemma->size() - edit->cut);
  lemma->append(edit->add);
}

}  // namespace entente::nlp
