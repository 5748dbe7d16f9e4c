// A page of a timeline as the indexes have it: what can be filtered by, of every event, without its
// record. For those who count, plot or look for something, and read whole events of few.
//
//   ENTENTE_ASSIGN_OR_RETURN(const TimelinePage page, store->ListTimeline(request));
//   for (const TimelineEntry& entry : page.entries) Plot(entry.day, entry.goldstein);
//
// Plain data.
#ifndef ENTENTE_GRAPH_TIMELINE_PAGE_H_
#define ENTENTE_GRAPH_TIMELINE_PAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "entente/v1/event.pb.h"

namespace entente::graph {

struct TimelineEntry {
  uint64_t event = 0;     // its id, as a number
  Date day;               // at which it stands: the first of its date, else that of its report
  std::string_view type;  // EventType.id; valid as long as the store is open
  v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
  v1::QuadClass quad_class = v1::QUAD_CLASS_UNSPECIFIED;
  double goldstein = 0;   // -10 to 10, to the thousandth
  double confidence = 0;  // 0 to 1, to the ten-thousandth
  // Of an actor's timeline: it is a source, and a target, of the event. Of a pair's: the event
  // leads from the actor that came into the store first to the other one, and back. Else false.
  bool forward = false;
  bool backward = false;
};

struct TimelinePage {
  std::vector<TimelineEntry> entries;
  std::string next_page_token;  // empty: there is no more
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_TIMELINE_PAGE_H_
