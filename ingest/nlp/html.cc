#include "ingest/nlp/html.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"

namespace entente::nlp {
namespace {

constexpr size_t kTagBytesMax = 1000;
constexpr size_t kEntityBytesMax = 12;

constexpr std::pair<std::string_view, char32_t> kEntities[] = {
    {"amp", U'&'},    {"lt", U'<'},     {"gt", U'>'},     {"quot", U'"'},     {"apos", U'\''},
    {"nbsp", 0xA0},   {"ensp", 0x2002}, {"emsp", 0x2003}, {"thinsp", 0x2009}, {"zwnj", 0x200C},
    {"zwj", 0x200D},  {"lrm", 0x200E},  {"rlm", 0x200F},  {"shy", 0xAD},      {"ndash", U'–'},
    {"mdash", U'—'},  {"lsquo", U'‘'},  {"rsquo", U'’'},  {"sbquo", U'‚'},    {"ldquo", U'“'},
    {"rdquo", U'”'},  {"bdquo", U'„'},  {"laquo", U'«'},  {"raquo", U'»'},    {"lsaquo", U'‹'},
    {"rsaquo", U'›'}, {"hellip", U'…'}, {"bull", U'•'},   {"middot", U'·'},   {"prime", U'′'},
    {"Prime", U'″'},  {"copy", U'©'},   {"reg", U'®'},    {"trade", U'™'},    {"deg", U'°'},
    {"euro", U'€'},   {"pound", U'£'},  {"yen", U'¥'},    {"cent", U'¢'},     {"sect", U'§'},
    {"para", U'¶'},   {"times", U'×'},  {"frac12", U'½'}, {"frac14", U'¼'},   {"Agrave", U'À'},
    {"Aacute", U'Á'}, {"Acirc", U'Â'},  {"Atilde", U'Ã'}, {"Auml", U'Ä'},     {"Aring", U'Å'},
    {"AElig", U'Æ'},  {"Ccedil", U'Ç'}, {"Egrave", U'È'}, {"Eacute", U'É'},   {"Ecirc", U'Ê'},
    {"Euml", U'Ë'},   {"Iacute", U'Í'}, {"Ntilde", U'Ñ'}, {"Oacute", U'Ó'},   {"Ouml", U'Ö'},
    {"Oslash", U'Ø'}, {"Uacute", U'Ú'}, {"Uuml", U'Ü'},   {"szlig", U'ß'},    {"agrave", U'à'},
    {"aacute", U'á'}, {"acirc", U'â'},  {"atilde", U'ã'}, {"auml", U'ä'},     {"aring", U'å'},
    {"aelig", U'æ'},  {"ccedil", U'ç'}, {"egrave", U'è'}, {"eacute", U'é'},   {"ecirc", U'ê'},
    {"euml", U'ë'},   {"igrave", U'ì'}, {"iacute", U'í'}, {"icirc", U'î'},    {"iuml", U'ï'},
    {"ntilde", U'ñ'}, {"ograve", U'ò'}, {"oacute", U'ó'}, {"ocirc", U'ô'},    {"otilde", U'õ'},
    {"ouml", U'ö'},   {"oslash", U'ø'}, {"ugrave", U'ù'}, {"uacute", U'ú'},   {"ucirc", U'û'},
    {"uuml", U'ü'},   {"yacute", U'ý'}, {"scaron", U'š'}, {"Scaron", U'Š'},   {"zcaron", U'ž'},
    {"Zcaron", U'Ž'},
};

// Windows-1252's characters 128 to 159; 0xFFFD where it has none.
constexpr std::array<char32_t, 32> kWindows1252 = {
    U'€', 0xFFFD, U'‚',   U'ƒ', U'„',   U'…',   U'†', U'‡',   U'ˆ', U'‰', U'Š',
    U'‹', U'Œ',   0xFFFD, U'Ž', 0xFFFD, 0xFFFD, U'‘', U'’',   U'“', U'”', U'•',
    U'–', U'—',   U'˜',   U'™', U'š',   U'›',   U'œ', 0xFFFD, U'ž', U'Ÿ'};

constexpr std::string_view kBreakingTags[] = {
    "address",    "article", "aside",  "blockquote", "br",  "dd",    "div", "dl",  "dt",
    "figcaption", "figure",  "footer", "h1",         "h2",  "h3",    "h4",  "h5",  "h6",
    "header",     "hr",      "li",     "main",       "nav", "ol",    "p",   "pre", "script",
    "section",    "style",   "table",  "td",         "th",  "title", "tr",  "ul"};

bool IsAsciiAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

int DigitValue(char c, int base) {
  int value = base;
  if (IsAsciiDigit(c)) value = c - '0';
  if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
  return value < base ? value : -1;
}

char32_t FromNumber(uint32_t number) {
  if (number >= 128 && number < 160) return kWindows1252[number - 128];
  const bool surrogate = number >= 0xD800 && number < 0xE000;
  return number == 0 || number > 0x10FFFF || surrogate ? 0xFFFD : number;
}

// `name` is what stands between "&#" and ";".
bool NumericEntity(std::string_view name, char32_t* value) {
  int base = 10;
  if (!name.empty() && (name[0] == 'x' || name[0] == 'X')) {
    base = 16;
    name.remove_prefix(1);
  }
  if (name.empty() || name.size() > 8) return false;
  uint64_t number = 0;
  for (const char c : name) {
    const int digit = DigitValue(c, base);
    if (digit < 0) return false;
    number = number * base + digit;
  }
  *value = FromNumber(static_cast<uint32_t>(std::min<uint64_t>(number, 0x110000)));
  return true;
}

}  // namespace

uint32_t EntityLength(std::string_view text, size_t pos, char32_t* value) {
  if (text[pos] != '&') return 0;
  const std::string_view window = text.substr(pos + 1, kEntityBytesMax);
  const size_t end = window.find(';');
  if (end == std::string_view::npos) return 0;
  const std::string_view name = window.substr(0, end);
  if (name.starts_with('#')) {
    return NumericEntity(name.substr(1), value) ? static_cast<uint32_t>(end + 2) : 0;
  }
  for (const auto& [known, character] : kEntities) {
    if (known == name) {
      *value = character;
      return static_cast<uint32_t>(end + 2);
    }
  }
  return 0;
}

uint32_t TagLength(std::string_view text, size_t pos, bool* breaks) {
  *breaks = false;
  if (text[pos] != '<') return 0;
  const std::string_view window = text.substr(pos, kTagBytesMax);
  if (window.starts_with("<!--")) {
    const size_t end = window.find("-->");
    return end == std::string_view::npos ? 0 : static_cast<uint32_t>(end + 3);
  }
  const size_t name_begin = window.size() > 1 && window[1] == '/' ? 2 : 1;
  size_t name_end = name_begin;
  while (name_end < window.size() &&
         (IsAsciiAlpha(window[name_end]) || IsAsciiDigit(window[name_end]))) {
    ++name_end;
  }
  if (name_end == name_begin || !IsAsciiAlpha(window[name_begin])) return 0;
  if (name_end == window.size() ||
      std::string_view(" \t\r\n/>").find(window[name_end]) == std::string_view::npos) {
    return 0;
  }
  const size_t end = window.find_first_of("<>", name_end);
  if (end == std::string_view::npos || window[end] == '<') return 0;
  const std::string name = AsciiLower(window.substr(name_begin, name_end - name_begin));
  *breaks = std::find(std::begin(kBreakingTags), std::end(kBreakingTags), name) !=
            std::end(kBreakingTags);
  return static_cast<uint32_t>(end + 1);
}

}  // namespace entente::nlp
