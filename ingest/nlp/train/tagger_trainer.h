// Trains the tagger.
//
//   TaggerOptions options;
//   Tagger tagger = TrainTagger(train, tag_set, table, options, &progress);
//   std::vector<std::vector<TagId>> tags = JackknifeTags(train, tag_set, table, options, 10);
//
// Deterministic: same data and options, same tagger.
#ifndef ENTENTE_INGEST_NLP_TRAIN_TAGGER_TRAINER_H_
#define ENTENTE_INGEST_NLP_TRAIN_TAGGER_TRAINER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ingest/nlp/tagger.h"
#include "ingest/nlp/train/treebank.h"

namespace entente::nlp::train {

// Told of each finished round: one line of text for people.
using Progress = std::function<void(const std::string&)>;

struct TaggerOptions {
  int iterations = 8;        // passes over the data. Default: 8
  float prune_below = 1.0F;  // weights smaller than this are dropped. Default: 1
  uint64_t seed = 1;         // of the order of sentences. Default: 1
  // A sentence is learnt with the words' sets of tags as all but one in so many of the sentences
  // give them, itself not among those (TagSetFolds); 0 for the table as it is. Default: 7
  size_t table_folds = 7;
};

Tagger TrainTagger(const Treebank& treebank, const TagSet& tag_set, const WordTable& table,
                   const TaggerOptions& options, const Progress& progress);

// Tags each sentence by a tagger trained on the other folds, so that a parser learns from tags as
// wrong as those it will meet. A sentence is in fold origin % folds.
std::vector<std::vector<TagId>> JackknifeTags(const Treebank& treebank, const TagSet& tag_set,
                                              const WordTable& table, const TaggerOptions& options,
                                              int folds, const Progress& progress);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_TAGGER_TRAINER_H_
