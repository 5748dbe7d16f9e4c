// The ordered key-value seam: families of keys in byte order, atomic batches, snapshots, iterators
// with bounds, and values that grow by merging. Two implementations, held together by one test
// suite (tests/graph/kv_conformance_test.cc): RocksDB (rocksdb_database.h) and memory
// (memory_database.h).
//
//   WriteBatch batch;
//   batch.Put(kEvents, key, record);
//   batch.Merge(kDays, day_key, delta);
//   ENTENTE_RETURN_IF_ERROR(db->Write(batch, /*sync=*/true));      // all of it or nothing
//   std::unique_ptr<Iterator> it = db->NewIterator(kEvents, lower, upper, nullptr);
//   for (it->SeekToFirst(); it->Valid(); it->Next()) Use(it->key(), it->value());
//   ENTENTE_RETURN_IF_ERROR(it->status());                         // the loop may end by an error
//
// Keys and values are bytes; keys are ordered as unsigned bytes. No domain is known here.
//
// Thread safety: every method of Database may be called from any thread. An iterator and a batch
// belong to one thread at a time.
#ifndef ENTENTE_GRAPH_KV_DATABASE_H_
#define ENTENTE_GRAPH_KV_DATABASE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace entente::graph::kv {

// Index of a family in the list with which the database was opened.
using Family = uint32_t;

// How the values of a family grow by Merge. Must be associative: the database may combine operands
// with each other before they meet the value, in order. There is no way to fail, since a merge that
// fails makes RocksDB refuse all later reads and compactions of the family: bytes that cannot be
// read must become a value that readers recognise as damaged.
class MergeOperator {
 public:
  virtual ~MergeOperator() = default;
  // Stable name, kept in the database's files.
  virtual const char* Name() const = 0;
  // Combines `operands`, oldest first, with `base` in front of them if there is one.
  virtual std::string Merge(std::optional<std::string_view> base,
                            std::span<const std::string_view> operands) const = 0;
};

struct FamilyOptions {
  std::string name;

  // Read by whole keys, so that bloom filters pay for the 10 bits that they take for each key. Off
  // for families that are only scanned. Default: false.
  bool point_reads = false;

  // Read row by row by those who wait for an answer: the final form on disk is one that is unpacked
  // quickly. Default: false, the smallest form.
  bool quick_reads = false;

  // Null: Merge is not used in this family. Must outlive the database. Default: null.
  const MergeOperator* merge = nullptr;

  // Whoever asks for a key knows that it is there. The last level, which holds nearly everything,
  // then needs no filters. Default: false.
  bool always_found = false;
};

// Changes that happen together. Later ones win over earlier ones of the same key.
class WriteBatch {
 public:
  enum class Kind : uint8_t { kPut, kDelete, kMerge };
  struct Operation {
    Kind kind;
    Family family;
    std::string_view key;
    std::string_view value;  // empty for kDelete
  };

  void Put(Family family, std::string_view key, std::string_view value) {
    Add(Kind::kPut, family, key, value);
  }
  void Delete(Family family, std::string_view key) { Add(Kind::kDelete, family, key, {}); }
  // REQUIRES: the family has a merge operator.
  void Merge(Family family, std::string_view key, std::string_view operand) {
    Add(Kind::kMerge, family, key, operand);
  }

  size_t size() const { return entries_.size(); }
  size_t bytes() const { return bytes_.size(); }
  // The i-th change; its views are valid until the batch changes.
  Operation operation(size_t i) const {
    const Entry& e = entries_[i];
    const std::string_view all = bytes_;
    return {e.kind, e.family, all.substr(e.begin, e.key_size),
            all.substr(e.begin + e.key_size, e.value_size)};
  }
  void Clear() {
    entries_.clear();
    bytes_.clear();
  }

 private:
  struct Entry {
    size_t begin;
    uint32_t key_size;
    uint32_t value_size;
    Family family;
    Kind kind;
  };
  void Add(Kind kind, Family family, std::string_view key, std::string_view value) {
    entries_.push_back({bytes_.size(), static_cast<uint32_t>(key.size()),
                        static_cast<uint32_t>(value.size()), family, kind});
    bytes_.append(key).append(value);
  }

  std::vector<Entry> entries_;
  std::string bytes_;
};

// Rows of one family by strictly increasing keys, drawn one after the other.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Steps to the next row; false at the end. The views are valid until the next call.
  virtual bool Next(std::string_view* key, std::string_view* value) = 0;
};

// What IngestSorted does to one family.
struct SortedRows {
  Family family;
  WriteBatch::Kind kind = WriteBatch::Kind::kPut;  // kPut or kMerge, of all rows
  std::unique_ptr<RowSource> rows;

  // Most keys lie behind those that are there, so that the rows are written in their final form at
  // once. Default: false, which is quicker to write if compaction writes them again anyway.
  bool appends = false;

  // About how much there is, so that the largest are begun first.
  uint64_t row_count = 0;
};

// A cursor over the keys of one family in [lower, upper), as they were when it was made.
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual bool Valid() const = 0;
  virtual void SeekToFirst() = 0;
  virtual void SeekToLast() = 0;
  virtual void Seek(std::string_view target) = 0;         // to the first key >= target
  virtual void SeekForPrev(std::string_view target) = 0;  // to the last key <= target
  virtual void Next() = 0;                                // REQUIRES: Valid()
  virtual void Prev() = 0;                                // REQUIRES: Valid()
  // REQUIRES: Valid(). The views are valid until the cursor moves.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  // Why Valid() is false: OK at the end of the range, else DATA_LOSS or another error.
  virtual absl::Status status() const = 0;
};

// The state at one moment, while it lives. Must not outlive its database.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

class Database {
 public:
  virtual ~Database() = default;

  // Applies the whole batch or nothing. With `sync` it survives a loss of power once it returned;
  // without, once SyncWal returned. Errors: RESOURCE_EXHAUSTED (disk full), UNAVAILABLE (a write
  // failed before; reopen), DATA_LOSS.
  virtual absl::Status Write(const WriteBatch& batch, bool sync) = 0;
  // Makes every batch written so far survive a loss of power.
  virtual absl::Status SyncWal() = 0;

  // Applies all rows or nothing, over what is there, and makes them durable, without passing them
  // through log and memory: for millions of rows. Each family at most once. Draws from the sources
  // in up to `threads` threads, from each source in one. No other writer at the same time. Errors:
  // RESOURCE_EXHAUSTED (disk full; nothing is written, and writing may go on), and as Write.
  virtual absl::Status IngestSorted(std::vector<SortedRows> families, int threads) = 0;

  // The value, or nullopt if there is no such key. A null snapshot means now.
  virtual absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key,
                                                         const Snapshot* snapshot) const = 0;
  // One result for each key, in order. Quicker than so many Gets.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      Family family, std::span<const std::string> keys, const Snapshot* snapshot) const = 0;
  // The same without copies: calls `use` once for each key, in any order, with its place in `keys`
  // and its value, which is valid during the call. Ends with the first error that `use` returns.
  using UseValue = std::function<absl::Status(size_t, std::optional<std::string_view>)>;
  virtual absl::Status MultiRead(Family family, std::span<const std::string> keys,
                                 const Snapshot* snapshot, const UseValue& use) const = 0;
  // Both bounds are given always; an empty `upper` is the end of the family.
  virtual std::unique_ptr<Iterator> NewIterator(Family family, std::string_view lower,
                                                std::string_view upper,
                                                const Snapshot* snapshot) const = 0;
  virtual std::unique_ptr<Snapshot> GetSnapshot() const = 0;

  // Writes what is in memory to table files.
  virtual absl::Status Flush() = 0;
  // Brings all families into their final form on disk.
  virtual absl::Status Compact() = 0;
  // Opaque text that says which files make up the database right now. Who keeps it and hands it to
  // the next opening learns of lost files; see rocksdb_database.h. Empty in memory.
  virtual absl::StatusOr<std::string> FileMark() = 0;
  // Waits for flushes and compactions under way and begins no more, so that FileMark() stays true
  // until the next write or Close. The last call before closing.
  virtual void StopBackgroundWork() = 0;
  // A consistent copy in the directory `path`, which must not exist; hard links where possible.
  // UNIMPLEMENTED in memory.
  virtual absl::Status Checkpoint(const std::string& path) = 0;
  virtual uint64_t DiskBytes() const = 0;
};

}  // namespace entente::graph::kv

#endif  // ENTENTE_GRAPH_KV_DATABASE_H_
