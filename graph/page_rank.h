// PageRank of a graph of actors.
//
// Pure. Private to graph and bench: includes Boost.
#ifndef ENTENTE_GRAPH_PAGE_RANK_H_
#define ENTENTE_GRAPH_PAGE_RANK_H_

#include <vector>

#include "base/status.h"
#include "graph/actor_graph.h"
#include "graph/stop.h"

namespace entente::graph {

// By node; sums to 1. The share of a random walk from source to target, weighted by events, that
// jumps anywhere with probability 0.15, and from a node without a way on always (Page, Brin,
// Motwani and Winograd, "The PageRank Citation Ranking", 1999). Gauss-Seidel iteration until the
// sum of changes is under 1e-10: about 60 rounds over all arcs. REQUIRES: there are actors.
// DEADLINE_EXCEEDED, CANCELLED.
absl::StatusOr<std::vector<double>> PageRank(const ActorGraph& graph, const Stop& stop);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_PAGE_RANK_H_
