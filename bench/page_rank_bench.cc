// PageRank beside igraph's C library, in one run: the same graph, damping and weights; the ranks
// are compared.
//
//   page_rank_bench [ARCS [ACTORS [ROUNDS]]]     default: 1,000,000 arcs between 100,000 actors, 5
//
// The graph is one that a window of news might be projected to: both ends of each pair are drawn by
// Zipf's law (exponent 0.8, so that the first actor has thousands of others), three pairs in ten
// have events both ways, and an arc's events are few, sometimes many. The rounds are interleaved,
// so that both have the same share of a busy machine; what counts is the processor's time.
//
// Timed of ours: PageRank of graph/page_rank.h, from the list of pairs to the ranks, the making of
// sparse rows included. Of igraph: igraph_pagerank alone (PRPACK, its default and the one that it
// recommends), and apart from it igraph_create, which is how the list becomes its graph. Both go on
// until the changes of a round come to less than 1e-10.
#include <igraph/igraph.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <vector>

#include "base/strings.h"
#include "graph/page_rank.h"

namespace entente::graph {
namespace {

double ProcessorSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

ActorGraph MakeGraph(size_t arcs, size_t actors) {
  std::mt19937_64 random(42);
  std::vector<double> cumulative;
  double sum = 0;
  for (size_t i = 0; i < actors; ++i) {
    cumulative.push_back(sum += std::pow(static_cast<double>(i + 1), -0.8));
  }
  std::uniform_real_distribution<double> uniform(0, sum);
  const auto actor = [&] {
    return static_cast<Node>(
        std::lower_bound(cumulative.begin(), cumulative.end(), uniform(random)) -
        cumulative.begin());
  };
  const auto events = [&] { return 1 + static_cast<int64_t>(20 / (1.0 + random() % 100)); };
  std::map<std::pair<Node, Node>, GraphPair> pairs;
  for (size_t made = 0; made < arcs;) {
    const Node a = actor(), b = actor();
    if (a == b) continue;
    const auto [it, is_new] = pairs.try_emplace(std::minmax(a, b));
    if (!is_new) continue;
    GraphPair& pair = it->second;
    pair.low = std::min(a, b);
    pair.high = std::max(a, b);
    const uint64_t kind = random() % 10;
    if (kind < 3 || kind % 2 == 0) pair.forward_count = events();
    if (kind < 3 || kind % 2 == 1) pair.backward_count = events();
    pair.event_count = pair.forward_count + pair.backward_count;
    made += (pair.forward_count > 0) + (pair.backward_count > 0);
  }
  ActorGraph graph;
  for (size_t i = 0; i < actors; ++i) graph.actors.push_back(i + 1);
  for (const auto& [ends, pair] : pairs) graph.pairs.push_back(pair);
  return graph;
}

// The same graph in igraph's form.
class Igraph {
 public:
  explicit Igraph(const ActorGraph& graph) {
    igraph_vector_int_t ends;
    igraph_vector_int_init(&ends, 0);
    igraph_vector_init(&weights_, 0);
    const auto add = [&](Node from, Node to, int64_t events) {
      if (events <= 0) return;
      igraph_vector_int_push_back(&ends, static_cast<igraph_integer_t>(from));
      igraph_vector_int_push_back(&ends, static_cast<igraph_integer_t>(to));
      igraph_vector_push_back(&weights_, static_cast<double>(events));
    };
    for (const GraphPair& pair : graph.pairs) {
      add(pair.low, pair.high, pair.forward_count);
      add(pair.high, pair.low, pair.backward_count);
    }
    const double start = ProcessorSeconds();
    igraph_create(&graph_, &ends, static_cast<igraph_integer_t>(graph.actors.size()),
                  IGRAPH_DIRECTED);
    create_seconds_ = ProcessorSeconds() - start;
    igraph_vector_int_destroy(&ends);
  }
  ~Igraph() {
    igraph_destroy(&graph_);
    igraph_vector_destroy(&weights_);
  }
  Igraph(const Igraph&) = delete;
  Igraph& operator=(const Igraph&) = delete;

  double create_seconds() const { return create_seconds_; }
  int64_t arcs() const { return igraph_ecount(&graph_); }

  // Empty if igraph fails.
  std::vector<double> PageRank() const {
    igraph_vector_t ranks;
    igraph_vector_init(&ranks, 0);
    const igraph_error_t error =
        igraph_pagerank(&graph_, IGRAPH_PAGERANK_ALGO_PRPACK, &ranks, nullptr, igraph_vss_all(),
                        IGRAPH_DIRECTED, 0.85, &weights_, nullptr);
    std::vector<double> out;
    for (igraph_integer_t i = 0; error == IGRAPH_SUCCESS && i < igraph_vector_size(&ranks); ++i) {
      out.push_back(VECTOR(ranks)[i]);
    }
    igraph_vector_destroy(&ranks);
    return out;
  }

 private:
  igraph_t graph_;
  igraph_vector_t weights_;
  double create_seconds_ = 0;
};

int Run(size_t arcs, size_t actors, int64_t rounds) {
  const ActorGraph graph = MakeGraph(arcs, actors);
  const Igraph peer(graph);
  std::vector<double> ours_seconds, peer_seconds;
  double difference = 0, largest = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    double start = ProcessorSeconds();
    const absl::StatusOr<std::vector<double>> ours = PageRank(graph, Stop());
    ours_seconds.push_back(ProcessorSeconds() - start);
    start = ProcessorSeconds();
    const std::vector<double> theirs = peer.PageRank();
    peer_seconds.push_back(ProcessorSeconds() - start);
    if (!ours.ok() || theirs.size() != ours->size()) {
      std::fprintf(stderr, "page_rank_bench: no ranks\n");
      return 1;
    }
    difference = largest = 0;
    for (size_t i = 0; i < theirs.size(); ++i) {
      difference += std::abs((*ours)[i] - theirs[i]);
      largest = std::max(largest, theirs[i]);
    }
  }
  const auto median = [](std::vector<double> seconds) {
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2] * 1e3;
  };
  std::printf("%lld arcs, %zu actors, median processor time of %lld interleaved rounds\n",
              static_cast<long long>(peer.arcs()), actors, static_cast<long long>(rounds));
  std::printf("ours, rows included       %8.1f ms\n", median(ours_seconds));
  std::printf("igraph %s, PRPACK     %8.1f ms  (igraph_create, once: %.1f ms)\n", IGRAPH_VERSION,
              median(peer_seconds), peer.create_seconds() * 1e3);
  std::printf("ours / igraph             %8.2f\n", median(ours_seconds) / median(peer_seconds));
  std::printf("ranks differ by           %8.1e in sum; the largest is %.1e\n", difference, largest);
  return difference < 1e-6 ? 0 : 1;
}

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  int64_t arcs = 1'000'000, actors = 100'000, rounds = 5;
  int64_t* const numbers[] = {&arcs, &actors, &rounds};
  for (int i = 1; i < argc; ++i) {
    if (i > 3 || !entente::ParseInt64(argv[i], numbers[i - 1]) || *numbers[i - 1] < 2) {
      std::fprintf(stderr, "usage: page_rank_bench [ARCS [ACTORS [ROUNDS]]]\n");
      return 2;
    }
  }
  return entente::graph::Run(static_cast<size_t>(arcs), static_cast<size_t>(actors), rounds);
}
