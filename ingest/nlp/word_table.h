// What is known of a word before its sentence is looked at: hashes of its form and affixes, its
// shape, and its entry in the model's table of words.
//
//   std::vector<WordFeatures> words;
//   table.Describe(document, sentence.tokens, &words);
//
// The table ("words" section of the model) gives for a lower-case word its Brown cluster (Brown et
// al. 1992), the lexicographer files of its first noun and verb sense in WordNet, which parts of
// speech WordNet knows it as, and the tags it had in the training treebanks. Words are looked up by
// a 64-bit hash of their shadow form (normalize.h) in lower case with every digit written 0; no
// string is kept. Immutable; safe to share.
#ifndef ENTENTE_INGEST_NLP_WORD_TABLE_H_
#define ENTENTE_INGEST_NLP_WORD_TABLE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"

namespace entente::nlp {

// A 64-bit hash, the same on every machine. Models depend on it: never change it.
uint64_t HashBytes(std::string_view bytes);

struct WordClass {
  uint16_t cluster = 0;         // 1 + the cluster's number; 0 for a word without one
  uint8_t cluster_prefix4 = 0;  // the first 4 (6) steps of the cluster's path in the tree, with a
  uint8_t cluster_prefix6 = 0;  // leading 1 bit so that short paths stay distinct; 0 for none
  uint8_t noun_sense = 0;       // WordNet lexicographer file of the first sense; 0 for none
  uint8_t verb_sense = 0;
  uint8_t wordnet_pos = 0;  // bits: 1 noun, 2 verb, 4 adjective, 8 adverb
  uint16_t tags = 0;        // number of the set of tags seen in training; 0 for a rare word
};

// How a word is written.
enum class WordShape : uint8_t {
  kLower,
  kCapitalized,
  kUpper,
  kMixed,
  kSingleUpper,
  kDigits,
  kDigitsMixed,
  kHyphenated,
  kHyphenatedCapital,
  kPunctuation,
  kOther
};

struct WordFeatures {
  uint64_t form = 0;               // of the shadow form with its case
  uint64_t lower = 0;              // of the lower-case form with digits as 0: the key of the table
  std::array<uint64_t, 4> prefix;  // of the first 1 to 4 bytes of the lower-case form
  std::array<uint64_t, 4> suffix;  // of the last 1 to 4 bytes
  WordShape shape = WordShape::kOther;
  WordClass known;
};

class WordTable {
 public:
  // One word of the table, as the training program makes it.
  struct Entry {
    std::string word;  // lower case, digits as 0
    uint16_t cluster = 0;
    uint8_t noun_sense = 0, verb_sense = 0, wordnet_pos = 0;
    uint16_t tags = 0;
  };

  WordTable() = default;
  // `paths` are the clusters' paths as strings of 0 and 1, by cluster number from 0.
  static WordTable Build(std::vector<std::string> paths, std::vector<Entry> entries);
  static absl::StatusOr<WordTable> Parse(std::string_view bytes);
  // The section's bytes for the same arguments as Build; entries are sorted by word.
  static std::string Serialize(const std::vector<std::string>& paths, std::vector<Entry> entries);

  // The class of a word by WordFeatures::lower; an empty one for an unknown word. O(1).
  const WordClass& Find(uint64_t lower_hash) const;
  // Everything about one word.
  void Describe(std::string_view form, WordFeatures* features) const;
  // The same for the tokens of a sentence of `document`; `*features` is resized to tokens.size().
  void Describe(const Document& document, std::span<const Token> tokens,
                std::vector<WordFeatures>* features) const;

  // Gives the word of that hash another set of tags; nothing happens if the table lacks it. For
  // training, which must not show a sentence the tags that were counted in it.
  void SetTags(uint64_t lower_hash, uint16_t tags);

  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t hash = 0;
    WordClass known;
  };

  size_t size_ = 0;
  uint64_t mask_ = 0;
  std::vector<Slot> slots_ = {Slot{}};
};

// The lower-case form with digits as 0 that the table is keyed by.
std::string TableForm(std::string_view form);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_WORD_TABLE_H_
