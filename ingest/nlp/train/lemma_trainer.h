// Learns the lemmatiser's rules from treebanks.
//
//   LemmaTrainer trainer;
//   trainer.Add(*ReadConllu(bytes, path));
//   std::string section = Lemmatizer::Serialize(trainer.Rules());
//
// For each tag and each ending of a word the commonest edit is counted; a rule is kept only where
// it differs from what the next shorter ending says, and a whole word where its own commonest edit
// differs from what its endings say. Deterministic. Not thread-safe.
#ifndef ENTENTE_INGEST_NLP_TRAIN_LEMMA_TRAINER_H_
#define ENTENTE_INGEST_NLP_TRAIN_LEMMA_TRAINER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ingest/nlp/document.h"
#include "ingest/nlp/lemmatizer.h"

namespace entente::nlp::train {

class LemmaTrainer {
 public:
  // Counts the words of `document` that have a tag and a lemma.
  void Add(const Document& document);

  // The rules learnt from all documents, sorted by tag and ending.
  std::vector<LemmaRule> Rules() const;

 private:
  using EditCounts = std::map<LemmaEdit, int64_t>;
  using WordCounts = std::map<std::string, EditCounts>;  // by LemmaBase

  std::map<std::string, WordCounts> tags_;  // by XPOS
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_LEMMA_TRAINER_H_
