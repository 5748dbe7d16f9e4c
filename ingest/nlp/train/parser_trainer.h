// Trains the parser: a beam with max-violation updates (Huang, Fayong and Guo 2012).
//
//   std::vector<ParserExample> examples = …;            // words, predicted tags, gold trees
//   ParserOptions options;
//   BeamParser guide = TrainBeamParser(Reversed(examples), tag_set, options, …);
//   JackknifeGuides(tag_set, options, folds, progress, &examples);
//   BeamParser main = TrainBeamParser(examples, tag_set, options, progress, after_round);
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
  Tree guide;         // the guide's tree; empty for none
  size_t origin = 0;  // TreebankSentence::origin
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

// Called after each round with the parser as it would ship; false ends the training. May be empty.
using AfterRound = std::function<bool(int iteration, const BeamParser& parser)>;

BeamParser TrainBeamParser(const std::vector<ParserExample>& examples, const TagSet& tag_set,
                           const ParserOptions& options, const Progress& progress,
                           const AfterRound& after_round);

// The same examples read from right to left, without guides.
std::vector<ParserExample> Reversed(const std::vector<ParserExample>& examples);

// Gives each example the tree of a guide trained on the other folds, parsed with `guide_width`. An
// example is in fold origin % folds.
void JackknifeGuides(const TagSet& tag_set, const ParserOptions& options, int folds,
                     size_t guide_width, const Progress& progress,
                     std::vector<ParserExample>* examples);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_
