// Text for a terminal: widths, wrapping, and making text from outside harmless.
//
//   Printable("evil\x1b[2J")          // "evil�[2J": no escape sequence reaches the terminal
//   Wrap("a long sentence …", 40)     // lines of at most 40 columns
//
// Thread safety: pure.
#ifndef ENTENTE_CLIENTS_CLI_TEXT_H_
#define ENTENTE_CLIENTS_CLI_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace entente::cli {

// `text` on one line and without control characters: runs of white space become one space, other
// control characters (C0, C1, DEL, bidirectional overrides) and invalid bytes U+FFFD.
std::string Printable(std::string_view text);

// How many terminal columns `text` takes: 2 for wide East Asian characters and emoji, 0 for
// combining marks, 1 for the rest. REQUIRES: `text` has no control characters.
size_t DisplayWidth(std::string_view text);

// Breaks at spaces into lines of at most `width` columns; a longer word is cut. `width` 0: one
// line. Never gives no line at all.
std::vector<std::string> Wrap(std::string_view text, size_t width);

// The name of an enum value for people: "CALLED_FOR" → "called for".
std::string Humanize(std::string_view name);

// `text` with its first letter in upper case, if that is ASCII: "supplier" → "Supplier".
std::string Capitalized(std::string text);

// The best matches first: those of `candidates` within a third of `word`'s length in edit distance
// (Levenshtein over bytes of the folded names), at most `limit`.
std::vector<std::string> NearestNames(std::string_view word,
                                      const std::vector<std::string>& candidates, size_t limit);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_TEXT_H_
