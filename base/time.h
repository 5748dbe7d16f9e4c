// Calendar dates and instants, without time zones: news dates are days, store times are UTC.
//
//   absl::StatusOr<Date> date = ParseDate("2023-09-22");
//   FormatDate(date->AddDays(-7));                        // "2023-09-15"
//
// Days are counted from 1970-01-01 in the proleptic Gregorian calendar. Thread safety: pure.
#ifndef ENTENTE_BASE_TIME_H_
#define ENTENTE_BASE_TIME_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace entente {

inline constexpr int64_t kMicrosPerDay = 86'400'000'000;

// A day. Ordered by time. Valid from 0001-01-01 to 9999-12-31.
struct Date {
  int32_t days = 0;  // since 1970-01-01; negative before

  static Date FromCivil(int year, int month, int day);  // REQUIRES: IsValidCivil(…)
  void ToCivil(int* year, int* month, int* day) const;
  int Year() const;
  int Month() const;    // 1 to 12
  int Day() const;      // 1 to 31
  int Weekday() const;  // 0 Monday to 6 Sunday (ISO 8601 less one)
  Date AddDays(int count) const { return Date{days + count}; }
  Date AddMonths(int count) const;  // the day is clipped to the month's length
  int64_t Micros() const { return days * kMicrosPerDay; }  // midnight UTC, since 1970
  static Date FromMicros(int64_t micros);                  // rounds towards the past

  auto operator<=>(const Date&) const = default;
};

bool IsValidCivil(int year, int month, int day);
int DaysInMonth(int year, int month);

// "2023-09-22", and "20230922" as GDELT writes it. INVALID_ARGUMENT says which part is wrong.
absl::StatusOr<Date> ParseDate(std::string_view text);
std::string FormatDate(Date date);  // ISO 8601, "2023-09-22"

// "2023-09-22T08:30:00Z", with an optional fraction and offset; or a date (midnight UTC).
absl::StatusOr<int64_t> ParseTimestampMicros(std::string_view text);
std::string FormatTimestampMicros(int64_t micros);  // "2023-09-22T08:30:00Z"

int64_t NowMicros();  // the wall clock, UTC

}  // namespace entente

#endif  // ENTENTE_BASE_TIME_H_
