#include "graph/bulk_rows.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

#include "graph/row_runs.h"

namespace entente::graph {
namespace {

constexpr uint32_t kKept = 1;  // before numbers are given
constexpr uint32_t kSignBit = uint32_t{1} << 31;

uint32_t BiasedDay(Date day) { return static_cast<uint32_t>(day.days) ^ kSignBit; }

// A key of up to 28 bytes that is written over and over.
class KeyBuffer {
 public:
  KeyBuffer& Clear() {
    size_ = 0;
    return *this;
  }
  KeyBuffer& U32(uint32_t value) { return Put(__builtin_bswap32(value)); }
  KeyBuffer& U64(uint64_t value) { return Put(__builtin_bswap64(value)); }
  // As Key::Time of the day's midnight.
  KeyBuffer& Midnight(uint32_t biased_day) {
    const Date day{static_cast<int32_t>(biased_day ^ kSignBit)};
    return U64(static_cast<uint64_t>(day.Micros()) ^ (uint64_t{1} << 63));
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  template <typename T>
  KeyBuffer& Put(T value) {
    std::memcpy(bytes_ + size_, &value, sizeof(value));
    size_ += sizeof(value);
    return *this;
  }

  char bytes_[28];
  size_t size_ = 0;
};

// Runs all of them, in up to `threads` threads.
void RunAll(const std::vector<std::function<void()>>& tasks, int threads) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
}

template <typename Item, typename Less>
void SortUnlessSorted(std::vector<Item>* items, const Less& less) {
  if (!std::is_sorted(items->begin(), items->end(), less)) {
    std::sort(items->begin(), items->end(), less);
  }
}

class BatchRows : public kv::RowSource {
 public:
  BatchRows(const kv::WriteBatch& batch, kv::Family family) : batch_(batch) {
    for (size_t i = 0; i < batch.size(); ++i) {
      if (batch.operation(i).family == family) order_.push_back(i);
    }
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
      return batch.operation(a).key < batch.operation(b).key;
    });
  }
  size_t size() const { return order_.size(); }

  bool Next(std::string_view* key, std::string_view* value) override {
    while (at_ + 1 < order_.size() &&
           batch_.operation(order_[at_]).key == batch_.operation(order_[at_ + 1]).key) {
      ++at_;
    }
    if (at_ >= order_.size()) return false;
    const kv::WriteBatch::Operation o = batch_.operation(order_[at_++]);
    *key = o.key;
    *value = o.value;
    return true;
  }

 private:
  const kv::WriteBatch& batch_;
  std::vector<size_t> order_;
  size_t at_ = 0;
};

}  // namespace

std::unique_ptr<kv::RowSource> SortedBatch(const kv::WriteBatch& batch, kv::Family family) {
  return std::make_unique<BatchRows>(batch, family);
}

char* Arena::Allocate(size_t size) {
  if (size > room_ - used_) {
    room_ = std::max(kBlockBytes, size);
    used_ = 0;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    allocated_bytes_ += room_;
  }
  char* at = blocks_.empty() ? nullptr : blocks_.back().get() + used_;
  used_ += size;
  return at;
}

const char* Arena::Add(std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  char* const begin = Allocate(size);
  char* at = begin;
  for (const std::string_view part : parts) {
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return begin;
}

void BulkChunk::Add(std::string_view source_key, const EventRow& row, Date day,
                    const Projection& projection, std::string_view record,
                    std::string_view mention) {
  const auto event = static_cast<uint32_t>(events_.size());
  Event& added = events_.emplace_back();
  added.bytes = arena_.Add({source_key, record, mention});
  added.source_size = static_cast<uint16_t>(source_key.size());
  added.record_size = static_cast<uint32_t>(record.size());
  added.mention_size = static_cast<uint32_t>(mention.size());
  rows_.push_back({kKept, row.type, static_cast<int16_t>(row.intensity_milli),
                   static_cast<uint16_t>(row.confidence_steps), static_cast<uint8_t>(row.status),
                   static_cast<uint8_t>(row.quad_class)});
  by_source_.push_back(event);
  const uint64_t biased = BiasedDay(day);
  types_.push_back({uint64_t{row.type} << 32 | biased, uint64_t{event} << 2});
  for (const ProjectedActor& actor : projection.actors) {
    actors_.push_back({actor.actor << 32 | biased, uint64_t{event} << 2 | actor.direction});
  }
  for (const ProjectedPair& pair : projection.pairs) {
    pairs_.push_back(
        {pair.low << 32 | pair.high, biased << 32 | uint64_t{event} << 2 | pair.direction});
  }
}

void BulkChunk::AddReport(std::string_view source_key, uint64_t hash, std::string_view record) {
  const std::string_view key(arena_.Add({source_key}), source_key.size());
  reports_.push_back({key, {arena_.Add({record}), record.size()}, hash, 0});
}

size_t BulkChunk::allocated_bytes() const {
  return arena_.allocated_bytes() + events_.capacity() * sizeof(Event) +
         rows_.capacity() * sizeof(PackedRow) + by_source_.capacity() * sizeof(uint32_t) +
         (actors_.capacity() + pairs_.capacity() + types_.capacity()) * sizeof(Entry) +
         reports_.capacity() * sizeof(Report);
}

void BulkChunk::Sort(int threads) {
  RunAll({[this] { SortUnlessSorted(&actors_, std::less<>()); },
          [this] { SortUnlessSorted(&pairs_, std::less<>()); },
          [this] { SortUnlessSorted(&types_, std::less<>()); },
          [this] {
            SortUnlessSorted(&by_source_, [this](uint32_t a, uint32_t b) {
              const int order = SourceKeyOf(a).compare(SourceKeyOf(b));
              return order != 0 ? order < 0 : a < b;
            });
          },
          [this] {
            std::stable_sort(
                reports_.begin(), reports_.end(),
                [](const Report& a, const Report& b) { return a.source_key < b.source_key; });
          }},
         threads);
}

void BulkChunk::ForEachSource(const std::function<void(uint32_t, std::string_view)>& use) const {
  for (const uint32_t event : by_source_) use(event, SourceKeyOf(event));
}

size_t BulkChunk::Number(EventNumber last_event) {
  last_event_ = last_event;
  uint32_t count = 0;
  for (PackedRow& row : rows_) {
    if (row.number != 0) row.number = ++count;
  }
  return count;
}

size_t BulkChunk::own_mention_count() const {
  size_t count = 0;
  for (size_t i = 0; i < events_.size(); ++i) {
    count += !IsDropped(static_cast<uint32_t>(i)) && events_[i].mention_size != 0;
  }
  return count;
}

std::optional<uint32_t> BulkChunk::FindEvent(std::string_view source_key) const {
  auto it = std::lower_bound(
      by_source_.begin(), by_source_.end(), source_key,
      [this](uint32_t event, std::string_view key) { return SourceKeyOf(event) < key; });
  for (; it != by_source_.end() && SourceKeyOf(*it) == source_key; ++it) {
    if (!IsDropped(*it)) return *it;
  }
  return std::nullopt;
}

size_t BulkChunk::PlaceReports(std::vector<Report> found) {
  placed_ = std::move(found);
  std::stable_sort(placed_.begin(), placed_.end(), [](const Report& a, const Report& b) {
    return std::pair(a.event, a.hash) < std::pair(b.event, b.hash);
  });
  const auto same = [](const Report& a, const Report& b) {
    return a.event == b.event && a.hash == b.hash;
  };
  placed_.erase(std::unique(placed_.begin(), placed_.end(), same), placed_.end());
  return placed_.size();
}

EventRow BulkChunk::RowOf(uint32_t event) const {
  const PackedRow& packed = rows_[event];
  EventRow row;
  row.type = packed.type;
  row.status = static_cast<v1::EventStatus>(packed.status);
  row.quad_class = static_cast<v1::QuadClass>(packed.quad_class);
  row.intensity_milli = packed.intensity_milli;
  row.confidence_steps = packed.confidence_steps;
  return row;
}

// actor_time, pair_time, type_time.
class BulkChunk::IndexRows : public kv::RowSource {
 public:
  IndexRows(const BulkChunk& chunk, StoreFamily family, const std::vector<Entry>& entries)
      : chunk_(chunk), family_(family), at_(entries.begin()), end_(entries.end()) {}

  bool Next(std::string_view* key, std::string_view* value) override {
    while (at_ != end_ && chunk_.IsDropped(EventOf(*at_))) ++at_;
    if (at_ == end_) return false;
    const uint32_t high = static_cast<uint32_t>(at_->major >> 32);
    const uint32_t low = static_cast<uint32_t>(at_->major);
    key_.Clear();
    if (family_ == kPairTime) {
      key_.U64(high).U64(low).Midnight(static_cast<uint32_t>(at_->minor >> 32));
    } else if (family_ == kActorTime) {
      key_.U64(high).Midnight(low);
    } else {
      key_.U32(high).Midnight(low);
    }
    *key = key_.U64(chunk_.NumberOf(EventOf(*at_))).view();
    const Entry first = *at_;
    run_.Clear();
    for (; at_ != end_ && SameDay(first, *at_) && run_.size() < kRunRowsMax; ++at_) {
      chunk_.Prefetch(at_, end_);
      if (chunk_.IsDropped(EventOf(*at_))) continue;
      EventRow row = chunk_.RowOf(EventOf(*at_));
      row.direction = DirectionOf(*at_);
      run_.Add(chunk_.NumberOf(EventOf(*at_)), row);
    }
    *value = run_.value();
    return true;
  }

 private:
  // Of one actor, pair or type as well.
  bool SameDay(const Entry& a, const Entry& b) const {
    return a.major == b.major && (family_ != kPairTime || a.minor >> 32 == b.minor >> 32);
  }

  const BulkChunk& chunk_;
  const StoreFamily family_;
  std::vector<Entry>::const_iterator at_, end_;
  KeyBuffer key_;
  RunBuilder run_;
};

// actor_day and pair_day, actor_month and pair_month: what the index holds of one day or month.
class BulkChunk::DayRows : public kv::RowSource {
 public:
  DayRows(const BulkChunk& chunk, StoreFamily family, const std::vector<Entry>& entries)
      : chunk_(chunk),
        of_pairs_(family == kPairDay || family == kPairMonth),
        of_months_(family == kActorMonth || family == kPairMonth),
        at_(entries.begin()),
        end_(entries.end()) {}

  bool Next(std::string_view* key, std::string_view* value) override {
    while (at_ != end_) {
      const Entry first = *at_;
      const uint32_t start = of_months_ ? MonthStart(DayOf(first)) : DayOf(first);
      const uint32_t last = of_months_ ? MonthEnd(start) : start;
      Rollup day;
      for (; at_ != end_ && SameOwner(first, *at_) && DayOf(*at_) <= last; ++at_) {
        chunk_.Prefetch(at_, end_);
        if (chunk_.IsDropped(EventOf(*at_))) continue;
        EventRow row = chunk_.RowOf(EventOf(*at_));
        if (of_pairs_) row.direction = DirectionOf(*at_);
        day.Add(row, 1);
      }
      if (day.cells().empty()) continue;
      key_.Clear().U64(first.major >> 32);
      if (of_pairs_) key_.U64(static_cast<uint32_t>(first.major));
      *key = key_.U32(start).view();
      value_ = day.Encode();
      *value = value_;
      return true;
    }
    return false;
  }

 private:
  // Biased days, as everywhere in the entries.
  uint32_t DayOf(const Entry& entry) const {
    return static_cast<uint32_t>(of_pairs_ ? entry.minor >> 32 : entry.major);
  }
  static uint32_t MonthStart(uint32_t day) {
    return BiasedDay(MonthOf(Date{static_cast<int32_t>(day ^ kSignBit)}));
  }
  static uint32_t MonthEnd(uint32_t start) {
    const Date first{static_cast<int32_t>(start ^ kSignBit)};
    return start + static_cast<uint32_t>(DaysInMonth(first.Year(), first.Month())) - 1;
  }
  bool SameOwner(const Entry& a, const Entry& b) const {
    return of_pairs_ ? a.major == b.major : a.major >> 32 == b.major >> 32;
  }

  const BulkChunk& chunk_;
  const bool of_pairs_;
  const bool of_months_;
  std::vector<Entry>::const_iterator at_, end_;
  KeyBuffer key_;
  std::string value_;
};

class BulkChunk::NeighborRows : public kv::RowSource {
 public:
  explicit NeighborRows(const BulkChunk& chunk) : chunk_(chunk) {}

  bool Next(std::string_view* key, std::string_view* value) override {
    if (!started_) Collect();
    if (at_ == totals_.size()) return false;
    const Total& total = totals_[at_++];
    *key = key_.Clear().U64(total.actor).U64(total.other).view();
    Rollup rollup;
    rollup.AddTotal(total.count, total.intensity_milli_sum);
    value_ = rollup.Encode();
    *value = value_;
    return true;
  }

 private:
  struct Total {
    uint32_t actor, other;
    int64_t count, intensity_milli_sum;
  };

  void Collect() {
    started_ = true;
    for (auto at = chunk_.actors_.begin(); at != chunk_.actors_.end(); ++at) {
      chunk_.Prefetch(at, chunk_.actors_.end());
      Count(static_cast<uint32_t>(at->major >> 32), 0, *at);
    }
    const size_t actors = totals_.size();
    for (auto at = chunk_.pairs_.begin(); at != chunk_.pairs_.end(); ++at) {
      chunk_.Prefetch(at, chunk_.pairs_.end());
      Count(static_cast<uint32_t>(at->major >> 32), static_cast<uint32_t>(at->major), *at);
    }
    const size_t all = totals_.size();
    for (size_t i = actors; i < all; ++i) {
      const Total total = totals_[i];
      totals_.push_back({total.other, total.actor, total.count, total.intensity_milli_sum});
    }
    std::sort(totals_.begin(), totals_.end(), [](const Total& a, const Total& b) {
      return std::pair(a.actor, a.other) < std::pair(b.actor, b.other);
    });
  }

  // Entries of the same two come together.
  void Count(uint32_t actor, uint32_t other, const Entry& entry) {
    if (chunk_.IsDropped(EventOf(entry))) return;
    if (totals_.empty() || totals_.back().actor != actor || totals_.back().other != other) {
      totals_.push_back({actor, other, 0, 0});
    }
    ++totals_.back().count;
    totals_.back().intensity_milli_sum += chunk_.rows_[EventOf(entry)].intensity_milli;
  }

  const BulkChunk& chunk_;
  bool started_ = false;
  std::vector<Total> totals_;
  size_t at_ = 0;
  KeyBuffer key_;
  std::string value_;
};

class BulkChunk::EventRows : public kv::RowSource {
 public:
  explicit EventRows(const BulkChunk& chunk) : chunk_(chunk) {}

  bool Next(std::string_view* key, std::string_view* value) override {
    while (at_ < chunk_.events_.size() && chunk_.IsDropped(at_)) ++at_;
    if (at_ == chunk_.events_.size()) return false;
    const Event& event = chunk_.events_[at_];
    *key = key_.Clear().U64(chunk_.NumberOf(at_)).view();
    *value = {event.bytes + event.source_size, event.record_size};
    ++at_;
    return true;
  }

 private:
  const BulkChunk& chunk_;
  uint32_t at_ = 0;
  KeyBuffer key_;
};

class BulkChunk::SourceRows : public kv::RowSource {
 public:
  explicit SourceRows(const BulkChunk& chunk) : chunk_(chunk) {}

  bool Next(std::string_view* key, std::string_view* value) override {
    while (at_ < chunk_.by_source_.size() && chunk_.IsDropped(chunk_.by_source_[at_])) ++at_;
    if (at_ == chunk_.by_source_.size()) return false;
    const uint32_t event = chunk_.by_source_[at_++];
    *key = chunk_.SourceKeyOf(event);
    *value = value_.Clear().U64(chunk_.NumberOf(event)).view();
    return true;
  }

 private:
  const BulkChunk& chunk_;
  size_t at_ = 0;
  KeyBuffer value_;
};

// The events' own references, and the reports, by event.
class BulkChunk::MentionRows : public kv::RowSource {
 public:
  explicit MentionRows(const BulkChunk& chunk) : chunk_(chunk) {}

  bool Next(std::string_view* key, std::string_view* value) override {
    while (event_ < chunk_.events_.size() &&
           (chunk_.IsDropped(event_) || chunk_.events_[event_].mention_size == 0)) {
      ++event_;
    }
    const bool own = event_ < chunk_.events_.size();
    const bool other = report_ < chunk_.placed_.size();
    if (!own && !other) return false;
    if (own && (!other || chunk_.NumberOf(event_) <= chunk_.placed_[report_].event)) {
      const Event& event = chunk_.events_[event_];
      *key = key_.Clear().U64(chunk_.NumberOf(event_)).U64(0).U32(0).view();
      *value = {event.bytes + event.source_size + event.record_size, event.mention_size};
      ++event_;
      return true;
    }
    const Report& report = chunk_.placed_[report_++];
    *key = key_.Clear().U64(report.event).U64(report.hash).U32(0).view();
    *value = report.record;
    return true;
  }

 private:
  const BulkChunk& chunk_;
  uint32_t event_ = 0;
  size_t report_ = 0;
  KeyBuffer key_;
};

std::vector<kv::SortedRows> BulkChunk::Rows() const {
  constexpr auto kPut = kv::WriteBatch::Kind::kPut;
  constexpr auto kMerge = kv::WriteBatch::Kind::kMerge;
  std::vector<kv::SortedRows> rows;
  rows.push_back({kEvent, kPut, std::make_unique<EventRows>(*this), true, events_.size()});
  rows.push_back({kMention, kPut, std::make_unique<MentionRows>(*this), true,
                  events_.size() + placed_.size()});
  rows.push_back({kSource, kPut, std::make_unique<SourceRows>(*this), true, events_.size()});
  rows.push_back({kActorTime, kPut, std::make_unique<IndexRows>(*this, kActorTime, actors_), false,
                  actors_.size()});
  rows.push_back({kPairTime, kPut, std::make_unique<IndexRows>(*this, kPairTime, pairs_), false,
                  pairs_.size()});
  rows.push_back({kTypeTime, kPut, std::make_unique<IndexRows>(*this, kTypeTime, types_), false,
                  types_.size()});
  rows.push_back({kActorDay, kMerge, std::make_unique<DayRows>(*this, kActorDay, actors_), false,
                  actors_.size() / 2});
  rows.push_back({kPairDay, kMerge, std::make_unique<DayRows>(*this, kPairDay, pairs_), false,
                  pairs_.size() / 2});
  rows.push_back({kActorMonth, kMerge, std::make_unique<DayRows>(*this, kActorMonth, actors_),
                  false, actors_.size() / 4});
  rows.push_back({kPairMonth, kMerge, std::make_unique<DayRows>(*this, kPairMonth, pairs_), false,
                  pairs_.size() / 4});
  rows.push_back(
      {kNeighbor, kMerge, std::make_unique<NeighborRows>(*this), false, pairs_.size() / 2});
  return rows;
}

}  // namespace entente::graph
