// The rules of event coding, read from data/coder/*.rules. A rule is one line that reads like the
// sentence it codes; the engine derives the passive, the relative clause, the participle, control
// and coordination, so that it is written once:
//
//   class weapons = weapon, missile, fighter jet
//   [arms_deal]
//   sell-arms:   {supplier} sell|supply <materiel:$weapons> to {recipient}
//   arms-deal:   noun {supplier}'s $weapons deal|sale with|to {recipient}
//
// docs/coding.md describes the language. Thread safety: immutable once loaded.
#ifndef ENTENTE_INGEST_CODER_RULE_SET_H_
#define ENTENTE_INGEST_CODER_RULE_SET_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "base/strings.h"
#include "entente/v1/event.pb.h"

namespace entente::coder {

// What kind of word a rule starts from.
enum class TriggerKind : uint8_t {
  kVerb,       // "condemn", with its particle if it has one: "carry_out"
  kNoun,       // an event noun: "visit", "talks"
  kAdjective,  // with a copula: "be concerned about"
  kModal,      // an auxiliary: "must" in "Israel must end its attacks"
  kPair,       // no word, but a PLOVER root that the model of pairs reads (pair_reader.h)
};

// Where in the clause of the trigger a slot looks.
enum class SlotRelation : uint8_t {
  kSubject,     // who does it: subject, agent of a passive, possessor or adjective of a noun
  kObject,      // direct or indirect object, subject of a passive
  kOblique,     // with one of the slot's prepositions
  kComplement,  // anybody inside the clause that depends on the trigger
  kSpeaker,     // whoever is reported to say it
  kModifier,    // words right before or compounded with an event noun: "arms deal"
};

template <typename Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

// Lemmas, each one word or several ("fighter jet"); matched against the head of a phrase and the
// words before it.
class WordSet {
 public:
  void Add(std::string_view phrase);
  void AddAll(const WordSet& other);
  bool empty() const { return by_last_word_.empty(); }
  // Whether `words` (lower-case lemmas, in order) end in a phrase of the set. Returns the number of
  // words of the longest such phrase, 0 if there is none.
  int MatchEnd(const std::vector<std::string_view>& words) const;
  // All phrases, sorted.
  std::vector<std::string> Phrases() const;

 private:
  // The phrases by their last word; each is the words before it, last first.
  StringMap<std::vector<std::vector<std::string>>> by_last_word_;
};

// One thing that a rule wants beside its trigger.
struct Slot {
  SlotRelation relation = SlotRelation::kObject;
  std::vector<std::string> prepositions;  // of kOblique, kComplement (empty: any)
  std::string role;                       // role to be filled by an actor; empty for a word test
  std::string detail;                     // field of the typed detail that takes the words
  WordSet words;                          // the phrase's head must be one of these, if not empty
  std::vector<std::string> kinds;         // sectors of the actor, "STATE" or "IGO"; empty: any
  bool not_kinds = false;                 // none of `kinds` instead of one of them
  bool optional = false;                  // "?": the rule matches without it
  bool place = false;                     // "@": a place as such may fill it
  bool direct = false;                    // "!": the phrase itself must be the actor
  bool context = false;                   // "~": may be filled by the sentence's only other actor
};

// Whether the auxiliary that a rule of TriggerKind::kModal starts from is to be negated.
enum class Negation : uint8_t {
  kPlain,    // "must"
  kNegated,  // "will not"
  kAny,
};

struct Rule {
  std::string id;       // "sell-arms"
  std::string type;     // EventType.id
  std::string subtype;  // EventSubtype.id, may be empty
  std::string cameo;    // overrides the ontology's code; empty: the type's or sub-type's
  TriggerKind kind = TriggerKind::kVerb;
  std::vector<std::string> triggers;  // lemmas; "carry_out" with its particle
  std::vector<Slot> slots;
  v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;  // overrides what the clause says
  double weight = 0.9;                                    // 0 to 1: how often the words mean this
  int priority = 0;                                       // the higher wins over any specificity
  Negation negation = Negation::kPlain;                   // of a modal's verb
  bool mutual = false;  // the actors do it to each other: "traded accusations"
  std::map<std::string, std::string> detail;  // constant fields of the typed detail
  std::string source;                         // "data/coder/arms.rules:12"
  std::string text;                           // as it is written, on one line
};

// A word that governs an event and changes whether it happened: "refuse", "plan", "threat".
struct Embedding {
  v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;  // unspecified: it did not happen at all
};

// A text file of rules, for Parse.
struct RuleFile {
  std::string path;  // shown in errors and explanations
  std::string contents;
};

class RuleSet {
 public:
  // Reads `data_dir`/coder/*.rules, in the order of their names. Errors: NOT_FOUND (no rules),
  // INVALID_ARGUMENT "file:line:column: what is wrong, and what is expected".
  static absl::StatusOr<std::unique_ptr<RuleSet>> Load(const std::string& data_dir);
  // The same from memory: classes of one file may be used in a later one.
  static absl::StatusOr<std::unique_ptr<RuleSet>> Parse(const std::vector<RuleFile>& files);

  const std::vector<Rule>& rules() const { return rules_; }
  // Indices of the rules with this trigger lemma (for "carry_out": of "carry"); null if none.
  const std::vector<int32_t>* RulesFor(std::string_view lemma) const;

  // Whether some rule of that kind starts from the lemma.
  bool HasRule(std::string_view lemma, TriggerKind kind) const;

  // The verb of the rules and tables that `form` (lower case) is a form of: "bombed" → "bomb", and
  // "struck" → "strike" by a line "forms strike = struck"; empty if it is none. For taggers that
  // guess lemmas of rare verbs badly.
  std::string_view VerbOfForm(std::string_view form) const;
  // Whether some rule starts from the verb with that particle: "hand", "over".
  bool HasPhrasal(std::string_view verb, std::string_view particle) const;
  // Whether a verb rule or a table of governing words knows the lemma.
  bool IsKnownVerb(std::string_view lemma) const;

  // Verbs that merely carry an event noun: "hold" in "hold talks".
  bool IsLight(std::string_view lemma) const { return Has("light", lemma); }
  // Verbs, adjectives and nouns that say something: "say", "announce".
  bool IsReport(std::string_view lemma) const { return Has("report", lemma); }
  // Whether the class `name` has the single word `lemma`; false if there is no such class.
  bool Has(std::string_view name, std::string_view lemma) const;
  // The class, or null.
  const WordSet* FindClass(std::string_view name) const;
  // The names of the classes that begin so.
  std::vector<std::string> ClassNames(std::string_view beginning) const;

  // What an event governed by `lemma` is; null if the word says nothing about it.
  const Embedding* FindEmbedding(std::string_view lemma) const;
  // What a word beside an event noun says: "alleged", "planned"; null if nothing.
  const Embedding* FindModifier(std::string_view lemma) const;
  // What an auxiliary says: "will", "could"; null if nothing.
  const Embedding* FindModal(std::string_view lemma) const;

 private:
  friend class RuleParser;
  RuleSet() = default;

  std::vector<Rule> rules_;
  StringMap<std::vector<int32_t>> by_trigger_;
  StringMap<std::set<std::string, std::less<>>> particles_;  // of a verb's rules
  StringMap<WordSet> classes_;
  StringMap<Embedding> embeddings_;
  StringMap<Embedding> modifiers_;
  StringMap<Embedding> modals_;
  std::set<std::string, std::less<>> verbs_;  // lemmas
  StringMap<std::string> verb_forms_;         // inflected form → lemma
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_RULE_SET_H_
