#include "clients/cli/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace entente::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PrintableTest, NoControlCharacterReachesATerminal) {
  EXPECT_EQ(Printable("a\x1b[2Jb"), "a\uFFFD[2Jb");
  EXPECT_EQ(Printable("a\u009Bb"), "a\uFFFDb");  // C1's own escape
  EXPECT_EQ(Printable("a\u202Eb"), "a\uFFFDb");  // turns the order of what follows
  EXPECT_EQ(Printable("a\xff"), "a\uFFFD");
}

TEST(PrintableTest, IsOneLine) { EXPECT_EQ(Printable("  one\n\ttwo  \n"), "one two"); }

TEST(DisplayWidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("Kim"), 3U);
  EXPECT_EQ(DisplayWidth("Şahin"), 5U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);  // a combining accent
  EXPECT_EQ(DisplayWidth("金正恩"), 6U);
}

TEST(WrapTest, BreaksAtSpaces) {
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
}

TEST(WrapTest, CutsAWordThatIsTooLong) {
  EXPECT_THAT(Wrap("ab abcdefgh", 3), ElementsAre("ab", "abc", "def", "gh"));
  EXPECT_THAT(Wrap("金正恩", 4), ElementsAre("金正", "恩"));
}

TEST(WrapTest, WithoutAWidthIsOneLine) {
  EXPECT_THAT(Wrap("one two three", 0), ElementsAre("one two three"));
  EXPECT_THAT(Wrap("", 5), ElementsAre(""));
}

TEST(NearestNamesTest, NearestFirstAndNoneThatIsFar) {
  EXPECT_THAT(NearestNames("Rusia", {"Prussia", "Russia", "Germany"}, 5), ElementsAre("Russia"));
  EXPECT_THAT(NearestNames("Zelensky", {"Zelenskyy", "Zelensky"}, 1), ElementsAre("Zelensky"));
  EXPECT_THAT(NearestNames("xyz", {"Germany"}, 5), IsEmpty());
}

}  // namespace
}  // namespace entente::cli
