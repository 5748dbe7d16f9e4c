// Trains the networks of the name tagger by gradient descent.
//
//   const NameVocabulary vocabulary = CollectNameVocabulary(keys);
//   std::vector<float> numbers =
//       TrainNameNetwork(examples, vocabulary, layout, start, options, progress, nullptr);
//
// The loss is minus the logarithm of the probability of a sentence's labels under a conditional
// random field (Lafferty et al. 2001) on the encoder's last layer. The encoder may begin as one of
// the parser's, which brings the grammar that names alone are too few to teach. Deterministic: same
// examples and options, same numbers, on every x86-64.
#ifndef ENTENTE_INGEST_NLP_TRAIN_NAME_NETWORK_TRAINER_H_
#define ENTENTE_INGEST_NLP_TRAIN_NAME_NETWORK_TRAINER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "ingest/nlp/name_network.h"
#include "ingest/nlp/parser.h"
#include "ingest/nlp/train/encoder_learner.h"
#include "ingest/nlp/train/tagger_trainer.h"

namespace entente::nlp::train {

// A sentence to learn from.
struct NameExample : EncoderExample {
  std::vector<NameLabel> names;
};

struct NameNetworkOptions : EncoderOptions {
  NameNetworkOptions() {
    iterations = 10;
    layers = 1;
  }
  float plain_share = 0.5F;       // of the sentences without names in a pass. Default: 0.5
  float spelling_dropout = 0.2F;  // how often all of a word's spelling is hidden. Default: 0.2
  float list_dropout = 0.2F;      // how often all lists are hidden from a sentence. Default: 0.2
};

// The properties that are common enough to have a row of their own. `keys`: of each sentence,
// NameVocabulary::kSlotCount a word.
NameVocabulary CollectNameVocabulary(const std::vector<std::vector<uint32_t>>& keys);

// The loss of one sentence: −log of the share of the labels `gold` among all consistent ones, whose
// weight is e^(sum of scores). `emissions` has rows of `stride` scores, `transitions` rows of
// kNameLabelCount; `share` times the gradient is added to the two last arguments, laid out alike.
float NameLoss(const float* emissions, size_t stride, const float* transitions,
               const std::vector<NameLabel>& gold, float share, float* emission_gradient,
               float* transition_gradient);

// Called after each pass with the averaged numbers. May be empty.
using AfterNamePass = std::function<void(int iteration, const std::vector<float>& numbers)>;

// What training begins from: the encoder of one of a parser's networks, or random numbers if these
// are null. The parser's width and units must be those of the layout; of its layers the lowest are
// taken.
struct NameStart {
  const ParserModel* parser = nullptr;
  const std::vector<float>* numbers = nullptr;
};

// The result has the blocks of `layout`.
std::vector<float> TrainNameNetwork(const std::vector<NameExample>& examples,
                                    const NameVocabulary& vocabulary, const NameLayout& layout,
                                    const NameStart& start, const NameNetworkOptions& options,
                                    const Progress& progress, const AfterNamePass& after_pass);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_NAME_NETWORK_TRAINER_H_
