// The shadow form of a word: what tagger, parser and lemmatiser look at instead of its bytes, so
// that typography makes no difference to them. The text itself is never changed.
//
//   NormalizedForm("don’t")   // "don't"
//   NormalizedForm("“")       // "\""
//
// Curly, low and angle quotes become straight; en dash "-", em dash and bar "--", other hyphens and
// the minus sign "-", the ellipsis "..."; HTML entities what they stand for; full-width ASCII and
// ligatures their plain letters; zero-width, bidi, variation and soft-hyphen characters are dropped
// (unless nothing would remain); bytes that are not UTF-8 become U+FFFD. Case and diacritics are
// kept. Thread safety: pure.
#ifndef ENTENTE_INGEST_NLP_NORMALIZE_H_
#define ENTENTE_INGEST_NLP_NORMALIZE_H_

#include <string>
#include <string_view>

namespace entente::nlp {

// Appends the shadow form of `form` to `*out`; never appends nothing for a form that is not empty.
// Allocates only if `*out` must grow.
void AppendNormalizedForm(std::string_view form, std::string* out);

std::string NormalizedForm(std::string_view form);

// True for characters that take no room and carry no letters: zero-width space and joiners, bidi
// marks and isolates, the byte-order mark, soft hyphen, variation selectors.
bool IsInvisible(char32_t c);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_NORMALIZE_H_
