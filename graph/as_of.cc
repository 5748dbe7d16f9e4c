#include "graph/as_of.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/event_merge.h"
#include "graph/event_text.h"
#include "graph/overlay_iterator.h"
#include "graph/rollup.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr size_t kStepsBetweenChecks = 256;

std::string Combined(std::string_view today, std::string_view difference) {
  return RollupMerge()->Merge(today, {&difference, 1});
}

absl::StatusOr<Counters> ReadCounters(const kv::Database& db, const kv::Snapshot* snapshot) {
  ENTENTE_ASSIGN_OR_RETURN(const auto value, db.Get(kMeta, kHeadKey, snapshot));
  Counters counters;
  if (value && !counters.Decode(*value)) return DamagedRecord(kMeta, kHeadKey);
  return counters;
}

// The event of an index key.
EventNumber EventOf(StoreFamily family, std::string_view key) {
  return family == kText ? TextEventOf(key) : ReadU64(key, key.size() - 8);
}

}  // namespace

absl::StatusOr<uint64_t> OldestRevision(const kv::Database& db, const kv::Snapshot* snapshot) {
  ENTENTE_ASSIGN_OR_RETURN(const auto value, db.Get(kMeta, kHistoryKey, snapshot));
  if (!value) return uint64_t{1};
  if (value->size() != 8) return DamagedRecord(kMeta, kHistoryKey);
  return ReadU64(*value, 0);
}

absl::Status CheckAskable(const kv::Database& db, const kv::Snapshot* snapshot, uint64_t revision) {
  ENTENTE_ASSIGN_OR_RETURN(const Counters counters, ReadCounters(db, snapshot));
  ENTENTE_ASSIGN_OR_RETURN(const uint64_t oldest, OldestRevision(db, snapshot));
  if (revision > counters.revision) {
    return MakeStatus(absl::StatusCode::kOutOfRange,
                      Cat("as_of: revision ", revision, " is not there yet; the store stands at ",
                          counters.revision));
  }
  if (revision < oldest) {
    return MakeStatus(absl::StatusCode::kOutOfRange,
                      Cat("as_of: the history before revision ", oldest,
                          " is not kept; the oldest revision that can be asked is ", oldest));
  }
  return absl::OkStatus();
}

bool AsOf::IsIndex(StoreFamily family) {
  return family == kActorTime || family == kPairTime || family == kTypeTime || family == kText;
}

bool AsOf::IsRollup(StoreFamily family) {
  return family == kActorDay || family == kPairDay || family == kActorMonth ||
         family == kPairMonth || family == kNeighbor;
}

absl::StatusOr<std::shared_ptr<AsOf>> AsOf::Build(const kv::Database& db, const Vocabulary& words,
                                                  uint64_t revision, uint64_t limit,
                                                  const Stop& stop) {
  std::shared_ptr<AsOf> then(new AsOf(db, words, revision, limit));
  ENTENTE_RETURN_IF_ERROR(then->Load(stop));
  return then;
}

absl::Status AsOf::Load(const Stop& stop) {
  for (kv::Family family = 0; family < kFamilyCount; ++family) {
    const auto known = static_cast<StoreFamily>(family);
    if (IsIndex(known) || IsRollup(known)) rows_[known];
  }
  snapshot_ = db_.GetSnapshot();
  ENTENTE_RETURN_IF_ERROR(CheckAskable(db_, snapshot_.get(), revision_));
  const std::string key = Key().U64(revision_).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kLog, key, snapshot_.get()));
  if (!bytes || !change_.Decode(*bytes)) return DamagedRecord(kLog, key);
  ENTENTE_ASSIGN_OR_RETURN(const Counters counters, ReadCounters(db_, snapshot_.get()));
  last_event_now_ = counters.last_event;
  ENTENTE_ASSIGN_OR_RETURN(now_, Redirects::Load(db_, snapshot_.get()));
  then_ = now_.At(revision_);
  ENTENTE_RETURN_IF_ERROR(FindChanged(stop));
  return AddOldRows(stop);
}

absl::Status AsOf::FindChanged(const Stop& stop) {
  const auto it = db_.NewIterator(kHistory, Key().U64(revision_ + 1), "", snapshot_.get());
  size_t steps = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (steps++ % kStepsBetweenChecks == 0) ENTENTE_RETURN_IF_ERROR(stop.Check());
    OldVersion old;
    if (it->key().size() != 16 || !old.Decode(it->value())) {
      return DamagedRecord(kHistory, it->key());
    }
    const EventNumber event = ReadU64(it->key(), 8);
    if (!Has(event)) continue;
    Version& version = changed_[event];
    const uint64_t until = ReadU64(it->key(), 0);
    if (version.event_revision == 0 && old.event) version.event_revision = until;
    if (version.mentions_revision == 0 && old.mentions) version.mentions_revision = until;
    if (changed_.size() > limit_) {
      return ResourceExhausted(Cat("as_of: more than ", limit_, " events changed since revision ",
                                   revision_, "; ask about a later one"));
    }
  }
  return it->status();
}

absl::StatusOr<v1::Event> AsOf::ReadEvent(EventNumber event, uint64_t history_revision) const {
  const bool is_old = history_revision != 0;
  const std::string key =
      is_old ? Key().U64(history_revision).U64(event).str() : Key().U64(event).str();
  const StoreFamily family = is_old ? kHistory : kEvent;
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(family, key, snapshot_.get()));
  if (is_old) {
    OldVersion old;
    if (!bytes || !old.Decode(*bytes) || !old.event) return DamagedRecord(family, key);
    return *std::move(old.event);
  }
  if (!bytes) return DamagedRecord(family, key);
  v1::Event record;
  ENTENTE_RETURN_IF_ERROR(words_.imports().Decode(db_, snapshot_.get(), event, *bytes, &record));
  return record;
}

absl::StatusOr<ActorNumber> AsOf::NumberOf(const std::string& id) {
  ActorNumber& number = numbers_[id];
  if (number != 0) return number;
  const std::string key = Key(kIdTag).Text(id).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto value, db_.Get(kName, key, snapshot_.get()));
  if (value && value->size() != 8) return DamagedRecord(kName, key);
  if (value) number = ReadU64(*value, 0);
  return number;
}

absl::StatusOr<EventRows> AsOf::RowsOf(const v1::Event& event, const Redirects& redirects) {
  return MakeEventRows(
      event, nullptr, [this](std::string_view word) { return words_.Find(word); },
      [&](const std::string& id) -> absl::StatusOr<ActorNumber> {
        ENTENTE_ASSIGN_OR_RETURN(const ActorNumber number, NumberOf(id));
        return redirects.Resolve(number);
      });
}

absl::Status AsOf::AddOldRows(const Stop& stop) {
  size_t steps = 0;
  for (const auto& [number, version] : changed_) {
    if (steps++ % kStepsBetweenChecks == 0) ENTENTE_RETURN_IF_ERROR(stop.Check());
    ENTENTE_ASSIGN_OR_RETURN(const v1::Event event, ReadEvent(number, version.event_revision));
    ENTENTE_ASSIGN_OR_RETURN(const EventRows rows, RowsOf(event, then_));
    kv::WriteBatch batch;
    rows.Put(number, &batch);
    for (size_t i = 0; i < batch.size(); ++i) {
      const kv::WriteBatch::Operation o = batch.operation(i);
      const auto family = static_cast<StoreFamily>(o.family);
      if (IsIndex(family)) rows_[family][std::string(o.key)] = std::string(o.value);
    }
  }
  return absl::OkStatus();
}

absl::Status AsOf::MakeText(const Stop& stop) {
  const std::lock_guard lock(mutex_);
  if (text_made_) return absl::OkStatus();
  EventTextReader reader(&db_, snapshot_.get());
  kv::WriteBatch batch;
  size_t steps = 0;
  for (const auto& [number, version] : changed_) {
    if (steps++ % kStepsBetweenChecks == 0) ENTENTE_RETURN_IF_ERROR(stop.Check());
    ENTENTE_ASSIGN_OR_RETURN(const v1::Event event, ReadEvent(number, version.event_revision));
    ENTENTE_ASSIGN_OR_RETURN(const EventRows rows, RowsOf(event, then_));
    ENTENTE_ASSIGN_OR_RETURN(const auto mentions, MentionsOf(number, version.mentions_revision));
    EventText text = EventText::HeadOf(event, rows);
    ENTENTE_ASSIGN_OR_RETURN(text.reports, reader.Make(mentions));
    text.Put(number, &batch);
  }
  Rows made;
  for (size_t i = 0; i < batch.size(); ++i) {
    const kv::WriteBatch::Operation o = batch.operation(i);
    made[std::string(o.key)] = std::string(o.value);
  }
  rows_.at(kText) = std::move(made);
  text_made_ = true;
  return absl::OkStatus();
}

// Those that had come by then.
absl::StatusOr<std::vector<OldVersion::OldMention>> AsOf::MentionsOf(
    EventNumber event, uint64_t history_revision) const {
  std::vector<OldVersion::OldMention> mentions;
  if (history_revision == 0) {
    ENTENTE_ASSIGN_OR_RETURN(mentions, ReadEventMentions(db_, snapshot_.get(), event));
  } else {
    const std::string key = Key().U64(history_revision).U64(event).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kHistory, key, snapshot_.get()));
    OldVersion old;
    if (!bytes || !old.Decode(*bytes) || !old.mentions) return DamagedRecord(kHistory, key);
    mentions = *std::move(old.mentions);
  }
  std::erase_if(mentions, [this](const OldVersion::OldMention& old) {
    return old.article >> 63 == 0 && !HasArticle(old.article);
  });
  return mentions;
}

absl::Status AsOf::MakeRollups(const Stop& stop) {
  const std::lock_guard lock(mutex_);
  if (rollups_made_) return absl::OkStatus();
  const uint64_t added = last_event_now_ - change_.last_event;
  if (added > limit_) {
    return ResourceExhausted(Cat("as_of: ", added, " events were added since revision ", revision_,
                                 ", more than the ", limit_,
                                 " over which counts can be taken back; ask about a later one, or "
                                 "list the events"));
  }
  RollupDeltas deltas;
  ENTENTE_RETURN_IF_ERROR(AddUpRollups(stop, &deltas));
  for (const auto& [place, delta] : deltas.deltas()) {
    if (!delta.cells().empty()) rows_.at(place.first)[place.second] = delta.Encode();
  }
  rollups_made_ = true;
  return absl::OkStatus();
}

// What was counted then and is not now, less what is counted now and was not then.
absl::Status AsOf::AddUpRollups(const Stop& stop, RollupDeltas* deltas) {
  size_t steps = 0;
  for (const auto& [number, version] : changed_) {
    if (steps++ % kStepsBetweenChecks == 0) ENTENTE_RETURN_IF_ERROR(stop.Check());
    ENTENTE_ASSIGN_OR_RETURN(const v1::Event old, ReadEvent(number, version.event_revision));
    ENTENTE_ASSIGN_OR_RETURN(const v1::Event today, ReadEvent(number, 0));
    ENTENTE_ASSIGN_OR_RETURN(const EventRows old_rows, RowsOf(old, then_));
    ENTENTE_ASSIGN_OR_RETURN(const EventRows rows, RowsOf(today, now_));
    old_rows.AddTo(deltas, +1);
    rows.AddTo(deltas, -1);
  }
  const auto it = db_.NewIterator(kEvent, Key().U64(change_.last_event + 1), "", snapshot_.get());
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (steps++ % kStepsBetweenChecks == 0) ENTENTE_RETURN_IF_ERROR(stop.Check());
    if (it->key().size() != 8) return DamagedRecord(kEvent, it->key());
    v1::Event event;
    ENTENTE_RETURN_IF_ERROR(
        words_.imports().Decode(db_, snapshot_.get(), ReadU64(it->key(), 0), it->value(), &event));
    ENTENTE_ASSIGN_OR_RETURN(const EventRows rows, RowsOf(event, now_));
    rows.AddTo(deltas, -1);
  }
  return it->status();
}

absl::StatusOr<std::unique_ptr<kv::Iterator>> AsOf::Wrap(StoreFamily family, std::string_view lower,
                                                         std::string_view upper,
                                                         std::unique_ptr<kv::Iterator> today,
                                                         std::function<absl::Status()> tick,
                                                         const Stop& stop) {
  OverlayIterator::Hides hides;
  if (IsRollup(family)) {
    ENTENTE_RETURN_IF_ERROR(MakeRollups(stop));
  } else {
    if (family == kText) ENTENTE_RETURN_IF_ERROR(MakeText(stop));
    hides = [this, family, tick = std::move(tick)](std::string_view key) -> absl::StatusOr<bool> {
      const EventNumber event = EventOf(family, key);
      if (Has(event) && !changed_.contains(event)) return false;
      ENTENTE_RETURN_IF_ERROR(tick());
      return true;
    };
  }
  return std::unique_ptr<kv::Iterator>(std::make_unique<OverlayIterator>(
      std::move(today), &rows_.at(family), lower, upper, std::move(hides), Combined));
}

absl::StatusOr<std::optional<std::string>> AsOf::Correct(StoreFamily family, const std::string& key,
                                                         std::optional<std::string> today,
                                                         const Stop& stop) {
  ENTENTE_RETURN_IF_ERROR(MakeRollups(stop));
  const Rows& rows = rows_.at(family);
  const auto it = rows.find(key);
  if (it == rows.end()) return today;
  return std::optional<std::string>(today ? Combined(*today, it->second) : it->second);
}

}  // namespace entente::graph
