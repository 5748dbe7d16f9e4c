#include "ingest/nlp/tree.h"

namespace entente::nlp {
namespace {

constexpr float kImpossible = -1e30F;

// The best spans between two words: which of them is the head of everything in it, and whether the
// arc between them is the last thing that was added (open) or the span is closed.
class SpanTable {
 public:
  SpanTable(size_t words, SpanScratch* scratch)
      : words_(words), scores_(scratch->scores), splits_(scratch->splits) {
    scores_.resize(kKinds * words * words);
    splits_.resize(kKinds * words * words);
    for (size_t kind = 0; kind < kKinds; ++kind) {
      for (size_t word = 0; word < words; ++word) Score(kind, word, word) = 0;
    }
  }

  // Kinds of spans; of each table the row is the left end.
  static constexpr size_t kOpenLeft = 0;     // the right end heads the left one
  static constexpr size_t kOpenRight = 1;    // the left end heads the right one
  static constexpr size_t kClosedLeft = 2;   // the right end heads all
  static constexpr size_t kClosedRight = 3;  // the left end heads all
  static constexpr size_t kKinds = 4;

  float& Score(size_t kind, size_t left, size_t right) {
    return scores_[(kind * words_ + left) * words_ + right];
  }
  int32_t& Split(size_t kind, size_t left, size_t right) {
    return splits_[(kind * words_ + left) * words_ + right];
  }

  void Fill(const ArcScores& arcs);
  void Read(size_t kind, size_t left, size_t right, std::vector<int32_t>* heads);

 private:
  void FillSpan(size_t left, size_t right, float left_arc, float right_arc);

  size_t words_;
  std::vector<float>& scores_;
  std::vector<int32_t>& splits_;
};

void SpanTable::FillSpan(size_t left, size_t right, float left_arc, float right_arc) {
  float best = kImpossible;
  size_t split = left;
  for (size_t at = left; at < right; ++at) {
    const float score = Score(kClosedRight, left, at) + Score(kClosedLeft, at + 1, right);
    if (score > best) {
      best = score;
      split = at;
    }
  }
  Score(kOpenLeft, left, right) = best + left_arc;
  Score(kOpenRight, left, right) = best + right_arc;
  Split(kOpenLeft, left, right) = Split(kOpenRight, left, right) = static_cast<int32_t>(split);
  best = kImpossible;
  for (size_t at = left; at < right; ++at) {
    const float score = Score(kClosedLeft, left, at) + Score(kOpenLeft, at, right);
    if (score > best) {
      best = score;
      split = at;
    }
  }
  Score(kClosedLeft, left, right) = best;
  Split(kClosedLeft, left, right) = static_cast<int32_t>(split);
  best = kImpossible;
  for (size_t at = left + 1; at <= right; ++at) {
    const float score = Score(kOpenRight, left, at) + Score(kClosedRight, at, right);
    if (score > best) {
      best = score;
      split = at;
    }
  }
  Score(kClosedRight, left, right) = best;
  Split(kClosedRight, left, right) = static_cast<int32_t>(split);
}

void SpanTable::Fill(const ArcScores& arcs) {
  for (size_t length = 1; length < words_; ++length) {
    for (size_t left = 0; left + length < words_; ++left) {
      const size_t right = left + length;
      FillSpan(left, right, arcs(right, left), arcs(left, right));
    }
  }
}

void SpanTable::Read(size_t kind, size_t left, size_t right, std::vector<int32_t>* heads) {
  struct Part {
    size_t kind, left, right;
  };
  std::vector<Part> parts = {{kind, left, right}};
  while (!parts.empty()) {
    const Part part = parts.back();
    parts.pop_back();
    if (part.left == part.right) continue;
    const auto split = static_cast<size_t>(Split(part.kind, part.left, part.right));
    switch (part.kind) {
      case kOpenLeft:
      case kOpenRight:
        if (part.kind == kOpenLeft) {
          (*heads)[part.left] = static_cast<int32_t>(part.right);
        } else {
          (*heads)[part.right] = static_cast<int32_t>(part.left);
        }
        parts.push_back({kClosedRight, part.left, split});
        parts.push_back({kClosedLeft, split + 1, part.right});
        break;
      case kClosedLeft:
        parts.push_back({kClosedLeft, part.left, split});
        parts.push_back({kOpenLeft, split, part.right});
        break;
      default:
        parts.push_back({kOpenRight, part.left, split});
        parts.push_back({kClosedRight, split, part.right});
        break;
    }
  }
}

}  // namespace

void BestProjectiveTree(const ArcScores& arcs, SpanScratch* scratch, std::vector<int32_t>* heads) {
  const size_t words = arcs.words;
  heads->assign(words, static_cast<int32_t>(words));
  if (words == 0) return;
  SpanTable table(words, scratch);
  table.Fill(arcs);
  size_t root = 0;
  float best = kImpossible;
  for (size_t word = 0; word < words; ++word) {
    const float score = arcs(words, word) + table.Score(SpanTable::kClosedLeft, 0, word) +
                        table.Score(SpanTable::kClosedRight, word, words - 1);
    if (score > best) {
      best = score;
      root = word;
    }
  }
  table.Read(SpanTable::kClosedLeft, 0, root, heads);
  table.Read(SpanTable::kClosedRight, root, words - 1, heads);
}

}  // namespace entente::nlp
