// When two reports tell of the same event, and what the event is then.
//
// The rule is the field's one-a-day filter, made stricter (Schrodt & Van Brackle, "Automated Coding
// of Political Event Data", 2013): one event for each type and sub-type, actors in roles, date and
// date precision; and status of one kind, and no two different places. An event with fewer than two
// actors
// ("protesters marched") repeats another only if its details are the same too, byte for byte.
//
// An event that was imported with the id of its data set (Event.source_id) repeats only what has
// the same id there: data sets do their own merging. It has no EventKey, but a row in `source`.
//
// Kinds of status: OCCURRED, ONGOING, ALLEGED and DENIED speak of the same thing, and so does
// PLANNED where the text gives the date; every other status is a kind of its own (a threat is not
// the deed).
//
// Pure.
#ifndef ENTENTE_GRAPH_EVENT_MERGE_H_
#define ENTENTE_GRAPH_EVENT_MERGE_H_

#include <string>
#include <utility>
#include <vector>

#include "entente/v1/event.pb.h"
#include "graph/keys.h"

namespace entente::graph {

// What an EventKey is made of, beside the event itself.
struct EventKeyParts {
  WordNumber type = 0;
  WordNumber subtype = 0;                                 // 0: none
  std::vector<std::pair<WordNumber, ActorNumber>> roles;  // any order
};

// Equal for events that may be the same, up to their places:
//   type4 · first day4 · last day4 · precision1 · status kind1 · subtype4 · (role4 · actor8)*
//   · ff · detail; the pairs are sorted, and the detail is there only with fewer than two actors
// REQUIRES: the store filled event.date(); there is no source_id.
std::string EventKey(const v1::Event& event, const EventKeyParts& parts);

// False if both name a place, and not the same one.
bool PlacesAgree(const v1::Event& a, const v1::Event& b);

// Adds what `report` says to `event`: status history, place and detail where there were none, the
// earlier report time, the higher confidence, and that the date was said and not inferred. Mentions
// are not touched. The participants stay those of `event`.
void MergeReport(const v1::Event& report, v1::Event* event);

// Orders the history by time, leaves out what lies inside a run of equal reports (its first and
// last are kept), and sets the event's status to the latest.
void NormalizeHistory(v1::Event* event);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_EVENT_MERGE_H_
