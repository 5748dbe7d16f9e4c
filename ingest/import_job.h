// An import job: rows of files, read by one of the formats of ingest/import, go in bulk into a
// store, and what becomes of each is counted.
//
//   ImportOptions options;
//   options.format = ImportFormat::kGdelt;
//   options.inputs = {"20191024.export.CSV.zip"};
//   options.quarantine_path = "bad.jsonl";
//   const ImportReport report = RunImport(options, codes.get(), store.get());
//   if (!report.status.ok()) …   // report.progress still says what is stored
//
// A malformed row never ends a job: it is counted and goes to the quarantine with file, line and
// reason. A job that was cut short, by a signal, a kill or a full disk, goes on where the last
// checkpoint was when it is run again with the same files in the same order; and a job that has run
// whole changes nothing the next time, since every row has the id that its data set gave it.
//
// Thread safety: a job runs in the caller's thread, with threads of its own for unpacking and for
// the store; callbacks are called in the caller's thread.
#ifndef ENTENTE_INGEST_IMPORT_JOB_H_
#define ENTENTE_INGEST_IMPORT_JOB_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "graph/store.h"
#include "ingest/import/code_map.h"
#include "ingest/import/row_reader.h"

namespace entente::ingest {

struct ImportProgress {
  int64_t rows = 0;          // read in this run, quarantined ones included
  int64_t resumed_rows = 0;  // passed over: an earlier run had stored them
  int64_t events = 0;        // stored; of a dry run: that would be looked at
  int64_t known_events = 0;  // stored before; nothing changed
  int64_t mentions = 0;      // stored, those that came with their events included
  int64_t known_mentions = 0;
  int64_t orphaned_mentions = 0;     // of events that the store does not have
  int64_t quarantined = 0;           // rows
  int64_t repaired = 0;              // rows with bytes that are not UTF-8, each replaced by U+FFFD
  int64_t failed_files = 0;          // damaged or not of this format; the rest of them was left out
  int64_t files = 0;                 // begun, or passed over as stored
  int64_t packed_bytes = 0;          // of the files, read or passed over
  int64_t packed_bytes_resumed = 0;  // of them, passed over
  int64_t packed_bytes_total = 0;    // 0: not known, because of a pipe
  double seconds = 0;

  double RowsPerSecond() const;
  // Until the end at the speed so far; negative if it cannot be told.
  double SecondsLeft() const;
};

struct ImportRejection {
  std::string file;
  int64_t line = 0;  // 0: the file
  std::string reason;
};

struct ImportOptions {
  ImportFormat format = ImportFormat::kGdelt;
  std::vector<std::string> inputs;  // "-" is standard input
  std::string quarantine_path;      // Default: rows that are rejected are only counted
  // Reads and checks everything and stores nothing. Default: false.
  bool dry_run = false;
  // Begins at the beginning, whatever an earlier run had done. Default: false.
  bool restart = false;
  UnpackLimits limits;
  // Memory for what is added between two checkpoints; see BulkLoadOptions. Default: 256 MiB.
  size_t memory_bytes = size_t{256} << 20;
  // Rows between two checkpoints at most. Default: no limit but memory.
  int64_t checkpoint_rows = INT64_MAX;

  std::function<void(const ImportProgress&)> on_progress;
  std::chrono::milliseconds progress_interval{200};
  std::function<void(const ImportRejection&)> on_rejected;
  // Asked before each row; true ends the job with a checkpoint and CANCELLED.
  std::function<bool()> stop;
};

struct ImportReport {
  absl::Status status;
  ImportProgress progress;
  // Why rows were quarantined, without the values that they had, and how often.
  std::map<std::string, int64_t> reasons;
};

// Runs a job. `codes` may be null for kJsonl, `store` for a dry run. Before anything is stored,
// every file that is no pipe is opened and its first line looked at, and so is the quarantine.
// Errors, in report.status: as ByteSource::Open and RowReader::BeginMember for files that are wrong
// from the start, Store::StartBulkLoad, BulkLoader::Checkpoint, Quarantine, and CANCELLED.
ImportReport RunImport(const ImportOptions& options, CodeMap* codes, graph::Store* store);

// The reason of a quarantined row without what stands in quotation marks, for counting.
std::string ReasonKind(std::string_view reason);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_JOB_H_
