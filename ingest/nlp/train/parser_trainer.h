// Trains the networks of the graph-based parser by gradient descent.
//
//   NetworkOptions options;
//   const WordVocabulary vocabulary = CollectVocabulary(examples, tag_set);
//   std::vector<float> numbers = TrainNetwork(examples, tag_set, vocabulary, labels, options, …);
//
// The loss is the cross entropy of each word's head and of its relation to that head (Dozat and
// Manning 2017), minimised by Adam over batches of sentences of like length, with dropout shared by
// the words of a sentence (Gal and Ghahramani 2016); the result is a moving average of the weights.
// Deterministic: same examples and options, same numbers, on every x86-64.
#ifndef ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_
#define ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "ingest/nlp/parser.h"
#include "ingest/nlp/train/encoder_learner.h"
#include "ingest/nlp/train/tagger_trainer.h"
#include "ingest/nlp/train/treebank.h"

namespace entente::nlp::train {

// A sentence to learn from. Its tree is projective (Projectivize).
struct ParserExample {
  std::vector<WordFeatures> words;
  std::vector<TagId> tags;  // as a tagger that has not seen the sentence gives them
  std::vector<TagId> gold_tags;
  Tree gold;
};

struct NetworkOptions : EncoderOptions {
  size_t hidden = 128;     // NetworkLayout
  float tag_share = 0.3F;  // of the tags in the loss. Default: 0.3
};

// The properties that are common enough to have a row of their own.
WordVocabulary CollectVocabulary(const std::vector<ParserExample>& examples, const TagSet& tag_set);

// The relations of the gold trees.
std::vector<Deprel> CollectLabels(const std::vector<ParserExample>& examples);

// The layout of a network of these sizes.
NetworkLayout LayoutOf(const NetworkOptions& options, const WordVocabulary& vocabulary,
                       const std::vector<Deprel>& labels, const TagSet& tag_set);

// Called after each pass with the averaged numbers. May be empty.
using AfterPass = std::function<void(int iteration, const std::vector<float>& numbers)>;

// `start`: the numbers to begin with, in the layout of the options; empty: random ones.
std::vector<float> TrainNetwork(const std::vector<ParserExample>& examples, const TagSet& tag_set,
                                const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                                const NetworkOptions& options, const Progress& progress,
                                const AfterPass& after_pass, const std::vector<float>& start = {});

// The numbers of network `number` of an earlier parser for a vocabulary of new examples: what it
// had no row for begins as the unknown of its kind. Empty if the parser's relations, tags or sizes
// are others than `layout` and `labels` have. REQUIRES: number < from.networks.size().
std::vector<float> CarryOver(const ParserModel& from, size_t number,
                             const std::vector<ParserExample>& examples, const TagSet& tag_set,
                             const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                             const NetworkLayout& layout);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_PARSER_TRAINER_H_
