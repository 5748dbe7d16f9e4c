// From the codes and names of other people's event data to our types and actors: the tables of
// data/import with the ontology and the lexicon. An actor gets the id that the built-in coder would
// give it, so that PRK from news and PRK from GDELT are one.
//
//   ENTENTE_ASSIGN_OR_RETURN(auto codes, CodeMap::Load("data", ontology.get(), lexicon.get()));
//   codes->KindOfCameo("057");                                     // agreement; party, party
//   codes->actor(codes->CameoActor({.code = "USAGOV", .name = "UNITED STATES", .country = "USA",
//                                   .roles = {"GOV"}})).actor.id();  // "USA.GOV"
//
// What was asked once is answered from a table the next time.
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_IMPORT_CODE_MAP_H_
#define ENTENTE_INGEST_IMPORT_CODE_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/event.pb.h"
#include "ingest/coder/actor_resolver.h"
#include "ingest/import/code_tables.h"
#include "ingest/import/imported_event.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::ingest {

// What events of one kind have in common.
struct ImportedKind {
  v1::Event codes;       // type, subtype, cameo, plover, mode, contexts, quad class
  double goldstein = 0;  // of the CAMEO code, where a row has none of its own
  std::string source_role;
  std::string target_role;
  v1::DyadSide source_side = v1::SOURCE;
  v1::DyadSide target_side = v1::TARGET;
};

struct ImportedActor {
  v1::Actor actor;
  std::string country;  // for which it acts; empty if for none
  std::string code;     // CAMEO-style: "USAGOV"
};

class CodeMap {
 public:
  // Reads `data_dir`/import. `ontology` and `lexicon` must outlive the map. Errors: NOT_FOUND,
  // INVALID_ARGUMENT as "file:line:column: what is wrong".
  static absl::StatusOr<std::unique_ptr<CodeMap>> Load(const std::string& data_dir,
                                                       const knowledge::Ontology* ontology,
                                                       const knowledge::Lexicon* lexicon);

  // --- kinds of event; nothing for a code that no table knows ---

  // A CAMEO code. One that refines a code of ours keeps its own digits in Event.cameo.
  std::optional<KindIndex> KindOfCameo(std::string_view code);
  // A type of the ontology with an optional sub-type.
  std::optional<KindIndex> KindOfType(std::string_view type, std::string_view subtype);
  // PLOVER type, mode ("-" or empty: none) and contexts (';' between them), as POLECAT has them.
  std::optional<KindIndex> KindOfPlover(std::string_view type, std::string_view mode,
                                        std::string_view contexts);
  // ACLED. `swapped`: the second actor acts upon the first.
  std::optional<KindIndex> KindOfAcled(std::string_view event_type, std::string_view sub_event_type,
                                       bool* swapped);
  // UCDP's type_of_violence: "1", "2", "3". `sector` is what an unknown side is.
  std::optional<KindIndex> KindOfViolence(std::string_view type, std::string_view* sector);

  const ImportedKind& kind(KindIndex index) const { return kinds_[index]; }
  size_t kind_count() const { return kinds_.size(); }

  // --- actors ---

  // An actor as GDELT's columns describe it; empty fields are unknown.
  struct CameoColumns {
    std::string_view code;     // "IGOUNO", "USAGOV"
    std::string_view name;     // "UNITED NATIONS"
    std::string_view country;  // "USA"
    std::string_view group;    // "UNO"
    std::string_view ethnic;
    std::array<std::string_view, 2> religions;
    std::array<std::string_view, 3> roles;  // "GOV", "MIL", …
  };
  // REQUIRES: code or name is not empty.
  ActorIndex CameoActor(const CameoColumns& columns);
  // The same for columns that stand beside each other in a row: `row` is all of them, and is asked
  // for first. kNoActor if it was not seen before; AddRaw remembers what CameoActor says then.
  static constexpr ActorIndex kNoActor = UINT32_MAX;
  ActorIndex FindRaw(std::string_view row) const;
  void AddRaw(std::string_view row, ActorIndex actor) { raw_.emplace(row, actor); }

  // An actor by name, as ICEWS, POLECAT, ACLED and UCDP give it.
  struct NamedActor {
    std::string_view name;     // "Police (India)", "Kim Jong-Un", "Military Forces of Mali (2012-)"
    std::string_view country;  // ISO 3166 alpha-3; empty: unknown or none
    std::string_view sector;   // of ours; empty: unknown
    // Of one that no table knows. UNSPECIFIED: by the look of its name a person or organisation.
    v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED;
  };
  // Without a name it is the sector of the country, or the country.
  ActorIndex ByName(const NamedActor& query);

  // The actor that a country's code stands for.
  v1::Actor State(std::string_view country) const;

  const ImportedActor& actor(ActorIndex index) const { return actors_[index]; }
  size_t actor_count() const { return actors_.size(); }

  // --- codes of places and sectors; empty for what is not known ---

  std::string_view CountryOfFips(std::string_view code) const;
  // "Russian Federation", "Democratic Republic of Congo", "RUS".
  std::string_view CountryOfName(std::string_view name);
  // Of a list with ',' between, the most telling.
  std::string_view SectorOfIcews(std::string_view names) const;
  std::string_view SectorOfPolecat(std::string_view code) const;
  // "1", "State forces"; `kind` of an actor that no table knows.
  std::string_view SectorOfInter(std::string_view inter, v1::ActorKind* kind) const;

  // Kinds with contexts of their own are kept up to so many; later ones do without those contexts.
  static constexpr size_t kMaxKinds = 8000;

 private:
  explicit CodeMap(const knowledge::Ontology* ontology, const knowledge::Lexicon* lexicon,
                   CodeTables tables)
      : ontology_(ontology), lexicon_(lexicon), resolver_(lexicon), tables_(std::move(tables)) {}

  KindIndex AddKind(const v1::EventType& type, const v1::EventSubtype* subtype,
                    const v1::CodeSet& codes, std::string_view cameo);
  ActorIndex AddActor(const coder::ActorRef& ref);
  coder::ActorRef ResolveCameo(const CameoColumns& columns) const;
  coder::ActorRef ResolveName(const NamedActor& query);
  coder::ActorRef RegionActor(const CodeTables::Region& region, std::string_view sector) const;
  coder::ActorRef OrganizationActor(const knowledge::Organization& organization) const;
  std::string SectorOfCameo(const CameoColumns& columns) const;
  // A person or organisation whose whole name that is, and whose country agrees; an empty id if
  // there is none.
  coder::ActorRef FindPerson(std::string_view name, std::string_view country) const;
  coder::ActorRef FindOrganization(std::string_view name, std::string_view country,
                                   std::string_view sector, bool sector_must_agree) const;
  std::vector<knowledge::Match> WholeMatches(std::string_view name) const;
  coder::ActorRef Mint(const NamedActor& query) const;
  v1::ActorKind KindByLook(std::string_view name) const;

  const knowledge::Ontology* const ontology_;
  const knowledge::Lexicon* const lexicon_;
  const coder::ActorResolver resolver_;
  std::deque<ImportedKind> kinds_;
  TextMap<std::optional<KindIndex>> kinds_by_code_;
  std::deque<ImportedActor> actors_;
  TextMap<ActorIndex> actors_by_key_;
  TextMap<ActorIndex> actors_by_ref_;
  TextMap<ActorIndex> raw_;
  TextMap<std::string> countries_;  // CountryOfName's answers
  const CodeTables tables_;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_CODE_MAP_H_
