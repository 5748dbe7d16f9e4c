// What somebody else's coder (an LLM, a transformer) makes of an article, checked and completed so
// that it can stand beside our own: nothing that it says is trusted.
//
//   ENTENTE_RETURN_IF_ERROR(CompleteForeignCoding(article, ontology, "llm/1", &coded));
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_CODER_FOREIGN_CODING_H_
#define ENTENTE_INGEST_CODER_FOREIGN_CODING_H_

#include <string_view>

#include "absl/status/status.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"
#include "ingest/knowledge/ontology.h"

namespace entente::coder {

// Limits of what is taken from a foreign coder.
inline constexpr int kForeignEventsMax = 2000;        // of one article
inline constexpr int kForeignParticipantsMax = 200;   // of one event, and of one mention
inline constexpr int kForeignMentionsMax = 200;       // of one event
inline constexpr int kForeignActorsMax = 10000;       // of one article
inline constexpr int kForeignNameBytesMax = 512;      // of an id, name or code
inline constexpr int kForeignReasonBytesMax = 10000;  // of an explanation, without its parse

// Checks `coded` and fills in what follows from the rest.
//
// Required: every event has a type of the ontology (a sub-type of it, or none), participants with
// roles of that type that fill the required ones, and a mention whose sentence, trigger and
// participants lie in the article's text or title and cut no character in two; each participant of
// a mention is one of the event's; confidences are 0 to 1; dates are dates.
//
// Filled in where it is empty: the article's id, sides of roles, codes of CAMEO and PLOVER,
// intensity and quad class, status (OCCURRED), date (that of publication, inferred), the words of
// spans, a mention's status, date and confidence (its event's), the status history, report times,
// `coder` (else `name`), and actors that the event names but the article does not list (as
// discovered). Ids of events are removed: the store gives them.
//
// Errors: INVALID_ARGUMENT, "events[2].mentions[0].trigger: what is wrong"; `coded` is in an
// undefined state then. Linear.
absl::Status CompleteForeignCoding(const v1::Article& article, const knowledge::Ontology& ontology,
                                   std::string_view name, v1::CodedArticle* coded);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_FOREIGN_CODING_H_
