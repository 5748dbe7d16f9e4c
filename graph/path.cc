#include "graph/path.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/hop.h"
#include "graph/timeline.h"

namespace entente::graph {
namespace {

// One end of the search: who was reached, and from whom.
struct Side {
  std::unordered_map<ActorNumber, ActorNumber> parent;  // the end itself has parent 0
  std::vector<ActorNumber> frontier;
  bool is_start = false;  // hops lead away from this end
};

class PathSearch {
 public:
  PathSearch(const View& view, EventQuery query, bool directed)
      : view_(view), query_(std::move(query)), directed_(directed) {}

  // The actors of a shortest chain, both ends included; empty if none has up to `hops_max` hops.
  absl::StatusOr<std::vector<ActorNumber>> Search(ActorNumber from, ActorNumber to, int hops_max) {
    Side start{{{from, 0}}, {from}, true};
    Side goal{{{to, 0}}, {to}, false};
    for (int hops = 0; hops < hops_max && !start.frontier.empty() && !goal.frontier.empty();
         ++hops) {
      const bool from_start = start.frontier.size() <= goal.frontier.size();
      Side& side = from_start ? start : goal;
      ENTENTE_ASSIGN_OR_RETURN(const ActorNumber meeting, Step(&side, from_start ? goal : start));
      if (meeting != 0) return Chain(start, goal, meeting);
    }
    return std::vector<ActorNumber>();
  }

 private:
  // Expands a whole frontier; the actor at which the two sides meet, or 0.
  absl::StatusOr<ActorNumber> Step(Side* side, const Side& other) {
    std::vector<ActorNumber> next;
    for (const ActorNumber actor : side->frontier) {
      ENTENTE_ASSIGN_OR_RETURN(const bool passable, Passable(*side, actor));
      if (!passable) continue;
      const auto it = view_.Scan(kNeighbor, Key().U64(actor).U64(1), Key().U64(actor + 1));
      for (it->SeekToFirst(); it->Valid(); it->Next()) {
        ENTENTE_RETURN_IF_ERROR(view_.Tick());
        Rollup total;
        ENTENTE_RETURN_IF_ERROR(DecodeRollup(kNeighbor, *it, &total));
        const ActorNumber reached = ReadU64(it->key(), 8);
        if (total.count() <= 0 || side->parent.contains(reached)) continue;
        ENTENTE_ASSIGN_OR_RETURN(const bool linked,
                                 side->is_start ? Linked(actor, reached) : Linked(reached, actor));
        if (!linked) continue;
        side->parent.emplace(reached, actor);
        if (other.parent.contains(reached)) {
          ENTENTE_ASSIGN_OR_RETURN(const bool meeting, Passable(other, reached));
          if (meeting) return reached;
        }
        next.push_back(reached);
      }
      ENTENTE_RETURN_IF_ERROR(it->status());
    }
    side->frontier = std::move(next);
    return ActorNumber{0};
  }

  // Whether a chain may lead through an actor, or begin or end with it.
  absl::StatusOr<bool> Passable(const Side& side, ActorNumber actor) const {
    if (side.parent.at(actor) == 0) return true;
    ENTENTE_ASSIGN_OR_RETURN(const v1::Actor record, view_.ReadActor(actor));
    return IsSomebody(record);
  }

  // True if an event that passes the filter leads from one to the other.
  absl::StatusOr<bool> Linked(ActorNumber from, ActorNumber to) const {
    if (!directed_ && query_.MatchesAll()) return true;
    TimelineCursor cursor(view_, HopQuery(query_, from, to, directed_), true, std::nullopt);
    return cursor.Next();
  }

  static std::vector<ActorNumber> Chain(const Side& start, const Side& goal, ActorNumber meeting) {
    std::vector<ActorNumber> chain;
    for (ActorNumber a = meeting; a != 0; a = start.parent.at(a)) chain.push_back(a);
    std::reverse(chain.begin(), chain.end());
    for (ActorNumber a = goal.parent.at(meeting); a != 0; a = goal.parent.at(a)) chain.push_back(a);
    return chain;
  }

  const View& view_;
  const EventQuery query_;
  const bool directed_;
};

}  // namespace

absl::StatusOr<v1::FindPathResponse> FindPath(const View& view,
                                              const v1::FindPathRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const int hops_max, MaxHops(request.max_hops()));
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery query, ParseFilter(view, request.filter(), false));
  ENTENTE_ASSIGN_OR_RETURN(const ChainEnds ends,
                           ResolveEnds(view, request.from_actor(), request.to_actor()));
  const bool directed = request.filter().directed();
  PathSearch search(view, query, directed);
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<ActorNumber> chain,
                           search.Search(ends.from, ends.to, hops_max));
  v1::FindPathResponse response;
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    const EventQuery hop = HopQuery(query, chain[i], chain[i + 1], directed);
    ENTENTE_ASSIGN_OR_RETURN(const auto newest, FirstEvent(view, hop, /*newest=*/true));
    if (!newest) return DataLoss("two actors are neighbors but share no event; run verify");
    ENTENTE_ASSIGN_OR_RETURN(const int64_t count, CountEvents(view, hop));
    ENTENTE_RETURN_IF_ERROR(
        FillHop(view, hop.actor, hop.other_actor, newest->event, count, response.add_hops()));
  }
  return response;
}

}  // namespace entente::graph
