#include "graph/actor_graph.h"

#include <algorithm>
#include <span>
#include <utility>

#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kActorsReadAtOnce = 4096;

// A pair by its actors' numbers, before nodes are given.
struct NumberedPair {
  ActorNumber low = 0;
  ActorNumber high = 0;
  int64_t event_count = 0;
  int64_t forward_count = 0;
  int64_t backward_count = 0;
  Date newest;

  void Add(uint8_t direction, int64_t count, Date day) {
    event_count += count;
    if (direction != kBackward) forward_count += count;
    if (direction != kForward) backward_count += count;
    newest = day;  // days come in order
  }
};

// Collects the pairs that pass, in the order of their keys.
class PairScan {
 public:
  PairScan(const View& view, const EventQuery& query) : view_(view), query_(query) {}

  absl::StatusOr<std::vector<NumberedPair>> Run() {
    const StoreFamily family = query_.NeedsRows() ? kPairTime : kPairDay;
    const auto it = view_.Scan(family, "", "");
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      ENTENTE_RETURN_IF_ERROR(view_.Tick());
      ENTENTE_RETURN_IF_ERROR(family == kPairTime ? TakeEvent(*it) : TakeDay(*it));
    }
    ENTENTE_RETURN_IF_ERROR(it->status());
    std::erase_if(pairs_, [](const NumberedPair& p) { return p.event_count <= 0; });
    return std::move(pairs_);
  }

 private:
  NumberedPair& PairOf(std::string_view key) {
    const ActorNumber low = ReadU64(key, 0), high = ReadU64(key, 8);
    if (pairs_.empty() || pairs_.back().low != low || pairs_.back().high != high) {
      pairs_.push_back({.low = low, .high = high});
    }
    return pairs_.back();
  }
  bool InWindow(Date day) const {
    return (!query_.window.first || day >= *query_.window.first) &&
           (!query_.window.last || day <= *query_.window.last);
  }
  absl::Status TakeDay(const kv::Iterator& it) {
    const Date day = ReadDay(it.key(), 16);
    if (!InWindow(day)) return absl::OkStatus();
    Rollup rollup;
    ENTENTE_RETURN_IF_ERROR(DecodeRollup(kPairDay, it, &rollup));
    for (const RollupCell& cell : rollup.cells()) {
      EventRow kind;
      kind.type = cell.type();
      kind.status = cell.status();
      kind.quad_class = cell.quad_class();
      if (query_.Matches(kind)) PairOf(it.key()).Add(cell.direction(), cell.count, day);
    }
    return absl::OkStatus();
  }
  absl::Status TakeEvent(const kv::Iterator& it) {
    const Date day = Date::FromMicros(ReadTime(it.key(), 16));
    if (!InWindow(day)) return absl::OkStatus();
    EventRow row;
    ENTENTE_RETURN_IF_ERROR(DecodeRow(kPairTime, it, &row));
    if (query_.Matches(row)) PairOf(it.key()).Add(row.direction, 1, day);
    return absl::OkStatus();
  }

  const View& view_;
  const EventQuery& query_;
  std::vector<NumberedPair> pairs_;
};

template <typename Pair>
std::vector<decltype(Pair::low)> ActorsOf(const std::vector<Pair>& pairs) {
  std::vector<decltype(Pair::low)> actors;
  actors.reserve(2 * pairs.size());
  for (const Pair& pair : pairs) {
    actors.push_back(pair.low);
    actors.push_back(pair.high);
  }
  std::sort(actors.begin(), actors.end());
  actors.erase(std::unique(actors.begin(), actors.end()), actors.end());
  return actors;
}

// Leaves only pairs of which both actors are wanted: of one of `kinds`, or, if there are none,
// somebody in particular.
absl::Status KeepActors(const View& view, const google::protobuf::RepeatedField<int>& kinds,
                        std::vector<NumberedPair>* pairs) {
  const std::vector<ActorNumber> actors = ActorsOf(*pairs);
  std::vector<ActorNumber> unwanted;
  for (size_t begin = 0; begin < actors.size(); begin += kActorsReadAtOnce) {
    ENTENTE_RETURN_IF_ERROR(view.CheckStop());
    const std::span<const ActorNumber> some(actors.data() + begin,
                                            std::min(kActorsReadAtOnce, actors.size() - begin));
    ENTENTE_ASSIGN_OR_RETURN(const std::vector<v1::Actor> records, view.ReadActors(some));
    for (size_t i = 0; i < some.size(); ++i) {
      const bool wanted =
          kinds.empty() ? IsSomebody(records[i])
                        : std::find(kinds.begin(), kinds.end(), records[i].kind()) != kinds.end();
      if (!wanted) unwanted.push_back(some[i]);
    }
  }
  std::erase_if(*pairs, [&](const NumberedPair& pair) {
    return std::binary_search(unwanted.begin(), unwanted.end(), pair.low) ||
           std::binary_search(unwanted.begin(), unwanted.end(), pair.high);
  });
  return absl::OkStatus();
}

// Leaves only pairs that are among the first `max_neighbors` of at least one of their ends.
void KeepNeighbors(size_t max_neighbors, v1::NeighborOrder order, ActorGraph* graph) {
  if (max_neighbors == 0) return;
  std::vector<std::vector<size_t>> pairs_of(graph->actors.size());
  for (size_t i = 0; i < graph->pairs.size(); ++i) {
    pairs_of[graph->pairs[i].low].push_back(i);
    pairs_of[graph->pairs[i].high].push_back(i);
  }
  std::vector<bool> kept(graph->pairs.size(), false);
  for (std::vector<size_t>& pairs : pairs_of) {
    const size_t count = std::min(max_neighbors, pairs.size());
    const auto before = [&](size_t a, size_t b) {
      const GraphPair &x = graph->pairs[a], &y = graph->pairs[b];
      if (order == v1::MOST_RECENT && x.newest != y.newest) return x.newest > y.newest;
      return x.event_count != y.event_count ? x.event_count > y.event_count : a < b;
    };
    std::partial_sort(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(count),
                      pairs.end(), before);
    for (size_t i = 0; i < count; ++i) kept[pairs[i]] = true;
  }
  size_t next = 0;
  std::erase_if(graph->pairs, [&](const GraphPair&) { return !kept[next++]; });
}

// Builds compressed sparse rows from arcs in any order.
struct WeightedArc {
  std::pair<Node, Node> ends;
  Arc arc;
};

CsrGraph MakeGraph(std::vector<WeightedArc> arcs, size_t nodes) {
  std::sort(arcs.begin(), arcs.end(),
            [](const WeightedArc& a, const WeightedArc& b) { return a.ends < b.ends; });
  std::vector<std::pair<Node, Node>> ends;
  std::vector<Arc> weights;
  ends.reserve(arcs.size());
  weights.reserve(arcs.size());
  for (const WeightedArc& arc : arcs) {
    ends.push_back(arc.ends);
    weights.push_back(arc.arc);
  }
  return CsrGraph(boost::edges_are_sorted, ends.begin(), ends.end(), weights.begin(), nodes);
}

std::vector<WeightedArc> DirectedArcs(const ActorGraph& graph, bool reversed) {
  std::vector<WeightedArc> arcs;
  const auto add = [&](Node from, Node to, int64_t count) {
    if (count <= 0) return;
    arcs.push_back(
        {reversed ? std::pair(to, from) : std::pair(from, to), {static_cast<double>(count)}});
  };
  for (const GraphPair& pair : graph.pairs) {
    add(pair.low, pair.high, pair.forward_count);
    add(pair.high, pair.low, pair.backward_count);
  }
  return arcs;
}

}  // namespace

Node ActorGraph::NodeOf(ActorNumber actor) const {
  const auto it = std::lower_bound(actors.begin(), actors.end(), actor);
  return it == actors.end() || *it != actor ? actors.size()
                                            : static_cast<Node>(it - actors.begin());
}

CsrGraph ActorGraph::Undirected() const {
  std::vector<WeightedArc> arcs;
  arcs.reserve(2 * pairs.size());
  for (const GraphPair& pair : pairs) {
    const Arc both{static_cast<double>(pair.event_count)};
    arcs.push_back({{pair.low, pair.high}, both});
    arcs.push_back({{pair.high, pair.low}, both});
  }
  return MakeGraph(std::move(arcs), actors.size());
}

CsrGraph ActorGraph::Directed() const {
  return MakeGraph(DirectedArcs(*this, /*reversed=*/false), actors.size());
}

CsrGraph ActorGraph::Reversed() const {
  return MakeGraph(DirectedArcs(*this, /*reversed=*/true), actors.size());
}

absl::StatusOr<ActorGraph> ProjectGraph(const View& view, const v1::GraphSelection& selection) {
  if (selection.max_neighbors() < 0) {
    return InvalidArgument(
        Cat("max_neighbors is ", selection.max_neighbors(), "; it must not be negative"));
  }
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery query, ParseFilter(view, selection.filter(), false));
  ENTENTE_ASSIGN_OR_RETURN(std::vector<NumberedPair> pairs, PairScan(view, query).Run());
  ENTENTE_RETURN_IF_ERROR(KeepActors(view, selection.kinds(), &pairs));
  ActorGraph graph;
  graph.actors = ActorsOf(pairs);
  graph.pairs.reserve(pairs.size());
  for (const NumberedPair& pair : pairs) {
    graph.pairs.push_back({graph.NodeOf(pair.low), graph.NodeOf(pair.high), pair.event_count,
                           pair.forward_count, pair.backward_count, pair.newest});
  }
  KeepNeighbors(static_cast<size_t>(selection.max_neighbors()), selection.neighbor_order(), &graph);
  return graph;
}

}  // namespace entente::graph
