#include "ingest/nlp/text_units.h"

#include <unicode/uchar.h>

#include <array>

#include "base/utf8.h"
#include "ingest/nlp/html.h"
#include "ingest/nlp/normalize.h"

namespace entente::nlp {
namespace {

UnitClass ClassOf(char32_t c) {
  if (c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 || c == 0x2029) {
    return UnitClass::kBreak;
  }
  if (IsInvisible(c)) return UnitClass::kInvisible;
  if (c == 0xFFFD) return UnitClass::kLower;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_UPPERCASE_LETTER:
    case U_TITLECASE_LETTER:
      return UnitClass::kUpper;
    case U_DECIMAL_DIGIT_NUMBER:
      return UnitClass::kDigit;
    case U_LOWERCASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK:
    case U_LETTER_NUMBER:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return UnitClass::kLower;
    case U_DASH_PUNCTUATION:
    case U_START_PUNCTUATION:
    case U_END_PUNCTUATION:
    case U_CONNECTOR_PUNCTUATION:
    case U_OTHER_PUNCTUATION:
    case U_INITIAL_PUNCTUATION:
    case U_FINAL_PUNCTUATION:
      return UnitClass::kMark;
    case U_SPACE_SEPARATOR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
      return UnitClass::kSpace;
    default:
      return UnitClass::kSymbol;
  }
}

// ICU is asked once for the characters that make up nearly all text.
const std::array<UnitClass, 128>& AsciiClasses() {
  static const std::array<UnitClass, 128> classes = [] {
    std::array<UnitClass, 128> result{};
    for (char32_t c = 0; c < 128; ++c) result[c] = ClassOf(c);
    return result;
  }();
  return classes;
}

}  // namespace

void DecodeUnits(std::string_view text, std::vector<TextUnit>* units) {
  units->clear();
  units->reserve(text.size() + 1);
  const std::array<UnitClass, 128>& ascii = AsciiClasses();
  for (size_t i = 0; i < text.size();) {
    const uint32_t begin = static_cast<uint32_t>(i);
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    CodePoint c{.value = byte};
    bool breaks = false;
    if (byte == '<') {
      if (const uint32_t length = TagLength(text, i, &breaks); length > 0) {
        units->push_back({U' ', begin, breaks ? UnitClass::kBreak : UnitClass::kSpace});
        i += length;
        continue;
      }
    } else if (byte == '&') {
      if (const uint32_t length = EntityLength(text, i, &c.value); length > 0) c.length = length;
    } else if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      c.length = 2;
    } else if (byte >= 0x80) {
      c = DecodeUtf8(text, i);
    }
    units->push_back({c.value, begin, c.value < 128 ? ascii[c.value] : ClassOf(c.value)});
    i += c.length;
  }
  units->push_back({U'\n', static_cast<uint32_t>(text.size()), UnitClass::kBreak});
}

char32_t PlainCharacter(char32_t c) {
  if (c < 0x80) return c;
  switch (c) {
    case U'“':
    case U'”':
    case U'„':
    case U'‟':
    case U'«':
    case U'»':
    case U'″':
      return U'"';
    case U'‘':
    case U'’':
    case U'‚':
    case U'‛':
    case U'‹':
    case U'›':
    case U'′':
    case U'ʼ':
      return U'\'';
    case U'‐':
    case U'‑':
    case U'﹣':
    case U'－':
      return U'-';
    case U'…':
      return U'.';
    default:
      return c > 0xFF00 && c < 0xFF5F ? c - 0xFF00 + 0x20 : c;
  }
}

}  // namespace entente::nlp
