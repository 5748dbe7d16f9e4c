// Trains the parser: a beam with max-violation updates (Huang, Fayong and Guo 2012).
//
//   std::vector<ParserExample> examples = …;            // words, predicted tags, gold trees
//   ParserOptions options;
//   Parser parser = TrainParser(examples, tag_set, options, progress, after_round);
//
// Trees must be projective (Projectivize). Deterministic: same examples and options, same parser.
#ifndef ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_
#define ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "ingest/nlp/parser.h"
#include "ingest/nlp/train/tagger_trainer.h"
#include "ingest/nlp/train/treebank.h"

namespace entente::nlp::train {

struct ParserExample {
  std::vector<WordFeatures> words;
  std::vector<TagId> tags;
  Tree gold;
  Tree guide;  // another parser's tree; empty for none
};

struct ParserOptions {
  int iterations = 12;       // passes over the data. Default: 12
  size_t beam_width = 8;     // in training. Default: 8
  float prune_below = 1.0F;  // weights smaller than this are dropped. Default: 1
  uint64_t seed = 1;         // of the order of sentences. Default: 1
};

// The actions by which the oracle builds a projective tree.
std::vector<ActionId> OracleActions(const Tree& gold, const ActionSet& actions);

// The arcs' actions that the trees need.
ActionSet CollectActions(const std::vector<ParserExample>& examples);

// Called after each round with the parser as it would ship; false ends the training.
using AfterRound = std::function<bool(int iteration, const Parser& parser)>;

Parser TrainParser(const std::vector<ParserExample>& examples, const TagSet& tag_set,
                   const ParserOptions& options, const Progress& progress,
                   const AfterRound& after_round);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_
