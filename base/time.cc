#include "base/time.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/status.h"

namespace entente {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

year_month_day Civil(Date date) { return year_month_day(sys_days(std::chrono::days(date.days))); }

// Reads exactly `count` digits at `pos`; -1 if there are none such.
int Digits(std::string_view text, size_t pos, size_t count) {
  if (pos + count > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(pos, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

absl::Status BadTimestamp(std::string_view text) {
  return InvalidArgument(Cat("not a time: '", text, "'; write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"));
}

// The offset "Z", "+hh:mm" or "-hhmm" in minutes; false if it is none of these.
bool ParseOffset(std::string_view text, int* minutes) {
  if (text.empty() || text == "Z" || text == "z") {
    *minutes = 0;
    return true;
  }
  const size_t minute_at = text.size() == 6 && text[3] == ':' ? 4 : 3;
  const int hour = Digits(text, 1, 2);
  const int minute = Digits(text, minute_at, 2);
  if ((text[0] != '+' && text[0] != '-') || text.size() != minute_at + 2) return false;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
  *minutes = (text[0] == '-' ? -1 : 1) * (hour * 60 + minute);
  return true;
}

}  // namespace

Date Date::FromCivil(int year, int month, int day) {
  const sys_days days =
      year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                     std::chrono::day(static_cast<unsigned>(day)));
  return Date{static_cast<int32_t>(days.time_since_epoch().count())};
}

void Date::ToCivil(int* year, int* month, int* day) const {
  const year_month_day civil = Civil(*this);
  *year = static_cast<int>(civil.year());
  *month = static_cast<int>(static_cast<unsigned>(civil.month()));
  *day = static_cast<int>(static_cast<unsigned>(civil.day()));
}

int Date::Year() const { return static_cast<int>(Civil(*this).year()); }
int Date::Month() const { return static_cast<int>(static_cast<unsigned>(Civil(*this).month())); }
int Date::Day() const { return static_cast<int>(static_cast<unsigned>(Civil(*this).day())); }

int Date::Weekday() const {
  const int since_monday = (days + 3) % 7;  // 1970-01-01 was a Thursday
  return since_monday < 0 ? since_monday + 7 : since_monday;
}

Date Date::AddMonths(int count) const {
  int year, month, day;
  ToCivil(&year, &month, &day);
  int total = year * 12 + (month - 1) + count;
  year = total >= 0 ? total / 12 : -((11 - total) / 12);
  month = total - year * 12 + 1;
  return FromCivil(year, month, std::min(day, DaysInMonth(year, month)));
}

Date Date::FromMicros(int64_t micros) {
  int64_t days = micros / kMicrosPerDay;
  if (micros % kMicrosPerDay < 0) --days;
  return Date{static_cast<int32_t>(days)};
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month == 2 && std::chrono::year(year).is_leap()) return 29;
  return kDays[month - 1];
}

bool IsValidCivil(int year, int month, int day) {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
         day <= DaysInMonth(year, month);
}

absl::StatusOr<Date> ParseDate(std::string_view text) {
  const bool dashed = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!dashed && text.size() != 8) {
    return InvalidArgument(Cat("not a date: '", text, "'; write YYYY-MM-DD"));
  }
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, dashed ? 5 : 4, 2);
  const int day = Digits(text, dashed ? 8 : 6, 2);
  if (year < 0 || month < 0 || day < 0) {
    return InvalidArgument(Cat("not a date: '", text, "'; write YYYY-MM-DD"));
  }
  if (!IsValidCivil(year, month, day)) {
    return InvalidArgument(Cat("no such day in the calendar: '", text, "'"));
  }
  return Date::FromCivil(year, month, day);
}

std::string FormatDate(Date date) {
  int year, month, day;
  date.ToCivil(&year, &month, &day);
  // Each event of an answer has two dates: no printf.
  std::string text = "0000-00-00";
  const auto put = [&text](size_t last, int number) {
    for (size_t at = last; number > 0; number /= 10, --at) {
      text[at] = static_cast<char>('0' + number % 10);
    }
  };
  put(3, year);
  put(6, month);
  put(9, day);
  return text;
}

absl::StatusOr<int64_t> ParseTimestampMicros(std::string_view text) {
  if (text.size() <= 10) {
    ENTENTE_ASSIGN_OR_RETURN(const Date date, ParseDate(text));
    return date.Micros();
  }
  ENTENTE_ASSIGN_OR_RETURN(const Date date, ParseDate(text.substr(0, 10)));
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  if ((text[10] != 'T' && text[10] != ' ') || text.size() < 19 || text[13] != ':' ||
      text[16] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return BadTimestamp(text);
  }
  size_t pos = 19;
  int64_t micros = 0;
  if (pos < text.size() && text[pos] == '.') {
    int64_t unit = 100'000;
    for (++pos; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, unit /= 10) {
      micros += unit * (text[pos] - '0');
    }
  }
  int offset_minutes = 0;
  if (!ParseOffset(text.substr(pos), &offset_minutes)) return BadTimestamp(text);
  return date.Micros() + micros +
         (int64_t{hour} * 3600 + (minute - offset_minutes) * 60 + second) * 1'000'000;
}

std::string FormatTimestampMicros(int64_t micros) {
  const Date date = Date::FromMicros(micros);
  const int64_t seconds = (micros - date.Micros()) / 1'000'000;
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "T%02d:%02d:%02dZ", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return FormatDate(date) + buffer;
}

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace entente
