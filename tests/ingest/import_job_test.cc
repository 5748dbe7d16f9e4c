// Goal: rows arrive in the store once each, whatever cuts an import short, and what is wrong with a
// file or a row is said and counted. Method: small files of GDELT 2.0 into stores on disk.
#include "ingest/import_job.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

using ::testing::HasSubstr;

std::string Row(int id, const std::string& day = "20210305") {
  std::string row = Cat(900000000 + id, "\t", day, "\t202103\t2021\t2021.2");
  row += "\tUSAGOV\tPRESIDENT\tUSA\t\t\t\t\tGOV\t\t\tPRK\tNORTH KOREA\tPRK\t\t\t\t\t\t\t";
  row += "\t1\t036\t036\t03\t1\t4.0\t10\t2\t10\t-1.5";
  for (int geo = 0; geo < 3; ++geo) row += "\t0\t\t\t\t\t\t\t";
  return row + Cat("\t20210305121500\thttps://news.example.org/", id, "\n");
}

std::string Rows(int first, int count) {
  std::string rows;
  for (int i = 0; i < count; ++i) rows += Row(first + i);
  return rows;
}

class ImportJobTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ontology_ = knowledge::Ontology::Load(ENTENTE_DATA_DIR)->release();
    lexicon_ = knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {})->release();
  }
  void SetUp() override {
    codes_ = *CodeMap::Load(ENTENTE_DATA_DIR, ontology_, lexicon_);
    store_ = OpenStore("store");
    options_.memory_bytes = 1 << 20;
  }

  std::unique_ptr<graph::Store> OpenStore(const std::string& name) {
    graph::StoreOptions options;
    options.path = folder_.Path(name);
    options.create_if_missing = true;
    options.free_space_reserve_bytes = 0;
    auto store = graph::Store::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }

  ImportReport Run() { return RunImport(options_, codes_.get(), store_.get()); }
  int64_t EventCount() { return store_->GetStats(v1::GetStatsRequest())->event_count(); }

  static std::vector<v1::Event> Events(graph::Store* store, bool mentions) {
    v1::ListEventsRequest request;
    request.set_include_mentions(mentions);
    request.set_page_size(1000);
    std::vector<v1::Event> events;
    const auto listed = store->ListEvents(request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (listed.ok()) events.assign(listed->events().begin(), listed->events().end());
    return events;
  }

  static inline const knowledge::Ontology* ontology_ = nullptr;
  static inline knowledge::Lexicon* lexicon_ = nullptr;
  const TempFolder folder_;
  std::unique_ptr<CodeMap> codes_;
  std::unique_ptr<graph::Store> store_;
  ImportOptions options_;
};

TEST_F(ImportJobTest, TheSameFileTwiceChangesNothing) {
  options_.inputs = {folder_.Write("a.CSV", Rows(1, 50))};
  ImportReport report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 50);
  report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 0);
  EXPECT_EQ(report.progress.known_events, 50);
  EXPECT_EQ(report.progress.resumed_rows, 0);
  EXPECT_EQ(EventCount(), 50);
  EXPECT_TRUE(store_->Verify().ok());
}

TEST_F(ImportJobTest, BadRowsGoToTheQuarantineAndTheRestGoesIn) {
  options_.inputs = {folder_.Write("a.CSV", Row(1) + Row(2, "20211305") + "short\trow\n" + Row(3))};
  options_.quarantine_path = folder_.Path("bad.jsonl");
  const ImportReport report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 2);
  EXPECT_EQ(report.progress.quarantined, 2);
  EXPECT_EQ(report.reasons.at("SQLDATE '…' is no date (YYYYMMDD)"), 1);
  std::ifstream in(options_.quarantine_path);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["file"], options_.inputs[0]);
  EXPECT_EQ(json["line"], 2);
  EXPECT_EQ(json["record"].get<std::string>() + "\n", Row(2, "20211305"));
  ASSERT_TRUE(std::getline(in, line));
  EXPECT_EQ(nlohmann::json::parse(line)["line"], 3);
}

TEST_F(ImportJobTest, FaultsAreKnownBeforeAnythingIsStored) {
  const std::string good = folder_.Write("a.CSV", Rows(1, 5));
  options_.inputs = {good, folder_.Path("missing.CSV")};
  EXPECT_EQ(Run().status.code(), absl::StatusCode::kNotFound);
  options_.inputs = {good, folder_.Write("b.txt", "this is\tno GDELT\n")};
  const ImportReport report = Run();
  EXPECT_THAT(std::string(MessageOf(report.status)),
              HasSubstr("b.txt: the first line has 2 columns"));
  options_.inputs = {good};
  options_.quarantine_path = folder_.Path("no/such/folder/bad.jsonl");
  EXPECT_EQ(Run().status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(EventCount(), 0);
}

TEST_F(ImportJobTest, AQuarantineThatWasNotNeededIsNotThere) {
  options_.inputs = {folder_.Write("a.CSV", Rows(1, 5))};
  options_.quarantine_path = folder_.Path("bad.jsonl");
  ASSERT_TRUE(Run().status.ok());
  EXPECT_FALSE(std::ifstream(options_.quarantine_path).good());
}

TEST_F(ImportJobTest, AStoppedImportGoesOnWhereItWas) {
  options_.inputs = {folder_.Write("a.CSV", Rows(1, 1000)),
                     folder_.Write("b.CSV", Rows(1001, 500) + "bad\n" + Rows(1501, 1500)),
                     folder_.Write("c.CSV", Rows(3001, 10))};
  options_.quarantine_path = folder_.Path("bad.jsonl");
  int looks = 0;
  options_.stop = [&looks] { return ++looks > 7; };  // asked every 256 rows
  ImportReport report = Run();
  EXPECT_EQ(report.status.code(), absl::StatusCode::kCancelled);
  const int64_t stored = report.progress.events;
  EXPECT_GT(stored, 1000);
  EXPECT_LT(stored, 3000);
  EXPECT_EQ(EventCount(), stored);
  options_.stop = nullptr;
  report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 3010 - stored);
  EXPECT_EQ(report.progress.known_events, 0);
  EXPECT_GT(report.progress.resumed_rows, 0);
  EXPECT_EQ(EventCount(), 3010);
  EXPECT_TRUE(store_->Verify().ok());
  std::ifstream bad(options_.quarantine_path);
  const std::string all((std::istreambuf_iterator<char>(bad)), {});
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1);
}

TEST_F(ImportJobTest, RestartReadsEverythingAgainAndAChangedFileToo) {
  options_.inputs = {folder_.Write("a.CSV", Rows(1, 1000))};
  int looks = 0;
  options_.stop = [&looks] { return ++looks > 1; };
  ASSERT_EQ(Run().status.code(), absl::StatusCode::kCancelled);
  const int64_t stored = EventCount();
  ASSERT_GT(stored, 0);
  looks = 0;
  options_.restart = true;
  ImportReport report = Run();
  EXPECT_EQ(report.progress.resumed_rows, 0);
  EXPECT_EQ(report.progress.known_events, stored);
  options_.restart = false;
  options_.stop = nullptr;
  folder_.Write("a.CSV", Rows(1, 1001));
  report = Run();
  ASSERT_TRUE(report.status.ok());
  EXPECT_EQ(report.progress.resumed_rows, 0);
  EXPECT_EQ(EventCount(), 1001);
}

TEST_F(ImportJobTest, ADamagedFileDoesNotKeepTheOthersOut) {
  const std::string big = Rows(1, 100);
  options_.inputs = {folder_.Write("big.CSV", big), folder_.Write("small.CSV", Rows(1001, 5))};
  // Found wrong only in the middle: what a look at the first line cannot see.
  options_.limits.bytes_max = static_cast<int64_t>(big.size()) - 1;
  ImportReport report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.failed_files, 1);
  EXPECT_EQ(report.progress.events, 5);
  options_.limits = {};
  options_.inputs = {folder_.Write("bad.gz", std::string("\x1f\x8b garbage")), options_.inputs[1]};
  EXPECT_EQ(Run().status.code(), absl::StatusCode::kDataLoss);
}

TEST_F(ImportJobTest, ADryRunCountsAndNeedsNoStore) {
  options_.inputs = {folder_.Write("a.CSV", Row(1) + "bad\n" + Row(2))};
  options_.dry_run = true;
  const ImportReport report = RunImport(options_, codes_.get(), nullptr);
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 2);
  EXPECT_EQ(report.progress.quarantined, 1);
}

TEST_F(ImportJobTest, BytesThatAreNotUtf8AreReplacedAndCounted) {
  std::string row = Row(1);
  row.replace(row.find("PRESIDENT"), 9, "PR\xC9SIDENT");
  options_.inputs = {folder_.Write("a.CSV", row)};
  const ImportReport report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 1);
  EXPECT_EQ(report.progress.repaired, 1);
}

TEST_F(ImportJobTest, MentionsFindTheirEvents) {
  options_.inputs = {folder_.Write("a.CSV", Rows(1, 2))};
  ASSERT_TRUE(Run().status.ok());
  std::string mentions;
  for (const int id : {1, 1, 2, 77}) {
    mentions +=
        Cat(900000000 + id, "\t20210305121500\t20210305123000\t1\tx\thttps://other.example.org/",
            id, "\t3\t-1\t10\t20\t1\t80\t100\t-1.5\t\t\n");
  }
  options_.format = ImportFormat::kGdeltMentions;
  options_.inputs = {folder_.Write("m.CSV", mentions)};
  const ImportReport report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.mentions, 2);
  EXPECT_EQ(report.progress.known_mentions, 1);
  EXPECT_EQ(report.progress.orphaned_mentions, 1);
  EXPECT_EQ(Events(store_.get(), true)[0].mentions_size(), 2);
}

// What one store exports another takes in, and gives back as it was but for numbers.
TEST_F(ImportJobTest, OurOwnExportComesRound) {
  options_.format = ImportFormat::kJsonl;
  options_.inputs = {ENTENTE_TESTDATA_DIR "/import_job/export.jsonl"};
  ImportReport report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 2);
  EXPECT_EQ(report.progress.quarantined, 1);
  const std::vector<v1::Event> first = Events(store_.get(), true);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].mentions_size(), 2);
  EXPECT_EQ(first[0].status(), v1::OCCURRED);
  ASSERT_EQ(first[0].status_history_size(), 2);
  EXPECT_EQ(first[0].status_history(0).status(), v1::PLANNED);
  EXPECT_EQ(first[0].status_history(1).article(), "a2");
  EXPECT_EQ(first[0].mentions(0).rule(), "meet");
  EXPECT_EQ(first[0].meeting().format(), "summit");

  report = Run();
  ASSERT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.events, 0);
  EXPECT_EQ(report.progress.known_events, 2);
  EXPECT_TRUE(store_->Verify().ok());
}

}  // namespace
}  // namespace entente::ingest
