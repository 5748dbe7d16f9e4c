// Goal: a bulk load gives the store that its events describe, whatever the sizes of checkpoints,
// once, and says clearly what it does not take. Method: the same random rows in one checkpoint, in
// many, and twice over, in memory and on disk; Verify recounts all indexes, and every event is
// compared with the row that it came from.
#include "graph/bulk_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/time.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::HasSubstr;

// A row of a made-up data set.
struct Row {
  std::string id;
  int kind = 0;  // index in kTypes
  v1::EventStatus status = v1::OCCURRED;
  double goldstein = 0;
  double confidence = 0;
  struct Party {
    std::string actor, state;
    v1::DyadSide side = v1::SOURCE;
  };
  std::vector<Party> parties;
  Date day;
  std::string place;
  std::string url;
};

constexpr const char* kTypes[] = {"meeting", "attack", "aid"};

v1::Actor ActorNamed(const std::string& id) {
  v1::Actor actor;
  actor.set_id(id);
  actor.set_display_name("The " + id);
  actor.set_code("C" + id);
  actor.set_kind(v1::ORGANIZATION);
  return actor;
}

class RowSourceOfTest {
 public:
  explicit RowSourceOfTest(uint32_t seed) : random_(seed) {}

  Row Next() {
    Row row;
    // Not in order, and some ids are no numbers.
    const size_t n = next_++;
    row.id = n % 7 == 3 ? Cat("t:x", n * 37 % 1000, "y") : Cat("t:", 5000 + (n * 7919) % 4001);
    row.kind = static_cast<int>(Below(3));
    row.status = static_cast<v1::EventStatus>(1 + Below(4));
    row.goldstein = (static_cast<double>(Below(20001)) - 10000) / 1000;
    row.confidence = static_cast<double>(Below(101)) / 100;
    for (size_t i = 1 + Below(Below(9) == 0 ? 5 : 2); i > 0; --i) {
      const std::string state(3, static_cast<char>('A' + Below(5)));
      row.parties.push_back({Below(3) == 0 ? state : Cat(state, ".S", Below(3)),
                             Below(6) == 0 ? "" : state, static_cast<v1::DyadSide>(Below(4))});
    }
    row.day = Date::FromCivil(1969, 12, 1).AddDays(static_cast<int>(Below(60)));
    if (Below(2) == 0) row.place = Cat("Place ", Below(10));
    if (Below(4) != 0) row.url = Cat("http://news.example/", Below(50));
    return row;
  }
  std::vector<Row> Rows(int count) {
    std::vector<Row> rows;
    for (int i = 0; i < count; ++i) rows.push_back(Next());
    return rows;
  }

 private:
  size_t Below(size_t n) { return random_() % n; }

  std::mt19937 random_;
  size_t next_ = 0;
};

absl::Status AddRow(BulkLoader* loader, const Row& row) {
  v1::Event kind;
  kind.set_type(kTypes[row.kind]);
  kind.set_subtype(row.kind == 2 ? "military" : "");
  kind.set_cameo(Cat("04", row.kind));
  kind.set_quad_class(static_cast<v1::QuadClass>(1 + row.kind));
  BulkEvent event;
  event.source_id = row.id;
  ENTENTE_ASSIGN_OR_RETURN(event.kind, loader->InternKind(kind));
  event.status = row.status;
  event.goldstein = row.goldstein;
  event.confidence = row.confidence;
  std::vector<BulkParticipant> participants;
  for (const Row::Party& party : row.parties) {
    BulkParticipant p;
    ENTENTE_ASSIGN_OR_RETURN(p.actor, loader->InternActor(ActorNamed(party.actor)));
    if (!party.state.empty()) {
      ENTENTE_ASSIGN_OR_RETURN(p.state, loader->InternActor(ActorNamed(party.state)));
    }
    ENTENTE_ASSIGN_OR_RETURN(p.role, loader->InternRole("party"));
    p.side = party.side;
    participants.push_back(p);
  }
  event.participants = participants;
  event.start = event.end = row.day;
  event.place.name = row.place;
  event.place.country = row.place.empty() ? "" : "PLC";
  event.report_time_micros = row.day.AddDays(1).Micros();
  event.facts.set_mention_count(7);
  event.facts.set_tone(-1.25);
  BulkMention mention;
  mention.url = row.url;
  mention.report_time_micros = event.report_time_micros;
  mention.status = row.status;
  if (!row.url.empty()) event.mention = &mention;
  return loader->Add(event);
}

v1::Event Expected(const Row& row, const std::string& id) {
  v1::Event event;
  event.set_id(id);
  event.set_type(kTypes[row.kind]);
  event.set_subtype(row.kind == 2 ? "military" : "");
  event.set_cameo(Cat("04", row.kind));
  event.set_quad_class(static_cast<v1::QuadClass>(1 + row.kind));
  event.set_source_id(row.id);
  event.set_status(row.status);
  event.set_goldstein(row.goldstein);
  event.set_confidence(row.confidence);
  for (const Row::Party& party : row.parties) {
    v1::Participant* p = event.add_participants();
    p->set_role("party");
    p->set_actor(party.actor);
    p->set_display_name("The " + party.actor);
    p->set_code("C" + party.actor);
    p->set_country(party.state);
    p->set_kind(v1::ORGANIZATION);
    p->set_side(party.side);
  }
  event.mutable_date()->set_start(FormatDate(row.day));
  event.mutable_date()->set_end(FormatDate(row.day));
  event.mutable_date()->set_precision(v1::DAY);
  if (!row.place.empty()) {
    event.mutable_place()->set_name(row.place);
    event.mutable_place()->set_country("PLC");
  }
  event.set_report_time_micros(row.day.AddDays(1).Micros());
  event.mutable_imported()->set_mention_count(7);
  event.mutable_imported()->set_tone(-1.25);
  v1::StatusReport* report = event.add_status_history();
  report->set_status(row.status);
  report->set_report_time_micros(event.report_time_micros());
  if (row.url.empty()) return event;
  v1::Mention* mention = event.add_mentions();
  mention->set_url(row.url);
  mention->set_status(row.status);
  mention->set_report_time_micros(event.report_time_micros());
  return event;
}

class BulkLoaderTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { Reopen(); }
  void Reopen() {
    StoreOptions options = DiskOptions(folder_.Path("store"));
    options.in_memory = !GetParam();
    store_.reset();
    store_ = OpenOrDie(options);
  }
  std::unique_ptr<BulkLoader> Start(const std::string& source = "t") {
    BulkLoadOptions options;
    options.source = source;
    options.memory_bytes = 4 << 20;
    auto loader = store_->StartBulkLoad(options);
    EXPECT_TRUE(loader.ok()) << loader.status();
    return loader.ok() ? *std::move(loader) : nullptr;
  }
  // Adds rows with a checkpoint after each `step`, and compares the store with all rows so far.
  BulkCounts Load(const std::vector<Row>& rows, size_t step) {
    auto loader = Start();
    for (size_t i = 0; i < rows.size(); ++i) {
      const absl::Status added = AddRow(loader.get(), rows[i]);
      EXPECT_TRUE(added.ok()) << added;
      if ((i + 1) % step == 0) {
        EXPECT_TRUE(loader->Checkpoint(Cat(i + 1)).ok());
      }
    }
    const auto counts = loader->Finish(Cat(rows.size()));
    EXPECT_TRUE(counts.ok()) << counts.status();
    return counts.value_or(BulkCounts());
  }
  v1::Event Get(const std::string& id) {
    v1::GetEventRequest request;
    request.set_id(id);
    const auto event = store_->GetEvent(request);
    EXPECT_TRUE(event.ok()) << event.status();
    return event.value_or(v1::Event());
  }
  // Compares all events with the rows, in order, each id once.
  void ExpectRows(const std::vector<Row>& rows) {
    std::set<std::string> seen;
    int64_t number = 0;
    for (const Row& row : rows) {
      if (!seen.insert(row.id).second) continue;
      const std::string id = std::to_string(++number);
      ASSERT_EQ(Get(id).DebugString(), Expected(row, id).DebugString());
    }
    EXPECT_EQ(store_->GetStats({})->event_count(), number);
    EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  }

  const TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(BulkLoaderTest, EveryRowOnceWhateverTheCheckpoints) {
  RowSourceOfTest source(11);
  const std::vector<Row> rows = source.Rows(1500);
  const BulkCounts first = Load({rows.begin(), rows.begin() + 700}, 700);
  EXPECT_EQ(first.events + first.events_skipped, 700);
  Load({rows.begin(), rows.begin() + 1000}, 90);  // overlaps
  const BulkCounts rest = Load(rows, 333);
  EXPECT_EQ(rest.events + rest.events_skipped, 1500);
  EXPECT_GE(rest.events_skipped, 900);
  ExpectRows(rows);
  const BulkCounts again = Load(rows, 1500);
  EXPECT_EQ(again.events, 0);
  EXPECT_EQ(again.mentions, 0);
  ExpectRows(rows);
  if (!GetParam()) return;
  Reopen();
  ExpectRows(rows);
  ASSERT_TRUE(store_->Rebuild().ok());
  ASSERT_TRUE(store_->Compact().ok());
  ExpectRows(rows);
}

TEST_P(BulkLoaderTest, NothingIsSeenBeforeTheCheckpointNorKeptWithoutIt) {
  RowSourceOfTest source(12);
  const std::vector<Row> rows = source.Rows(20);
  {
    auto loader = Start();
    EXPECT_EQ(loader->resume_token(), "");
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(AddRow(loader.get(), rows[i]).ok());
    EXPECT_EQ(store_->GetStats({})->event_count(), 0);
    ASSERT_TRUE(loader->Checkpoint("ten").ok());
    EXPECT_EQ(store_->GetStats({})->event_count(), 10);
    EXPECT_EQ(store_->GetStats({})->revision(), 1);
    for (int i = 10; i < 20; ++i) ASSERT_TRUE(AddRow(loader.get(), rows[i]).ok());
  }  // as if the program had given up
  EXPECT_EQ(store_->GetStats({})->event_count(), 10);
  EXPECT_EQ(Start("other")->resume_token(), "");
  auto loader = Start();
  EXPECT_EQ(loader->resume_token(), "ten");
  for (int i = 10; i < 20; ++i) ASSERT_TRUE(AddRow(loader.get(), rows[i]).ok());
  ASSERT_TRUE(loader->Finish("twenty").ok());
  ExpectRows(rows);
}

TEST_P(BulkLoaderTest, OneWriterAtATime) {
  BulkLoadOptions options;
  options.source = "t";
  auto loader = Start();
  EXPECT_EQ(store_->StartBulkLoad(options).status().code(), absl::StatusCode::kFailedPrecondition);
  const v1::Event event =
      MakeEvent("meeting", v1::OCCURRED, "2023-06-01", {{"participant", "PRK", "PRK"}});
  const auto add = [&] {
    return store_->AddArticle(MakeArticle("a", "2023-06-01"), Coded({event})).status();
  };
  EXPECT_EQ(add().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(add().message()), HasSubstr("bulk load from 't'"));
  EXPECT_EQ(store_->Rebuild().code(), absl::StatusCode::kFailedPrecondition);
  loader.reset();
  EXPECT_TRUE(add().ok()) << add();
  EXPECT_EQ(store_->StartBulkLoad({}).status().code(), absl::StatusCode::kInvalidArgument);
  loader = Start();
  ASSERT_TRUE(loader->Finish("").ok());
  EXPECT_EQ(loader->Checkpoint("").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Start() != nullptr);
}

TEST_P(BulkLoaderTest, MentionsFindTheirEventsAndCountOnce) {
  RowSourceOfTest source(13);
  std::vector<Row> rows = source.Rows(2);
  rows[0].id = "t:1";
  rows[1].id = "t:2";
  for (Row& row : rows) row.url.clear();
  BulkMention mention;
  mention.url = "http://news.example/later";
  mention.report_time_micros = 86'400'000'000 * 7;
  mention.sentence_text = "They met.";
  mention.confidence = 0.5;
  mention.sentence_number = 3;
  auto loader = Start();
  ASSERT_TRUE(loader->AddMention("t:1", mention).ok());  // before its event
  ASSERT_TRUE(AddRow(loader.get(), rows[0]).ok());
  ASSERT_TRUE(AddRow(loader.get(), rows[1]).ok());
  ASSERT_TRUE(loader->AddMention("t:1", mention).ok());
  ASSERT_TRUE(loader->AddMention("t:unknown", mention).ok());
  auto counts = loader->Checkpoint("1");
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->mentions, 1);
  EXPECT_EQ(counts->mentions_skipped, 1);
  EXPECT_EQ(counts->mentions_orphaned, 1);
  ASSERT_TRUE(loader->AddMention("t:1", mention).ok());
  mention.sentence_number = 4;
  ASSERT_TRUE(loader->AddMention("t:1", mention).ok());
  ASSERT_TRUE(loader->AddMention("t:2", mention).ok());
  counts = loader->Finish("2");
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->mentions, 3);
  EXPECT_EQ(counts->mentions_skipped, 2);
  const v1::Event event = Get("1");
  ASSERT_EQ(event.mentions_size(), 2);
  EXPECT_EQ(event.mentions(0).url(), "http://news.example/later");
  EXPECT_EQ(event.mentions(0).sentence_text(), "They met.");
  EXPECT_EQ(event.mentions(0).report_time_micros(), 86'400'000'000 * 7);
  EXPECT_EQ(event.mentions(0).sentence_number() + event.mentions(1).sentence_number(), 7);
  EXPECT_EQ(store_->GetStats({})->mention_count(), 3);
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
}

TEST_P(BulkLoaderTest, WhatItDoesNotTakeChangesNothing) {
  auto loader = Start();
  v1::Event kind;
  EXPECT_FALSE(loader->InternKind(kind).ok());
  kind.set_type("meeting");
  const KindHandle meeting = *loader->InternKind(kind);
  EXPECT_EQ(*loader->InternKind(kind), meeting);
  kind.set_goldstein(3);
  EXPECT_EQ(loader->InternKind(kind).status().code(), absl::StatusCode::kInvalidArgument);
  v1::Actor nobody;
  EXPECT_FALSE(loader->InternActor(nobody).ok());
  EXPECT_EQ(*loader->FindActor("PRK"), 0u);
  BulkParticipant participant;
  participant.actor = *loader->InternActor(ActorNamed("PRK"));
  EXPECT_EQ(*loader->FindActor("PRK"), participant.actor);
  participant.role = *loader->InternRole("party");

  BulkEvent good;
  good.source_id = "t:1";
  good.kind = meeting;
  good.participants = {&participant, 1};
  const auto refused = [&](const char* message, const std::function<void(BulkEvent*)>& change) {
    BulkEvent bad = good;
    change(&bad);
    const absl::Status status = loader->Add(bad);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  };
  BulkParticipant stranger = participant;
  stranger.actor = 77;
  BulkMention broken;
  broken.url = "\xff";
  refused("source_id", [](BulkEvent* e) { e->source_id = ""; });
  refused("kind", [](BulkEvent* e) { e->kind = 99; });
  refused("goldstein", [](BulkEvent* e) { e->goldstein = -10.5; });
  refused("confidence", [](BulkEvent* e) { e->confidence = std::nan(""); });
  refused("participants", [](BulkEvent* e) { e->participants = {}; });
  refused("interned", [&](BulkEvent* e) { e->participants = {&stranger, 1}; });
  refused("date", [](BulkEvent* e) { e->end = e->start.AddDays(-1); });
  refused("date", [](BulkEvent* e) { e->end.days = 1 << 30; });
  refused("place.name", [](BulkEvent* e) { e->place.name = "\xff"; });
  refused("coordinates", [](BulkEvent* e) {
    e->place.name = "x";
    e->place.has_coordinates = true;
    e->place.latitude = 91;
  });
  refused("negative", [](BulkEvent* e) { e->facts.set_mention_count(-1); });
  refused("tone", [](BulkEvent* e) { e->facts.set_tone(101); });
  refused("UTF-8", [&](BulkEvent* e) { e->mention = &broken; });
  EXPECT_FALSE(loader->AddMention("", {}).ok());
  ASSERT_TRUE(loader->Add(good).ok());
  EXPECT_EQ(loader->Checkpoint(std::string(BulkLoader::kMaxTokenBytes + 1, 'x')).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto counts = loader->Finish("");
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->events, 1);
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
}

TEST_P(BulkLoaderTest, MemoryIsBounded) {
  RowSourceOfTest source(14);
  auto loader = Start();
  while (!loader->Full()) ASSERT_TRUE(AddRow(loader.get(), source.Next()).ok());
  absl::Status status;
  for (int i = 0; i < 100'000 && status.ok(); ++i) status = AddRow(loader.get(), source.Next());
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  ASSERT_TRUE(loader->Checkpoint("").ok());
  EXPECT_FALSE(loader->Full());
}

TEST_P(BulkLoaderTest, ActorsAreMergedAsArticlesMergeThem) {
  ASSERT_TRUE(store_
                  ->AddArticle(MakeArticle("a", "2023-06-01"),
                               Coded({MakeEvent("meeting", v1::OCCURRED, "2023-06-01",
                                                {{"participant", "AAA", "AAA"}})}))
                  .ok());
  RowSourceOfTest source(15);
  Load(source.Rows(200), 50);
  v1::SearchActorsRequest search;
  search.set_query("the a");
  const auto found = store_->SearchActors(search);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_GE(found->actors_size(), 1);
  v1::GetActorRequest request;
  request.set_id("AAA");
  EXPECT_EQ(store_->GetActor(request)->code(), "CAAA");
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
}

TEST_P(BulkLoaderTest, CuratorsChangeEventsWhoseRowsStandInRuns) {
  RowSourceOfTest source(16);
  std::vector<Row> rows = source.Rows(1200);
  for (Row& row : rows) row.day = Date::FromCivil(2023, 5, 1).AddDays(row.kind);  // long runs
  Load(rows, 700);
  const auto timeline = [&](const std::string& actor, int64_t revision) {
    v1::ListEventsRequest request;
    request.mutable_filter()->set_actor(actor);
    request.set_page_size(1000);
    request.mutable_as_of()->set_revision(revision);
    std::string out;
    do {
      const auto page = store_->ListEvents(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return out;
      out += page->DebugString();
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return out;
  };
  const int64_t loaded = store_->GetStats({})->revision();
  const std::vector<std::string> actors = {"AAA", "BBB", "AAA.S1", "CCC"};
  std::vector<std::string> then;
  for (const std::string& actor : actors) then.push_back(timeline(actor, loaded));

  for (int event = 100; event < 130; event += 7) {  // to another day and type
    v1::CurationRecord act;
    auto* correct = act.mutable_correct_event();
    correct->set_event_id(std::to_string(event));
    correct->add_fields("date");
    correct->mutable_values()->mutable_date()->set_start(event % 2 == 0 ? "2023-05-02"
                                                                        : "2023-05-20");
    correct->add_fields("status");
    correct->mutable_values()->set_status(v1::DENIED);
    correct->mutable_curator()->set_author("ann");
    correct->mutable_curator()->set_reason("because");
    const auto done = store_->Curate(act);
    ASSERT_TRUE(done.ok()) << done.status();
  }
  v1::CurationRecord merge;
  merge.mutable_merge_actors()->set_actor("BBB");
  merge.mutable_merge_actors()->set_into_actor("AAA");
  v1::Curator* by = merge.mutable_merge_actors()->mutable_curator();
  by->set_author("ann");
  by->set_reason("because");
  const auto merged = store_->Curate(merge);
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  EXPECT_EQ(timeline("BBB", 0), timeline("AAA", 0));
  v1::CurationRecord undo;
  undo.mutable_undo()->set_revision(merged->revision());
  by = undo.mutable_undo()->mutable_curator();
  by->set_author("ann");
  by->set_reason("because");
  ASSERT_TRUE(store_->Curate(undo).ok());
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  for (size_t i = 0; i < actors.size(); ++i) {
    EXPECT_EQ(timeline(actors[i], loaded), then[i]) << actors[i];
  }
  Load(source.Rows(300), 100);
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
}

INSTANTIATE_TEST_SUITE_P(Databases, BulkLoaderTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "Disk" : "Memory"; });

}  // namespace
}  // namespace entente::graph
