#include "graph/analytics.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/range/iterator_range.hpp>
#include <numeric>
#include <utility>
#include <vector>

#include "graph/actor_graph.h"
#include "graph/page_rank.h"
#include "graph/timeline.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr double kStepsMax = 4e9;
constexpr size_t kPageSizeDefault = 25;

std::vector<double> Degrees(const ActorGraph& graph) {
  std::vector<double> scores(graph.actors.size(), 0);
  for (const GraphPair& pair : graph.pairs) {
    scores[pair.low] += 1;
    scores[pair.high] += 1;
  }
  return scores;
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
  void examine_vertex(Node node, const CsrGraph&) const { reach_->order.push_back(node); }
  template <typename Edge>
  void examine_edge(Edge edge, const CsrGraph& graph) const {
    const Node from = source(edge, graph), to = target(edge, graph);
    int& distance = reach_->distance[to];
    if (distance < 0) distance = reach_->distance[from] + 1;
    if (distance == reach_->distance[from] + 1) reach_->paths[to] += reach_->paths[from];
  }

 private:
  Reach* reach_;
};

void SearchFrom(const CsrGraph& graph, Node start, Reach* reach) {
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
void AddDependencies(const CsrGraph& graph, const Reach& reach, std::vector<double>* scores) {
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

absl::StatusOr<std::vector<double>> ByDistance(const View& view, const CsrGraph& graph,
                                               v1::RankMeasure measure) {
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
    if (measure == v1::CLOSENESS) {
      scores[node] = ClosenessOf(reach);
    } else {
      AddDependencies(graph, reach, &scores);
    }
  }
  return scores;
}

absl::StatusOr<std::vector<double>> Score(const View& view, const ActorGraph& graph,
                                          v1::RankMeasure measure) {
  switch (measure) {
    case v1::RANK_MEASURE_UNSPECIFIED:
    case v1::DEGREE:
      return Degrees(graph);
    case v1::PAGE_RANK:
      return PageRank(graph, view.stop());
    case v1::CLOSENESS:
    case v1::BETWEENNESS:
      return ByDistance(view, graph.Undirected(), measure);
    default:
      return InvalidArgument(Cat("no rank measure ", measure));
  }
}

// The nodes with the highest scores, highest first; ties by node.
std::vector<Node> Highest(const std::vector<double>& scores, size_t limit) {
  std::vector<Node> order(scores.size());
  std::iota(order.begin(), order.end(), Node{0});
  const size_t count = std::min(limit, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
      [&](Node a, Node b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  order.resize(count);
  return order;
}

}  // namespace

absl::StatusOr<v1::RankActorsResponse> RankActors(const View& view,
                                                  const v1::RankActorsRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  if (request.graph().filter().directed()) {
    return InvalidArgument("graph.filter.directed must not be set here");
  }
  ENTENTE_ASSIGN_OR_RETURN(const ActorGraph graph, ProjectGraph(view, request.graph()));
  v1::RankActorsResponse response;
  response.set_actor_count(static_cast<int64_t>(graph.actors.size()));
  response.set_pair_count(static_cast<int64_t>(graph.pairs.size()));
  if (graph.actors.empty()) return response;
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<double> scores, Score(view, graph, request.measure()));
  const std::vector<Node> order = Highest(scores, page_size);
  std::vector<ActorNumber> best;
  for (const Node node : order) best.push_back(graph.actors[node]);
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, view.ReadActors(best));
  for (size_t i = 0; i < order.size(); ++i) {
    v1::RankedActor* ranked = response.add_actors();
    *ranked->mutable_actor() = std::move(actors[i]);
    ranked->set_score(scores[order[i]]);
  }
  return response;
}

}  // namespace entente::graph
