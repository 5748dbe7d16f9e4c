// Who matters, and who belongs together: measures over the graph of actors in a window, on
// Boost.Graph.
//
//   RankRequest request;
//   request.filter.set_start_date("2023-01-01");
//   request.measure = Measure::kPageRank;
//   ENTENTE_ASSIGN_OR_RETURN(const std::vector<RankedActor> ranked, RankActors(view, request));
//
// The graph is projected by one ordered scan of the pairs' daily roll-ups (of the pairs' events, if
// the filter has a confidence) into compressed sparse rows: a node for each actor that has a pair,
// an arc for each direction in which a pair has events, weighted by their number. Events without
// direction, and those with both, count both ways.
//
// Thread safety: as the View. Memory: about 50 bytes an arc while a call runs.
#ifndef ENTENTE_GRAPH_ANALYTICS_H_
#define ENTENTE_GRAPH_ANALYTICS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/event_graph.pb.h"

namespace entente::graph {

class View;

enum class Measure {
  // Number of other actors. Integers.
  kDegree,
  // Share of a random walk from source to target, weighted by events, that jumps anywhere with
  // probability 0.15 (Page, Brin, Motwani, Winograd, "The PageRank Citation Ranking", 1999). Sums
  // to 1.
  kPageRank,
  // How near everyone is, without regard to direction: (r/(n-1)) * (r/sum of distances) for the r
  // others that can be reached (Wasserman & Faust, "Social Network Analysis", 1994, p. 200). 0
  // to 1.
  kCloseness,
  // Through how many shortest paths between others it is passed, without regard to direction and
  // not
  // normalised (Brandes, "A Faster Algorithm for Betweenness Centrality", 2001).
  kBetweenness,
};

struct RankRequest {
  v1::EventFilter filter;            // its actors and `directed` must not be set
  std::vector<v1::ActorKind> kinds;  // only actors of these kinds are in the graph. Default: all
  Measure measure = Measure::kDegree;
  int32_t limit = 25;  // 1 to 1000
};

struct RankedActor {
  v1::Actor actor;
  double score = 0;
};

// Highest first; ties by the order in which actors became known. INVALID_ARGUMENT;
// RESOURCE_EXHAUSTED: kCloseness and kBetweenness, which take nodes times arcs steps, on a graph of
// more than 4,000,000,000 steps; narrow the window or the kinds. DEADLINE_EXCEEDED, CANCELLED.
absl::StatusOr<std::vector<RankedActor>> RankActors(const View& view, const RankRequest& request);

// The connected parts of the graph, without regard to direction, largest first: the ids of their
// actors, in order of becoming known. Codes as RankActors.
absl::StatusOr<std::vector<std::vector<std::string>>> FindComponents(const View& view,
                                                                     const RankRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ANALYTICS_H_
