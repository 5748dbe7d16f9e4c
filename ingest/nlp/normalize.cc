#include "ingest/nlp/normalize.h"

#include "base/utf8.h"
#include "ingest/nlp/html.h"

namespace entente::nlp {
namespace {

// The plain spelling of `c`, or nullptr if it has no other than itself.
const char* PlainSpelling(char32_t c) {
  switch (c) {
    case U'“':
    case U'”':
    case U'„':
    case U'‟':
    case U'«':
    case U'»':
    case U'″':
    case U'＂':
      return "\"";
    case U'‘':
    case U'’':
    case U'‚':
    case U'‛':
    case U'‹':
    case U'›':
    case U'′':
    case U'ʼ':
    case U'＇':
      return "'";
    case U'‐':
    case U'‑':
    case U'‒':
    case U'–':
    case U'−':
    case U'﹣':
    case U'－':
      return "-";
    case U'—':
    case U'―':
    case U'⸺':
      return "--";
    case U'…':
      return "...";
    case U'•':
    case U'‣':
    case U'▪':
    case U'●':
    case U'◦':
    case U'·':
      return "*";
    case U'ﬁ':
      return "fi";
    case U'ﬂ':
      return "fl";
    case U'ﬀ':
      return "ff";
    case U'ﬃ':
      return "ffi";
    case U'ﬄ':
      return "ffl";
    default:
      return nullptr;
  }
}

}  // namespace

bool IsInvisible(char32_t c) {
  return c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

void AppendNormalizedForm(std::string_view form, std::string* out) {
  const size_t start = out->size();
  for (size_t i = 0; i < form.size();) {
    const unsigned char byte = static_cast<unsigned char>(form[i]);
    if (byte < 0x80 && byte != '&') {
      out->push_back(form[i++]);
      continue;
    }
    CodePoint c = DecodeUtf8(form, i);
    if (const uint32_t length = EntityLength(form, i, &c.value); length > 0) c.length = length;
    i += c.length;
    if (IsInvisible(c.value)) continue;
    if (const char* plain = PlainSpelling(c.value); plain != nullptr) {
      out->append(plain);
    } else if (c.value > 0xFF00 && c.value < 0xFF5F) {
      out->push_back(static_cast<char>(c.value - 0xFF00 + 0x20));  // full-width ASCII
    } else {
      AppendUtf8(c.value, out);
    }
  }
  if (out->size() == start && !form.empty()) AppendUtf8(0xFFFD, out);
}

std::string NormalizedForm(std::string_view form) {
  std::string out;
  AppendNormalizedForm(form, &out);
  return out;
}

}  // namespace entente::nlp
