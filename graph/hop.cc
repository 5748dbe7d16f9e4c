#include "graph/hop.h"

#include <string>
#include <utility>
#include <vector>

namespace entente::graph {

absl::StatusOr<int> MaxHops(int32_t requested) {
  if (requested < 0 || requested > kHopsMax) {
    return InvalidArgument(Cat("max_hops is ", requested, "; it must be from 1 to ", kHopsMax));
  }
  return requested == 0 ? kHopsDefault : requested;
}

absl::StatusOr<ChainEnds> ResolveEnds(const View& view, std::string_view from_actor,
                                      std::string_view to_actor) {
  ChainEnds ends;
  ENTENTE_ASSIGN_OR_RETURN(ends.from, view.ResolveActor(from_actor, "from_actor"));
  ENTENTE_ASSIGN_OR_RETURN(ends.to, view.ResolveActor(to_actor, "to_actor"));
  if (ends.from != ends.to) return ends;
  return InvalidArgument(Cat("from_actor and to_actor are both '", from_actor, "'; give two"));
}

EventQuery HopQuery(EventQuery base, ActorNumber from, ActorNumber to, bool directed) {
  base.actor = from;
  base.other_actor = to;
  if (directed) base.required_direction = from < to ? kForward : kBackward;
  return base;
}

absl::StatusOr<std::optional<FoundEvent>> FirstEvent(const View& view, const EventQuery& query,
                                                     bool newest) {
  TimelineCursor cursor(view, query, newest, std::nullopt);
  ENTENTE_ASSIGN_OR_RETURN(const bool found, cursor.Next());
  if (!found) return std::optional<FoundEvent>();
  return std::optional(FoundEvent{cursor.event(), cursor.time_micros()});
}

absl::StatusOr<int64_t> CountEvents(const View& view, const EventQuery& query) {
  if (query.MatchesAll()) {
    const std::string key = Key().U64(query.actor).U64(query.other_actor).str();
    ENTENTE_ASSIGN_OR_RETURN(const std::optional<std::string> value, view.Get(kNeighbor, key));
    Rollup total;
    if (!value || !total.Decode(*value)) return DamagedRecord(kNeighbor, key);
    return total.count();
  }
  TimelineCursor cursor(view, query, /*newest_first=*/false, std::nullopt);
  int64_t count = 0;
  while (true) {
    ENTENTE_ASSIGN_OR_RETURN(const bool more, cursor.Next());
    if (!more) return count;
    ++count;
  }
}

absl::Status FillHop(const View& view, ActorNumber from, ActorNumber to, EventNumber event,
                     int64_t event_count, v1::PathHop* hop) {
  const ActorNumber ends[] = {from, to};
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, view.ReadActors(ends));
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Event> events, view.ReadEvents({&event, 1}, false));
  *hop->mutable_from_actor() = std::move(actors[0]);
  *hop->mutable_to_actor() = std::move(actors[1]);
  *hop->mutable_event() = std::move(events[0]);
  hop->set_event_count(event_count);
  return absl::OkStatus();
}

}  // namespace entente::graph
