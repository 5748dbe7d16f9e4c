// Goal: what AddArticle stores and what is refused; opening; identity and merging of events. The
// reads have their cases in tests/testdata/graph (corpus_test.cc) and their oracle in
// oracle_test.cc.
#include "graph/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <thread>

#include "base/file.h"
#include "base/time.h"
#include "graph/keys.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;

v1::Event Meeting(const std::string& date, v1::EventStatus status = v1::OCCURRED) {
  return MakeEvent("meeting", status, date,
                   {{"participant", "person:kim", "PRK"}, {"participant", "person:putin", "RUS"}});
}

v1::IngestArticleResponse Add(Store* store, const v1::Article& article,
                              const std::vector<v1::Event>& events) {
  auto response = store->AddArticle(article, Coded(events));
  EXPECT_TRUE(response.ok()) << response.status();
  return response.value_or(v1::IngestArticleResponse());
}

v1::Event Get(const Store& store, const std::string& id) {
  v1::GetEventRequest request;
  request.set_id(id);
  auto event = store.GetEvent(request);
  EXPECT_TRUE(event.ok()) << event.status();
  return event.value_or(v1::Event());
}

std::vector<std::string> List(const Store& store, const std::string& actor,
                              const std::string& other = "") {
  v1::ListEventsRequest request;
  request.mutable_filter()->set_actor(actor);
  request.mutable_filter()->set_other_actor(other);
  const auto page = store.ListEvents(request);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> ids;
  if (page.ok()) {
    for (const v1::Event& event : page->events()) ids.push_back(event.id());
  }
  return ids;
}

TEST(StoreTest, AnEventComesBackWhole) {
  const auto store = MemoryStore();
  v1::Event event = Meeting("2023-09-13");
  event.set_goldstein(2.8);
  event.mutable_meeting()->set_format("summit");
  event.mutable_mentions(0)->set_rule("meet-with");
  event.mutable_mentions(0)->mutable_explanation()->set_parse("not stored");
  const auto response = Add(store.get(), MakeArticle("a1", "2023-09-14"), {event});
  EXPECT_EQ(response.outcome(), v1::STORED);
  EXPECT_EQ(response.new_event_count(), 1);
  EXPECT_EQ(response.revision(), 1);
  ASSERT_THAT(response.event_ids(), ElementsAre("1"));

  const v1::Event stored = Get(*store, "events/1");
  EXPECT_EQ(stored.id(), "1");
  EXPECT_EQ(stored.meeting().format(), "summit");
  EXPECT_EQ(stored.goldstein(), 2.8);
  EXPECT_EQ(stored.date().end(), "2023-09-13");
  EXPECT_EQ(stored.date().precision(), v1::DAY);
  EXPECT_FALSE(stored.date().inferred());
  ASSERT_THAT(stored.mentions(), SizeIs(1));
  EXPECT_EQ(stored.mentions(0).article(), "a1");
  EXPECT_EQ(stored.mentions(0).rule(), "meet-with");
  EXPECT_FALSE(stored.mentions(0).has_explanation());
  ASSERT_THAT(stored.status_history(), SizeIs(1));
  EXPECT_EQ(stored.status_history(0).article(), "a1");
  EXPECT_TRUE(store->Verify().ok());
}

TEST(StoreTest, AnEventIsFoundUnderActorsAndTheirStates) {
  const auto store = MemoryStore();
  Add(store.get(), MakeArticle("a1", "2023-09-14"), {Meeting("2023-09-13")});
  for (const char* actor : {"PRK", "RUS", "person:kim", "person:putin"}) {
    EXPECT_THAT(List(*store, actor), ElementsAre("1")) << actor;
  }
  EXPECT_THAT(List(*store, "PRK", "RUS"), ElementsAre("1"));
  EXPECT_THAT(List(*store, "person:kim", "RUS"), ElementsAre("1"));
  EXPECT_THAT(List(*store, "person:kim", "person:putin"), ElementsAre("1"));
  EXPECT_THAT(List(*store, "person:kim", "PRK"), IsEmpty());  // never with one's own state
}

TEST(StoreTest, WithoutADateTheReportDateCounts) {
  const auto store = MemoryStore();
  Add(store.get(), MakeArticle("a1", "2023-09-14"), {Meeting("")});
  const v1::Event stored = Get(*store, "1");
  EXPECT_EQ(stored.date().start(), "2023-09-14");
  EXPECT_TRUE(stored.date().inferred());
}

TEST(StoreTest, TheSameArticleTwiceChangesNothing) {
  const TempFolder folder;
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  v1::Article article = MakeArticle("a1", "2023-09-14");
  article.set_url("https://example.org/1");
  article.set_source("Wire");
  Add(store.get(), article, {Meeting("2023-09-13")});

  v1::Article same_url = MakeArticle("a2", "2023-09-15");
  same_url.set_url(article.url());
  v1::Article same_text = article;
  same_text.set_id("a3");
  same_text.clear_url();
  for (const v1::Article& again : {article, same_url, same_text}) {
    const auto response = Add(store.get(), again, {Meeting("2023-09-13"), Meeting("2023-09-20")});
    EXPECT_EQ(response.outcome(), v1::ALREADY_STORED);
    EXPECT_EQ(response.article(), "a1");
    EXPECT_THAT(response.event_ids(), ElementsAre("1"));
    EXPECT_EQ(response.new_event_count(), 0);
  }
  const auto stats = store->GetStats({});
  EXPECT_EQ(stats->event_count(), 1);
  EXPECT_EQ(stats->article_count(), 1);
  EXPECT_EQ(stats->mention_count(), 1);
  EXPECT_EQ(stats->revision(), 1);
  // The same words in another paper are another article.
  v1::Article elsewhere = same_text;
  elsewhere.set_source("Other wire");
  EXPECT_EQ(Add(store.get(), elsewhere, {}).outcome(), v1::STORED);
}

TEST(StoreTest, AnotherReportAddsItsMentionAndStatus) {
  const auto store = MemoryStore();
  Add(store.get(), MakeArticle("mon", "2023-09-11"), {Meeting("2023-09-10", v1::ALLEGED)});
  const auto second = Add(store.get(), MakeArticle("thu", "2023-09-14"), {Meeting("2023-09-10")});
  EXPECT_THAT(second.event_ids(), ElementsAre("1"));
  EXPECT_EQ(second.new_event_count(), 0);
  const v1::Event stored = Get(*store, "1");
  EXPECT_EQ(stored.status(), v1::OCCURRED);
  ASSERT_THAT(stored.status_history(), SizeIs(2));
  EXPECT_EQ(stored.status_history(0).status(), v1::ALLEGED);
  EXPECT_EQ(stored.status_history(1).article(), "thu");
  ASSERT_THAT(stored.mentions(), SizeIs(2));
  EXPECT_EQ(stored.mentions(0).article(), "mon");

  // Indexes and roll-ups follow the new status.
  v1::ListEventsRequest request;
  request.mutable_filter()->set_actor("PRK");
  request.mutable_filter()->add_statuses(v1::ALLEGED);
  EXPECT_THAT(store->ListEvents(request)->events(), IsEmpty());
  v1::GetRelationshipRequest pair;
  pair.set_actor("PRK");
  pair.set_other_actor("RUS");
  const auto relationship = store->GetRelationship(pair);
  ASSERT_TRUE(relationship.ok());
  ASSERT_THAT(relationship->statuses(), SizeIs(1));
  EXPECT_EQ(relationship->statuses(0).status(), v1::OCCURRED);
  EXPECT_EQ(relationship->event_count(), 1);
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();

  // An older report that comes late changes the history, not the status.
  Add(store.get(), MakeArticle("tue", "2023-09-12"), {Meeting("2023-09-10", v1::DENIED)});
  EXPECT_EQ(Get(*store, "1").status(), v1::OCCURRED);
  EXPECT_THAT(Get(*store, "1").status_history(), SizeIs(3));
}

TEST(StoreTest, WhatDiffersStaysApart) {
  const auto store = MemoryStore();
  const std::vector<Who> kim_and_putin = {{"participant", "person:kim", "PRK"},
                                          {"participant", "person:putin", "RUS"}};
  v1::Event in_vladivostok = Meeting("2023-09-13");
  in_vladivostok.mutable_place()->set_name("Vladivostok");
  v1::Event in_pyongyang = Meeting("2023-09-13");
  in_pyongyang.mutable_place()->set_name("Pyongyang");
  v1::Event sub = Meeting("2023-09-13");
  sub.set_subtype("summit");
  const std::vector<v1::Event> events = {
      in_vladivostok,
      in_pyongyang,
      Meeting("2023-09-14"),
      Meeting("2023-09-13", v1::THREATENED),
      sub,
      MakeEvent("visit", v1::OCCURRED, "2023-09-13", kim_and_putin),
      MakeEvent("meeting", v1::OCCURRED, "2023-09-13", {kim_and_putin[0]})};
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(
        Add(store.get(), MakeArticle(Cat("a", i), "2023-09-14"), {events[i]}).new_event_count(), 1)
        << i;
  }
  // A report without a place agrees with the first of the two; the roles may come in any order.
  v1::Event swapped = Meeting("2023-09-13");
  swapped.mutable_participants()->SwapElements(0, 1);
  EXPECT_THAT(Add(store.get(), MakeArticle("b", "2023-09-14"), {swapped}).event_ids(),
              ElementsAre("1"));
  // What one article tells apart stays apart.
  EXPECT_EQ(Add(store.get(), MakeArticle("c", "2023-09-14"), {swapped, swapped}).new_event_count(),
            0);
  EXPECT_THAT(Add(store.get(), MakeArticle("d", "2023-09-14"), {swapped, swapped}).event_ids(),
              ElementsAre("1", "2"));
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
}

TEST(StoreTest, EventsOfOneActorMergeOnlyWithEqualDetails) {
  const auto store = MemoryStore();
  v1::Event march =
      MakeEvent("protest", v1::OCCURRED, "2023-09-13", {{"protester", "FRA.CVL", "FRA"}});
  march.mutable_protest()->set_demand("higher pensions");
  v1::Event other = march;
  other.mutable_protest()->set_demand("lower taxes");
  Add(store.get(), MakeArticle("a", "2023-09-14"), {march});
  EXPECT_EQ(Add(store.get(), MakeArticle("b", "2023-09-14"), {other}).new_event_count(), 1);
  EXPECT_EQ(Add(store.get(), MakeArticle("c", "2023-09-14"), {march}).new_event_count(), 0);
}

TEST(StoreTest, ImportedEventsRepeatOnlyTheirOwnId) {
  const auto store = MemoryStore();
  v1::Event one = Meeting("2023-09-13");
  one.set_source_id("gdelt:1");
  v1::Event two = one;
  two.set_source_id("gdelt:2");
  EXPECT_THAT(Add(store.get(), MakeArticle("a", "2023-09-14"), {one, two}).event_ids(), SizeIs(2));
  EXPECT_EQ(Add(store.get(), MakeArticle("b", "2023-09-14"), {two}).new_event_count(), 0);
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
}

TEST(StoreTest, ActorsGrowWithWhatIsSaidOfThem) {
  const auto store = MemoryStore();
  Add(store.get(), MakeArticle("a", "2023-09-14"), {Meeting("")});
  v1::GetActorRequest request;
  request.set_id("actors/PRK");
  EXPECT_EQ(store->GetActor(request)->display_name(), "PRK");
  EXPECT_EQ(store->GetActor(request)->kind(), v1::STATE);

  v1::CodedArticle coded = Coded({Meeting("2023-01-01")});
  v1::Actor* korea = coded.add_actors();
  korea->set_id("PRK");
  korea->set_kind(v1::STATE);
  korea->set_display_name("North Korea");
  korea->add_names()->set_text("DPRK");
  ASSERT_TRUE(store->AddArticle(MakeArticle("b", "2023-09-15"), coded).ok());
  EXPECT_EQ(store->GetActor(request)->display_name(), "North Korea");
  EXPECT_EQ(store->GetActor(request)->event_count(), 2);
  EXPECT_THAT(List(*store, "dprk"), SizeIs(2));
  EXPECT_THAT(List(*store, "NORTH KOREA"), SizeIs(2));
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
}

TEST(StoreTest, RefusesWhatItCannotKeep) {
  const auto store = MemoryStore();
  const v1::Article good = MakeArticle("a", "2023-09-14");
  const auto refused = [&](const v1::Article& article, const v1::CodedArticle& coded,
                           const std::string& why) {
    const auto response = store->AddArticle(article, coded);
    EXPECT_EQ(response.status().code(), kInvalid) << why;
    EXPECT_THAT(std::string(response.status().message()), HasSubstr(why));
  };
  const auto event_refused = [&](const v1::Event& event, const std::string& why) {
    refused(good, Coded({Meeting(""), event}), why);
  };
  refused(MakeArticle("", "2023-09-14"), {}, "article.id is empty");
  refused(MakeArticle(std::string(600, 'x'), "2023-09-14"), {}, "600 bytes");
  refused(MakeArticle("a", "2023-02-30"), {}, "no such day");
  v1::Article not_utf8 = good;
  not_utf8.set_title("\xff\xfe");
  refused(not_utf8, {}, "not UTF-8");
  v1::CodedArticle other_article;
  other_article.set_article("b");
  refused(good, other_article, "'b', not 'a'");
  v1::Event of_a_data_set = Meeting("");
  of_a_data_set.set_source_id("gdelt:1");  // an id stands for one event
  refused(good, Coded({of_a_data_set, Meeting(""), of_a_data_set}),
          "event 3: source_id is that of an earlier event");

  v1::Event event = Meeting("");
  event.set_id("7");
  event_refused(event, "event 2: id is set");
  event = Meeting("");
  event.clear_type();
  event_refused(event, "type is empty");
  event = Meeting("");
  event.clear_participants();
  event_refused(event, "no participants");
  event = Meeting("");
  event.mutable_participants(0)->set_actor(std::string("a\0b", 3));
  event_refused(event, "control character");
  event = Meeting("");
  event.set_goldstein(-10.5);
  event_refused(event, "goldstein is -10.5");
  event.set_goldstein(std::numeric_limits<double>::quiet_NaN());
  event_refused(event, "goldstein is nan");
  event = Meeting("");
  event.set_confidence(1.5);
  event_refused(event, "confidence");
  event = Meeting("2023-09-13");
  event.mutable_date()->set_end("2023-09-12");
  event_refused(event, "before date.start");
  event = Meeting("");
  event.set_status(static_cast<v1::EventStatus>(99));
  event_refused(event, "no status 99");
  event = Meeting("");
  for (int i = 0; i < Store::kMaxParticipants; ++i)
    *event.add_participants() = event.participants(0);
  event_refused(event, "participants");
  event = Meeting("");
  event.mutable_mentions(0)->set_article("b");
  event_refused(event, "mention 1");

  // Nothing of all that was stored.
  EXPECT_EQ(store->GetStats({})->article_count(), 0);
  EXPECT_EQ(store->GetStats({})->actor_count(), 0);
  EXPECT_TRUE(store->Verify().ok());
}

TEST(StoreTest, ManyWritersAndReadersAtOnce) {
  const TempFolder folder;
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        Add(store.get(), MakeArticle(Cat(t, ".", i), "2023-09-14"),
            {Meeting(FormatDate(Date::FromCivil(2023, 1, 1).AddDays(i)))});
      }
    });
  }
  threads.emplace_back([&] {
    // A reader sees as many events under the actor as it has in its roll-ups.
    for (int i = 0; i < 50; ++i) {
      v1::GetRelationshipRequest request;
      request.set_actor("PRK");
      request.set_other_actor("RUS");
      request.set_latest_count(100);
      const auto seen = store->GetRelationship(request);
      if (!seen.ok()) continue;
      EXPECT_EQ(seen->event_count(), seen->latest_events_size());
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store->GetStats({})->event_count(), 25);
  EXPECT_EQ(store->GetStats({})->mention_count(), 100);
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
}

TEST(StoreTest, EverythingIsThereAfterReopening) {
  const TempFolder folder;
  {
    const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
    Add(store.get(), MakeArticle("a", "2023-09-14"), {Meeting("2023-09-13")});
    ASSERT_TRUE(store->Close().ok());
    ASSERT_TRUE(store->Close().ok());
  }
  StoreOptions options = DiskOptions(folder.Path("s"));
  options.create_if_missing = false;
  const auto store = OpenOrDie(options);
  EXPECT_THAT(List(*store, "PRK", "RUS"), ElementsAre("1"));
  EXPECT_THAT(Add(store.get(), MakeArticle("b", "2023-09-15"), {Meeting("2023-09-14")}).event_ids(),
              ElementsAre("2"));
  EXPECT_EQ(store->GetStats({})->revision(), 2);
  EXPECT_TRUE(store->Verify().ok());
}

TEST(StoreTest, RebuildMakesTheSameIndexes) {
  const TempFolder folder;
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  for (int i = 0; i < 30; ++i) {
    Add(store.get(), MakeArticle(Cat("a", i), "2023-09-14"),
        {Meeting(FormatDate(Date::FromCivil(2023, 1, 1 + i % 20)),
                 i % 3 ? v1::OCCURRED : v1::ALLEGED)});
  }
  const auto before = List(*store, "PRK", "RUS");
  ASSERT_THAT(before, SizeIs(20));
  ASSERT_TRUE(store->Rebuild().ok());
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
  EXPECT_EQ(List(*store, "PRK", "RUS"), before);
  EXPECT_EQ(Add(store.get(), MakeArticle("a3", "2023-09-14"), {}).outcome(), v1::ALREADY_STORED);
}

TEST(StoreTest, ABackupIsAStoreAndARestoreIsVerified) {
  const TempFolder folder;
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  Add(store.get(), MakeArticle("a", "2023-09-14"), {Meeting("2023-09-13")});
  ASSERT_TRUE(store->Backup(folder.Path("backup")).ok());
  EXPECT_EQ(store->Backup(folder.Path("backup")).code(), absl::StatusCode::kAlreadyExists);
  Add(store.get(), MakeArticle("b", "2023-09-15"), {Meeting("2023-09-14")});

  EXPECT_EQ(Store::Restore(folder.Path("none"), folder.Path("r")).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Store::Restore(folder.Path("backup"), folder.Path("s")).code(),
            absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(Store::Restore(folder.Path("backup"), folder.Path("r")).ok());
  const auto restored = OpenOrDie(DiskOptions(folder.Path("r")));
  EXPECT_THAT(List(*restored, "PRK", "RUS"), ElementsAre("1"));
  EXPECT_THAT(List(*store, "PRK", "RUS"), ElementsAre("1", "2"));
  EXPECT_TRUE(restored->Verify().ok());

  // A damaged backup restores nothing.
  for (const auto& entry : std::filesystem::directory_iterator(folder.Path("backup/db"))) {
    if (entry.path().extension() == ".sst") std::filesystem::resize_file(entry.path(), 100);
  }
  EXPECT_EQ(Store::Restore(folder.Path("backup"), folder.Path("r2")).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_FALSE(std::filesystem::exists(folder.Path("r2")));
  EXPECT_FALSE(std::filesystem::exists(folder.Path("r2.unfinished")));
  EXPECT_EQ(MemoryStore()->Backup(folder.Path("m")).code(), absl::StatusCode::kUnimplemented);
}

TEST(StoreTest, ABackupIsBesideTheStoreAndSaysWhatItIs) {
  const TempFolder folder;
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  Add(store.get(), MakeArticle("a", "2023-09-14"), {Meeting("2023-09-13")});
  EXPECT_EQ(store->Backup(folder.Path("s/backup")).code(), kInvalid);
  std::filesystem::create_directory_symlink(folder.Path("s"), folder.Path("link"));
  EXPECT_EQ(store->Backup(folder.Path("link/backup")).code(), kInvalid);
  EXPECT_FALSE(std::filesystem::exists(folder.Path("s/backup.unfinished")));
  ASSERT_TRUE(store->Backup(folder.Path("s-backup")).ok());
  EXPECT_EQ(Store::Restore(folder.Path("s-backup"), folder.Path("s-backup/r")).code(), kInvalid);

  Add(store.get(), MakeArticle("b", "2023-09-15"), {Meeting("2023-09-14")});
  const auto saved = Store::Describe(folder.Path("s-backup"));
  ASSERT_TRUE(saved.ok()) << saved.status();
  EXPECT_EQ(saved->revision(), 1);
  EXPECT_EQ(saved->event_count(), 1);
  EXPECT_EQ(saved->article_count(), 1);
  EXPECT_EQ(saved->actor_count(), 4);
  EXPECT_EQ(saved->format_version(), std::to_string(kFormatVersion));
  EXPECT_GT(saved->disk_bytes(), 0);
  EXPECT_EQ(Store::Describe(folder.Path("none")).status().code(), absl::StatusCode::kNotFound);
  std::filesystem::create_directories(folder.Path("mine"));
  EXPECT_EQ(Store::Describe(folder.Path("mine")).status().code(), kFailed);
}

TEST(StoreTest, ARestoreReplacesAStoreOnlyIfItIsTold) {
  const TempFolder folder;
  {
    const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
    Add(store.get(), MakeArticle("a", "2023-09-14"), {Meeting("2023-09-13")});
    ASSERT_TRUE(store->Backup(folder.Path("backup/")).ok());
    Add(store.get(), MakeArticle("b", "2023-09-15"), {Meeting("2023-09-14")});
    // Somebody has it open.
    EXPECT_EQ(Store::Restore(folder.Path("backup"), folder.Path("s"), true).code(), kFailed);
    EXPECT_THAT(List(*store, "PRK", "RUS"), ElementsAre("1", "2"));
  }
  EXPECT_EQ(Store::Restore(folder.Path("backup"), folder.Path("s")).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Store::Restore(folder.Path("s"), folder.Path("s"), true).code(), kInvalid);
  std::filesystem::create_directories(folder.Path("mine"));
  EXPECT_EQ(Store::Restore(folder.Path("backup"), folder.Path("mine"), true).code(), kFailed);

  // What a killed attempt left is in nobody's way.
  std::filesystem::create_directories(folder.Path("s.unfinished/db"));
  ASSERT_TRUE(Store::Restore(folder.Path("backup"), folder.Path("s/"), true).ok());
  EXPECT_FALSE(std::filesystem::exists(folder.Path("s.unfinished")));
  const auto restored = OpenOrDie(DiskOptions(folder.Path("s")));
  EXPECT_THAT(List(*restored, "PRK", "RUS"), ElementsAre("1"));

  // A damaged store is replaced as well: that is what backups are for.
  ASSERT_TRUE(restored->Close().ok());
  std::filesystem::remove_all(folder.Path("s/db"));
  ASSERT_TRUE(Store::Restore(folder.Path("backup"), folder.Path("s"), true).ok());
  EXPECT_THAT(List(*OpenOrDie(DiskOptions(folder.Path("s"))), "PRK", "RUS"), ElementsAre("1"));
}

TEST(OpenTest, RefusesWhatIsNotAStore) {
  const TempFolder folder;
  StoreOptions options = DiskOptions(folder.Path("none"));
  options.create_if_missing = false;
  EXPECT_EQ(Store::Open(options).status().code(), absl::StatusCode::kNotFound);

  std::filesystem::create_directories(folder.Path("empty"));
  options.path = folder.Path("empty");
  EXPECT_EQ(Store::Open(options).status().code(), kFailed);

  ASSERT_TRUE(WriteFileAtomically(folder.Path("file"), "x").ok());
  EXPECT_EQ(Store::Open(DiskOptions(folder.Path("file"))).status().code(), kFailed);

  std::filesystem::create_directories(folder.Path("photos"));
  ASSERT_TRUE(WriteFileAtomically(folder.Path("photos/cat.jpg"), "x").ok());
  const auto photos = Store::Open(DiskOptions(folder.Path("photos")));
  EXPECT_EQ(photos.status().code(), kFailed);
  EXPECT_THAT(std::string(photos.status().message()), HasSubstr("not a store"));
  // It was not touched.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.Path("photos")), {}), 1);

  std::filesystem::create_directories(folder.Path("git"));
  ASSERT_TRUE(WriteFileAtomically(folder.Path("git/HEAD"), "ref: refs/heads/main\n").ok());
  EXPECT_EQ(Store::Open(DiskOptions(folder.Path("git"))).status().code(), kFailed);
}

TEST(OpenTest, ASecondProcessIsRefused) {
  const TempFolder folder;
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  const auto again = Store::Open(DiskOptions(folder.Path("s")));
  EXPECT_EQ(again.status().code(), kFailed);
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("in use by another process"));

  const pid_t child = fork();
  if (child == 0) {
    const auto mine = Store::Open(DiskOptions(folder.Path("s")));
    _exit(mine.status().code() == kFailed ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace entente::graph
