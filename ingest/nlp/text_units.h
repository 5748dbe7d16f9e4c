// The text as layout, tokeniser and sentence splitter see it: one unit a character, with its place
// in the bytes. An HTML entity is one unit (its character), an HTML tag one unit of white space, a
// byte that is not UTF-8 one unit that counts as a letter ("caf\xE9" stays one word). So the rules
// deal with characters only, and spans are still of the original bytes.
//
//   std::vector<TextUnit> units;
//   DecodeUnits("It&rsquo;s", &units);          // I t ’ s, and the sentinel
//   units[3].begin                              // 9
//
// Classes come from ICU's character data. Thread safety: pure functions.
#ifndef ENTENTE_INGEST_NLP_TEXT_UNITS_H_
#define ENTENTE_INGEST_NLP_TEXT_UNITS_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace entente::nlp {

enum class UnitClass : uint8_t {
  kSpace,      // white space, control characters, inline tags
  kBreak,      // a line end or a tag that ends a line
  kUpper,      // upper- and title-case letters
  kLower,      // every other letter, marks, bytes that are not UTF-8
  kDigit,      // decimal digits
  kMark,       // punctuation
  kSymbol,     // symbols, emoji
  kInvisible,  // zero-width and bidi characters, soft hyphens
};

struct TextUnit {
  char32_t value = 0;  // U+FFFD for a bad byte
  uint32_t begin = 0;  // byte offset; the unit ends where the next one begins
  UnitClass cls = UnitClass::kSpace;

  bool IsLetter() const { return cls == UnitClass::kUpper || cls == UnitClass::kLower; }
  bool IsDigit() const { return cls == UnitClass::kDigit; }
  bool IsWord() const { return IsLetter() || IsDigit(); }
  bool IsSpace() const { return cls == UnitClass::kSpace || cls == UnitClass::kBreak; }
};

// Replaces `*units` by the units of `text` and a sentinel: a kBreak at text.size(). "\r\n" is one
// unit. Linear; 12 bytes a character. REQUIRES: text.size() < 2^32.
void DecodeUnits(std::string_view text, std::vector<TextUnit>* units);

// The straight forms of quotes, dashes, hyphens and full-width ASCII ("’" → '\''), so that a rule
// needs to name one of them only; every other character stays.
char32_t PlainCharacter(char32_t c);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_TEXT_UNITS_H_
