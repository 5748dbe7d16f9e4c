// Goal: communities are groups that modularity prefers. Method: a network of which the best
// division is known, groups made on purpose, and modularity recomputed from its definition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using Links = std::map<std::pair<int, int>, int>;  // events by pair, low first

std::string Name(int node) { return Cat("n", node); }

std::unique_ptr<Store> StoreOf(const Links& links) {
  auto store = MemoryStore();
  int next = 0;
  for (const auto& [ends, count] : links) {
    for (int i = 0; i < count; ++i) {
      const std::string id = Cat("link", ++next);
      v1::Event event = MakeEvent("meeting", v1::OCCURRED, "2023-01-01",
                                  {{"r", Name(ends.first), ""}, {"s", Name(ends.second), ""}});
      event.set_source_id(id);
      EXPECT_TRUE(store->AddArticle(MakeArticle(id, "2023-01-01"), Coded({event})).ok());
    }
  }
  return store;
}

v1::FindCommunitiesResponse Find(const Store& store, double resolution = 0) {
  v1::FindCommunitiesRequest request;
  request.set_resolution(resolution);
  request.set_page_size(1000);
  request.set_member_count(1000);
  auto found = store.FindCommunities(request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? *std::move(found) : v1::FindCommunitiesResponse();
}

std::set<std::set<std::string>> Groups(const v1::FindCommunitiesResponse& found) {
  std::set<std::set<std::string>> groups;
  for (const v1::Community& community : found.communities()) {
    std::set<std::string> members;
    for (const v1::Actor& actor : community.members()) members.insert(actor.id());
    EXPECT_EQ(static_cast<int64_t>(members.size()), community.actor_count());
    groups.insert(members);
  }
  return groups;
}

// Newman's definition: the sum over all ordered pairs in one group of A - k k / 2m, over 2m.
double Modularity(const Links& links, const std::set<std::set<std::string>>& groups,
                  double resolution) {
  std::map<std::string, double> degree;
  double twice = 0;
  for (const auto& [ends, count] : links) {
    degree[Name(ends.first)] += count;
    degree[Name(ends.second)] += count;
    twice += 2 * count;
  }
  double sum = 0;
  for (const auto& group : groups) {
    for (const std::string& a : group) {
      for (const std::string& b : group) sum -= resolution * degree[a] * degree[b] / twice;
    }
    for (const auto& [ends, count] : links) {
      if (group.contains(Name(ends.first)) && group.contains(Name(ends.second))) sum += 2 * count;
    }
  }
  return sum / twice;
}

// The friendships in a karate club: Zachary, "An information flow model for conflict and fission in
// small groups" (1977). The best modularity known, and proven, is 0.4198 (Brandes et al. 2008).
Links KarateClub() {
  const std::vector<std::vector<int>> friends = {
      {2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32},
      {3, 4, 8, 14, 18, 20, 22, 31},
      {4, 8, 9, 10, 14, 28, 29, 33},
      {8, 13, 14},
      {7, 11},
      {7, 11, 17},
      {17},
      {},
      {31, 33, 34},
      {34},
      {},
      {},
      {},
      {34},
      {33, 34},
      {33, 34},
      {},
      {},
      {33, 34},
      {34},
      {33, 34},
      {},
      {33, 34},
      {26, 28, 30, 33, 34},
      {26, 28, 32},
      {32},
      {30, 34},
      {34},
      {32, 34},
      {33, 34},
      {33, 34},
      {33, 34},
      {34}};
  Links links;
  for (size_t i = 0; i < friends.size(); ++i) {
    for (const int other : friends[i]) links[{static_cast<int>(i) + 1, other}] = 1;
  }
  return links;
}

TEST(CommunitiesTest, AKarateClub) {
  const Links links = KarateClub();
  ASSERT_EQ(links.size(), 78u);
  const auto store = StoreOf(links);
  const v1::FindCommunitiesResponse found = Find(*store);
  EXPECT_GT(found.modularity(), 0.41);
  EXPECT_LT(found.modularity(), 0.4199);
  EXPECT_NEAR(found.modularity(), Modularity(links, Groups(found), 1), 1e-9);
  EXPECT_EQ(found.community_count(), 4);
  // The instructor and the president fell out.
  for (const auto& group : Groups(found)) {
    EXPECT_FALSE(group.contains("n1") && group.contains("n34"));
  }
  EXPECT_LT(Find(*store, 0.1).community_count(), 3);
  EXPECT_GT(Find(*store, 10).community_count(), 10);
}

TEST(CommunitiesTest, GroupsMadeOnPurposeAreFound) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    std::mt19937 random(seed);
    Links links;
    for (int a = 0; a < 32; ++a) {
      for (int b = a + 1; b < 32; ++b) {
        const bool same = a / 8 == b / 8;
        if (random() % 100 < (same ? 70u : 4u)) {
          links[{a, b}] = 1 + static_cast<int>(random() % (same ? 4 : 1));
        }
      }
    }
    const v1::FindCommunitiesResponse found = Find(*StoreOf(links));
    std::set<std::set<std::string>> expected;
    for (int group = 0; group < 4; ++group) {
      std::set<std::string> members;
      for (int i = 0; i < 8; ++i) members.insert(Name(group * 8 + i));
      expected.insert(members);
    }
    EXPECT_EQ(Groups(found), expected) << seed;
    EXPECT_NEAR(found.modularity(), Modularity(links, expected, 1), 1e-9);
    int64_t inside = 0, counted = 0;
    for (const auto& [ends, count] : links) inside += ends.first / 8 == ends.second / 8 ? count : 0;
    for (const v1::Community& c : found.communities()) counted += c.event_count();
    EXPECT_EQ(counted, inside);
  }
}

TEST(CommunitiesTest, PagesMembersAndRefusals) {
  const auto store = StoreOf({{{0, 1}, 3}, {{1, 2}, 2}, {{0, 2}, 1}, {{8, 9}, 1}});
  v1::FindCommunitiesRequest request;
  request.set_method(v1::CONNECTED_COMPONENTS);
  request.set_page_size(1);
  request.set_member_count(2);
  const auto found = store->FindCommunities(request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->community_count(), 2);
  ASSERT_EQ(found->communities_size(), 1);
  EXPECT_EQ(found->communities(0).actor_count(), 3);
  EXPECT_EQ(found->communities(0).event_count(), 6);
  ASSERT_EQ(found->communities(0).members_size(), 2);  // those with most events inside
  EXPECT_EQ(found->communities(0).members(0).id(), "n1");
  EXPECT_EQ(found->communities(0).members(1).id(), "n0");
  const auto code = [&](const v1::FindCommunitiesRequest& bad) {
    return store->FindCommunities(bad).status().code();
  };
  for (const double resolution : {-1.0, 0.001, 101.0, std::nan("")}) {
    request.set_resolution(resolution);
    EXPECT_EQ(code(request), absl::StatusCode::kInvalidArgument) << resolution;
  }
  request.set_resolution(1);
  request.set_member_count(1001);
  EXPECT_EQ(code(request), absl::StatusCode::kInvalidArgument);
  request.set_member_count(1);
  Stop stop;
  stop.cancelled = [] { return true; };
  EXPECT_EQ(store->FindCommunities(request, stop).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(MemoryStore()->FindCommunities({})->community_count(), 0);
}

}  // namespace
}  // namespace entente::graph
