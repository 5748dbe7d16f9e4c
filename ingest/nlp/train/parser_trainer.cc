#include "ingest/nlp/train/parser_trainer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "base/strings.h"

namespace entente::nlp::train {
namespace {

using Block = NetworkLayout::Block;

constexpr float kImpossible = -1e30F;

// A sentence as rows of embeddings, heads and labels.
struct NetworkExample {
  std::vector<WordVocabulary::Rows> rows;
  std::vector<int32_t> heads;
  std::vector<uint16_t> labels;
  std::vector<TagId> tags;
};

float Uniform(Random* random) {  // in [0, 1)
  return static_cast<float>(random->Next() >> 40) * 0x1p-24F;
}

// Zeroes and scales: `count` numbers, each 0 with probability `dropout`, else 1 / (1 − dropout).
void FillMask(float dropout, size_t count, Random* random, float* mask) {
  const float kept = 1.0F / (1.0F - dropout);
  for (size_t i = 0; i < count; ++i) mask[i] = Uniform(random) < dropout ? 0.0F : kept;
}

void MultiplyBy(const float* mask, size_t count, float* values) {
  for (size_t i = 0; i < count; ++i) values[i] *= mask[i];
}

void SetRows(const float* bias, size_t rows, size_t columns, std::vector<float>* out) {
  out->resize(rows * columns);
  for (size_t row = 0; row < rows; ++row) std::copy_n(bias, columns, out->data() + row * columns);
}

// The sentences of one step, longest first, their words one after the other.
struct Batch {
  std::vector<const NetworkExample*> sentences;
  std::vector<size_t> begin;  // first word of each
  size_t words = 0;

  size_t length(size_t sentence) const { return sentences[sentence]->rows.size(); }
  // The word that a reader in `direction` comes to in step `step` of a sentence.
  size_t Word(size_t sentence, size_t step, size_t direction) const {
    return begin[sentence] + (direction == 0 ? step : length(sentence) - 1 - step);
  }
};

// The parts of the network that the derivative needs again, and the derivative.
class NetworkLearner {
 public:
  // `start`: the first weights; empty: random ones.
  NetworkLearner(const NetworkLayout& layout, const NetworkOptions& options,
                 const std::vector<float>& start);

  // Moves the weights against the gradient of the batch's loss. Returns that loss, summed over
  // arcs and labels, per word.
  float Learn(const Batch& batch, float rate);

  const std::vector<float>& average() const { return average_; }

 private:
  // What one LSTM layer in one direction did; rows are words in the batch's order.
  struct LstmTrace {
    std::vector<float> gates, cells, squashed, before;  // before: last outputs, after dropout
    std::vector<float> mask;                            // of `before`, by sentence
  };

  const float* At(const Block& block) const { return weights_.data() + block.offset; }
  float* GradientAt(const Block& block) { return gradient_.data() + block.offset; }

  void Initialise(Random* random);
  void Pack();
  void Embed();
  void ForwardLstm(size_t layer, size_t direction);
  void BackwardLstm(size_t layer, size_t direction);
  void MaskRows(const std::vector<float>& masks, size_t columns, std::vector<float>* rows) const;
  void NewMasks(size_t columns, std::vector<float>* masks);
  void ForwardProjection();
  void BackwardProjection();
  float ArcLoss();
  float SentenceArcLoss(size_t sentence);
  float LabelLoss();
  float TagLoss();
  void BackwardEmbeddings();
  void Update(float rate);
  // gradient of a matrix: left^T · right_gradient, both with a row a word.
  void AddProduct(const float* left, size_t left_columns, size_t left_stride,
                  const float* right_gradient, size_t right_stride, size_t right_columns,
                  size_t rows, float* out);

  const NetworkLayout layout_;
  const NetworkOptions options_;
  Random random_;
  std::vector<float> weights_, gradient_, first_, second_, average_;
  int64_t steps_ = 0;

  // Weights packed for this step, and transposed for the derivative.
  std::vector<std::array<PackedMatrix, 2>> input_, input_t_, recurrent_, recurrent_t_;
  PackedMatrix projection_, projection_t_, bilinear_, bilinear_t_, labels_, labels_t_, tags_,
      tags_t_;

  const Batch* batch_ = nullptr;
  std::vector<WordVocabulary::Rows> rows_;  // after dropout
  std::vector<uint8_t> touched_;            // rows of embeddings
  std::vector<uint32_t> touched_rows_;
  std::vector<std::vector<float>> inputs_, input_masks_, input_gradients_;  // by layer, +1 for top
  std::vector<std::array<LstmTrace, 2>> traces_;
  std::vector<float> projected_, projected_mask_, projected_gradient_, root_, root_gradient_;
  std::vector<float> bilinear_out_, bilinear_gradient_;
  // Scratch.
  PackedMatrix packed_;
  std::vector<float> heads_, arcs_, head_gradient_, step_before_, step_gates_, out_gradient_,
      cell_gradient_, carried_, gates_gradient_, hidden_, hidden_gradient_, label_scores_,
      label_mask_, tag_scores_;
};

NetworkLearner::NetworkLearner(const NetworkLayout& layout, const NetworkOptions& options,
                               const std::vector<float>& start)
    : layout_(layout),
      options_(options),
      random_(options.seed),
      weights_(layout.size()),
      gradient_(layout.size()),
      first_(layout.size()),
      second_(layout.size()),
      touched_(layout.vocabulary),
      inputs_(layout.layers + 1),
      input_masks_(layout.layers + 1),
      input_gradients_(layout.layers + 1),
      traces_(layout.layers) {
  input_.resize(layout.layers);
  input_t_.resize(layout.layers);
  recurrent_.resize(layout.layers);
  recurrent_t_.resize(layout.layers);
  Initialise(&random_);
  if (!start.empty()) weights_ = start;
  average_ = weights_;
}

void NetworkLearner::Initialise(Random* random) {
  for (const Block& block : layout_.All()) {
    if (block.rows == 1) continue;  // biases begin at 0
    // Glorot and Bengio 2010; embeddings are not a matrix that is multiplied with.
    const float limit =
        block.offset == 0 ? 0.1F : std::sqrt(6.0F / static_cast<float>(block.rows + block.columns));
    for (size_t i = 0; i < block.size(); ++i) {
      weights_[block.offset + i] = (2 * Uniform(random) - 1) * limit;
    }
  }
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const size_t direction : {0, 1}) {
      // A cell begins by remembering.
      float* bias = weights_.data() + layout_.InputBias(layer, direction).offset;
      std::fill_n(bias + layout_.units, layout_.units, 1.0F);
    }
  }
  const Block root = layout_.Root();
  for (size_t i = 0; i < root.size(); ++i) {
    weights_[root.offset + i] = (2 * Uniform(random) - 1) * 0.3F;
  }
}

void NetworkLearner::Pack() {
  const auto pack = [&](const Block& block, PackedMatrix* plain, PackedMatrix* transposed) {
    plain->Pack(At(block), block.columns, block.rows, block.columns);
    transposed->PackTransposed(At(block), block.columns, block.columns, block.rows);
  };
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const size_t direction : {0, 1}) {
      pack(layout_.Input(layer, direction), &input_[layer][direction], &input_t_[layer][direction]);
      pack(layout_.Recurrent(layer, direction), &recurrent_[layer][direction],
           &recurrent_t_[layer][direction]);
    }
  }
  pack(layout_.Projection(), &projection_, &projection_t_);
  pack(layout_.Bilinear(), &bilinear_, &bilinear_t_);
  pack(layout_.Labels(), &labels_, &labels_t_);
  pack(layout_.Tags(), &tags_, &tags_t_);
}

void NetworkLearner::NewMasks(size_t columns, std::vector<float>* masks) {
  masks->resize(batch_->sentences.size() * columns);
  FillMask(options_.dropout, masks->size(), &random_, masks->data());
}

void NetworkLearner::MaskRows(const std::vector<float>& masks, size_t columns,
                              std::vector<float>* rows) const {
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    for (size_t word = batch_->begin[s]; word < batch_->begin[s] + batch_->length(s); ++word) {
      MultiplyBy(masks.data() + s * columns, columns, rows->data() + word * columns);
    }
  }
}

void NetworkLearner::AddProduct(const float* left, size_t left_columns, size_t left_stride,
                                const float* right_gradient, size_t right_stride,
                                size_t right_columns, size_t rows, float* out) {
  packed_.Pack(right_gradient, right_stride, rows, right_columns);
  MultiplyAdd({left, 1, left_stride}, left_columns, packed_, out, right_columns);
}

void NetworkLearner::Embed() {
  const size_t width = layout_.width;
  const float* embeddings = At(layout_.Embeddings());
  inputs_[0].assign(batch_->words * width, 0.0F);
  rows_.clear();
  for (const NetworkExample* sentence : batch_->sentences) {
    for (WordVocabulary::Rows rows : sentence->rows) {
      for (uint32_t slot = 0; slot < WordVocabulary::kSlotCount; ++slot) {
        const float dropout =
            slot == WordVocabulary::kForm ? options_.form_dropout : options_.slot_dropout;
        if (Uniform(&random_) < dropout) rows[slot] = slot;
        AddTo(embeddings + rows[slot] * width, width, inputs_[0].data() + rows_.size() * width);
        if (touched_[rows[slot]]) continue;
        touched_[rows[slot]] = 1;
        touched_rows_.push_back(rows[slot]);
      }
      rows_.push_back(rows);
    }
  }
  NewMasks(width, &input_masks_[0]);
  MaskRows(input_masks_[0], width, &inputs_[0]);
}

void NetworkLearner::ForwardLstm(size_t layer, size_t direction) {
  const size_t units = layout_.units, sentences = batch_->sentences.size();
  LstmTrace& trace = traces_[layer][direction];
  SetRows(At(layout_.InputBias(layer, direction)), batch_->words, 4 * units, &trace.gates);
  MultiplyAdd({inputs_[layer].data(), layout_.input_width(layer)}, batch_->words,
              input_[layer][direction], trace.gates.data(), 4 * units);
  trace.cells.resize(batch_->words * units);
  trace.squashed.resize(batch_->words * units);
  trace.before.assign(batch_->words * units, 0.0F);
  trace.mask.resize(sentences * units);
  FillMask(options_.recurrent_dropout, trace.mask.size(), &random_, trace.mask.data());
  std::vector<float>& out = inputs_[layer + 1];
  out.resize(batch_->words * 2 * units);
  const std::vector<float> nothing(units, 0.0F);
  size_t active = sentences;
  for (size_t step = 0; step < batch_->length(0); ++step) {
    while (batch_->length(active - 1) <= step) --active;
    if (step > 0) {
      step_before_.resize(active * units);
      step_gates_.resize(active * 4 * units);
      for (size_t s = 0; s < active; ++s) {
        const size_t word = batch_->Word(s, step, direction);
        const size_t last = batch_->Word(s, step - 1, direction);
        float* before = trace.before.data() + word * units;
        std::copy_n(out.data() + last * 2 * units + direction * units, units, before);
        MultiplyBy(trace.mask.data() + s * units, units, before);
        std::copy_n(before, units, step_before_.data() + s * units);
        std::copy_n(trace.gates.data() + word * 4 * units, 4 * units,
                    step_gates_.data() + s * 4 * units);
      }
      MultiplyAdd({step_before_.data(), units}, active, recurrent_[layer][direction],
                  step_gates_.data(), 4 * units);
    }
    for (size_t s = 0; s < active; ++s) {
      const size_t word = batch_->Word(s, step, direction);
      const float* cell_before = nothing.data();
      if (step > 0) {
        cell_before = trace.cells.data() + batch_->Word(s, step - 1, direction) * units;
        std::copy_n(step_gates_.data() + s * 4 * units, 4 * units,
                    trace.gates.data() + word * 4 * units);
      }
      LstmCell(units, trace.gates.data() + word * 4 * units, cell_before,
               trace.cells.data() + word * units, trace.squashed.data() + word * units,
               out.data() + word * 2 * units + direction * units);
    }
  }
}

void NetworkLearner::BackwardLstm(size_t layer, size_t direction) {
  const size_t units = layout_.units, words = batch_->words;
  const LstmTrace& trace = traces_[layer][direction];
  const std::vector<float>& out_gradients = input_gradients_[layer + 1];
  gates_gradient_.resize(words * 4 * units);
  cell_gradient_.assign(batch_->sentences.size() * units, 0.0F);
  carried_.assign(batch_->sentences.size() * units, 0.0F);
  out_gradient_.resize(units);
  const std::vector<float> nothing(units, 0.0F);
  size_t active = 0;
  for (size_t step = batch_->length(0); step-- > 0;) {
    while (active < batch_->sentences.size() && batch_->length(active) > step) ++active;
    step_gates_.resize(active * 4 * units);
    for (size_t s = 0; s < active; ++s) {
      const size_t word = batch_->Word(s, step, direction);
      std::copy_n(out_gradients.data() + word * 2 * units + direction * units, units,
                  out_gradient_.data());
      AddTo(carried_.data() + s * units, units, out_gradient_.data());
      const float* cell_before =
          step == 0 ? nothing.data()
                    : trace.cells.data() + batch_->Word(s, step - 1, direction) * units;
      float* gates = gates_gradient_.data() + word * 4 * units;
      LstmCellGradient(units, trace.gates.data() + word * 4 * units, cell_before,
                       trace.squashed.data() + word * units, out_gradient_.data(),
                       cell_gradient_.data() + s * units, gates);
      std::copy_n(gates, 4 * units, step_gates_.data() + s * 4 * units);
    }
    std::fill_n(carried_.begin(), active * units, 0.0F);
    MultiplyAdd({step_gates_.data(), 4 * units}, active, recurrent_t_[layer][direction],
                carried_.data(), units);
    for (size_t s = 0; s < active; ++s) {
      MultiplyBy(trace.mask.data() + s * units, units, carried_.data() + s * units);
    }
  }
  AddProduct(trace.before.data(), units, units, gates_gradient_.data(), 4 * units, 4 * units, words,
             GradientAt(layout_.Recurrent(layer, direction)));
  const size_t in = layout_.input_width(layer);
  AddProduct(inputs_[layer].data(), in, in, gates_gradient_.data(), 4 * units, 4 * units, words,
             GradientAt(layout_.Input(layer, direction)));
  float* bias = GradientAt(layout_.InputBias(layer, direction));
  for (size_t word = 0; word < words; ++word) {
    AddTo(gates_gradient_.data() + word * 4 * units, 4 * units, bias);
  }
  MultiplyAdd({gates_gradient_.data(), 4 * units}, words, input_t_[layer][direction],
              input_gradients_[layer].data(), in);
}

void NetworkLearner::ForwardProjection() {
  const size_t hidden = layout_.hidden, columns = 4 * hidden;
  SetRows(At(layout_.ProjectionBias()), batch_->words, columns, &projected_);
  MultiplyAdd({inputs_[layout_.layers].data(), 2 * layout_.units}, batch_->words, projection_,
              projected_.data(), columns);
  for (size_t word = 0; word < batch_->words; ++word) {
    Rectify(projected_.data() + word * columns, 2 * hidden);
  }
  NewMasks(columns, &projected_mask_);
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    // What relations see is dropped after its rectifier (LabelLoss).
    std::fill_n(projected_mask_.begin() + s * columns + 2 * hidden, 2 * hidden, 1.0F);
  }
  MaskRows(projected_mask_, columns, &projected_);
  const float* root = At(layout_.Root());
  root_.assign(root, root + 2 * hidden);
  Rectify(root_.data(), hidden);
  projected_gradient_.assign(projected_.size(), 0.0F);
  root_gradient_.assign(root_.size(), 0.0F);
}

float NetworkLearner::SentenceArcLoss(size_t sentence) {
  const size_t hidden = layout_.hidden, n = batch_->length(sentence);
  const size_t first = batch_->begin[sentence], columns = PaddedColumns(n + 1);
  const NetworkExample& example = *batch_->sentences[sentence];
  heads_.resize((n + 1) * hidden);
  for (size_t i = 0; i < n; ++i) {
    std::copy_n(projected_.data() + (first + i) * 4 * hidden, hidden, heads_.data() + i * hidden);
  }
  std::copy_n(root_.data(), hidden, heads_.data() + n * hidden);
  arcs_.assign(n * columns, 0.0F);
  packed_.PackTransposed(heads_.data(), hidden, hidden, n + 1);
  MultiplyAdd({bilinear_out_.data() + first * hidden, hidden}, n, packed_, arcs_.data(), columns);
  float loss = 0;
  const float share = 1.0F / static_cast<float>(batch_->words);
  for (size_t i = 0; i < n; ++i) {
    float* scores = arcs_.data() + i * columns;
    scores[i] = kImpossible;
    Softmax(scores, n + 1);
    const auto gold = static_cast<size_t>(example.heads[i]);
    loss -= std::log(std::max(scores[gold], 1e-20F));
    scores[gold] -= 1.0F;
    for (size_t h = 0; h <= n; ++h) scores[h] *= share;
    std::fill(scores + n + 1, scores + columns, 0.0F);
  }
  // By the dependents' side, then by the heads'.
  packed_.Pack(heads_.data(), hidden, n + 1, hidden);
  MultiplyAdd({arcs_.data(), columns}, n, packed_, bilinear_gradient_.data() + first * hidden,
              hidden);
  head_gradient_.assign((n + 1) * hidden, 0.0F);
  AddProduct(arcs_.data(), n + 1, columns, bilinear_out_.data() + first * hidden, hidden, hidden, n,
             head_gradient_.data());
  for (size_t i = 0; i < n; ++i) {
    AddTo(head_gradient_.data() + i * hidden, hidden,
          projected_gradient_.data() + (first + i) * 4 * hidden);
  }
  AddTo(head_gradient_.data() + n * hidden, hidden, root_gradient_.data());
  return loss;
}

float NetworkLearner::ArcLoss() {
  const size_t hidden = layout_.hidden, words = batch_->words;
  SetRows(At(layout_.HeadBias()), words, hidden, &bilinear_out_);
  MultiplyAdd({projected_.data() + hidden, 4 * hidden}, words, bilinear_, bilinear_out_.data(),
              hidden);
  bilinear_gradient_.assign(bilinear_out_.size(), 0.0F);
  float loss = 0;
  for (size_t s = 0; s < batch_->sentences.size(); ++s) loss += SentenceArcLoss(s);
  AddProduct(projected_.data() + hidden, hidden, 4 * hidden, bilinear_gradient_.data(), hidden,
             hidden, words, GradientAt(layout_.Bilinear()));
  float* bias = GradientAt(layout_.HeadBias());
  for (size_t word = 0; word < words; ++word) {
    AddTo(bilinear_gradient_.data() + word * hidden, hidden, bias);
  }
  MultiplyAdd({bilinear_gradient_.data(), hidden}, words, bilinear_t_,
              projected_gradient_.data() + hidden, 4 * hidden);
  return loss;
}

float NetworkLearner::LabelLoss() {
  const size_t hidden = layout_.hidden, words = batch_->words, columns = layout_.label_columns();
  hidden_.resize(words * hidden);
  label_mask_.resize(batch_->sentences.size() * hidden);
  FillMask(options_.dropout, label_mask_.size(), &random_, label_mask_.data());
  const auto head_of = [&](size_t s, size_t i, std::vector<float>* from,
                           std::vector<float>* root) -> float* {
    const auto head = static_cast<size_t>(batch_->sentences[s]->heads[i]);
    if (head == batch_->length(s)) return root->data() + hidden;
    return from->data() + (batch_->begin[s] + head) * 4 * hidden + 2 * hidden;
  };
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    for (size_t i = 0; i < batch_->length(s); ++i) {
      const size_t word = batch_->begin[s] + i;
      float* out = hidden_.data() + word * hidden;
      RectifiedSum(head_of(s, i, &projected_, &root_),
                   projected_.data() + word * 4 * hidden + 3 * hidden, hidden, out);
      MultiplyBy(label_mask_.data() + s * hidden, hidden, out);
    }
  }
  SetRows(At(layout_.LabelBias()), words, columns, &label_scores_);
  MultiplyAdd({hidden_.data(), hidden}, words, labels_, label_scores_.data(), columns);
  float loss = 0;
  const float share = 1.0F / static_cast<float>(words);
  float* bias = GradientAt(layout_.LabelBias());
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    for (size_t i = 0; i < batch_->length(s); ++i) {
      float* scores = label_scores_.data() + (batch_->begin[s] + i) * columns;
      Softmax(scores, layout_.labels);
      const size_t gold = batch_->sentences[s]->labels[i];
      loss -= std::log(std::max(scores[gold], 1e-20F));
      scores[gold] -= 1.0F;
      for (size_t label = 0; label < layout_.labels; ++label) scores[label] *= share;
      std::fill(scores + layout_.labels, scores + columns, 0.0F);
      AddTo(scores, columns, bias);
    }
  }
  AddProduct(hidden_.data(), hidden, hidden, label_scores_.data(), columns, columns, words,
             GradientAt(layout_.Labels()));
  hidden_gradient_.assign(words * hidden, 0.0F);
  MultiplyAdd({label_scores_.data(), columns}, words, labels_t_, hidden_gradient_.data(), hidden);
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    for (size_t i = 0; i < batch_->length(s); ++i) {
      const size_t word = batch_->begin[s] + i;
      float* gradient = hidden_gradient_.data() + word * hidden;
      MultiplyBy(label_mask_.data() + s * hidden, hidden, gradient);
      const float* out = hidden_.data() + word * hidden;
      for (size_t j = 0; j < hidden; ++j) gradient[j] = out[j] > 0 ? gradient[j] : 0.0F;
      AddTo(gradient, hidden, head_of(s, i, &projected_gradient_, &root_gradient_));
      AddTo(gradient, hidden, projected_gradient_.data() + word * 4 * hidden + 3 * hidden);
    }
  }
  return loss;
}

float NetworkLearner::TagLoss() {
  const size_t words = batch_->words, columns = layout_.tag_columns(), in = 2 * layout_.units;
  const std::vector<float>& top = inputs_[layout_.layers];
  std::vector<float>& scores = tag_scores_;
  SetRows(At(layout_.TagBias()), words, columns, &scores);
  MultiplyAdd({top.data(), in}, words, tags_, scores.data(), columns);
  const float share = options_.tag_share / static_cast<float>(words);
  float loss = 0;
  float* bias = GradientAt(layout_.TagBias());
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    for (size_t i = 0; i < batch_->length(s); ++i) {
      float* row = scores.data() + (batch_->begin[s] + i) * columns;
      Softmax(row, layout_.tags);
      const size_t gold = batch_->sentences[s]->tags[i];
      loss -= std::log(std::max(row[gold], 1e-20F));
      row[gold] -= 1.0F;
      for (size_t tag = 0; tag < layout_.tags; ++tag) row[tag] *= share;
      std::fill(row + layout_.tags, row + columns, 0.0F);
      AddTo(row, columns, bias);
    }
  }
  AddProduct(top.data(), in, in, scores.data(), columns, columns, words,
             GradientAt(layout_.Tags()));
  MultiplyAdd({scores.data(), columns}, words, tags_t_, input_gradients_[layout_.layers].data(),
              in);
  return loss * options_.tag_share;
}

void NetworkLearner::BackwardProjection() {
  const size_t hidden = layout_.hidden, columns = 4 * hidden, words = batch_->words;
  MaskRows(projected_mask_, columns, &projected_gradient_);
  for (size_t word = 0; word < words; ++word) {
    const float* out = projected_.data() + word * columns;
    float* gradient = projected_gradient_.data() + word * columns;
    for (size_t j = 0; j < 2 * hidden; ++j) gradient[j] = out[j] > 0 ? gradient[j] : 0.0F;
  }
  const size_t in = 2 * layout_.units;
  AddProduct(inputs_[layout_.layers].data(), in, in, projected_gradient_.data(), columns, columns,
             words, GradientAt(layout_.Projection()));
  float* bias = GradientAt(layout_.ProjectionBias());
  for (size_t word = 0; word < words; ++word) {
    AddTo(projected_gradient_.data() + word * columns, columns, bias);
  }
  for (size_t j = 0; j < hidden; ++j) {
    if (root_[j] <= 0) root_gradient_[j] = 0;
  }
  AddTo(root_gradient_.data(), root_gradient_.size(), GradientAt(layout_.Root()));
  MultiplyAdd({projected_gradient_.data(), columns}, words, projection_t_,
              input_gradients_[layout_.layers].data(), in);
}

void NetworkLearner::BackwardEmbeddings() {
  const size_t width = layout_.width;
  MaskRows(input_masks_[0], width, &input_gradients_[0]);
  float* gradient = GradientAt(layout_.Embeddings());
  for (size_t word = 0; word < batch_->words; ++word) {
    for (const uint32_t row : rows_[word]) {
      AddTo(input_gradients_[0].data() + word * width, width, gradient + row * width);
    }
  }
}

void NetworkLearner::Update(float rate) {
  constexpr float kNormMax = 5.0F;
  const Block embeddings = layout_.Embeddings();
  double squares = 0;
  const auto add_squares = [&](size_t offset, size_t count) {
    for (size_t i = offset; i < offset + count; ++i) {
      squares += static_cast<double>(gradient_[i]) * gradient_[i];
    }
  };
  std::sort(touched_rows_.begin(), touched_rows_.end());
  for (const uint32_t row : touched_rows_) add_squares(row * layout_.width, layout_.width);
  add_squares(embeddings.size(), gradient_.size() - embeddings.size());
  const auto norm = static_cast<float>(std::sqrt(squares));
  ++steps_;
  AdamStep step{rate, 0.9F, 0.99F, 1e-8F};
  const auto power = [&](float beta) {
    return 1.0 - std::pow(static_cast<double>(beta), static_cast<double>(steps_));
  };
  step.rate *= static_cast<float>(std::sqrt(power(step.beta2)) / power(step.beta1));
  if (norm > kNormMax) {
    for (const uint32_t row : touched_rows_) {
      for (size_t i = row * layout_.width; i < (row + 1) * layout_.width; ++i) {
        gradient_[i] *= kNormMax / norm;
      }
    }
    for (size_t i = embeddings.size(); i < gradient_.size(); ++i) gradient_[i] *= kNormMax / norm;
  }
  const auto move = [&](size_t offset, size_t count) {
    Adam(step, gradient_.data() + offset, count, first_.data() + offset, second_.data() + offset,
         weights_.data() + offset);
    std::fill_n(gradient_.begin() + offset, count, 0.0F);
  };
  // Embeddings of words that the batch lacks stay as they are.
  for (const uint32_t row : touched_rows_) {
    move(row * layout_.width, layout_.width);
    touched_[row] = 0;
  }
  touched_rows_.clear();
  move(embeddings.size(), gradient_.size() - embeddings.size());
  // In strides: the average of all embeddings is slow to take.
  constexpr int64_t kStride = 8;
  if (steps_ % kStride == 0) {
    const float share =
        std::max(options_.average_share, 1.0F / (1.0F + static_cast<float>(steps_)));
    MoveAverage(std::min(1.0F, share * kStride), weights_.data(), weights_.size(), average_.data());
  }
}

float NetworkLearner::Learn(const Batch& batch, float rate) {
  batch_ = &batch;
  Pack();
  Embed();
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const size_t direction : {0, 1}) ForwardLstm(layer, direction);
    NewMasks(2 * layout_.units, &input_masks_[layer + 1]);
    MaskRows(input_masks_[layer + 1], 2 * layout_.units, &inputs_[layer + 1]);
  }
  ForwardProjection();
  input_gradients_[layout_.layers].assign(batch.words * 2 * layout_.units, 0.0F);
  const float loss = ArcLoss() + LabelLoss() + TagLoss();
  BackwardProjection();
  for (size_t layer = layout_.layers; layer-- > 0;) {
    MaskRows(input_masks_[layer + 1], 2 * layout_.units, &input_gradients_[layer + 1]);
    input_gradients_[layer].assign(batch.words * layout_.input_width(layer), 0.0F);
    for (const size_t direction : {0, 1}) BackwardLstm(layer, direction);
  }
  BackwardEmbeddings();
  Update(rate);
  return loss / static_cast<float>(batch.words);
}

// Batches of about `batch_words` words: sentences of like length together, in random order.
std::vector<Batch> MakeBatches(const std::vector<NetworkExample>& examples, size_t batch_words,
                               Random* random) {
  constexpr size_t kPoolSentences = 1024;
  std::vector<size_t> order = random->Permutation(examples.size());
  std::vector<Batch> batches;
  for (size_t pool = 0; pool < order.size(); pool += kPoolSentences) {
    const auto begin = order.begin() + pool;
    const auto end = order.begin() + std::min(order.size(), pool + kPoolSentences);
    std::stable_sort(begin, end, [&](size_t a, size_t b) {
      return examples[a].rows.size() > examples[b].rows.size();
    });
    Batch batch;
    for (auto next = begin; next != end; ++next) {
      batch.begin.push_back(batch.words);
      batch.sentences.push_back(&examples[*next]);
      batch.words += examples[*next].rows.size();
      if (batch.words < batch_words && next + 1 != end) continue;
      batches.push_back(std::move(batch));
      batch = Batch();
    }
  }
  std::vector<Batch> shuffled;
  for (const size_t i : random->Permutation(batches.size())) {
    shuffled.push_back(std::move(batches[i]));
  }
  return shuffled;
}

int CountMin(size_t slot) {
  switch (slot) {
    case WordVocabulary::kForm:
      return 2;
    case WordVocabulary::kSuffix2:
    case WordVocabulary::kSuffix3:
    case WordVocabulary::kPrefix3:
      return 4;
    case WordVocabulary::kSuffix4:
      return 6;
    default:
      return 1;
  }
}

}  // namespace

WordVocabulary CollectVocabulary(const std::vector<ParserExample>& examples,
                                 const TagSet& tag_set) {
  std::unordered_map<uint32_t, std::pair<int, size_t>> counts;  // by key: count, slot
  for (const ParserExample& example : examples) {
    for (size_t i = 0; i < example.words.size(); ++i) {
      const WordVocabulary::Keys keys =
          WordVocabulary::KeysOf(example.words[i], tag_set, example.tags[i]);
      for (size_t slot = 0; slot < keys.size(); ++slot) {
        auto& count = counts[keys[slot]];
        ++count.first;
        count.second = slot;
      }
    }
  }
  std::vector<uint32_t> keys;
  for (const auto& [key, count] : counts) {
    if (count.first >= CountMin(count.second)) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return WordVocabulary(std::move(keys));
}

std::vector<Deprel> CollectLabels(const std::vector<ParserExample>& examples) {
  std::map<Deprel, int> counts;
  for (const ParserExample& example : examples) {
    for (const Deprel label : example.gold.labels) ++counts[label];
  }
  std::vector<Deprel> labels;
  for (const auto& [label, count] : counts) labels.push_back(label);
  return labels;
}

NetworkLayout LayoutOf(const NetworkOptions& options, const WordVocabulary& vocabulary,
                       const std::vector<Deprel>& labels, const TagSet& tag_set) {
  return {.vocabulary = vocabulary.rows(),
          .width = options.width,
          .units = options.units,
          .layers = options.layers,
          .hidden = options.hidden,
          .labels = labels.size(),
          .tags = static_cast<size_t>(tag_set.size())};
}

std::vector<float> CarryOver(const ParserNumbers& from, size_t number,
                             const std::vector<ParserExample>& examples, const TagSet& tag_set,
                             const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                             const NetworkLayout& layout) {
  NetworkLayout same_rows = from.layout;
  same_rows.vocabulary = layout.vocabulary;
  if (!(same_rows == layout) || from.labels != labels) return {};
  const std::vector<float>& old = from.networks[number];
  const size_t width = layout.width, old_rows = from.layout.Embeddings().size();
  std::vector<float> numbers(layout.size());
  std::copy(old.begin() + static_cast<std::ptrdiff_t>(old_rows), old.end(),
            numbers.begin() + static_cast<std::ptrdiff_t>(layout.Embeddings().size()));
  for (const ParserExample& example : examples) {
    for (size_t i = 0; i < example.words.size(); ++i) {
      const WordVocabulary::Keys keys =
          WordVocabulary::KeysOf(example.words[i], tag_set, example.tags[i]);
      const WordVocabulary::Rows now = vocabulary.Find(keys), before = from.vocabulary.Find(keys);
      for (size_t slot = 0; slot < keys.size(); ++slot) {
        std::copy_n(old.begin() + static_cast<std::ptrdiff_t>(before[slot] * width), width,
                    numbers.begin() + static_cast<std::ptrdiff_t>(now[slot] * width));
      }
    }
  }
  for (size_t row = 0; row < WordVocabulary::kSlotCount * width; ++row) numbers[row] = old[row];
  return numbers;
}

std::vector<float> TrainNetwork(const std::vector<ParserExample>& examples, const TagSet& tag_set,
                                const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                                const NetworkOptions& options, const Progress& progress,
                                const AfterPass& after_pass, const std::vector<float>& start) {
  std::vector<NetworkExample> rows;
  for (const ParserExample& example : examples) {
    NetworkExample row{{}, example.gold.heads, {}, example.gold_tags};
    for (size_t i = 0; i < example.words.size(); ++i) {
      row.rows.push_back(
          vocabulary.Find(WordVocabulary::KeysOf(example.words[i], tag_set, example.tags[i])));
      row.labels.push_back(static_cast<uint16_t>(
          std::find(labels.begin(), labels.end(), example.gold.labels[i]) - labels.begin()));
    }
    rows.push_back(std::move(row));
  }
  NetworkLearner learner(LayoutOf(options, vocabulary, labels, tag_set), options, start);
  Random random(options.seed + 1000);
  float done = 0;
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    const std::vector<Batch> batches = MakeBatches(rows, options.batch_words, &random);
    double loss = 0;
    for (const Batch& batch : batches) {
      const float left = 1.0F - done / static_cast<float>(options.iterations);
      loss += learner.Learn(batch, options.rate * std::max(left, 0.05F));
      done += 1.0F / static_cast<float>(batches.size());
    }
    progress(Cat("pass ", iteration, " of ", options.iterations, ", loss ",
                 loss / static_cast<double>(batches.size()), " a word"));
    if (after_pass) after_pass(iteration, learner.average());
  }
  return learner.average();
}

}  // namespace entente::nlp::train
