#include "base/time.h"

#include <gtest/gtest.h>

namespace entente {
namespace {

TEST(DateTest, KnowsTheCalendar) {
  const Date date = Date::FromCivil(2023, 9, 22);
  EXPECT_EQ(date.Weekday(), 4);  // a Friday
  EXPECT_EQ(FormatDate(date), "2023-09-22");
  EXPECT_EQ(Date::FromCivil(1970, 1, 1).days, 0);
  EXPECT_EQ(FormatDate(Date::FromCivil(2024, 1, 31).AddMonths(1)), "2024-02-29");
  EXPECT_EQ(FormatDate(Date::FromCivil(2024, 1, 31).AddMonths(-2)), "2023-11-30");
  EXPECT_EQ(FormatDate(Date::FromCivil(2024, 1, 15).AddMonths(-13)), "2022-12-15");
}

// Property: every day survives the way through text and civil fields, and weekdays follow in turn.
TEST(DateTest, RoundTripsEveryDayOfTwoCenturies) {
  int weekday = Date::FromCivil(1900, 1, 1).Weekday();
  for (Date d = Date::FromCivil(1900, 1, 1); d < Date::FromCivil(2100, 1, 1); d = d.AddDays(1)) {
    const auto parsed = ParseDate(FormatDate(d));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    ASSERT_EQ(*parsed, d);
    ASSERT_EQ(Date::FromMicros(d.Micros() + kMicrosPerDay - 1), d);
    ASSERT_EQ(d.Weekday(), weekday);
    weekday = (weekday + 1) % 7;
  }
}

TEST(ParseDateTest, SaysWhatIsWrong) {
  EXPECT_TRUE(ParseDate("20230922").ok());
  for (const char* bad :
       {"", "2023-9-22", "2023-13-01", "2023-02-29", "22.09.2023", "2023-09-2x"}) {
    EXPECT_EQ(ParseDate(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(ParseTimestampTest, ReadsOffsetsAndFractions) {
  const int64_t noon = Date::FromCivil(2023, 9, 22).Micros() + 12 * 3'600'000'000;
  EXPECT_EQ(*ParseTimestampMicros("2023-09-22T12:00:00Z"), noon);
  EXPECT_EQ(*ParseTimestampMicros("2023-09-22T21:00:00+09:00"), noon);
  EXPECT_EQ(*ParseTimestampMicros("2023-09-22 08:00:00-0400"), noon);
  EXPECT_EQ(*ParseTimestampMicros("2023-09-22T12:00:00.25Z"), noon + 250'000);
  EXPECT_EQ(FormatTimestampMicros(noon), "2023-09-22T12:00:00Z");
  EXPECT_FALSE(ParseTimestampMicros("2023-09-22T25:00:00Z").ok());
  EXPECT_FALSE(ParseTimestampMicros("2023-09-22T12:00:00+9").ok());
}

}  // namespace
}  // namespace entente
