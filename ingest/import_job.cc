#include "ingest/import_job.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "graph/bulk_loader.h"
#include "ingest/bulk_sink.h"
#include "ingest/import/block_stream.h"
#include "ingest/import/byte_source.h"
#include "ingest/import/record_reader.h"
#include "ingest/quarantine.h"
#include "ingest/resume_point.h"
#include "ingest/whole_sink.h"

namespace entente::ingest {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kReasonsMax = 100;     // different ones that are counted by themselves
constexpr int kRowsBetweenLooks = 256;  // at the clock and at the caller's stop
constexpr size_t kFirstRecordBytes = size_t{1} << 20;

// A pipe cannot be looked at before it is read.
bool IsPipe(const std::string& input) {
  std::error_code error;
  const std::filesystem::file_status file = std::filesystem::status(input, error);
  return input == "-" || std::filesystem::is_fifo(file) || std::filesystem::is_character_file(file);
}

// The first record of a file, read without a thread.
absl::StatusOr<std::string> FirstRecord(const std::string& input, const UnpackLimits& limits) {
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source,
                           ByteSource::Open(input, limits));
  ENTENTE_ASSIGN_OR_RETURN(const bool more, source->NextMember());
  std::string record;
  if (!more) return record;
  char buffer[4096];
  while (record.size() < kFirstRecordBytes) {
    ENTENTE_ASSIGN_OR_RETURN(const size_t count, source->Read(buffer, sizeof buffer));
    if (count == 0) break;
    record.append(buffer, count);
    if (const size_t end = record.find('\n'); end != std::string::npos) {
      record.resize(end);
      break;
    }
  }
  if (record.starts_with("\xEF\xBB\xBF")) record.erase(0, 3);
  if (record.ends_with('\r')) record.pop_back();
  return record;
}

class ImportJob {
 public:
  ImportJob(const ImportOptions& options, CodeMap* codes, graph::Store* store)
      : options_(options),
        store_(store),
        codes_(codes),
        reader_(MakeRowReader(options.format, codes)),
        quarantine_(options.quarantine_path),
        next_report_(begin_ + options.progress_interval) {}

  ImportReport Run() {
    absl::Status status = CheckInputs();
    if (status.ok()) status = Begin();
    if (status.ok()) status = ReadAll();
    status = End(std::move(status));
    if (absl::Status closed = quarantine_.Close(); status.ok()) status = std::move(closed);
    ReportProgress(/*last=*/true);
    return {std::move(status), progress_, std::move(reasons_)};
  }

 private:
  // Looks at every file before anything is stored, so that a misspelt name or a wrong --from does
  // not come to light after an hour.
  absl::Status CheckInputs() {
    if (options_.inputs.empty()) return InvalidArgument("no file was named");
    if (std::count(options_.inputs.begin(), options_.inputs.end(), "-") > 1) {
      return InvalidArgument("standard input (\"-\") is named twice");
    }
    bool sizes_known = true;
    sizes_.assign(options_.inputs.size(), 0);
    for (size_t i = 0; i < options_.inputs.size(); ++i) {
      const std::string& input = options_.inputs[i];
      if (IsPipe(input)) {
        sizes_known = false;
        continue;
      }
      ENTENTE_ASSIGN_OR_RETURN(const std::string record, FirstRecord(input, options_.limits));
      if (!record.empty()) {
        ENTENTE_RETURN_IF_ERROR(Annotate(reader_->BeginMember(record).status(), input));
      }
      std::error_code error;
      sizes_[i] = static_cast<int64_t>(std::filesystem::file_size(input, error));
      if (error) sizes_[i] = 0;
      progress_.packed_bytes_total += sizes_[i];
    }
    if (!sizes_known) progress_.packed_bytes_total = 0;
    return quarantine_.Open();
  }

  absl::Status Begin() {
    if (options_.dry_run) return absl::OkStatus();
    if (options_.format == ImportFormat::kJsonl) {
      whole_sink_ = std::make_unique<WholeSink>(store_);
      return absl::OkStatus();
    }
    graph::BulkLoadOptions load;
    // Mentions have a place of their own to go on from.
    load.source = NameOf(options_.format);
    load.memory_bytes = options_.memory_bytes;
    ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<graph::BulkLoader> loader,
                             store_->StartBulkLoad(load));
    if (!options_.restart) FindResumePoint(loader->resume_token());
    sink_ = std::make_unique<BulkSink>(codes_, std::move(loader));
    return absl::OkStatus();
  }

  // Goes on where the last run was cut short, if the files up to there are the same.
  void FindResumePoint(const std::string& token) {
    const std::optional<ResumePoint> point = ResumePoint::Decode(token);
    if (!point || point->format != NameOf(options_.format)) return;
    const auto inputs = static_cast<size_t>(point->input) + 1;
    if (inputs > options_.inputs.size()) return;
    uint64_t fingerprint = kNoInputs;
    for (size_t i = 0; i < inputs; ++i) fingerprint = Fingerprint(fingerprint, options_.inputs[i]);
    if (fingerprint != 0 && fingerprint == point->fingerprint) resume_ = *point;
  }

  absl::Status ReadAll() {
    for (input_ = 0; input_ < options_.inputs.size(); ++input_) {
      const std::string& input = options_.inputs[input_];
      fingerprint_ = Fingerprint(fingerprint_, input);
      ++progress_.files;
      member_ = records_ = 0;
      const bool stored = static_cast<int64_t>(input_) < resume_.input;
      if (!stored) ENTENTE_RETURN_IF_ERROR(ReadInput(input));
      packed_before_ += sizes_[input_];
      progress_.packed_bytes = packed_before_;
      if (stored) progress_.packed_bytes_resumed = packed_before_;
    }
    return absl::OkStatus();
  }

  absl::Status ReadInput(const std::string& input) {
    file_ = input;
    const absl::StatusOr<std::unique_ptr<BlockStream>> stream =
        BlockStream::Open(input, options_.limits, options_.stop);
    if (!stream.ok()) return RejectFile(stream.status());
    RecordReader records(stream->get(), reader_->FirstShape());
    Record record;
    for (;;) {
      const absl::StatusOr<bool> more = records.Next(&record);
      if (!more.ok()) return RejectFile(more.status());
      if (!*more) return absl::OkStatus();
      progress_.packed_bytes = packed_before_ + records.packed_position();
      ENTENTE_RETURN_IF_ERROR(TakeRecord(record, &records));
    }
  }

  absl::Status TakeRecord(const Record& record, RecordReader* records) {
    if (record.begins_member) ENTENTE_RETURN_IF_ERROR(BeginMember(record, records));
    if (skip_member_) return absl::OkStatus();
    ++records_;
    if (record.begins_member && header_) return absl::OkStatus();
    if (IsStored()) {
      progress_.packed_bytes_resumed = progress_.packed_bytes;
      return ++progress_.resumed_rows % kRowsBetweenLooks == 0 ? LookUp() : absl::OkStatus();
    }
    ENTENTE_RETURN_IF_ERROR(TakeRow(record));
    if (++progress_.rows % kRowsBetweenLooks == 0) ENTENTE_RETURN_IF_ERROR(LookUp());
    const bool due = progress_.rows - rows_at_checkpoint_ >= options_.checkpoint_rows;
    return sink_ != nullptr && (due || sink_->loader().Full()) ? Checkpoint() : absl::OkStatus();
  }

  // An archive may hold files of several layouts, and some that are no data at all.
  absl::Status BeginMember(const Record& record, RecordReader* records) {
    member_ = records->member_count();
    file_ = records->member();
    records_ = 0;
    const absl::StatusOr<MemberShape> shape = reader_->BeginMember(record.text);
    skip_member_ = !shape.ok();
    if (skip_member_) return RejectFile(Annotate(shape.status(), file_));
    records->set_shape(shape->records);
    header_ = shape->header;
    return absl::OkStatus();
  }

  // True for what an earlier run had done.
  bool IsStored() const {
    if (static_cast<int64_t>(input_) != resume_.input) return false;
    return member_ < resume_.member || (member_ == resume_.member && records_ <= resume_.records);
  }

  absl::Status TakeRow(const Record& record) {
    if (record.fault != nullptr) return Reject(record, record.fault);
    std::string_view text = record.text;
    if (!IsAscii(text) && !IsValidUtf8(text)) {
      repaired_ = ReplaceInvalidUtf8(text);
      text = repaired_;
      ++progress_.repaired;
    }
    row_.kind = ImportedRow::Kind::kNothing;
    absl::Status taken = reader_->Read(text, &row_);
    if (taken.ok()) taken = Store();
    if (taken.ok()) return absl::OkStatus();
    if (taken.code() != absl::StatusCode::kInvalidArgument) return taken;
    return Reject(record, MessageOf(taken));
  }

  absl::Status Store() {
    if (whole_sink_ != nullptr) return whole_sink_->Add(row_.whole);
    if (sink_ != nullptr) return sink_->Add(row_);
    ++(row_.kind == ImportedRow::Kind::kMention ? progress_.mentions : progress_.events);
    return absl::OkStatus();
  }

  absl::Status Reject(const Record& record, std::string_view reason) {
    ENTENTE_RETURN_IF_ERROR(quarantine_.Add(file_, record.line, reason, record.text));
    ++progress_.quarantined;
    CountReason(reason);
    if (options_.on_rejected) options_.on_rejected({file_, record.line, std::string(reason)});
    return absl::OkStatus();
  }

  // The rest of a file that is damaged is left out, and the job goes on with the next one.
  absl::Status RejectFile(const absl::Status& fault) {
    if (fault.code() == absl::StatusCode::kCancelled) return fault;
    ENTENTE_RETURN_IF_ERROR(quarantine_.Add(file_, 0, MessageOf(fault), ""));
    ++progress_.failed_files;
    if (options_.on_rejected) options_.on_rejected({file_, 0, std::string(MessageOf(fault))});
    return absl::OkStatus();
  }

  void CountReason(std::string_view reason) {
    const std::string kind = ReasonKind(reason);
    const bool counted = reasons_.contains(kind) || reasons_.size() < kReasonsMax;
    ++reasons_[counted ? kind : "other reasons"];
  }

  absl::Status LookUp() {
    ReportProgress(/*last=*/false);
    if (!options_.stop || !options_.stop()) return absl::OkStatus();
    return MakeStatus(absl::StatusCode::kCancelled, "the import was stopped");
  }

  std::string Token() const {
    ResumePoint point;
    point.format = NameOf(options_.format);
    point.fingerprint = fingerprint_;
    point.input = static_cast<int64_t>(input_);
    point.member = member_;
    point.records = records_;
    return point.Encode();
  }

  absl::Status Checkpoint() {
    rows_at_checkpoint_ = progress_.rows;
    ENTENTE_ASSIGN_OR_RETURN(const graph::BulkCounts counts, sink_->loader().Checkpoint(Token()));
    progress_.events += counts.events;
    progress_.known_events += counts.events_skipped;
    progress_.mentions += counts.mentions;
    progress_.known_mentions += counts.mentions_skipped;
    progress_.orphaned_mentions += counts.mentions_orphaned;
    ReportProgress(/*last=*/false);
    return absl::OkStatus();
  }

  // Makes durable what was read, whole or as far as it came.
  absl::Status End(absl::Status status) {
    if (whole_sink_ != nullptr) return EndWhole(std::move(status));
    if (sink_ == nullptr) return status;
    const bool cut_short = status.code() == absl::StatusCode::kCancelled;
    if (!status.ok() && !cut_short) return status;
    const absl::StatusOr<graph::BulkCounts> counts =
        sink_->loader().Finish(cut_short ? Token() : std::string());
    if (!counts.ok()) return counts.status();
    progress_.events = counts->events;
    progress_.known_events = counts->events_skipped;
    progress_.mentions = counts->mentions;
    progress_.known_mentions = counts->mentions_skipped;
    progress_.orphaned_mentions = counts->mentions_orphaned;
    return status;
  }

  // Nothing was stored while it was read; from here on, article by article.
  absl::Status EndWhole(absl::Status status) {
    if (status.ok()) status = whole_sink_->Finish(options_.stop);
    const WholeSink::Counts& counts = whole_sink_->counts();
    progress_.events = counts.events;
    progress_.known_events = counts.known_events;
    progress_.mentions = counts.mentions;
    progress_.known_mentions = counts.known_mentions;
    return status;
  }

  void ReportProgress(bool last) {
    const Clock::time_point now = Clock::now();
    progress_.seconds = std::chrono::duration<double>(now - begin_).count();
    if (!options_.on_progress || (!last && now < next_report_)) return;
    next_report_ = now + options_.progress_interval;
    options_.on_progress(progress_);
  }

  const ImportOptions& options_;
  graph::Store* const store_;
  CodeMap* const codes_;
  const std::unique_ptr<RowReader> reader_;
  Quarantine quarantine_;
  std::unique_ptr<BulkSink> sink_;         // for rows of a data set
  std::unique_ptr<WholeSink> whole_sink_;  // for kJsonl. In a dry run both are null
  ImportProgress progress_;
  std::map<std::string, int64_t> reasons_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point next_report_;

  std::vector<int64_t> sizes_;  // of the inputs; 0 for pipes
  int64_t packed_before_ = 0;   // of the inputs before the one in work
  ResumePoint resume_{.input = -1};
  uint64_t fingerprint_ = kNoInputs;
  size_t input_ = 0;
  int64_t member_ = 0;
  int64_t records_ = 0;  // of the member, the one in work included
  int64_t rows_at_checkpoint_ = 0;
  std::string file_;  // as messages name the member in work
  bool skip_member_ = false;
  bool header_ = false;
  std::string repaired_;
  ImportedRow row_;
};

}  // namespace

double ImportProgress::RowsPerSecond() const {
  return seconds > 0 ? static_cast<double>(rows) / seconds : 0;
}

double ImportProgress::SecondsLeft() const {
  const int64_t done = packed_bytes - packed_bytes_resumed;
  if (packed_bytes_total == 0 || done <= 0 || seconds <= 0) return -1;
  const int64_t left = std::max<int64_t>(packed_bytes_total - packed_bytes, 0);
  return static_cast<double>(left) * seconds / static_cast<double>(done);
}

ImportReport RunImport(const ImportOptions& options, CodeMap* codes, graph::Store* store) {
  return ImportJob(options, codes, store).Run();
}

std::string ReasonKind(std::string_view reason) {
  std::string kind;
  bool quoted = false;
  for (const char c : reason) {
    if (c == '\'') quoted = !quoted;
    if (!quoted || c == '\'') kind.push_back(c);
    if (quoted && c == '\'') kind += "…";
  }
  return kind;
}

}  // namespace entente::ingest
