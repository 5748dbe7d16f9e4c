#include "ingest/coder/dates.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/strings.h"

namespace entente::coder {
namespace {

constexpr int kDaysAheadMax = 120;  // how far ahead a day without a year may lie
constexpr int kYearMin = 1500;
constexpr int kYearMax = 2200;
constexpr int kDaysPerWeek = 7;

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 13> kNumbers = {"zero", "one",    "two",   "three", "four",
                                                       "five", "six",    "seven", "eight", "nine",
                                                       "ten",  "eleven", "twelve"};

template <size_t N>
int IndexOf(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? -1 : static_cast<int>(found - words.begin());
}

// 1 to 12; 0 if `word` is no month. "sept.", "sep" and "september" are; "mar" and "may" only as
// such.
int MonthOf(std::string_view word) {
  if (!word.empty() && word.back() == '.') word.remove_suffix(1);
  if (word.size() < 3) return 0;
  if (word == "sept") return 9;
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (word == kMonths[i] || (word.size() == 3 && word == kMonths[i].substr(0, 3))) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

bool AllDigits(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// 1 to 31 for "13", "13th", "1st"; 0 otherwise.
int DayOf(std::string_view word) {
  if (word.size() > 2) {
    const std::string_view ending = word.substr(word.size() - 2);
    if (ending == "st" || ending == "nd" || ending == "rd" || ending == "th") word.remove_suffix(2);
  }
  int64_t day = 0;
  if (word.size() > 2 || !AllDigits(word) || !ParseInt64(word, &day) || day > 31) return 0;
  return static_cast<int>(day);
}

// The year of "2014"; 0 if it is none.
int YearOf(std::string_view word) {
  int64_t year = 0;
  if (word.size() != 4 || !AllDigits(word) || !ParseInt64(word, &year)) return 0;
  return year >= kYearMin && year <= kYearMax ? static_cast<int>(year) : 0;
}

// 0 to 12 as words, any number in digits; -1 otherwise.
int CountOf(std::string_view word) {
  if (word == "a" || word == "an") return 1;
  int64_t count = 0;
  if (AllDigits(word) && word.size() <= 4 && ParseInt64(word, &count))
    return static_cast<int>(count);
  return IndexOf(kNumbers, word);
}

// Reads expressions off the tokens of one sentence.
class Reader {
 public:
  Reader(const nlp::Document& document, const nlp::Sentence& sentence,
         std::optional<Date> published)
      : sentence_(sentence), published_(published) {
    for (const nlp::Token& token : sentence.tokens) {
      words_.push_back(AsciiLower(document.Text(token.span)));
    }
  }

  std::vector<DateExpression> Read() {
    std::vector<DateExpression> all;
    for (int i = 0; i < static_cast<int>(words_.size());) {
      DateExpression found;
      int length = ReadAt(i, &found);
      if (length == 0) {
        ++i;
        continue;
      }
      found.first = i;
      found.last = i + length - 1;
      found.span = {sentence_.tokens[i].span.begin, sentence_.tokens[found.last].span.end};
      if (i > 0 && words_[i - 1] == "since" && published_.has_value()) {
        found.end = std::max(*published_, found.start);
        found.precision = v1::INTERVAL;
      }
      all.push_back(found);
      i += length;
    }
    return all;
  }

 private:
  std::string_view Word(int i) const {
    return i >= 0 && i < static_cast<int>(words_.size()) ? std::string_view(words_[i])
                                                         : std::string_view();
  }
  int ReadAt(int i, DateExpression* out) const;
  int ReadMonth(int i, DateExpression* out) const;
  int ReadDayMonth(int i, DateExpression* out) const;
  int ReadIso(int i, DateExpression* out) const;
  int ReadRelative(int i, DateExpression* out) const;
  int ReadWeekday(int i, DateExpression* out) const;
  int ReadAgo(int i, DateExpression* out) const;
  int ReadYear(int i, DateExpression* out) const;
  bool SetDay(int year, int month, int day, DateExpression* out) const;
  void SetMonth(int year, int month, DateExpression* out) const;
  bool SetUnit(std::string_view unit, int offset, DateExpression* out) const;
  int YearNear(int month, int day) const;

  const nlp::Sentence& sentence_;
  std::optional<Date> published_;
  std::vector<std::string> words_;
};

bool Reader::SetDay(int year, int month, int day, DateExpression* out) const {
  if (!IsValidCivil(year, month, day)) return false;
  out->start = out->end = Date::FromCivil(year, month, day);
  out->precision = v1::DAY;
  return true;
}

void Reader::SetMonth(int year, int month, DateExpression* out) const {
  out->start = Date::FromCivil(year, month, 1);
  out->end = Date::FromCivil(year, month, DaysInMonth(year, month));
  out->precision = v1::MONTH;
}

// The year that puts the day nearest to publication without being far ahead of it.
int Reader::YearNear(int month, int day) const {
  const int year = published_->Year();
  const auto at = [&](int y) {
    return Date::FromCivil(y, month, std::min(day, DaysInMonth(y, month)));
  };
  if (at(year).days - published_->days > kDaysAheadMax) return year - 1;
  if (published_->days - at(year).days > 365 - kDaysAheadMax) return year + 1;
  return year;
}

// "September 13, 2023", "Sept. 13", "July 2019", "last July", "in July"
int Reader::ReadMonth(int i, DateExpression* out) const {
  const int month = MonthOf(Word(i));
  if (month == 0) return 0;
  int next = i + 1;
  if (Word(next) == ".") ++next;
  if (const int day = DayOf(Word(next)); day > 0) {
    int after = next + 1;
    if (Word(after) == ",") ++after;
    if (const int year = YearOf(Word(after)); year > 0) {
      return SetDay(year, month, day, out) ? after + 1 - i : 0;
    }
    if (!published_.has_value()) return 0;
    return SetDay(YearNear(month, day), month, day, out) ? next + 1 - i : 0;
  }
  const int of = Word(next) == "of" || Word(next) == "," ? next + 1 : next;
  if (const int year = YearOf(Word(of)); year > 0) {
    SetMonth(year, month, out);
    return of + 1 - i;
  }
  // "may" and "march" are words of their own: only after a preposition, and with a capital.
  const std::string_view before = Word(i - 1);
  constexpr std::array<std::string_view, 9> kBefore = {"in",   "last",  "since", "until", "this",
                                                       "next", "early", "late",  "by"};
  if (!published_.has_value() || IndexOf(kBefore, before) < 0) return 0;
  if (sentence_.tokens[i].upos != nlp::Upos::kPropn) return 0;
  SetMonth(YearNear(month, 1), month, out);
  return next - i;
}

// "13 September 2023", "17 April"
int Reader::ReadDayMonth(int i, DateExpression* out) const {
  const int day = DayOf(Word(i));
  if (day == 0) return 0;
  const int of = Word(i + 1) == "of" ? i + 2 : i + 1;
  const int month = MonthOf(Word(of));
  if (month == 0) return 0;
  int next = of + 1;
  if (Word(next) == ".") ++next;
  if (const int year = YearOf(Word(next)); year > 0) {
    return SetDay(year, month, day, out) ? next + 1 - i : 0;
  }
  if (!published_.has_value()) return 0;
  return SetDay(YearNear(month, day), month, day, out) ? next - i : 0;
}

int Reader::ReadIso(int i, DateExpression* out) const {
  const std::string_view word = Word(i);
  if (word.size() != 10 || word[4] != '-' || word[7] != '-') return 0;
  const auto date = ParseDate(word);
  if (!date.ok()) return 0;
  out->start = out->end = *date;
  return 1;
}

bool Reader::SetUnit(std::string_view unit, int offset, DateExpression* out) const {
  const Date today = *published_;
  if (unit == "day" || unit == "days") {
    out->start = out->end = today.AddDays(offset);
    out->precision = v1::DAY;
  } else if (unit == "week" || unit == "weeks") {
    out->start = today.AddDays(offset * kDaysPerWeek - today.Weekday());
    out->end = out->start.AddDays(kDaysPerWeek - 1);
    out->precision = v1::WEEK;
  } else if (unit == "weekend") {
    out->start = today.AddDays(offset * kDaysPerWeek - today.Weekday() + 5);
    out->end = out->start.AddDays(1);
    out->precision = v1::INTERVAL;
  } else if (unit == "month" || unit == "months") {
    const Date there = Date::FromCivil(today.Year(), today.Month(), 1).AddMonths(offset);
    SetMonth(there.Year(), there.Month(), out);
  } else if (unit == "year" || unit == "years") {
    const int year = today.Year() + offset;
    if (year < kYearMin || year > kYearMax) return false;
    out->start = Date::FromCivil(year, 1, 1);
    out->end = Date::FromCivil(year, 12, 31);
    out->precision = v1::YEAR;
  } else {
    return false;
  }
  return true;
}

// "today", "last week", "next month", "this year"
int Reader::ReadRelative(int i, DateExpression* out) const {
  if (!published_.has_value()) return 0;
  const std::string_view word = Word(i);
  if (word == "today" || word == "tonight") return SetUnit("day", 0, out) ? 1 : 0;
  if (word == "yesterday") return SetUnit("day", -1, out) ? 1 : 0;
  if (word == "tomorrow") return SetUnit("day", 1, out) ? 1 : 0;
  int offset = 0;
  if (word == "last" || word == "previous") {
    offset = -1;
  } else if (word == "next") {
    offset = 1;
  } else if (word != "this") {
    return 0;
  }
  return SetUnit(Word(i + 1), offset, out) ? 2 : 0;
}

// "Friday": the last one, today included; of a planned event the next one.
int Reader::ReadWeekday(int i, DateExpression* out) const {
  if (!published_.has_value()) return 0;
  const bool last = Word(i) == "last";
  const bool next = Word(i) == "next";
  const int at = last || next || Word(i) == "this" ? i + 1 : i;
  const int weekday = IndexOf(kWeekdays, Word(at));
  if (weekday < 0) return 0;
  int back = (published_->Weekday() - weekday + kDaysPerWeek) % kDaysPerWeek;
  if (last && back == 0) back = kDaysPerWeek;
  out->start = out->end = published_->AddDays(-back);
  if (next) out->start = out->end = published_->AddDays(kDaysPerWeek - back);
  if (!last && !next && back > 0) out->future_shift_days = kDaysPerWeek;
  return at + 1 - i;
}

// "three days ago", "two weeks earlier"
int Reader::ReadAgo(int i, DateExpression* out) const {
  if (!published_.has_value()) return 0;
  const int count = CountOf(Word(i));
  if (count < 0 || (Word(i + 2) != "ago" && Word(i + 2) != "earlier")) return 0;
  return SetUnit(Word(i + 1), -count, out) ? 3 : 0;
}

// "in 2014", "since 2014", "the 1994 genocide"; a bare number is no year.
int Reader::ReadYear(int i, DateExpression* out) const {
  const int year = YearOf(Word(i));
  if (year == 0) return 0;
  constexpr std::array<std::string_view, 9> kBefore = {"in",  "since", "of",   "by",    "until",
                                                       "the", "early", "late", "during"};
  if (IndexOf(kBefore, Word(i - 1)) < 0) return 0;
  out->start = Date::FromCivil(year, 1, 1);
  out->end = Date::FromCivil(year, 12, 31);
  out->precision = v1::YEAR;
  return 1;
}

int Reader::ReadAt(int i, DateExpression* out) const {
  using ReadFunction = int (Reader::*)(int, DateExpression*) const;
  constexpr std::array<ReadFunction, 7> kReaders = {
      &Reader::ReadIso,      &Reader::ReadMonth, &Reader::ReadDayMonth, &Reader::ReadWeekday,
      &Reader::ReadRelative, &Reader::ReadAgo,   &Reader::ReadYear};
  for (const ReadFunction read : kReaders) {
    DateExpression found;
    if (const int length = (this->*read)(i, &found); length > 0) {
      *out = found;
      return length;
    }
  }
  return 0;
}

}  // namespace

v1::EventDate DateExpression::Resolve(bool future, const nlp::Document& document) const {
  v1::EventDate date;
  const int shift = future ? future_shift_days : 0;
  date.set_start(FormatDate(start.AddDays(shift)));
  date.set_end(FormatDate(end.AddDays(shift)));
  date.set_precision(precision);
  date.set_text(std::string(document.Text(span)));
  return date;
}

std::vector<DateExpression> FindDates(const nlp::Document& document, const nlp::Sentence& sentence,
                                      std::optional<Date> published) {
  return Reader(document, sentence, published).Read();
}

v1::EventDate InferredDate(std::optional<Date> published) {
  v1::EventDate date;
  if (!published.has_value()) return date;
  date.set_start(FormatDate(*published));
  date.set_end(FormatDate(*published));
  date.set_precision(v1::DAY);
  date.set_inferred(true);
  return date;
}

}  // namespace entente::coder
