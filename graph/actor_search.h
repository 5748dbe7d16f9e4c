// Actors by id, name, alias, or the beginning of one, or of a later word of one ("un" finds "Kim
// Jong Un"), and by names with typing errors (fuzzy_names.h); case, diacritics and punctuation do
// not matter.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_ACTOR_SEARCH_H_
#define ENTENTE_GRAPH_ACTOR_SEARCH_H_

#include <cstdint>

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

// Exact names first, then beginnings, then what has typing errors, the nearest first; among equals
// by number of events. Of more than 10,000 actors whose names begin so, the first 10,000 in
// alphabetical order are ranked. For typing errors at most kFuzzyKeysMax keys of the name index are
// looked at, and only if the others do not fill the page: in a store with a great many names a name
// with errors in its first letters may not be found.
inline constexpr int64_t kFuzzyKeysMax = 200'000;
absl::StatusOr<v1::SearchActorsResponse> SearchActors(const View& view,
                                                      const v1::SearchActorsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ACTOR_SEARCH_H_
