// An ingestion job: articles of files go, in order, to a sink that codes and stores them (a stream
// of the Ingest service, in this process or over the wire), and what becomes of each is counted.
//
//   IngestJobOptions options;
//   options.inputs = {"monday.jsonl", "tuesday.jsonl"};
//   options.quarantine_path = "quarantine.jsonl";
//   options.stop = [] { return interrupted; };
//   const IngestReport report = ingest::RunIngestJob(options, &sink);
//   if (!report.status.ok()) …   // report.progress still says what was acknowledged
//
// A bad record never ends a job: it is counted, reported and written to the quarantine file. An
// interrupted job waits for what is under way and reports it; running it again is safe, since
// articles that are stored already change nothing.
//
// Thread safety: a job runs in the caller's thread and one of its own; callbacks are called in the
// caller's thread.
#ifndef ENTENTE_INGEST_JOB_H_
#define ENTENTE_INGEST_JOB_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/ingest.pb.h"
#include "ingest/article_reader.h"

namespace entente::ingest {

// What codes and stores articles. The job calls Put and Close from its own thread, and Take and
// Cancel from the caller's thread at the same time.
class ArticleSink {
 public:
  virtual ~ArticleSink() = default;

  // Hands an article over. May wait while too many are under way. An error means that the sink
  // takes no more; Take tells why.
  virtual absl::Status Put(v1::Article article) = 0;

  // No Put will follow.
  virtual void Close() = 0;

  // Waits for the next outcome; there is one for each article, in the order of Put. An error means
  // that no more will come.
  virtual absl::StatusOr<v1::IngestArticleResponse> Take() = 0;

  // Makes calls of Put and Take, present and future, fail at once. What is under way may be stored
  // or not.
  virtual void Cancel() = 0;
};

// Counts of acknowledged records.
struct IngestProgress {
  int64_t articles = 0;  // stored + already_stored + rejected
  int64_t stored = 0;
  int64_t already_stored = 0;
  int64_t rejected = 0;    // by the reader or by the sink
  int64_t events = 0;      // that the stored articles are evidence of
  int64_t new_events = 0;  // of them not known before
  double seconds = 0;      // since the job began

  double ArticlesPerSecond() const {
    return seconds > 0 ? static_cast<double>(articles) / seconds : 0;
  }
};

struct IngestRejection {
  std::string file;
  int64_t line = 0;    // 0: the whole file
  std::string reason;  // names file and line too
};

struct IngestJobOptions {
  // Files; "-" is standard input. Required.
  std::vector<std::string> inputs;
  ReaderOptions reader;
  // Where rejected records are added. Default: they are counted and reported only.
  std::string quarantine_path;
  // Asked before each record; once true, the job reads no more. Default: never.
  std::function<bool()> stop;
  // Called at most so often, and once at the end. Default: not at all.
  std::function<void(const IngestProgress&)> on_progress;
  std::chrono::milliseconds progress_interval{500};
  // Called for each rejected record. Default: not at all.
  std::function<void(const IngestRejection&)> on_rejected;
};

// Records that are read but not acknowledged, at most; and their bytes (one is always let in).
inline constexpr size_t kMaxUnderWay = 256;
inline constexpr size_t kMaxBytesUnderWay = size_t{32} << 20;

struct IngestReport {
  // OK if every record of every input was acknowledged, as stored or as rejected. CANCELLED if
  // stopped. Else the first error: of an input (nothing is ingested if one cannot be opened at the
  // start), the sink or the quarantine file.
  absl::Status status;
  IngestProgress progress;
};

IngestReport RunIngestJob(const IngestJobOptions& options, ArticleSink* sink);

// The line of JSON from which the reader makes `article`.
std::string JsonOf(const v1::Article& article);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_JOB_H_
