#include "ingest/nlp/train/encoder_learner.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace entente::nlp::train {

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

std::vector<Batch> MakeBatches(const std::vector<const EncoderExample*>& examples,
                               size_t batch_words, Random* random) {
  constexpr size_t kPoolSentences = 1024;
  std::vector<size_t> order = random->Permutation(examples.size());
  std::vector<Batch> batches;
  for (size_t pool = 0; pool < order.size(); pool += kPoolSentences) {
    const auto begin = order.begin() + pool;
    const auto end = order.begin() + std::min(order.size(), pool + kPoolSentences);
    std::stable_sort(begin, end,
                     [&](size_t a, size_t b) { return examples[a]->words > examples[b]->words; });
    Batch batch;
    for (auto next = begin; next != end; ++next) {
      batch.begin.push_back(batch.words);
      batch.sentences.push_back(examples[*next]);
      batch.words += examples[*next]->words;
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

EncoderLearner::EncoderLearner(const EncoderLayout& layout, const std::vector<NetworkBlock>& blocks,
                               std::vector<float> slot_dropout, const EncoderOptions& options)
    : layout_(layout),
      slot_dropout_(std::move(slot_dropout)),
      options_(options),
      random_(options.seed),
      weights_(blocks.back().offset + blocks.back().size()),
      gradient_(weights_.size()),
      first_(weights_.size()),
      second_(weights_.size()),
      input_(layout.layers),
      input_t_(layout.layers),
      recurrent_(layout.layers),
      recurrent_t_(layout.layers),
      touched_(layout.vocabulary),
      inputs_(layout.layers + 1),
      input_masks_(layout.layers + 1),
      input_gradients_(layout.layers + 1),
      traces_(layout.layers) {
  Initialise(blocks);
  average_ = weights_;
}

void EncoderLearner::Initialise(const std::vector<NetworkBlock>& blocks) {
  for (const NetworkBlock& block : blocks) {
    if (block.rows == 1) continue;  // biases begin at 0
    // Glorot and Bengio 2010; embeddings are not a matrix that is multiplied with.
    const float limit =
        block.offset == 0 ? 0.1F : std::sqrt(6.0F / static_cast<float>(block.rows + block.columns));
    for (size_t i = 0; i < block.size(); ++i) {
      weights_[block.offset + i] = (2 * Uniform(&random_) - 1) * limit;
    }
  }
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const size_t direction : {0, 1}) {
      // A cell begins by remembering.
      float* bias = weights_.data() + layout_.InputBias(layer, direction).offset;
      std::fill_n(bias + layout_.units, layout_.units, 1.0F);
    }
  }
}

void EncoderLearner::Pack(const NetworkBlock& block, PackedMatrix* plain,
                          PackedMatrix* transposed) const {
  plain->Pack(At(block), block.columns, block.rows, block.columns);
  transposed->PackTransposed(At(block), block.columns, block.columns, block.rows);
}

void EncoderLearner::NewMasks(size_t columns, std::vector<float>* masks) {
  masks->resize(batch_->sentences.size() * columns);
  FillMask(options_.dropout, masks->size(), &random_, masks->data());
}

void EncoderLearner::MaskRows(const std::vector<float>& masks, size_t columns,
                              std::vector<float>* rows) const {
  for (size_t s = 0; s < batch_->sentences.size(); ++s) {
    for (size_t word = batch_->begin[s]; word < batch_->begin[s] + batch_->length(s); ++word) {
      MultiplyBy(masks.data() + s * columns, columns, rows->data() + word * columns);
    }
  }
}

void EncoderLearner::AddProduct(const float* left, size_t left_columns, size_t left_stride,
                                const float* right_gradient, size_t right_stride,
                                size_t right_columns, size_t rows, float* out) {
  packed_.Pack(right_gradient, right_stride, rows, right_columns);
  MultiplyAdd({left, 1, left_stride}, left_columns, packed_, out, right_columns);
}

// Hides groups of slots in rows_, which are those of the batch.
void EncoderLearner::HideGroups() {
  const size_t slots = slot_dropout_.size();
  for (const SlotGroup& group : groups_) {
    for (size_t s = 0; s < batch_->sentences.size(); ++s) {
      bool hidden = Uniform(&random_) < group.dropout;
      for (size_t i = 0; i < batch_->length(s); ++i) {
        if (!group.whole_sentence && i > 0) hidden = Uniform(&random_) < group.dropout;
        if (!hidden) continue;
        for (const uint32_t slot : group.slots) {
          rows_[(batch_->begin[s] + i) * slots + slot] = slot;
        }
      }
    }
  }
}

void EncoderLearner::Embed() {
  const size_t width = layout_.width, slots = slot_dropout_.size();
  const float* embeddings = At(layout_.Embeddings());
  inputs_[0].assign(batch_->words * width, 0.0F);
  rows_.clear();
  for (const EncoderExample* sentence : batch_->sentences) {
    for (size_t i = 0; i < sentence->rows.size(); ++i) {
      const auto slot = static_cast<uint32_t>(i % slots);
      rows_.push_back(Uniform(&random_) < slot_dropout_[slot] ? slot : sentence->rows[i]);
    }
  }
  HideGroups();
  for (size_t i = 0; i < rows_.size(); ++i) {
    AddTo(embeddings + rows_[i] * width, width, inputs_[0].data() + i / slots * width);
    if (touched_[rows_[i]]) continue;
    touched_[rows_[i]] = 1;
    touched_rows_.push_back(rows_[i]);
  }
  NewMasks(width, &input_masks_[0]);
  MaskRows(input_masks_[0], width, &inputs_[0]);
}

void EncoderLearner::ForwardLstm(size_t layer, size_t direction) {
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

void EncoderLearner::BackwardLstm(size_t layer, size_t direction) {
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

void EncoderLearner::BackwardEmbeddings() {
  const size_t width = layout_.width, slots = slot_dropout_.size();
  MaskRows(input_masks_[0], width, &input_gradients_[0]);
  float* gradient = GradientAt(layout_.Embeddings());
  for (size_t i = 0; i < rows_.size(); ++i) {
    AddTo(input_gradients_[0].data() + i / slots * width, width, gradient + rows_[i] * width);
  }
}

float EncoderLearner::GradientNorm() {
  const NetworkBlock embeddings = layout_.Embeddings();
  double squares = 0;
  const auto add_squares = [&](size_t offset, size_t count) {
    for (size_t i = offset; i < offset + count; ++i) {
      squares += static_cast<double>(gradient_[i]) * gradient_[i];
    }
  };
  std::sort(touched_rows_.begin(), touched_rows_.end());
  for (const uint32_t row : touched_rows_) add_squares(row * layout_.width, layout_.width);
  add_squares(embeddings.size(), gradient_.size() - embeddings.size());
  return static_cast<float>(std::sqrt(squares));
}

void EncoderLearner::Update(float rate) {
  constexpr float kNormMax = 5.0F;
  const NetworkBlock embeddings = layout_.Embeddings();
  const float norm = GradientNorm();
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

void EncoderLearner::Forward(const Batch& batch) {
  batch_ = &batch;
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const size_t direction : {0, 1}) {
      Pack(layout_.Input(layer, direction), &input_[layer][direction], &input_t_[layer][direction]);
      Pack(layout_.Recurrent(layer, direction), &recurrent_[layer][direction],
           &recurrent_t_[layer][direction]);
    }
  }
  Embed();
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const size_t direction : {0, 1}) ForwardLstm(layer, direction);
    NewMasks(2 * layout_.units, &input_masks_[layer + 1]);
    MaskRows(input_masks_[layer + 1], 2 * layout_.units, &inputs_[layer + 1]);
  }
  top_gradient()->assign(batch.words * layout_.output_width(), 0.0F);
}

void EncoderLearner::Backward(float rate) {
  for (size_t layer = layout_.layers; layer-- > 0;) {
    MaskRows(input_masks_[layer + 1], 2 * layout_.units, &input_gradients_[layer + 1]);
    input_gradients_[layer].assign(batch_->words * layout_.input_width(layer), 0.0F);
    for (const size_t direction : {0, 1}) BackwardLstm(layer, direction);
  }
  BackwardEmbeddings();
  Update(rate);
}

}  // namespace entente::nlp::train
