// Goal: the measures are right. Method: graphs whose values are known by hand, and random graphs
// against straightforward computations on matrices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Adds one event from `a` to `b` (to each other, if `both`), each an article of its own.
void Link(Store* store, const std::string& a, const std::string& b, bool both = true,
          const std::string& date = "2023-01-01", const std::string& type = "meeting") {
  static int next = 0;
  const std::string id = Cat("link", ++next);
  v1::Event event = MakeEvent(
      type, v1::OCCURRED, date,
      {{"r", a, "", both ? v1::BOTH : v1::SOURCE}, {"s", b, "", both ? v1::BOTH : v1::TARGET}});
  event.set_source_id(id);  // so that equal events stay apart
  ASSERT_TRUE(store->AddArticle(MakeArticle(id, date), Coded({event})).ok());
}

std::map<std::string, double> Rank(const Store& store, v1::RankMeasure measure) {
  v1::RankActorsRequest request;
  request.set_measure(measure);
  request.set_page_size(1000);
  const auto ranked = store.RankActors(request);
  EXPECT_TRUE(ranked.ok()) << ranked.status();
  std::map<std::string, double> scores;
  double last = INFINITY;
  if (ranked.ok()) {
    EXPECT_EQ(ranked->actor_count(), ranked->actors_size());
    for (const v1::RankedActor& r : ranked->actors()) {
      EXPECT_LE(r.score(), last);
      last = r.score();
      scores[r.actor().id()] = r.score();
    }
  }
  return scores;
}

// The members of each component, sorted.
std::vector<std::vector<std::string>> Components(const Store& store,
                                                 const v1::EventFilter& filter) {
  v1::FindCommunitiesRequest request;
  *request.mutable_graph()->mutable_filter() = filter;
  request.set_method(v1::CONNECTED_COMPONENTS);
  const auto found = store.FindCommunities(request);
  EXPECT_TRUE(found.ok()) << found.status();
  std::vector<std::vector<std::string>> components;
  if (!found.ok()) return components;
  for (const v1::Community& community : found->communities()) {
    auto& members = components.emplace_back();
    for (const v1::Actor& actor : community.members()) members.push_back(actor.id());
    std::sort(members.begin(), members.end());
    EXPECT_EQ(community.actor_count(), community.members_size());
  }
  return components;
}

TEST(AnalyticsTest, APathAndAPairApart) {
  const auto store = MemoryStore();
  Link(store.get(), "a", "b");
  Link(store.get(), "b", "c");
  Link(store.get(), "c", "d");
  Link(store.get(), "c", "d", true, "2023-05-01");
  Link(store.get(), "x", "y");

  EXPECT_EQ(
      Rank(*store, v1::DEGREE),
      (std::map<std::string, double>{{"a", 1}, {"b", 2}, {"c", 2}, {"d", 1}, {"x", 1}, {"y", 1}}));
  EXPECT_EQ(
      Rank(*store, v1::BETWEENNESS),
      (std::map<std::string, double>{{"a", 0}, {"b", 2}, {"c", 2}, {"d", 0}, {"x", 0}, {"y", 0}}));
  const auto closeness = Rank(*store, v1::CLOSENESS);
  EXPECT_DOUBLE_EQ(closeness.at("b"), 3.0 / 5 * 3 / 4);
  EXPECT_DOUBLE_EQ(closeness.at("x"), 1.0 / 5);

  EXPECT_THAT(Components(*store, {}),
              ElementsAre(ElementsAre("a", "b", "c", "d"), ElementsAre("x", "y")));
  v1::EventFilter may;
  may.set_start_date("2023-05-01");
  EXPECT_THAT(Components(*store, may), ElementsAre(ElementsAre("c", "d")));
  may.set_min_confidence(0.5);  // by events, not by days
  EXPECT_THAT(Components(*store, may), ElementsAre(ElementsAre("c", "d")));
  may.set_min_confidence(0.9);
  EXPECT_THAT(Components(*store, may), IsEmpty());
  may.clear_min_confidence();
  may.set_max_goldstein(-9.5);  // by events as well
  EXPECT_THAT(Components(*store, may), IsEmpty());
  may.clear_max_goldstein();
  may.set_min_goldstein(-10);
  EXPECT_THAT(Components(*store, may), ElementsAre(ElementsAre("c", "d")));
  may.add_types("attack");
  EXPECT_THAT(Components(*store, may), IsEmpty());
}

// Adds random arcs; weight[a][b] is the number of events from a to b.
using Matrix = std::vector<std::vector<double>>;
Matrix RandomGraph(Store* store, int nodes, int links, unsigned seed) {
  std::mt19937 random(seed);
  Matrix weight(nodes, std::vector<double>(nodes, 0));
  for (int i = 0; i < links; ++i) {
    const size_t a = random() % nodes, b = random() % nodes;
    if (a == b) continue;
    const bool both = random() % 3 == 0;
    Link(store, Cat("n", a), Cat("n", b), both, Cat("2023-01-", 10 + random() % 20));
    weight[a][b] += 1;
    if (both) weight[b][a] += 1;
  }
  return weight;
}

bool Linked(const Matrix& w, size_t a, size_t b) { return w[a][b] + w[b][a] > 0; }

// Distances by relaxing until nothing changes, and numbers of shortest paths by distance.
void Distances(const Matrix& w, Matrix* distance, Matrix* paths) {
  const size_t n = w.size();
  distance->assign(n, std::vector<double>(n, INFINITY));
  paths->assign(n, std::vector<double>(n, 0));
  for (size_t s = 0; s < n; ++s) {
    (*distance)[s][s] = 0;
    (*paths)[s][s] = 1;
  }
  for (size_t hop = 1; hop < n; ++hop) {
    for (size_t s = 0; s < n; ++s) {
      for (size_t v = 0; v < n; ++v) {
        if ((*distance)[s][v] < INFINITY) continue;
        double count = 0;
        for (size_t u = 0; u < n; ++u) {
          if (Linked(w, u, v) && (*distance)[s][u] == static_cast<double>(hop - 1)) {
            count += (*paths)[s][u];
          }
        }
        if (count > 0) {
          (*distance)[s][v] = static_cast<double>(hop);
          (*paths)[s][v] = count;
        }
      }
    }
  }
}

TEST(AnalyticsTest, CentralitiesOnRandomGraphs) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const auto store = MemoryStore();
    const Matrix w = RandomGraph(store.get(), 14, 20, seed);
    const size_t n = w.size();
    Matrix distance, paths;
    Distances(w, &distance, &paths);
    const auto degree = Rank(*store, v1::DEGREE);
    const auto closeness = Rank(*store, v1::CLOSENESS);
    const auto betweenness = Rank(*store, v1::BETWEENNESS);
    const auto others = static_cast<double>(degree.size()) - 1;
    for (size_t v = 0; v < n; ++v) {
      const std::string id = Cat("n", v);
      if (degree.count(id) == 0) continue;
      double links = 0, reached = 0, sum = 0, between = 0;
      for (size_t t = 0; t < n; ++t) {
        links += Linked(w, v, t);
        if (t != v && distance[v][t] < INFINITY) {
          reached += 1;
          sum += distance[v][t];
        }
        for (size_t s = 0; s < t; ++s) {
          if (s == v || t == v || distance[s][t] == INFINITY) continue;
          if (distance[s][v] + distance[v][t] == distance[s][t]) {
            between += paths[s][v] * paths[v][t] / paths[s][t];
          }
        }
      }
      EXPECT_EQ(degree.at(id), links) << id;
      EXPECT_NEAR(closeness.at(id), reached / others * (reached / sum), 1e-9) << id;
      EXPECT_NEAR(betweenness.at(id), between, 1e-9) << id;
    }
  }
}

TEST(AnalyticsTest, PageRankIsTheFixedPoint) {
  const auto store = MemoryStore();
  const Matrix w = RandomGraph(store.get(), 14, 40, 7);
  const auto rank = Rank(*store, v1::PAGE_RANK);
  const auto count = static_cast<double>(rank.size());
  double total = 0, dangling = 0;
  std::map<std::string, double> out;
  for (const auto& [id, score] : rank) {
    total += score;
    const size_t node = std::stoul(id.substr(1));
    for (const double weight : w[node]) out[id] += weight;
    if (out[id] == 0) dangling += score;
  }
  EXPECT_NEAR(total, 1, 1e-9);
  for (const auto& [id, score] : rank) {
    double in = dangling / count;
    for (const auto& [from, from_score] : rank) {
      const double weight = w[std::stoul(from.substr(1))][std::stoul(id.substr(1))];
      if (weight > 0) in += from_score * weight / out[from];
    }
    EXPECT_NEAR(score, 0.15 / count + 0.85 * in, 1e-8) << id;
  }
}

TEST(AnalyticsTest, KindsLimitsAndRefusals) {
  const auto store = MemoryStore();
  v1::Event event = MakeEvent("meeting", v1::OCCURRED, "2023-01-01",
                              {{"r", "person:kim", "PRK"}, {"r", "person:putin", "RUS"}});
  ASSERT_TRUE(store->AddArticle(MakeArticle("a", "2023-01-01"), Coded({event})).ok());
  v1::RankActorsRequest request;
  EXPECT_EQ(store->RankActors(request)->actors_size(), 4);
  request.mutable_graph()->add_kinds(v1::STATE);
  ASSERT_EQ(store->RankActors(request)->actors_size(), 2);
  EXPECT_EQ(store->RankActors(request)->actors(0).actor().id(), "PRK");
  request.set_page_size(1);
  EXPECT_EQ(store->RankActors(request)->actors_size(), 1);
  EXPECT_EQ(store->RankActors(request)->actor_count(), 2);
  const auto refused = [&](const v1::RankActorsRequest& bad) {
    return store->RankActors(bad).status().code() == absl::StatusCode::kInvalidArgument;
  };
  v1::RankActorsRequest bad = request;
  bad.set_page_size(-1);
  EXPECT_TRUE(refused(bad));
  bad = request;
  bad.mutable_graph()->mutable_filter()->set_actor("PRK");
  EXPECT_TRUE(refused(bad));
  bad = request;
  bad.mutable_graph()->mutable_filter()->set_directed(true);
  EXPECT_TRUE(refused(bad));
  bad = request;
  bad.mutable_graph()->set_max_neighbors(-1);
  EXPECT_TRUE(refused(bad));
  bad = request;
  bad.set_measure(static_cast<v1::RankMeasure>(77));
  EXPECT_TRUE(refused(bad));
  Stop stop;
  stop.cancelled = [] { return true; };
  EXPECT_EQ(store->RankActors(request, stop).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(MemoryStore()->RankActors({})->actors_size(), 0);
}

// A hub with five neighbors of which some count more, and some are newer.
TEST(AnalyticsTest, HubsAreCutInTheOrderAskedFor) {
  const auto store = MemoryStore();
  for (int i = 0; i < 5; ++i) {
    for (int events = 0; events <= i; ++events) {
      Link(store.get(), "hub", Cat("n", i), true, Cat("2023-01-", 20 - i));
    }
  }
  Link(store.get(), "n0", "n1");
  Link(store.get(), "n0", "n1");
  Link(store.get(), "n0", "n1");
  const auto pairs = [&](int max_neighbors, v1::NeighborOrder order) {
    v1::RankActorsRequest request;
    request.mutable_graph()->set_max_neighbors(max_neighbors);
    request.mutable_graph()->set_neighbor_order(order);
    return store->RankActors(request)->pair_count();
  };
  EXPECT_EQ(pairs(0, v1::MOST_EVENTS), 6);
  // Kept by the hub: n4. By n0 and n1: each other. By n2, n3, n4: the hub.
  EXPECT_EQ(pairs(1, v1::MOST_EVENTS), 4);
  // By n0 and n1 now the hub, since their own tie is older.
  EXPECT_EQ(pairs(1, v1::MOST_RECENT), 5);
}

}  // namespace
}  // namespace entente::graph
