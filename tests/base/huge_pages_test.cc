#include "base/huge_pages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace entente {
namespace {

// Goal: a vector keeps its contents while it grows from an ordinary block into huge ones and back.
TEST(HugePageAllocatorTest, KeepsContentsAcrossSizes) {
  std::vector<uint32_t, HugePageAllocator<uint32_t>> numbers;
  constexpr uint32_t kCount = 3'000'000;  // 12 MB
  for (uint32_t i = 0; i < kCount; ++i) numbers.push_back(i * 2654435761U);
  for (uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(numbers[i], i * 2654435761U);
  numbers.resize(10);
  numbers.shrink_to_fit();
  EXPECT_EQ(numbers[9], 9 * 2654435761U);
  const auto copy = numbers;
  EXPECT_EQ(copy, numbers);
}

}  // namespace
}  // namespace entente
