#include "graph/page_rank.h"

#include <cmath>
#include <cstdint>
#include <numeric>

namespace entente::graph {
namespace {

constexpr double kDamping = 0.85;
constexpr double kTolerance = 1e-10;  // sum of changes at which it is done
constexpr int kRoundsMax = 500;

// Arcs by the node that they lead to, in compressed sparse rows of their own: half the bytes of a
// CsrGraph, since each round walks through all of them and waits for memory.
struct Arrivals {
  std::vector<size_t> begin;    // of a node's arcs; one more at the end
  std::vector<uint32_t> from;   // by arc
  std::vector<double> events;   // by arc
  std::vector<double> per_out;  // by node: 1 / events of its arcs out; 0: it has none
};

// Calls `use` with each arc: from, to, events.
template <typename Use>
void ForEachArc(const ActorGraph& graph, const Use& use) {
  for (const GraphPair& pair : graph.pairs) {
    if (pair.forward_count > 0) use(pair.low, pair.high, pair.forward_count);
    if (pair.backward_count > 0) use(pair.high, pair.low, pair.backward_count);
  }
}

Arrivals MakeArrivals(const ActorGraph& graph) {
  const size_t n = graph.actors.size();
  Arrivals out;
  out.begin.assign(n + 1, 0);
  out.per_out.assign(n, 0);
  ForEachArc(graph, [&](Node from, Node to, int64_t events) {
    ++out.begin[to + 1];
    out.per_out[from] += static_cast<double>(events);
  });
  for (double& events : out.per_out) events = events > 0 ? 1 / events : 0;
  std::partial_sum(out.begin.begin(), out.begin.end(), out.begin.begin());
  out.from.resize(out.begin[n]);
  out.events.resize(out.begin[n]);
  std::vector<size_t> next(out.begin.begin(), out.begin.end() - 1);
  ForEachArc(graph, [&](Node from, Node to, int64_t events) {
    const size_t at = next[to]++;
    out.from[at] = static_cast<uint32_t>(from);
    out.events[at] = static_cast<double>(events);
  });
  return out;
}

// What arrives at a node: four sums, so that an addition need not wait for the one before it.
double ArrivingAt(const Arrivals& arrivals, size_t node, const std::vector<double>& per_event) {
  const size_t end = arrivals.begin[node + 1];
  size_t arc = arrivals.begin[node];
  double sums[4] = {};
  for (; arc + 4 <= end; arc += 4) {
    for (size_t i = 0; i < 4; ++i) {
      sums[i] += per_event[arrivals.from[arc + i]] * arrivals.events[arc + i];
    }
  }
  for (; arc < end; ++arc) sums[0] += per_event[arrivals.from[arc]] * arrivals.events[arc];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

// Where walks that reach a node without arcs out of it jump anywhere, the ranks are those of the
// system without such jumps, scaled to sum to 1; so that the loop need not spread them.
absl::StatusOr<std::vector<double>> PageRank(const ActorGraph& graph, const Stop& stop) {
  const size_t n = graph.actors.size();
  if (n > UINT32_MAX) return ResourceExhausted("there are too many actors for PageRank");
  const Arrivals arrivals = MakeArrivals(graph);
  const double jump = (1 - kDamping) / static_cast<double>(n);
  std::vector<double> rank(n, 1.0 / static_cast<double>(n));
  std::vector<double> per_event(n);  // what each event out of a node carries on
  for (size_t node = 0; node < n; ++node) per_event[node] = rank[node] * arrivals.per_out[node];
  double change = 1;
  for (int round = 0; round < kRoundsMax && change > kTolerance; ++round) {
    ENTENTE_RETURN_IF_ERROR(stop.Check());
    change = 0;
    for (size_t node = 0; node < n; ++node) {
      const double next = jump + kDamping * ArrivingAt(arrivals, node, per_event);
      change += std::abs(next - rank[node]);
      rank[node] = next;
      per_event[node] = next * arrivals.per_out[node];
    }
  }
  const double total = std::accumulate(rank.begin(), rank.end(), 0.0);
  for (double& score : rank) score /= total;
  return rank;
}

}  // namespace entente::graph
