// The families of keys.h as the database is opened with them.
#ifndef ENTENTE_GRAPH_FAMILIES_H_
#define ENTENTE_GRAPH_FAMILIES_H_

#include <string>
#include <vector>

#include "graph/keys.h"
#include "graph/kv/database.h"

namespace entente::graph {

// In the order of StoreFamily.
std::vector<kv::FamilyOptions> StoreFamilies();

// "pair_time", as docs/storage_format.md calls it.
std::string FamilyName(StoreFamily family);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_FAMILIES_H_
