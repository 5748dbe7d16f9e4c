// Goal: the fast arithmetic agrees with the plain definition of what it computes, and derivatives
// with differences.
#include "ingest/nlp/matrix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/ingest/nlp/random_numbers.h"

namespace entente::nlp {
namespace {

TEST(MatrixTest, ProductsAreSumsOfProducts) {
  train::Random random(1);
  for (const size_t rows : {1, 3, 4, 9}) {
    for (const size_t depth : {1, 7, 64}) {
      for (const size_t columns : {1, 32, 45}) {
        const std::vector<float> left = RandomNumbers(rows * depth, &random);
        const std::vector<float> right = RandomNumbers(depth * columns, &random);
        std::vector<float> transposed(right.size());
        for (size_t k = 0; k < depth; ++k) {
          for (size_t j = 0; j < columns; ++j) transposed[j * depth + k] = right[k * columns + j];
        }
        PackedMatrix from_transposed;
        from_transposed.PackTransposed(transposed.data(), depth, depth, columns);
        const size_t stride = PaddedColumns(columns);
        const std::vector<float> start = RandomNumbers(rows * stride, &random);
        std::vector<float> out = start, again = start;
        MultiplyAdd({left.data(), depth}, rows, PackedMatrix::Of(right.data(), depth, columns),
                    out.data(), stride);
        MultiplyAdd({left.data(), depth}, rows, from_transposed, again.data(), stride);
        EXPECT_EQ(out, again);
        for (size_t i = 0; i < rows; ++i) {
          for (size_t j = 0; j < stride; ++j) {
            double sum = start[i * stride + j];
            for (size_t k = 0; j < columns && k < depth; ++k) {
              sum += static_cast<double>(left[i * depth + k]) * right[k * columns + j];
            }
            EXPECT_NEAR(out[i * stride + j], sum, 1e-4);
          }
        }
      }
    }
  }
}

TEST(MatrixTest, RowsAreRoundedToTheirLargestNumber) {
  const std::vector<float> values = {0.5F, -2.0F, 1.0F, 0.0F, -0.004F};
  std::vector<int8_t> bytes(values.size());
  EXPECT_FLOAT_EQ(RoundToBytes(values.data(), values.size(), bytes.data()), 2.0F / 127);
  EXPECT_EQ(bytes, (std::vector<int8_t>{32, -127, 64, 0, 0}));
  const std::vector<float> zeros(40, 0.0F);
  bytes.assign(zeros.size(), 1);
  EXPECT_EQ(RoundToBytes(zeros.data(), zeros.size(), bytes.data()), 0.0F);
  EXPECT_EQ(bytes, std::vector<int8_t>(zeros.size(), 0));
}

TEST(MatrixTest, RoundedRowsAreAdded) {
  for (const size_t count : {1, 7, 64}) {
    std::vector<int8_t> from(count);
    std::vector<float> into(count, 0.5F);
    for (size_t i = 0; i < count; ++i) from[i] = static_cast<int8_t>(3 * static_cast<int>(i) - 90);
    AddScaled(from.data(), 0.25F, count, into.data());
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(into[i], 0.5F + 0.25F * from[i]);
  }
}

TEST(MatrixTest, ProbabilitiesAddUpToOne) {
  for (const size_t count : {1, 16, 37}) {
    std::vector<float> scores(count);
    double sum = 0;
    for (size_t i = 0; i < count; ++i) scores[i] = static_cast<float>(i) * 0.7F - 3.0F;
    for (const float score : scores) sum += std::exp(static_cast<double>(score));
    std::vector<float> shares = scores;
    Softmax(shares.data(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_NEAR(shares[i], std::exp(static_cast<double>(scores[i])) / sum, 1e-6);
    }
  }
  std::vector<float> far = {-1e30F, 500.0F, 499.0F};
  Softmax(far.data(), far.size());
  EXPECT_NEAR(far[0], 0.0F, 1e-30);
  EXPECT_NEAR(far[1], Sigmoid(1), 1e-6);
}

// The loss is the sum of the outputs, weighted, and of the new cells, weighted otherwise.
TEST(LstmTest, TheGradientIsTheSlope) {
  constexpr size_t kUnits = 32;
  train::Random random(3);
  const std::vector<float> sums = RandomNumbers(4 * kUnits, &random);
  const std::vector<float> before = RandomNumbers(kUnits, &random);
  const std::vector<float> out_weights = RandomNumbers(kUnits, &random);
  const std::vector<float> cell_weights = RandomNumbers(kUnits, &random);
  const auto loss = [&](size_t i, double in, double forget, double open, double candidate,
                        double cell) {
    const double state = Sigmoid(forget) * cell + Sigmoid(in) * std::tanh(candidate);
    return out_weights[i] * Sigmoid(open) * std::tanh(state) + cell_weights[i] * state;
  };
  std::vector<float> gates = sums, cell(kUnits), squashed(kUnits), out(kUnits);
  LstmCell(kUnits, gates.data(), before.data(), cell.data(), squashed.data(), out.data());
  std::vector<float> cell_gradient = cell_weights, gradient(4 * kUnits);
  LstmCellGradient(kUnits, gates.data(), before.data(), squashed.data(), out_weights.data(),
                   cell_gradient.data(), gradient.data());
  constexpr double kStep = 1e-4;
  for (size_t i = 0; i < kUnits; ++i) {
    const double at[5] = {sums[i], sums[kUnits + i], sums[2 * kUnits + i], sums[3 * kUnits + i],
                          before[i]};
    for (size_t which = 0; which < 5; ++which) {
      double up[5], down[5];
      std::copy(at, at + 5, up);
      std::copy(at, at + 5, down);
      up[which] += kStep;
      down[which] -= kStep;
      const double slope = (loss(i, up[0], up[1], up[2], up[3], up[4]) -
                            loss(i, down[0], down[1], down[2], down[3], down[4])) /
                           (2 * kStep);
      EXPECT_NEAR(which < 4 ? gradient[which * kUnits + i] : cell_gradient[i], slope, 1e-4);
    }
  }
}

}  // namespace
}  // namespace entente::nlp
