// Dependency trees, and the algorithm that finds the best of them.
//
// Pure functions and plain data.
#ifndef ENTENTE_INGEST_NLP_TREE_H_
#define ENTENTE_INGEST_NLP_TREE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ingest/nlp/document.h"

namespace entente::nlp {

// A dependency tree over n words: the root's head is n, the artificial root after the last word.
struct Tree {
  std::vector<int32_t> heads;
  std::vector<Deprel> labels;

  void Resize(size_t words) {
    heads.assign(words, static_cast<int32_t>(words));
    labels.assign(words, Deprel::kNone);
  }
};

// What each word as head of each other one would add to a tree's score.
struct ArcScores {
  const float* values = nullptr;  // of head h and dependent d: values[d * stride + h]
  size_t stride = 0;              // at least words + 1
  size_t words = 0;               // head `words` is the root

  float operator()(size_t head, size_t dependent) const {
    return values[dependent * stride + head];
  }
};

// Working memory of BestProjectiveTree.
struct SpanScratch {
  std::vector<float> scores;
  std::vector<int32_t> splits;
};

// The heads of the projective tree with exactly one root whose arcs add up to the most (Eisner
// 1996); of equals always the same one. REQUIRES: every score is finite and smaller than 1e6 in
// magnitude. Time O(n³), memory O(n²).
void BestProjectiveTree(const ArcScores& arcs, SpanScratch* scratch, std::vector<int32_t>* heads);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_TREE_H_
