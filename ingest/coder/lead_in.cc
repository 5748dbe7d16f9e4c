#include "ingest/coder/lead_in.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace entente::coder {
namespace {

constexpr size_t kPlaceBytesMax = 40;
constexpr size_t kAgencyBytesMax = 40;
constexpr size_t kCreditBytesMax = 60;
constexpr size_t kShortBytes = 6;  // a shorter word in capitals before a colon may be a speaker

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t SkipBlanks(std::string_view line, size_t i) {
  while (i < line.size() && line[i] == ' ') ++i;
  return i;
}

// The end of the dash at `i`, or `i`.
size_t SkipDash(std::string_view line, size_t i) {
  constexpr std::array<std::string_view, 4> kDashes = {"—", "–", "--", "-"};
  for (const std::string_view dash : kDashes) {
    if (line.substr(i).starts_with(dash)) return i + dash.size();
  }
  return i;
}

// "KABUL", "UNITED NATIONS", "ALBUQUERQUE, N.M.": the end of the place at the line's beginning, 0
// if there is none. `capitals`: whether it is in capitals throughout.
size_t PlaceEnd(std::string_view line, bool* capitals) {
  *capitals = true;
  size_t i = 0;
  for (; i < line.size() && i <= kPlaceBytesMax; ++i) {
    const char c = line[i];
    if (c == '(' || c == ':' || SkipDash(line, i) > i) break;
    if (IsDigit(c)) return 0;
    // Behind a comma stands the state, in whichever letters.
    if (c == ',') break;
    if (IsLower(c)) *capitals = false;
    if (!IsUpper(c) && !IsLower(c) && c != ' ' && c != '.' && c != '\'') return 0;
  }
  if (i < line.size() && line[i] == ',') {
    const size_t end = std::min(line.find_first_of("(:-", i), line.find("—", i));
    if (end == std::string_view::npos || end - i > kPlaceBytesMax) return 0;
    const std::string_view state = line.substr(i, end - i);
    if (std::any_of(state.begin(), state.end(), IsDigit)) return 0;
    i = end;
  }
  return i <= kPlaceBytesMax && !line.empty() && IsUpper(line[0]) ? i : 0;
}

// "(Pajhwok)", "(Reuters/AFP)": the end of the agency at `i`, or `i`.
size_t SkipAgency(std::string_view line, size_t i) {
  if (i >= line.size() || line[i] != '(') return i;
  const size_t close = line.find(')', i);
  if (close == std::string_view::npos || close - i > kAgencyBytesMax) return i;
  return i + 1 < close && IsUpper(line[i + 1]) ? close + 1 : i;
}

size_t DatelineLength(std::string_view line) {
  bool capitals = false;
  const size_t place = PlaceEnd(line, &capitals);
  if (place < 3) return 0;
  const size_t after_agency = SkipAgency(line, place);
  const bool agency = after_agency > place;
  const size_t mark = SkipBlanks(line, after_agency);
  size_t end = SkipDash(line, mark);
  // A dash parts words where blanks stand about it: not "AL-SHABAB".
  const bool spaced = mark > 0 && (line[mark - 1] == ' ' || agency);
  const bool dash = end > mark && spaced;
  const bool colon = mark < line.size() && line[mark] == ':';
  if (colon) end = mark + 1;
  const size_t text = SkipBlanks(line, end);
  if ((!dash && !colon) || text == end || text >= line.size()) return 0;
  const bool is_place = agency || (capitals && (dash || place >= kShortBytes));
  return is_place ? text : 0;
}

// "REUTERS/A. Photographer/File Photo": by its last part, since a name alone may begin the
// sentence.
size_t CreditLength(std::string_view line) {
  constexpr std::array<std::string_view, 5> kAgencies = {"REUTERS/", "Reuters/", "AFP/", "AP/",
                                                         "EPA/"};
  constexpr std::array<std::string_view, 5> kParts = {"/File Photo", "/File photo", "/Handout",
                                                      "/Pool", "/File"};
  const bool agency = std::any_of(kAgencies.begin(), kAgencies.end(),
                                  [&](std::string_view name) { return line.starts_with(name); });
  if (!agency) return 0;
  for (const std::string_view part : kParts) {
    const size_t at = line.substr(0, kCreditBytesMax).find(part);
    if (at == std::string_view::npos) continue;
    const size_t end = at + part.size();
    const size_t text = SkipBlanks(line, end);
    return text > end && text < line.size() ? text : 0;
  }
  return 0;
}

}  // namespace

size_t LeadInLength(std::string_view line) {
  const size_t credit = CreditLength(line);
  return credit > 0 ? credit : DatelineLength(line);
}

std::string BlankLeadIns(std::string_view text) {
  std::string blanked(text);
  for (const std::string_view line : Split(text, '\n')) {
    const auto begin = static_cast<size_t>(line.data() - text.data());
    std::fill_n(blanked.begin() + static_cast<std::ptrdiff_t>(begin), LeadInLength(line), ' ');
  }
  return blanked;
}

}  // namespace entente::coder
