// Resolves a phrase to an actor at a date: names and aliases, offices ("Ukraine's foreign
// minister"), metonyms, demonyms with role nouns ("seven French soldiers"), organisations, titles
// with unknown names ("Gen. Thierry Burkhard"). What no table knows gets a minted actor: a person
// or organisation "discovered" under its name, or an unnamed role of a state ("FRA.MIL").
//
//   const ActorResolver resolver(&lexicon);
//   Resolution r = resolver.Resolve("the Defense Minister", "German", ParseDate("2022-03-01"));
//   r.actor.code;       // "DEUGOV"
//
// The phrase is read by its chunks (chunker.h) and a shallow grammar of noun phrases, possessor,
// core, prepositional complements, apposition, so that it needs no parse and survives a wrong one.
//
// Pure; safe to share between threads.
#ifndef ENTENTE_INGEST_CODER_ACTOR_RESOLVER_H_
#define ENTENTE_INGEST_CODER_ACTOR_RESOLVER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "ingest/coder/chunker.h"
#include "ingest/coder/mention.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// What decides where the words alone do not.
struct ResolveContext {
  // The day of the text. Default: none, offices go to their latest holder.
  std::optional<Date> date;
  // Code of the state that a phrase without any belongs to ("the ministry" in a report from Mali).
  // Default: none.
  std::string country;
  // Folded words that name a state in this text: {"north", "PRK"} where Korea is spoken of. They
  // are names only when capitalised. Default: none.
  std::vector<std::pair<std::string, std::string>> local_states;
  // For each token the name tagger's kind, or none; empty if there was no tagger.
  std::vector<std::optional<nlp::NameKind>> name_kinds;
};

enum class PhraseKind : uint8_t {
  kNothing,  // nobody: no chunk and no name
  kName,     // a person or organisation by name
  kState,    // a state, its capital or another metonym
  kPeople,   // a demonym as a noun: "the French", "Brazilians"
  kRole,     // a role noun or an office: "troops", "the prime minister"
  kThing,    // something that belongs to an actor: "an Iranian tanker", "Putin's proposal"
  kPlace,    // a place of the gazetteer that is no capital
};

struct Resolution {
  ActorRef actor;  // an empty id: nobody
  PhraseKind kind = PhraseKind::kNothing;
  float confidence = 0;  // 0 to 1

  // What coreference needs of the phrase itself.
  std::string country;  // that the words tell, before the context was asked
  std::string sector;
  std::string office;                   // "foreign minister"; empty if it names none
  std::vector<std::string> name_words;  // folded, of a person's name: {"kim", "yung", "ho"}
  bool person = false;                  // one human being
  bool plural = false;                  // several
  bool former = false;
  bool capital = false;       // kState: said as its capital
  bool owner_behind = false;  // kThing: by what stands behind it, "talks in Seoul"
  int32_t place = -1;         // into Lexicon::places(), or -1
};

class ActorResolver {
 public:
  // `lexicon` must outlive the resolver.
  explicit ActorResolver(const knowledge::Lexicon* lexicon) : lexicon_(lexicon) {}

  // Resolves a phrase by itself. `country_hint` names a state in any way ("Mexico", "German",
  // "MEX") or is empty. Where capitals lead nowhere they are disregarded, and after that a spelling
  // one letter off is tried ("Dehli police"). An unresolved human being gets the sector "UNK".
  Resolution Resolve(std::string_view phrase, std::string_view country_hint,
                     std::optional<Date> date) const;

  // Resolves tokens [first, last] of a chunked text. REQUIRES: 0 <= first <= last < token count.
  Resolution ResolveTokens(const ChunkedTokens& text, int32_t first, int32_t last,
                           const ResolveContext& context) const;

  // The state as such.
  ActorRef StateActor(std::string_view country) const;
  // An unnamed role of a state: RoleActor("FRA", "MIL") is FRA.MIL.
  ActorRef RoleActor(std::string_view country, std::string_view sector) const;
  // A person of the lexicon as of a date. `told_sector` is the role that the text gives, used where
  // no term of office covers the date; may be empty.
  ActorRef PersonActor(const knowledge::Person& person, std::optional<Date> date,
                       std::string_view told_sector) const;

  const knowledge::Lexicon& lexicon() const { return *lexicon_; }

 private:
  const knowledge::Lexicon* lexicon_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_ACTOR_RESOLVER_H_
