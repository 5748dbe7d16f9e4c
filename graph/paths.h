// Several chains of events from one actor to another, best first.
//
// FEWEST_HOPS and STRONGEST_TIES: best-first search over chains (Hart, Nilsson and Raphael, "A
// Formal Basis for the Heuristic Determination of Minimum Cost Paths", 1968) in the projected
// graph. What is left of a chain is estimated by the exact least cost to the goal with the hops
// that are left, from one backward pass for each hop (Bellman, "On a Routing Problem", 1958), so
// that the first k chains that reach the goal are the k best without an actor twice.
//
// EARLIEST_ARRIVAL: hop by hop, the earliest day on which each actor can be reached by events of
// which none is before the one it follows (Wu, Cheng, Huang, Ke, Lu and Xu, "Path Problems in
// Temporal Graphs", 2014), over the indexes; then each event but the last is put as late as the
// next one allows, so that the chain is as short in time as its actors permit.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_PATHS_H_
#define ENTENTE_GRAPH_PATHS_H_

#include "base/status.h"
#include "entente/v1/event_graph.pb.h"

namespace entente::graph {

class View;

// INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED (2,000,000 steps), DEADLINE_EXCEEDED, CANCELLED.
absl::StatusOr<v1::FindPathsResponse> FindPaths(const View& view,
                                                const v1::FindPathsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_PATHS_H_
