// Rows of a time index (actor_time, pair_time, type_time) that follow each other within a day, kept
// as one: a run. A bulk load writes them, because a row of its own costs RocksDB more to step over
// than all else that an answer does with it.
//
//   key    that of the run's first row
//   value  00 · EventRow · (difference to the event before varint · EventRow)*
//
// An EventRow begins with the number of its type, which is never 0, so that both stand side by
// side. A run has 2 to kRunRowsMax rows, all of one actor, pair or type and of one day, and no
// other row lies between its first and its last.
//
// Readers see rows and never runs: ScanRows. Writers put single rows and call TakeRunsApart, which
// makes single rows of the runs that these touch. New events have higher numbers than all others,
// so that they touch none.
//
// Thread safety: as the database.
#ifndef ENTENTE_GRAPH_ROW_RUNS_H_
#define ENTENTE_GRAPH_ROW_RUNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"

namespace entente::graph {

inline constexpr size_t kRunRowsMax = 64;

// True for the families that have runs.
bool IsTimeIndex(StoreFamily family);

// Makes the value of one row or several.
class RunBuilder {
 public:
  void Clear() {
    bytes_.clear();
    size_ = 0;
  }
  // REQUIRES: `event` is higher than the one before; size() < kRunRowsMax.
  void Add(EventNumber event, const EventRow& row);
  size_t size() const { return size_; }
  // REQUIRES: size() > 0. The row itself if there is only one. Valid until the next call.
  std::string_view value() const;

 private:
  std::string bytes_ = std::string();
  EventNumber last_ = 0;
  size_t size_ = 0;
};

// The rows of a value of a time index, be it one or a run.
class RunReader {
 public:
  // `first` is the event of the key; `value` must outlive the reader's use. False: the bytes are no
  // run. A value that is none is one row, and is not looked into.
  bool Parse(EventNumber first, std::string_view value);

  size_t size() const { return size_; }
  EventNumber event(size_t i) const { return events_[i]; }
  std::string_view row(size_t i) const {
    return bytes_.substr(begins_[i], static_cast<size_t>(ends_[i] - begins_[i]));
  }

 private:
  std::string_view bytes_;
  size_t size_ = 0;
  std::array<EventNumber, kRunRowsMax> events_;
  std::array<uint16_t, kRunRowsMax> begins_, ends_;
};

// Rows in [lower, upper), an empty upper being the end of the family; of families without runs what
// Database::NewIterator gives. Seek takes two of the database's in a family with runs.
std::unique_ptr<kv::Iterator> ScanRows(const kv::Database& db, StoreFamily family,
                                       std::string_view lower, std::string_view upper,
                                       const kv::Snapshot* snapshot);

// Adds to `batch` the rows of those runs that it writes into, as single rows. `last_event` is the
// highest number before the batch. REQUIRES: no other writer. DATA_LOSS.
absl::Status TakeRunsApart(const kv::Database& db, EventNumber last_event, kv::WriteBatch* batch);

// Makes runs of single rows. REQUIRES: no other writer, and that the family is being remade: what
// is written is not synced.
absl::Status PackRows(kv::Database* db, StoreFamily family);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ROW_RUNS_H_
