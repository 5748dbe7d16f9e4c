#include "graph/row_runs.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "graph/codec.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr char kRunTag = '\0';
constexpr size_t kEventBytes = 8;
constexpr size_t kKeyBytesMax = 32;  // low8 · high8 · time8 · event8
constexpr size_t kFlagBytes = 6;     // of an EventRow, behind its type
constexpr size_t kPackBatchRows = 20'000;

bool IsRun(std::string_view value) { return !value.empty() && value.front() == kRunTag; }

// What keys of one actor, pair or type and of one day begin with.
size_t DayBytes(StoreFamily family) {
  constexpr size_t kTimeBytes = 8;
  return kTimeBytes + (family == kPairTime ? 16 : family == kActorTime ? 8 : 4);
}

EventNumber EventOf(std::string_view key) { return ReadU64(key, key.size() - kEventBytes); }

// Single rows of what the database has, within bounds that may cut a run.
class RowIterator final : public kv::Iterator {
 public:
  RowIterator(const kv::Database& db, StoreFamily family, std::string_view lower,
              std::string_view upper, const kv::Snapshot* snapshot)
      : family_(family),
        day_bytes_(DayBytes(family)),
        lower_(lower.size() > day_bytes_ ? lower : std::string_view()),
        upper_(upper.size() > day_bytes_ ? upper : std::string_view()),
        kept_(db.NewIterator(family, lower.substr(0, day_bytes_), upper, snapshot)) {}

  bool Valid() const override { return valid_; }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }
  absl::Status status() const override { return error_.ok() ? kept_->status() : error_; }

  void SeekToFirst() override {
    if (!lower_.empty()) return Seek(lower_);
    kept_->SeekToFirst();
    Settle(/*forward=*/true);
  }
  void SeekToLast() override {
    kept_->SeekToLast();
    Settle(/*forward=*/false);
  }

  void Seek(std::string_view wanted) override {
    const std::string target(std::max(wanted, std::string_view(lower_)));  // may be this one's key
    kept_->SeekForPrev(target);  // a run that begins before the target may have it
    if (kept_->Valid() && (kept_->key() == target || IsRun(kept_->value()))) {
      if (!Load()) return;
      size_t at = begin_;
      while (at < end_ && KeyOf(at) < target) ++at;
      if (at < end_) return Stand(at);
    }
    if (!kept_->Valid() && !kept_->status().ok()) return Leave();
    kept_->Seek(target);
    Settle(/*forward=*/true);
  }

  void SeekForPrev(std::string_view wanted) override {
    const std::string target(wanted);
    kept_->SeekForPrev(target);
    if (!kept_->Valid()) return Leave();
    if (!Load()) return;
    size_t behind = end_;
    while (behind > begin_ && KeyOf(behind - 1) > target) --behind;
    if (behind > begin_) return Stand(behind - 1);
    if (begin_ == rows_.size()) return Leave();  // all are below the lower bound
    kept_->Prev();
    Settle(/*forward=*/false);
  }

  void Next() override {
    if (at_ + 1 < end_) return Stand(at_ + 1);
    kept_->Next();
    Settle(/*forward=*/true);
  }
  void Prev() override {
    if (at_ > begin_) return Stand(at_ - 1);
    kept_->Prev();
    Settle(/*forward=*/false);
  }

 private:
  void Leave() { valid_ = false; }

  void Fail() {
    error_ = DamagedRecord(family_, kept_->key());
    Leave();
  }

  // Takes in what kept_ stands on, and which of its rows are within the bounds.
  bool Load() {
    const std::string_view key = kept_->key();
    if (key.size() != day_bytes_ + kEventBytes || !rows_.Parse(EventOf(key), kept_->value())) {
      Fail();
      return false;
    }
    std::memcpy(key_bytes_, key.data(), key.size());
    begin_ = 0;
    end_ = rows_.size();
    if (!lower_.empty()) {
      while (begin_ < end_ && KeyOf(begin_) < lower_) ++begin_;
    }
    if (!upper_.empty()) {
      while (end_ > begin_ && KeyOf(end_ - 1) >= upper_) --end_;
    }
    return true;
  }

  // Stands on the first row, or the last, of where kept_ came to.
  void Settle(bool forward) {
    while (kept_->Valid()) {
      if (!Load()) return;
      if (begin_ < end_) return Stand(forward ? begin_ : end_ - 1);
      if (!forward && begin_ == rows_.size()) break;  // all are below the lower bound
      forward ? kept_->Next() : kept_->Prev();
    }
    Leave();
  }

  std::string_view KeyOf(size_t row) {
    const uint64_t event = __builtin_bswap64(rows_.event(row));
    std::memcpy(key_bytes_ + day_bytes_, &event, sizeof(event));
    return {key_bytes_, day_bytes_ + kEventBytes};
  }

  void Stand(size_t row) {
    at_ = row;
    key_ = KeyOf(row);
    value_ = rows_.row(row);
    valid_ = true;
  }

  const StoreFamily family_;
  const size_t day_bytes_;
  const std::string lower_, upper_;  // those that may cut a run; else empty
  const std::unique_ptr<kv::Iterator> kept_;
  RunReader rows_;              // of where kept_ stands
  size_t begin_ = 0, end_ = 0;  // of its rows, those within the bounds
  size_t at_ = 0;
  bool valid_ = false;
  absl::Status error_;
  char key_bytes_[kKeyBytesMax];
  std::string_view key_, value_;
};

// Puts the rows of those runs of one day into which rows of `written` fall, as single ones. Rows
// that are written themselves stay as the batch has them.
absl::Status TakeDayApart(const kv::Database& db, StoreFamily family, const std::string& day,
                          const std::set<EventNumber>& written, kv::WriteBatch* batch) {
  const std::string last = Key().Text(day).U64(*written.rbegin()).str();
  const auto it = db.NewIterator(family, day, PrefixEnd(day), nullptr);
  it->SeekForPrev(Key().Text(day).U64(*written.begin()));
  if (!it->Valid() && it->status().ok()) it->SeekToFirst();
  RunReader run;
  for (; it->Valid() && it->key() <= last; it->Next()) {
    if (!IsRun(it->value())) continue;
    if (!run.Parse(EventOf(it->key()), it->value())) return DamagedRecord(family, it->key());
    const auto touched = written.lower_bound(run.event(0));
    if (touched == written.end() || *touched > run.event(run.size() - 1)) continue;
    for (size_t i = 0; i < run.size(); ++i) {
      if (written.contains(run.event(i))) continue;
      batch->Put(family, Key().Text(day).U64(run.event(i)), run.row(i));
    }
  }
  return it->status();
}

}  // namespace

bool IsTimeIndex(StoreFamily family) {
  return family == kActorTime || family == kPairTime || family == kTypeTime;
}

void RunBuilder::Add(EventNumber event, const EventRow& row) {
  if (size_ == 0) {
    bytes_.push_back(kRunTag);
  } else {
    PutVarint(event - last_, &bytes_);
  }
  row.AppendTo(&bytes_);
  last_ = event;
  ++size_;
}

std::string_view RunBuilder::value() const {
  return std::string_view(bytes_).substr(size_ == 1 ? 1 : 0);
}

bool RunReader::Parse(EventNumber first, std::string_view value) {
  bytes_ = value;
  events_[0] = first;
  if (!IsRun(value)) {
    begins_[0] = 0;
    ends_[0] = static_cast<uint16_t>(value.size());
    size_ = 1;
    return value.size() <= UINT16_MAX;
  }
  size_ = 0;
  Decoder in(value.substr(1));
  const auto place = [&] { return static_cast<uint16_t>(value.size() - in.Rest().size()); };
  while (!in.Done()) {
    uint64_t step = 0, type = 0;
    if (size_ == kRunRowsMax || value.size() > UINT16_MAX) return false;
    if (size_ > 0) {
      if (!in.Varint(&step) || step == 0 || step > UINT64_MAX - events_[size_ - 1]) return false;
      events_[size_] = events_[size_ - 1] + step;
    }
    begins_[size_] = place();
    std::string_view flags;
    if (!in.Varint(&type) || !in.Bytes(kFlagBytes, &flags)) return false;
    ends_[size_++] = place();
  }
  return size_ > 1;
}

std::unique_ptr<kv::Iterator> ScanRows(const kv::Database& db, StoreFamily family,
                                       std::string_view lower, std::string_view upper,
                                       const kv::Snapshot* snapshot) {
  if (!IsTimeIndex(family)) return db.NewIterator(family, lower, upper, snapshot);
  return std::make_unique<RowIterator>(db, family, lower, upper, snapshot);
}

absl::Status TakeRunsApart(const kv::Database& db, EventNumber last_event, kv::WriteBatch* batch) {
  // Day by day: where many rows were deleted, looking further back would pass over all of them.
  std::map<std::pair<StoreFamily, std::string>, std::set<EventNumber>> written;
  for (size_t i = 0; i < batch->size(); ++i) {
    const kv::WriteBatch::Operation o = batch->operation(i);
    const auto family = static_cast<StoreFamily>(o.family);
    if (!IsTimeIndex(family) || EventOf(o.key) > last_event) continue;
    written[{family, std::string(o.key.substr(0, DayBytes(family)))}].insert(EventOf(o.key));
  }
  for (const auto& [place, events] : written) {
    ENTENTE_RETURN_IF_ERROR(TakeDayApart(db, place.first, place.second, events, batch));
  }
  return absl::OkStatus();
}

absl::Status PackRows(kv::Database* db, StoreFamily family) {
  kv::WriteBatch batch;
  RunBuilder run;
  std::string first, day;
  const auto finish = [&]() -> absl::Status {
    if (run.size() > 1) batch.Put(family, first, run.value());
    run.Clear();
    if (batch.size() < kPackBatchRows) return absl::OkStatus();
    absl::Status status = db->Write(batch, /*sync=*/false);
    batch.Clear();
    return status;
  };
  const auto it = db->NewIterator(family, "", "", nullptr);
  EventRow row;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::string_view key = it->key();
    const bool packed = IsRun(it->value());
    if (packed || run.size() == kRunRowsMax || key.substr(0, DayBytes(family)) != day) {
      ENTENTE_RETURN_IF_ERROR(finish());
    }
    if (packed) continue;
    ENTENTE_RETURN_IF_ERROR(DecodeRow(family, *it, &row));
    if (run.size() == 0) {
      first = std::string(key);
      day = std::string(key.substr(0, DayBytes(family)));
    } else {
      batch.Delete(family, key);
    }
    run.Add(EventOf(key), row);
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  ENTENTE_RETURN_IF_ERROR(finish());
  return db->Write(batch, /*sync=*/false);
}

}  // namespace entente::graph
