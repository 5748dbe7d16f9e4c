#include "graph/communities.h"

#include <algorithm>
#include <boost/pending/disjoint_sets.hpp>
#include <boost/range/iterator_range.hpp>
#include <numeric>
#include <utility>
#include <vector>

#include "graph/actor_graph.h"
#include "graph/timeline.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr size_t kPageSizeDefault = 25;
constexpr int32_t kMembersMax = 1000;
constexpr double kResolutionMin = 0.01;
constexpr double kResolutionMax = 100;
constexpr size_t kStopEvery = 4096;  // steps between looks at the deadline
constexpr double kGainMin = 1e-12;   // of modularity, for which a node moves: above rounding
constexpr int kPassesMax = 1000;

// The group of each node; groups are numbered from 0 without gaps.
struct Partition {
  std::vector<size_t> group_of;
  size_t group_count = 0;
};

// Gives groups numbers from 0 in the order of their first nodes.
Partition Renumbered(const std::vector<size_t>& labels) {
  Partition out;
  out.group_of.resize(labels.size());
  std::vector<size_t> number(labels.size(), SIZE_MAX);
  for (size_t node = 0; node < labels.size(); ++node) {
    size_t& group = number[labels[node]];
    if (group == SIZE_MAX) group = out.group_count++;
    out.group_of[node] = group;
  }
  return out;
}

// Groups of nodes that pairs for which `joins` is true connect.
template <typename Joins>
absl::StatusOr<Partition> ConnectedParts(const ActorGraph& graph, const Stop& stop,
                                         const Joins& joins) {
  const size_t n = graph.actors.size();
  std::vector<size_t> rank(n, 0), parent(n);
  std::iota(parent.begin(), parent.end(), size_t{0});
  boost::disjoint_sets<size_t*, size_t*> sets(rank.data(), parent.data());
  for (size_t i = 0; i < graph.pairs.size(); ++i) {
    if (i % kStopEvery == 0) ENTENTE_RETURN_IF_ERROR(stop.Check());
    const GraphPair& pair = graph.pairs[i];
    if (joins(pair)) sets.union_set(pair.low, pair.high);
  }
  std::vector<size_t> labels(n);
  for (size_t node = 0; node < n; ++node) labels[node] = sets.find_set(node);
  return Renumbered(labels);
}

// A weighted undirected graph at one level of the method: the actors, then groups of them.
struct Level {
  CsrGraph graph;             // both arcs of each edge, no loops
  std::vector<double> inner;  // twice the weight inside each node
  std::vector<double> total;  // inner and all arcs
};

class Louvain {
 public:
  Louvain(double resolution, double weight_total, const Stop& stop)
      : resolution_(resolution), weight_total_(weight_total), stop_(stop) {}

  absl::StatusOr<Partition> Run(const ActorGraph& actors) {
    Level level = FirstLevel(actors);
    Partition all;
    all.group_of.resize(actors.actors.size());
    std::iota(all.group_of.begin(), all.group_of.end(), size_t{0});
    all.group_count = all.group_of.size();
    while (true) {
      ENTENTE_ASSIGN_OR_RETURN(const Partition moved, MoveNodes(level));
      if (moved.group_count == num_vertices(level.graph)) return all;
      for (size_t& group : all.group_of) group = moved.group_of[group];
      all.group_count = moved.group_count;
      level = Merged(level, moved);
    }
  }

 private:
  static Level FirstLevel(const ActorGraph& actors) {
    Level level{actors.Undirected(), std::vector<double>(actors.actors.size(), 0), {}};
    SumTotals(&level);
    return level;
  }

  static void SumTotals(Level* level) {
    level->total = level->inner;
    for (const auto arc : boost::make_iterator_range(edges(level->graph))) {
      level->total[source(arc, level->graph)] += level->graph[arc].weight;
    }
  }

  // Moves single nodes to the neighboring group with the greatest gain until none has any.
  absl::StatusOr<Partition> MoveNodes(const Level& level) {
    const size_t n = num_vertices(level.graph);
    std::vector<size_t> group_of(n);
    std::iota(group_of.begin(), group_of.end(), size_t{0});
    std::vector<double> group_total = level.total;
    std::vector<double> links(n, 0);  // to each group, of the node that is looked at
    std::vector<size_t> touched;
    bool moved = true;
    for (int pass = 0; pass < kPassesMax && moved; ++pass) {
      moved = false;
      for (Node node = 0; node < n; ++node) {
        if (node % kStopEvery == 0) ENTENTE_RETURN_IF_ERROR(stop_.Check());
        const size_t from = group_of[node];
        group_total[from] -= level.total[node];
        touched.assign(1, from);
        for (const auto arc : boost::make_iterator_range(out_edges(node, level.graph))) {
          const size_t group = group_of[target(arc, level.graph)];
          if (links[group] == 0 && group != from) touched.push_back(group);
          links[group] += level.graph[arc].weight;
        }
        const size_t to = BestGroup(touched, links, group_total, level.total[node]);
        for (const size_t group : touched) links[group] = 0;
        group_total[to] += level.total[node];
        group_of[node] = to;
        moved = moved || to != from;
      }
    }
    return Renumbered(group_of);
  }

  // The first of `groups` is the node's own, which wins ties.
  size_t BestGroup(const std::vector<size_t>& groups, const std::vector<double>& links,
                   const std::vector<double>& group_total, double node_total) const {
    const auto gain = [&](size_t group) {
      return links[group] / weight_total_ -
             resolution_ * group_total[group] * node_total / (weight_total_ * weight_total_);
    };
    size_t best = groups.front();
    double best_gain = gain(best) + kGainMin;
    for (const size_t group : groups) {
      if (gain(group) <= best_gain) continue;
      best = group;
      best_gain = gain(group);
    }
    return best;
  }

  // The groups as nodes.
  static Level Merged(const Level& level, const Partition& groups) {
    struct Edge {
      std::pair<Node, Node> ends;
      double weight = 0;
    };
    Level out;
    out.inner.assign(groups.group_count, 0);
    std::vector<Edge> links;
    for (Node node = 0; node < level.inner.size(); ++node) {
      out.inner[groups.group_of[node]] += level.inner[node];
    }
    for (const auto arc : boost::make_iterator_range(edges(level.graph))) {
      const size_t from = groups.group_of[source(arc, level.graph)];
      const size_t to = groups.group_of[target(arc, level.graph)];
      const double weight = level.graph[arc].weight;
      if (from == to) {
        out.inner[from] += weight;
      } else {
        links.push_back({{from, to}, weight});
      }
    }
    std::sort(links.begin(), links.end(),
              [](const Edge& a, const Edge& b) { return a.ends < b.ends; });
    std::vector<std::pair<Node, Node>> ends;
    std::vector<Arc> arcs;
    for (const Edge& link : links) {
      if (ends.empty() || ends.back() != link.ends) {
        ends.push_back(link.ends);
        arcs.push_back({0});
      }
      arcs.back().weight += link.weight;
    }
    out.graph = CsrGraph(boost::edges_are_sorted, ends.begin(), ends.end(), arcs.begin(),
                         groups.group_count);
    SumTotals(&out);
    return out;
  }

  const double resolution_;
  const double weight_total_;  // twice the weight of all pairs
  const Stop& stop_;
};

double WeightTotal(const ActorGraph& graph) {
  double total = 0;
  for (const GraphPair& pair : graph.pairs) total += 2 * static_cast<double>(pair.event_count);
  return total;
}

absl::StatusOr<Partition> Divide(const ActorGraph& graph, v1::CommunityMethod method,
                                 double resolution, const Stop& stop) {
  if (method == v1::CONNECTED_COMPONENTS) {
    return ConnectedParts(graph, stop, [](const GraphPair&) { return true; });
  }
  ENTENTE_ASSIGN_OR_RETURN(const Partition found,
                           Louvain(resolution, WeightTotal(graph), stop).Run(graph));
  return ConnectedParts(graph, stop, [&](const GraphPair& pair) {
    return found.group_of[pair.low] == found.group_of[pair.high];
  });
}

struct Group {
  std::vector<Node> members;
  double inner = 0;  // twice the weight inside
  double total = 0;  // weight of all arcs of its members
};

double Modularity(const std::vector<Group>& groups, double resolution, double weight_total) {
  double sum = 0;
  for (const Group& group : groups) {
    const double share = group.total / weight_total;
    sum += group.inner / weight_total - resolution * share * share;
  }
  return sum;
}

// The groups, those with the most members first, members with the most events inside first.
std::vector<Group> Collect(const ActorGraph& graph, const Partition& partition) {
  std::vector<Group> groups(partition.group_count);
  std::vector<double> inside(graph.actors.size(), 0);
  for (Node node = 0; node < graph.actors.size(); ++node) {
    groups[partition.group_of[node]].members.push_back(node);
  }
  for (const GraphPair& pair : graph.pairs) {
    const auto weight = static_cast<double>(pair.event_count);
    Group &low = groups[partition.group_of[pair.low]],
          &high = groups[partition.group_of[pair.high]];
    low.total += weight;
    high.total += weight;
    if (&low != &high) continue;
    low.inner += 2 * weight;
    inside[pair.low] += weight;
    inside[pair.high] += weight;
  }
  for (Group& group : groups) {
    std::stable_sort(group.members.begin(), group.members.end(),
                     [&](Node a, Node b) { return inside[a] > inside[b]; });
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.members.size() > b.members.size();
  });
  return groups;
}

absl::StatusOr<size_t> MemberCount(int32_t requested) {
  if (requested < 0 || requested > kMembersMax) {
    return InvalidArgument(
        Cat("member_count is ", requested, "; it must be from 1 to ", kMembersMax));
  }
  return requested == 0 ? kPageSizeDefault : static_cast<size_t>(requested);
}

absl::StatusOr<double> Resolution(double requested) {
  if (requested == 0) return 1.0;
  if (requested >= kResolutionMin && requested <= kResolutionMax) return requested;
  return InvalidArgument(Cat("resolution is ", requested, "; it must be from ", kResolutionMin,
                             " to ", kResolutionMax));
}

}  // namespace

absl::StatusOr<v1::FindCommunitiesResponse> FindCommunities(
    const View& view, const v1::FindCommunitiesRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  ENTENTE_ASSIGN_OR_RETURN(const size_t member_count, MemberCount(request.member_count()));
  ENTENTE_ASSIGN_OR_RETURN(const double resolution, Resolution(request.resolution()));
  if (request.graph().filter().directed()) {
    return InvalidArgument("graph.filter.directed must not be set here");
  }
  ENTENTE_ASSIGN_OR_RETURN(const ActorGraph graph, ProjectGraph(view, request.graph()));
  v1::FindCommunitiesResponse response;
  if (graph.actors.empty()) return response;
  ENTENTE_ASSIGN_OR_RETURN(const Partition partition,
                           Divide(graph, request.method(), resolution, view.stop()));
  std::vector<Group> groups = Collect(graph, partition);
  response.set_community_count(static_cast<int64_t>(groups.size()));
  response.set_modularity(Modularity(groups, resolution, WeightTotal(graph)));
  groups.resize(std::min(groups.size(), page_size));
  for (const Group& group : groups) {
    v1::Community* community = response.add_communities();
    community->set_actor_count(static_cast<int64_t>(group.members.size()));
    community->set_event_count(static_cast<int64_t>(group.inner / 2));
    std::vector<ActorNumber> shown;
    for (size_t i = 0; i < std::min(member_count, group.members.size()); ++i) {
      shown.push_back(graph.actors[group.members[i]]);
    }
    ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, view.ReadActors(shown));
    for (v1::Actor& actor : actors) *community->add_members() = std::move(actor);
  }
  return response;
}

}  // namespace entente::graph
