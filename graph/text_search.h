// Events by the words of their text (event_text.h), newest first by report time. Posting lists are
// joined by leaps: each list is moved to the first event that the others allow, by seeking where it
// is far, so that a rare word makes a common one cheap. Event bodies are read for the page alone;
// what a filter asks is in the text family and in the indexes of actors and pairs.
//
//   ENTENTE_ASSIGN_OR_RETURN(const v1::SearchEventsResponse page, SearchEvents(view, request));
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_TEXT_SEARCH_H_
#define ENTENTE_GRAPH_TEXT_SEARCH_H_

#include <cstddef>

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

// Terms that one beginning may stand for.
inline constexpr size_t kTextExpansionMax = 256;

// Codes: see v1.EventGraph.SearchEvents. Costs the postings looked at, which count against the
// view's limit of scanned keys.
absl::StatusOr<v1::SearchEventsResponse> SearchEvents(const View& view,
                                                      const v1::SearchEventsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_TEXT_SEARCH_H_
