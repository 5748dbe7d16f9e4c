// Text helpers shared by every layer, and the one place where std::string_view meets Debian's
// abseil, whose own absl::string_view does not convert from it.
//
//   absl::Status s = InvalidArgument(Cat("articles.jsonl:", line, ": no field \"text\""));
//
// Thread safety: all functions are pure.
#ifndef ENTENTE_BASE_STRINGS_H_
#define ENTENTE_BASE_STRINGS_H_

#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente {

// Wraps `s` for an abseil call. The view is valid as long as `s` is.
inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view ToStd(absl::string_view s) { return {s.data(), s.size()}; }

// Concatenates anything that has an operator<<. For messages, not for hot paths.
template <typename... Args>
std::string Cat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

// For unordered containers of strings that are looked up by string_view:
//   std::unordered_map<std::string, int, StringHash, std::equal_to<>> table;
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

// Splits at every `separator`; "a,,b" gives three parts, "" gives one empty part.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Without leading and trailing ASCII white space.
std::string_view Trim(std::string_view text);

// ASCII letters lowered, every other byte kept.
std::string AsciiLower(std::string_view text);

// Parses a whole decimal string; false if anything is left over or out of range.
bool ParseInt64(std::string_view text, int64_t* value);
bool ParseUint64(std::string_view text, uint64_t* value);
bool ParseDouble(std::string_view text, double* value);

}  // namespace entente

#endif  // ENTENTE_BASE_STRINGS_H_
