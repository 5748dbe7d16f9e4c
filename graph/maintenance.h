// Checking and remaking what is derived: indexes and roll-ups, from events, actors and articles.
//
//   ENTENTE_RETURN_IF_ERROR(VerifyStore(view));    // DATA_LOSS names differences
//
// Verify takes memory for the ids of 100,000 actors and reads everything in the order of keys; what
// it adds up does not grow with the store. Rebuild holds the ids of all actors.
#ifndef ENTENTE_GRAPH_MAINTENANCE_H_
#define ENTENTE_GRAPH_MAINTENANCE_H_

#include <set>
#include <string>
#include <string_view>

#include "base/status.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/view.h"

namespace entente::graph {

// Compares every derived row with what the records say it must be, in both directions, events with
// their reports, and the counters with what is there. Reads one snapshot, so that writers may go
// on. REQUIRES: `view` is of now.
absl::Status VerifyStore(const View& view);

// All that can be made again.
std::set<StoreFamily> DerivedFamilies();

// Drops derived families and makes them again. REQUIRES: no writers. Sets kRebuildKey first and
// removes it last, both durably, so that a rebuild that was cut short is noticed at the next
// opening.
absl::Status RebuildStore(kv::Database* db, const View& view,
                          const std::set<StoreFamily>& families);

// The value of kRebuildKey: a byte for each family; no byte means all derived ones. DATA_LOSS.
std::string EncodeFamilies(const std::set<StoreFamily>& families);
absl::StatusOr<std::set<StoreFamily>> DecodeFamilies(std::string_view bytes);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_MAINTENANCE_H_
