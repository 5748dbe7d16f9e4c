#include "graph/paths.h"

#include <algorithm>
#include <boost/range/iterator_range.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/actor_graph.h"
#include "graph/hop.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr int32_t kPathsMax = 100;
constexpr int32_t kPathsDefault = 3;
constexpr int64_t kStepsMax = 2'000'000;
constexpr int64_t kStopEvery = 4096;  // steps between looks at the deadline
constexpr double kUnreachable = std::numeric_limits<double>::infinity();
// Added for each hop where hops count first; more than what ties can add up to.
constexpr double kHopCost = 2.0 * kHopsMax;

absl::Status TooManySteps() {
  return ResourceExhausted(Cat("the search took more than ", kStepsMax,
                               " steps; narrow the window, max_hops or max_neighbors"));
}

// --- the k best chains -------------------------------------------------------------------------

using Chain = std::vector<Node>;

class BestFirst {
 public:
  BestFirst(CsrGraph forward, CsrGraph backward, v1::PathOrder order, int hops_max,
            const Stop& stop)
      : forward_(std::move(forward)),
        backward_(std::move(backward)),
        order_(order),
        hops_max_(hops_max),
        stop_(stop) {}

  absl::StatusOr<std::vector<Chain>> Search(Node from, Node to, size_t count) {
    ENTENTE_RETURN_IF_ERROR(MeasureRest(to));
    std::vector<Chain> chains;
    Push({from, kNoParent, 0, 0});
    while (!open_.empty() && chains.size() < count) {
      const size_t at = open_.top().step;
      open_.pop();
      const Step step = steps_[at];
      if (step.node == to) {
        chains.push_back(ChainOf(at));
        continue;
      }
      ENTENTE_RETURN_IF_ERROR(Expand(at, step));
    }
    return chains;
  }

 private:
  static constexpr size_t kNoParent = SIZE_MAX;

  // The last actor of a partial chain; the rest is behind `parent`.
  struct Step {
    Node node = 0;
    size_t parent = kNoParent;
    int hops = 0;
    double cost = 0;
  };
  struct Open {
    double estimate = 0;
    size_t step = 0;
    bool operator<(const Open& other) const {  // the queue gives the greatest first
      return estimate != other.estimate ? estimate > other.estimate : step > other.step;
    }
  };

  double Cost(double events) const {
    return (order_ == v1::STRONGEST_TIES ? 0 : kHopCost) + 1 / events;
  }

  // rest_[h][node]: the least cost from node to the goal in at most h hops.
  absl::Status MeasureRest(Node to) {
    const size_t n = num_vertices(backward_);
    rest_.assign(1, std::vector<double>(n, kUnreachable));
    rest_[0][to] = 0;
    std::vector<Node> improved = {to};
    for (int hops = 1; hops <= hops_max_; ++hops) {
      rest_.push_back(rest_.back());
      std::vector<Node> next;
      for (const Node node : improved) {
        ENTENTE_RETURN_IF_ERROR(stop_.Check());
        for (const auto arc : boost::make_iterator_range(out_edges(node, backward_))) {
          const Node before = target(arc, backward_);
          const double cost = rest_[hops - 1][node] + Cost(backward_[arc].weight);
          if (cost >= rest_[hops][before]) continue;
          rest_[hops][before] = cost;
          next.push_back(before);
        }
      }
      std::sort(next.begin(), next.end());
      next.erase(std::unique(next.begin(), next.end()), next.end());
      improved = std::move(next);
    }
    return absl::OkStatus();
  }

  absl::Status Expand(size_t at, const Step& step) {
    if (step.hops == hops_max_) return absl::OkStatus();
    for (const auto arc : boost::make_iterator_range(out_edges(step.node, forward_))) {
      const Node next = target(arc, forward_);
      if (++looked_at_ % kStopEvery == 0) ENTENTE_RETURN_IF_ERROR(stop_.Check());
      if (rest_[hops_max_ - step.hops - 1][next] == kUnreachable || OnChain(at, next)) continue;
      if (steps_.size() >= kStepsMax) return TooManySteps();
      Push({next, at, step.hops + 1, step.cost + Cost(forward_[arc].weight)});
    }
    return absl::OkStatus();
  }

  void Push(const Step& step) {
    open_.push({step.cost + rest_[hops_max_ - step.hops][step.node], steps_.size()});
    steps_.push_back(step);
  }

  bool OnChain(size_t at, Node node) const {
    for (; at != kNoParent; at = steps_[at].parent) {
      if (steps_[at].node == node) return true;
    }
    return false;
  }

  Chain ChainOf(size_t at) const {
    Chain chain;
    for (; at != kNoParent; at = steps_[at].parent) chain.push_back(steps_[at].node);
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  const CsrGraph forward_;
  const CsrGraph backward_;
  const v1::PathOrder order_;
  const int hops_max_;
  const Stop& stop_;
  std::vector<std::vector<double>> rest_;
  std::vector<Step> steps_;
  std::priority_queue<Open> open_;
  int64_t looked_at_ = 0;
};

// The number of events behind the arc between two nodes.
int64_t EventsOf(const ActorGraph& graph, Node from, Node to, bool directed) {
  const std::pair<Node, Node> ends = std::minmax(from, to);
  const auto it = std::lower_bound(graph.pairs.begin(), graph.pairs.end(), ends,
                                   [](const GraphPair& pair, const auto& wanted) {
                                     return std::pair(pair.low, pair.high) < wanted;
                                   });
  if (!directed) return it->event_count;
  return from < to ? it->forward_count : it->backward_count;
}

absl::Status FillPath(const View& view, const ActorGraph& graph, const EventQuery& query,
                      const Chain& chain, const v1::FindPathsRequest& request,
                      v1::ActorPath* path) {
  const bool directed = request.graph().filter().directed();
  double ties = 0;
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    const int64_t count = EventsOf(graph, chain[i], chain[i + 1], directed);
    ties += 1 / static_cast<double>(count);
    const EventQuery hop =
        HopQuery(query, graph.actors[chain[i]], graph.actors[chain[i + 1]], directed);
    ENTENTE_ASSIGN_OR_RETURN(const auto newest, FirstEvent(view, hop, /*newest=*/true));
    if (!newest) return DataLoss("two actors have a roll-up but share no event; run verify");
    ENTENTE_RETURN_IF_ERROR(
        FillHop(view, hop.actor, hop.other_actor, newest->event, count, path->add_hops()));
  }
  path->set_cost(request.order() == v1::STRONGEST_TIES ? ties
                                                       : static_cast<double>(chain.size() - 1));
  return absl::OkStatus();
}

absl::StatusOr<v1::FindPathsResponse> FindBest(const View& view, const EventQuery& query,
                                               const ChainEnds& ends, int hops_max,
                                               const v1::FindPathsRequest& request) {
  v1::FindPathsResponse response;
  ENTENTE_ASSIGN_OR_RETURN(const ActorGraph graph, ProjectGraph(view, request.graph()));
  const Node from = graph.NodeOf(ends.from), to = graph.NodeOf(ends.to);
  if (from == graph.actors.size() || to == graph.actors.size()) return response;
  const bool directed = request.graph().filter().directed();
  BestFirst search(directed ? graph.Directed() : graph.Undirected(),
                   directed ? graph.Reversed() : graph.Undirected(), request.order(), hops_max,
                   view.stop());
  const int32_t count = request.path_count() == 0 ? kPathsDefault : request.path_count();
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<Chain> chains,
                           search.Search(from, to, static_cast<size_t>(count)));
  for (const Chain& chain : chains) {
    ENTENTE_RETURN_IF_ERROR(FillPath(view, graph, query, chain, request, response.add_paths()));
  }
  return response;
}

// --- the chain that arrives first --------------------------------------------------------------

// How an actor is reached first with a number of hops.
struct Arrival {
  int64_t time_micros = 0;
  ActorNumber parent = 0;
};
using Arrivals = std::unordered_map<ActorNumber, Arrival>;

class TimeSearch {
 public:
  TimeSearch(const View& view, EventQuery query, const v1::GraphSelection& graph)
      : view_(view), query_(std::move(query)), graph_(graph) {}

  // The actors of the chain, both ends included; empty if there is none.
  absl::StatusOr<std::vector<ActorNumber>> Search(const ChainEnds& ends, int hops_max) {
    best_[ends.from] = std::numeric_limits<int64_t>::min();
    layers_.push_back({{ends.from, {best_[ends.from], 0}}});
    size_t arrived = 0;  // the hops with which the goal is reached first
    for (int hops = 1; hops <= hops_max && !layers_.back().empty(); ++hops) {
      ENTENTE_ASSIGN_OR_RETURN(Arrivals layer, Step(layers_.back(), ends.to));
      layers_.push_back(std::move(layer));
      if (layers_.back().contains(ends.to)) arrived = layers_.size() - 1;
    }
    std::vector<ActorNumber> chain;
    if (arrived == 0) return chain;
    chain.push_back(ends.to);
    for (size_t hop = arrived; hop > 0; --hop) {
      chain.push_back(layers_[hop].at(chain.back()).parent);
    }
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

 private:
  // Whom the actors of one layer reach earlier than they were reached so far.
  absl::StatusOr<Arrivals> Step(const Arrivals& layer, ActorNumber goal) {
    Arrivals next;
    std::vector<ActorNumber> actors;
    for (const auto& [actor, arrival] : layer) actors.push_back(actor);
    std::sort(actors.begin(), actors.end());  // the same answer for the same store
    for (const ActorNumber actor : actors) {
      const int64_t since = layer.at(actor).time_micros;
      ENTENTE_ASSIGN_OR_RETURN(const std::vector<ActorNumber> neighbors, Neighbors(actor));
      for (const ActorNumber reached : neighbors) {
        const auto known = best_.find(reached);
        if (known != best_.end() && known->second <= since) continue;
        ENTENTE_ASSIGN_OR_RETURN(const std::optional<FoundEvent> first,
                                 Earliest(actor, reached, since));
        if (!first || (known != best_.end() && known->second <= first->time_micros)) continue;
        // Later than the goal was reached already: of no use.
        const auto at_goal = best_.find(goal);
        if (at_goal != best_.end() && at_goal->second <= first->time_micros) continue;
        best_[reached] = first->time_micros;
        next[reached] = {first->time_micros, actor};
      }
    }
    return next;
  }

  absl::StatusOr<std::optional<FoundEvent>> Earliest(ActorNumber from, ActorNumber to,
                                                     int64_t since) const {
    EventQuery hop = HopQuery(query_, from, to, graph_.filter().directed());
    if (since != std::numeric_limits<int64_t>::min()) hop.window.first = Date::FromMicros(since);
    return FirstEvent(view_, hop, /*newest=*/false);
  }

  // Actors that share an event with one, those with the most first, cut and chosen as the selection
  // says.
  absl::StatusOr<std::vector<ActorNumber>> Neighbors(ActorNumber actor) const {
    std::vector<std::pair<int64_t, ActorNumber>> counted;
    const auto it = view_.Scan(kNeighbor, Key().U64(actor).U64(1), Key().U64(actor + 1));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      ENTENTE_RETURN_IF_ERROR(view_.Tick());
      Rollup total;
      ENTENTE_RETURN_IF_ERROR(DecodeRollup(kNeighbor, *it, &total));
      if (total.count() > 0) counted.emplace_back(-total.count(), ReadU64(it->key(), 8));
    }
    ENTENTE_RETURN_IF_ERROR(it->status());
    std::sort(counted.begin(), counted.end());
    const auto limit = static_cast<size_t>(graph_.max_neighbors());
    if (limit != 0 && counted.size() > limit) counted.resize(limit);
    std::vector<ActorNumber> neighbors;
    for (const auto& [count, neighbor] : counted) neighbors.push_back(neighbor);
    ENTENTE_ASSIGN_OR_RETURN(const std::vector<v1::Actor> records, view_.ReadActors(neighbors));
    const auto& kinds = graph_.kinds();
    size_t next = 0;
    std::erase_if(neighbors, [&](ActorNumber) {
      const v1::Actor& record = records[next++];
      if (kinds.empty()) return !IsSomebody(record);
      return std::find(kinds.begin(), kinds.end(), record.kind()) == kinds.end();
    });
    return neighbors;
  }

  const View& view_;
  const EventQuery query_;
  const v1::GraphSelection& graph_;
  std::unordered_map<ActorNumber, int64_t> best_;  // earliest arrival so far
  std::vector<Arrivals> layers_;                   // by hops: who was reached earlier with so many
};

// The events of a chain: the last as early as it can be, those before it as late as they can.
absl::StatusOr<std::vector<FoundEvent>> TimedEvents(const View& view, const EventQuery& query,
                                                    const std::vector<ActorNumber>& chain,
                                                    bool directed) {
  const absl::Status lost = DataLoss("a chain that was found has no events; run verify");
  std::vector<FoundEvent> events;
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    EventQuery hop = HopQuery(query, chain[i], chain[i + 1], directed);
    if (i > 0) hop.window.first = Date::FromMicros(events.back().time_micros);
    ENTENTE_ASSIGN_OR_RETURN(const auto first, FirstEvent(view, hop, /*newest=*/false));
    if (!first) return lost;
    events.push_back(*first);
  }
  for (size_t i = events.size() - 1; i-- > 0;) {
    EventQuery hop = HopQuery(query, chain[i], chain[i + 1], directed);
    hop.window.last = Date::FromMicros(events[i + 1].time_micros);
    ENTENTE_ASSIGN_OR_RETURN(const auto latest, FirstEvent(view, hop, /*newest=*/true));
    if (!latest) return lost;
    events[i] = *latest;
  }
  return events;
}

absl::StatusOr<v1::FindPathsResponse> FindEarliest(const View& view, const EventQuery& query,
                                                   const ChainEnds& ends, int hops_max,
                                                   const v1::FindPathsRequest& request) {
  if (request.path_count() > 1) {
    return InvalidArgument("EARLIEST_ARRIVAL finds one path; path_count must be 1 or 0");
  }
  if (request.graph().neighbor_order() == v1::MOST_RECENT) {
    return InvalidArgument("EARLIEST_ARRIVAL knows the neighbor order MOST_EVENTS only");
  }
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<ActorNumber> chain,
                           TimeSearch(view, query, request.graph()).Search(ends, hops_max));
  v1::FindPathsResponse response;
  if (chain.empty()) return response;
  const bool directed = request.graph().filter().directed();
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<FoundEvent> events,
                           TimedEvents(view, query, chain, directed));
  v1::ActorPath* path = response.add_paths();
  for (size_t i = 0; i < events.size(); ++i) {
    const EventQuery hop = HopQuery(query, chain[i], chain[i + 1], directed);
    ENTENTE_ASSIGN_OR_RETURN(const int64_t count, CountEvents(view, hop));
    ENTENTE_RETURN_IF_ERROR(
        FillHop(view, chain[i], chain[i + 1], events[i].event, count, path->add_hops()));
  }
  path->set_cost(Date::FromMicros(events.back().time_micros).days -
                 Date::FromMicros(events.front().time_micros).days);
  return response;
}

}  // namespace

absl::StatusOr<v1::FindPathsResponse> FindPaths(const View& view,
                                                const v1::FindPathsRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const int hops_max, MaxHops(request.max_hops()));
  if (request.path_count() < 0 || request.path_count() > kPathsMax) {
    return InvalidArgument(
        Cat("path_count is ", request.path_count(), "; it must be from 1 to ", kPathsMax));
  }
  if (request.graph().max_neighbors() < 0) {
    return InvalidArgument(
        Cat("max_neighbors is ", request.graph().max_neighbors(), "; it must not be negative"));
  }
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery query,
                           ParseFilter(view, request.graph().filter(), false));
  ENTENTE_ASSIGN_OR_RETURN(const ChainEnds ends,
                           ResolveEnds(view, request.from_actor(), request.to_actor()));
  switch (request.order()) {
    case v1::PATH_ORDER_UNSPECIFIED:
    case v1::FEWEST_HOPS:
    case v1::STRONGEST_TIES:
      return FindBest(view, query, ends, hops_max, request);
    case v1::EARLIEST_ARRIVAL:
      return FindEarliest(view, query, ends, hops_max, request);
    default:
      return InvalidArgument(Cat("no path order ", request.order()));
  }
}

}  // namespace entente::graph
