// What the actor codes of CAMEO's dictionaries mean in ours: "USAGOV" is sector GOV of USA,
// "IGOUNO" the United Nations, "PALINS" the rebels of PSE.
//
//   absl::StatusOr<ActorMeaning> meaning = codes.Read("AFGGOVMIL");   // AFG, GOV
//
// A code is read three letters at a time: a state or an organisation first, roles after it. Of
// several roles the first that has a sector of ours counts. The tables are data/import/cameo_*.tsv.
//
// Thread safety: const after construction.
#ifndef ENTENTE_INGEST_DICTIONARY_ACTOR_CODES_H_
#define ENTENTE_INGEST_DICTIONARY_ACTOR_CODES_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/import/code_tables.h"
#include "ingest/knowledge/lexicon.h"

namespace entente::dictionary {

struct ActorMeaning {
  std::string country;       // ISO 3166 alpha-3, "IGO", "UNO", "EUR"; empty: none
  std::string sector;        // empty: the state or body as such
  std::string organization;  // an id of organizations.tsv, or "region:…"; empty: none
  std::string label;         // of a region

  bool operator==(const ActorMeaning&) const = default;
};

class ActorCodes {
 public:
  // Both must outlive the result.
  ActorCodes(const ingest::CodeTables* tables, const knowledge::Lexicon* lexicon)
      : tables_(tables), lexicon_(lexicon) {}

  // `code` with or without "~" before it; with it, all of it is roles. INVALID_ARGUMENT: what part
  // of it is not known.
  absl::StatusOr<ActorMeaning> Read(std::string_view code) const;

  // A country and a sector in our own codes, each of which may be empty. INVALID_ARGUMENT.
  absl::StatusOr<ActorMeaning> Check(std::string_view country, std::string_view sector) const;

 private:
  bool ReadFirst(std::string_view part, ActorMeaning* meaning) const;
  bool ReadLater(std::string_view part, int index, ActorMeaning* meaning) const;
  bool ReadRole(std::string_view part, ActorMeaning* meaning) const;
  bool ReadGroup(std::string_view part, ActorMeaning* meaning) const;

  const ingest::CodeTables* tables_;
  const knowledge::Lexicon* lexicon_;
};

// Whether `code` is a sector of docs/lexicon.md.
bool IsSector(std::string_view code);

// Whether `country` is a state of the lexicon or a body beside states.
bool IsCountry(const knowledge::Lexicon& lexicon, std::string_view country);

}  // namespace entente::dictionary

#endif  // ENTENTE_INGEST_DICTIONARY_ACTOR_CODES_H_
