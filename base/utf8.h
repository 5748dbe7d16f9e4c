// UTF-8: decoding that accepts any bytes, validity, case and diacritic folding.
//
//   for (size_t i = 0; i < text.size();) {
//     const CodePoint c = DecodeUtf8(text, i);   // c.value is U+FFFD for a bad byte
//     i += c.length;                             // always at least 1
//   }
//
// All offsets in Entente are byte offsets into the original text, half-open [begin, end).
#ifndef ENTENTE_BASE_UTF8_H_
#define ENTENTE_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace entente {

struct CodePoint {
  char32_t value = 0;   // U+FFFD where the bytes are not UTF-8
  uint32_t length = 1;  // bytes taken, 1 to 4
  bool valid = true;
};

// Decodes at `pos`. REQUIRES: pos < text.size(). Overlong forms, surrogates and values above
// U+10FFFF are invalid; an invalid sequence takes one byte.
CodePoint DecodeUtf8(std::string_view text, size_t pos);

void AppendUtf8(char32_t value, std::string* out);

bool IsValidUtf8(std::string_view text);

// The text with each invalid byte replaced by U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

// For name keys and search: compatibility-decomposed, without combining marks, lower case, runs of
// white space and punctuation as one space, trimmed ("Kim Jong-Ŭn" → "kim jong un"). Uses ICU.
std::string FoldName(std::string_view text);

// True if the bytes look like a binary file: a NUL byte, or over 10% bytes that are neither text
// nor valid UTF-8, within the first 64 KiB.
bool LooksBinary(std::string_view bytes);

}  // namespace entente

#endif  // ENTENTE_BASE_UTF8_H_
