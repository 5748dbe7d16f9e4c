#include "graph/store.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <utility>

#include "base/time.h"
#include "graph/actor_search.h"
#include "graph/analytics.h"
#include "graph/article_batch.h"
#include "graph/as_of.h"
#include "graph/bulk_host.h"
#include "graph/change_log.h"
#include "graph/communities.h"
#include "graph/curation.h"
#include "graph/families.h"
#include "graph/head_file.h"
#include "graph/keys.h"
#include "graph/kv/memory_database.h"
#include "graph/kv/rocksdb_database.h"
#include "graph/maintenance.h"
#include "graph/path.h"
#include "graph/paths.h"
#include "graph/relationship.h"
#include "graph/store_folder.h"
#include "graph/text_search.h"
#include "graph/timeline.h"
#include "graph/view.h"
#include "graph/vocabulary.h"

namespace entente::graph {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPastsKept = 4;                          // as-of reads whose work is kept
constexpr std::chrono::milliseconds kWatchInterval{500};  // between looks at a watcher's patience

// Makes sure that `path` is a store's directory or may become one. Sets `fresh` if it has no head
// record yet.
absl::Status InspectDirectory(const StoreOptions& options, bool* fresh) {
  const std::string& path = options.path;
  std::error_code error;
  if (path.empty()) return InvalidArgument("the path of the store is empty");
  if (!fs::exists(path, error)) {
    if (!options.create_if_missing) return NotFound(Cat(path, ": no such directory"));
    if (!fs::create_directories(path, error)) {
      return MakeStatus(absl::StatusCode::kPermissionDenied,
                        Cat(path, ": cannot make the directory: ", error.message()));
    }
  }
  if (!fs::is_directory(path, error)) {
    return FailedPrecondition(Cat(path, ": is not a directory, so not a store"));
  }
  *fresh = !fs::exists(Cat(path, "/", kHeadName), error);
  if (!*fresh) return absl::OkStatus();
  if (fs::exists(Cat(path, "/", kDatabaseName), error)) {
    return DataLoss(Cat(path, "/", kHeadName, ": the head record is missing; restore a backup"));
  }
  // Not a range-for, whose steps throw.
  for (fs::directory_iterator it(path, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    // What an attempt to make a store leaves behind when it is killed.
    if (name == kLockName || name.rfind(Cat(kHeadName, ".tmp."), 0) == 0) continue;
    return FailedPrecondition(
        Cat(path, ": not a store (no file ", kHeadName, ", but ", name, " is there)"));
  }
  if (error) {
    return MakeStatus(absl::StatusCode::kPermissionDenied,
                      Cat(path, ": cannot list the directory: ", error.message()));
  }
  if (!options.create_if_missing) {
    return FailedPrecondition(Cat(path, ": an empty directory, not a store"));
  }
  return absl::OkStatus();
}

std::optional<uint64_t> FreeBytes(const std::string& path) {
  struct statvfs info;
  if (statvfs(path.c_str(), &info) != 0) return std::nullopt;
  return uint64_t{info.f_bavail} * info.f_frsize;
}

// Copies a backup and makes sure that the copy is sound and durable.
absl::Status MakeRestored(const std::string& backup, const std::string& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  fs::copy(backup, folder, fs::copy_options::recursive, error);
  if (error) {
    return MakeStatus(absl::StatusCode::kUnavailable,
                      Cat(folder, ": cannot copy ", backup, ": ", error.message()));
  }
  StoreOptions options;
  options.path = folder;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> copy, Store::Open(options));
  ENTENTE_RETURN_IF_ERROR(copy->Verify());
  ENTENTE_RETURN_IF_ERROR(copy->Close());
  return SyncTree(folder);
}

// The number in the last key of a family; 0 if the family is empty.
absl::StatusOr<uint64_t> LastNumber(const kv::Database& db, StoreFamily family) {
  const auto it = db.NewIterator(family, "", "", nullptr);
  it->SeekToLast();
  ENTENTE_RETURN_IF_ERROR(it->status());
  return it->Valid() && it->key().size() == 8 ? ReadU64(it->key(), 0) : 0;
}

}  // namespace

class Store::Impl : public BulkHost {
 public:
  explicit Impl(const StoreOptions& options) : options_(options) {}
  ~Impl() override = default;

  absl::Status Open() {
    if (options_.in_memory) {
      db_ = kv::OpenMemoryDatabase(StoreFamilies());
      return absl::OkStatus();
    }
    bool fresh = false;
    ENTENTE_RETURN_IF_ERROR(InspectDirectory(options_, &fresh));
    ENTENTE_ASSIGN_OR_RETURN(lock_, DirectoryLock::Take(options_.path));
    ENTENTE_RETURN_IF_ERROR(InspectDirectory(options_, &fresh));  // now nobody changes it
    const std::string head_path = Cat(options_.path, "/", kHeadName);
    if (fresh) ENTENTE_RETURN_IF_ERROR(HeadFile::Create(head_path, HeadRecord()));
    ENTENTE_ASSIGN_OR_RETURN(head_, HeadFile::Open(head_path));
    ENTENTE_RETURN_IF_ERROR(CheckFormat());
    ENTENTE_RETURN_IF_ERROR(OpenDatabase());
    ENTENTE_RETURN_IF_ERROR(LoadState());
    ENTENTE_RETURN_IF_ERROR(CompareWithHead());
    ENTENTE_RETURN_IF_ERROR(FinishRebuild());
    durable_revision_ = counters_.revision;
    return WriteHead(counters_);
  }

  // Instead of Open; see Store::Upgrade.
  absl::Status Upgrade() {
    bool fresh = false;
    ENTENTE_RETURN_IF_ERROR(InspectDirectory(options_, &fresh));
    ENTENTE_ASSIGN_OR_RETURN(lock_, DirectoryLock::Take(options_.path));
    ENTENTE_ASSIGN_OR_RETURN(head_, HeadFile::Open(Cat(options_.path, "/", kHeadName)));
    const uint32_t version = head_->record().format_version;
    ENTENTE_RETURN_IF_ERROR(OpenDatabase());
    ENTENTE_RETURN_IF_ERROR(LoadState());
    ENTENTE_RETURN_IF_ERROR(CompareWithHead());
    // From the marker on there is something to be made; from the head record on, Open makes it.
    if (version <= kFormatWithoutMonths) ENTENTE_RETURN_IF_ERROR(MarkAddedFamilies());
    if (version != kFormatVersion) ENTENTE_RETURN_IF_ERROR(WriteHead(counters_));
    ENTENTE_RETURN_IF_ERROR(FinishRebuild());
    return WriteHead(counters_);
  }

  absl::Status Close() {
    const std::lock_guard write_lock(write_mutex_);
    if (db_ == nullptr) return absl::OkStatus();
    {
      const std::lock_guard past_lock(past_mutex_);
      past_.clear();  // their snapshots are the database's
    }
    absl::Status status = write_error_;
    if (status.ok() && !options_.in_memory) {
      status = db_->SyncWal();
      // A compaction that ended after the head record was written would leave a tail of the
      // MANIFEST that the record does not vouch for.
      db_->StopBackgroundWork();
      if (status.ok()) status = WriteHead(counters_);
    }
    db_.reset();
    head_.reset();
    lock_.reset();
    return status;
  }

  absl::StatusOr<v1::CurationRecord> Curate(const v1::CurationRecord& act) {
    v1::CurationRecord record;
    {
      const std::lock_guard lock(write_mutex_);
      ENTENTE_RETURN_IF_ERROR(CheckWritable());
      const int64_t now = CommitTime();
      CurationBatch batch(db_.get(), &words_, redirects_.get(), counters_, now);
      ENTENTE_RETURN_IF_ERROR(batch.Prepare(act));
      {
        const std::lock_guard redirects_lock(redirects_mutex_);
        write_error_ = db_->Write(batch.batch(), /*sync=*/false);
        ENTENTE_RETURN_IF_ERROR(write_error_);
        if (batch.changes_redirects()) {
          redirects_ = std::make_shared<const Redirects>(batch.redirects());
        }
      }
      batch.Publish(&words_);
      Committed(batch.counters(), now);
      record = batch.record();
    }
    ENTENTE_RETURN_IF_ERROR(MakeDurable(static_cast<uint64_t>(record.revision())));
    return record;
  }

  absl::StatusOr<v1::IngestArticleResponse> AddArticle(const v1::Article& article,
                                                       const v1::CodedArticle& coded) {
    v1::IngestArticleResponse response;
    uint64_t revision = 0;
    {
      const std::lock_guard lock(write_mutex_);
      ENTENTE_RETURN_IF_ERROR(CheckWritable());
      const int64_t now = CommitTime();
      ArticleBatch batch(db_.get(), &words_, redirects_.get(), counters_, &actors_, now);
      ENTENTE_RETURN_IF_ERROR(batch.Prepare(article, coded));
      if (!batch.already_stored()) {
        write_error_ = db_->Write(batch.batch(), /*sync=*/false);
        ENTENTE_RETURN_IF_ERROR(write_error_);
        batch.Publish();
        Committed(batch.counters(), now);
      }
      response = batch.response();
      revision = counters_.revision;
    }
    ENTENTE_RETURN_IF_ERROR(MakeDurable(revision));
    return response;
  }

  // Never before that of the last commit, whatever the clock says, so that revisions are in the
  // order of their times. REQUIRES: write_mutex_, or that there is no other writer.
  int64_t CommitTime() const override { return std::max(NowMicros(), last_commit_micros_); }

  absl::StatusOr<std::unique_ptr<BulkLoader>> StartBulkLoad(const BulkLoadOptions& options) {
    const std::lock_guard lock(write_mutex_);
    ENTENTE_RETURN_IF_ERROR(CheckWritable());
    ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<BulkLoader> loader, MakeBulkLoader(this, options));
    bulk_source_ = options.source;
    return loader;
  }

  const kv::Database& database() const override { return *db_; }
  Vocabulary* vocabulary() override { return &words_; }
  const Redirects& redirects() const override { return *redirects_; }

  absl::Status Commit(std::vector<kv::SortedRows> rows, int threads,
                      const Counters& after) override {
    {
      const std::lock_guard lock(write_mutex_);
      ENTENTE_RETURN_IF_ERROR(CheckDisk());
      const absl::Status status = db_->IngestSorted(std::move(rows), threads);
      if (status.code() != absl::StatusCode::kResourceExhausted) write_error_ = status;
      ENTENTE_RETURN_IF_ERROR(status);
      Committed(after, CommitTime());
    }
    const absl::Status durable = WaitDurable(after.revision);
    if (!durable.ok()) {
      const std::lock_guard lock(write_mutex_);
      if (write_error_.ok()) write_error_ = durable;
    }
    return durable;
  }

  void EndBulkLoad() override {
    const std::lock_guard lock(write_mutex_);
    bulk_source_.clear();
  }

  absl::Status Rebuild(const Stop& stop) {
    const std::lock_guard lock(write_mutex_);
    ENTENTE_RETURN_IF_ERROR(CheckWritable());
    return RebuildStore(db_.get(), ViewOfNow(stop, false), DerivedFamilies());
  }

  absl::StatusOr<uint64_t> ForgetHistory(uint64_t revision) {
    const std::lock_guard lock(write_mutex_);
    ENTENTE_RETURN_IF_ERROR(CheckWritable());
    const Stop stop;
    const View view = ViewOfNow(stop, false);
    if (revision > counters_.revision) {
      return MakeStatus(absl::StatusCode::kOutOfRange,
                        Cat("revision ", revision, " is not there yet; the store stands at ",
                            counters_.revision));
    }
    ENTENTE_ASSIGN_OR_RETURN(const uint64_t oldest, OldestRevision(*db_, view.snapshot()));
    if (revision <= oldest) return oldest;
    {
      const std::lock_guard past_lock(past_mutex_);
      past_.clear();
    }
    write_error_ = graph::ForgetHistory(db_.get(), view, revision);
    ENTENTE_RETURN_IF_ERROR(write_error_);
    return revision;
  }

  // A view of the revision that `as_of` names, or of now.
  absl::StatusOr<View> ViewOf(const v1::AsOf& as_of, const Stop& stop, bool limited) const {
    if (as_of.revision() == 0 && as_of.time_micros() == 0) return ViewOfNow(stop, limited);
    ENTENTE_ASSIGN_OR_RETURN(const uint64_t revision, RevisionOf(as_of));
    ENTENTE_ASSIGN_OR_RETURN(std::shared_ptr<AsOf> then, PastOf(revision, stop));
    return View(db_.get(), &words_, std::move(then), stop, limited ? options_.scan_limit_keys : 0);
  }

  uint64_t durable_revision() const {
    const std::lock_guard lock(sync_mutex_);
    return options_.in_memory ? counters().revision : durable_revision_;
  }

  // Waits a moment for a commit after `revision` to be durable.
  void AwaitCommit(uint64_t revision) const {
    std::unique_lock lock(sync_mutex_);
    synced_.wait_for(lock, kWatchInterval, [&] {
      return (options_.in_memory ? counters().revision : durable_revision_) > revision;
    });
  }

  absl::Status Compact() { return db_->Compact(); }

  absl::Status Backup(const std::string& given_path) {
    if (options_.in_memory) {
      return MakeStatus(absl::StatusCode::kUnimplemented, "a store in memory has no backups");
    }
    const std::lock_guard lock(write_mutex_);
    ENTENTE_RETURN_IF_ERROR(CheckNoBulkLoad());
    const std::string path = WithoutSlash(given_path);
    std::error_code error;
    if (path.empty()) return InvalidArgument("the path of the backup is empty");
    if (fs::exists(path, error)) {
      return MakeStatus(absl::StatusCode::kAlreadyExists, Cat(path, ": is there already"));
    }
    if (LiesWithin(path, options_.path)) {
      return InvalidArgument(Cat(path, ": lies within the store; name a place beside it"));
    }
    const std::string unfinished = UnfinishedName(path);
    absl::Status status = MakeBackup(unfinished);
    if (status.ok()) status = MoveFolder(unfinished, path);
    if (!status.ok()) fs::remove_all(unfinished, error);
    return status;
  }

  absl::Status Verify(const Stop& stop) const {
    if (head_ != nullptr) {
      const std::lock_guard lock(head_mutex_);
      if (head_->record().counters.revision > counters().revision) {
        return DataLoss("the head record is ahead of the database");
      }
    }
    return VerifyStore(ViewOfNow(stop, false));
  }

  View ViewOfNow(const Stop& stop, bool limited) const {
    const std::shared_lock lock(redirects_mutex_);
    return View(db_.get(), &words_, redirects_, stop, limited ? options_.scan_limit_keys : 0);
  }
  Counters counters() const override {
    const std::lock_guard lock(counters_mutex_);
    return counters_;
  }
  const kv::Database& db() const { return *db_; }

 private:
  absl::Status CheckFormat() const {
    const uint32_t version = head_->record().format_version;
    if (version == kFormatVersion) return absl::OkStatus();
    return FailedPrecondition(Cat(
        options_.path, ": the store has format ", version, " and this program reads format ",
        kFormatVersion, "; bring it up to date with `entente upgrade --db ", options_.path, "`"));
  }

  // Notes durably that the families that the old format lacks are to be made.
  absl::Status MarkAddedFamilies() {
    std::set<StoreFamily> families(std::begin(kAddedFamilies), std::end(kAddedFamilies));
    ENTENTE_ASSIGN_OR_RETURN(const auto marker, db_->Get(kMeta, kRebuildKey, nullptr));
    if (marker) {  // a rebuild was cut short, or an upgrade
      ENTENTE_ASSIGN_OR_RETURN(const std::set<StoreFamily> others, DecodeFamilies(*marker));
      families.insert(others.begin(), others.end());
    }
    kv::WriteBatch batch;
    batch.Put(kMeta, kRebuildKey, EncodeFamilies(families));
    return db_->Write(batch, /*sync=*/true);
  }

  absl::Status OpenDatabase() {
    kv::RocksDbOptions rocks;
    rocks.path = Cat(options_.path, "/", kDatabaseName);
    rocks.families = StoreFamilies();
    rocks.create = !head_->record().database_made;
    rocks.add_families = head_->record().format_version <= kFormatWithoutMonths;
    rocks.expected_mark = head_->record().file_mark;
    rocks.cache_bytes = options_.cache_bytes;
    rocks.write_buffer_bytes = options_.write_buffer_bytes;
    ENTENTE_ASSIGN_OR_RETURN(db_, kv::OpenRocksDb(rocks));
    return absl::OkStatus();
  }

  // REQUIRES: write_mutex_.
  absl::Status MakeBackup(const std::string& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (!fs::create_directories(folder, error)) {
      return MakeStatus(absl::StatusCode::kUnavailable,
                        Cat(folder, ": cannot make the directory: ", error.message()));
    }
    ENTENTE_RETURN_IF_ERROR(db_->Checkpoint(Cat(folder, "/", kDatabaseName)));
    HeadRecord record;
    record.database_made = true;
    record.counters = counters();
    // It comes last: without it, what is there is not taken for a store.
    ENTENTE_RETURN_IF_ERROR(HeadFile::Create(Cat(folder, "/", kHeadName), record));
    return SyncTree(folder);
  }

  absl::Status LoadState() {
    ENTENTE_ASSIGN_OR_RETURN(const auto value, db_->Get(kMeta, kHeadKey, nullptr));
    if (value && !counters_.Decode(*value)) return DamagedRecord(kMeta, kHeadKey);
    const std::string prefix(1, kWordTag);
    const auto it = db_->NewIterator(kMeta, prefix, PrefixEnd(prefix), nullptr);
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      if (it->value().size() != 4) return DamagedRecord(kMeta, it->key());
      words_.Add(ReadU32(it->value(), 0), it->key().substr(1));
    }
    ENTENTE_RETURN_IF_ERROR(it->status());
    ENTENTE_RETURN_IF_ERROR(LoadTemplates());
    ENTENTE_ASSIGN_OR_RETURN(Redirects redirects, Redirects::Load(*db_, nullptr));
    redirects_ = std::make_shared<const Redirects>(std::move(redirects));
    if (counters_.revision == 0) return absl::OkStatus();
    const std::string last = Key().U64(counters_.revision).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kLog, last, nullptr));
    Change change;
    if (bytes && change.Decode(*bytes)) last_commit_micros_ = change.commit_time_micros;
    return absl::OkStatus();
  }

  absl::Status LoadTemplates() {
    const std::string prefix(1, kTemplateTag);
    const auto it = db_->NewIterator(kMeta, prefix, PrefixEnd(prefix), nullptr);
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      v1::Event event;
      const std::string_view value = it->value();
      if (it->key().size() != 5 ||
          !event.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        return DamagedRecord(kMeta, it->key());
      }
      words_.AddTemplate(ReadU32(it->key(), 1), std::move(event));
    }
    return it->status();
  }

  // The head record was written after every commit that was acknowledged: the database may be ahead
  // of it, by what was not acknowledged before a crash, but never behind.
  absl::Status CompareWithHead() const {
    const Counters& promised = head_->record().counters;
    const bool equal = counters_ == promised;
    if (counters_.revision < promised.revision ||
        (counters_.revision == promised.revision && !equal)) {
      return DataLoss(Cat(options_.path, ": the database stands at revision ", counters_.revision,
                          " with ", counters_.event_count, " events, but revision ",
                          promised.revision, " with ", promised.event_count,
                          " events was acknowledged; restore a backup"));
    }
    for (const auto& [family, expected] :
         {std::pair(kEvent, counters_.last_event), std::pair(kArticle, counters_.last_article),
          std::pair(kActor, counters_.last_actor), std::pair(kLog, counters_.revision)}) {
      ENTENTE_ASSIGN_OR_RETURN(const uint64_t last, LastNumber(*db_, family));
      if (last == expected) continue;
      return DataLoss(Cat(options_.path, ": family ", FamilyName(family), " ends at ", last,
                          ", not at ", expected, "; restore a backup"));
    }
    return absl::OkStatus();
  }

  absl::Status FinishRebuild() {
    ENTENTE_ASSIGN_OR_RETURN(const auto marker, db_->Get(kMeta, kRebuildKey, nullptr));
    if (!marker) return absl::OkStatus();
    ENTENTE_ASSIGN_OR_RETURN(const std::set<StoreFamily> families, DecodeFamilies(*marker));
    const Stop stop;
    return RebuildStore(db_.get(), ViewOfNow(stop, false), families);
  }

  // After a batch was written. REQUIRES: write_mutex_.
  void Committed(const Counters& counters, int64_t commit_time_micros) {
    last_commit_micros_ = commit_time_micros;
    const std::lock_guard lock(counters_mutex_);
    counters_ = counters;
  }

  absl::StatusOr<uint64_t> RevisionOf(const v1::AsOf& as_of) const {
    if (as_of.revision() < 0 || as_of.time_micros() < 0) {
      return InvalidArgument("as_of: revision and time_micros must not be negative");
    }
    if (as_of.revision() > 0 && as_of.time_micros() > 0) {
      return InvalidArgument("as_of: give revision or time_micros, not both");
    }
    if (as_of.revision() > 0) return static_cast<uint64_t>(as_of.revision());
    const Stop stop;
    const View view = ViewOfNow(stop, false);
    ENTENTE_ASSIGN_OR_RETURN(const uint64_t revision,
                             RevisionAt(view, as_of.time_micros(), counters().revision));
    if (revision > 0) return revision;
    return MakeStatus(
        absl::StatusCode::kOutOfRange,
        Cat("as_of: nothing was committed by ", FormatTimestampMicros(as_of.time_micros()),
            "; the oldest revision that can be asked is 1"));
  }

  // The differences to a past revision: those at hand, or new ones.
  absl::StatusOr<std::shared_ptr<AsOf>> PastOf(uint64_t revision, const Stop& stop) const {
    {
      const std::lock_guard lock(past_mutex_);
      for (size_t i = 0; i < past_.size(); ++i) {
        if (past_[i]->revision() != revision) continue;
        std::rotate(past_.begin(), past_.begin() + static_cast<ptrdiff_t>(i),
                    past_.begin() + static_cast<ptrdiff_t>(i) + 1);
        return past_.front();
      }
    }
    ENTENTE_ASSIGN_OR_RETURN(
        std::shared_ptr<AsOf> then,
        AsOf::Build(*db_, words_, revision, options_.as_of_limit_events, stop));
    const std::lock_guard lock(past_mutex_);
    past_.insert(past_.begin(), then);
    if (past_.size() > kPastsKept) past_.pop_back();
    return then;
  }

  absl::Status MakeDurable(uint64_t revision) {
    const absl::Status durable = WaitDurable(revision);
    if (durable.ok()) return durable;
    const std::lock_guard lock(write_mutex_);
    if (write_error_.ok()) write_error_ = durable;
    return durable;
  }

  absl::Status CheckNoBulkLoad() const {
    if (bulk_source_.empty()) return absl::OkStatus();
    return FailedPrecondition(
        Cat("a bulk load from '", bulk_source_, "' is under way; write again when it is finished"));
  }

  absl::Status CheckWritable() const {
    ENTENTE_RETURN_IF_ERROR(CheckNoBulkLoad());
    return CheckDisk();
  }

  absl::Status CheckDisk() const {
    if (!write_error_.ok()) {
      return MakeStatus(absl::StatusCode::kUnavailable,
                        Cat("an earlier write failed (", MessageOf(write_error_),
                            "); close and reopen the store"));
    }
    if (options_.in_memory) return absl::OkStatus();
    const std::optional<uint64_t> free_bytes = FreeBytes(options_.path);
    if (free_bytes && *free_bytes < options_.free_space_reserve_bytes) {
      return ResourceExhausted(Cat(options_.path, ": only ", *free_bytes >> 20,
                                   " MiB of disk space are free, less than the reserve of ",
                                   options_.free_space_reserve_bytes >> 20,
                                   " MiB; free some, and write again"));
    }
    return absl::OkStatus();
  }

  // Waits until a revision survives a loss of power. Whoever comes first syncs for all who wrote
  // before it began (group commit).
  absl::Status WaitDurable(uint64_t revision) {
    if (options_.in_memory) {
      const std::lock_guard lock(sync_mutex_);
      synced_.notify_all();
      return absl::OkStatus();
    }
    std::unique_lock lock(sync_mutex_);
    while (durable_revision_ < revision) {
      if (!sync_error_.ok()) return sync_error_;
      if (syncing_) {
        synced_.wait(lock);
        continue;
      }
      syncing_ = true;
      lock.unlock();
      const Counters target = counters();
      absl::Status status = db_->SyncWal();
      if (status.ok()) status = WriteHead(target);
      lock.lock();
      syncing_ = false;
      if (status.ok()) durable_revision_ = target.revision;
      sync_error_ = status;
      synced_.notify_all();
    }
    return absl::OkStatus();
  }

  absl::Status WriteHead(const Counters& counters) {
    const std::lock_guard lock(head_mutex_);
    HeadRecord record;
    record.database_made = true;
    record.counters = counters;
    ENTENTE_ASSIGN_OR_RETURN(record.file_mark, db_->FileMark());
    return head_->Write(record);
  }

  const StoreOptions options_;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<HeadFile> head_;  // guarded by head_mutex_
  std::unique_ptr<kv::Database> db_;
  Vocabulary words_;

  std::string bulk_source_;         // of the bulk load under way; guarded by write_mutex_
  std::mutex write_mutex_;          // one writer at a time; taken before every other mutex
  ActorCache actors_;               // guarded by write_mutex_
  absl::Status write_error_;        // guarded by write_mutex_
  int64_t last_commit_micros_ = 0;  // guarded by write_mutex_

  // Held alone while a change of merges is written, so that a view has the merges of its snapshot.
  mutable std::shared_mutex redirects_mutex_;
  std::shared_ptr<const Redirects> redirects_ = std::make_shared<const Redirects>();

  mutable std::mutex past_mutex_;
  mutable std::vector<std::shared_ptr<AsOf>> past_;  // the last asked first

  mutable std::mutex counters_mutex_;
  Counters counters_;  // of the last batch that was written, durable or not

  mutable std::mutex head_mutex_;
  mutable std::mutex sync_mutex_;
  mutable std::condition_variable synced_;
  bool syncing_ = false;  // guarded by sync_mutex_, as are those below
  uint64_t durable_revision_ = 0;
  absl::Status sync_error_;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() { impl_->Close().IgnoreError(); }

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  ENTENTE_RETURN_IF_ERROR(impl->Open());
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

absl::Status Store::Upgrade(const StoreOptions& options) {
  StoreOptions existing = options;
  existing.create_if_missing = false;
  if (options.in_memory) return InvalidArgument("a store in memory has no format to upgrade");
  Impl impl(existing);
  ENTENTE_RETURN_IF_ERROR(impl.Upgrade());
  return impl.Close();
}

absl::Status Store::Close() { return impl_->Close(); }

absl::StatusOr<v1::IngestArticleResponse> Store::AddArticle(const v1::Article& article,
                                                            const v1::CodedArticle& coded) {
  return impl_->AddArticle(article, coded);
}

absl::StatusOr<std::unique_ptr<BulkLoader>> Store::StartBulkLoad(const BulkLoadOptions& options) {
  return impl_->StartBulkLoad(options);
}

absl::StatusOr<v1::Event> Store::GetEvent(const v1::GetEventRequest& request,
                                          const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const EventNumber number, ParseEventId(request.id()));
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, false));
  ENTENTE_ASSIGN_OR_RETURN(std::optional<v1::Event> event, view.FindEvent(number, true));
  if (!event) return NotFound(Cat("no event ", number));
  if (event->retracted_revision() != 0) {
    return NotFound(Cat("event ", number, " was retracted at revision ",
                        event->retracted_revision(), "; ask as of the revision before"));
  }
  return *std::move(event);
}

absl::StatusOr<v1::ListEventsResponse> Store::ListEvents(const v1::ListEventsRequest& request,
                                                         const Stop& stop) const {
  v1::ListEventsResponse response;
  ENTENTE_RETURN_IF_ERROR(ListEvents(request, &response, stop));
  return response;
}

absl::Status Store::ListEvents(const v1::ListEventsRequest& request,
                               v1::ListEventsResponse* response, const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::ListEvents(view, request, response);
}

absl::StatusOr<TimelinePage> Store::ListTimeline(const v1::ListEventsRequest& request,
                                                 const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::ListTimeline(view, request);
}

absl::StatusOr<v1::SearchEventsResponse> Store::SearchEvents(const v1::SearchEventsRequest& request,
                                                             const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::SearchEvents(view, request);
}

absl::Status Store::StreamTimeline(const v1::ListEventsRequest& request,
                                   const std::function<bool(v1::ListEventsResponse&&)>& sink,
                                   const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, false));
  return graph::StreamTimeline(view, request, sink);
}

absl::StatusOr<v1::SummarizeTimelineResponse> Store::SummarizeTimeline(
    const v1::SummarizeTimelineRequest& request, const Stop& stop) const {
  v1::SummarizeTimelineResponse response;
  ENTENTE_RETURN_IF_ERROR(SummarizeTimeline(request, &response, stop));
  return response;
}

absl::Status Store::SummarizeTimeline(const v1::SummarizeTimelineRequest& request,
                                      v1::SummarizeTimelineResponse* response,
                                      const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::SummarizeTimeline(view, request, response);
}

absl::StatusOr<v1::Relationship> Store::GetRelationship(const v1::GetRelationshipRequest& request,
                                                        const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::GetRelationship(view, request);
}

absl::StatusOr<v1::ListRelationshipsResponse> Store::ListRelationships(
    const v1::ListRelationshipsRequest& request, const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::ListRelationships(view, request);
}

absl::StatusOr<v1::FindPathResponse> Store::FindPath(const v1::FindPathRequest& request,
                                                     const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::FindPath(view, request);
}

absl::StatusOr<v1::FindPathsResponse> Store::FindPaths(const v1::FindPathsRequest& request,
                                                       const Stop& stop) const {
  return graph::FindPaths(impl_->ViewOfNow(stop, false), request);
}

absl::StatusOr<v1::RankActorsResponse> Store::RankActors(const v1::RankActorsRequest& request,
                                                         const Stop& stop) const {
  return graph::RankActors(impl_->ViewOfNow(stop, false), request);
}

absl::StatusOr<v1::FindCommunitiesResponse> Store::FindCommunities(
    const v1::FindCommunitiesRequest& request, const Stop& stop) const {
  return graph::FindCommunities(impl_->ViewOfNow(stop, false), request);
}

absl::StatusOr<v1::SearchActorsResponse> Store::SearchActors(const v1::SearchActorsRequest& request,
                                                             const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, true));
  return graph::SearchActors(view, request);
}

absl::StatusOr<v1::Actor> Store::GetActor(const v1::GetActorRequest& request,
                                          const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, false));
  std::string_view id = request.id();
  if (id.substr(0, 7) == "actors/") id.remove_prefix(7);
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber number, view.FindActor(id));
  if (number == 0) return NotFound(Cat("no actor '", id, "'"));
  return view.ReadActor(number);
}

absl::StatusOr<v1::Article> Store::GetArticle(const v1::GetArticleRequest& request,
                                              const Stop& stop) const {
  ENTENTE_ASSIGN_OR_RETURN(const View view, impl_->ViewOf(request.as_of(), stop, false));
  std::string_view id = request.id();
  if (id.substr(0, 9) == "articles/") id.remove_prefix(9);
  ENTENTE_ASSIGN_OR_RETURN(const auto number, view.Get(kDedupe, Key(kIdTag).Text(id)));
  if (!number || number->size() != 8 || !view.HasArticle(ReadU64(*number, 0))) {
    return NotFound(Cat("no article '", id, "'"));
  }
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, view.Get(kArticle, *number));
  ArticleRecord record;
  if (!bytes || !record.Decode(*bytes)) return DamagedRecord(kArticle, *number);
  const bool is_past = request.as_of().revision() != 0 || request.as_of().time_micros() != 0;
  if (is_past) {
    ENTENTE_ASSIGN_OR_RETURN(const int64_t revision, RetractionAsOf(view, record.article.id()));
    record.article.set_retracted_revision(revision);
  }
  return record.article;
}

absl::StatusOr<v1::CurationRecord> Store::Curate(const v1::CurationRecord& act) {
  return impl_->Curate(act);
}

absl::StatusOr<v1::ListCurationsResponse> Store::ListCurations(
    const v1::ListCurationsRequest& request, const Stop& stop) const {
  return graph::ListCurations(impl_->ViewOfNow(stop, true), request);
}

absl::StatusOr<v1::ListChangesResponse> Store::ListChanges(const v1::ListChangesRequest& request,
                                                           const Stop& stop) const {
  const uint64_t last = impl_->durable_revision();
  return graph::ListChanges(impl_->ViewOfNow(stop, true), request, last);
}

absl::Status Store::WatchChanges(const v1::ListChangesRequest& request,
                                 const std::function<bool(v1::ListChangesResponse&&)>& sink,
                                 const Stop& stop) const {
  v1::ListChangesRequest page = request;
  page.set_page_size(0);
  while (true) {
    ENTENTE_RETURN_IF_ERROR(stop.Check());
    ENTENTE_ASSIGN_OR_RETURN(v1::ListChangesResponse changes, ListChanges(page, stop));
    if (changes.revisions_size() == 0) {
      if (!request.follow()) return absl::OkStatus();
      impl_->AwaitCommit(static_cast<uint64_t>(page.after_revision()));
      continue;
    }
    page.set_after_revision(changes.revisions(changes.revisions_size() - 1).revision());
    if (!sink(std::move(changes))) {
      return MakeStatus(absl::StatusCode::kCancelled, "the receiver went away");
    }
  }
}

absl::StatusOr<uint64_t> Store::ForgetHistory(uint64_t revision) {
  return impl_->ForgetHistory(revision);
}

absl::StatusOr<uint64_t> Store::ForgetHistoryBefore(int64_t time_micros) {
  const Stop stop;
  const View view = impl_->ViewOfNow(stop, false);
  ENTENTE_ASSIGN_OR_RETURN(const uint64_t revision,
                           RevisionAt(view, time_micros, impl_->counters().revision));
  return impl_->ForgetHistory(revision);
}

absl::StatusOr<v1::Stats> Store::GetStats(const v1::GetStatsRequest&) const {
  const Stop stop;
  const View view = impl_->ViewOfNow(stop, false);
  const Counters counters = impl_->counters();
  v1::Stats stats;
  stats.set_event_count(static_cast<int64_t>(counters.event_count));
  stats.set_actor_count(static_cast<int64_t>(counters.last_actor));
  stats.set_article_count(static_cast<int64_t>(counters.article_count));
  stats.set_mention_count(static_cast<int64_t>(counters.mention_count));
  stats.set_revision(static_cast<int64_t>(counters.revision));
  stats.set_disk_bytes(static_cast<int64_t>(impl_->db().DiskBytes()));
  stats.set_format_version(std::to_string(kFormatVersion));
  ENTENTE_ASSIGN_OR_RETURN(const uint64_t oldest, OldestRevision(impl_->db(), view.snapshot()));
  stats.set_oldest_revision(static_cast<int64_t>(std::min(oldest, counters.revision)));
  for (const bool newest : {false, true}) {
    TimelineCursor cursor(view, EventQuery(), newest, std::nullopt);
    ENTENTE_ASSIGN_OR_RETURN(const bool found, cursor.Next());
    if (!found) break;
    const std::string date = FormatDate(Date::FromMicros(cursor.time_micros()));
    newest ? stats.set_last_date(date) : stats.set_first_date(date);
  }
  return stats;
}

absl::Status Store::Verify(const Stop& stop) const { return impl_->Verify(stop); }

absl::Status Store::Rebuild(const Stop& stop) { return impl_->Rebuild(stop); }

absl::Status Store::Compact() { return impl_->Compact(); }

absl::Status Store::Backup(const std::string& path) { return impl_->Backup(path); }

absl::StatusOr<v1::Stats> Store::Describe(const std::string& path) {
  std::error_code error;
  const std::string head_path = Cat(path, "/", kHeadName);
  if (!fs::exists(path, error)) return NotFound(Cat(path, ": no such directory"));
  if (!fs::exists(head_path, error)) {
    return FailedPrecondition(Cat(path, ": not a store (no file ", kHeadName, ")"));
  }
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<HeadFile> head, HeadFile::Open(head_path));
  const HeadRecord& record = head->record();
  v1::Stats stats;
  stats.set_format_version(std::to_string(record.format_version));
  stats.set_revision(static_cast<int64_t>(record.counters.revision));
  stats.set_event_count(static_cast<int64_t>(record.counters.event_count));
  stats.set_mention_count(static_cast<int64_t>(record.counters.mention_count));
  stats.set_article_count(static_cast<int64_t>(record.counters.article_count));
  stats.set_actor_count(static_cast<int64_t>(record.counters.last_actor));
  uintmax_t bytes = 0;
  for (fs::recursive_directory_iterator it(path, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code gone;
    if (const uintmax_t size = it->is_regular_file(gone) ? it->file_size(gone) : 0; !gone) {
      bytes += size;
    }
  }
  stats.set_disk_bytes(static_cast<int64_t>(bytes));
  return stats;
}

absl::Status Store::Restore(const std::string& backup, const std::string& given_path,
                            bool replace) {
  const std::string path = WithoutSlash(given_path);
  const std::string unfinished = UnfinishedName(path);
  std::error_code error;
  if (path.empty()) return InvalidArgument("the path of the store is empty");
  if (!fs::exists(backup, error)) return NotFound(Cat(backup, ": no such directory"));
  if (!fs::exists(Cat(backup, "/", kHeadName), error)) {
    return FailedPrecondition(Cat(backup, ": not a backup (no file ", kHeadName, ")"));
  }
  if (fs::equivalent(backup, unfinished, error)) {
    return InvalidArgument(Cat(backup, ": the copy would be made there; rename it first"));
  }
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats saved, Describe(backup));
  if (saved.format_version() != std::to_string(kFormatVersion)) {
    return FailedPrecondition(
        Cat(backup, ": the backup has format ", saved.format_version(),
            ", and this program reads format ", kFormatVersion,
            "; copy it, and bring the copy up to date with `entente upgrade`"));
  }
  std::unique_ptr<DirectoryLock> old;
  if (fs::exists(path, error)) {
    if (!replace) {
      return MakeStatus(absl::StatusCode::kAlreadyExists, Cat(path, ": is there already"));
    }
    if (!fs::exists(Cat(path, "/", kHeadName), error)) {
      return FailedPrecondition(Cat(path, ": not a store, and is not replaced"));
    }
    if (fs::equivalent(backup, path, error)) {
      return InvalidArgument(Cat(backup, ": is what it would replace; name a backup"));
    }
    ENTENTE_ASSIGN_OR_RETURN(old, DirectoryLock::Take(path));
  }
  if (LiesWithin(path, backup)) {
    return InvalidArgument(Cat(path, ": lies within the backup; name a place beside it"));
  }
  absl::Status status = MakeRestored(backup, unfinished);
  if (status.ok()) {
    status = old == nullptr ? MoveFolder(unfinished, path) : ExchangeFolders(unfinished, path);
  }
  fs::remove_all(unfinished, error);  // what did not become the store, or was it until now
  return status;
}

}  // namespace entente::graph
