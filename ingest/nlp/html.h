// What is left of HTML in text that was taken from pages: character entities and tags. A reader of
// whole pages has removed them; feeds and old corpora often have not.
//
//   char32_t value;
//   EntityLength("&rsquo;s", 0, &value);    // 7, and value is U+2019
//   bool breaks;
//   TagLength("</p>Next", 0, &breaks);      // 4, and breaks is true
//
// Thread safety: pure functions, constant time but for TagLength (at most 1,000 bytes).
#ifndef ENTENTE_INGEST_NLP_HTML_H_
#define ENTENTE_INGEST_NLP_HTML_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace entente::nlp {

// Bytes of the entity that begins at `pos` ("&amp;", "&#8217;", "&#x2019;") and its character; 0 if
// none does. Numbers 128 to 159 mean Windows-1252, as browsers take them; numbers that are no
// character give U+FFFD. REQUIRES: pos < text.size().
uint32_t EntityLength(std::string_view text, size_t pos, char32_t* value);

// Bytes of the tag or comment that begins at `pos` ("<br/>", "</p>", "<!-- -->"); 0 if none does.
// `*breaks` tells whether it ends a line of text (p, br, div, li, headings, table rows, …).
// REQUIRES: pos < text.size().
uint32_t TagLength(std::string_view text, size_t pos, bool* breaks);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_HTML_H_
