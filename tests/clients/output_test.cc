#include "clients/cli/output.h"

#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/text.h"

namespace entente::cli {
namespace {

TEST(TableTest, AlignsByColumnsOfTheTerminal) {
  Table table({{"NAME"}, {"N", Align::kRight}});
  table.Add({"Şahin", "1"});
  table.Add({"Kim", "22"});
  EXPECT_EQ(table.Render(0),
            "NAME    N\n"
            "Şahin   1\n"
            "Kim    22\n");
}

TEST(TableTest, WrapsTheWidestColumnThatMay) {
  Table table({{"DATE"}, {"WHO", Align::kLeft, Fit::kWrap}, {"ID", Align::kRight}});
  table.Add({"2023-09-13", "Kim Jong Un (PRK) – Vladimir Putin (RUS)", "7"});
  EXPECT_EQ(table.Render(40),
            "DATE        WHO                       ID\n"
            "2023-09-13  Kim Jong Un (PRK) –        7\n"
            "            Vladimir Putin (RUS)\n");
}

TEST(TableTest, OneLongDateTakesNoRoomFromTheRest) {
  Table table({{"DATE", Align::kLeft, Fit::kWrapFirst}, {"WHO", Align::kLeft, Fit::kWrap}});
  table.Add({"2018-03-19 to 2018-03-25", "European Union"});
  table.Add({"2018-03-26", "United States and Russia"});
  EXPECT_EQ(table.Render(39),
            "DATE           WHO\n"
            "2018-03-19 to  European Union\n"
            "2018-03-25\n"
            "2018-03-26     United States and Russia\n");
}

TEST(TableTest, NeverNarrowsAColumnThatMustBeKept) {
  Table table({{"ID"}, {"WHO", Align::kLeft, Fit::kWrap}});
  table.Add({"person:somebody-with-a-long-name", "a b c d e f g h i j k"});
  EXPECT_NE(table.Render(20).find("person:somebody-with-a-long-name"), std::string::npos);
}

TEST(CsvTest, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b,c", "say \"hi\"", "two\nlines", ""}),
            "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\n");
}

TEST(DecimalTest, HasNoNegativeZero) {
  EXPECT_EQ(Decimal(-0.01, 1), "0.0");
  EXPECT_EQ(Decimal(-2.06, 1), "-2.1");
  EXPECT_EQ(Decimal(10, 0), "10");
}

TEST(OutputTest, TellsThatNobodyReadsAnyMore) {
  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  Output output(&broken, Terminal{});
  EXPECT_EQ(output.Write("x").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(output.Flush().code(), absl::StatusCode::kUnavailable);
}

TEST(StyledTest, PlainWithoutColor) {
  EXPECT_EQ(Styled("x", "1", false), "x");
  EXPECT_EQ(Styled("x", "1", true), "\x1b[1mx\x1b[0m");
}

}  // namespace
}  // namespace entente::cli
