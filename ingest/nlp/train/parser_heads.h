// What the parser puts on top of an encoder, as it is trained: the scores of arcs, relations and
// tags, and their loss.
//
//   ParserHeads heads(layout, /*share=*/1, /*tag_share=*/0.3, options.dropout, &learner);
//   learner.Forward(batch);              // of TreeExamples
//   const float loss = heads.Loss();
//   learner.Backward(rate);
//
// The loss is the cross entropy of each word's head and of its relation to that head (Dozat and
// Manning 2017), and of its tag. Not thread-safe.
#ifndef ENTENTE_INGEST_NLP_TRAIN_PARSER_HEADS_H_
#define ENTENTE_INGEST_NLP_TRAIN_PARSER_HEADS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ingest/nlp/matrix.h"
#include "ingest/nlp/parser.h"
#include "ingest/nlp/train/encoder_learner.h"

namespace entente::nlp::train {

// A sentence with its tree. Without heads it has no part in the loss.
struct TreeExample : EncoderExample {
  std::vector<int32_t> heads;    // the root is the number of words
  std::vector<uint16_t> labels;  // relations, as the layout numbers them
  std::vector<TagId> tags;
};

class ParserHeads {
 public:
  // `share`: weight of the whole loss; `tag_share`: that of tags beside arcs and relations, each 1.
  // `learner` must outlive this and have the blocks of `layout`.
  ParserHeads(const NetworkLayout& layout, float share, float tag_share, float dropout,
              EncoderLearner* learner);

  // The loss of the learner's batch, whose sentences are all TreeExamples, summed over words; adds
  // its gradient to the learner's.
  float Loss();

 private:
  const Batch& batch() const { return learner_->batch(); }
  const TreeExample& Sentence(size_t s) const {
    return static_cast<const TreeExample&>(*batch().sentences[s]);
  }
  bool HasTree(size_t s) const { return !Sentence(s).heads.empty(); }
  const float* At(const NetworkBlock& block) const { return learner_->At(block); }
  float* GradientAt(const NetworkBlock& block) { return learner_->GradientAt(block); }
  float WordShare() const { return share_ / static_cast<float>(batch().words); }

  void ForwardProjection();
  void BackwardProjection();
  float ArcLoss();
  float SentenceArcLoss(size_t sentence);
  float LabelLoss();
  float LabelScoreLoss();
  void AddLabelGradients();
  void ForwardLabels();
  float TagLoss();
  // The relation's vector of the head of word `i` in sentence `s`.
  float* HeadVector(size_t s, size_t i, std::vector<float>* projected, std::vector<float>* root);

  const NetworkLayout layout_;
  const float share_, tag_share_, dropout_;
  EncoderLearner* const learner_;
  PackedMatrix projection_, projection_t_, bilinear_, bilinear_t_, labels_, labels_t_, tags_,
      tags_t_, packed_;
  std::vector<float> projected_, projected_mask_, projected_gradient_, root_, root_gradient_;
  std::vector<float> bilinear_out_, bilinear_gradient_;
  // Scratch.
  std::vector<float> heads_, arcs_, head_gradient_, hidden_, hidden_gradient_, label_scores_,
      label_mask_, tag_scores_;
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_PARSER_HEADS_H_
