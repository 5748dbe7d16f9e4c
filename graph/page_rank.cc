#include "graph/page_rank.h"

#include <boost/range/iterator_range.hpp>
#include <cmath>
#include <numeric>

namespace entente::graph {
namespace {

constexpr double kDamping = 0.85;
constexpr double kTolerance = 1e-10;  // sum of changes at which it is done
constexpr int kRoundsMax = 500;

// Arcs from each node to those that lead to it, weighted by the share of the other's walks that
// come this way.
CsrGraph ArrivalShares(const ActorGraph& graph) {
  CsrGraph arrivals = graph.Reversed();
  std::vector<double> out_weight(graph.actors.size(), 0);
  for (const GraphPair& pair : graph.pairs) {
    out_weight[pair.low] += static_cast<double>(pair.forward_count);
    out_weight[pair.high] += static_cast<double>(pair.backward_count);
  }
  for (const auto arc : boost::make_iterator_range(edges(arrivals))) {
    arrivals[arc].weight /= out_weight[target(arc, arrivals)];
  }
  return arrivals;
}

}  // namespace

// Where walks that reach a node without arcs out of it jump anywhere, the ranks are those of the
// system without such jumps, scaled to sum to 1; so that the loop need not spread them.
absl::StatusOr<std::vector<double>> PageRank(const ActorGraph& graph, const Stop& stop) {
  const CsrGraph arrivals = ArrivalShares(graph);
  const size_t n = graph.actors.size();
  const double jump = (1 - kDamping) / static_cast<double>(n);
  std::vector<double> rank(n, 1.0 / static_cast<double>(n));
  double change = 1;
  for (int round = 0; round < kRoundsMax && change > kTolerance; ++round) {
    ENTENTE_RETURN_IF_ERROR(stop.Check());
    change = 0;
    for (Node node = 0; node < n; ++node) {
      double arriving = 0;
      for (const auto arc : boost::make_iterator_range(out_edges(node, arrivals))) {
        arriving += rank[target(arc, arrivals)] * arrivals[arc].weight;
      }
      const double next = jump + kDamping * arriving;
      change += std::abs(next - rank[node]);
      rank[node] = next;
    }
  }
  const double total = std::accumulate(rank.begin(), rank.end(), 0.0);
  for (double& score : rank) score /= total;
  return rank;
}

}  // namespace entente::graph
