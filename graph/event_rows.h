// Everything that is derived from one event: its rows in the indexes, what it adds to roll-ups, and
// the keys under which a later report finds it. One definition for ingestion, curation, as-of
// reads, Verify and Rebuild.
//
//   ENTENTE_ASSIGN_OR_RETURN(const EventRows before, MakeEventRows(old, nullptr, word_of,
//   actor_of)); ENTENTE_ASSIGN_OR_RETURN(const EventRows after, MakeEventRows(event, nullptr,
//   word_of, actor_of)); ReplaceEventRows(number, before, after, &batch, &deltas);
//
// Pure functions.
#ifndef ENTENTE_GRAPH_EVENT_ROWS_H_
#define ENTENTE_GRAPH_EVENT_ROWS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "entente/v1/event.pb.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/projection.h"
#include "graph/records.h"
#include "graph/rollup.h"

namespace entente::graph {

// The differences that events make to roll-ups, added up before they are written.
class RollupDeltas {
 public:
  using Deltas = std::map<std::pair<StoreFamily, std::string>, Rollup>;

  // Counts (or, with -1, takes back) an event under its actors and pairs.
  void Add(Date day, const EventRow& row, const Projection& projection, int64_t count);
  void MergeInto(kv::WriteBatch* batch) const;
  const Deltas& deltas() const { return deltas_; }

 private:
  Deltas deltas_;
};

// Puts the rows of an event into actor_time, pair_time and type_time.
void PutIndexRows(EventNumber event, Date day, const EventRow& row, const Projection& projection,
                  kv::WriteBatch* batch);

// Puts the row under which a later report finds an event: of `source` for one with a source_id,
// else of `event_key`.
void PutEventKey(const v1::Event& event, std::string_view key, EventNumber number,
                 kv::WriteBatch* batch);

// The number of a word; 0: none has it.
using WordFinder = std::function<WordNumber(std::string_view)>;
// The number that counts for an actor's id, merges followed; 0: no such actor.
using ActorFinder = std::function<absl::StatusOr<ActorNumber>(const std::string& id)>;

struct EventRows {
  bool counts = false;  // false: the event was retracted, and has no rows
  Date day;
  EventRow row;
  Projection projection;
  std::set<std::string> event_keys;  // without the event's number
  std::string source_key;            // of an imported event, also once it is retracted; else empty

  // Adds the rows of `event` to the batch.
  void Put(EventNumber event, kv::WriteBatch* batch) const;
  // Counts the event, or takes it back.
  void AddTo(RollupDeltas* deltas, int64_t count) const;
};

// `uncorrected`: what the reports of a corrected event make; null if there are no corrections.
// DATA_LOSS: a type or a participant that no record knows.
absl::StatusOr<EventRows> MakeEventRows(const v1::Event& event, const v1::Event* uncorrected,
                                        const WordFinder& word_of, const ActorFinder& actor_of);

// Writes the difference: rows that go, rows that come or change, and roll-ups.
void ReplaceEventRows(EventNumber event, const EventRows& before, const EventRows& after,
                      kv::WriteBatch* batch, RollupDeltas* deltas);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_EVENT_ROWS_H_
