// The tables of data/import: codes and names that other people's event data use, and ours for them.
// Each file says in its header what its columns are and where they come from.
//
// Plain data. Thread safety: as any other value.
#ifndef ENTENTE_INGEST_IMPORT_CODE_TABLES_H_
#define ENTENTE_INGEST_IMPORT_CODE_TABLES_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "entente/v1/actor.pb.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::ingest {

// Looks a std::string key up by a view of it.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct CodeTables {
  struct Region {
    std::string actor;  // a state's code, or "region:…"
    std::string label;
  };
  struct EventClass {
    std::string type;  // of the ontology; empty: left out
    std::string subtype;
    std::string sector;    // ucdp_violence.tsv: of a side that no table knows
    bool swapped = false;  // acled_events.tsv: the second actor acts upon the first
  };
  struct Inter {
    std::string sector;
    v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED;
  };

  TextMap<std::string> cameo_sectors;
  TextMap<Region> cameo_countries;
  TextMap<std::string> cameo_groups;
  TextMap<std::string> cameo_religions;  // → label
  TextMap<std::string> fips_countries;
  TextMap<std::string> country_names;  // by folded name
  TextMap<std::string> icews_sectors;  // "-": none
  TextMap<std::string> polecat_sectors;
  TextMap<std::string> polecat_events;  // PairKey(type, mode) → CAMEO code
  TextMap<EventClass> acled_events;     // PairKey(event type, sub-event type)
  TextMap<Inter> acled_inter;           // by number and by folded name
  TextMap<EventClass> violence;         // by number
  // Beginnings of actors' names in ACLED and UCDP → sector.
  std::map<std::string, std::string, std::less<>> name_beginnings;

  // Reads `data_dir`/import. Checked is that types, codes, countries and actors are in the ontology
  // and the lexicon. Errors: NOT_FOUND, INVALID_ARGUMENT as "file:line:column: what is wrong".
  static absl::StatusOr<CodeTables> Load(const std::string& data_dir,
                                         const knowledge::Ontology& ontology,
                                         const knowledge::Lexicon& lexicon);
};

// A key of two parts.
std::string PairKey(std::string_view first, std::string_view second);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_CODE_TABLES_H_
