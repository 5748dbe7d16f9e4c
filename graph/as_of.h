// The store as it stood after a past revision. Events are numbered in the order of commits, so what
// came later is known by its number; what changed later stands in the history family with what it
// was before. From both follow the differences of indexes and roll-ups between then and now, which
// a View lays over what it reads: every question works as it does today, and is exact.
//
//   ENTENTE_ASSIGN_OR_RETURN(std::shared_ptr<AsOf> then, AsOf::Build(db, words, 41, limit, stop));
//   const View view(db, &words, then, stop, scan_limit);
//
// Cost: Build scans the history rows after the revision and reads those events; the first question
// that touches a roll-up also reads the events that were added since. Both are bounded by a limit.
// An AsOf holds a snapshot of the database, and answers for its revision as long as it lives.
//
// Thread safety: any thread.
#ifndef ENTENTE_GRAPH_AS_OF_H_
#define ENTENTE_GRAPH_AS_OF_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "graph/event_rows.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/redirects.h"
#include "graph/stop.h"
#include "graph/vocabulary.h"

namespace entente::graph {

class AsOf {
 public:
  // Where an event that changed since has what it was.
  struct Version {
    uint64_t event_revision = 0;     // of its row in history; 0: the record of today
    uint64_t mentions_revision = 0;  // of the row with all its mentions; 0: those of today
  };

  // `revision` must be known to the snapshot that is taken. `limit`: events that may have changed,
  // and that may have been added where roll-ups are asked. RESOURCE_EXHAUSTED, OUT_OF_RANGE (see
  // CheckAskable), those of `stop`, DATA_LOSS.
  static absl::StatusOr<std::shared_ptr<AsOf>> Build(const kv::Database& db,
                                                     const Vocabulary& words, uint64_t revision,
                                                     uint64_t limit, const Stop& stop);

  uint64_t revision() const { return revision_; }
  const kv::Snapshot* snapshot() const { return snapshot_.get(); }
  const Redirects& redirects() const { return then_; }

  // What had come by then.
  bool Has(EventNumber event) const { return event <= change_.last_event; }
  bool HasActor(ActorNumber actor) const { return actor <= change_.last_actor; }
  bool HasArticle(ArticleNumber article) const { return article <= change_.last_article; }
  // Null: the event is today what it was.
  const Version* Changed(EventNumber event) const {
    const auto it = changed_.find(event);
    return it == changed_.end() ? nullptr : &it->second;
  }

  // An index or a roll-up family as it was, in [lower, upper). Takes the cursor over today's rows;
  // `tick` is asked for each of them that is passed over.
  absl::StatusOr<std::unique_ptr<kv::Iterator>> Wrap(StoreFamily family, std::string_view lower,
                                                     std::string_view upper,
                                                     std::unique_ptr<kv::Iterator> today,
                                                     std::function<absl::Status()> tick,
                                                     const Stop& stop);
  // A row of a roll-up family as it was.
  absl::StatusOr<std::optional<std::string>> Correct(StoreFamily family, const std::string& key,
                                                     std::optional<std::string> today,
                                                     const Stop& stop);

  // True for the families that Wrap and Correct know.
  static bool IsIndex(StoreFamily family);
  static bool IsRollup(StoreFamily family);

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;

  AsOf(const kv::Database& db, const Vocabulary& words, uint64_t revision, uint64_t limit)
      : db_(db), words_(words), revision_(revision), limit_(limit) {}

  absl::Status Load(const Stop& stop);
  absl::Status FindChanged(const Stop& stop);
  absl::Status AddOldRows(const Stop& stop);
  absl::Status MakeRollups(const Stop& stop);
  absl::Status MakeText(const Stop& stop);
  absl::Status AddUpRollups(const Stop& stop, RollupDeltas* deltas);
  absl::StatusOr<v1::Event> ReadEvent(EventNumber event, uint64_t history_revision) const;
  absl::StatusOr<EventRows> RowsOf(const v1::Event& event, const Redirects& redirects);
  absl::StatusOr<std::vector<OldVersion::OldMention>> MentionsOf(EventNumber event,
                                                                 uint64_t history_revision) const;
  absl::StatusOr<ActorNumber> NumberOf(const std::string& id);

  const kv::Database& db_;
  const Vocabulary& words_;
  const uint64_t revision_;
  const uint64_t limit_;

  std::unique_ptr<kv::Snapshot> snapshot_;
  Change change_;  // of the revision
  EventNumber last_event_now_ = 0;
  Redirects then_;
  Redirects now_;
  std::unordered_map<EventNumber, Version> changed_;
  std::unordered_map<std::string, ActorNumber> numbers_;
  // Of indexes, complete once built, of text once text_made_; of roll-ups, the differences, once
  // rollups_made_. Every family
  // has its entry from the beginning.
  std::map<StoreFamily, Rows> rows_;

  std::mutex mutex_;  // guards those below and, once built, numbers_
  bool rollups_made_ = false;
  bool text_made_ = false;
};

// OK if `revision` can be asked in the snapshot. OUT_OF_RANGE: after the last one, or before the
// oldest that was not compacted away, which the message names.
absl::Status CheckAskable(const kv::Database& db, const kv::Snapshot* snapshot, uint64_t revision);

// The oldest revision that can be asked; 0: the empty store before the first.
absl::StatusOr<uint64_t> OldestRevision(const kv::Database& db, const kv::Snapshot* snapshot);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_AS_OF_H_
