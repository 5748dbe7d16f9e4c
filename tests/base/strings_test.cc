#include "base/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entente {
namespace {

TEST(SplitTest, KeepsEmptyParts) {
  EXPECT_THAT(Split("a,,b", ','), testing::ElementsAre("a", "", "b"));
  EXPECT_THAT(Split("", ','), testing::ElementsAre(""));
  EXPECT_THAT(Split(",", ','), testing::ElementsAre("", ""));
}

TEST(TrimTest, TakesAsciiSpaceFromBothEnds) {
  EXPECT_EQ(Trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

TEST(ParseTest, TakesOnlyWholeNumbers) {
  int64_t i = 0;
  EXPECT_TRUE(ParseInt64("-42", &i));
  EXPECT_EQ(i, -42);
  EXPECT_FALSE(ParseInt64("42x", &i));
  EXPECT_FALSE(ParseInt64("", &i));
  EXPECT_FALSE(ParseInt64("9223372036854775808", &i));
  uint64_t u = 0;
  EXPECT_FALSE(ParseUint64("-1", &u));
  double d = 0;
  EXPECT_TRUE(ParseDouble("-6.5", &d));
  EXPECT_EQ(d, -6.5);
}

TEST(AsciiLowerTest, LeavesOtherBytes) { EXPECT_EQ(AsciiLower("ÀB"), "Àb"); }

}  // namespace
}  // namespace entente
