// Goal: a job accounts for every record in order, whatever the sink and the files do.
// Method: a sink in memory that stores nothing, with faults on request.
#include "ingest/job.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Gives each article the outcome that its id asks for ("reject…"), else STORED, or ALREADY_STORED
// the second time; holds at most `window` articles.
class MemorySink : public ArticleSink {
 public:
  explicit MemorySink(size_t window = 8) : window_(window) {}

  absl::Status Put(v1::Article article) override {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return cancelled_ || queue_.size() < window_; });
    if (cancelled_) return MakeStatus(absl::StatusCode::kCancelled, "cancelled");
    queue_.push_back(article.id());
    changed_.notify_all();
    return absl::OkStatus();
  }
  void Close() override { closed_ = true; }

  absl::StatusOr<v1::IngestArticleResponse> Take() override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (taken_ == fail_after_) return DataLoss("the disk is on fire");
    changed_.wait(lock, [this] { return cancelled_ || !queue_.empty(); });
    if (cancelled_) return MakeStatus(absl::StatusCode::kCancelled, "cancelled");
    v1::IngestArticleResponse outcome;
    outcome.set_article(queue_.front());
    queue_.pop_front();
    ++taken_;
    changed_.notify_all();
    if (outcome.article().compare(0, 6, "reject") == 0) {
      outcome.set_outcome(v1::REJECTED);
      outcome.set_error("nothing but poetry");
    } else if (!seen_.insert(outcome.article()).second) {
      outcome.set_outcome(v1::ALREADY_STORED);
    } else {
      outcome.set_outcome(v1::STORED);
      outcome.add_event_ids("1");
      outcome.add_event_ids("2");
      outcome.set_new_event_count(1);
    }
    return outcome;
  }
  void Cancel() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

  void FailAfter(int count) { fail_after_ = count; }
  bool closed() const { return closed_; }

 private:
  const size_t window_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> queue_;
  std::set<std::string> seen_;
  int taken_ = 0;
  int fail_after_ = -1;
  bool cancelled_ = false;
  std::atomic<bool> closed_ = false;
};

std::string Lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += Cat("{\"id\": \"a", i, "\", \"text\": \"x\"}\n");
  return lines;
}

TEST(IngestJobTest, AccountsForEveryRecordInOrder) {
  const TempFolder folder;
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl",
                                 "{\"id\": \"one\", \"text\": \"x\"}\nnonsense\n"
                                 "{\"id\": \"reject me\", \"text\": \"roses\"}\n"
                                 "{\"id\": \"one\", \"text\": \"x\"}\n"),
                    folder.Write("b.txt", "The ministers met in Oslo on Monday and signed it.")};
  options.quarantine_path = folder.Path("q.jsonl");
  std::vector<int64_t> rejected;
  options.on_rejected = [&](const IngestRejection& r) { rejected.push_back(r.line); };
  IngestProgress last;
  options.on_progress = [&](const IngestProgress& progress) { last = progress; };
  MemorySink sink;
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.articles, 5);
  EXPECT_EQ(report.progress.stored, 2);
  EXPECT_EQ(report.progress.already_stored, 1);
  EXPECT_EQ(report.progress.rejected, 2);
  EXPECT_EQ(report.progress.events, 4);
  EXPECT_EQ(report.progress.new_events, 2);
  EXPECT_EQ(last.articles, 5);
  EXPECT_THAT(rejected, ElementsAre(2, 3));
  EXPECT_TRUE(sink.closed());
  const std::string quarantine = folder.Read("q.jsonl");
  EXPECT_THAT(quarantine, HasSubstr("\"line\":2"));
  EXPECT_THAT(quarantine, HasSubstr("\"record\":\"nonsense\""));
  EXPECT_THAT(quarantine, HasSubstr("nothing but poetry"));
  EXPECT_THAT(quarantine, HasSubstr("roses"));
}

TEST(IngestJobTest, AWindowOfOneIsEnough) {
  const TempFolder folder;
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl", Lines(1000))};
  MemorySink sink(1);
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.progress.stored, 1000);
}

TEST(IngestJobTest, ManyBadRecordsDoNotFillTheMemory) {
  const TempFolder folder;
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "nonsense\n";
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl", lines)};
  MemorySink sink;
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_TRUE(report.status.ok());
  EXPECT_EQ(report.progress.rejected, 2000);
}

TEST(IngestJobTest, AMissingFileIsKnownBeforeAnythingIsStored) {
  const TempFolder folder;
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl", Lines(3)), folder.Path("none.jsonl")};
  MemorySink sink;
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_EQ(report.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(report.progress.articles, 0);
}

TEST(IngestJobTest, InputsMustBeNamedAndStandardInputOnce) {
  MemorySink sink;
  IngestJobOptions options;
  EXPECT_EQ(RunIngestJob(options, &sink).status.code(), absl::StatusCode::kInvalidArgument);
  options.inputs = {"-", "-"};
  EXPECT_EQ(RunIngestJob(options, &sink).status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(IngestJobTest, StoppedItReportsWhatWasUnderWay) {
  const TempFolder folder;
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl", Lines(100))};
  int asked = 0;
  options.stop = [&asked] { return ++asked > 10; };
  MemorySink sink;
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_EQ(report.status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(report.progress.stored, 10);
}

TEST(IngestJobTest, TheSinksErrorEndsTheJob) {
  const TempFolder folder;
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl", Lines(5000))};
  MemorySink sink(2);
  sink.FailAfter(7);
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_EQ(report.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(report.progress.stored, 7);
}

TEST(IngestJobTest, AQuarantineThatCannotBeWrittenEndsTheJob) {
  const TempFolder folder;
  IngestJobOptions options;
  options.inputs = {folder.Write("a.jsonl", Cat(Lines(3), "nonsense\n", Lines(5000)))};
  options.quarantine_path = folder.Path("no/such/folder/q.jsonl");
  MemorySink sink(2);
  const IngestReport report = RunIngestJob(options, &sink);
  EXPECT_EQ(report.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(report.progress.articles, 3);
}

TEST(JsonOfTest, IsReadBackAsTheSameArticle) {
  v1::Article article;
  article.set_id("a\"1");
  article.set_title("T\n");
  article.set_text("Tromsø “cold”");
  article.set_publish_date("2023-09-22");
  article.set_url("http://e.org");
  article.set_source("S");
  article.set_language("en");
  const absl::StatusOr<v1::Article> back = ParseJsonArticle(JsonOf(article));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->SerializeAsString(), article.SerializeAsString());
}

}  // namespace
}  // namespace entente::ingest
