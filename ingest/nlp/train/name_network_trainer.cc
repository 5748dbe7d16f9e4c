#include "ingest/nlp/train/name_network_trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/strings.h"

namespace entente::nlp::train {
namespace {

constexpr int kLabels = kNameLabelCount;
using LabelRow = std::array<double, kLabels>;

// Weights of labels and of pairs of labels: exponentials of their scores up to a factor, which
// makes them shares; pairs that may not be are 0.
struct Weights {
  std::vector<LabelRow> label;
  std::array<LabelRow, kLabels> pair;
};

Weights WeightsOf(const float* emissions, size_t stride, const float* transitions, size_t words) {
  Weights weights;
  std::array<float, kLabels * kLabels> pairs;
  std::copy_n(transitions, pairs.size(), pairs.begin());
  Softmax(pairs.data(), pairs.size());
  for (int from = 0; from < kLabels; ++from) {
    for (int to = 0; to < kLabels; ++to) {
      const bool may = MayFollow(static_cast<NameLabel>(from), static_cast<NameLabel>(to));
      weights.pair[from][to] = may ? pairs[from * kLabels + to] : 0.0;
    }
  }
  std::array<float, kLabels> row;
  for (size_t i = 0; i < words; ++i) {
    std::copy_n(emissions + i * stride, kLabels, row.begin());
    Softmax(row.data(), row.size());
    weights.label.emplace_back();
    std::copy(row.begin(), row.end(), weights.label.back().begin());
  }
  return weights;
}

// Makes a row sum to one; returns what it summed to.
double Normalise(LabelRow* row) {
  double sum = 0;
  for (const double value : *row) sum += value;
  for (double& value : *row) value /= sum;
  return sum;
}

// The network's layer for names as it is trained.
class NameHead {
 public:
  NameHead(const NameLayout& layout, EncoderLearner* learner)
      : blocks_{layout.Labels(), layout.LabelBias(), layout.Transitions()}, learner_(learner) {}

  // The loss of the learner's batch, of NameExamples; adds its gradient to the learner's.
  float Loss() {
    const Batch& batch = learner_->batch();
    const size_t words = batch.words, columns = NameLayout::kColumns, in = blocks_[0].rows;
    const std::vector<float>& top = learner_->top();
    learner_->Pack(blocks_[0], &labels_, &labels_t_);
    SetRows(learner_->At(blocks_[1]), words, columns, &scores_);
    MultiplyAdd({top.data(), in}, words, labels_, scores_.data(), columns);
    gradient_.assign(scores_.size(), 0.0F);
    float loss = 0;
    for (size_t s = 0; s < batch.sentences.size(); ++s) {
      const auto& example = static_cast<const NameExample&>(*batch.sentences[s]);
      const size_t offset = batch.begin[s] * columns;
      loss += NameLoss(scores_.data() + offset, columns, learner_->At(blocks_[2]), example.names,
                       1.0F / static_cast<float>(words), gradient_.data() + offset,
                       learner_->GradientAt(blocks_[2]));
    }
    for (size_t word = 0; word < words; ++word) {
      AddTo(gradient_.data() + word * columns, columns, learner_->GradientAt(blocks_[1]));
    }
    learner_->AddProduct(top.data(), in, in, gradient_.data(), columns, columns, words,
                         learner_->GradientAt(blocks_[0]));
    MultiplyAdd({gradient_.data(), columns}, words, labels_t_, learner_->top_gradient()->data(),
                in);
    return loss;
  }

 private:
  const std::array<NetworkBlock, 3> blocks_;  // labels, their bias, transitions
  EncoderLearner* const learner_;
  PackedMatrix labels_, labels_t_;
  std::vector<float> scores_, gradient_;
};

// How often a key must be seen to have a row of its own.
int CountMin(size_t slot) {
  switch (slot) {
    case WordVocabulary::kForm:
      return 2;
    case NameVocabulary::kPrefix4:
    case WordVocabulary::kSuffix4:
      return 5;
    case NameVocabulary::kCased:
    case WordVocabulary::kPrefix3:
    case WordVocabulary::kSuffix3:
      return 4;
    case NameVocabulary::kPrefix2:
    case WordVocabulary::kSuffix2:
    case NameVocabulary::kMarks:
      return 3;
    default:
      return 1;
  }
}

std::vector<float> SlotDropout(const NameNetworkOptions& options) {
  std::vector<float> dropout(NameVocabulary::kSlotCount, options.slot_dropout);
  dropout[WordVocabulary::kForm] = dropout[NameVocabulary::kCased] = options.form_dropout;
  dropout[NameVocabulary::kCorpus] = dropout[NameVocabulary::kCapitals] = 0;
  return dropout;
}

std::vector<SlotGroup> SlotGroups(const NameNetworkOptions& options) {
  SlotGroup spelling{{WordVocabulary::kForm, WordVocabulary::kSuffix4, WordVocabulary::kPrefix3,
                      NameVocabulary::kCased, NameVocabulary::kPrefix4},
                     options.spelling_dropout,
                     false};
  SlotGroup lists{{}, options.list_dropout, true};
  for (uint32_t slot = NameVocabulary::kMarks; slot < NameVocabulary::kSlotCount; ++slot) {
    lists.slots.push_back(slot);
  }
  return {std::move(spelling), std::move(lists)};
}

// All sentences with names, and of those without any a share drawn anew for each pass.
std::vector<const EncoderExample*> SentencesOfPass(const std::vector<NameExample>& examples,
                                                   float plain_share, Random* random) {
  std::vector<const EncoderExample*> sentences;
  for (const NameExample& example : examples) {
    const bool plain = std::all_of(example.names.begin(), example.names.end(),
                                   [](NameLabel label) { return label == kOutside; });
    if (!plain || Uniform(random) < plain_share) sentences.push_back(&example);
  }
  return sentences;
}

// Puts a parser's encoder where the learner's stands. Embeddings that the parser lacks begin as its
// embedding of what is unknown, those of properties that it does not look at as zeros.
void BeginFromParser(const ParserModel& parser, const std::vector<float>& numbers,
                     const NameVocabulary& vocabulary, const std::vector<NameExample>& examples,
                     const NameLayout& layout, EncoderLearner* learner) {
  std::vector<uint32_t> slot_of_row(layout.vocabulary, NameVocabulary::kSlotCount);
  std::iota(slot_of_row.begin(), slot_of_row.begin() + NameVocabulary::kSlotCount, 0);
  for (const NameExample& example : examples) {
    for (size_t i = 0; i < example.rows.size(); ++i) {
      slot_of_row[example.rows[i]] = static_cast<uint32_t>(i % NameVocabulary::kSlotCount);
    }
  }
  const size_t width = layout.width, end = layout.Embeddings().size();
  float* weights = learner->weights()->data();
  std::fill_n(weights, end, 0.0F);
  for (size_t row = 0; row < layout.vocabulary; ++row) {
    uint32_t from = slot_of_row[row];
    if (from >= WordVocabulary::kSlotCount) continue;
    if (row >= NameVocabulary::kSlotCount) {
      const uint32_t key = vocabulary.keys().keys()[row - NameVocabulary::kSlotCount];
      from = parser.vocabulary.keys().Find(key, from);
    }
    std::copy_n(numbers.data() + from * width, width, weights + row * width);
  }
  // The layers; of a parser with more of them the lowest.
  std::copy_n(numbers.data() + parser.layout.Embeddings().size(), layout.encoder_size() - end,
              weights + end);
  learner->ResetAverage();
}

}  // namespace

float NameLoss(const float* emissions, size_t stride, const float* transitions,
               const std::vector<NameLabel>& gold, float share, float* emission_gradient,
               float* transition_gradient) {
  const size_t words = gold.size();
  const Weights weights = WeightsOf(emissions, stride, transitions, words);
  // forward[i][y]: the share of label y in word i, as far as the words up to there tell.
  std::vector<LabelRow> forward(words), backward(words);
  double log_sum = 0;
  LabelRow before = {};
  before[kOutside] = 1;
  for (size_t i = 0; i < words; ++i) {
    forward[i] = {};
    for (int from = 0; from < kLabels; ++from) {
      if (before[from] == 0) continue;
      for (int to = 0; to < kLabels; ++to) {
        forward[i][to] += before[from] * weights.pair[from][to];
      }
    }
    for (int to = 0; to < kLabels; ++to) forward[i][to] *= weights.label[i][to];
    log_sum += std::log(Normalise(&forward[i]));
    before = forward[i];
  }
  LabelRow after;
  for (int label = 0; label < kLabels; ++label) {
    after[label] = MayFollow(static_cast<NameLabel>(label), kOutside) ? 1 : 0;
  }
  double open = 0;  // what ends within a name is no sentence
  for (int label = 0; label < kLabels; ++label) open += forward.back()[label] * after[label];
  log_sum += std::log(open);
  double gold_log = 0;
  for (size_t i = words; i-- > 0;) {
    backward[i] = after;
    LabelRow own = after;
    for (int label = 0; label < kLabels; ++label) own[label] *= forward[i][label];
    Normalise(&own);
    own[gold[i]] -= 1;
    for (int label = 0; label < kLabels; ++label) {
      emission_gradient[i * stride + label] += share * static_cast<float>(own[label]);
    }
    // Pairs of the label before and this one.
    const LabelRow nothing_before = [] {
      LabelRow row = {};
      row[kOutside] = 1;
      return row;
    }();
    const LabelRow& left = i == 0 ? nothing_before : forward[i - 1];
    std::array<LabelRow, kLabels> pairs;
    double sum = 0;
    LabelRow next = {};
    for (int from = 0; from < kLabels; ++from) {
      for (int to = 0; to < kLabels; ++to) {
        const double right = weights.pair[from][to] * weights.label[i][to] * after[to];
        next[from] += right;
        pairs[from][to] = left[from] * right;
        sum += pairs[from][to];
      }
    }
    const NameLabel gold_before = i == 0 ? kOutside : gold[i - 1];
    gold_log += std::log(weights.pair[gold_before][gold[i]] * weights.label[i][gold[i]]);
    for (int from = 0; from < kLabels; ++from) {
      for (int to = 0; to < kLabels; ++to) {
        const double is_gold = from == gold_before && to == gold[i] ? 1 : 0;
        transition_gradient[from * kLabels + to] +=
            share * static_cast<float>(pairs[from][to] / sum - is_gold);
      }
    }
    Normalise(&next);
    after = next;
  }
  return static_cast<float>(log_sum - gold_log);
}

NameVocabulary CollectNameVocabulary(const std::vector<std::vector<uint32_t>>& keys) {
  std::unordered_map<uint32_t, std::pair<int, size_t>> counts;  // by key: count, slot
  for (const std::vector<uint32_t>& sentence : keys) {
    for (size_t i = 0; i < sentence.size(); ++i) {
      auto& count = counts[sentence[i]];
      ++count.first;
      count.second = i % NameVocabulary::kSlotCount;
    }
  }
  std::vector<uint32_t> kept;
  for (const auto& [key, count] : counts) {
    if (count.first >= CountMin(count.second)) kept.push_back(key);
  }
  std::sort(kept.begin(), kept.end());
  return NameVocabulary(std::move(kept));
}

std::vector<float> TrainNameNetwork(const std::vector<NameExample>& examples,
                                    const NameVocabulary& vocabulary, const NameLayout& layout,
                                    const NameStart& start, const NameNetworkOptions& options,
                                    const Progress& progress, const AfterNamePass& after_pass) {
  EncoderLearner learner(layout, layout.All(), SlotDropout(options), options);
  learner.SetGroups(SlotGroups(options));
  NameHead names(layout, &learner);
  if (start.numbers != nullptr) {
    BeginFromParser(*start.parser, *start.numbers, vocabulary, examples, layout, &learner);
  }
  Random random(options.seed + 1000);
  float done = 0;
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    const std::vector<const EncoderExample*> sentences =
        SentencesOfPass(examples, options.plain_share, &random);
    const std::vector<Batch> batches = MakeBatches(sentences, options.batch_words, &random);
    double loss = 0;
    for (const Batch& batch : batches) {
      const float left = 1.0F - done / static_cast<float>(options.iterations);
      learner.Forward(batch);
      loss += names.Loss() / static_cast<float>(batch.words);
      learner.Backward(options.rate * std::max(left, 0.05F));
      done += 1.0F / static_cast<float>(batches.size());
    }
    const auto steps = static_cast<double>(batches.size());
    progress(
        Cat("pass ", iteration, " of ", options.iterations, ", loss ", loss / steps, " a word"));
    if (after_pass) after_pass(iteration, learner.average());
  }
  return learner.average();
}

}  // namespace entente::nlp::train
