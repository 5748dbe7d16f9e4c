#include "graph/families.h"

#include "graph/rollup.h"

namespace entente::graph {

std::vector<kv::FamilyOptions> StoreFamilies() {
  return {{"meta", true, nullptr},
          {"event", true, nullptr},
          {"mention", false, nullptr},
          {"actor", true, nullptr},
          {"article", true, nullptr},
          {"log", false, nullptr},
          {"name", true, nullptr},
          {"dedupe", true, nullptr},
          {"event_key", false, nullptr},
          {"actor_time", false, nullptr},
          {"pair_time", false, nullptr},
          {"type_time", false, nullptr},
          {"actor_day", false, RollupMerge()},
          {"pair_day", false, RollupMerge()},
          {"neighbor", true, RollupMerge()},
          {"place", true, nullptr},
          {"source", true, nullptr}};
}

std::string FamilyName(StoreFamily family) { return StoreFamilies()[family].name; }

}  // namespace entente::graph
