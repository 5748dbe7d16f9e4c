#include "graph/kv/rocksdb_database.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include "base/file.h"
#include "graph/kv/crc32c.h"

namespace entente::graph::kv {
namespace {

rocksdb::Slice ToSlice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view ToView(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

absl::Status FromRocks(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = Cat(doing, ": ", status.ToString());
  if (status.IsNoSpace()) {
    return ResourceExhausted(
        Cat(message, "; free some disk space, then close and reopen the store"));
  }
  if (status.IsCorruption()) return DataLoss(message);
  if (status.IsNotSupported() || status.IsInvalidArgument()) return Internal(message);
  return MakeStatus(absl::StatusCode::kUnavailable, message);
}

// Opening knows more: what cannot be found was there once.
absl::Status FromOpen(const rocksdb::Status& status, const RocksDbOptions& options) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    return FailedPrecondition(Cat(options.path, ": in use by another process"));
  }
  const bool missing = status.IsPathNotFound() || status.IsNotFound() || status.IsInvalidArgument();
  if (!options.create && (missing || text.find("No such file") != std::string::npos)) {
    return DataLoss(Cat(options.path, ": files of the store are missing: ", text));
  }
  return FromRocks(status, Cat("opening ", options.path));
}

class MergeAdapter : public rocksdb::MergeOperator {
 public:
  explicit MergeAdapter(const kv::MergeOperator* merge) : merge_(merge) {}

  const char* Name() const override { return merge_->Name(); }

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    std::vector<std::string_view> operands;
    operands.reserve(in.operand_list.size());
    for (const rocksdb::Slice& s : in.operand_list) operands.push_back(ToView(s));
    std::optional<std::string_view> base;
    if (in.existing_value != nullptr) base = ToView(*in.existing_value);
    out->new_value = merge_->Merge(base, operands);
    return true;
  }
  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& list,
                         std::string* out, rocksdb::Logger*) const override {
    std::vector<std::string_view> operands;
    operands.reserve(list.size());
    for (const rocksdb::Slice& s : list) operands.push_back(ToView(s));
    *out = merge_->Merge(std::nullopt, operands);
    return true;
  }

 private:
  const kv::MergeOperator* merge_;
};

// RocksDB's own LOG writer aborts the process when the disk is full.
class SilentLogger : public rocksdb::Logger {
 public:
  SilentLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Notes that the set of table files changed.
class FileListener : public rocksdb::EventListener {
 public:
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { Set(); }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override { Set(); }
  void OnExternalFileIngested(rocksdb::DB*, const rocksdb::ExternalFileIngestionInfo&) override {
    Set();
  }
  bool TakeChanged() { return changed_.exchange(false, std::memory_order_acq_rel); }
  void Set() { changed_.store(true, std::memory_order_release); }

 private:
  std::atomic<bool> changed_{true};
};

// The MANIFEST at one moment. It only ever grows at its end, or is replaced by a later one.
struct ManifestMark {
  uint64_t number = 0;
  uint64_t size = 0;
  uint32_t crc = 0;

  std::string ToText() const { return Cat(number, ' ', size, ' ', crc); }
  static bool Parse(std::string_view text, ManifestMark* mark) {
    const std::vector<std::string_view> parts = Split(text, ' ');
    uint64_t crc = 0;
    if (parts.size() != 3 || !ParseUint64(parts[0], &mark->number) ||
        !ParseUint64(parts[1], &mark->size) || !ParseUint64(parts[2], &crc)) {
      return false;
    }
    mark->crc = static_cast<uint32_t>(crc);
    return true;
  }
};

std::string ManifestName(uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return Cat("MANIFEST-", digits);
}

// Extends `crc`, that of the first `begin` bytes, to the first `end` bytes. False if there are
// fewer.
bool ExtendCrc(const std::string& path, uint64_t begin, uint64_t end, uint32_t* crc) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(begin));
  char buffer[1 << 16];
  while (begin < end) {
    const uint64_t want = std::min<uint64_t>(sizeof(buffer), end - begin);
    if (!file.read(buffer, static_cast<std::streamsize>(want))) return false;
    *crc = Crc32c({buffer, static_cast<size_t>(want)}, *crc);
    begin += want;
  }
  return true;
}

absl::Status CheckMark(const RocksDbOptions& options) {
  if (options.expected_mark.empty()) return absl::OkStatus();
  ManifestMark mark;
  if (!ManifestMark::Parse(options.expected_mark, &mark)) {
    return DataLoss(Cat(options.path, ": the head record's file mark is damaged"));
  }
  const absl::StatusOr<std::string> current = ReadFile(options.path + "/CURRENT", 1 << 10);
  if (!current.ok()) return DataLoss(MessageOf(current.status()));
  const std::string_view name = Trim(*current);
  uint64_t number = 0;
  if (name.substr(0, 9) != "MANIFEST-" || !ParseUint64(name.substr(9), &number) ||
      number < mark.number) {
    return DataLoss(Cat(options.path, "/CURRENT: names '", name, "', but ",
                        ManifestName(mark.number), " or a later one was in use"));
  }
  if (number > mark.number) return absl::OkStatus();  // replaced just before a crash
  uint32_t crc = 0;
  const std::string path = Cat(options.path, "/", ManifestName(number));
  if (!ExtendCrc(path, 0, mark.size, &crc) || crc != mark.crc) {
    return DataLoss(Cat(path, ": the first ", mark.size,
                        " bytes are not what they were; restore the store from a backup"));
  }
  return absl::OkStatus();
}

rocksdb::ColumnFamilyOptions FamilyTuning(const FamilyOptions& family,
                                          const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 8 << 10;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  if (family.point_reads) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  }
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = 32 << 20;
  options.level_compaction_dynamic_level_bytes = true;
  options.optimize_filters_for_hits = family.always_found;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = family.quick_reads ? rocksdb::kLZ4HCCompression : rocksdb::kZSTD;
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.level = 3;
  options.bottommost_compression_opts.max_dict_bytes = 16 << 10;
  options.bottommost_compression_opts.zstd_max_train_bytes = 1 << 20;
  // A dictionary is made of the first so many bytes of a file, which are held in memory till then.
  options.bottommost_compression_opts.max_dict_buffer_bytes = 4 << 20;
  if (family.merge != nullptr) {
    options.merge_operator = std::make_shared<MergeAdapter>(family.merge);
  }
  return options;
}

rocksdb::DBOptions DatabaseTuning(const RocksDbOptions& options,
                                  const std::shared_ptr<FileListener>& listener) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.create;
  db.create_missing_column_families = options.create || options.add_families;
  db.info_log = std::make_shared<SilentLogger>();
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.listeners = {listener};
  return db;
}

class RocksSnapshot : public Snapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB* db) : db_(db), snapshot_(db->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB* db_;
  const rocksdb::Snapshot* snapshot_;
};

rocksdb::ReadOptions ReadAt(const Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->get();
  return options;
}

class RocksIterator : public Iterator {
 public:
  RocksIterator(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family, std::string_view lower,
                std::string_view upper, const Snapshot* snapshot)
      : lower_(lower), upper_(upper), lower_slice_(lower_), upper_slice_(upper_) {
    rocksdb::ReadOptions options = ReadAt(snapshot);
    options.total_order_seek = true;
    options.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) options.iterate_upper_bound = &upper_slice_;
    iterator_.reset(db->NewIterator(options, family));
  }

  bool Valid() const override { return iterator_->Valid(); }
  void SeekToFirst() override { iterator_->SeekToFirst(); }
  void SeekToLast() override { iterator_->SeekToLast(); }
  void Seek(std::string_view target) override { iterator_->Seek(ToSlice(target)); }
  void SeekForPrev(std::string_view target) override { iterator_->SeekForPrev(ToSlice(target)); }
  void Next() override { iterator_->Next(); }
  void Prev() override { iterator_->Prev(); }
  std::string_view key() const override { return ToView(iterator_->key()); }
  std::string_view value() const override { return ToView(iterator_->value()); }
  absl::Status status() const override { return FromRocks(iterator_->status(), "scanning"); }

 private:
  // RocksDB keeps pointers to the bounds.
  const std::string lower_;
  const std::string upper_;
  const rocksdb::Slice lower_slice_;
  const rocksdb::Slice upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// Where table files are written before they are ingested. RocksDB does not look into it.
std::string IngestFolder(const std::string& path) { return path + "/ingest"; }

class RocksDatabase : public Database {
 public:
  RocksDatabase(std::string path, rocksdb::DB* db,
                std::vector<rocksdb::ColumnFamilyHandle*> handles,
                std::shared_ptr<FileListener> listener)
      : path_(std::move(path)),
        db_(db),
        handles_(std::move(handles)),
        listener_(std::move(listener)) {}

  ~RocksDatabase() override {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
    db_->Close().PermitUncheckedError();
  }

  absl::Status Write(const WriteBatch& batch, bool sync) override {
    rocksdb::WriteBatch rocks(batch.bytes() + 16 * batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
      const WriteBatch::Operation o = batch.operation(i);
      rocksdb::ColumnFamilyHandle* family = Handle(o.family);
      rocksdb::Status status;
      switch (o.kind) {
        case WriteBatch::Kind::kPut:
          status = rocks.Put(family, ToSlice(o.key), ToSlice(o.value));
          break;
        case WriteBatch::Kind::kDelete:
          status = rocks.Delete(family, ToSlice(o.key));
          break;
        case WriteBatch::Kind::kMerge:
          if (!merges_[o.family]) return Internal("Merge into a family without merge operator");
          status = rocks.Merge(family, ToSlice(o.key), ToSlice(o.value));
          break;
      }
      if (!status.ok()) return FromRocks(status, "collecting a batch");
    }
    rocksdb::WriteOptions options;
    options.sync = sync;
    return FromRocks(db_->Write(options, &rocks), "writing");
  }

  absl::Status SyncWal() override { return FromRocks(db_->SyncWAL(), "syncing the log"); }

  absl::Status IngestSorted(std::vector<SortedRows> families, int threads) override {
    const absl::Status status = WriteAndIngest(&families, threads);
    std::error_code ignored;
    std::filesystem::remove_all(IngestFolder(path_), ignored);
    return status;
  }

  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key,
                                                 const Snapshot* snapshot) const override {
    std::string value;
    const rocksdb::Status status = db_->Get(ReadAt(snapshot), Handle(family), ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return FromRocks(status, "reading");
    return std::optional<std::string>(std::move(value));
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      Family family, std::span<const std::string> keys, const Snapshot* snapshot) const override {
    std::vector<std::optional<std::string>> values(keys.size());
    ENTENTE_RETURN_IF_ERROR(
        MultiRead(family, keys, snapshot, [&](size_t i, std::optional<std::string_view> value) {
          if (value) values[i].emplace(*value);
          return absl::OkStatus();
        }));
    return values;
  }

  absl::Status MultiRead(Family family, std::span<const std::string> keys, const Snapshot* snapshot,
                         const UseValue& use) const override {
    // RocksDB wants them in order, and sorts more slowly.
    std::vector<uint32_t> order(keys.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto less = [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; };
    if (!std::is_sorted(order.begin(), order.end(), less)) {
      std::sort(order.begin(), order.end(), less);
    }
    std::vector<rocksdb::Slice> slices;
    slices.reserve(keys.size());
    for (const uint32_t i : order) slices.emplace_back(keys[i]);
    std::vector<rocksdb::PinnableSlice> found(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet(ReadAt(snapshot), Handle(family), slices.size(), slices.data(), found.data(),
                  statuses.data(), /*sorted_input=*/true);
    for (size_t i = 0; i < keys.size(); ++i) {
      std::optional<std::string_view> value;
      if (!statuses[i].IsNotFound()) {
        if (!statuses[i].ok()) return FromRocks(statuses[i], "reading");
        value = ToView(found[i]);
      }
      ENTENTE_RETURN_IF_ERROR(use(order[i], value));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<Iterator> NewIterator(Family family, std::string_view lower,
                                        std::string_view upper,
                                        const Snapshot* snapshot) const override {
    return std::make_unique<RocksIterator>(db_.get(), Handle(family), lower, upper, snapshot);
  }
  std::unique_ptr<Snapshot> GetSnapshot() const override {
    return std::make_unique<RocksSnapshot>(db_.get());
  }

  absl::Status Flush() override {
    return FromRocks(db_->Flush(rocksdb::FlushOptions(), handles_), "flushing");
  }

  absl::Status Compact() override {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      ENTENTE_RETURN_IF_ERROR(
          FromRocks(db_->CompactRange(options, handle, nullptr, nullptr), "compacting"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> FileMark() override {
    const std::lock_guard lock(mark_mutex_);
    if (!listener_->TakeChanged()) return mark_.ToText();
    std::vector<std::string> files;
    ManifestMark now;
    absl::Status status =
        FromRocks(db_->GetLiveFiles(files, &now.size, /*flush_memtable=*/false), "listing files");
    for (const std::string& file : files) {
      if (file.rfind("/MANIFEST-", 0) == 0) ParseUint64(file.substr(10), &now.number);
    }
    const bool same = now.number == mark_.number && now.size >= mark_.size;
    now.crc = same ? mark_.crc : 0;
    const std::string manifest = Cat(path_, "/", ManifestName(now.number));
    if (status.ok() && !ExtendCrc(manifest, same ? mark_.size : 0, now.size, &now.crc)) {
      status = MakeStatus(absl::StatusCode::kUnavailable, Cat(manifest, ": cannot read it back"));
    }
    if (!status.ok()) {
      listener_->Set();
      return status;
    }
    mark_ = now;
    return mark_.ToText();
  }

  void StopBackgroundWork() override {
    rocksdb::CancelAllBackgroundWork(db_.get(), /*wait=*/true);
    listener_->Set();
  }

  absl::Status Checkpoint(const std::string& path) override {
    rocksdb::Checkpoint* made = nullptr;
    const rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (!status.ok()) return FromRocks(status, "starting a checkpoint");
    return FromRocks(checkpoint->CreateCheckpoint(path), Cat("copying to ", path));
  }

  uint64_t DiskBytes() const override {
    uint64_t total = 0;
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      uint64_t bytes = 0;
      if (db_->GetIntProperty(handle, rocksdb::DB::Properties::kTotalSstFilesSize, &bytes)) {
        total += bytes;
      }
    }
    rocksdb::VectorLogPtr logs;
    if (db_->GetSortedWalFiles(logs).ok()) {
      for (const auto& log : logs) total += log->SizeFileBytes();
    }
    return total;
  }

  void SetMerges(const std::vector<FamilyOptions>& families) {
    for (const FamilyOptions& family : families) merges_.push_back(family.merge != nullptr);
  }

 private:
  absl::Status WriteAndIngest(std::vector<SortedRows>* families, int threads) {
    const std::string folder = IngestFolder(path_);
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (!std::filesystem::create_directory(folder, error)) {
      return MakeStatus(absl::StatusCode::kUnavailable,
                        Cat(folder, ": cannot make the directory: ", error.message()));
    }
    // What was written before must not be lost to a power failure that this survives.
    ENTENTE_RETURN_IF_ERROR(SyncWal());
    std::sort(families->begin(), families->end(),
              [](const SortedRows& a, const SortedRows& b) { return a.row_count > b.row_count; });
    ENTENTE_ASSIGN_OR_RETURN(const std::vector<bool> written,
                             WriteFiles(families, folder, threads));
    std::vector<rocksdb::IngestExternalFileArg> args;
    for (size_t i = 0; i < families->size(); ++i) {
      if (!written[i]) continue;
      rocksdb::IngestExternalFileArg& arg = args.emplace_back();
      arg.column_family = Handle((*families)[i].family);
      arg.external_files = {FileOf(folder, (*families)[i].family)};
      arg.options.move_files = true;
      arg.options.failed_move_fall_back_to_copy = true;
      arg.options.write_global_seqno = false;  // it stands in the MANIFEST
    }
    // All families in one record of the MANIFEST.
    return args.empty() ? absl::OkStatus()
                        : FromRocks(db_->IngestExternalFiles(args), "ingesting table files");
  }

  static std::string FileOf(const std::string& folder, Family family) {
    return Cat(folder, "/", family, ".sst");
  }

  // Writes a file for each family that has rows; true where there is one.
  absl::StatusOr<std::vector<bool>> WriteFiles(std::vector<SortedRows>* families,
                                               const std::string& folder, int threads) {
    std::vector<absl::Status> statuses(families->size());
    std::vector<char> written(families->size());
    std::atomic<size_t> next{0};
    std::atomic<bool> failed{false};
    const auto work = [&] {
      for (size_t i = next++; i < families->size() && !failed; i = next++) {
        absl::StatusOr<bool> any =
            WriteFile(&(*families)[i], FileOf(folder, (*families)[i].family), &failed);
        statuses[i] = any.status();
        written[i] = any.ok() && *any;
        if (!any.ok()) failed = true;
      }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    for (std::thread& thread : others) thread.join();
    for (const absl::Status& status : statuses) ENTENTE_RETURN_IF_ERROR(status);
    return std::vector<bool>(written.begin(), written.end());
  }

  // False if there are no rows, and no file.
  absl::StatusOr<bool> WriteFile(SortedRows* sorted, const std::string& path,
                                 const std::atomic<bool>* stop) {
    constexpr int kRowsBetweenChecks = 4096;
    std::string_view key, value;
    if (!sorted->rows->Next(&key, &value)) return false;
    rocksdb::Options options = db_->GetOptions(Handle(sorted->family));
    if (!sorted->appends) {
      // It will be merged with what is there.
      options.bottommost_compression = rocksdb::kDisableCompressionOption;
      options.compression_per_level.clear();
    }
    rocksdb::SstFileWriter file(rocksdb::EnvOptions(), options, Handle(sorted->family));
    const std::string doing = Cat("writing ", path);
    ENTENTE_RETURN_IF_ERROR(FromRocks(file.Open(path), doing));
    const bool merge = sorted->kind == WriteBatch::Kind::kMerge;
    int rows = 0;
    do {
      const rocksdb::Status status =
          merge ? file.Merge(ToSlice(key), ToSlice(value)) : file.Put(ToSlice(key), ToSlice(value));
      if (!status.ok()) return FromRocks(status, doing);
      if (++rows % kRowsBetweenChecks == 0 && stop->load(std::memory_order_relaxed)) return false;
    } while (sorted->rows->Next(&key, &value));
    ENTENTE_RETURN_IF_ERROR(FromRocks(file.Finish(), doing));
    return true;
  }

  // RocksDB's own "default" family stands first and stays empty.
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return handles_[family + 1]; }

  const std::string path_;
  std::unique_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  const std::shared_ptr<FileListener> listener_;
  std::vector<bool> merges_;
  std::mutex mark_mutex_;
  ManifestMark mark_;  // guarded by mark_mutex_
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenRocksDb(const RocksDbOptions& options) {
  ENTENTE_RETURN_IF_ERROR(CheckMark(options));
  std::error_code ignored;
  std::filesystem::remove_all(IngestFolder(options.path), ignored);  // left by a crash
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.cache_bytes);
  const auto listener = std::make_shared<FileListener>();
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, FamilyTuning({}, cache));
  for (const FamilyOptions& family : options.families) {
    families.emplace_back(family.name, FamilyTuning(family, cache));
  }
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      rocksdb::DB::Open(DatabaseTuning(options, listener), options.path, families, &handles, &db);
  if (!status.ok()) return FromOpen(status, options);
  auto database = std::make_unique<RocksDatabase>(options.path, db, std::move(handles), listener);
  database->SetMerges(options.families);
  return database;
}

}  // namespace entente::graph::kv
