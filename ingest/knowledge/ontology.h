// The event ontology: which types of event exist, what roles they have, and the codes of CAMEO and
// PLOVER that an event of a type has at a status. Loaded from data/ontology, where
//
//   *.textproto   the types, as v1.Ontology messages (the schema is
//   proto/entente/v1/ontology.proto) cameo.tsv     every CAMEO code with its intensity and PLOVER
//   meaning plover.tsv    the vocabulary of PLOVER
//
//   ENTENTE_ASSIGN_OR_RETURN(auto ontology, knowledge::Ontology::Load(data_dir));
//   const v1::EventType* type = ontology->FindType("aid");
//   ontology->CodesFor("aid", "military", v1::PLANNED)->cameo();   // "0332"
//   ontology->Land("0332")->type->id();                            // "intent_to_cooperate"
//
// Thread safety: an Ontology never changes once loaded and may be shared by any number of threads.
// Pointers that it returns live as long as it does.
#ifndef ENTENTE_INGEST_KNOWLEDGE_ONTOLOGY_H_
#define ENTENTE_INGEST_KNOWLEDGE_ONTOLOGY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/event.pb.h"
#include "entente/v1/ontology.pb.h"

namespace entente::knowledge {

// The class of a CAMEO code, by its root as GDELT counts: 01 to 05 verbal cooperation, 06 to 08
// material cooperation, 09 to 13 verbal conflict, 14 to 20 material conflict. UNSPECIFIED for what
// does not begin with a root.
v1::QuadClass QuadClassOfCameo(std::string_view cameo);

// One of the ontology's files, in memory.
struct OntologyFile {
  std::string name;  // for messages: "data/ontology/1_verbal_cooperation.textproto"
  std::string text;
};

// Where an event that was coded elsewhere, with a CAMEO code alone, lands.
struct CameoLanding {
  const v1::EventType* type = nullptr;
  const v1::EventSubtype* subtype = nullptr;  // null: the type itself
};

class Ontology {
 public:
  // Loads and checks `data_dir`/ontology. Errors: NOT_FOUND (no such folder or file),
  // INVALID_ARGUMENT for content, as "file:line:column: what is wrong". Checked is that
  //   - each file parses, exactly one gives the version, and ids and numbers are unique and in
  //   form;
  //   - `detail` is one of the alternatives of Event.detail;
  //   - roles are unique, at least one is required, and their sides make a dyad: SOURCE and TARGET,
  //     or BOTH;
  //   - CAMEO codes and PLOVER types, modes and contexts are known, intensities within -10 to 10,
  //     and a quad class, where given, is that of the CAMEO root;
  //   - statuses of status_codes are names of EventStatus, each at most once;
  //   - every code of cameo.tsv lands on exactly one type or sub-type.
  static absl::StatusOr<std::unique_ptr<const Ontology>> Load(const std::string& data_dir);

  // The same from memory, for tests and checks of a user's own files.
  static absl::StatusOr<std::unique_ptr<const Ontology>> FromFiles(
      const std::vector<OntologyFile>& types, const OntologyFile& cameo,
      const OntologyFile& plover);

  // All types, by number, with every code filled in. This is what EventGraph.GetOntology returns.
  const v1::Ontology& Proto() const { return proto_; }

  // By id, in O(log types); null if there is none.
  const v1::EventType* FindType(std::string_view id) const;
  // By number, in O(log types); null if there is none.
  const v1::EventType* FindType(uint32_t number) const;

  // Null if `type` has no such role or sub-type.
  static const v1::Role* FindRole(const v1::EventType& type, std::string_view role);
  static const v1::EventSubtype* FindSubtype(const v1::EventType& type, std::string_view subtype);

  // The codes of an event of `type`, of `subtype` (empty: none) and at `status`: those of the
  // status if the sub-type, or else the type, names a code for it; else those of the sub-type, or
  // else of the type. Null if there is no such type or sub-type.
  const v1::CodeSet* CodesFor(std::string_view type, std::string_view subtype,
                              v1::EventStatus status = v1::OCCURRED) const;

  // What cameo.tsv says of a code ("072", "0332"); a root alone ("07") stands for its general code
  // ("070"). Null if there is no such code.
  const v1::CodeSet* FindCameo(std::string_view cameo) const;
  // Its label ("Provide military aid"); empty if there is no such code.
  std::string_view CameoLabel(std::string_view cameo) const;

  // Where an import of a CAMEO code lands. A finer code than is known (ICEWS and later coders added
  // some) lands where the code that it refines does. Nothing if not even the root is known.
  std::optional<CameoLanding> Land(std::string_view cameo) const;

 private:
  friend class OntologyBuilder;
  struct CameoCode {
    std::string label;
    v1::CodeSet codes;
    CameoLanding landing;
  };

  Ontology() = default;
  const CameoCode* FindCode(std::string_view cameo) const;

  v1::Ontology proto_;
  std::map<std::string, const v1::EventType*, std::less<>> by_id_;
  std::map<uint32_t, const v1::EventType*> by_number_;
  std::map<std::string, CameoCode, std::less<>> cameo_;
};

}  // namespace entente::knowledge

#endif  // ENTENTE_INGEST_KNOWLEDGE_ONTOLOGY_H_
