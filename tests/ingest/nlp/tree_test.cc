// Goal: the algorithm finds the same score as trying every tree.
#include "ingest/nlp/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "ingest/nlp/train/treebank.h"

namespace entente::nlp {
namespace {

bool IsTreeWithOneRoot(const std::vector<int32_t>& heads) {
  const auto n = static_cast<int32_t>(heads.size());
  for (int32_t word = 0; word < n; ++word) {
    int32_t at = word;
    for (int32_t steps = 0; at != n; at = heads[at]) {
      if (++steps > n) return false;
    }
  }
  return std::count(heads.begin(), heads.end(), n) == 1;
}

bool IsProjective(const std::vector<int32_t>& heads) {
  Tree tree{heads, std::vector<Deprel>(heads.size(), Deprel::kDep)};
  train::Projectivize(&tree);
  return tree.heads == heads;
}

double Sum(const ArcScores& arcs, const std::vector<int32_t>& heads) {
  double sum = 0;
  for (size_t i = 0; i < heads.size(); ++i) sum += arcs(static_cast<size_t>(heads[i]), i);
  return sum;
}

// The best sum over all projective trees with one root, by trying every choice of heads.
double BestByTryingAll(const ArcScores& arcs) {
  const auto n = static_cast<int32_t>(arcs.words);
  std::vector<int32_t> heads(arcs.words, 0);
  double best = -std::numeric_limits<double>::infinity();
  for (;;) {
    if (IsTreeWithOneRoot(heads) && IsProjective(heads)) best = std::max(best, Sum(arcs, heads));
    size_t digit = 0;
    while (digit < heads.size() && heads[digit] == n) heads[digit++] = 0;
    if (digit == heads.size()) return best;
    ++heads[digit];
  }
}

TEST(BestProjectiveTreeTest, IsAsGoodAsAnyTree) {
  train::Random random(5);
  SpanScratch scratch;
  std::vector<int32_t> heads;
  for (size_t words = 1; words <= 5; ++words) {
    for (int round = 0; round < 40; ++round) {
      const size_t stride = words + 1 + random.Below(3);
      std::vector<float> values(words * stride);
      for (float& value : values) value = static_cast<float>(random.Below(2000)) / 100.0F - 10.0F;
      const ArcScores arcs{values.data(), stride, words};
      BestProjectiveTree(arcs, &scratch, &heads);
      ASSERT_TRUE(IsTreeWithOneRoot(heads));
      ASSERT_TRUE(IsProjective(heads));
      EXPECT_NEAR(Sum(arcs, heads), BestByTryingAll(arcs), 1e-3);
    }
  }
}

TEST(BestProjectiveTreeTest, NoWordsGiveNoHeads) {
  SpanScratch scratch;
  std::vector<int32_t> heads = {1, 2};
  BestProjectiveTree({}, &scratch, &heads);
  EXPECT_TRUE(heads.empty());
}

}  // namespace
}  // namespace entente::nlp
