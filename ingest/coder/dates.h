// Date expressions: "Friday", "last week", "on Sept. 13", "in July 2019", "three days ago", "since
// 2014", resolved against the day of publication.
//
//   for (const DateExpression& when : FindDates(document, sentence, published)) {
//     v1::EventDate date = when.Resolve(/*future=*/false);
//   }
//
// Thread safety: pure functions.
#ifndef ENTENTE_INGEST_CODER_DATES_H_
#define ENTENTE_INGEST_CODER_DATES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "entente/v1/event.pb.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// An expression over the tokens [first, last] of a sentence.
struct DateExpression {
  int32_t first = 0;
  int32_t last = 0;  // inclusive
  nlp::Span span;
  Date start;  // both ends are inclusive
  Date end;
  v1::DatePrecision precision = v1::DAY;
  // Days to add where the event is still to come: "on Friday" of a planned event is the next one.
  // 0 where the expression itself says which.
  int32_t future_shift_days = 0;

  // The date of an event, with the words of the expression.
  v1::EventDate Resolve(bool future, const nlp::Document& document) const;
};

// The date expressions of `sentence`, in order, not overlapping. Without `published`, only those
// that name a year. A month or a day without a year is the one nearest to publication, at most four
// months ahead of it. Linear in the tokens.
std::vector<DateExpression> FindDates(const nlp::Document& document, const nlp::Sentence& sentence,
                                      std::optional<Date> published);

// The date of an event of which nothing is said: the day of publication, marked as inferred; empty
// without one.
v1::EventDate InferredDate(std::optional<Date> published);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_DATES_H_
