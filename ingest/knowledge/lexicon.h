// What the coder knows of the world: states with their demonyms and capitals, people with dated
// offices, organisations, metonyms, the nouns that name roles, and places. The tables are TSV files
// of data/lexicon (docs of the columns: docs/lexicon.md); a user's own tables win over ours.
//
//   ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<Lexicon> lexicon, Lexicon::Load("data", {}));
//   const WordSequence words = lexicon->Words("the U.S. ambassador");
//   std::vector<Match> matches;
//   lexicon->Find(words, 1, &matches);            // "U.S.": kStateName of USA
//
// Names are looked up by words, folded (case, diacritics, hyphens and dots do not count), and then
// checked for capitals: "US" is not "us", "Turkey" is not "turkey".
//
// A Lexicon is immutable once loaded: safe to share between threads.
#ifndef ENTENTE_INGEST_KNOWLEDGE_LEXICON_H_
#define ENTENTE_INGEST_KNOWLEDGE_LEXICON_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/time.h"
#include "entente/v1/actor.pb.h"
#include "ingest/knowledge/folding.h"

namespace entente::knowledge {

// A stretch of days; both ends are inclusive. A default Period is always.
struct Period {
  Date from{INT32_MIN};
  Date to{INT32_MAX};
  bool Contains(Date date) const { return from <= date && date <= to; }
};

// A row of states.tsv: a state or territory; or of regions.tsv.
struct State {
  std::string code;  // ISO 3166 alpha-3 ("KOR"), or "EUR", "IGO", … for what stands beside states
  std::string name;  // "South Korea"
  std::string capital;
  Period period;        // while it exists under this code
  bool region = false;  // of several states, by CAMEO's code: "WAF"
};

// A row of offices.tsv: somebody holds an office for a time.
struct Term {
  int32_t person = 0;   // index into persons()
  std::string country;  // code of the state; "IGO" and the like for international offices
  std::string sector;   // "GOV", "LEG", …
  std::string office;   // "head of state", "foreign minister", …
  Period period;
};

struct Person {
  std::string id;              // "person:kim-jong-un"
  std::string name;            // "Kim Jong Un"
  std::vector<int32_t> terms;  // indices into terms(), by date of beginning
};

// A row of organizations.tsv.
struct Organization {
  std::string id;  // "org:un-security-council"
  v1::ActorKind kind = v1::ORGANIZATION;
  std::string country;
  std::string sector;
  std::string name;
  Period period;
};

// A row of metonyms.tsv: "the Kremlin" stands for the government of Russia.
struct Metonym {
  std::string actor;  // an actor id: "RUS.GOV"
  std::string country;
  std::string sector;
};

enum class RoleKind : uint8_t { kPerson, kGroup, kInstitution };
enum class RoleNumber : uint8_t { kSingular, kPlural, kMass };

// A row of role_nouns.tsv: "soldier", "opposition lawmakers", "ministry of defence".
struct RoleNoun {
  std::string phrase;
  std::string sector;
  RoleKind kind = RoleKind::kPerson;
  RoleNumber number = RoleNumber::kSingular;
};

// A row of office_terms.tsv: "prime minister" names the head of government.
struct OfficeTerm {
  std::string phrase;
  std::string office;
  std::string sector;
  std::vector<std::string> countries;  // where the phrase means that; empty: everywhere
  bool plural = false;                 // "foreign ministers"; the loader makes these
};

// A row of titles.tsv: what stands before a person's name.
struct Title {
  std::string title;
  std::string sector;
  std::string office;
};

// A row of places.tsv.
struct Place {
  std::string name;
  std::string country;  // ISO 3166 alpha-3
  std::string admin;    // the first-order division it lies in; empty if unknown
  double latitude = 0;  // degrees, WGS 84
  double longitude = 0;
  int64_t population = 0;  // 0: unknown
  std::string kind;        // "city", "region", "sea", …
};

// What a phrase was found to be. The index of a Match goes into the table named here.
enum class EntryKind : uint8_t {
  kStateName,     // states(): "Russia"
  kDemonym,       // states(): "Russian", "Russians"
  kCapital,       // states(): "Moscow"
  kMetonym,       // metonyms()
  kPerson,        // persons()
  kOrganization,  // organizations()
  kRoleNoun,      // role_nouns()
  kOfficeTerm,    // office_terms()
  kTitle,         // titles()
  kGivenName,     // no table; the index is 0
  kPlace,         // places()
};

struct Match {
  EntryKind kind = EntryKind::kStateName;
  int32_t index = 0;       // into the table of `kind`
  int32_t first_word = 0;  // index into WordSequence::words
  int32_t word_count = 0;
  // The phrase is the entry's main name, not an alias. A bare surname is always an alias.
  bool main_name = false;
  // Matched only because capitals were not asked for.
  bool case_differs = false;
};

// One folded word. A token may have several ("Jong-un") or none ("-", "'").
struct Word {
  uint32_t id = 0;    // in the lexicon's vocabulary; 0: a word no entry has, or a boundary
  int32_t token = 0;  // the token it comes from
  bool first_of_token = true;
  bool last_of_token = true;
  uint8_t shape = 0;  // kShape… of folding.h
};
struct WordSequence {
  std::vector<Word> words;
  // For each token the index of its first word, and one more entry at the end: words.size().
  std::vector<int32_t> token_begin;
};

// Whether capitals must agree with those of the lexicon.
enum class CaseRule : uint8_t { kStrict, kIgnore };

// One file for Lexicon::Parse. The part of `path` after the last '/' says which table it is.
struct LexiconFile {
  std::string path;  // shown in errors
  std::string contents;
  int layer = 0;  // entries of a higher layer hide those of a lower one for the same phrase
};

class Lexicon {
 public:
  // Reads every table in `data_dir`/lexicon, then those in each of `user_dirs` (a table that a
  // folder lacks is empty there), which win in that order over what was read before: a phrase that
  // a user's table defines means only what the user says (but stays a given name where it is one),
  // and a state, person or organisation with the same id replaces ours. Errors: NOT_FOUND (no such
  // folder, or no states.tsv in ours), INVALID_ARGUMENT (a bad cell, as "file:line:column: what"),
  // RESOURCE_EXHAUSTED (over 64 MiB).
  static absl::StatusOr<std::unique_ptr<Lexicon>> Load(const std::string& data_dir,
                                                       const std::vector<std::string>& user_dirs);

  // The same from memory. Errors: INVALID_ARGUMENT.
  static absl::StatusOr<std::unique_ptr<Lexicon>> Parse(const std::vector<LexiconFile>& files);

  ~Lexicon();
  Lexicon(const Lexicon&) = delete;
  Lexicon& operator=(const Lexicon&) = delete;

  const std::vector<State>& states() const { return states_; }
  const std::vector<Person>& persons() const { return persons_; }
  const std::vector<Term>& terms() const { return terms_; }
  const std::vector<Organization>& organizations() const { return organizations_; }
  const std::vector<Metonym>& metonyms() const { return metonyms_; }
  const std::vector<RoleNoun>& role_nouns() const { return role_nouns_; }
  const std::vector<OfficeTerm>& office_terms() const { return office_terms_; }
  const std::vector<Title>& titles() const { return titles_; }
  const std::vector<Place>& places() const { return places_; }

  // A number that the contents of the tables above the lowest layer, a user's, have; 0 without any.
  uint64_t user_fingerprint() const { return user_fingerprint_; }

  // The latest day on which any term begins: what "today" is to the tables.
  Date latest_term() const { return latest_term_; }

  // The state with that code, or null. Of several with one code the one that lasts longest.
  const State* FindState(std::string_view code) const;
  const Person* FindPerson(std::string_view id) const;
  const Organization* FindOrganization(std::string_view id) const;

  // All terms in which `office` of `country` is held, by date of beginning.
  std::vector<const Term*> TermsOf(std::string_view country, std::string_view office) const;
  // Who holds `office` of `country` on `date`, or null; of several the one who began last. Without
  // a date, the latest holder.
  const Term* Holder(std::string_view country, std::string_view office,
                     std::optional<Date> date) const;

  // Folds tokens to words for Find. Hyphens and apostrophes between tokens do not count; other
  // punctuation is a word of its own, so that no phrase crosses it that does not have it too.
  // Linear.
  WordSequence Words(const std::vector<std::string_view>& tokens) const;
  // The same for a plain phrase, cut into tokens at white space and before "'s".
  WordSequence Words(std::string_view phrase) const;

  // Folded words of the tables one slip of the pen away from `word` (a letter more, fewer or
  // another, or two neighbours swapped), sorted. Reads the whole vocabulary: for questions that
  // somebody types, not for text.
  std::vector<std::string> SimilarWords(std::string_view word) const;

  // Appends every entry whose phrase begins at word `first`, shortest first. With kStrict, only
  // those whose capitals agree: a small letter in the table agrees with anything, a capital with a
  // word that begins with one, and a word of capitals only ("US") with the like.
  void Find(const WordSequence& words, int32_t first, CaseRule rule,
            std::vector<Match>* matches) const;
  void Find(const WordSequence& words, int32_t first, std::vector<Match>* matches) const {
    Find(words, first, CaseRule::kStrict, matches);
  }

 private:
  friend class LexiconBuilder;
  struct Index;  // vocabulary, phrase trie, and the maps by id

  Lexicon();

  std::vector<State> states_;
  std::vector<Person> persons_;
  std::vector<Term> terms_;
  std::vector<Organization> organizations_;
  std::vector<Metonym> metonyms_;
  std::vector<RoleNoun> role_nouns_;
  std::vector<OfficeTerm> office_terms_;
  std::vector<Title> titles_;
  std::vector<Place> places_;
  Date latest_term_{INT32_MIN};
  uint64_t user_fingerprint_ = 0;
  std::unique_ptr<Index> index_;
};

}  // namespace entente::knowledge

#endif  // ENTENTE_INGEST_KNOWLEDGE_LEXICON_H_
