// One step of a chain of events: the query for what links two actors, and the answer's hop.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_HOP_H_
#define ENTENTE_GRAPH_HOP_H_

#include <cstdint>
#include <optional>

#include "entente/v1/event_graph.pb.h"
#include "graph/timeline.h"
#include "graph/view.h"

namespace entente::graph {

// The longest chain that may be asked for, and the one that is looked for unless said otherwise.
inline constexpr int32_t kHopsMax = 8;
inline constexpr int32_t kHopsDefault = 4;

// The value of a max_hops field. INVALID_ARGUMENT unless 0 (the default) or 1 to kHopsMax.
absl::StatusOr<int> MaxHops(int32_t requested);

// The two ends of a chain. INVALID_ARGUMENT (the same actor twice, an ambiguous name), NOT_FOUND.
struct ChainEnds {
  ActorNumber from = 0;
  ActorNumber to = 0;
};
absl::StatusOr<ChainEnds> ResolveEnds(const View& view, std::string_view from_actor,
                                      std::string_view to_actor);

// `base` restricted to events that link the two; `directed`: with `from` as source.
EventQuery HopQuery(EventQuery base, ActorNumber from, ActorNumber to, bool directed);

// The first or the last event of a query, and its time; none if nothing passes.
struct FoundEvent {
  EventNumber event = 0;
  int64_t time_micros = 0;
};
absl::StatusOr<std::optional<FoundEvent>> FirstEvent(const View& view, const EventQuery& query,
                                                     bool newest);

// How many events pass; from the neighbor row if all do, else by counting rows.
absl::StatusOr<int64_t> CountEvents(const View& view, const EventQuery& query);

// Fills a hop between two actors with their records, an event, and how many there are.
absl::Status FillHop(const View& view, ActorNumber from, ActorNumber to, EventNumber event,
                     int64_t event_count, v1::PathHop* hop);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_HOP_H_
