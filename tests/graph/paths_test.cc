// Goal: the chains found are the best ones. Method: every simple chain of small random graphs is
// made by hand, and the answer compared with the best of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "base/time.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::ElementsAre;

struct Contact {
  int from = 0;
  int to = 0;
  int day = 0;
};

constexpr int kFirstDay = 19'000;

std::string Name(int node) { return Cat("n", node); }

void Add(Store* store, const Contact& contact, int id) {
  const std::string date = FormatDate(Date{kFirstDay + contact.day});
  v1::Event event = MakeEvent(
      "meeting", v1::OCCURRED, date,
      {{"r", Name(contact.from), "", v1::SOURCE}, {"s", Name(contact.to), "", v1::TARGET}});
  event.set_source_id(Cat("contact", id));
  ASSERT_TRUE(store->AddArticle(MakeArticle(Cat("a", id), date), Coded({event})).ok());
}

std::vector<Contact> RandomContacts(Store* store, int nodes, int contacts, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Contact> out;
  while (static_cast<int>(out.size()) < contacts) {
    const Contact contact{static_cast<int>(random() % nodes), static_cast<int>(random() % nodes),
                          static_cast<int>(random() % 30)};
    if (contact.from == contact.to) continue;
    Add(store, contact, static_cast<int>(out.size()));
    out.push_back(contact);
  }
  return out;
}

// Calls `use` with every chain of at most `hops_max` hops without a node twice.
void ForEachChain(const std::set<std::pair<int, int>>& links, int to, int hops_max,
                  std::vector<int>* chain,
                  const std::function<void(const std::vector<int>&)>& use) {
  if (chain->back() == to) return use(*chain);
  if (static_cast<int>(chain->size()) > hops_max) return;
  for (const auto& [a, b] : links) {
    if (a != chain->back() || std::find(chain->begin(), chain->end(), b) != chain->end()) continue;
    chain->push_back(b);
    ForEachChain(links, to, hops_max, chain, use);
    chain->pop_back();
  }
}

v1::FindPathsRequest Request(int from, int to, v1::PathOrder order, int hops, bool directed) {
  v1::FindPathsRequest request;
  request.set_from_actor(Name(from));
  request.set_to_actor(Name(to));
  request.set_order(order);
  request.set_max_hops(hops);
  request.mutable_graph()->mutable_filter()->set_directed(directed);
  return request;
}

// The arcs of a graph and their events.
std::map<std::pair<int, int>, int> Arcs(const std::vector<Contact>& contacts, bool directed) {
  std::map<std::pair<int, int>, int> arcs;
  for (const Contact& c : contacts) {
    ++arcs[{c.from, c.to}];
    if (!directed) ++arcs[{c.to, c.from}];
  }
  return arcs;
}

class BestPathsTest : public testing::TestWithParam<std::tuple<v1::PathOrder, bool>> {};

TEST_P(BestPathsTest, AreTheBestOfAllChains) {
  const auto [order, directed] = GetParam();
  for (unsigned seed = 1; seed <= 6; ++seed) {
    const auto store = MemoryStore();
    const auto contacts = RandomContacts(store.get(), 9, 26, seed);
    const auto arcs = Arcs(contacts, directed);
    std::set<std::pair<int, int>> links;
    for (const auto& [ends, count] : arcs) links.insert(ends);
    for (const int hops_max : {1, 3, 5}) {
      std::vector<std::pair<double, double>> expected;  // cost, then ties
      std::vector<int> start = {0};
      ForEachChain(links, 8, hops_max, &start, [&](const std::vector<int>& chain) {
        double ties = 0;
        for (size_t i = 0; i + 1 < chain.size(); ++i) {
          ties += 1.0 / arcs.at({chain[i], chain[i + 1]});
        }
        const auto hops = static_cast<double>(chain.size() - 1);
        expected.emplace_back(order == v1::FEWEST_HOPS ? hops : ties, ties);
      });
      std::sort(expected.begin(), expected.end());
      if (expected.size() > 12) expected.resize(12);
      v1::FindPathsRequest request = Request(0, 8, order, hops_max, directed);
      request.set_path_count(12);
      const auto found = store->FindPaths(request);
      if (links.empty() || !found.ok()) {
        EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound);  // an actor without events
        continue;
      }
      ASSERT_EQ(static_cast<size_t>(found->paths_size()), expected.size()) << seed;
      std::set<std::string> different;
      for (int i = 0; i < found->paths_size(); ++i) {
        const v1::ActorPath& path = found->paths(i);
        EXPECT_NEAR(path.cost(), expected[i].first, 1e-9) << seed << " path " << i;
        double ties = 0;
        std::string chain = path.hops(0).from_actor().id();
        for (const v1::PathHop& hop : path.hops()) {
          ties += 1.0 / static_cast<double>(hop.event_count());
          EXPECT_TRUE(chain.ends_with(hop.from_actor().id()));
          chain += Cat(" ", hop.to_actor().id());
        }
        EXPECT_NEAR(ties, expected[i].second, 1e-9) << seed << " path " << i;
        EXPECT_TRUE(different.insert(chain).second) << chain;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OrdersAndDirections, BestPathsTest,
                         testing::Combine(testing::Values(v1::FEWEST_HOPS, v1::STRONGEST_TIES),
                                          testing::Bool()));

// The earliest day at which a chain of the wanted direction can end, with its hops; by trying all.
std::optional<std::pair<int, int>> EarliestArrival(const std::vector<Contact>& contacts, int from,
                                                   int to, int hops_max, bool directed) {
  std::optional<std::pair<int, int>> best;
  std::vector<bool> used(32, false);
  const std::function<void(int, int, int)> visit = [&](int node, int day, int hops) {
    if (node == to) {
      if (!best || std::pair(day, hops) < *best) best = {day, hops};
      return;
    }
    if (hops == hops_max) return;
    used[static_cast<size_t>(node)] = true;
    for (const Contact& c : contacts) {
      for (const auto& [a, b] : {std::pair(c.from, c.to), std::pair(c.to, c.from)}) {
        if (a != node || used[static_cast<size_t>(b)] || c.day < day) continue;
        if (directed && a != c.from) continue;
        visit(b, c.day, hops + 1);
      }
    }
    used[static_cast<size_t>(node)] = false;
  };
  visit(from, 0, 0);
  return best;
}

TEST(PathsTest, EarliestArrivalOnRandomContacts) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    const auto store = MemoryStore();
    const auto contacts = RandomContacts(store.get(), 8, 16, seed);
    for (const bool directed : {false, true}) {
      for (const int hops_max : {1, 2, 4, 8}) {
        const auto expected = EarliestArrival(contacts, 0, 7, hops_max, directed);
        const auto found =
            store->FindPaths(Request(0, 7, v1::EARLIEST_ARRIVAL, hops_max, directed));
        if (!found.ok()) {
          EXPECT_EQ(found.status().code(), absl::StatusCode::kNotFound);
          EXPECT_FALSE(expected);
          continue;
        }
        ASSERT_EQ(found->paths_size(), expected ? 1 : 0) << seed;
        if (!expected) continue;
        const v1::ActorPath& path = found->paths(0);
        EXPECT_EQ(path.hops_size(), expected->second) << seed;
        std::string last;
        for (const v1::PathHop& hop : path.hops()) {
          EXPECT_GE(hop.event().date().start(), last);
          last = hop.event().date().start();
        }
        EXPECT_EQ(last, FormatDate(Date{kFirstDay + expected->first})) << seed;
      }
    }
  }
}

TEST(PathsTest, EarlierHopsAreAsLateAsTheyCanBe) {
  const auto store = MemoryStore();
  Add(store.get(), {0, 1, 1}, 1);
  Add(store.get(), {0, 1, 6}, 2);
  Add(store.get(), {0, 1, 9}, 3);
  Add(store.get(), {1, 2, 7}, 4);
  Add(store.get(), {1, 2, 0}, 5);
  const auto found = store->FindPaths(Request(0, 2, v1::EARLIEST_ARRIVAL, 3, false));
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->paths_size(), 1);
  ASSERT_EQ(found->paths(0).hops_size(), 2);
  EXPECT_EQ(found->paths(0).hops(0).event().date().start(), FormatDate(Date{kFirstDay + 6}));
  EXPECT_EQ(found->paths(0).hops(0).event_count(), 3);
  EXPECT_EQ(found->paths(0).hops(1).event().date().start(), FormatDate(Date{kFirstDay + 7}));
  EXPECT_EQ(found->paths(0).cost(), 1);
}

TEST(PathsTest, KindsAndHubs) {
  const auto store = MemoryStore();
  Add(store.get(), {0, 1, 1}, 1);
  Add(store.get(), {1, 2, 2}, 2);
  Add(store.get(), {1, 3, 2}, 3);
  Add(store.get(), {1, 3, 3}, 4);
  Add(store.get(), {3, 2, 4}, 5);
  Add(store.get(), {3, 2, 5}, 6);
  Add(store.get(), {0, 4, 2}, 7);
  Add(store.get(), {0, 4, 3}, 8);
  for (const v1::PathOrder order : {v1::FEWEST_HOPS, v1::EARLIEST_ARRIVAL}) {
    v1::FindPathsRequest request = Request(0, 2, order, 4, false);
    request.set_path_count(1);
    EXPECT_EQ(store->FindPaths(request)->paths(0).hops_size(), 2);
    request.mutable_graph()->add_kinds(v1::STATE);
    EXPECT_EQ(store->FindPaths(request)->paths_size(), 0);
  }
  // n1 and n2 keep n3 only, so that the way is longer; n0 keeps n4, but n1-n0 is lost at both ends.
  v1::FindPathsRequest cut = Request(1, 2, v1::FEWEST_HOPS, 4, false);
  cut.mutable_graph()->set_max_neighbors(1);
  ASSERT_EQ(store->FindPaths(cut)->paths_size(), 1);
  EXPECT_EQ(store->FindPaths(cut)->paths(0).hops_size(), 2);
  // Here an actor's own first neighbors count: n3 and n0 of n1, n1 and n2 of n3.
  cut.set_order(v1::EARLIEST_ARRIVAL);
  cut.set_path_count(1);
  cut.mutable_graph()->set_max_neighbors(2);
  EXPECT_EQ(store->FindPaths(cut)->paths(0).hops_size(), 2);
}

// "Police" of no known state were not the same police.
TEST(PathsTest, NobodyInParticularLinksNobody) {
  const auto store = MemoryStore();
  v1::CodedArticle coded =
      Coded({MakeEvent("meeting", v1::OCCURRED, "2023-01-01", {{"r", "FRA"}, {"r", "UNK.COP"}}),
             MakeEvent("meeting", v1::OCCURRED, "2023-01-02", {{"r", "UNK.COP"}, {"r", "PER"}})});
  v1::Actor* police = coded.add_actors();
  police->set_id("UNK.COP");
  police->set_kind(v1::UNNAMED_ROLE);
  ASSERT_TRUE(store->AddArticle(MakeArticle("a", "2023-01-03"), coded).ok());
  v1::FindPathRequest one;
  one.set_from_actor("FRA");
  one.set_to_actor("PER");
  EXPECT_EQ(store->FindPath(one)->hops_size(), 0);
  v1::FindPathsRequest many;
  many.set_from_actor("FRA");
  many.set_to_actor("PER");
  for (const v1::PathOrder order : {v1::FEWEST_HOPS, v1::EARLIEST_ARRIVAL}) {
    many.set_order(order);
    EXPECT_EQ(store->FindPaths(many)->paths_size(), 0);
  }
  EXPECT_EQ(store->RankActors({})->actor_count(), 0);
  one.set_to_actor("UNK.COP");  // who is asked for is found
  EXPECT_EQ(store->FindPath(one)->hops_size(), 1);
}

TEST(PathsTest, Refusals) {
  const auto store = MemoryStore();
  Add(store.get(), {0, 1, 1}, 1);
  const auto code = [&](const v1::FindPathsRequest& request) {
    return store->FindPaths(request).status().code();
  };
  const v1::FindPathsRequest good = Request(0, 1, v1::FEWEST_HOPS, 2, false);
  EXPECT_EQ(code(good), absl::StatusCode::kOk);
  v1::FindPathsRequest bad = good;
  bad.set_max_hops(9);
  EXPECT_EQ(code(bad), absl::StatusCode::kInvalidArgument);
  bad = good;
  bad.set_path_count(101);
  EXPECT_EQ(code(bad), absl::StatusCode::kInvalidArgument);
  bad = good;
  bad.set_to_actor("n0");
  EXPECT_EQ(code(bad), absl::StatusCode::kInvalidArgument);
  bad = good;
  bad.set_to_actor("nobody");
  EXPECT_EQ(code(bad), absl::StatusCode::kNotFound);
  bad = good;
  bad.set_order(static_cast<v1::PathOrder>(99));
  EXPECT_EQ(code(bad), absl::StatusCode::kInvalidArgument);
  bad = good;
  bad.set_order(v1::EARLIEST_ARRIVAL);
  bad.set_path_count(2);
  EXPECT_EQ(code(bad), absl::StatusCode::kInvalidArgument);
  bad.set_path_count(1);
  bad.mutable_graph()->set_neighbor_order(v1::MOST_RECENT);
  EXPECT_EQ(code(bad), absl::StatusCode::kInvalidArgument);
  Stop stop;
  stop.cancelled = [] { return true; };
  EXPECT_EQ(store->FindPaths(good, stop).status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace entente::graph
