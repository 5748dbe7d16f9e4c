#include "graph/kv/memory_database.h"

#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

namespace entente::graph::kv {
namespace {

struct Version {
  uint64_t sequence;
  std::optional<std::string> value;  // nullopt: deleted
};
using Table = std::map<std::string, std::vector<Version>, std::less<>>;

// What is shared by the database, its snapshots and its iterators.
struct State {
  mutable std::shared_mutex mutex;
  std::vector<FamilyOptions> families;
  std::vector<Table> tables;
  uint64_t sequence = 0;           // of the last batch
  std::multiset<uint64_t> pinned;  // sequences that a snapshot or an iterator still reads

  const std::string* Visible(const std::vector<Version>& versions, uint64_t at) const {
    for (auto v = versions.rbegin(); v != versions.rend(); ++v) {
      if (v->sequence <= at) return v->value ? &*v->value : nullptr;
    }
    return nullptr;
  }

  // Drops versions that no reader can see any more: all but the newest one that the oldest reader
  // sees, and those after it.
  void Prune(std::vector<Version>* versions) const {
    const uint64_t oldest = pinned.empty() ? sequence : *pinned.begin();
    size_t keep = versions->size();
    while (keep > 0 && (*versions)[keep - 1].sequence > oldest) --keep;
    if (keep > 1) versions->erase(versions->begin(), versions->begin() + (keep - 1));
  }
};

// Holds one sequence for reading.
class Pin : public Snapshot {
 public:
  explicit Pin(State* state) : state_(state) {
    const std::unique_lock lock(state_->mutex);
    at_ = state_->sequence;
    pinned_ = state_->pinned.insert(at_);
  }
  Pin(State* state, uint64_t at) : state_(state), at_(at) {
    const std::unique_lock lock(state_->mutex);
    pinned_ = state_->pinned.insert(at_);
  }
  ~Pin() override {
    const std::unique_lock lock(state_->mutex);
    state_->pinned.erase(pinned_);
  }
  uint64_t at() const { return at_; }

 private:
  State* state_;
  uint64_t at_;
  std::multiset<uint64_t>::iterator pinned_;
};

// Finds its place again by key at each step, so that writers need not know of it.
class MemoryIterator : public Iterator {
 public:
  MemoryIterator(State* state, Family family, std::string_view lower, std::string_view upper,
                 std::unique_ptr<Pin> pin)
      : state_(state), family_(family), lower_(lower), upper_(upper), pin_(std::move(pin)) {}

  bool Valid() const override { return valid_; }
  void SeekToFirst() override { Forward(lower_, false); }
  void SeekToLast() override { Backward(upper_, upper_.empty(), false); }
  void Seek(std::string_view target) override {
    Forward(target < lower_ ? std::string_view(lower_) : target, false);
  }
  void SeekForPrev(std::string_view target) override {
    const bool beyond = !upper_.empty() && target >= upper_;
    Backward(beyond ? std::string_view(upper_) : target, false, !beyond);
  }
  void Next() override { Forward(std::string(key_), true); }
  void Prev() override { Backward(std::string(key_), false, false); }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  bool Take(const Table::value_type& entry) {
    const std::string* value = state_->Visible(entry.second, pin_->at());
    if (value == nullptr) return false;
    key_ = entry.first;
    value_ = *value;
    return valid_ = true;
  }
  void Forward(std::string_view from, bool after) {
    const std::shared_lock lock(state_->mutex);
    const Table& table = state_->tables[family_];
    valid_ = false;
    auto it = after ? table.upper_bound(from) : table.lower_bound(from);
    for (; it != table.end() && (upper_.empty() || it->first < upper_); ++it) {
      if (Take(*it)) return;
    }
  }
  // To the last key before `from`, or at it if `including`; from the end of the family if `all`.
  void Backward(std::string_view from, bool all, bool including) {
    const std::shared_lock lock(state_->mutex);
    const Table& table = state_->tables[family_];
    valid_ = false;
    auto it = all ? table.end() : including ? table.upper_bound(from) : table.lower_bound(from);
    while (it != table.begin()) {
      --it;
      if (it->first < lower_) return;
      if (Take(*it)) return;
    }
  }

  State* state_;
  Family family_;
  std::string lower_;
  std::string upper_;
  std::unique_ptr<Pin> pin_;
  std::string key_;
  std::string value_;
  bool valid_ = false;
};

class MemoryDatabase : public Database {
 public:
  explicit MemoryDatabase(const std::vector<FamilyOptions>& families) {
    state_.families = families;
    state_.tables.resize(families.size());
  }

  absl::Status Write(const WriteBatch& batch, bool) override {
    const std::unique_lock lock(state_.mutex);
    for (size_t i = 0; i < batch.size(); ++i) {
      const WriteBatch::Operation o = batch.operation(i);
      if (o.kind == WriteBatch::Kind::kMerge && state_.families[o.family].merge == nullptr) {
        return Internal(Cat("family ", state_.families[o.family].name, " has no merge operator"));
      }
    }
    ++state_.sequence;
    for (size_t i = 0; i < batch.size(); ++i) Apply(batch.operation(i));
    return absl::OkStatus();
  }
  absl::Status SyncWal() override { return absl::OkStatus(); }
  absl::Status IngestSorted(std::vector<SortedRows> families, int) override {
    WriteBatch batch;
    std::string_view key, value;
    for (const SortedRows& sorted : families) {
      while (sorted.rows->Next(&key, &value)) {
        sorted.kind == WriteBatch::Kind::kMerge ? batch.Merge(sorted.family, key, value)
                                                : batch.Put(sorted.family, key, value);
      }
    }
    return Write(batch, /*sync=*/true);
  }

  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key,
                                                 const Snapshot* snapshot) const override {
    const std::shared_lock lock(state_.mutex);
    return Find(family, key, snapshot);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      Family family, std::span<const std::string> keys, const Snapshot* snapshot) const override {
    const std::shared_lock lock(state_.mutex);
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (const std::string& key : keys) values.push_back(Find(family, key, snapshot));
    return values;
  }
  absl::Status MultiRead(Family family, std::span<const std::string> keys, const Snapshot* snapshot,
                         const UseValue& use) const override {
    ENTENTE_ASSIGN_OR_RETURN(const auto values, MultiGet(family, keys, snapshot));
    for (size_t i = 0; i < values.size(); ++i) ENTENTE_RETURN_IF_ERROR(use(i, values[i]));
    return absl::OkStatus();
  }
  std::unique_ptr<Iterator> NewIterator(Family family, std::string_view lower,
                                        std::string_view upper,
                                        const Snapshot* snapshot) const override {
    auto pin = snapshot == nullptr
                   ? std::make_unique<Pin>(&state_)
                   : std::make_unique<Pin>(&state_, static_cast<const Pin*>(snapshot)->at());
    return std::make_unique<MemoryIterator>(&state_, family, lower, upper, std::move(pin));
  }
  std::unique_ptr<Snapshot> GetSnapshot() const override { return std::make_unique<Pin>(&state_); }

  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status Compact() override { return absl::OkStatus(); }
  absl::StatusOr<std::string> FileMark() override { return std::string(); }
  void StopBackgroundWork() override {}
  absl::Status Checkpoint(const std::string&) override {
    return MakeStatus(absl::StatusCode::kUnimplemented, "a database in memory has no checkpoints");
  }
  uint64_t DiskBytes() const override { return 0; }

 private:
  std::optional<std::string> Find(Family family, std::string_view key,
                                  const Snapshot* snapshot) const {
    const Table& table = state_.tables[family];
    const auto it = table.find(key);
    if (it == table.end()) return std::nullopt;
    const uint64_t at = snapshot == nullptr ? std::numeric_limits<uint64_t>::max()
                                            : static_cast<const Pin*>(snapshot)->at();
    const std::string* value = state_.Visible(it->second, at);
    return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
  }

  void Apply(const WriteBatch::Operation& o) {
    Table& table = state_.tables[o.family];
    auto it = table.find(o.key);
    if (it == table.end()) it = table.emplace(std::string(o.key), std::vector<Version>()).first;
    std::vector<Version>& versions = it->second;
    std::optional<std::string> value;
    if (o.kind == WriteBatch::Kind::kPut) value = std::string(o.value);
    if (o.kind == WriteBatch::Kind::kMerge) {
      std::optional<std::string_view> base;
      if (!versions.empty() && versions.back().value) base = *versions.back().value;
      const std::string_view operands[] = {o.value};
      value = state_.families[o.family].merge->Merge(base, operands);
    }
    if (!versions.empty() && versions.back().sequence == state_.sequence) {
      versions.back().value = std::move(value);
    } else {
      versions.push_back({state_.sequence, std::move(value)});
      state_.Prune(&versions);
    }
    if (versions.size() == 1 && !versions.back().value) table.erase(it);
  }

  mutable State state_;
};

}  // namespace

std::unique_ptr<Database> OpenMemoryDatabase(const std::vector<FamilyOptions>& families) {
  return std::make_unique<MemoryDatabase>(families);
}

}  // namespace entente::graph::kv
