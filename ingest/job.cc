#include "ingest/job.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/quarantine.h"

namespace entente::ingest {
namespace {

using Clock = std::chrono::steady_clock;

size_t BytesOf(const SourceRecord& record) {
  return record.raw.size() + (record.article.ok() ? record.article->ByteSizeLong() : 0);
}

// The records under way: filled by the reading thread, emptied by the caller's in the same order.
class UnderWay {
 public:
  // Waits for room. False if nobody will take records any more.
  bool Add(SourceRecord record) {
    std::unique_lock<std::mutex> lock(mutex_);
    const size_t bytes = BytesOf(record);
    changed_.wait(lock, [&] {
      return abandoned_ || records_.empty() ||
             (records_.size() < kMaxUnderWay && bytes_ + bytes <= kMaxBytesUnderWay);
    });
    if (abandoned_) return false;
    bytes_ += bytes;
    records_.push_back(std::move(record));
    changed_.notify_all();
    return true;
  }

  // No more records: all were read, or `status` says why not.
  void End(absl::Status status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    end_status_ = std::move(status);
    changed_.notify_all();
  }

  // Waits for the next record; nothing after End.
  std::optional<SourceRecord> Next() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || !records_.empty(); });
    if (records_.empty()) return std::nullopt;
    SourceRecord record = std::move(records_.front());
    records_.pop_front();
    bytes_ -= BytesOf(record);
    changed_.notify_all();
    return record;
  }

  // Next will not be called again.
  void Abandon() {
    const std::lock_guard<std::mutex> lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }

  // REQUIRES: Next returned nothing.
  absl::Status end_status() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return end_status_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<SourceRecord> records_;
  size_t bytes_ = 0;
  bool ended_ = false;
  bool abandoned_ = false;
  absl::Status end_status_;
};

// Opens every input once, so that a misspelt name is known before anything is stored. Not pipes:
// what is read from them is gone.
absl::Status CheckInputs(const IngestJobOptions& options) {
  if (options.inputs.empty()) return InvalidArgument("no input was named");
  if (std::count(options.inputs.begin(), options.inputs.end(), "-") > 1) {
    return InvalidArgument("standard input (\"-\") is named twice");
  }
  for (const std::string& input : options.inputs) {
    std::error_code error;
    const std::filesystem::file_status file = std::filesystem::status(input, error);
    if (input == "-" || std::filesystem::is_fifo(file) ||
        std::filesystem::is_character_file(file)) {
      continue;
    }
    ENTENTE_RETURN_IF_ERROR(OpenArticles(input, options.reader).status());
  }
  return absl::OkStatus();
}

class IngestJob {
 public:
  IngestJob(const IngestJobOptions& options, ArticleSink* sink)
      : options_(options), sink_(sink), quarantine_(options.quarantine_path) {}

  IngestReport Run() {
    absl::Status status = CheckInputs(options_);
    if (status.ok()) {
      std::thread reader([this] { under_way_.End(ReadAll()); });
      status = Acknowledge();
      if (!status.ok()) {
        under_way_.Abandon();
        sink_->Cancel();
      }
      reader.join();
      if (status.ok()) status = under_way_.end_status();
    }
    if (absl::Status closed = quarantine_.Close(); status.ok()) status = std::move(closed);
    ReportProgress(/*last=*/true);
    return {std::move(status), progress_};
  }

 private:
  // The reading thread.
  absl::Status ReadAll() {
    absl::Status status;
    for (const std::string& input : options_.inputs) {
      status = ReadInput(input);
      if (!status.ok()) break;
    }
    sink_->Close();
    return status;
  }

  absl::Status ReadInput(const std::string& input) {
    ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<ArticleReader> reader,
                             OpenArticles(input, options_.reader));
    for (;;) {
      if (options_.stop && options_.stop()) {
        return MakeStatus(absl::StatusCode::kCancelled, "the job was stopped");
      }
      ENTENTE_ASSIGN_OR_RETURN(std::optional<SourceRecord> record, reader->Next());
      if (!record.has_value()) return absl::OkStatus();
      v1::Article article;
      const bool good = record->article.ok();
      if (good) article = *record->article;
      if (!under_way_.Add(std::move(*record))) return absl::OkStatus();
      if (good) ENTENTE_RETURN_IF_ERROR(sink_->Put(std::move(article)));
    }
  }

  // The caller's thread: what became of each record, in order.
  absl::Status Acknowledge() {
    while (const std::optional<SourceRecord> record = under_way_.Next()) {
      if (record->article.ok()) {
        ENTENTE_ASSIGN_OR_RETURN(const v1::IngestArticleResponse outcome, sink_->Take());
        ENTENTE_RETURN_IF_ERROR(Count(*record, outcome));
      } else {
        ENTENTE_RETURN_IF_ERROR(Reject(*record, MessageOf(record->article.status()), record->raw));
      }
      ReportProgress(/*last=*/false);
    }
    return absl::OkStatus();
  }

  absl::Status Count(const SourceRecord& record, const v1::IngestArticleResponse& outcome) {
    if (outcome.outcome() == v1::REJECTED) {
      const std::string where = record.line > 0 ? Cat(record.file, ":", record.line) : record.file;
      return Reject(record, Cat(where, ": ", outcome.error()), JsonOf(*record.article));
    }
    ++progress_.articles;
    if (outcome.outcome() == v1::ALREADY_STORED) {
      ++progress_.already_stored;
      return absl::OkStatus();
    }
    ++progress_.stored;
    progress_.events += outcome.event_ids_size();
    progress_.new_events += outcome.new_event_count();
    return absl::OkStatus();
  }

  absl::Status Reject(const SourceRecord& record, std::string_view reason, std::string_view raw) {
    ENTENTE_RETURN_IF_ERROR(quarantine_.Add(record.file, record.line, reason, raw));
    ++progress_.articles;
    ++progress_.rejected;
    if (options_.on_rejected) {
      options_.on_rejected({record.file, record.line, std::string(reason)});
    }
    return absl::OkStatus();
  }

  void ReportProgress(bool last) {
    const Clock::time_point now = Clock::now();
    progress_.seconds = std::chrono::duration<double>(now - begin_).count();
    if (!options_.on_progress || (!last && now < next_report_)) return;
    next_report_ = now + options_.progress_interval;
    options_.on_progress(progress_);
  }

  const IngestJobOptions& options_;
  ArticleSink* const sink_;
  Quarantine quarantine_;
  UnderWay under_way_;
  IngestProgress progress_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point next_report_ = begin_ + options_.progress_interval;
};

}  // namespace

IngestReport RunIngestJob(const IngestJobOptions& options, ArticleSink* sink) {
  return IngestJob(options, sink).Run();
}

std::string JsonOf(const v1::Article& article) {
  nlohmann::ordered_json json;
  const auto add = [&json](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = ReplaceInvalidUtf8(value);
  };
  add("id", article.id());
  add("url", article.url());
  add("title", article.title());
  add("text", article.text());
  add("date", article.publish_date());
  add("source", article.source());
  add("language", article.language());
  return json.dump();
}

}  // namespace entente::ingest
