// The graph of actors in a window: who deals with whom, projected for measures and searches that
// need all of it.
//
//   ENTENTE_ASSIGN_OR_RETURN(const ActorGraph graph, ProjectGraph(view, selection));
//   const CsrGraph undirected = graph.Undirected();
//   for (const auto arc : boost::make_iterator_range(out_edges(node, undirected))) …
//
// One ordered scan of the pairs' daily roll-ups (of the pairs' events, if the filter has a
// confidence) gives the pairs; compressed sparse rows are made of them as they are needed.
//
// Private to graph: includes Boost. Plain data; memory: 48 bytes a pair, and 24 an arc of a
// CsrGraph.
#ifndef ENTENTE_GRAPH_ACTOR_GRAPH_H_
#define ENTENTE_GRAPH_ACTOR_GRAPH_H_

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

struct Arc {
  double weight = 0;  // events
};
using CsrGraph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Arc>;
using Node = boost::graph_traits<CsrGraph>::vertex_descriptor;

// Two actors and how many events join them. Events without direction, and those with both, count
// both ways.
struct GraphPair {
  Node low = 0;  // low < high
  Node high = 0;
  int64_t event_count = 0;
  int64_t forward_count = 0;  // low is a source, or there is no direction
  int64_t backward_count = 0;
  Date newest;
};

struct ActorGraph {
  std::vector<ActorNumber> actors;  // by node, increasing
  std::vector<GraphPair> pairs;     // by low, then high

  // The node of an actor; actors.size() if it has none.
  Node NodeOf(ActorNumber actor) const;

  // Both arcs of each pair, weighted by event_count.
  CsrGraph Undirected() const;
  // Arcs from source to target, weighted by the events of that direction.
  CsrGraph Directed() const;
  // The same, turned round.
  CsrGraph Reversed() const;
};

// INVALID_ARGUMENT (a bad filter, one with actors, a negative max_neighbors), DEADLINE_EXCEEDED,
// CANCELLED, DATA_LOSS. `filter.directed` is left to the caller.
absl::StatusOr<ActorGraph> ProjectGraph(const View& view, const v1::GraphSelection& selection);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ACTOR_GRAPH_H_
