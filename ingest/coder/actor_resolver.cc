#include "ingest/coder/actor_resolver.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "ingest/coder/phrase_reader.h"
#include "ingest/coder/sectors.h"
#include "ingest/knowledge/folding.h"

namespace entente::coder {
namespace {

using knowledge::CaseRule;
using knowledge::EntryKind;
using knowledge::Lexicon;
using knowledge::Match;
using knowledge::Organization;
using knowledge::Person;
using knowledge::State;
using knowledge::Term;

// A term that ended that long before the tables' last date leaves its holder a former one, where
// the text has no date of its own.
constexpr int kYearsToFormer = 8;
constexpr size_t kSlipLettersMin = 5;  // shorter words have too many neighbours

std::string Slug(const std::vector<std::string>& words) {
  std::string slug;
  for (const std::string& word : words) {
    if (!slug.empty()) slug.push_back('-');
    slug += word;
  }
  return slug;
}

std::string Surface(const ChunkedTokens& text, int32_t first, int32_t last) {
  const char* begin = text.tokens[first].data();
  const std::string_view end = text.tokens[last];
  std::string surface(begin, static_cast<size_t>(end.data() + end.size() - begin));
  std::replace(surface.begin(), surface.end(), '\n', ' ');
  return surface;
}

bool IsLongGone(const Term& term, Date today) {
  return term.period.to.days != INT32_MAX && term.period.to.AddMonths(12 * kYearsToFormer) < today;
}

int OfficeRank(const Term& term) {
  if (term.office == "head of state" || term.office == "head of government") return 3;
  return term.sector == "GOV" ? 2 : 1;
}

// The term that tells a person's sector: one that covers the date; without a date, one that is not
// long gone. Of several the highest-ranking office, then the latest. Null: held none then.
const Term* TermAt(const Lexicon& lexicon, const Person& person, std::optional<Date> date) {
  const Date today = date.has_value() ? *date : lexicon.latest_term();
  const Term* best = nullptr;
  for (const int32_t index : person.terms) {
    const Term& term = lexicon.terms()[index];
    if (date.has_value() ? !term.period.Contains(*date) : IsLongGone(term, today)) continue;
    if (best == nullptr || OfficeRank(term) >= OfficeRank(*best)) best = &term;
  }
  return best;
}

// The country that a person stands for at the date: of the last term begun by then.
std::string CountryAt(const Lexicon& lexicon, const Person& person, std::optional<Date> date) {
  std::string country;
  for (const int32_t index : person.terms) {
    const Term& term = lexicon.terms()[index];
    if (country.empty() || !date.has_value() || term.period.from <= *date) country = term.country;
  }
  return country;
}

bool WordsAgree(const std::string& a, const std::string& b) {
  if (a == b) return true;
  return a.size() >= kSlipLettersMin && b.size() >= kSlipLettersMin && a[0] == b[0] &&
         a.substr(0, 4) == b.substr(0, 4);
}

// True if the words of a name as printed can be this person's: the last word agrees, or every one
// is a word of the known name (East Asian names put the family name first).
bool NameAgrees(const std::vector<std::string>& words, const Person& person) {
  std::vector<std::string> known;
  for (const std::string_view token : knowledge::SplitPhrase(person.name)) {
    for (knowledge::FoldedPart& part : knowledge::FoldToken(token)) known.push_back(part.text);
  }
  if (words.empty() || known.empty()) return false;
  if (WordsAgree(words.back(), known.back()) && words.back().size() > 2) return true;
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(known.begin(), known.end(), word) != known.end();
  });
}

// Turns the facts of one phrase into a resolution.
class Decision {
 public:
  Decision(const ActorResolver& resolver, const ChunkedTokens& text, const PhraseFacts& facts,
           const ResolveContext& context)
      : resolver_(resolver),
        lexicon_(resolver.lexicon()),
        text_(text),
        facts_(facts),
        context_(context) {}

  Resolution Decide();

 private:
  void DecideName();
  void DecideState();
  void DecideRole();
  void DecideThing();
  void DecidePlace();
  void Mint();
  bool TakeOrganization(float confidence);
  bool TakePerson();
  // The holder of the office that the facts tell, if it tells one person; null otherwise.
  const Person* Holder() const;
  v1::ActorKind KindOfUnknown() const;
  std::string Country() const {
    return !facts_.country.empty() ? facts_.country : context_.country;
  }

  const ActorResolver& resolver_;
  const Lexicon& lexicon_;
  const ChunkedTokens& text_;
  const PhraseFacts& facts_;
  const ResolveContext& context_;
  Resolution result_;
};

Resolution Decision::Decide() {
  result_.kind = facts_.kind;
  result_.country = facts_.country;
  result_.sector = facts_.sector;
  result_.office = facts_.office;
  result_.person = facts_.person;
  result_.plural = facts_.plural;
  result_.former = facts_.former;
  result_.owner_behind = facts_.owner_behind;
  result_.capital = facts_.capital;
  result_.place = facts_.place;
  switch (facts_.kind) {
    case PhraseKind::kNothing:
      break;
    case PhraseKind::kName:
      DecideName();
      break;
    case PhraseKind::kState:
    case PhraseKind::kPeople:
      DecideState();
      break;
    case PhraseKind::kRole:
      DecideRole();
      break;
    case PhraseKind::kThing:
      DecideThing();
      break;
    case PhraseKind::kPlace:
      DecidePlace();
      break;
  }
  return std::move(result_);
}

bool Decision::TakeOrganization(float confidence) {
  if (facts_.organization < 0) return false;
  const Organization& org = lexicon_.organizations()[facts_.organization];
  result_.actor = {org.id,     org.kind, org.name, org.country,
                   org.sector, "",       false,    Cat("organisation ", org.id)};
  // An organisation of no country of its own takes the phrase's: "the Afghan Red Crescent".
  if (org.country.empty() && !Country().empty()) {
    result_.actor.country = Country();
    result_.actor.id = Cat(org.id, ".", AsciiLower(Country()));
  }
  if (org.sector.empty() && org.country.empty()) result_.actor.sector = facts_.sector;
  result_.actor.code = ActorCode(result_.actor.country, result_.actor.sector);
  result_.confidence = confidence;
  return true;
}

const Person* Decision::Holder() const {
  const std::string country = Country();
  if (facts_.office.empty() || country.empty() || facts_.former || facts_.shared_office ||
      facts_.plural) {
    return nullptr;
  }
  const Term* term = lexicon_.Holder(country, facts_.office, context_.date);
  if (term == nullptr && facts_.office == "head of state") {
    term = lexicon_.Holder(country, "head of government", context_.date);
  }
  return term == nullptr ? nullptr : &lexicon_.persons()[term->person];
}

// Of the persons whom the name may mean, the one whom country, office and date fit best.
bool Decision::TakePerson() {
  const Person* best = nullptr;
  int best_score = 0;
  for (const int32_t index : facts_.persons) {
    const Person& person = lexicon_.persons()[index];
    const Term* term = TermAt(lexicon_, person, context_.date);
    const std::string country = CountryAt(lexicon_, person, context_.date);
    int score = facts_.full_name ? 4 : 1;
    if (!facts_.country.empty()) score += country == facts_.country ? 4 : -6;
    if (!context_.country.empty() && country == context_.country) score += 1;
    if (term != nullptr) score += 2;
    if (term != nullptr && term->office == "head of state") score += 1;
    if (term != nullptr && term->office == "head of government") score += 1;
    if (!facts_.office.empty()) {
      const bool held = std::any_of(person.terms.begin(), person.terms.end(), [&](int32_t i) {
        return lexicon_.terms()[i].office == facts_.office;
      });
      score += held ? 3 : 0;
    }
    if (best == nullptr ? score > 0 : score > best_score) {
      best = &person;
      best_score = score;
    }
  }
  if (best == nullptr) return false;
  const std::string_view told = facts_.former ? std::string_view() : facts_.sector;
  result_.actor = resolver_.PersonActor(*best, context_.date, told);
  result_.confidence = facts_.full_name ? 0.95f : facts_.titled ? 0.9f : 0.75f;
  return true;
}

v1::ActorKind Decision::KindOfUnknown() const {
  if (facts_.institution) return v1::ORGANIZATION;
  if (facts_.titled) return v1::PERSON;
  for (int32_t t = facts_.name_first; t <= facts_.name_last; ++t) {
    const Chunk* chunk = text_.At(t);
    if (chunk != nullptr && chunk->Is(EntryKind::kGivenName)) return v1::PERSON;
    if (t < static_cast<int32_t>(context_.name_kinds.size()) && context_.name_kinds[t]) {
      switch (*context_.name_kinds[t]) {
        case nlp::NameKind::kPerson:
          return v1::PERSON;
        case nlp::NameKind::kOrganization:
          return v1::ORGANIZATION;
        case nlp::NameKind::kLocation:
          return v1::GROUP;
        case nlp::NameKind::kOther:
          break;
      }
    }
  }
  const int32_t word = text_.words.token_begin[facts_.name_first];
  const bool acronym = facts_.name_first == facts_.name_last &&
                       word < text_.words.token_begin[facts_.name_first + 1] &&
                       text_.words.words[word].shape == knowledge::kShapeUpper;
  return acronym ? v1::ORGANIZATION : v1::PERSON;
}

// Makes an actor of a name that the lexicon lacks.
void Decision::Mint() {
  const std::vector<std::string> words = FoldedWords(text_, facts_.name_first, facts_.name_last);
  const v1::ActorKind kind = KindOfUnknown();
  ActorRef& actor = result_.actor;
  const char* prefix = kind == v1::PERSON ? "person:" : kind == v1::GROUP ? "place:" : "org:";
  actor.id = Cat(prefix, Slug(words));
  actor.kind = kind;
  actor.display_name = Surface(text_, facts_.name_first, facts_.name_last);
  actor.country = Country();
  actor.sector = facts_.former && IsStateBranch(facts_.sector) ? "ELI" : facts_.sector;
  if (actor.sector == "UNK") actor.sector.clear();
  actor.code = ActorCode(actor.country, actor.sector);
  actor.discovered = true;
  actor.how = "a name that no table knows, with what stands around it";
  result_.person = kind == v1::PERSON;
  result_.confidence = facts_.titled || facts_.institution ? 0.7f : 0.5f;
}

void Decision::DecideName() {
  if (facts_.name_first >= 0) {
    result_.name_words = FoldedWords(text_, facts_.name_first, facts_.name_last);
  }
  if (facts_.organization >= 0 && facts_.name_first < 0) {
    TakeOrganization(0.95f);
    return;
  }
  result_.person = true;
  if (TakePerson()) return;
  if (const Person* holder = Holder();
      holder != nullptr && !result_.name_words.empty() && NameAgrees(result_.name_words, *holder)) {
    result_.actor = resolver_.PersonActor(*holder, context_.date, facts_.sector);
    result_.actor.how = Cat("the ", facts_.office, " of ", Country(), " of about that name");
    result_.confidence = 0.85f;
    return;
  }
  Mint();
}

void Decision::DecideState() {
  if (facts_.metonym >= 0) {
    const knowledge::Metonym& metonym = lexicon_.metonyms()[facts_.metonym];
    if (const Organization* org = lexicon_.FindOrganization(metonym.actor)) {
      result_.actor = {org->id,        org->kind, org->name, metonym.country,
                       metonym.sector, "",        false,     "metonym"};
      result_.actor.code = ActorCode(metonym.country, metonym.sector);
    } else {
      result_.actor = resolver_.RoleActor(metonym.country, metonym.sector);
      result_.actor.how = "metonym";
    }
    result_.confidence = 0.9f;
    return;
  }
  const State& state = lexicon_.states()[facts_.state];
  result_.actor = resolver_.StateActor(state.code);
  result_.confidence = 0.95f;
  if (facts_.capital) {
    result_.actor = resolver_.RoleActor(state.code, "GOV");
    result_.actor.how = Cat("capital of ", state.code, " for its government");
    result_.confidence = 0.8f;
  }
  if (facts_.kind == PhraseKind::kPeople) result_.actor.how = Cat("people of ", state.code);
  // "the breakaway state of …": a role before a state's name that is not a state's.
  if (facts_.sector == "PRE") {
    result_.actor = resolver_.RoleActor(state.code, facts_.sector);
  }
}

void Decision::DecideRole() {
  const std::string country = Country();
  if (const Person* holder = Holder()) {
    result_.actor = resolver_.PersonActor(*holder, context_.date, facts_.sector);
    const std::string when = context_.date ? Cat("on ", FormatDate(*context_.date)) : "at last";
    result_.actor.how = Cat("office: ", facts_.office, " of ", country, " ", when);
    result_.confidence = context_.date ? 0.9f : 0.65f;
    return;
  }
  if (facts_.generic && !facts_.former && TakeOrganization(0.7f)) {
    if (result_.actor.sector.empty()) {
      result_.actor.sector = facts_.sector == "UNK" ? "" : facts_.sector;
      result_.actor.code = ActorCode(result_.actor.country, result_.actor.sector);
    }
    return;
  }
  std::string sector = facts_.sector;
  if (facts_.former && IsStateBranch(sector)) sector = "ELI";
  result_.actor = resolver_.RoleActor(country, sector);
  result_.confidence = country.empty() ? 0.5f : 0.8f;
}

void Decision::DecideThing() {
  result_.confidence = 0.5f;
  if (!facts_.persons.empty() && TakePerson()) {
    result_.confidence *= 0.6f;
    return;
  }
  if (const Person* holder = Holder()) {
    result_.actor = resolver_.PersonActor(*holder, context_.date, facts_.sector);
    result_.actor.how = Cat("something of the ", facts_.office, " of ", Country());
    return;
  }
  if (TakeOrganization(0.5f)) return;
  if (facts_.unknown_name && facts_.name_first >= 0) {
    Mint();
    result_.confidence = 0.35f;
    return;
  }
  const std::string country = Country();
  if (!facts_.sector.empty() && facts_.sector != "UNK") {
    result_.actor = resolver_.RoleActor(country, facts_.sector);
  } else if (!country.empty()) {
    result_.actor = resolver_.StateActor(country);
  } else {
    result_.confidence = 0;
    return;
  }
  result_.actor.how = "something of that actor";
}

void Decision::DecidePlace() {
  const knowledge::Place& place = lexicon_.places()[facts_.place];
  const std::string& country = place.country.empty() ? facts_.country : place.country;
  if (country.empty()) return;
  result_.actor = resolver_.StateActor(country);
  result_.actor.how = Cat("place in ", country);
  result_.confidence = 0.5f;
}

// The code of the state that a hint names: "MEX", "Mexico", "German".
std::string CountryOfHint(const Lexicon& lexicon, std::string_view hint) {
  hint = Trim(hint);
  if (hint.empty()) return "";
  if (lexicon.FindState(hint) != nullptr) return std::string(hint);
  const ChunkedTokens text = ChunkTokens(lexicon, knowledge::SplitPhrase(hint), CaseRule::kIgnore);
  if (text.tokens.empty()) return "";
  return ReadPhrase(lexicon, text, 0, static_cast<int32_t>(text.tokens.size()) - 1, {}).country;
}

// True if the phrase was understood: it has an actor that is more than an unknown name.
bool Understood(const Resolution& r) {
  return !r.actor.id.empty() && !(r.actor.discovered && r.actor.sector.empty());
}

bool IsPronoun(std::string_view phrase) {
  constexpr std::string_view kWords[] = {"he",   "him", "she", "her", "it", "they",
                                         "them", "we",  "us",  "i",   "me", "you"};
  if (phrase == "US") return false;
  const std::string lower = AsciiLower(phrase);
  return std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
}

// The phrase with its first unknown word that is one slip away from a name of a state, place,
// person or organisation put right; as it is if there is none.
std::string CorrectSpelling(const Lexicon& lexicon, std::string_view phrase) {
  for (const std::string_view token : knowledge::SplitPhrase(phrase)) {
    const std::vector<knowledge::FoldedPart> parts = knowledge::FoldToken(token);
    if (parts.size() != 1 || parts[0].text.size() < kSlipLettersMin) continue;
    const knowledge::WordSequence known = lexicon.Words(token);
    if (known.words.size() != 1 || known.words[0].id != 0) continue;
    for (const std::string& similar : lexicon.SimilarWords(parts[0].text)) {
      std::vector<Match> matches;
      lexicon.Find(lexicon.Words(similar), 0, CaseRule::kIgnore, &matches);
      const bool proper = std::any_of(matches.begin(), matches.end(), [](const Match& m) {
        return m.kind != EntryKind::kGivenName && m.kind != EntryKind::kTitle;
      });
      if (!proper) continue;
      const size_t offset = static_cast<size_t>(token.data() - phrase.data());
      return Cat(phrase.substr(0, offset), similar, phrase.substr(offset + token.size()));
    }
  }
  return std::string(phrase);
}

}  // namespace

ActorRef ActorResolver::StateActor(std::string_view country) const {
  ActorRef actor;
  actor.id = country;
  const State* state = lexicon_->FindState(country);
  const bool region = state != nullptr && state->region;
  actor.kind = region ? v1::GROUP : v1::STATE;
  actor.display_name = state == nullptr ? std::string(country) : state->name;
  actor.country = country;
  actor.code = country;
  actor.how = region ? "region" : "name of a state";
  return actor;
}

ActorRef ActorResolver::RoleActor(std::string_view country, std::string_view sector) const {
  if (sector.empty() && !country.empty()) return StateActor(country);
  ActorRef actor;
  actor.id = Cat(country.empty() ? "UNK" : country, ".", sector.empty() ? "UNK" : sector);
  actor.kind = v1::UNNAMED_ROLE;
  const State* state = lexicon_->FindState(country);
  const std::string place = state != nullptr ? state->name : std::string(country);
  actor.display_name =
      place.empty() ? std::string(SectorLabel(sector)) : Cat(place, " (", SectorLabel(sector), ")");
  actor.country = country;
  actor.sector = sector;
  actor.code = ActorCode(country, sector);
  actor.how = "role without a name";
  return actor;
}

ActorRef ActorResolver::PersonActor(const Person& person, std::optional<Date> date,
                                    std::string_view told_sector) const {
  ActorRef actor;
  actor.id = person.id;
  actor.kind = v1::PERSON;
  actor.display_name = person.name;
  const Term* term = TermAt(*lexicon_, person, date);
  actor.country = term != nullptr ? term->country : CountryAt(*lexicon_, person, date);
  if (term != nullptr) {
    actor.sector = term->sector;
    const std::string when = date ? Cat("on ", FormatDate(*date)) : "at last";
    // A dictionary that was imported says whose somebody was, and not in which office.
    const std::string& office = term->office.empty() ? term->sector : term->office;
    actor.how = Cat("person: ", office, " of ", term->country, " ", when);
  } else {
    // Out of office: what the text calls him, else one of those who count.
    actor.sector = told_sector.empty() || told_sector == "UNK" ? "ELI" : told_sector;
    actor.how = "person: in no office at the date";
  }
  actor.code = ActorCode(actor.country, actor.sector);
  return actor;
}

Resolution ActorResolver::ResolveTokens(const ChunkedTokens& text, int32_t first, int32_t last,
                                        const ResolveContext& context) const {
  const PhraseFacts facts = ReadPhrase(*lexicon_, text, first, last, context);
  return Decision(*this, text, facts, context).Decide();
}

Resolution ActorResolver::Resolve(std::string_view phrase, std::string_view country_hint,
                                  std::optional<Date> date) const {
  ResolveContext context;
  context.date = date;
  context.country = CountryOfHint(*lexicon_, country_hint);
  const auto attempt = [&](std::string_view words, CaseRule rule) {
    const ChunkedTokens text = ChunkTokens(*lexicon_, knowledge::SplitPhrase(words), rule);
    if (text.tokens.empty()) return Resolution();
    return ResolveTokens(text, 0, static_cast<int32_t>(text.tokens.size()) - 1, context);
  };
  Resolution best;
  if (!IsPronoun(Trim(phrase))) best = attempt(phrase, CaseRule::kStrict);
  const bool placeless = best.kind == PhraseKind::kRole && best.actor.country.empty();
  if ((!Understood(best) || placeless) && !IsPronoun(Trim(phrase))) {
    Resolution other;
    if (AsciiLower(phrase) == phrase) other = attempt(phrase, CaseRule::kIgnore);
    const bool full_name = best.kind == PhraseKind::kName && best.name_words.size() > 1;
    if (!Understood(other) && !full_name) {
      other = attempt(CorrectSpelling(*lexicon_, phrase), CaseRule::kIgnore);
    }
    if (Understood(other) && !(placeless && other.actor.country.empty())) {
      best = std::move(other);
      best.confidence *= 0.7f;
    }
  }
  // Whoever is meant by words that tell no sector; a state or a name may do without.
  const bool someone = best.kind == PhraseKind::kRole || best.kind == PhraseKind::kNothing ||
                       best.kind == PhraseKind::kThing || best.kind == PhraseKind::kPlace;
  if (best.actor.sector.empty() && someone) best.actor.sector = "UNK";
  if (best.actor.country.empty()) best.actor.country = context.country;
  best.actor.code = ActorCode(best.actor.country, best.actor.sector);
  return best;
}

}  // namespace entente::coder
