// Checking and remaking what is derived: indexes and roll-ups, from events, actors and articles.
//
//   ENTENTE_RETURN_IF_ERROR(VerifyStore(db, words, counters, stop));    // DATA_LOSS names
//   differences
//
// Memory: the ids of all actors; everything else is streamed in key order.
#ifndef ENTENTE_GRAPH_MAINTENANCE_H_
#define ENTENTE_GRAPH_MAINTENANCE_H_

#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/stop.h"
#include "graph/vocabulary.h"

namespace entente::graph {

// Compares every derived row with what the records say it must be, in both directions, and the
// counters with what is there. Reads one snapshot, so that writers may go on.
absl::Status VerifyStore(const kv::Database& db, const Vocabulary& words, const Stop& stop);

// Drops the derived families and makes them again. REQUIRES: no writers. Sets kRebuildKey first and
// removes it last, both durably, so that a rebuild that was cut short is noticed at the next
// opening.
absl::Status RebuildStore(kv::Database* db, const Vocabulary& words, const Stop& stop);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_MAINTENANCE_H_
