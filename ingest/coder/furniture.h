// Site furniture: the lines of a copied news page that are not the article. Section lists
// ("HomeWorldAsia…"), share buttons, cookie notices, "Read more", bylines, captions, the day's
// date, headlines of other articles under "Most Popular", and clipped or repeated headlines.
//
//   for (const coder::TextLine& line : coder::ClassifyLines(article.text(), article.title())) {
//     if (!coder::IsArticle(line.kind)) skip(line.span);
//   }
//
// Lines are judged by their form and place alone; when in doubt a line is body. Datelines inside a
// paragraph ("SEOUL, Sept. 22 (Yonhap) —") are the language core's business (nlp::BlockKind).
// Nothing is ever changed in the text. Pure; safe to call from any thread.
#ifndef ENTENTE_INGEST_CODER_FURNITURE_H_
#define ENTENTE_INGEST_CODER_FURNITURE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

enum class LineKind : uint8_t {
  kBlank,      // white space only
  kBody,       // the article's prose, sub-headings and lists included
  kTitle,      // the headline, where the text itself has it
  kFurniture,  // of the site, or a clipped or repeated headline
  kDate,       // nothing but a date, with "Published", a time and the like
  kCaption,    // of a photograph, or its credit
};

// Whether a line of this kind belongs to the article: body and title.
inline bool IsArticle(LineKind kind) { return kind == LineKind::kBody || kind == LineKind::kTitle; }

struct TextLine {
  nlp::Span span;  // bytes of the text, without the line break
  LineKind kind = LineKind::kBody;
};

// Every line of `text` in order. `title` is the headline where it is known apart from the text, or
// empty; a line that repeats it is furniture. Time is linear in the text.
std::vector<TextLine> ClassifyLines(std::string_view text, std::string_view title);

// The day that a line names if the line is nothing but a date with its label, weekday and time:
// "Wednesday, April 17, 2024", "Published: 22 Sept. 2023, 10:15 GMT", "2023-09-22". The year must
// be there. Dates in figures whose order is open ("03/04/2023") are not read.
std::optional<Date> DateOfLine(std::string_view line);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_FURNITURE_H_
