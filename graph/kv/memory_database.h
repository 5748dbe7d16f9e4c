// The key-value seam in memory: the model that RocksDB is tested against, and the database of
// stores that nobody keeps. Every key has its versions, so that snapshots and iterators see the
// past.
//
//   std::unique_ptr<Database> db = OpenMemoryDatabase({{.name = "events"}});
#ifndef ENTENTE_GRAPH_KV_MEMORY_DATABASE_H_
#define ENTENTE_GRAPH_KV_MEMORY_DATABASE_H_

#include <memory>
#include <vector>

#include "graph/kv/database.h"

namespace entente::graph::kv {

std::unique_ptr<Database> OpenMemoryDatabase(const std::vector<FamilyOptions>& families);

}  // namespace entente::graph::kv

#endif  // ENTENTE_GRAPH_KV_MEMORY_DATABASE_H_
