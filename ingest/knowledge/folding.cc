#include "ingest/knowledge/folding.h"

#include <utility>

#include "base/utf8.h"

namespace entente::knowledge {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsPossessive(std::string_view token) {
  return token == "'s" || token == "’s" || token == "'S" || token == "’S";
}

// Letters that have no decomposition; null for any other.
const char* LatinEquivalent(char32_t c) {
  switch (c) {
    case U'ø':
    case U'Ø':
      return "o";
    case U'ł':
    case U'Ł':
      return "l";
    case U'đ':
    case U'Đ':
    case U'ð':
    case U'Ð':
      return "d";
    case U'ı':
      return "i";
    case U'ə':
    case U'Ə':
      return "e";
    case U'æ':
    case U'Æ':
      return "ae";
    case U'œ':
    case U'Œ':
      return "oe";
    case U'þ':
    case U'Þ':
      return "th";
    case U'ß':
      return "ss";
    default:
      return nullptr;
  }
}

// True for letters of Latin Extended that are capitals; enough for shapes, which only matter for
// alphabets with case.
bool IsCapital(std::string_view token, size_t pos) {
  if (static_cast<unsigned char>(token[pos]) < 0x80) return IsUpper(token[pos]);
  const CodePoint c = DecodeUtf8(token, pos);
  const std::string_view letter = token.substr(pos, c.length);
  const std::string folded = FoldName(letter);
  if (folded.empty()) return false;
  if (static_cast<unsigned char>(folded[0]) >= 0x80) return false;
  // U+00C0 to U+00DE are capitals; from U+0100 on, capitals and small letters take turns.
  if (c.value >= 0xC0 && c.value <= 0xDE) return true;
  if (c.value >= 0x139 && c.value <= 0x148) return c.value % 2 == 1;
  if (c.value >= 0x179 && c.value <= 0x17E) return c.value % 2 == 1;
  if (c.value >= 0x100 && c.value <= 0x17F) return c.value % 2 == 0;
  if (c.value >= 0x1E00 && c.value <= 0x1EFF) return c.value % 2 == 0;
  return false;
}

uint8_t ShapeOf(std::string_view part) {
  int capitals = 0;
  int small = 0;
  bool starts_with_capital = false;
  bool first = true;
  for (size_t i = 0; i < part.size();) {
    const CodePoint c = DecodeUtf8(part, i);
    if (c.value >= 0x80 || IsUpper(part[i]) || IsLower(part[i])) {
      const bool capital = IsCapital(part, i);
      if (first) starts_with_capital = capital;
      first = false;
      (capital ? capitals : small) += 1;
    } else if (IsDigit(part[i])) {
      first = false;
    }
    i += c.length;
  }
  if (capitals >= 2 && small == 0) return kShapeUpper;
  return starts_with_capital ? kShapeTitle : kShapeLower;
}

std::string FoldLetters(std::string_view part) {
  std::string latin;
  bool ascii = true;
  for (size_t i = 0; i < part.size();) {
    const CodePoint c = DecodeUtf8(part, i);
    if (c.value < 0x80) {
      latin.push_back(part[i]);
    } else if (const char* equivalent = LatinEquivalent(c.value)) {
      latin += equivalent;
    } else {
      latin.append(part.substr(i, c.length));
      ascii = false;
    }
    i += c.length;
  }
  if (!ascii) return FoldName(latin);
  std::string folded;
  for (const char c : latin) {
    if (IsUpper(c)) folded.push_back(static_cast<char>(c - 'A' + 'a'));
    if (IsLower(c) || IsDigit(c)) folded.push_back(c);
  }
  return folded;
}

// The length of the separator at `pos`, 0 if what stands there belongs to a word. Dots and
// apostrophes belong to words.
size_t SeparatorLength(std::string_view token, size_t pos) {
  const char c = token[pos];
  if (static_cast<unsigned char>(c) < 0x80) {
    return IsUpper(c) || IsLower(c) || IsDigit(c) || c == '.' || c == '\'' || c == '`' ? 0 : 1;
  }
  const CodePoint point = DecodeUtf8(token, pos);
  const bool dash = point.value >= 0x2010 && point.value <= 0x2015;
  const bool quote = point.value >= 0x201A && point.value <= 0x201F;
  const bool other = point.value == 0xA0 || point.value == 0xAB || point.value == 0xBB ||
                     point.value == 0xB7 || point.value == 0x2026 || point.value == 0xFFFD;
  return dash || quote || other ? point.length : 0;
}

bool IsStandalone(char c) {
  return c == ',' || c == ':' || c == ';' || c == '(' || c == ')' || c == '"' || c == '[' ||
         c == ']' || c == '!' || c == '?';
}

// Appends `word` (no white space inside), cut around punctuation and before a possessive.
void SplitWord(std::string_view word, std::vector<std::string_view>* tokens) {
  size_t begin = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    if (!IsStandalone(word[i])) continue;
    if (i > begin) tokens->push_back(word.substr(begin, i - begin));
    tokens->push_back(word.substr(i, 1));
    begin = i + 1;
  }
  word.remove_prefix(begin);
  if (word.empty()) return;
  for (const std::string_view ending : {"'s", "’s", "'S", "’S"}) {
    if (word.size() <= ending.size() || !word.ends_with(ending)) continue;
    tokens->push_back(word.substr(0, word.size() - ending.size()));
    tokens->push_back(word.substr(word.size() - ending.size()));
    return;
  }
  tokens->push_back(word);
}

}  // namespace

std::vector<FoldedPart> FoldToken(std::string_view token) {
  std::vector<FoldedPart> parts;
  if (IsPossessive(token)) {
    parts.push_back({"'s", kShapeLower});
    return parts;
  }
  if (token == "&") return {{"and", kShapeLower}};
  if (token == "“" || token == "”") return {{"\"", kShapeLower}};
  size_t begin = 0;
  const auto flush = [&](size_t end) {
    const std::string_view part = token.substr(begin, end - begin);
    std::string folded = FoldLetters(part);
    if (folded == "el" || folded == "ul") folded = "al";
    if (!folded.empty()) parts.push_back({std::move(folded), ShapeOf(part)});
  };
  for (size_t i = 0; i < token.size();) {
    const size_t separator = SeparatorLength(token, i);
    if (separator > 0) {
      flush(i);
      begin = i + separator;
    }
    i += DecodeUtf8(token, i).length;
  }
  flush(token.size());
  if (parts.empty() && !token.empty()) parts.push_back({std::string(token), kShapeLower});
  return parts;
}

bool FoldPlainToken(std::string_view token, std::string* out, uint8_t* shape) {
  out->clear();
  size_t capitals = 0;
  size_t digits = 0;
  for (const char c : token) {
    if (IsUpper(c)) {
      ++capitals;
      out->push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (IsLower(c)) {
      out->push_back(c);
    } else if (IsDigit(c)) {
      ++digits;
      out->push_back(c);
    } else {
      return false;
    }
  }
  if (token.empty()) return false;
  if (*out == "el" || *out == "ul") *out = "al";
  const bool all_capitals = capitals >= 2 && capitals + digits == token.size();
  *shape = all_capitals ? kShapeUpper : IsUpper(token[0]) ? kShapeTitle : kShapeLower;
  return true;
}

bool IsTransparent(std::string_view token) {
  return token == "-" || token == "‐" || token == "‑" || token == "'" || token == "’" ||
         token == "`";
}

std::vector<std::string_view> SplitPhrase(std::string_view phrase) {
  std::vector<std::string_view> tokens;
  size_t begin = 0;
  for (size_t i = 0; i <= phrase.size(); ++i) {
    const bool space = i == phrase.size() || phrase[i] == ' ' || phrase[i] == '\t' ||
                       phrase[i] == '\n' || phrase[i] == '\r';
    if (!space) continue;
    if (i > begin) SplitWord(phrase.substr(begin, i - begin), &tokens);
    begin = i + 1;
  }
  return tokens;
}

}  // namespace entente::knowledge
