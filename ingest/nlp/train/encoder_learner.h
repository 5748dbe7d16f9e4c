// Trains an encoder (ingest/nlp/encoder.h) by gradient descent, together with the layers that stand
// on it.
//
//   EncoderLearner learner(layout, layout.All(), slot_dropout, options);
//   for (const Batch& batch : MakeBatches(sentences, 600, &random)) {
//     learner.Forward(batch);
//     loss = head.Loss(&learner);        // adds to top_gradient() and to GradientAt(its blocks)
//     learner.Backward(rate);
//   }
//   numbers = learner.average();
//
// Adam over batches of sentences of like length, with dropout shared by the words of a sentence
// (Gal and Ghahramani 2016); the result is a moving average of the weights. Deterministic: the same
// calls, the same numbers, on every x86-64. Not thread-safe.
#ifndef ENTENTE_INGEST_NLP_TRAIN_ENCODER_LEARNER_H_
#define ENTENTE_INGEST_NLP_TRAIN_ENCODER_LEARNER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ingest/nlp/encoder.h"
#include "ingest/nlp/matrix.h"
#include "ingest/nlp/train/treebank.h"

namespace entente::nlp::train {

struct EncoderOptions {
  int iterations = 30;             // passes over the data. Default: 30
  size_t width = 128;              // EncoderLayout
  size_t units = 128;              // EncoderLayout
  size_t layers = 2;               // EncoderLayout
  size_t batch_words = 600;        // words a step, about. Default: 600
  float rate = 0.002F;             // of the first step; falls linearly to a twentieth
  float dropout = 0.33F;           // of the numbers between layers. Default: 0.33
  float recurrent_dropout = 0.2F;  // of a cell's last output. Default: 0.2
  float form_dropout = 0.2F;       // of whole words' forms. Default: 0.2
  float slot_dropout = 0.1F;       // of each other property. Default: 0.1
  float average_share = 0.002F;    // of a step in the moving average. Default: 0.002
  uint64_t seed = 1;
};

// A sentence as rows of embeddings. Learners of heads derive from it what they look for in it.
struct EncoderExample {
  std::vector<uint32_t> rows;  // for each word one of each slot
  size_t words = 0;
};

// The sentences of one step, longest first, their words one after the other.
struct Batch {
  std::vector<const EncoderExample*> sentences;
  std::vector<size_t> begin;  // first word of each
  size_t words = 0;

  size_t length(size_t sentence) const { return sentences[sentence]->words; }
  // The word that a reader in `direction` comes to in step `step` of a sentence.
  size_t Word(size_t sentence, size_t step, size_t direction) const {
    return begin[sentence] + (direction == 0 ? step : length(sentence) - 1 - step);
  }
};

// Batches of about `batch_words` words: sentences of like length together, in random order.
std::vector<Batch> MakeBatches(const std::vector<const EncoderExample*>& examples,
                               size_t batch_words, Random* random);

float Uniform(Random* random);  // in [0, 1)
// Zeroes and scales: `count` numbers, each 0 with probability `dropout`, else 1 / (1 − dropout).
void FillMask(float dropout, size_t count, Random* random, float* mask);
void MultiplyBy(const float* mask, size_t count, float* values);

// Slots that are at times hidden together: of a word, or of all words of a sentence.
struct SlotGroup {
  std::vector<uint32_t> slots;
  float dropout = 0;
  bool whole_sentence = false;
};

class EncoderLearner {
 public:
  // `blocks`: all of the network, the encoder's first. Matrices begin at random, rows at 0,
  // embeddings small. `slot_dropout`: for each slot how often a word's property is hidden, that is,
  // its row replaced by the row with the slot's number.
  EncoderLearner(const EncoderLayout& layout, const std::vector<NetworkBlock>& blocks,
                 std::vector<float> slot_dropout, const EncoderOptions& options);

  // Default: none.
  void SetGroups(std::vector<SlotGroup> groups) { groups_ = std::move(groups); }

  // Runs the encoder over a batch, which must live until Backward.
  void Forward(const Batch& batch);
  // From top_gradient() and the heads' gradients: moves all weights against the gradient.
  void Backward(float rate);

  const Batch& batch() const { return *batch_; }
  // The last layer after dropout, a row of output_width() a word, and the gradient of the loss by
  // it, to which heads add. Valid between Forward and Backward.
  const std::vector<float>& top() const { return inputs_[layout_.layers]; }
  std::vector<float>* top_gradient() { return &input_gradients_[layout_.layers]; }

  const float* At(const NetworkBlock& block) const { return weights_.data() + block.offset; }
  float* GradientAt(const NetworkBlock& block) { return gradient_.data() + block.offset; }
  std::vector<float>* weights() { return &weights_; }
  // The moving average of the weights so far.
  const std::vector<float>& average() const { return average_; }
  // Makes the average what the weights are now, as after a change of weights().
  void ResetAverage() { average_ = weights_; }

  Random* random() { return &random_; }
  // A mask of `columns` numbers for each sentence of the batch.
  void NewMasks(size_t columns, std::vector<float>* masks);
  // Multiplies each word's row by its sentence's mask.
  void MaskRows(const std::vector<float>& masks, size_t columns, std::vector<float>* rows) const;
  // The gradient of a matrix, added to `out`: left^T · right_gradient, both with a row a word.
  void AddProduct(const float* left, size_t left_columns, size_t left_stride,
                  const float* right_gradient, size_t right_stride, size_t right_columns,
                  size_t rows, float* out);
  // A matrix ready for products, and its transpose for the derivative.
  void Pack(const NetworkBlock& block, PackedMatrix* plain, PackedMatrix* transposed) const;

 private:
  // What one LSTM layer in one direction did; rows are words in the batch's order.
  struct LstmTrace {
    std::vector<float> gates, cells, squashed, before;  // before: last outputs, after dropout
    std::vector<float> mask;                            // of `before`, by sentence
  };

  void Initialise(const std::vector<NetworkBlock>& blocks);
  void HideGroups();
  void Embed();
  void ForwardLstm(size_t layer, size_t direction);
  void BackwardLstm(size_t layer, size_t direction);
  void BackwardEmbeddings();
  void Update(float rate);
  float GradientNorm();

  const EncoderLayout layout_;
  const std::vector<float> slot_dropout_;
  const EncoderOptions options_;
  std::vector<SlotGroup> groups_;
  Random random_;
  std::vector<float> weights_, gradient_, first_, second_, average_;
  int64_t steps_ = 0;

  // Weights packed for this step, and transposed for the derivative.
  std::vector<std::array<PackedMatrix, 2>> input_, input_t_, recurrent_, recurrent_t_;

  const Batch* batch_ = nullptr;
  std::vector<uint32_t> rows_;    // after dropout
  std::vector<uint8_t> touched_;  // rows of embeddings
  std::vector<uint32_t> touched_rows_;
  std::vector<std::vector<float>> inputs_, input_masks_, input_gradients_;  // by layer, +1 for top
  std::vector<std::array<LstmTrace, 2>> traces_;
  // Scratch.
  PackedMatrix packed_;
  std::vector<float> step_before_, step_gates_, out_gradient_, cell_gradient_, carried_,
      gates_gradient_;
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_ENCODER_LEARNER_H_
