// Reads what the word table takes from WordNet 3.0's data files (wndb(5WN)): the lexicographer
// file of each word's first noun and verb sense, its parts of speech, and the glosses as text.
//
//   absl::StatusOr<WordNet> wordnet = ReadWordNet("/usr/share/wordnet");
//   wordnet->words["ambassador"].noun_sense;            // 18, noun.person
//
// Thread safety: plain data and a pure function.
#ifndef ENTENTE_INGEST_NLP_TRAIN_WORDNET_H_
#define ENTENTE_INGEST_NLP_TRAIN_WORDNET_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace entente::nlp::train {

struct WordNetEntry {
  uint8_t noun_sense = 0;  // lexicographer file numbers, lexnames(5WN); 0 for none
  uint8_t verb_sense = 0;
  uint8_t pos = 0;  // bits: 1 noun, 2 verb, 4 adjective, 8 adverb
};

struct WordNet {
  std::map<std::string, WordNetEntry> words;     // single words, lower case
  std::map<std::string, std::string> irregular;  // "ran" → "run", from the .exc files
  std::vector<std::string> glosses;              // one a synset, examples included

  // The entry of a word or, if there is none, of what it is an inflected form of.
  WordNetEntry Lookup(const std::string& word) const;
};

absl::StatusOr<WordNet> ReadWordNet(const std::string& directory);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_WORDNET_H_
