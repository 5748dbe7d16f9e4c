#include "ingest/import/fields.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/strings.h"

namespace entente::ingest {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

bool Digits(std::string_view text, int* value) {
  *value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    *value = *value * 10 + (c - '0');
  }
  return !text.empty();
}

// The highest bit of each of the next eight bytes that is a tab, the first byte lowest.
uint64_t TabsOf(const char* bytes) {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t kTabs = 0x0909090909090909;
  constexpr uint64_t kLowBits = 0x7F7F7F7F7F7F7F7F;
  uint64_t eight;
  std::memcpy(&eight, bytes, sizeof eight);
  eight ^= kTabs;  // zero where there was a tab
  return ~(((eight & kLowBits) + kLowBits) | eight | kLowBits);
}

bool MakeDate(std::string_view year, std::string_view month, std::string_view day, Date* date) {
  int y = 0;
  int m = 0;
  int d = 0;
  if (year.size() != 4 || !Digits(year, &y) || !Digits(month, &m) || !Digits(day, &d)) return false;
  if (!IsValidCivil(y, m, d)) return false;
  *date = Date::FromCivil(y, m, d);
  return true;
}

// "24 October 2019", "1-Jan-20" is not taken: of which century?
bool ReadWrittenDate(std::string_view field, Date* date) {
  const size_t first = field.find(' ');
  const size_t last = field.rfind(' ');
  if (first == std::string_view::npos || last == first || first > 2) return false;
  const std::string month = AsciiLower(field.substr(first + 1, last - first - 1));
  for (size_t i = 0; i < std::size(kMonths); ++i) {
    if (month.size() >= 3 && kMonths[i].starts_with(month)) {
      return MakeDate(field.substr(last + 1), std::to_string(i + 1), field.substr(0, first), date);
    }
  }
  return false;
}

}  // namespace

bool Fields::SplitTabs(std::string_view record) {
  count_ = 0;
  const char* begin = record.data();
  const char* const end = begin + record.size();
  const auto cut = [&](const char* tab) {
    if (count_ == kMaxFields - 1) return false;
    fields_[count_++] = std::string_view(begin, static_cast<size_t>(tab - begin));
    begin = tab + 1;
    return true;
  };
  const char* at = begin;
  for (; end - at >= 8; at += 8) {
    for (uint64_t tabs = TabsOf(at); tabs != 0; tabs &= tabs - 1) {
      if (!cut(at + std::countr_zero(tabs) / 8)) return false;
    }
  }
  for (; at < end; ++at) {
    if (*at == '\t' && !cut(at)) return false;
  }
  fields_[count_++] = std::string_view(begin, static_cast<size_t>(end - begin));
  return true;
}

bool Fields::SplitQuoted(std::string_view record, char delimiter) {
  count_ = 0;
  unquoted_.clear();
  unquoted_.reserve(record.size());  // so that views into it stay
  for (size_t at = 0;;) {
    if (count_ == kMaxFields) return false;
    size_t end = at;
    if (at < record.size() && record[at] == '"') {
      size_t close = at + 1;
      while (close < record.size()) {
        if (record[close] != '"') {
          ++close;
        } else if (close + 1 < record.size() && record[close + 1] == '"') {
          close += 2;
        } else {
          break;
        }
      }
      end = close + 1;
      if (close >= record.size() || (end < record.size() && record[end] != delimiter)) return false;
      fields_[count_++] = Unquoted(record.substr(at + 1, close - at - 1));
    } else {
      end = std::min(record.find(delimiter, at), record.size());
      fields_[count_++] = record.substr(at, end - at);
    }
    if (end >= record.size()) return true;
    at = end + 1;
  }
}

std::string_view Fields::Unquoted(std::string_view inside) {
  if (inside.find('"') == std::string_view::npos) return inside;
  const size_t begin = unquoted_.size();
  for (size_t i = 0; i < inside.size(); ++i) {
    unquoted_.push_back(inside[i]);
    if (inside[i] == '"') ++i;
  }
  return std::string_view(unquoted_).substr(begin);
}

Header::Header(const Fields& names) {
  for (size_t i = 0; i < names.size(); ++i) names_.push_back(Normalized(names[i]));
}

size_t Header::Find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? kAbsent : static_cast<size_t>(found - names_.begin());
}

std::string Header::Normalized(std::string_view name) {
  std::string out;
  for (const char c : AsciiLower(Trim(name))) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != '_') {
      out.push_back('_');
    }
  }
  if (out.ends_with('_')) out.pop_back();
  return out;
}

bool ReadInteger(std::string_view field, int64_t least, int64_t most, int64_t* value) {
  const char* const end = field.data() + field.size();
  const auto [at, error] = std::from_chars(field.data(), end, *value);
  return error == std::errc() && at == end && *value >= least && *value <= most;
}

bool ReadNumber(std::string_view field, double least, double most, double* value) {
  const char* const end = field.data() + field.size();
  const auto [at, error] = std::from_chars(field.data(), end, *value);
  return error == std::errc() && at == end && std::isfinite(*value) && *value >= least &&
         *value <= most;
}

bool ReadDate(std::string_view field, Date* date) {
  if (field.size() == 8) {
    return MakeDate(field.substr(0, 4), field.substr(4, 2), field.substr(6), date);
  }
  const bool iso = field.size() >= 10 && field[4] == '-' && field[7] == '-' &&
                   (field.size() == 10 || field[10] == ' ' || field[10] == 'T');
  if (iso) return MakeDate(field.substr(0, 4), field.substr(5, 2), field.substr(8, 2), date);
  return ReadWrittenDate(field, date);
}

bool ReadTimestamp(std::string_view field, int64_t* micros) {
  Date date;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (field.size() != 14 || !ReadDate(field.substr(0, 8), &date)) return false;
  if (!Digits(field.substr(8, 2), &hour) || !Digits(field.substr(10, 2), &minute) ||
      !Digits(field.substr(12, 2), &second) || hour > 23 || minute > 59 || second > 60) {
    return false;
  }
  *micros = date.Micros() + (hour * 3600 + minute * 60 + second) * kMicrosPerSecond;
  return true;
}

bool IsAscii(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t seen = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t eight;
    std::memcpy(&eight, text.data() + i, 8);
    seen |= eight;
  }
  for (; i < text.size(); ++i) seen |= static_cast<unsigned char>(text[i]);
  return (seen & kHighBits) == 0;
}

bool HasControl(std::string_view text) {
  bool found = false;  // asked once, so that the loop takes many bytes at a time
  for (const char c : text) found |= static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  return found;
}

}  // namespace entente::ingest
