// Goal: products and layers in whole numbers agree with the plain definition of what they compute,
// to the precision that is promised, whatever else is computed with them.
#include "ingest/nlp/fixed_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "ingest/nlp/matrix.h"
#include "ingest/nlp/model_file.h"
#include "tests/ingest/nlp/random_numbers.h"

namespace entente::nlp {
namespace {

std::vector<float> Multiply(const std::vector<float>& left, size_t rows, size_t depth,
                            const std::vector<float>& right, size_t columns) {
  FixedPointRows rounded;
  rounded.Set(left.data(), depth, rows, depth);
  std::vector<float> out(rows * PaddedColumns(columns), 0.0F);
  MultiplyAdd(rounded, FixedPointMatrix::Of(right.data(), depth, columns), out.data(),
              PaddedColumns(columns));
  return out;
}

TEST(FixedPointTest, ProductsAreSumsOfProducts) {
  train::Random random(1);
  for (const size_t rows : {1, 3, 4, 9}) {
    for (const size_t depth : {16, 32, 256}) {
      for (const size_t columns : {1, 32, 45, 64, 90, 130}) {
        const std::vector<float> left = RandomNumbers(rows * depth, &random);
        const std::vector<float> right = RandomNumbers(depth * columns, &random);
        const size_t stride = PaddedColumns(columns) + 32;
        const std::vector<float> start = RandomNumbers(rows * stride, &random);
        std::vector<float> out = start;
        FixedPointRows rounded;
        rounded.Set(left.data(), depth, rows, depth);
        MultiplyAdd(rounded, FixedPointMatrix::Of(right.data(), depth, columns), out.data(),
                    stride);
        for (size_t i = 0; i < rows; ++i) {
          for (size_t j = 0; j < stride; ++j) {
            double sum = start[i * stride + j];
            for (size_t k = 0; j < columns && k < depth; ++k) {
              sum += static_cast<double>(left[i * depth + k]) * right[k * columns + j];
            }
            // Errors of roundings add up like a random walk; six deviations and more.
            EXPECT_NEAR(out[i * stride + j], sum, 1e-3 * std::sqrt(depth));
          }
        }
      }
    }
  }
}

TEST(FixedPointTest, RowsAndColumnsHaveUnitsOfTheirOwn) {
  constexpr size_t kDepth = 32, kColumns = 40;
  train::Random random(2);
  std::vector<float> left = RandomNumbers(2 * kDepth, &random);
  std::vector<float> right = RandomNumbers(kDepth * kColumns, &random);
  for (size_t k = 0; k < kDepth; ++k) {
    left[kDepth + k] *= 1e6F;
    right[k * kColumns + 7] *= 1e-5F;
    right[k * kColumns + 8] = 0;
  }
  const std::vector<float> out = Multiply(left, 2, kDepth, right, kColumns);
  for (size_t i = 0; i < 2; ++i) {
    for (const size_t j : {7, 8, 9}) {
      double sum = 0, size = 0;
      for (size_t k = 0; k < kDepth; ++k) {
        const double product = static_cast<double>(left[i * kDepth + k]) * right[k * kColumns + j];
        sum += product;
        size += std::fabs(product);
      }
      EXPECT_NEAR(out[i * PaddedColumns(kColumns) + j], sum, 1e-3 * size);
    }
  }
}

// The sum of the largest products that there can be stays within 32 bits.
TEST(FixedPointTest, NoSumOverflows) {
  for (const size_t depth : {16, 64, 256, 1024}) {
    for (const float sign : {1.0F, -1.0F}) {
      const std::vector<float> left(depth, 3.0F), right(depth * 32, sign * 0.25F);
      const std::vector<float> out = Multiply(left, 1, depth, right, 32);
      const double expected = 0.75 * sign * static_cast<double>(depth);
      EXPECT_NEAR(out[0], expected, 1e-3 * std::fabs(expected));
      // One number far larger than the others.
      std::vector<float> uneven = right;
      uneven[5 * 32] = sign * 100.0F;
      const double other = expected + sign * 3.0 * 99.75;
      EXPECT_NEAR(Multiply(left, 1, depth, uneven, 32)[0], other, 1e-3 * std::fabs(other));
    }
  }
}

TEST(FixedPointTest, NothingAndNearlyNothingAreZero) {
  const std::vector<float> tiny(16, 1e-35F), ones(16 * 32, 1.0F);
  EXPECT_EQ(Multiply(tiny, 1, 16, ones, 32)[0], 0.0F);
  EXPECT_EQ(
      Multiply(std::vector<float>(16, 1.0F), 1, 16, std::vector<float>(16 * 32, 1e-35F), 32)[0],
      0.0F);
}

class FixedPointLstmTest : public testing::Test {
 protected:
  static constexpr size_t kUnits = 32;

  std::vector<float> Run(const std::vector<float>& gates, const std::vector<size_t>& lengths,
                         bool backwards) {
    std::vector<float> sums = gates, out(gates.size() / 4);
    RunLstm(FixedPointMatrix::Of(recurrent_.data(), kUnits, 4 * kUnits), lengths, backwards,
            sums.data(), &scratch_, out.data(), kUnits);
    return out;
  }

  train::Random random_{3};
  const std::vector<float> recurrent_ = RandomNumbers(kUnits * 4 * kUnits, &random_);
  LstmScratch scratch_;
};

TEST_F(FixedPointLstmTest, RunsAreCellsOneAfterTheOther) {
  constexpr size_t kWords = 5;
  const std::vector<float> input = RandomNumbers(kWords * 4 * kUnits, &random_);
  for (const bool backwards : {false, true}) {
    const std::vector<float> out = Run(input, {kWords}, backwards);
    std::vector<double> state(kUnits, 0.0), last(kUnits, 0.0);
    for (size_t step = 0; step < kWords; ++step) {
      const size_t word = backwards ? kWords - 1 - step : step;
      std::vector<double> sums(input.begin() + word * 4 * kUnits,
                               input.begin() + (word + 1) * 4 * kUnits);
      for (size_t j = 0; j < sums.size(); ++j) {
        for (size_t k = 0; k < kUnits; ++k) sums[j] += last[k] * recurrent_[k * 4 * kUnits + j];
      }
      for (size_t i = 0; i < kUnits; ++i) {
        state[i] = Sigmoid(sums[kUnits + i]) * state[i] +
                   Sigmoid(sums[i]) * std::tanh(sums[3 * kUnits + i]);
        last[i] = Sigmoid(sums[2 * kUnits + i]) * std::tanh(state[i]);
        EXPECT_NEAR(out[word * kUnits + i], last[i], 2e-3);
      }
    }
  }
}

TEST_F(FixedPointLstmTest, ASentenceDoesNotDependOnTheOthers) {
  for (const std::vector<size_t>& lengths :
       std::vector<std::vector<size_t>>{{3, 7}, {7, 3, 1, 12, 3, 3, 40, 2}, {5, 5, 5, 5, 5}}) {
    size_t words = 0;
    for (const size_t length : lengths) words += length;
    const std::vector<float> gates = RandomNumbers(words * 4 * kUnits, &random_);
    for (const bool backwards : {false, true}) {
      const std::vector<float> together = Run(gates, lengths, backwards);
      size_t begin = 0;
      for (const size_t length : lengths) {
        const auto from = gates.begin() + begin * 4 * kUnits;
        const std::vector<float> alone =
            Run(std::vector<float>(from, from + length * 4 * kUnits), {length}, backwards);
        EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + begin * kUnits));
        begin += length;
      }
    }
  }
}

// What these numbers are does not matter, but that every processor finds the same ones: a model
// must give the same trees everywhere. They were seen with each width of vectors in lanes.h.
TEST_F(FixedPointLstmTest, TheBitsAreTheSameOnEveryProcessor) {
  const auto checksum = [](const std::vector<float>& numbers) {
    return Checksum64(std::string_view(reinterpret_cast<const char*>(numbers.data()),
                                       numbers.size() * sizeof(float)));
  };
  train::Random random(7);
  const std::vector<float> left = RandomNumbers(5 * 96, &random);
  const std::vector<float> right = RandomNumbers(96 * 90, &random);
  EXPECT_EQ(checksum(Multiply(left, 5, 96, right, 90)), 8224594991292708757u);
  std::vector<float> floats(5 * 96, 0.0F);
  MultiplyAdd({left.data(), 96}, 5, PackedMatrix::Of(right.data(), 96, 90), floats.data(), 96);
  EXPECT_EQ(checksum(floats), 8207480589224554768u);
  const std::vector<float> gates = RandomNumbers(30 * 4 * kUnits, &random);
  EXPECT_EQ(checksum(Run(gates, {12, 3, 8, 7}, false)), 5688625964093091169u);
  EXPECT_EQ(checksum(Run(gates, {12, 3, 8, 7}, true)), 7677682788872533480u);
}

}  // namespace
}  // namespace entente::nlp
