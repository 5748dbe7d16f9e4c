// Goal: on random events, ListEvents, SummarizeTimeline, GetRelationship, ListRelationships and
// FindPath say what a straightforward reading of all events says. Method: an oracle that knows only
// the definitions in graph/projection.h and event_graph.proto, and looks at every event every time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/time.h"
#include "tests/graph/random_store.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

constexpr int kArticles = 150;
constexpr int kQuestions = 250;

// One event as the oracle sees it.
struct Seen {
  v1::Event event;  // as GetEvent returns it
  int64_t id = 0;
  Date day;
};

struct Filter {
  std::string actor, other;
  std::optional<Date> first, last;
  std::set<std::string> types;
  std::set<int> statuses, quads;
  double min_confidence = 0;
  std::optional<double> min_goldstein, max_goldstein;
  bool directed = false;
};

class Oracle {
 public:
  void Learn(const Store& store) {
    seen_.clear();
    const int64_t count = store.GetStats({})->event_count();
    for (int64_t id = 1; id <= count; ++id) {
      v1::GetEventRequest request;
      request.set_id(std::to_string(id));
      const auto event = store.GetEvent(request);
      ASSERT_TRUE(event.ok()) << event.status();
      seen_.push_back({*event, id, *ParseDate(event->date().start())});
    }
    std::stable_sort(seen_.begin(), seen_.end(),
                     [](const Seen& a, const Seen& b) { return a.day < b.day; });
  }

  static bool Acts(const v1::Event& e, const std::string& who) {
    return std::any_of(e.participants().begin(), e.participants().end(),
                       [&](const auto& p) { return p.actor() == who || p.country() == who; });
  }

  static bool OwnState(const v1::Event& e, const std::string& a, const std::string& b) {
    return std::any_of(e.participants().begin(), e.participants().end(), [&](const auto& p) {
      return (p.actor() == a && p.country() == b) || (p.actor() == b && p.country() == a);
    });
  }

  // True if `a` can be the source of a dyad with `b`; for events without any side, if both act.
  static bool Leads(const v1::Event& e, const std::string& a, const std::string& b) {
    if (a == b || OwnState(e, a, b)) return false;
    for (int i = 0; i < e.participants_size(); ++i) {
      for (int j = 0; j < e.participants_size(); ++j) {
        const v1::Participant& p = e.participants(i);
        const v1::Participant& q = e.participants(j);
        const bool ends =
            (p.actor() == a || p.country() == a) && (q.actor() == b || q.country() == b);
        const bool source = p.side() == v1::SOURCE || p.side() == v1::BOTH;
        const bool target = q.side() == v1::TARGET || q.side() == v1::BOTH;
        if (i != j && ends && source && target) return true;
      }
    }
    return false;
  }

  static bool Links(const v1::Event& e, const std::string& a, const std::string& b) {
    if (Leads(e, a, b) || Leads(e, b, a)) return true;
    const bool no_sides =
        std::all_of(e.participants().begin(), e.participants().end(),
                    [](const auto& p) { return p.side() == v1::DYAD_SIDE_UNSPECIFIED; });
    if (!no_sides || a == b || OwnState(e, a, b)) return false;
    for (int i = 0; i < e.participants_size(); ++i) {
      for (int j = 0; j < e.participants_size(); ++j) {
        const v1::Participant& p = e.participants(i);
        const v1::Participant& q = e.participants(j);
        if (i != j && (p.actor() == a || p.country() == a) &&
            (q.actor() == b || q.country() == b)) {
          return true;
        }
      }
    }
    return false;
  }

  static bool PassesPlain(const Seen& s, const Filter& f) {
    return (!f.first || s.day >= *f.first) && (!f.last || s.day <= *f.last) &&
           (f.types.empty() || f.types.count(s.event.type()) > 0) &&
           (f.statuses.empty() || f.statuses.count(s.event.status()) > 0) &&
           (f.quads.empty() || f.quads.count(s.event.quad_class()) > 0) &&
           s.event.confidence() >= f.min_confidence &&
           s.event.goldstein() >= f.min_goldstein.value_or(-10) &&
           s.event.goldstein() <= f.max_goldstein.value_or(10);
  }

  static bool Passes(const Seen& s, const Filter& f) {
    if (!PassesPlain(s, f)) return false;
    if (f.actor.empty()) return true;
    if (f.other.empty()) return Acts(s.event, f.actor);
    return f.directed ? Leads(s.event, f.actor, f.other) : Links(s.event, f.actor, f.other);
  }

  std::vector<std::string> List(const Filter& f) const {
    std::vector<std::string> ids;
    for (const Seen& s : seen_) {
      if (Passes(s, f)) ids.push_back(s.event.id());
    }
    return ids;
  }

  // Length of the shortest chain; -1 if there is none of up to `hops_max` hops.
  int Distance(const std::vector<std::string>& actors, const std::string& from,
               const std::string& to, const Filter& f, int hops_max) const {
    std::map<std::string, int> distance = {{from, 0}};
    std::vector<std::string> frontier = {from};
    for (int hops = 1; hops <= hops_max; ++hops) {
      std::vector<std::string> next;
      for (const std::string& a : frontier) {
        for (const std::string& b : actors) {
          if (distance.count(b) > 0 || !Joined(a, b, f)) continue;
          if (b == to) return hops;
          distance[b] = hops;
          next.push_back(b);
        }
      }
      frontier = next;
    }
    return -1;
  }

  bool Joined(const std::string& a, const std::string& b, const Filter& f) const {
    return std::any_of(seen_.begin(), seen_.end(), [&](const Seen& s) {
      return PassesPlain(s, f) && (f.directed ? Leads(s.event, a, b) : Links(s.event, a, b));
    });
  }

  const std::vector<Seen>& seen() const { return seen_; }

 private:
  std::vector<Seen> seen_;  // by day, then id
};

class OracleTest : public RandomStoreTest {
 protected:
  OracleTest() : RandomStoreTest(4711) {}

  void SetUp() override {
    RandomStoreTest::SetUp();
    for (const char* state : {"AAA", "BBB", "CCC", "DDD", "EEE", "FFF"}) {
      actors_.push_back(state);
      for (const char* part : {".GOV", ".MIL"}) actors_.push_back(std::string(state) + part);
    }
    Fill();
    oracle_.Learn(*store_);
  }

  v1::Event RandomEvent() {
    v1::Event event;
    event.set_type(One(types_));
    event.set_status(static_cast<v1::EventStatus>(1 + Below(4)));
    event.mutable_date()->set_start(FormatDate(RandomDay()));
    event.set_quad_class(static_cast<v1::QuadClass>(Below(5)));
    event.set_goldstein(static_cast<double>(Below(201)) / 10 - 10);
    event.set_confidence(static_cast<double>(Below(11)) / 10);
    const bool sided = Below(10) != 0;
    for (size_t i = 1 + Below(4); i > 0; --i) {
      // Distant states meet seldom, so that paths have some length.
      const size_t state = std::min<size_t>(5, Below(2) + state_bias_);
      v1::Participant* p = event.add_participants();
      p->set_actor(actors_[state * 3 + Below(3)]);
      p->set_country(Below(8) == 0 ? "" : actors_[state * 3]);
      p->set_role(i == 1 ? "last" : "guest");
      p->set_side(sided ? static_cast<v1::DyadSide>(Below(4)) : v1::DYAD_SIDE_UNSPECIFIED);
    }
    state_bias_ = Below(5);
    v1::Mention* mention = event.add_mentions();
    mention->set_status(event.status());
    return event;
  }

  Date RandomDay() { return Date::FromCivil(2023, 1, 1).AddDays(static_cast<int>(Below(120))); }

  void Fill() {
    std::vector<v1::Event> reported;
    for (int a = 0; a < kArticles; ++a) {
      std::vector<v1::Event> events;
      for (size_t i = Below(4); i > 0; --i) {
        // Some report what others reported, with another status.
        if (!reported.empty() && Below(3) == 0) {
          events.push_back(One(reported));
          events.back().set_status(static_cast<v1::EventStatus>(1 + Below(8)));
          events.back().set_confidence(static_cast<double>(Below(11)) / 10);
        } else {
          events.push_back(RandomEvent());
          reported.push_back(events.back());
        }
      }
      // Up to here index rows come to stand in runs.
      if (a == 2 * kArticles / 3) {
        ASSERT_TRUE(store_->Rebuild().ok());
      }
      const auto response =
          store_->AddArticle(MakeArticle(Cat("a", a), FormatDate(RandomDay())), Coded(events));
      ASSERT_TRUE(response.ok()) << response.status();
    }
    ASSERT_TRUE(store_->Verify().ok()) << store_->Verify();
  }

  Filter RandomFilter() {
    Filter f;
    if (Below(5) != 0) f.actor = One(actors_);
    if (!f.actor.empty() && Below(2) == 0) {
      do f.other = One(actors_);
      while (f.other == f.actor);
      f.directed = Below(3) == 0;
    }
    if (Below(2) == 0) f.first = RandomDay();
    if (Below(2) == 0) f.last = RandomDay();
    if (f.first && f.last && *f.last < *f.first) std::swap(f.first, f.last);
    if (Below(3) == 0) f.types = {One(types_), One(types_)};
    if (Below(3) == 0) f.statuses = {static_cast<int>(1 + Below(8)), static_cast<int>(Below(9))};
    if (Below(4) == 0) f.quads = {static_cast<int>(Below(5))};
    if (Below(4) == 0) f.min_confidence = static_cast<double>(Below(11)) / 10;
    if (Below(5) == 0) f.min_goldstein = static_cast<double>(Below(21)) - 10;
    if (Below(5) == 0)
      f.max_goldstein = f.min_goldstein.value_or(-10) + static_cast<double>(Below(5));
    if (f.max_goldstein > 10) f.max_goldstein = 10;
    return f;
  }

  static v1::EventFilter ToProto(const Filter& f) {
    v1::EventFilter out;
    out.set_actor(f.actor);
    out.set_other_actor(f.other);
    if (f.first) out.set_start_date(FormatDate(*f.first));
    if (f.last) out.set_end_date(FormatDate(*f.last));
    for (const std::string& type : f.types) out.add_types(type);
    for (const int status : f.statuses) out.add_statuses(static_cast<v1::EventStatus>(status));
    for (const int quad : f.quads) out.add_quad_classes(static_cast<v1::QuadClass>(quad));
    out.set_min_confidence(f.min_confidence);
    if (f.min_goldstein) out.set_min_goldstein(*f.min_goldstein);
    if (f.max_goldstein) out.set_max_goldstein(*f.max_goldstein);
    out.set_directed(f.directed);
    return out;
  }

  // The index answers what the events say.
  void ExpectSameRows(const v1::ListEventsRequest& request,
                      const v1::ListEventsResponse& page) const {
    const auto rows = store_->ListTimeline(request);
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_EQ(rows->next_page_token, page.next_page_token());
    ASSERT_EQ(static_cast<int>(rows->entries.size()), page.events_size());
    for (int i = 0; i < page.events_size(); ++i) {
      const TimelineEntry& row = rows->entries[static_cast<size_t>(i)];
      const v1::Event& event = page.events(i);
      EXPECT_EQ(std::to_string(row.event), event.id());
      EXPECT_EQ(row.type, event.type());
      EXPECT_EQ(row.status, event.status());
      EXPECT_EQ(row.quad_class, event.quad_class());
      EXPECT_DOUBLE_EQ(row.goldstein, event.goldstein());
      EXPECT_DOUBLE_EQ(row.confidence, event.confidence());
      EXPECT_EQ(FormatDate(row.day), event.date().start());
    }
  }

  bool Known(const std::string& actor) const {
    v1::GetActorRequest request;
    request.set_id(actor);
    return store_->GetActor(request).ok();
  }

  std::vector<std::string> actors_;
  std::vector<std::string> types_ = {"meeting", "attack", "aid", "statement"};
  size_t state_bias_ = 0;
  Oracle oracle_;
};

TEST_P(OracleTest, ListEventsPageByPageAndAsAStream) {
  for (int q = 0; q < kQuestions; ++q) {
    const Filter f = RandomFilter();
    v1::ListEventsRequest request;
    *request.mutable_filter() = ToProto(f);
    const testing::ScopedTrace trace("filter", q, request.ShortDebugString());
    std::vector<std::string> expected = oracle_.List(f);
    request.set_newest_first(Below(2) == 0);
    if (request.newest_first()) std::reverse(expected.begin(), expected.end());
    request.set_page_size(static_cast<int32_t>(1 + Below(20)));
    std::vector<std::string> listed;
    do {
      const auto page = store_->ListEvents(request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const v1::Event& event : page->events()) listed.push_back(event.id());
      ExpectSameRows(request, *page);
      request.set_page_token(page->next_page_token());
      if (!page->next_page_token().empty()) {
        ASSERT_EQ(page->events_size(), request.page_size());
      }
    } while (!request.page_token().empty());
    ASSERT_EQ(listed, expected);

    std::vector<std::string> streamed;
    ASSERT_TRUE(store_
                    ->StreamTimeline(request,
                                     [&](v1::ListEventsResponse&& message) {
                                       for (const v1::Event& e : message.events()) {
                                         streamed.push_back(e.id());
                                       }
                                       return true;
                                     })
                    .ok());
    ASSERT_EQ(streamed, expected);
  }
}

TEST_P(OracleTest, SummariesAndRelationships) {
  for (int q = 0; q < kQuestions; ++q) {
    Filter f = RandomFilter();
    f.types.clear();
    f.statuses.clear();
    f.quads.clear();
    f.min_confidence = 0;
    f.min_goldstein.reset();
    f.max_goldstein.reset();
    f.directed = false;
    if (f.actor.empty() || f.other.empty() || !Known(f.actor) || !Known(f.other)) continue;
    int64_t count = 0, forward = 0, backward = 0, days = 0;
    double intensity = 0;
    std::optional<Date> last_day;
    std::map<std::string, int64_t> types;
    for (const Seen& s : oracle_.seen()) {
      if (!Oracle::Passes(s, f)) continue;
      ++count;
      intensity += s.event.goldstein();
      forward += Oracle::Leads(s.event, f.actor, f.other);
      backward += Oracle::Leads(s.event, f.other, f.actor);
      ++types[s.event.type()];
      if (last_day != s.day) ++days;
      last_day = s.day;
    }
    v1::GetRelationshipRequest request;
    request.set_actor(f.actor);
    request.set_other_actor(f.other);
    request.set_start_date(ToProto(f).start_date());
    request.set_end_date(ToProto(f).end_date());
    request.set_latest_count(3);
    const testing::ScopedTrace trace("pair", q, request.ShortDebugString());
    const auto r = store_->GetRelationship(request);
    ASSERT_TRUE(r.ok()) << r.status();
    EXPECT_EQ(r->event_count(), count);
    EXPECT_EQ(r->forward_count(), forward);
    EXPECT_EQ(r->backward_count(), backward);
    EXPECT_NEAR(r->goldstein_mean(), count == 0 ? 0 : intensity / static_cast<double>(count), 1e-9);
    std::map<std::string, int64_t> got_types;
    for (const v1::TypeCount& t : r->types()) got_types[t.type()] = t.count();
    EXPECT_EQ(got_types, types);
    std::vector<std::string> expected = oracle_.List(f), latest;
    for (const v1::Event& event : r->latest_events()) latest.push_back(event.id());
    EXPECT_EQ(r->first_event().id(), expected.empty() ? "" : expected[0]);
    std::reverse(expected.begin(), expected.end());
    expected.resize(std::min<size_t>(3, expected.size()));
    EXPECT_EQ(latest, expected);

    v1::SummarizeTimelineRequest summarize;
    summarize.set_actor(f.actor);
    summarize.set_other_actor(f.other);
    summarize.set_start_date(request.start_date());
    summarize.set_end_date(request.end_date());
    summarize.set_bucket(v1::DAILY);
    EXPECT_EQ(store_->SummarizeTimeline(summarize)->buckets_size(), days);
    summarize.clear_other_actor();
    int64_t of_actor = 0;
    const auto buckets = store_->SummarizeTimeline(summarize);
    for (const v1::TimelineBucket& bucket : buckets->buckets()) of_actor += bucket.event_count();
    f.other.clear();
    EXPECT_EQ(of_actor, static_cast<int64_t>(oracle_.List(f).size()));
  }
}

TEST_P(OracleTest, NeighborsAreThoseWithWhomEventsAreShared) {
  for (const std::string& actor : actors_) {
    if (!Known(actor)) continue;
    for (const bool windowed : {false, true}) {
      Filter f;
      f.actor = actor;
      if (windowed) {
        f.first = Date::FromCivil(2023, 2, 1);
        f.last = Date::FromCivil(2023, 2, 20);
      }
      std::map<std::string, int64_t> expected, got;
      for (const std::string& other : actors_) {
        f.other = other;
        if (other == actor) continue;
        if (const auto ids = oracle_.List(f); !ids.empty()) {
          expected[other] = static_cast<int64_t>(ids.size());
        }
      }
      v1::ListRelationshipsRequest request;
      request.set_actor(actor);
      request.set_start_date(ToProto(f).start_date());
      request.set_end_date(ToProto(f).end_date());
      request.set_page_size(1000);
      const auto list = store_->ListRelationships(request);
      ASSERT_TRUE(list.ok()) << list.status();
      for (const v1::RelationshipSummary& r : list->relationships()) {
        got[r.other_actor().id()] = r.event_count();
      }
      EXPECT_EQ(got, expected) << actor;
    }
  }
}

TEST_P(OracleTest, PathsAreShortestAndTrue) {
  int found = 0;
  for (int q = 0; q < kQuestions; ++q) {
    Filter f = RandomFilter();
    f.actor.clear();
    f.other.clear();
    f.directed = Below(3) == 0;
    if (Below(3) == 0) f = Filter();
    const std::string from = One(actors_), to = One(actors_);
    if (from == to || !Known(from) || !Known(to)) continue;
    v1::FindPathRequest request;
    request.set_from_actor(from);
    request.set_to_actor(to);
    request.set_max_hops(static_cast<int32_t>(1 + Below(5)));
    *request.mutable_filter() = ToProto(f);
    const testing::ScopedTrace trace("path", q, request.ShortDebugString());
    const auto path = store_->FindPath(request);
    ASSERT_TRUE(path.ok()) << path.status();
    const int expected = oracle_.Distance(actors_, from, to, f, request.max_hops());
    ASSERT_EQ(path->hops_size(), std::max(expected, 0));
    std::string at = from;
    for (const v1::PathHop& hop : path->hops()) {
      EXPECT_EQ(hop.from_actor().id(), at);
      at = hop.to_actor().id();
      Filter pair = f;
      pair.actor = hop.from_actor().id();
      pair.other = at;
      const auto ids = oracle_.List(pair);
      ASSERT_FALSE(ids.empty());
      EXPECT_EQ(hop.event().id(), ids.back());
      EXPECT_EQ(hop.event_count(), static_cast<int64_t>(ids.size()));
      ++found;
    }
    EXPECT_EQ(at, path->hops_size() > 0 ? to : from);
  }
  EXPECT_GT(found, 50);
}

TEST_P(OracleTest, ATokenIsBoundToItsQuestion) {
  v1::ListEventsRequest request;
  request.set_page_size(2);
  const auto page = store_->ListEvents(request);
  ASSERT_TRUE(page.ok());
  ASSERT_NE(page->next_page_token(), "");
  request.set_page_token(page->next_page_token());
  request.set_page_size(7);  // the size may change
  EXPECT_TRUE(store_->ListEvents(request).ok());
  v1::ListEventsRequest other = request;
  other.set_newest_first(true);
  EXPECT_EQ(store_->ListEvents(other).status().code(), absl::StatusCode::kInvalidArgument);
  other = request;
  other.mutable_filter()->add_types("aid");
  EXPECT_EQ(store_->ListEvents(other).status().code(), absl::StatusCode::kInvalidArgument);
  // Any change of a token is noticed.
  for (size_t i = 0; i < request.page_token().size(); ++i) {
    other = request;
    (*other.mutable_page_token())[i] = request.page_token()[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(store_->ListEvents(other).ok()) << i;
  }
}

TEST_P(OracleTest, LimitsDeadlinesAndCancellationEndACall) {
  // Stop is asked at the first key and every 256 keys.
  v1::ListRelationshipsRequest neighbors;
  neighbors.set_actor("CCC");
  neighbors.set_start_date("2023-01-01");  // reads the days of each pair
  Stop stop;
  stop.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(store_->ListRelationships(neighbors, stop).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  stop = Stop();
  stop.cancelled = [] { return true; };
  EXPECT_EQ(store_->ListRelationships(neighbors, stop).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(store_->StreamTimeline({}, [](v1::ListEventsResponse&&) { return false; }).code(),
            absl::StatusCode::kCancelled);
  if (options_.in_memory) return;
  store_.reset();
  options_.scan_limit_keys = 10;
  store_ = OpenOrDie(options_);
  EXPECT_EQ(store_->ListRelationships(neighbors).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(store_->StreamTimeline({}, [](v1::ListEventsResponse&&) { return true; }).ok());
}

INSTANTIATE_TEST_SUITE_P(Both, OracleTest, testing::Bool(), MemoryOrDisk);

}  // namespace
}  // namespace entente::graph
