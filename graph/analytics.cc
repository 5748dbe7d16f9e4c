#include "graph/analytics.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/property_map/property_map.hpp>
#include <boost/range/iterator_range.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "graph/timeline.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr double kDamping = 0.85;
constexpr double kRankTolerance = 1e-10;  // sum of changes at which PageRank is done
constexpr int kRankRoundsMax = 200;
constexpr double kStepsMax = 4e9;
constexpr int32_t kLimitMax = 1000;

struct Arc {
  double weight = 0;  // events
};
using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Arc>;
using Node = boost::graph_traits<Graph>::vertex_descriptor;

// How many events lead each way between two actors.
struct PairWeights {
  ActorNumber low = 0;
  ActorNumber high = 0;
  int64_t forward = 0;
  int64_t backward = 0;

  void Add(uint8_t direction, int64_t count) {
    if (direction != kBackward) forward += count;
    if (direction != kForward) backward += count;
  }
};

struct Projected {
  std::vector<ActorNumber> actors;  // by node, increasing
  Graph directed;                   // arcs from source to target
  Graph undirected;                 // both arcs of each pair
};

// Collects the pairs that pass, in the order of their keys.
class PairScan {
 public:
  PairScan(const View& view, const EventQuery& query) : view_(view), query_(query) {}

  absl::StatusOr<std::vector<PairWeights>> Run() {
    const StoreFamily family = query_.min_confidence > 0 ? kPairTime : kPairDay;
    const auto it = view_.Scan(family, "", "");
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      ENTENTE_RETURN_IF_ERROR(view_.Tick());
      ENTENTE_RETURN_IF_ERROR(family == kPairTime ? TakeEvent(*it) : TakeDay(*it));
    }
    ENTENTE_RETURN_IF_ERROR(it->status());
    std::erase_if(pairs_, [](const PairWeights& p) { return p.forward + p.backward <= 0; });
    return std::move(pairs_);
  }

 private:
  PairWeights& PairOf(std::string_view key) {
    const ActorNumber low = ReadU64(key, 0), high = ReadU64(key, 8);
    if (pairs_.empty() || pairs_.back().low != low || pairs_.back().high != high) {
      pairs_.push_back({low, high, 0, 0});
    }
    return pairs_.back();
  }
  bool InWindow(Date day) const {
    return (!query_.window.first || day >= *query_.window.first) &&
           (!query_.window.last || day <= *query_.window.last);
  }
  absl::Status TakeDay(const kv::Iterator& it) {
    if (!InWindow(ReadDay(it.key(), 16))) return absl::OkStatus();
    Rollup day;
    ENTENTE_RETURN_IF_ERROR(DecodeRollup(kPairDay, it, &day));
    for (const RollupCell& cell : day.cells()) {
      EventRow kind;
      kind.type = cell.type();
      kind.status = cell.status();
      kind.quad_class = cell.quad_class();
      if (query_.Matches(kind)) PairOf(it.key()).Add(cell.direction(), cell.count);
    }
    return absl::OkStatus();
  }
  absl::Status TakeEvent(const kv::Iterator& it) {
    if (!InWindow(Date::FromMicros(ReadTime(it.key(), 16)))) return absl::OkStatus();
    EventRow row;
    ENTENTE_RETURN_IF_ERROR(DecodeRow(kPairTime, it, &row));
    if (query_.Matches(row)) PairOf(it.key()).Add(row.direction, 1);
    return absl::OkStatus();
  }

  const View& view_;
  const EventQuery& query_;
  std::vector<PairWeights> pairs_;
};

// Leaves only pairs of which both actors are of the wanted kinds.
absl::Status KeepKinds(const View& view, const std::vector<v1::ActorKind>& kinds,
                       std::vector<PairWeights>* pairs) {
  if (kinds.empty()) return absl::OkStatus();
  std::vector<ActorNumber> actors;
  for (const PairWeights& pair : *pairs) {
    actors.push_back(pair.low);
    actors.push_back(pair.high);
  }
  std::sort(actors.begin(), actors.end());
  actors.erase(std::unique(actors.begin(), actors.end()), actors.end());
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<v1::Actor> records, view.ReadActors(actors));
  std::vector<ActorNumber> wanted;
  for (size_t i = 0; i < actors.size(); ++i) {
    if (std::find(kinds.begin(), kinds.end(), records[i].kind()) != kinds.end()) {
      wanted.push_back(actors[i]);
    }
  }
  std::erase_if(*pairs, [&](const PairWeights& pair) {
    return !std::binary_search(wanted.begin(), wanted.end(), pair.low) ||
           !std::binary_search(wanted.begin(), wanted.end(), pair.high);
  });
  return absl::OkStatus();
}

// Builds compressed sparse rows from arcs in any order.
Graph MakeGraph(std::vector<std::pair<std::pair<size_t, size_t>, Arc>> arcs, size_t nodes) {
  std::sort(arcs.begin(), arcs.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::pair<size_t, size_t>> ends;
  std::vector<Arc> weights;
  for (const auto& [end, arc] : arcs) {
    ends.push_back(end);
    weights.push_back(arc);
  }
  return Graph(boost::edges_are_sorted, ends.begin(), ends.end(), weights.begin(), nodes);
}

absl::StatusOr<Projected> ProjectGraph(const View& view, const RankRequest& request) {
  if (request.filter.directed()) return InvalidArgument("filter.directed must not be set here");
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery query, ParseFilter(view, request.filter, false));
  ENTENTE_ASSIGN_OR_RETURN(std::vector<PairWeights> pairs, PairScan(view, query).Run());
  ENTENTE_RETURN_IF_ERROR(KeepKinds(view, request.kinds, &pairs));
  Projected out;
  for (const PairWeights& pair : pairs) {
    out.actors.push_back(pair.low);
    out.actors.push_back(pair.high);
  }
  std::sort(out.actors.begin(), out.actors.end());
  out.actors.erase(std::unique(out.actors.begin(), out.actors.end()), out.actors.end());
  const auto node_of = [&](ActorNumber actor) {
    return static_cast<size_t>(std::lower_bound(out.actors.begin(), out.actors.end(), actor) -
                               out.actors.begin());
  };
  std::vector<std::pair<std::pair<size_t, size_t>, Arc>> directed, undirected;
  for (const PairWeights& pair : pairs) {
    const size_t low = node_of(pair.low), high = node_of(pair.high);
    const Arc both{static_cast<double>(pair.forward + pair.backward)};
    undirected.push_back({{low, high}, both});
    undirected.push_back({{high, low}, both});
    if (pair.forward > 0) directed.push_back({{low, high}, {static_cast<double>(pair.forward)}});
    if (pair.backward > 0) directed.push_back({{high, low}, {static_cast<double>(pair.backward)}});
  }
  out.directed = MakeGraph(std::move(directed), out.actors.size());
  out.undirected = MakeGraph(std::move(undirected), out.actors.size());
  return out;
}

std::vector<double> Degrees(const Graph& graph) {
  std::vector<double> scores(num_vertices(graph));
  for (Node node = 0; node < scores.size(); ++node) {
    scores[node] = static_cast<double>(out_degree(node, graph));
  }
  return scores;
}

// Power iteration; the rank of nodes without arcs out of them is spread over all.
absl::StatusOr<std::vector<double>> PageRank(const View& view, const Graph& graph) {
  const size_t n = num_vertices(graph);
  std::vector<double> rank(n, 1.0 / static_cast<double>(n)), next(n), out_weight(n, 0);
  for (Node node = 0; node < n; ++node) {
    for (const auto arc : boost::make_iterator_range(out_edges(node, graph))) {
      out_weight[node] += graph[arc].weight;
    }
  }
  double change = 1;
  for (int round = 0; round < kRankRoundsMax && change > kRankTolerance; ++round) {
    ENTENTE_RETURN_IF_ERROR(view.CheckStop());
    double dangling = 0;
    std::fill(next.begin(), next.end(), 0);
    for (Node node = 0; node < n; ++node) {
      if (out_weight[node] == 0) {
        dangling += rank[node];
        continue;
      }
      const double unit = rank[node] / out_weight[node];
      for (const auto arc : boost::make_iterator_range(out_edges(node, graph))) {
        next[target(arc, graph)] += unit * graph[arc].weight;
      }
    }
    const double base = (1 - kDamping + kDamping * dangling) / static_cast<double>(n);
    change = 0;
    for (Node node = 0; node < n; ++node) {
      next[node] = base + kDamping * next[node];
      change += std::abs(next[node] - rank[node]);
    }
    rank.swap(next);
  }
  return rank;
}

// What one breadth-first search learns: distances, the number of shortest paths, and the order.
struct Reach {
  std::vector<int> distance;  // -1: not reached
  std::vector<double> paths;
  std::vector<Node> order;
};

class ReachVisitor : public boost::default_bfs_visitor {
 public:
  explicit ReachVisitor(Reach* reach) : reach_(reach) {}
  void examine_vertex(Node node, const Graph&) const { reach_->order.push_back(node); }
  template <typename Edge>
  void examine_edge(Edge edge, const Graph& graph) const {
    const Node from = source(edge, graph), to = target(edge, graph);
    int& distance = reach_->distance[to];
    if (distance < 0) distance = reach_->distance[from] + 1;
    if (distance == reach_->distance[from] + 1) reach_->paths[to] += reach_->paths[from];
  }

 private:
  Reach* reach_;
};

void SearchFrom(const Graph& graph, Node start, Reach* reach) {
  const size_t n = num_vertices(graph);
  reach->distance.assign(n, -1);
  reach->paths.assign(n, 0);
  reach->order.clear();
  reach->distance[start] = 0;
  reach->paths[start] = 1;
  boost::breadth_first_search(graph, start, boost::visitor(ReachVisitor(reach)));
}

double ClosenessOf(const Reach& reach) {
  const double reached = static_cast<double>(reach.order.size()) - 1;
  double sum = 0;
  for (const Node node : reach.order) sum += reach.distance[node];
  const double others = static_cast<double>(reach.distance.size()) - 1;
  return reached <= 0 ? 0 : reached / others * (reached / sum);
}

// Brandes' accumulation, from the farthest node back.
void AddDependencies(const Graph& graph, const Reach& reach, std::vector<double>* scores) {
  std::vector<double> dependency(reach.distance.size(), 0);
  for (auto it = reach.order.rbegin(); it != reach.order.rend(); ++it) {
    for (const auto arc : boost::make_iterator_range(out_edges(*it, graph))) {
      const Node next = target(arc, graph);
      if (reach.distance[next] != reach.distance[*it] + 1) continue;
      dependency[*it] += reach.paths[*it] / reach.paths[next] * (1 + dependency[next]);
    }
    // Each pair of ends is met from both sides.
    if (*it != reach.order.front()) (*scores)[*it] += dependency[*it] / 2;
  }
}

absl::StatusOr<std::vector<double>> ByDistance(const View& view, const Graph& graph,
                                               Measure measure) {
  const size_t n = num_vertices(graph);
  const double steps = static_cast<double>(n) * static_cast<double>(n + num_edges(graph));
  if (steps > kStepsMax) {
    return ResourceExhausted(Cat("a graph of ", n, " actors and ", num_edges(graph) / 2,
                                 " pairs is too large for this measure; narrow the window or the "
                                 "kinds"));
  }
  std::vector<double> scores(n, 0);
  Reach reach;
  for (Node node = 0; node < n; ++node) {
    ENTENTE_RETURN_IF_ERROR(view.CheckStop());
    SearchFrom(graph, node, &reach);
    if (measure == Measure::kCloseness) {
      scores[node] = ClosenessOf(reach);
    } else {
      AddDependencies(graph, reach, &scores);
    }
  }
  return scores;
}

absl::StatusOr<std::vector<double>> Score(const View& view, const Projected& projected,
                                          Measure measure) {
  switch (measure) {
    case Measure::kDegree:
      return Degrees(projected.undirected);
    case Measure::kPageRank:
      return PageRank(view, projected.directed);
    case Measure::kCloseness:
    case Measure::kBetweenness:
      return ByDistance(view, projected.undirected, measure);
  }
  return InvalidArgument("no such measure");
}

}  // namespace

absl::StatusOr<std::vector<RankedActor>> RankActors(const View& view, const RankRequest& request) {
  if (request.limit < 1 || request.limit > kLimitMax) {
    return InvalidArgument(Cat("limit is ", request.limit, "; it must be from 1 to ", kLimitMax));
  }
  ENTENTE_ASSIGN_OR_RETURN(const Projected projected, ProjectGraph(view, request));
  if (projected.actors.empty()) return std::vector<RankedActor>();
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<double> scores,
                           Score(view, projected, request.measure));
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(request.limit)));
  std::vector<ActorNumber> best;
  for (const size_t node : order) best.push_back(projected.actors[node]);
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, view.ReadActors(best));
  std::vector<RankedActor> ranked;
  for (size_t i = 0; i < order.size(); ++i) {
    ranked.push_back({std::move(actors[i]), scores[order[i]]});
  }
  return ranked;
}

absl::StatusOr<std::vector<std::vector<std::string>>> FindComponents(const View& view,
                                                                     const RankRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const Projected projected, ProjectGraph(view, request));
  const size_t n = projected.actors.size();
  std::vector<std::vector<std::string>> components;
  if (n == 0) return components;
  std::vector<size_t> component_of(n);
  const auto index = get(boost::vertex_index, projected.undirected);
  const size_t count = boost::connected_components(
      projected.undirected, boost::make_iterator_property_map(component_of.begin(), index));
  components.resize(count);
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<v1::Actor> actors, view.ReadActors(projected.actors));
  for (size_t node = 0; node < n; ++node) {
    components[component_of[node]].push_back(actors[node].id());
  }
  std::stable_sort(components.begin(), components.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return components;
}

}  // namespace entente::graph
