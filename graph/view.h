// What one call of the store reads through: a snapshot, the vocabulary, the caller's patience, and
// how many keys it may still look at.
//
//   const View view(db, &words, stop, options.scan_limit_keys);
//   ENTENTE_ASSIGN_OR_RETURN(const ActorNumber actor, view.ResolveActor("Kim Jong Un", "actor"));
//   ENTENTE_ASSIGN_OR_RETURN(const v1::Actor record, view.ReadActor(actor));
//
// Thread safety: belongs to one thread. The database and the vocabulary must outlive it.
#ifndef ENTENTE_GRAPH_VIEW_H_
#define ENTENTE_GRAPH_VIEW_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entente/v1/actor.pb.h"
#include "entente/v1/event.pb.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/rollup.h"
#include "graph/stop.h"
#include "graph/vocabulary.h"

namespace entente::graph {

class View {
 public:
  // `scan_limit` is in keys; 0 means none.
  View(const kv::Database* db, const Vocabulary* words, const Stop& stop, int64_t scan_limit)
      : db_(db),
        words_(words),
        stop_(stop),
        scan_limit_(scan_limit),
        snapshot_(db->GetSnapshot()) {}

  const Vocabulary& words() const { return *words_; }
  const Stop& stop() const { return stop_; }

  // To be called for each key that a scan looks at. RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
  // CANCELLED.
  absl::Status Tick() const;
  // For loops over what was scanned before. DEADLINE_EXCEEDED, CANCELLED.
  absl::Status CheckStop() const { return stop_.Check(); }

  absl::StatusOr<std::optional<std::string>> Get(StoreFamily family, std::string_view key) const {
    return db_->Get(family, key, snapshot_.get());
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      StoreFamily family, std::span<const std::string> keys) const {
    return db_->MultiGet(family, keys, snapshot_.get());
  }
  // Keys in [lower, upper); an empty upper is the end of the family.
  std::unique_ptr<kv::Iterator> Scan(StoreFamily family, std::string_view lower,
                                     std::string_view upper) const {
    return db_->NewIterator(family, lower, upper, snapshot_.get());
  }
  std::unique_ptr<kv::Iterator> ScanPrefix(StoreFamily family, std::string_view prefix) const {
    return Scan(family, prefix, PrefixEnd(prefix));
  }

  // The actor with exactly this id; 0 if there is none.
  absl::StatusOr<ActorNumber> FindActor(std::string_view id) const;

  // An actor argument of the API: an id, "actors/{id}", or a name (folded) that one actor has.
  // `field` is named in errors. INVALID_ARGUMENT (empty, or several have the name), NOT_FOUND.
  absl::StatusOr<ActorNumber> ResolveActor(std::string_view argument, std::string_view field) const;

  // Actors with event_count filled, in order. DATA_LOSS if one is missing.
  absl::StatusOr<std::vector<v1::Actor>> ReadActors(std::span<const ActorNumber> actors) const;
  absl::StatusOr<v1::Actor> ReadActor(ActorNumber actor) const;

  // Whole events, in order, with their mentions if asked for. DATA_LOSS if one is missing.
  absl::StatusOr<std::vector<v1::Event>> ReadEvents(std::span<const EventNumber> events,
                                                    bool include_mentions) const;

  // The event of a record in `event`, without id and mentions. DATA_LOSS.
  absl::Status DecodeEvent(std::string_view key, std::string_view record, v1::Event* event) const;

  // Mentions of an event, oldest first.
  absl::Status ReadMentions(EventNumber event, v1::Event* out) const;

 private:
  const kv::Database* db_;
  const Vocabulary* words_;
  const Stop& stop_;
  const int64_t scan_limit_;
  const std::unique_ptr<kv::Snapshot> snapshot_;
  mutable int64_t scanned_ = 0;
};

// False for a role of no known state ("police", "civilians"): events that name one have nobody in
// common, so that it links nobody in the graph of actors.
bool IsSomebody(const v1::Actor& actor);

// DATA_LOSS about a record that cannot be read.
absl::Status DamagedRecord(StoreFamily family, std::string_view key);

// Row and roll-up of an iterator's place. DATA_LOSS if the bytes are none.
absl::Status DecodeRow(StoreFamily family, const kv::Iterator& it, EventRow* row);
absl::Status DecodeRollup(StoreFamily family, const kv::Iterator& it, Rollup* rollup);

// "1234" or "events/1234". INVALID_ARGUMENT.
absl::StatusOr<EventNumber> ParseEventId(std::string_view id);

// The keys under which a name of an actor is found: the whole name, and the rest from each later
// word.
std::vector<std::string> NameKeys(std::string_view name, ActorNumber actor);

// All names of an actor: id, display name, names; folded ones may repeat.
std::vector<std::string> NamesOf(const v1::Actor& actor);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_VIEW_H_
