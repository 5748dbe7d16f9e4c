#include "ingest/nlp/train/parser_heads.h"

#include <algorithm>
#include <cmath>

namespace entente::nlp::train {
namespace {

constexpr float kImpossible = -1e30F;

// Turns scores into probabilities, then into the gradient of `share` times the cross entropy, and
// what stands beyond `count` into zeros. Returns the cross entropy.
float CrossEntropy(size_t gold, size_t count, size_t columns, float share, float* scores) {
  Softmax(scores, count);
  const float loss = -std::log(std::max(scores[gold], 1e-20F));
  scores[gold] -= 1.0F;
  for (size_t i = 0; i < count; ++i) scores[i] *= share;
  std::fill(scores + count, scores + columns, 0.0F);
  return loss;
}

}  // namespace

ParserHeads::ParserHeads(const NetworkLayout& layout, float share, float tag_share, float dropout,
                         EncoderLearner* learner)
    : layout_(layout), share_(share), tag_share_(tag_share), dropout_(dropout), learner_(learner) {
  const NetworkBlock root = layout_.Root();
  for (size_t i = 0; i < root.size(); ++i) {
    (*learner_->weights())[root.offset + i] = (2 * Uniform(learner_->random()) - 1) * 0.3F;
  }
  learner_->ResetAverage();
}

void ParserHeads::ForwardProjection() {
  const size_t hidden = layout_.hidden, columns = 4 * hidden, words = batch().words;
  learner_->Pack(layout_.Projection(), &projection_, &projection_t_);
  SetRows(At(layout_.ProjectionBias()), words, columns, &projected_);
  MultiplyAdd({learner_->top().data(), layout_.output_width()}, words, projection_,
              projected_.data(), columns);
  for (size_t word = 0; word < words; ++word) {
    Rectify(projected_.data() + word * columns, 2 * hidden);
  }
  learner_->NewMasks(columns, &projected_mask_);
  for (size_t s = 0; s < batch().sentences.size(); ++s) {
    // What relations see is dropped after its rectifier (ForwardLabels).
    std::fill_n(projected_mask_.begin() + s * columns + 2 * hidden, 2 * hidden, 1.0F);
  }
  learner_->MaskRows(projected_mask_, columns, &projected_);
  const float* root = At(layout_.Root());
  root_.assign(root, root + 2 * hidden);
  Rectify(root_.data(), hidden);
  projected_gradient_.assign(projected_.size(), 0.0F);
  root_gradient_.assign(root_.size(), 0.0F);
}

float ParserHeads::SentenceArcLoss(size_t sentence) {
  const size_t hidden = layout_.hidden, n = batch().length(sentence);
  const size_t first = batch().begin[sentence], columns = PaddedColumns(n + 1);
  const TreeExample& example = Sentence(sentence);
  heads_.resize((n + 1) * hidden);
  for (size_t i = 0; i < n; ++i) {
    std::copy_n(projected_.data() + (first + i) * 4 * hidden, hidden, heads_.data() + i * hidden);
  }
  std::copy_n(root_.data(), hidden, heads_.data() + n * hidden);
  arcs_.assign(n * columns, 0.0F);
  packed_.PackTransposed(heads_.data(), hidden, hidden, n + 1);
  MultiplyAdd({bilinear_out_.data() + first * hidden, hidden}, n, packed_, arcs_.data(), columns);
  float loss = 0;
  for (size_t i = 0; i < n; ++i) {
    float* scores = arcs_.data() + i * columns;
    scores[i] = kImpossible;
    loss +=
        CrossEntropy(static_cast<size_t>(example.heads[i]), n + 1, columns, WordShare(), scores);
  }
  // By the dependents' side, then by the heads'.
  packed_.Pack(heads_.data(), hidden, n + 1, hidden);
  MultiplyAdd({arcs_.data(), columns}, n, packed_, bilinear_gradient_.data() + first * hidden,
              hidden);
  head_gradient_.assign((n + 1) * hidden, 0.0F);
  learner_->AddProduct(arcs_.data(), n + 1, columns, bilinear_out_.data() + first * hidden, hidden,
                       hidden, n, head_gradient_.data());
  for (size_t i = 0; i < n; ++i) {
    AddTo(head_gradient_.data() + i * hidden, hidden,
          projected_gradient_.data() + (first + i) * 4 * hidden);
  }
  AddTo(head_gradient_.data() + n * hidden, hidden, root_gradient_.data());
  return loss;
}

float ParserHeads::ArcLoss() {
  const size_t hidden = layout_.hidden, words = batch().words;
  learner_->Pack(layout_.Bilinear(), &bilinear_, &bilinear_t_);
  SetRows(At(layout_.HeadBias()), words, hidden, &bilinear_out_);
  MultiplyAdd({projected_.data() + hidden, 4 * hidden}, words, bilinear_, bilinear_out_.data(),
              hidden);
  bilinear_gradient_.assign(bilinear_out_.size(), 0.0F);
  float loss = 0;
  for (size_t s = 0; s < batch().sentences.size(); ++s) {
    if (HasTree(s)) loss += SentenceArcLoss(s);
  }
  learner_->AddProduct(projected_.data() + hidden, hidden, 4 * hidden, bilinear_gradient_.data(),
                       hidden, hidden, words, GradientAt(layout_.Bilinear()));
  float* bias = GradientAt(layout_.HeadBias());
  for (size_t word = 0; word < words; ++word) {
    AddTo(bilinear_gradient_.data() + word * hidden, hidden, bias);
  }
  MultiplyAdd({bilinear_gradient_.data(), hidden}, words, bilinear_t_,
              projected_gradient_.data() + hidden, 4 * hidden);
  return loss;
}

float* ParserHeads::HeadVector(size_t s, size_t i, std::vector<float>* projected,
                               std::vector<float>* root) {
  const size_t hidden = layout_.hidden;
  const auto head = static_cast<size_t>(Sentence(s).heads[i]);
  if (head == batch().length(s)) return root->data() + hidden;
  return projected->data() + (batch().begin[s] + head) * 4 * hidden + 2 * hidden;
}

void ParserHeads::ForwardLabels() {
  const size_t hidden = layout_.hidden;
  hidden_.assign(batch().words * hidden, 0.0F);
  label_mask_.resize(batch().sentences.size() * hidden);
  FillMask(dropout_, label_mask_.size(), learner_->random(), label_mask_.data());
  for (size_t s = 0; s < batch().sentences.size(); ++s) {
    for (size_t i = 0; HasTree(s) && i < batch().length(s); ++i) {
      const size_t word = batch().begin[s] + i;
      float* out = hidden_.data() + word * hidden;
      RectifiedSum(HeadVector(s, i, &projected_, &root_),
                   projected_.data() + word * 4 * hidden + 3 * hidden, hidden, out);
      MultiplyBy(label_mask_.data() + s * hidden, hidden, out);
    }
  }
}

// From label_scores_, which become their gradient.
float ParserHeads::LabelScoreLoss() {
  const size_t columns = layout_.label_columns();
  float loss = 0;
  float* bias = GradientAt(layout_.LabelBias());
  for (size_t s = 0; s < batch().sentences.size(); ++s) {
    for (size_t i = 0; i < batch().length(s); ++i) {
      float* scores = label_scores_.data() + (batch().begin[s] + i) * columns;
      if (!HasTree(s)) {
        std::fill_n(scores, columns, 0.0F);
        continue;
      }
      loss += CrossEntropy(Sentence(s).labels[i], layout_.labels, columns, WordShare(), scores);
      AddTo(scores, columns, bias);
    }
  }
  return loss;
}

// From hidden_gradient_ to the words and their heads.
void ParserHeads::AddLabelGradients() {
  const size_t hidden = layout_.hidden;
  for (size_t s = 0; s < batch().sentences.size(); ++s) {
    for (size_t i = 0; HasTree(s) && i < batch().length(s); ++i) {
      const size_t word = batch().begin[s] + i;
      float* gradient = hidden_gradient_.data() + word * hidden;
      MultiplyBy(label_mask_.data() + s * hidden, hidden, gradient);
      const float* out = hidden_.data() + word * hidden;
      for (size_t j = 0; j < hidden; ++j) gradient[j] = out[j] > 0 ? gradient[j] : 0.0F;
      AddTo(gradient, hidden, HeadVector(s, i, &projected_gradient_, &root_gradient_));
      AddTo(gradient, hidden, projected_gradient_.data() + word * 4 * hidden + 3 * hidden);
    }
  }
}

float ParserHeads::LabelLoss() {
  const size_t hidden = layout_.hidden, words = batch().words, columns = layout_.label_columns();
  learner_->Pack(layout_.Labels(), &labels_, &labels_t_);
  ForwardLabels();
  SetRows(At(layout_.LabelBias()), words, columns, &label_scores_);
  MultiplyAdd({hidden_.data(), hidden}, words, labels_, label_scores_.data(), columns);
  const float loss = LabelScoreLoss();
  learner_->AddProduct(hidden_.data(), hidden, hidden, label_scores_.data(), columns, columns,
                       words, GradientAt(layout_.Labels()));
  hidden_gradient_.assign(words * hidden, 0.0F);
  MultiplyAdd({label_scores_.data(), columns}, words, labels_t_, hidden_gradient_.data(), hidden);
  AddLabelGradients();
  return loss;
}

float ParserHeads::TagLoss() {
  const size_t words = batch().words, columns = layout_.tag_columns();
  const size_t in = layout_.output_width();
  const std::vector<float>& top = learner_->top();
  learner_->Pack(layout_.Tags(), &tags_, &tags_t_);
  SetRows(At(layout_.TagBias()), words, columns, &tag_scores_);
  MultiplyAdd({top.data(), in}, words, tags_, tag_scores_.data(), columns);
  const float share = share_ * tag_share_ / static_cast<float>(words);
  float loss = 0;
  float* bias = GradientAt(layout_.TagBias());
  for (size_t s = 0; s < batch().sentences.size(); ++s) {
    for (size_t i = 0; i < batch().length(s); ++i) {
      float* row = tag_scores_.data() + (batch().begin[s] + i) * columns;
      if (!HasTree(s)) {
        std::fill_n(row, columns, 0.0F);
        continue;
      }
      loss += CrossEntropy(Sentence(s).tags[i], layout_.tags, columns, share, row);
      AddTo(row, columns, bias);
    }
  }
  learner_->AddProduct(top.data(), in, in, tag_scores_.data(), columns, columns, words,
                       GradientAt(layout_.Tags()));
  MultiplyAdd({tag_scores_.data(), columns}, words, tags_t_, learner_->top_gradient()->data(), in);
  return loss * tag_share_;
}

void ParserHeads::BackwardProjection() {
  const size_t hidden = layout_.hidden, columns = 4 * hidden, words = batch().words;
  learner_->MaskRows(projected_mask_, columns, &projected_gradient_);
  for (size_t word = 0; word < words; ++word) {
    const float* out = projected_.data() + word * columns;
    float* gradient = projected_gradient_.data() + word * columns;
    for (size_t j = 0; j < 2 * hidden; ++j) gradient[j] = out[j] > 0 ? gradient[j] : 0.0F;
  }
  const size_t in = layout_.output_width();
  learner_->AddProduct(learner_->top().data(), in, in, projected_gradient_.data(), columns, columns,
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
              learner_->top_gradient()->data(), in);
}

float ParserHeads::Loss() {
  ForwardProjection();
  const float arcs = ArcLoss();
  const float labels = LabelLoss();
  const float tags = TagLoss();
  BackwardProjection();
  return arcs + labels + tags;
}

}  // namespace entente::nlp::train
