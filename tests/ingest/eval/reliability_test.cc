// Goal: the measures of a confidence are those of their definitions.
#include "ingest/eval/reliability.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace entente::eval {
namespace {

TEST(ReliabilityTest, ByHand) {
  const Reliability result =
      ReliabilityOf({{0.1, false}, {0.3, true}, {0.8, true}, {1.0, true}, {0.6, false}}, 2);
  ASSERT_EQ(result.bins.size(), 2u);
  EXPECT_EQ(result.bins[0].count, 2);
  EXPECT_DOUBLE_EQ(result.bins[0].MeanConfidence(), 0.2);
  EXPECT_DOUBLE_EQ(result.bins[0].ShareRight(), 0.5);
  EXPECT_EQ(result.bins[1].count, 3);
  EXPECT_DOUBLE_EQ(result.bins[1].least, 0.5);
  EXPECT_DOUBLE_EQ(result.bins[1].ShareRight(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(result.share_right, 0.6);
  EXPECT_NEAR(result.brier, (0.01 + 0.49 + 0.04 + 0 + 0.36) / 5, 1e-12);
  EXPECT_NEAR(result.brier_of_share, 0.24, 1e-12);
  EXPECT_NEAR(result.expected_calibration_error, 0.4 * 0.3 + 0.6 * (0.8 - 2.0 / 3), 1e-12);
}

TEST(ReliabilityTest, EndsFallIntoTheOutermostBins) {
  const Reliability result = ReliabilityOf({{0.0, false}, {1.0, true}}, 10);
  EXPECT_EQ(result.bins.front().count, 1);
  EXPECT_EQ(result.bins.back().count, 1);
  EXPECT_EQ(result.brier, 0);
}

TEST(ReliabilityTest, NoSamples) {
  const Reliability result = ReliabilityOf({}, 4);
  EXPECT_EQ(result.bins.size(), 4u);
  EXPECT_EQ(result.count, 0);
  EXPECT_EQ(result.brier, 0);
}

// Whoever says the truth about chances is calibrated; whoever doubles them is not.
TEST(ReliabilityTest, TellsCalibratedFromNot) {
  std::mt19937 generator(3);
  std::uniform_real_distribution<double> uniform(0, 0.5);
  std::vector<Sample> honest;
  std::vector<Sample> boastful;
  for (int i = 0; i < 20000; ++i) {
    const double chance = uniform(generator);
    const bool right = std::bernoulli_distribution(chance)(generator);
    honest.push_back({chance, right});
    boastful.push_back({2 * chance, right});
  }
  EXPECT_LT(ReliabilityOf(honest, 10).expected_calibration_error, 0.02);
  EXPECT_GT(ReliabilityOf(boastful, 10).expected_calibration_error, 0.2);
}

}  // namespace
}  // namespace entente::eval
