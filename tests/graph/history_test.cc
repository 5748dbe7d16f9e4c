// Goal: as of any revision, every question is answered as it was answered then; indexes, roll-ups
// and reports agree after every act, and Rebuild makes the same store. Method: random articles
// and acts of curators; after each, a copy of all answers; later the same questions as of random
// old revisions, compared word by word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/time.h"
#include "tests/graph/history_answers.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

constexpr int kSteps = 60;

class HistoryTest : public testing::TestWithParam<bool> {
 protected:
  size_t Below(size_t n) { return random_() % n; }
  template <typename T>
  const T& One(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

  void SetUp() override {
    options_ = DiskOptions(folder_.Path("store"));
    options_.in_memory = !GetParam();
    store_ = OpenOrDie(options_);
  }

  // Few actors, days and types, so that reports often tell of the same event.
  v1::Event RandomEvent() {
    const std::string date = FormatDate(Date::FromCivil(2023, 1, 30).AddDays(int(Below(5))));
    const size_t first = Below(actors_.size());
    const size_t second = (first + 1 + Below(actors_.size() - 1)) % actors_.size();
    v1::Event event = MakeEvent(Below(3) == 0 ? "attack" : "meeting",
                                static_cast<v1::EventStatus>(1 + Below(8)), date, {});
    for (const size_t i : {first, second}) {
      v1::Participant* p = event.add_participants();
      p->set_actor(actors_[i]);
      p->set_country(Below(2) == 0 ? actors_[i].substr(0, 3) : "");
      p->set_role("participant");
      p->set_side(v1::BOTH);
    }
    event.set_goldstein(static_cast<double>(Below(21)) - 10);
    event.set_quad_class(static_cast<v1::QuadClass>(Below(5)));
    if (Below(4) == 0) event.mutable_place()->set_name(Below(2) == 0 ? "Geneva" : "Seoul");
    for (size_t i = Below(3); i > 0; --i) *event.add_mentions() = event.mentions(0);
    return event;
  }

  void AddArticle() {
    std::vector<v1::Event> events;
    for (size_t i = Below(4); i > 0; --i) {
      if (!reported_.empty() && Below(2) == 0) {
        events.push_back(One(reported_));
        events.back().set_status(static_cast<v1::EventStatus>(1 + Below(8)));
      } else {
        events.push_back(RandomEvent());
        reported_.push_back(events.back());
      }
    }
    const std::string id = Cat("a", articles_.size());
    const std::string date = FormatDate(Date::FromCivil(2023, 2, 1).AddDays(int(Below(9))));
    const auto response = store_->AddArticle(MakeArticle(id, date), Coded(events));
    ASSERT_TRUE(response.ok()) << response.status();
    articles_.push_back(id);
    for (const std::string& event : response->event_ids()) {
      last_event_ = std::max<int64_t>(last_event_, std::stoll(event));
    }
  }

  virtual void Step() { AddArticle(); }

  Answers Now() const { return Ask(0); }
  Answers Ask(int64_t revision) const {
    return Questions(actors_, articles_).Ask(*store_, revision, last_event_);
  }

  // What came later is asked for as well, and must be as unknown as it was.
  void Compare(int64_t revision) {
    const Answers& then = states_.at(revision);
    const Answers again = Ask(revision);
    for (const auto& [question, answer] : again) {
      const auto it = then.find(question);
      if (it != then.end()) {
        ASSERT_EQ(answer, it->second) << "as of " << revision << ": " << question;
      } else {
        ASSERT_THAT(answer, testing::StartsWith("NOT_FOUND"))
            << "as of " << revision << ": " << question;
      }
    }
  }

  void Reopen() {
    if (options_.in_memory) return;
    ASSERT_TRUE(store_->Close().ok());
    store_ = OpenOrDie(options_);
  }

  int64_t Revision() const { return store_->GetStats({})->revision(); }

  const TempFolder folder_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
  std::mt19937 random_{20230914};
  std::vector<std::string> actors_ = {"AAA", "AAA.GOV", "BBB", "BBB.MIL", "CCC", "org:x"};
  std::vector<std::string> articles_;
  std::vector<v1::Event> reported_;
  int64_t last_event_ = 0;
  std::map<int64_t, Answers> states_;  // by revision
};

TEST_P(HistoryTest, AsOfAnswersAreThoseThatWereGivenThen) {
  for (int step = 0; step < kSteps; ++step) {
    Step();
    if (HasFatalFailure()) return;
    states_[Revision()] = Now();
    const absl::Status sound = step % 10 == 0 ? store_->Verify() : absl::OkStatus();
    ASSERT_TRUE(sound.ok()) << sound;
    if (step % 5 == 4) {
      Compare(std::next(states_.begin(), static_cast<int>(Below(states_.size())))->first);
      if (HasFatalFailure()) return;
    }
    if (step % 20 == 19) Reopen();  // what is kept for as-of reads is gone
  }
  ASSERT_TRUE(store_->Verify().ok()) << store_->Verify();
  for (const auto& [revision, answers] : states_) {
    Compare(revision);
    if (HasFatalFailure()) return;
  }
  const Answers before = Now();
  ASSERT_TRUE(store_->Rebuild().ok());
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  EXPECT_EQ(Now(), before);
}

TEST_P(HistoryTest, ForgottenHistorySaysWhatCanStillBeAsked) {
  for (int step = 0; step < 20; ++step) {
    Step();
    states_[Revision()] = Now();
  }
  EXPECT_EQ(store_->GetStats({})->oldest_revision(), 1);
  const auto oldest = store_->ForgetHistory(12);
  ASSERT_TRUE(oldest.ok()) << oldest.status();
  EXPECT_EQ(*oldest, 12u);
  EXPECT_EQ(*store_->ForgetHistory(5), 12u);  // never back
  EXPECT_EQ(store_->ForgetHistory(99).status().code(), absl::StatusCode::kOutOfRange);
  v1::GetActorRequest request;
  request.set_id("AAA");
  request.mutable_as_of()->set_revision(11);
  const absl::Status gone = store_->GetActor(request).status();
  EXPECT_EQ(gone.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(gone.message()),
              testing::HasSubstr("oldest revision that can be asked is 12"));
  request.mutable_as_of()->set_revision(21);
  EXPECT_EQ(store_->GetActor(request).status().code(), absl::StatusCode::kOutOfRange);
  Reopen();
  EXPECT_EQ(store_->GetStats({})->oldest_revision(), 12);
  for (int64_t revision = 12; revision <= 20; ++revision) Compare(revision);
}

TEST_P(HistoryTest, TheLogTellsWhatEachRevisionDid) {
  for (int step = 0; step < 15; ++step) Step();
  v1::ListChangesRequest request;
  request.set_page_size(4);
  int64_t revision = 0, events = 0, micros = 0;
  while (true) {
    request.set_after_revision(revision);
    const auto page = store_->ListChanges(request);
    ASSERT_TRUE(page.ok()) << page.status();
    if (page->revisions_size() == 0) break;
    for (const v1::Revision& r : page->revisions()) {
      EXPECT_EQ(r.revision(), ++revision);
      EXPECT_EQ(r.article(), articles_[static_cast<size_t>(revision - 1)]);
      EXPECT_GE(r.commit_time_micros(), micros);
      micros = r.commit_time_micros();
      if (r.created_event_count() > 0) {
        EXPECT_EQ(r.first_created_event(), events + 1);
      }
      events += r.created_event_count();
    }
  }
  EXPECT_EQ(revision, Revision());
  EXPECT_EQ(events, last_event_);

  // By time: the moment of a commit is the last revision of that moment.
  v1::GetStatsRequest stats;
  v1::GetActorRequest actor;
  actor.set_id("AAA");
  actor.mutable_as_of()->set_time_micros(micros);
  EXPECT_TRUE(store_->GetActor(actor).ok());
  actor.mutable_as_of()->set_time_micros(1);
  EXPECT_EQ(store_->GetActor(actor).status().code(), absl::StatusCode::kOutOfRange);
  actor.mutable_as_of()->set_revision(3);
  EXPECT_EQ(store_->GetActor(actor).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(HistoryTest, AnAsOfReadThatWouldCostTooMuchSaysSo) {
  options_.as_of_limit_events = 3;
  store_ = nullptr;
  store_ = OpenOrDie(options_);
  for (int step = 0; step < 20; ++step) Step();
  v1::GetActorRequest actor;
  actor.set_id("AAA");
  actor.mutable_as_of()->set_revision(6);
  EXPECT_EQ(store_->GetActor(actor).status().code(), absl::StatusCode::kResourceExhausted);
  actor.mutable_as_of()->set_revision(Revision());
  EXPECT_TRUE(store_->GetActor(actor).ok());
}

TEST_P(HistoryTest, AWatcherHearsOfLaterCommits) {
  for (int step = 0; step < 3; ++step) Step();
  v1::ListChangesRequest request;
  request.set_after_revision(1);
  request.set_follow(true);
  std::vector<int64_t> heard;
  const absl::Status status = store_->WatchChanges(request, [&](v1::ListChangesResponse&& changes) {
    for (const v1::Revision& r : changes.revisions()) heard.push_back(r.revision());
    if (heard.size() < 5) AddArticle();
    return heard.size() < 5;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(heard, testing::ElementsAre(2, 3, 4, 5, 6));
}

INSTANTIATE_TEST_SUITE_P(Both, HistoryTest, testing::Values(false, true),
                         [](const auto& param) { return param.param ? "RocksDb" : "Memory"; });

}  // namespace
}  // namespace entente::graph
