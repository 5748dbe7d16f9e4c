// Actors by id, name, alias, or the beginning of one, or of a later word of one ("un" finds "Kim
// Jong Un"); case, diacritics and punctuation do not matter.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_ACTOR_SEARCH_H_
#define ENTENTE_GRAPH_ACTOR_SEARCH_H_

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

// Exact names first, then by number of events. Of more than 10,000 actors whose names begin so, the
// first 10,000 in alphabetical order are ranked.
absl::StatusOr<v1::SearchActorsResponse> SearchActors(const View& view,
                                                      const v1::SearchActorsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ACTOR_SEARCH_H_
