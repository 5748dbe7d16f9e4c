// Makes a lexicon folder of a dictionary's entries: people and organisations with the time of each
// code, other names of states, roles. What ours says already is left to ours.
//
//   LexiconMaker maker(&ours, &codes);
//   for (const Entry& entry : entries) maker.Add(entry);
//   for (const LexiconFile& table : maker.Finish("made of actors.txt")) Write(table);
//
// At any day a name has one code: where the codes of an entry overlap the first counts, and one
// without dates holds whenever no other does. Somebody whom our tables know keeps the offices that
// agree with the dictionary, and what they say of times of which the dictionary says nothing.
//
// Thread safety: one thread.
#ifndef ENTENTE_INGEST_DICTIONARY_LEXICON_MAKER_H_
#define ENTENTE_INGEST_DICTIONARY_LEXICON_MAKER_H_

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "entente/v1/actor.pb.h"
#include "ingest/dictionary/actor_codes.h"
#include "ingest/dictionary/entry.h"
#include "ingest/knowledge/lexicon.h"

namespace entente::dictionary {

struct MakerCounts {
  int64_t entries = 0;  // handed in
  int64_t names = 0;    // of these, synonyms among them
  int64_t people = 0;   // written; those that change one of ours among them
  int64_t organizations = 0;
  int64_t other_names = 0;  // phrases for a state or a known organisation
  int64_t roles = 0;
  int64_t known = 0;  // names that ours has with the same meaning: not written
};

class LexiconMaker {
 public:
  // Both must outlive the maker.
  LexiconMaker(const knowledge::Lexicon* ours, const ActorCodes* codes)
      : ours_(ours), codes_(codes) {}

  // Takes an entry in; what cannot be taken in is appended to refusals(). Linear in its names times
  // its codes.
  void Add(const Entry& entry);

  const MakerCounts& counts() const { return counts_; }
  std::vector<Refusal>& refusals() { return refusals_; }

  // The tables that have rows, by their file names. `provenance` is put into their headers: lines
  // without "#". The maker is spent afterwards.
  std::vector<knowledge::LexiconFile> Finish(std::string_view provenance);

 private:
  // One code of an entry, understood.
  struct Meaning {
    ActorMeaning actor;
    std::string office;
    knowledge::Period period;
    bool dated = false;
    Position at;
  };

  // A row to be of offices.tsv or organizations.tsv.
  struct Row {
    std::string country;
    std::string sector;
    std::string office;
    knowledge::Period period;
  };

  struct Actor {
    v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED;
    std::string name;
    std::set<std::string> aliases;
    std::vector<Row> rows;  // of the dictionary; no two of them overlap
    bool ours = false;      // an id of ours
  };

  std::vector<Name> ReadNames(const Entry& entry);
  std::vector<Meaning> ReadMeanings(const Entry& entry);
  void AddRoles(const std::vector<Name>& names, const std::vector<Meaning>& meanings,
                const Entry& entry);
  void AddRole(const Name& name, const Meaning& meaning, const Entry& entry);
  void AddOtherNames(const std::vector<Name>& names, const ActorMeaning& meaning);
  void AddDatedStates(const std::vector<Name>& names, const std::vector<Meaning>& meanings);
  void AddActor(const Entry& entry, const std::vector<Name>& names,
                const std::vector<Meaning>& meanings);

  v1::ActorKind KindOf(const Entry& entry, const std::vector<Name>& names,
                       const std::vector<Meaning>& meanings) const;
  bool LooksLikePerson(const std::vector<Name>& names, const std::vector<Meaning>& meanings) const;
  std::string RoleKind(std::string_view phrase) const;
  // Everything of ours that the whole phrase means.
  std::vector<knowledge::Match> Whole(std::string_view phrase) const;
  bool IsKnownName(std::string_view phrase, const ActorMeaning& meaning) const;
  bool IsKnownRole(std::string_view phrase, std::string_view sector) const;
  const knowledge::Person* FindPerson(const std::vector<Name>& names,
                                      const std::vector<Meaning>& meanings) const;
  const knowledge::Organization* FindOrganization(const std::vector<Name>& names,
                                                  const std::vector<Meaning>& meanings) const;
  Actor& ActorFor(const Entry& entry, v1::ActorKind kind, const std::vector<Name>& names,
                  const std::vector<Meaning>& meanings);
  std::string FreeId(std::string id, const std::string& country, bool person) const;
  void AddTimes(const std::vector<Meaning>& meanings, Actor* actor);
  void AddTime(const Meaning& meaning, Actor* actor);
  std::vector<Row> WithOurs(const Actor& actor) const;
  bool SaysWhatOursDoes(const Actor& actor, const std::vector<Row>& rows) const;

  std::string Table(bool people);
  // One code, and the second time begins no later than the day after the first, which began before.
  static bool Meets(const Row& row, const Row& next);
  std::string Rows(const std::string& id, const Actor& actor, std::vector<Row> rows) const;

  const knowledge::Lexicon* ours_;
  const ActorCodes* codes_;
  std::map<std::string, Actor> actors_;             // by id
  std::map<std::string, std::string> other_names_;  // phrase → the rest of its row
  std::map<std::string, std::string> roles_;        // phrase → the rest of its row
  std::set<std::string> dated_states_;              // rows of organizations.tsv
  MakerCounts counts_;
  std::vector<Refusal> refusals_;
};

// "AFGHAN_NATIONAL ARMY" in capitals only as news writes it: "Afghan National Army". Acronyms stay,
// as far as `names`, the entry's other names, and the look of the word tell them.
std::string FromCapitals(std::string_view name, const std::vector<Name>& names);

}  // namespace entente::dictionary

#endif  // ENTENTE_INGEST_DICTIONARY_LEXICON_MAKER_H_
