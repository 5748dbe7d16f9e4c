// Goal: the packed model scores as a plain sum of its weights would, to the precision of its codes,
// and the learner's average is the average.
#include "ingest/nlp/linear_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ingest/nlp/train/perceptron.h"
#include "ingest/nlp/train/treebank.h"

namespace entente::nlp {
namespace {

std::vector<FeatureWeight> RandomWeights(size_t features, uint64_t seed) {
  train::Random random(seed);
  std::map<std::pair<uint32_t, uint8_t>, float> weights;
  for (size_t i = 0; i < features; ++i) {
    const uint32_t key = FeatureKey(1, random.Next());
    for (size_t j = 0; j <= random.Below(4); ++j) {
      const auto class_index = static_cast<uint8_t>(random.Below(90));
      weights[{key, class_index}] = static_cast<float>(random.Below(4000)) / 100.0F - 20.0F;
    }
  }
  std::vector<FeatureWeight> result;
  for (const auto& [place, weight] : weights) result.push_back({place.first, place.second, weight});
  return result;
}

std::vector<int32_t> Scores(const FeatureScorer& scorer, std::span<const uint32_t> keys) {
  std::vector<int32_t> scores(LinearModel::kClassesMax, 0);
  scorer.Add(keys, scores.data());
  return scores;
}

TEST(LinearModelTest, ScoresFollowTheWeights) {
  const std::vector<FeatureWeight> weights = RandomWeights(20000, 3);
  const LinearModel model = LinearModel::FromWeights(weights, 0);
  float largest = 0;
  for (const FeatureWeight& weight : weights) largest = std::max(largest, std::fabs(weight.weight));
  for (size_t i = 0; i < weights.size(); i += 97) {
    const uint32_t key = weights[i].key;
    const float score = static_cast<float>(Scores(model, {&key, 1})[weights[i].class_index]);
    // 32,000 stands for the largest weight; a code is at most 1.5% or 0.03 off.
    EXPECT_NEAR(score * largest / 32000, weights[i].weight,
                0.03 + 0.015 * std::fabs(weights[i].weight));
  }
}

TEST(LinearModelTest, UnknownFeaturesScoreNothing) {
  const LinearModel model = LinearModel::FromWeights(RandomWeights(1000, 4), 0);
  const uint32_t key = FeatureKey(2, 12345);
  EXPECT_EQ(Scores(model, {&key, 1}), std::vector<int32_t>(LinearModel::kClassesMax, 0));
  EXPECT_EQ(Scores(LinearModel(), {&key, 1}), std::vector<int32_t>(LinearModel::kClassesMax, 0));
}

TEST(LinearModelTest, SmallWeightsArePruned) {
  const LinearModel model =
      LinearModel::FromWeights({{5, 0, 0.5F}, {5, 1, -3.0F}, {6, 0, 0.1F}, {7, 2, 8.0F}}, 1.0F);
  EXPECT_EQ(model.feature_count(), 2u);
  EXPECT_EQ(model.weight_count(), 2u);
}

TEST(LinearModelTest, ComesBackFromBytes) {
  const std::vector<FeatureWeight> weights = RandomWeights(5000, 5);
  const LinearModel model = LinearModel::FromWeights(weights, 0.5F);
  const absl::StatusOr<LinearModel> copy = LinearModel::Parse(model.Serialize());
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(copy->Serialize(), model.Serialize());
  for (size_t i = 0; i + 50 < weights.size(); i += 50) {
    std::vector<uint32_t> keys;
    for (size_t j = i; j < i + 50; ++j) keys.push_back(weights[j].key);
    EXPECT_EQ(Scores(*copy, keys), Scores(model, keys));
  }
}

TEST(LinearModelTest, DamagedBytesGiveAnErrorOrAModelNeverACrash) {
  const std::string bytes = LinearModel::FromWeights(RandomWeights(50, 6), 0).Serialize();
  const uint32_t key = 42;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    const absl::StatusOr<LinearModel> model = LinearModel::Parse(damaged);
    if (model.ok()) Scores(*model, {&key, 1});
    EXPECT_FALSE(LinearModel::Parse(bytes.substr(0, i)).ok()) << i;
  }
}

TEST(PerceptronTest, WeightsAreSummedAndAveraged) {
  train::Perceptron learner;
  const std::vector<uint32_t> keys = {10, 20, 20};  // 20 counts twice
  learner.Update(keys, 3, 1);
  EXPECT_EQ(Scores(learner, keys)[3], 1 + 2 * 2);
  learner.NextExample();
  learner.Update(keys, 3, -1);
  learner.Update(keys, 4, 1);
  learner.NextExample();
  EXPECT_EQ(Scores(learner, keys)[3], 0);
  // With a clock of 3 the average is weight − correction / 3: for feature 10 in class 3
  // 0 − (1 · 1 − 1 · 2) / 3, in class 4 1 − 1 · 2 / 3.
  std::map<std::pair<uint32_t, int>, float> average;
  for (const FeatureWeight& weight : learner.Averaged()) {
    average[{weight.key, weight.class_index}] = weight.weight;
  }
  EXPECT_FLOAT_EQ((average[{10, 3}]), 1.0F / 3);
  EXPECT_FLOAT_EQ((average[{20, 3}]), 2.0F / 3);
  EXPECT_FLOAT_EQ((average[{10, 4}]), 1.0F / 3);
}

TEST(PerceptronTest, ManyFeaturesStayApart) {
  train::Perceptron learner;
  for (uint32_t key = 1; key <= 200000; ++key) {
    const uint32_t spread = key * 21474u + 1;
    learner.Update({&spread, 1}, static_cast<int>(key % 7), static_cast<int>(key % 5) + 1);
  }
  EXPECT_EQ(learner.feature_count(), 200000u);
  for (uint32_t key = 1; key <= 200000; key += 1009) {
    const uint32_t spread = key * 21474u + 1;
    EXPECT_EQ(Scores(learner, {&spread, 1})[key % 7], static_cast<int32_t>(key % 5) + 1);
  }
}

}  // namespace
}  // namespace entente::nlp
