// Goal: as of any revision, every question is answered as it was answered then; indexes, roll-ups
// and reports agree after every act, and Rebuild makes the same store. Method: random articles
// and acts of curators; after each, a copy of all answers; later the same questions as of random
// old revisions, compared word by word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/time.h"
#include "tests/graph/history_answers.h"
#include "tests/graph/random_store.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

constexpr int kSteps = 60;

class HistoryTest : public RandomStoreTest {
 protected:
  HistoryTest() : RandomStoreTest(20230914) {}

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
    last_event_ids_.assign(response->event_ids().begin(), response->event_ids().end());
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

  // Leaves runs of index rows, which the next acts take apart.
  void Pack() { ASSERT_TRUE(store_->Rebuild().ok()); }

  int64_t Revision() const { return store_->GetStats({})->revision(); }

  std::vector<std::string> actors_ = {"AAA", "AAA.GOV", "BBB", "BBB.MIL", "CCC", "org:x"};
  std::vector<std::string> articles_;
  std::vector<v1::Event> reported_;
  int64_t last_event_ = 0;
  std::vector<std::string> last_event_ids_;  // of the last article
  std::map<int64_t, Answers> states_;        // by revision
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
    if (step % 15 == 14) Pack();
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

// --- curation ----------------------------------------------------------------------------------

// Random acts, with a model that knows only which article reports which event, which articles are
// retracted, what was corrected, and who was merged.
class CurationTest : public HistoryTest {
 protected:
  struct Done {
    v1::CurationRecord record;
    bool undone = false;
  };

  static v1::Curator By() {
    v1::Curator curator;
    curator.set_author("ann");
    curator.set_reason("because");
    return curator;
  }

  void Step() override {
    if (articles_.size() < 8 || Below(3) == 0) {
      const size_t before = articles_.size();
      AddArticle();
      if (articles_.size() > before) LearnArticle(articles_.back());
    } else {
      RandomAct();
    }
    CheckModel();
  }

  void LearnArticle(const std::string& id) {
    for (const std::string& event : last_event_ids_) reports_[std::stoll(event)].insert(id);
  }

  void RandomAct() {
    v1::CurationRecord act;
    const std::string event = std::to_string(1 + Below(static_cast<size_t>(last_event_)));
    switch (Below(7)) {
      case 0:
        *act.mutable_merge_actors()->mutable_curator() = By();
        act.mutable_merge_actors()->set_actor(One(actors_));
        act.mutable_merge_actors()->set_into_actor(One(actors_));
        break;
      case 1:
        *act.mutable_retract_article()->mutable_curator() = By();
        act.mutable_retract_article()->set_article(One(articles_));
        break;
      case 2:
        *act.mutable_detach_report()->mutable_curator() = By();
        act.mutable_detach_report()->set_event_id(event);
        act.mutable_detach_report()->set_article(One(articles_));
        for (const auto& [number, articles] : reports_) {
          if (articles.size() < 2 || Below(2) == 0) continue;
          act.mutable_detach_report()->set_event_id(std::to_string(number));
          act.mutable_detach_report()->set_article(*articles.rbegin());
        }
        break;
      case 3:
        RandomCorrection(event, act.mutable_correct_event());
        break;
      case 4:
        *act.mutable_split_actor()->mutable_curator() = By();
        act.mutable_split_actor()->set_actor(One(actors_));
        act.mutable_split_actor()->mutable_new_actor()->set_id("org:split");
        act.mutable_split_actor()->add_event_ids(event);
        break;
      case 5:
        *act.mutable_edit_names()->mutable_curator() = By();
        act.mutable_edit_names()->set_actor(One(actors_));
        act.mutable_edit_names()->add_add(Cat("Name ", Below(3)));
        if (Below(2) == 0) act.mutable_edit_names()->add_remove(Cat("Name ", Below(3)));
        break;
      default:
        if (done_.empty()) return;
        *act.mutable_undo()->mutable_curator() = By();
        act.mutable_undo()->set_revision(One(done_).record.revision());
    }
    const auto record = store_->Curate(act);
    if (!record.ok()) {
      ASSERT_TRUE(record.status().code() == absl::StatusCode::kFailedPrecondition ||
                  record.status().code() == absl::StatusCode::kInvalidArgument ||
                  record.status().code() == absl::StatusCode::kNotFound)
          << record.status() << "\n"
          << act.ShortDebugString();
      return;
    }
    ++acts_[record->action_case()];
    Apply(*record);
    const absl::Status sound = store_->Verify();
    ASSERT_TRUE(sound.ok()) << sound << "\n" << record->ShortDebugString();
  }

  void RandomCorrection(const std::string& event, v1::CorrectEventRequest* act) {
    *act->mutable_curator() = By();
    act->set_event_id(event);
    v1::Event* values = act->mutable_values();
    switch (Below(4)) {
      case 0:
        act->add_fields("status");
        values->set_status(static_cast<v1::EventStatus>(1 + Below(8)));
        break;
      case 1:
        act->add_fields("type");
        act->add_fields("goldstein");
        values->set_type(Below(2) == 0 ? "aid" : "attack");
        values->set_goldstein(static_cast<double>(Below(21)) - 10);
        break;
      case 2:
        act->add_fields("date");
        values->mutable_date()->set_start(
            FormatDate(Date::FromCivil(2023, 2, 1).AddDays(static_cast<int>(Below(20)))));
        break;
      default:
        act->add_fields("participants");
        for (const char* role : {"attacker", "target"}) {
          v1::Participant* p = values->add_participants();
          p->set_role(role);
          p->set_actor(One(actors_));
          p->set_side(v1::BOTH);
        }
    }
  }

  void Apply(const v1::CurationRecord& record) {
    if (record.has_undo()) {
      for (Done& done : done_) {
        if (done.record.revision() != record.undo().revision()) continue;
        ASSERT_FALSE(done.undone);
        done.undone = true;
        if (done.record.has_retract_article()) {
          retracted_.erase(done.record.retract_article().article());
        }
        if (done.record.has_detach_report()) {
          const auto& detach = done.record.detach_report();
          reports_[std::stoll(done.record.created_event_ids(0))].erase(detach.article());
          reports_[std::stoll(detach.event_id())].insert(detach.article());
        }
      }
      return;
    }
    done_.push_back({record, false});
    if (record.has_retract_article()) retracted_.insert(record.retract_article().article());
    if (record.has_detach_report()) {
      const int64_t to = std::stoll(record.created_event_ids(0));
      reports_[std::stoll(record.detach_report().event_id())].erase(
          record.detach_report().article());
      reports_[to].insert(record.detach_report().article());
      last_event_ = std::max(last_event_, to);
    }
  }

  std::string Resolved(std::string id) const {
    for (bool moved = true; moved;) {
      moved = false;
      for (const Done& done : done_) {
        if (done.undone || !done.record.has_merge_actors() ||
            done.record.merge_actors().actor() != id) {
          continue;
        }
        id = done.record.merge_actors().into_actor();
        moved = true;
      }
    }
    return id;
  }

  // What each event must be, and who must find it.
  void CheckModel() {
    std::map<std::string, std::set<std::string>> found_by;
    for (const auto& [number, articles] : reports_) {
      int standing = 0;
      for (const std::string& article : articles) standing += retracted_.count(article) == 0;
      v1::GetEventRequest request;
      request.set_id(std::to_string(number));
      const auto event = store_->GetEvent(request);
      ASSERT_EQ(event.ok(), standing > 0) << number << ": " << event.status();
      if (!event.ok()) continue;
      ASSERT_EQ(event->article_count(), standing) << number;
      std::set<std::string> mentioned;
      for (const v1::Mention& mention : event->mentions()) mentioned.insert(mention.article());
      for (const std::string& article : mentioned) {
        ASSERT_TRUE(articles.count(article) > 0 && retracted_.count(article) == 0) << number;
      }
      for (const v1::Participant& p : event->participants()) {
        ASSERT_EQ(p.actor(), Resolved(p.actor()));
        found_by[p.actor()].insert(event->id());
        if (!p.country().empty()) found_by[p.country()].insert(event->id());
      }
      for (const Done& done : done_) {  // the last correction of the status in force holds
        const auto& correct = done.record.correct_event();
        if (done.undone || correct.event_id() != event->id()) continue;
        if (correct.fields(0) == "status") last_status_[number] = correct.values().status();
      }
      if (last_status_.count(number) > 0) {
        ASSERT_EQ(event->status(), last_status_[number]) << number;
      }
    }
    last_status_.clear();
    for (const std::string& actor : actors_) {
      v1::ListEventsRequest request;
      request.mutable_filter()->set_actor(actor);
      request.set_page_size(1000);
      const auto page = store_->ListEvents(request);
      if (!page.ok()) continue;  // not met yet
      std::set<std::string> listed;
      for (const v1::Event& event : page->events()) listed.insert(event.id());
      ASSERT_EQ(listed, found_by[Resolved(actor)]) << actor;
    }
  }

  std::map<int64_t, std::set<std::string>> reports_;
  std::map<int64_t, v1::EventStatus> last_status_;
  std::set<std::string> retracted_;
  std::vector<Done> done_;
  std::map<int, int> acts_;
};

TEST_P(CurationTest, RandomActsKeepTheStoreExactNowAndAsOf) {
  for (int step = 0; step < 90; ++step) {
    Step();
    if (HasFatalFailure()) return;
    states_[Revision()] = Now();
    if (step % 6 == 5) {
      Compare(std::next(states_.begin(), static_cast<int>(Below(states_.size())))->first);
      if (HasFatalFailure()) return;
    }
    if (step % 40 == 39) Reopen();
    if (step % 15 == 14) Pack();
  }
  EXPECT_EQ(acts_.size(), 7u);  // each kind of act happened
  for (const auto& [revision, answers] : states_) {
    Compare(revision);
    if (HasFatalFailure()) return;
  }
  const Answers before = Now();
  ASSERT_TRUE(store_->Rebuild().ok());
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  EXPECT_EQ(Now(), before);

  // The audit list has every act, newest first, and which were taken back.
  const auto list = store_->ListCurations({});
  ASSERT_TRUE(list.ok());
  int undone = 0;
  int64_t last = Revision() + 1;
  for (const v1::CurationRecord& record : list->curations()) {
    EXPECT_LT(record.revision(), last);
    last = record.revision();
    undone += record.undone_by_revision() != 0;
  }
  EXPECT_EQ(undone,
            std::count_if(done_.begin(), done_.end(), [](const Done& d) { return d.undone; }));
}

TEST_P(CurationTest, ActsNeedAnAuthorAReasonAndSense) {
  for (int i = 0; i < 10; ++i) AddArticle();
  const auto code = [&](const v1::CurationRecord& act) {
    return store_->Curate(act).status().code();
  };
  v1::CurationRecord act;
  EXPECT_EQ(code(act), absl::StatusCode::kInvalidArgument);
  act.mutable_retract_article()->set_article("a0");
  EXPECT_EQ(code(act), absl::StatusCode::kInvalidArgument);
  *act.mutable_retract_article()->mutable_curator() = By();
  act.mutable_retract_article()->set_article("nowhere");
  EXPECT_EQ(code(act), absl::StatusCode::kNotFound);
  act.mutable_retract_article()->set_article("a0");
  EXPECT_EQ(code(act), absl::StatusCode::kOk);
  EXPECT_EQ(code(act), absl::StatusCode::kFailedPrecondition);  // it is so already
  // An article that was retracted does not come back by itself.
  const auto again = store_->AddArticle(MakeArticle("a0", "2023-02-01"), Coded({}));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->outcome(), v1::ALREADY_STORED);

  act.Clear();
  *act.mutable_merge_actors()->mutable_curator() = By();
  act.mutable_merge_actors()->set_actor("AAA");
  act.mutable_merge_actors()->set_into_actor("AAA");
  EXPECT_EQ(code(act), absl::StatusCode::kInvalidArgument);
  act.mutable_merge_actors()->set_into_actor("nobody");
  EXPECT_EQ(code(act), absl::StatusCode::kNotFound);

  act.Clear();
  *act.mutable_correct_event()->mutable_curator() = By();
  act.mutable_correct_event()->set_event_id("2");
  act.mutable_correct_event()->add_fields("mentions");
  EXPECT_EQ(code(act), absl::StatusCode::kInvalidArgument);
  act.mutable_correct_event()->set_fields(0, "goldstein");
  act.mutable_correct_event()->mutable_values()->set_goldstein(11);
  EXPECT_EQ(code(act), absl::StatusCode::kInvalidArgument);

  act.Clear();
  *act.mutable_undo()->mutable_curator() = By();
  act.mutable_undo()->set_revision(1);
  EXPECT_EQ(code(act), absl::StatusCode::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(Both, CurationTest, testing::Bool(), MemoryOrDisk);

INSTANTIATE_TEST_SUITE_P(Both, HistoryTest, testing::Bool(), MemoryOrDisk);

}  // namespace
}  // namespace entente::graph
