// Who matters: measures over the graph of actors in a window, on Boost.Graph.
//
//   v1::RankActorsRequest request;
//   request.mutable_graph()->mutable_filter()->set_start_date("2023-01-01");
//   request.set_measure(v1::PAGE_RANK);
//   ENTENTE_ASSIGN_OR_RETURN(const v1::RankActorsResponse ranked, RankActors(view, request));
//
// Sources. PageRank: Page, Brin, Motwani and Winograd, "The PageRank Citation Ranking" (1999), by
// Gauss-Seidel iteration over the arcs into each node until the sum of changes is under 1e-10.
// Closeness: Wasserman and Faust, "Social Network Analysis" (1994), p. 200: (r/(n-1)) * (r/sum of
// distances) for the r others that can be reached. Betweenness, not normalised: Brandes, "A Faster
// Algorithm for Betweenness Centrality" (2001). The last two do not regard direction or weight.
//
// Thread safety: as the View. Memory: about 100 bytes a pair while a call runs.
#ifndef ENTENTE_GRAPH_ANALYTICS_H_
#define ENTENTE_GRAPH_ANALYTICS_H_

#include "base/status.h"
#include "entente/v1/event_graph.pb.h"

namespace entente::graph {

class View;

// Highest first; ties by the order in which actors became known. INVALID_ARGUMENT;
// RESOURCE_EXHAUSTED: CLOSENESS and BETWEENNESS, which take nodes times arcs steps, on a graph of
// more than 4,000,000,000 steps; narrow the window or the kinds. DEADLINE_EXCEEDED, CANCELLED.
absl::StatusOr<v1::RankActorsResponse> RankActors(const View& view,
                                                  const v1::RankActorsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ANALYTICS_H_
