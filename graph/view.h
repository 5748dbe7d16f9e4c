// What one call of the store reads through: a snapshot, the vocabulary, the caller's patience, and
// how many keys it may still look at.
//
//   const View view(db, &words, stop, options.scan_limit_keys);
//   ENTENTE_ASSIGN_OR_RETURN(const ActorNumber actor, view.ResolveActor("Kim Jong Un", "actor"));
//   ENTENTE_ASSIGN_OR_RETURN(const v1::Actor record, view.ReadActor(actor));
//
// Thread safety: belongs to one thread. It may be moved until it is first used. The database and
// the vocabulary must outlive it.
#ifndef ENTENTE_GRAPH_VIEW_H_
#define ENTENTE_GRAPH_VIEW_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "entente/v1/actor.pb.h"
#include "entente/v1/event.pb.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/redirects.h"
#include "graph/rollup.h"
#include "graph/stop.h"
#include "graph/vocabulary.h"

namespace entente::graph {

class AsOf;

class View {
 public:
  // Of now. `scan_limit` is in keys; 0 means none. `redirects` must be those of the same moment.
  View(const kv::Database* db, const Vocabulary* words, std::shared_ptr<const Redirects> redirects,
       const Stop& stop, int64_t scan_limit)
      : db_(db),
        words_(words),
        stop_(stop),
        scan_limit_(scan_limit),
        redirects_holder_(std::move(redirects)),
        redirects_(redirects_holder_.get()),
        own_snapshot_(db->GetSnapshot()),
        snapshot_(own_snapshot_.get()) {}

  // Of a past revision.
  View(const kv::Database* db, const Vocabulary* words, std::shared_ptr<AsOf> then,
       const Stop& stop, int64_t scan_limit);

  const Vocabulary& words() const { return *words_; }
  const Stop& stop() const { return stop_; }

  // To be called for each key that a scan looks at. RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED,
  // CANCELLED.
  absl::Status Tick() const;
  // For loops over what was scanned before. DEADLINE_EXCEEDED, CANCELLED.
  absl::Status CheckStop() const { return stop_.Check(); }

  // Roll-ups and index rows are those of the view's revision; records are those of today, for which
  // see the methods below.
  absl::StatusOr<std::optional<std::string>> Get(StoreFamily family, std::string_view key) const;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      StoreFamily family, std::span<const std::string> keys) const;
  // Keys in [lower, upper); an empty upper is the end of the family. The view must outlive it.
  std::unique_ptr<kv::Iterator> Scan(StoreFamily family, std::string_view lower,
                                     std::string_view upper) const;
  std::unique_ptr<kv::Iterator> ScanPrefix(StoreFamily family, std::string_view prefix) const {
    return Scan(family, prefix, PrefixEnd(prefix));
  }

  const kv::Database& db() const { return *db_; }
  const kv::Snapshot* snapshot() const { return snapshot_; }
  const Redirects& redirects() const { return *redirects_; }

  // The actor that counts for exactly this id, merges followed; 0 if there is none.
  absl::StatusOr<ActorNumber> FindActor(std::string_view id) const;

  // Whom a number in the name index stands for: merges followed; 0 if nobody had come yet.
  ActorNumber CountsFor(ActorNumber number) const;

  // An actor argument of the API: an id, "actors/{id}", or a name (folded) that one actor has.
  // `field` is named in errors. INVALID_ARGUMENT (empty, or several have the name), NOT_FOUND.
  absl::StatusOr<ActorNumber> ResolveActor(std::string_view argument, std::string_view field) const;

  // Actors with the output-only fields filled, in order. DATA_LOSS if one is missing.
  absl::StatusOr<std::vector<v1::Actor>> ReadActors(std::span<const ActorNumber> actors) const;
  absl::StatusOr<v1::Actor> ReadActor(ActorNumber actor) const;

  // The event; absent if there is none, or none yet. Also events that were retracted. DATA_LOSS.
  absl::StatusOr<std::optional<v1::Event>> FindEvent(EventNumber event,
                                                     bool include_mentions) const;

  // Whole events, in order, with their mentions if asked for. DATA_LOSS if one is missing.
  absl::StatusOr<std::vector<v1::Event>> ReadEvents(std::span<const EventNumber> events,
                                                    bool include_mentions) const;

  // The same at the end of `out`, which may live on an arena. After an error `out` has some of
  // them.
  absl::Status AppendEvents(std::span<const EventNumber> events, bool include_mentions,
                            google::protobuf::RepeatedPtrField<v1::Event>* out) const;

  // The event of a record in `event`, without id and mentions. DATA_LOSS.
  absl::Status DecodeEvent(std::string_view key, std::string_view record, v1::Event* event) const;

  // True if the article had come by the view's revision; always, for a view of now.
  bool HasArticle(ArticleNumber article) const;
  // The past revision that the view shows; the highest number for a view of now.
  uint64_t revision() const;

 private:
  absl::StatusOr<std::optional<v1::Event>> ReadVersion(EventNumber event,
                                                       std::optional<std::string> record) const;
  absl::Status ReadRecords(std::span<const EventNumber> events, std::span<const std::string> keys,
                           int begin, google::protobuf::RepeatedPtrField<v1::Event>* out) const;
  absl::Status ReadVersions(std::span<const EventNumber> events, std::span<const std::string> keys,
                            int begin, google::protobuf::RepeatedPtrField<v1::Event>* out) const;
  absl::Status ReadMentions(EventNumber event, v1::Event* out) const;
  absl::StatusOr<std::vector<v1::Mention>> MentionsOf(EventNumber event) const;
  void Present(EventNumber number, v1::Event* event) const;

  const kv::Database* db_;
  const Vocabulary* words_;
  const Stop& stop_;
  int64_t scan_limit_;
  std::shared_ptr<AsOf> then_;  // null: now
  std::shared_ptr<const Redirects> redirects_holder_;
  const Redirects* redirects_;
  std::unique_ptr<kv::Snapshot> own_snapshot_;  // null: that of then_
  const kv::Snapshot* snapshot_;
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
