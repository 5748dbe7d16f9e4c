#include "graph/families.h"

#include "graph/rollup.h"

namespace entente::graph {

std::vector<kv::FamilyOptions> StoreFamilies() {
  //       name, point_reads, quick_reads, merge, always_found
  return {{"meta", true, false, nullptr},
          {"event", true, true, nullptr, true},
          {"mention", false, false, nullptr},
          {"actor", true, false, nullptr, true},
          {"article", true, false, nullptr},
          {"log", false, false, nullptr},
          {"name", true, false, nullptr},
          {"dedupe", true, false, nullptr},
          {"event_key", false, false, nullptr},
          {"actor_time", false, true, nullptr},
          {"pair_time", false, true, nullptr},
          {"type_time", false, false, nullptr},
          {"actor_day", false, true, RollupMerge()},
          {"pair_day", false, true, RollupMerge()},
          {"neighbor", true, true, RollupMerge()},
          {"place", true, false, nullptr, true},
          {"source", true, false, nullptr},
          {"history", false, false, nullptr},
          {"report", false, false, nullptr},
          {"curation", false, false, nullptr},
          {"actor_month", false, true, RollupMerge()},
          {"pair_month", false, true, RollupMerge()},
          {"text", false, false, nullptr}};
}

std::string FamilyName(StoreFamily family) { return StoreFamilies()[family].name; }

}  // namespace entente::graph
