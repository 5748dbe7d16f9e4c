// Folding words for lookup: case, diacritics, hyphens, dots and apostrophes do not count.
//
//   FoldWord("Jong-Ŭn", [](std::string_view part, uint8_t shape) { … });   // "jong", then "un"
//
// Pure.
#ifndef ENTENTE_INGEST_KNOWLEDGE_FOLDING_H_
#define ENTENTE_INGEST_KNOWLEDGE_FOLDING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace entente::knowledge {

// How a word is capitalised.
inline constexpr uint8_t kShapeLower = 0;  // begins with a small letter, or is no letter at all
inline constexpr uint8_t kShapeTitle = 1;  // begins with a capital
inline constexpr uint8_t kShapeUpper = 2;  // two or more capitals and no small letter: "US", "U.S."

struct FoldedPart {
  std::string text;  // never empty
  uint8_t shape = kShapeLower;
};

// The parts of one token: lower case without diacritics (also of letters such as "ø" and "ı" that
// do not decompose), without dots and apostrophes, cut at hyphens, slashes and any other
// punctuation. The Arabic article is "al" however it is written ("el-Sisi"). "'s" and tokens of
// punctuation only give themselves, "&" gives "and". Empty for an empty token.
std::vector<FoldedPart> FoldToken(std::string_view token);

// The same with an early way out: if `token` is plain (ASCII letters and digits only), writes its
// folded form to `out` and its shape to `shape` and returns true. Allocates nothing once `out` has
// grown.
bool FoldPlainToken(std::string_view token, std::string* out, uint8_t* shape);

// True for a token that does not part the words around it: hyphens, dots inside names, apostrophes.
bool IsTransparent(std::string_view token);

// Cuts a plain phrase into tokens: at white space, and before "'s" and "’s"; commas, colons,
// brackets and quotation marks stand alone.
std::vector<std::string_view> SplitPhrase(std::string_view phrase);

}  // namespace entente::knowledge

#endif  // ENTENTE_INGEST_KNOWLEDGE_FOLDING_H_
