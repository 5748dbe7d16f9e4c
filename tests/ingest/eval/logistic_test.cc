// Goal: the fit finds the coefficients that made the data.
#include "ingest/eval/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace entente::eval {
namespace {

TEST(FitLogisticTest, FindsWhatMadeTheData) {
  const std::vector<double> truth = {-0.5, 2.0, -1.5};
  std::mt19937 generator(11);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<std::vector<double>> rows;
  std::vector<bool> right;
  for (int i = 0; i < 20000; ++i) {
    rows.push_back({1, uniform(generator), uniform(generator)});
    right.push_back(
        std::bernoulli_distribution(LogisticProbability(truth, rows.back()))(generator));
  }
  const auto fitted = FitLogistic(rows, right, 0.1);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  for (size_t i = 0; i < truth.size(); ++i) EXPECT_NEAR((*fitted)[i], truth[i], 0.2) << i;
  EXPECT_EQ(*FitLogistic(rows, right, 0.1), *fitted);
}

// At the optimum the gradient vanishes: with a free constant, the mean of what is said is the share
// that is right.
TEST(FitLogisticTest, IsRightOnAverage) {
  std::vector<std::vector<double>> rows;
  std::vector<bool> right;
  for (int i = 0; i < 100; ++i) {
    rows.push_back({1, i % 7 / 7.0, i % 2 == 0 ? 1.0 : 0.0});
    right.push_back(i % 3 != 0);
  }
  const auto fitted = FitLogistic(rows, right, 1);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  double sum = 0;
  for (const auto& row : rows) sum += LogisticProbability(*fitted, row);
  EXPECT_NEAR(sum, 66, 1e-3);
}

// What separates right from wrong without a fault has no finite likeliest coefficient but for the
// ridge; a feature that never varies must do no harm.
TEST(FitLogisticTest, SeparableAndConstantFeatures) {
  std::vector<std::vector<double>> rows;
  std::vector<bool> right;
  for (int i = 0; i < 60; ++i) {
    rows.push_back({1, i < 30 ? 0.0 : 1.0, 0, 1});
    right.push_back(i >= 30);
  }
  const auto fitted = FitLogistic(rows, right, 1);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  EXPECT_GT((*fitted)[1], 1);
  EXPECT_EQ((*fitted)[2], 0);
  for (const double coefficient : *fitted) EXPECT_TRUE(std::isfinite(coefficient));
}

TEST(FitLogisticTest, NeedsRightAndWrong) {
  const std::vector<std::vector<double>> rows(100, {1.0});
  EXPECT_EQ(FitLogistic(rows, std::vector<bool>(100, true), 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FitLogistic({}, {}, 1).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace entente::eval
