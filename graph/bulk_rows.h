// What a bulk loader has collected since its last checkpoint, and the rows that it makes of it for
// every family, in the order of their keys. Events are packed as they come; one pass after a sort
// gives the rows of an index and of the roll-up that counts it.
//
//   BulkChunk chunk;
//   chunk.Add(source_key, row, day, projection, record, mention);
//   chunk.Sort(threads);
//   chunk.Number(last_event, is_stored);               // drops what is there already
//   std::vector<kv::SortedRows> rows = chunk.Rows();   // may be drawn from in several threads
//
// Thread safety: one thread at a time, but the sources of Rows() may each have a thread of their
// own while the chunk does not change.
#ifndef ENTENTE_GRAPH_BULK_ROWS_H_
#define ENTENTE_GRAPH_BULK_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/projection.h"
#include "graph/records.h"
#include "graph/rollup.h"

namespace entente::graph {

// Bytes that stay where they are.
class Arena {
 public:
  // Copies the parts, one behind the other.
  const char* Add(std::initializer_list<std::string_view> parts);
  size_t allocated_bytes() const { return allocated_bytes_; }

 private:
  static constexpr size_t kBlockBytes = 256 << 10;
  char* Allocate(size_t size);  // null: nothing was ever asked for
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t used_ = 0;  // of the last block
  size_t room_ = 0;
  size_t allocated_bytes_ = 0;
};

class BulkChunk {
 public:
  // A mention of an event that may not be in the chunk.
  struct Report {
    std::string_view source_key;
    std::string_view record;
    uint64_t hash = 0;      // in place of the article's number; the top bit is set
    EventNumber event = 0;  // 0: not looked up yet
  };

  // Actors and events of a chunk have 32 bits.
  static constexpr ActorNumber kActorMax = UINT32_MAX;
  static constexpr size_t kEventsMax = size_t{1} << 30;

  // REQUIRES: all actors are at most kActorMax; event_count() < kEventsMax. `record` and `mention`
  // (empty: none) are values of the families event and mention.
  void Add(std::string_view source_key, const EventRow& row, Date day, const Projection& projection,
           std::string_view record, std::string_view mention);
  void AddReport(std::string_view source_key, uint64_t hash, std::string_view record);

  size_t event_count() const { return events_.size(); }
  size_t allocated_bytes() const;

  // Orders everything. REQUIRES of all below.
  void Sort(int threads);

  // Calls with the chunk's events in the order of their source keys, the earlier one first of two
  // that have the same. The number is valid for Drop.
  void ForEachSource(const std::function<void(uint32_t, std::string_view)>& use) const;
  void Drop(uint32_t event) { rows_[event].number = 0; }
  // Gives numbers behind `last_event` to what was not dropped, in the order of Add. Returns how
  // many.
  size_t Number(EventNumber last_event);
  size_t own_mention_count() const;  // of the numbered events
  // Nullopt: no such event, or it was dropped. Takes a binary search.
  std::optional<uint32_t> FindEvent(std::string_view source_key) const;
  // Of a chunk's event, in the order of Add from 0. The number is 0 if it was dropped.
  EventNumber NumberOf(uint32_t event) const {
    return rows_[event].number == 0 ? 0 : last_event_ + rows_[event].number;
  }
  std::string_view RecordOf(uint32_t event) const {
    return {events_[event].bytes + events_[event].source_size, events_[event].record_size};
  }
  std::string_view MentionOf(uint32_t event) const {
    const Event& at = events_[event];
    return {at.bytes + at.source_size + at.record_size, at.mention_size};
  }

  // By source key; of equal keys in the order of Add.
  const std::vector<Report>& reports() const { return reports_; }
  // Sets which reports have rows: those with an event, of two with the same event and hash the
  // first. Returns how many are left.
  size_t PlaceReports(std::vector<Report> found);
  const std::vector<Report>& placed_reports() const { return placed_; }

  // The rows of event, mention, source, the indexes and the roll-ups.
  std::vector<kv::SortedRows> Rows() const;

 private:
  class IndexRows;
  class DayRows;
  class NeighborRows;
  class EventRows;
  class SourceRows;
  class MentionRows;

  // What the indexes have of an event, small and apart from the rest, because they come to it in
  // another order than that in which the events came: each visit is a cache line.
  struct PackedRow {
    uint32_t number;  // behind last_event_, from 1; 0: dropped
    uint32_t type;
    int16_t intensity_milli;
    uint16_t confidence_steps;
    uint8_t status;
    uint8_t quad_class;
  };
  struct Event {
    const char* bytes;  // source key, record, mention
    uint32_t record_size;
    uint32_t mention_size;
    uint16_t source_size;
  };
  // A row of an index, of which two words give the order.
  //           major                   minor
  //   actors  actor4 · day4           event << 2 | direction
  //   pairs   low4 · high4            day4 · (event << 2 | direction)4
  //   types   type4 · day4            event << 2
  struct Entry {
    uint64_t major;
    uint64_t minor;
    bool operator<(const Entry& other) const {
      return major != other.major ? major < other.major : minor < other.minor;
    }
  };
  static uint32_t EventOf(const Entry& entry) { return static_cast<uint32_t>(entry.minor) >> 2; }
  static uint8_t DirectionOf(const Entry& entry) { return entry.minor & 3; }

  std::string_view SourceKeyOf(uint32_t event) const {
    return {events_[event].bytes, events_[event].source_size};
  }
  bool IsDropped(uint32_t event) const { return rows_[event].number == 0; }
  EventRow RowOf(uint32_t event) const;
  // Fetches from memory what the entry a few places behind `at` will need.
  void Prefetch(std::vector<Entry>::const_iterator at,
                std::vector<Entry>::const_iterator end) const {
    constexpr ptrdiff_t kAhead = 16;
    if (end - at > kAhead) __builtin_prefetch(&rows_[EventOf(at[kAhead])]);
  }

  Arena arena_;
  std::vector<Event> events_;
  std::vector<PackedRow> rows_;      // of the events
  EventNumber last_event_ = 0;       // before those of the chunk
  std::vector<uint32_t> by_source_;  // events
  std::vector<Entry> actors_;
  std::vector<Entry> pairs_;
  std::vector<Entry> types_;
  std::vector<Report> reports_;
  std::vector<Report> placed_;  // by event and hash
};

// The rows of a batch, of one family; of two for the same key the later one. REQUIRES: the batch
// has no Merge or Delete for it, and outlives the source.
std::unique_ptr<kv::RowSource> SortedBatch(const kv::WriteBatch& batch, kv::Family family);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_BULK_ROWS_H_
