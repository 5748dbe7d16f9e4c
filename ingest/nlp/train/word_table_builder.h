// Makes the model's table of words: clusters from raw text, senses from WordNet, and the tags that
// words bear in the treebanks.
//
// Thread safety: pure functions. Deterministic.
#ifndef ENTENTE_INGEST_NLP_TRAIN_WORD_TABLE_BUILDER_H_
#define ENTENTE_INGEST_NLP_TRAIN_WORD_TABLE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/nlp/train/clusters.h"
#include "ingest/nlp/train/treebank.h"
#include "ingest/nlp/train/wordnet.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp::train {

// Appends the words of a treebank, or of raw text cut by the project's own tokeniser, as table
// forms, with "" after each sentence.
void AppendWords(const Treebank& treebank, std::vector<std::string>* words);
void AppendWords(std::string_view text, std::vector<std::string>* words);

// The bytes of the "words" section.
std::string BuildWordTable(const WordClusters& clusters, const WordNet& wordnet,
                           const Treebank& treebank);

// A table of words whose sets of tags come from a part of a treebank. A tagger that is trained on
// the words as the whole treebank describes them trusts the sets too much: each rare word's set was
// counted in the very sentences that it learns from.
class TagSetFolds {
 public:
  // Counts the tags of the treebank's words (but for its variants) in `folds` folds; a sentence is
  // in fold origin % folds. Sets that `table` has keep their numbers. REQUIRES: folds > 0; `table`
  // was built from this treebank or a larger one, and outlives this.
  TagSetFolds(const WordTable& table, const Treebank& treebank, size_t folds);

  // The table with the sets that the sentences of all folds but one give; of all folds if
  // `left_out` is not less than their number.
  WordTable Without(size_t left_out);

 private:
  using TagCounts = std::map<std::string, std::vector<int>>;  // by tag, then by fold

  const WordTable& table_;
  size_t folds_;
  std::map<std::string, TagCounts> words_;
  std::map<std::string, uint16_t> numbers_;  // of sets
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_WORD_TABLE_BUILDER_H_
