#include "ingest/coder/phrase_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "ingest/coder/sectors.h"
#include "ingest/knowledge/folding.h"

namespace entente::coder {
namespace {

using knowledge::EntryKind;
using knowledge::Match;
using knowledge::RoleKind;
using knowledge::RoleNumber;

// A country said by the head itself, before it, behind "of", and elsewhere.
constexpr int kWeightHead = 5;
constexpr int kWeightModifier = 4;
constexpr int kWeightPossessor = 3;
constexpr int kWeightComplement = 2;
constexpr int kWeightLocation = 1;

template <size_t N>
bool Among(std::string_view word, const std::array<std::string_view, N>& set) {
  return std::find(set.begin(), set.end(), word) != set.end();
}

bool IsPreposition(std::string_view w) {
  constexpr std::array<std::string_view, 24> kWords = {
      "of",   "in",      "to",     "at",      "from",   "for",     "on",     "by",
      "with", "against", "across", "near",    "inside", "outside", "within", "between",
      "over", "about",   "around", "towards", "under",  "among",   "into",   "throughout"};
  return Among(w, kWords);
}

bool IsLocation(std::string_view w) {
  constexpr std::array<std::string_view, 10> kWords = {
      "in", "at", "from", "across", "near", "inside", "within", "around", "throughout", "outside"};
  return Among(w, kWords);
}

bool IsFormer(std::string_view w) {
  constexpr std::array<std::string_view, 9> kWords = {
      "former", "ex", "erstwhile", "onetime", "ousted", "deposed", "ex-", "disgraced", "toppled"};
  return Among(w, kWords);
}

bool IsDeputy(std::string_view w) {
  constexpr std::array<std::string_view, 5> kWords = {"deputy", "vice", "assistant", "junior",
                                                      "under"};
  return Among(w, kWords);
}

// Words behind a hyphen that leave the country the phrase's own: "a Somalia-based group".
bool KeepsCountry(std::string_view suffix) {
  constexpr std::array<std::string_view, 9> kWords = {
      "based", "born", "run", "owned", "flagged", "registered", "made", "built", "led"};
  return Among(suffix, kWords);
}

// Nouns that say little about whose side somebody is on: "members of the Senate", "Hamas leader".
bool IsGenericNoun(std::string_view w) {
  constexpr std::array<std::string_view, 46> kWords = {
      "official",       "officials",       "leader",
      "leaders",        "chief",           "chiefs",
      "head",           "heads",           "member",
      "members",        "spokesman",       "spokesmen",
      "spokeswoman",    "spokesperson",    "spokespersons",
      "representative", "representatives", "delegation",
      "delegations",    "delegate",        "delegates",
      "source",         "sources",         "boss",
      "director",       "figure",          "figures",
      "aide",           "aides",           "adviser",
      "advisers",       "advisor",         "ally",
      "allies",         "employee",        "employees",
      "staff",          "group",           "groups",
      "team",           "president",       "chairman",
      "secretary",      "supporter",       "supporters",
      "deputy"};
  return Among(w, kWords);
}

bool IsNameParticle(std::string_view w) {
  constexpr std::array<std::string_view, 22> kWords = {
      "al",  "bin", "bint", "ibn", "ben", "de", "del", "della", "da", "das", "do",
      "dos", "van", "von",  "der", "den", "la", "le",  "di",    "el", "ter", "zu"};
  return Among(w, kWords);
}

bool IsHyphen(std::string_view w) { return w == "-" || w == "‐" || w == "‑"; }

bool IsCompassWord(std::string_view w) {
  constexpr std::array<std::string_view, 10> kWords = {"north",   "south",    "east",     "west",
                                                       "far",     "northern", "southern", "eastern",
                                                       "western", "middle"};
  return Among(w, kWords);
}

// Offices of which a state has many at a time: a name or a text must say who is meant.
bool IsSharedOffice(std::string_view office) {
  constexpr std::array<std::string_view, 14> kWords = {
      "minister",     "legislator",   "ambassador", "spokesperson", "special envoy",
      "judge",        "governor",     "mayor",      "activist",     "religious leader",
      "rebel leader", "party leader", "office",     "police chief"};
  return Among(office, kWords);
}

bool IsArmedGroup(const knowledge::Organization& organization) {
  return organization.kind == v1::ARMED_GROUP;
}

class PhraseReader {
 public:
  PhraseReader(const knowledge::Lexicon& lexicon, const ChunkedTokens& text,
               const ResolveContext& context)
      : lexicon_(lexicon), text_(text), context_(context) {}

  PhraseFacts Read(int32_t begin, int32_t end, int depth) const;

 private:
  // One element of a core: a chunk, or a run of name words.
  struct Element {
    int32_t first = 0;
    int32_t last = 0;
    const Chunk* chunk = nullptr;  // null for a name run
  };

  PhraseFacts ReadSegment(int32_t begin, int32_t end, int depth) const;
  PhraseFacts ReadHead(int32_t begin, int32_t end, int depth) const;
  static PhraseFacts CounterpartOf(PhraseFacts facts);
  PhraseFacts ReadCore(int32_t begin, int32_t end) const;

  std::vector<Element> Elements(int32_t begin, int32_t end, PhraseFacts* facts) const;
  int32_t NameRunEnd(int32_t begin, int32_t end, bool titled) const;
  bool UnknownCapital(int32_t token) const;
  bool IsRole(const Chunk& chunk) const;

  bool ReadLocalState(const Element& element, PhraseFacts* facts) const;
  void ReadNameElement(const Element& element, PhraseFacts* facts) const;
  void ReadChunkElement(const Element& element, bool is_head, PhraseFacts* facts) const;
  void ReadRole(const Chunk& chunk, bool is_head, PhraseFacts* facts) const;
  void AddCountry(std::string_view country, int weight, PhraseFacts* facts) const;
  void AddSector(std::string_view sector, bool generic, bool is_head, PhraseFacts* facts) const;
  std::string CountryOfPerson(int32_t person) const;
  const knowledge::Organization& OrganizationAtDate(const Chunk& chunk, bool fighters,
                                                    int32_t* index) const;
  // The state that the chunk names that way, as of the date; -1 if none.
  int32_t StateAtDate(const Chunk& chunk, EntryKind kind) const;
  bool InChunk(int32_t token) const;
  bool ChunkCovers(int32_t token, int32_t begin) const;
  std::string Lower(int32_t token) const { return AsciiLower(text_.tokens[token]); }

  const knowledge::Lexicon& lexicon_;
  const ChunkedTokens& text_;
  const ResolveContext& context_;
};

// True if the token is within a chunk but not its first token.
bool PhraseReader::InChunk(int32_t token) const {
  const Chunk* chunk = text_.At(token);
  return chunk != nullptr && chunk->first < token;
}

bool PhraseReader::ChunkCovers(int32_t token, int32_t begin) const {
  const Chunk* chunk = text_.At(token);
  return chunk != nullptr && chunk->first >= begin && chunk->first < token;
}

bool PhraseReader::UnknownCapital(int32_t token) const {
  if (text_.At(token) != nullptr || !text_.Capital(token)) return false;
  const std::string word = Lower(token);
  constexpr std::array<std::string_view, 16> kWords = {
      "the", "a",   "an",    "this", "that", "these", "those", "his",
      "her", "its", "their", "our",  "my",   "some",  "mr",    "many"};
  return !Among(word, kWords) && !IsPreposition(word) && !IsFormer(word);
}

bool PhraseReader::IsRole(const Chunk& chunk) const {
  return chunk.Is(EntryKind::kOfficeTerm) || chunk.Is(EntryKind::kTitle) ||
         chunk.Is(EntryKind::kRoleNoun);
}

// The end (exclusive) of the run of name words that starts at `begin`; `begin` if there is none.
int32_t PhraseReader::NameRunEnd(int32_t begin, int32_t end, bool titled) const {
  int32_t stop = begin;
  bool given = titled;
  for (int32_t t = begin; t < end;) {
    const Chunk* chunk = text_.At(t);
    if (chunk == nullptr) {
      const bool joins = IsHyphen(text_.tokens[t]) || IsNameParticle(Lower(t));
      if (UnknownCapital(t)) {
        stop = ++t;
      } else if (joins && t > begin && t + 1 < end &&
                 (text_.Capital(t + 1) || IsHyphen(text_.tokens[t]))) {
        ++t;
      } else {
        break;
      }
      continue;
    }
    if (chunk->first != t || chunk->last >= end || !text_.Capital(t)) break;
    const bool given_name = chunk->Is(EntryKind::kGivenName);
    const bool person = chunk->Is(EntryKind::kPerson);
    // "George Washington", "Gen. Georgia Jordan": behind a given name or title a place is a
    // surname.
    const bool surname = t > begin && given &&
                         (chunk->Is(EntryKind::kPlace) || chunk->Is(EntryKind::kCapital) ||
                          chunk->Is(EntryKind::kStateName)) &&
                         chunk->first == chunk->last;
    const bool role = IsRole(*chunk) && !given_name && !person;
    // The name tagger knows better of a place that few have heard of.
    const bool tagged = t < static_cast<int32_t>(context_.name_kinds.size()) &&
                        context_.name_kinds[t] == nlp::NameKind::kPerson &&
                        chunk->readings[0].kind == EntryKind::kPlace &&
                        chunk->readings.back().kind == EntryKind::kPlace;
    if (role || chunk->partial || !(given_name || person || surname || tagged)) break;
    given = given || given_name;
    t = chunk->last + 1;
    stop = t;
  }
  // "Russia's Far East" is no name of anybody; "the North" may be, where Korea is spoken of.
  bool only_compass = stop > begin && context_.local_states.empty();
  for (int32_t t = begin; t < stop; ++t) only_compass = only_compass && IsCompassWord(Lower(t));
  if (only_compass ||
      (stop == begin + 2 && IsCompassWord(Lower(begin)) && IsCompassWord(Lower(begin + 1)))) {
    return begin;
  }
  return stop;
}

std::vector<PhraseReader::Element> PhraseReader::Elements(int32_t begin, int32_t end,
                                                          PhraseFacts* facts) const {
  std::vector<Element> elements;
  bool titled = false;
  for (int32_t t = begin; t < end;) {
    const Chunk* chunk = text_.At(t);
    const bool starts = chunk != nullptr && chunk->first == t && chunk->last < end;
    const int32_t run = NameRunEnd(t, end, titled);
    // A run of one chunk that is more than a given name alone is better read as that chunk.
    const bool chunk_alone = starts && run == chunk->last + 1;
    const bool only_given =
        starts && chunk->readings.size() == 1 && chunk->Is(EntryKind::kGivenName);
    if (run > t && (!chunk_alone || only_given)) {
      elements.push_back({t, run - 1, nullptr});
      t = run;
      titled = false;
      continue;
    }
    if (starts) {
      t = chunk->last + 1;
      const bool linked = !chunk->suffix.empty();
      if (!chunk->partial && linked) t += 2;
      if (chunk->opposed || (linked && !KeepsCountry(chunk->suffix))) continue;
      elements.push_back({chunk->first, chunk->last, chunk});
      titled = IsRole(*chunk);
      continue;
    }
    const std::string word = Lower(t);
    if (IsFormer(word) || word.starts_with("ex-")) facts->former = true;
    if (IsDeputy(word)) facts->shared_office = true;
    ++t;
  }
  return elements;
}

void PhraseReader::AddCountry(std::string_view country, int weight, PhraseFacts* facts) const {
  if (country.empty() || weight < facts->country_weight) return;
  facts->country = country;
  facts->country_weight = weight;
}

void PhraseReader::AddSector(std::string_view sector, bool generic, bool is_head,
                             PhraseFacts* facts) const {
  if (sector.empty()) return;
  if (facts->sector.empty() || facts->sector == "UNK") {
    facts->sector = sector;
    facts->generic = generic;
    return;
  }
  // Elements come from left to right, so that the new one is nearer to the head.
  const int rank = SectorRank(sector);
  const bool weak = generic || sector == "UNK" || sector == "CVL";
  const bool both_branches = IsStateBranch(sector) && IsStateBranch(facts->sector);
  if (facts->generic ? !weak || rank > SectorRank(facts->sector)
                     : !weak && is_head && (both_branches || rank > SectorRank(facts->sector))) {
    facts->sector = sector;
    facts->generic = generic;
  }
}

std::string PhraseReader::CountryOfPerson(int32_t person) const {
  const auto& terms = lexicon_.persons()[person].terms;
  std::string country;
  for (const int32_t index : terms) {
    const knowledge::Term& term = lexicon_.terms()[index];
    if (country.empty() || (context_.date && term.period.from <= *context_.date)) {
      country = term.country;
    }
  }
  return country;
}

int32_t PhraseReader::StateAtDate(const Chunk& chunk, EntryKind kind) const {
  int32_t best = -1;
  for (const Match& m : chunk.readings) {
    if (m.kind != kind) continue;
    const knowledge::Period& period = lexicon_.states()[m.index].period;
    const bool holds =
        context_.date ? period.Contains(*context_.date) : period.to.days == INT32_MAX;
    if (best < 0 || holds) best = m.index;
  }
  return best;
}

// Of several rows of an organisation (or several organisations of one name) the one that holds at
// the date and agrees with the context's country. Without a date the last row holds, but for the
// `fighters` of a group that has become a government since.
const knowledge::Organization& PhraseReader::OrganizationAtDate(const Chunk& chunk, bool fighters,
                                                                int32_t* index) const {
  int best_score = -1;
  for (const Match& m : chunk.readings) {
    if (m.kind != EntryKind::kOrganization) continue;
    const knowledge::Organization& org = lexicon_.organizations()[m.index];
    const bool holds = context_.date
                           ? org.period.Contains(*context_.date)
                           : (fighters && IsArmedGroup(org) ? org.sector != "GOV"
                                                            : org.period.to.days == INT32_MAX);
    const bool here = !context_.country.empty() && org.country == context_.country;
    const int score = (here ? 4 : 0) + (holds ? 2 : 0) + (m.main_name ? 1 : 0);
    if (score <= best_score) continue;
    best_score = score;
    *index = m.index;
  }
  return lexicon_.organizations()[*index];
}

void PhraseReader::ReadRole(const Chunk& chunk, bool is_head, PhraseFacts* facts) const {
  const std::string last_word = Lower(chunk.last);
  const bool generic = IsGenericNoun(last_word) && chunk.first == chunk.last;
  std::string sector;
  if (const Match* m = chunk.As(EntryKind::kRoleNoun)) {
    const knowledge::RoleNoun& role = lexicon_.role_nouns()[m->index];
    sector = role.sector;
    if (is_head) {
      facts->plural = role.number == RoleNumber::kPlural;
      facts->person = role.kind == RoleKind::kPerson && !facts->plural;
    }
    if (role.kind == RoleKind::kInstitution && text_.Capital(chunk.first)) {
      facts->institution = true;
    }
  }
  if (const Match* m = chunk.As(EntryKind::kTitle)) {
    const knowledge::Title& title = lexicon_.titles()[m->index];
    if (!title.sector.empty()) sector = title.sector;
    if (!title.office.empty()) facts->office = title.office;
    if (is_head) facts->person = true;
  }
  // Of several meanings of an office term, the one for the phrase's country; else the general one.
  const knowledge::OfficeTerm* best = nullptr;
  for (const Match& m : chunk.readings) {
    if (m.kind != EntryKind::kOfficeTerm) continue;
    const knowledge::OfficeTerm& term = lexicon_.office_terms()[m.index];
    const std::string& country = facts->country.empty() ? context_.country : facts->country;
    const bool here =
        std::find(term.countries.begin(), term.countries.end(), country) != term.countries.end();
    if (here || (term.countries.size() == 1 && country.empty())) {
      best = &term;
      break;
    }
    if (term.countries.empty()) best = &term;
  }
  if (best != nullptr) {
    if (!best->sector.empty()) sector = best->sector;
    facts->office = best->office;
    if (best->countries.size() == 1) AddCountry(best->countries[0], kWeightLocation, facts);
    if (is_head) {
      facts->plural = best->plural;
      facts->person = !best->plural;
    }
  }
  AddSector(sector, generic, is_head, facts);
}

// "the North" in a text about Korea.
bool PhraseReader::ReadLocalState(const Element& element, PhraseFacts* facts) const {
  if (element.first != element.last) return false;
  const std::string word = Lower(element.first);
  for (const auto& [name, country] : context_.local_states) {
    const knowledge::State* state = lexicon_.FindState(country);
    if (name != word || state == nullptr) continue;
    AddCountry(country, kWeightHead, facts);
    facts->kind = PhraseKind::kState;
    facts->state = static_cast<int32_t>(state - lexicon_.states().data());
    return true;
  }
  return false;
}

void PhraseReader::ReadNameElement(const Element& element, PhraseFacts* facts) const {
  if (ReadLocalState(element, facts)) return;
  facts->kind = PhraseKind::kName;
  facts->name_first = element.first;
  facts->name_last = element.last;
  facts->unknown_name = true;
  facts->titled = !facts->sector.empty() || !facts->office.empty();
  // A full name inside a longer one ("Nawaf Al-Ahmad" Al-Jaber Al-Sabah), or the first and the last
  // word of it (Vladimir Vladimirovich Putin).
  std::vector<Match> matches;
  for (int32_t t = element.first; t <= element.last; ++t) {
    const int32_t word = text_.words.token_begin[t];
    if (word >= text_.words.token_begin[t + 1]) continue;
    lexicon_.Find(text_.words, word, &matches);
  }
  knowledge::WordSequence ends;
  for (const int32_t t : {element.first, element.last}) {
    for (int32_t w = text_.words.token_begin[t]; w < text_.words.token_begin[t + 1]; ++w) {
      ends.words.push_back(text_.words.words[w]);
    }
  }
  if (element.last > element.first) lexicon_.Find(ends, 0, &matches);
  for (const Match& m : matches) {
    if (m.kind == EntryKind::kPerson && m.word_count >= 2) {
      facts->persons.push_back(m.index);
      facts->full_name = true;
      facts->unknown_name = false;
    }
  }
}

void PhraseReader::ReadChunkElement(const Element& element, bool is_head,
                                    PhraseFacts* facts) const {
  const Chunk& chunk = *element.chunk;
  const int weight = is_head ? kWeightHead : kWeightModifier;
  for (const EntryKind kind : {EntryKind::kStateName, EntryKind::kDemonym}) {
    const int32_t state = StateAtDate(chunk, kind);
    if (state < 0) continue;
    AddCountry(lexicon_.states()[state].code, weight, facts);
    if (is_head) {
      facts->kind = kind == EntryKind::kDemonym ? PhraseKind::kPeople : PhraseKind::kState;
      facts->state = state;
    }
    return;
  }
  if (chunk.Is(EntryKind::kOrganization)) {
    int32_t index = -1;
    const knowledge::Organization& org = OrganizationAtDate(chunk, !is_head, &index);
    AddCountry(org.country, is_head ? kWeightModifier : kWeightComplement, facts);
    AddSector(org.sector, false, is_head, facts);
    facts->organization = index;
    if (is_head) {
      facts->kind = PhraseKind::kName;
      facts->sector = org.sector;
      facts->country = org.country.empty() ? facts->country : org.country;
    }
    return;
  }
  if (const Match* m = chunk.As(EntryKind::kMetonym)) {
    const knowledge::Metonym& metonym = lexicon_.metonyms()[m->index];
    AddCountry(metonym.country, weight, facts);
    AddSector(metonym.sector, false, is_head, facts);
    if (is_head) {
      facts->kind = PhraseKind::kState;
      facts->metonym = m->index;
    }
    return;
  }
  if (const int32_t state = StateAtDate(chunk, EntryKind::kCapital); state >= 0) {
    AddCountry(lexicon_.states()[state].code, weight, facts);
    if (is_head) {
      facts->kind = PhraseKind::kState;
      facts->state = state;
      facts->capital = true;
    }
    if (const Match* place = chunk.As(EntryKind::kPlace)) facts->place = place->index;
    return;
  }
  if (chunk.Is(EntryKind::kPerson)) {
    for (const Match& m : chunk.readings) {
      if (m.kind != EntryKind::kPerson) continue;
      if (is_head) facts->persons.push_back(m.index);
      if (m.word_count > 1) facts->full_name = true;
    }
    const int32_t first = chunk.As(EntryKind::kPerson)->index;
    if (is_head) {
      facts->kind = PhraseKind::kName;
      facts->name_first = element.first;
      facts->name_last = element.last;
      facts->titled = !facts->sector.empty() || !facts->office.empty();
    } else {
      AddCountry(CountryOfPerson(first), kWeightPossessor, facts);
    }
    return;
  }
  if (IsRole(chunk)) {
    ReadRole(chunk, is_head, facts);
    if (is_head) facts->kind = PhraseKind::kRole;
    return;
  }
  if (const Match* m = chunk.As(EntryKind::kPlace)) {
    // Of places of one name the largest, but for a country that is already told.
    const knowledge::Place* best = &lexicon_.places()[m->index];
    int32_t index = m->index;
    for (const Match& other : chunk.readings) {
      if (other.kind != EntryKind::kPlace) continue;
      const knowledge::Place& place = lexicon_.places()[other.index];
      const std::string& country = facts->country.empty() ? context_.country : facts->country;
      const bool here = !country.empty() && place.country == country;
      const bool best_here = !country.empty() && best->country == country;
      if (here == best_here ? place.population > best->population : here) {
        best = &place;
        index = other.index;
      }
    }
    facts->place = index;
    AddCountry(best->country, is_head ? kWeightModifier : kWeightComplement, facts);
    if (is_head) facts->kind = PhraseKind::kPlace;
  }
}

PhraseFacts PhraseReader::ReadCore(int32_t begin, int32_t end) const {
  PhraseFacts facts;
  const std::vector<Element> elements = Elements(begin, end, &facts);
  if (elements.empty()) return facts;
  bool head_office = false;
  int32_t name_before = -1;  // the first token of a name before the head
  for (size_t i = 0; i < elements.size(); ++i) {
    const bool is_head = i + 1 == elements.size();
    head_office = elements[i].chunk != nullptr && (elements[i].chunk->Is(EntryKind::kOfficeTerm) ||
                                                   elements[i].chunk->Is(EntryKind::kTitle));
    if (elements[i].chunk != nullptr) {
      ReadChunkElement(elements[i], is_head, &facts);
    } else if (is_head) {
      ReadNameElement(elements[i], &facts);
    } else {
      // "Trump administration" and "Tigray rebels" are one thing, "Amherst College" another: the
      // name belongs to what follows it.
      PhraseFacts name;
      ReadNameElement(elements[i], &name);
      if (!name.persons.empty()) {
        AddCountry(CountryOfPerson(name.persons[0]), kWeightPossessor, &facts);
      }
      AddCountry(name.country, kWeightModifier, &facts);
      if (name_before < 0) name_before = elements[i].first;
    }
  }
  const Element& head = elements.back();
  if (facts.kind == PhraseKind::kRole && !head_office) facts.office.clear();
  // "Hamas spokesman": what stands before it tells the sector, and whose he is.
  if (facts.kind == PhraseKind::kRole && IsGenericNoun(Lower(head.last))) facts.generic = true;
  // "Taliban prisoners", "al-Shabab fighters": whatever they are, they are the group's.
  if (facts.kind == PhraseKind::kRole && facts.organization >= 0 && !facts.institution &&
      IsArmedGroup(lexicon_.organizations()[facts.organization])) {
    facts.generic = true;
  }
  // Lower-case words behind the last element: the phrase is a thing that belongs to it.
  for (int32_t t = head.last + 1; t < end; ++t) {
    const int32_t word = text_.words.token_begin[t];
    const bool has_letters = word < text_.words.token_begin[t + 1];
    const bool inside_suffix = IsHyphen(text_.tokens[head.last + 1]) && t <= head.last + 2;
    if (has_letters && !inside_suffix && text_.tokens[t] != "'s" && text_.tokens[t] != "’s" &&
        text_.tokens[t] != ",") {
      // Between a name and a noun there would be "'s": "Kim calls", in a headline, is no thing.
      facts.owner_behind = facts.kind == PhraseKind::kName && facts.organization < 0;
      facts.kind = PhraseKind::kThing;
      facts.person = false;
      // A "presidential election" or "a speakers agency" is not the holder's.
      facts.office.clear();
      return facts;
    }
  }
  if (facts.kind == PhraseKind::kRole && name_before >= 0 && facts.institution) {
    facts.name_first = name_before;  // "Amherst College", "Tohoku Electric Company"
    facts.name_last = head.last;
    facts.unknown_name = true;
    facts.kind = PhraseKind::kName;
  }
  if (head.chunk != nullptr && head.chunk->partial) facts.kind = PhraseKind::kThing;
  return facts;
}

// Nothing is told of whose they are, but that states have them: a government, unless the noun says
// otherwise.
PhraseFacts PhraseReader::CounterpartOf(PhraseFacts facts) {
  if (facts.sector.empty() || facts.sector == "UNK" || facts.sector == "CVL") facts.sector = "GOV";
  facts.office.clear();
  return facts;
}

PhraseFacts PhraseReader::ReadHead(int32_t begin, int32_t end, int depth) const {
  int32_t possessive = -1;
  for (int32_t t = begin + 1; t < end; ++t) {
    const std::string_view w = text_.tokens[t];
    const bool plural_mark = (w == "'" || w == "’") && text_.tokens[t - 1].ends_with('s');
    if ((w == "'s" || w == "’s" || plural_mark) && !ChunkCovers(t, begin)) possessive = t;
  }
  if (possessive < 0 || depth > 4) return ReadCore(begin, end);
  PhraseFacts owner = ReadSegment(begin, possessive, depth + 1);
  if (possessive + 1 == end) return owner;
  PhraseFacts facts = ReadCore(possessive + 1, end);
  if (facts.kind == PhraseKind::kNothing) {
    if (owner.kind == PhraseKind::kNothing) return facts;
    owner.kind = PhraseKind::kThing;
    owner.person = false;
    return owner;
  }
  if (facts.kind == PhraseKind::kRole && owner.kind == PhraseKind::kState &&
      IsCounterpart(Lower(end - 1))) {
    return CounterpartOf(std::move(facts));
  }
  std::string country = owner.country;
  if (country.empty() && !owner.persons.empty()) country = CountryOfPerson(owner.persons[0]);
  AddCountry(country, kWeightPossessor, &facts);
  if (facts.kind == PhraseKind::kThing && owner.kind != PhraseKind::kNothing) {
    // "Clinton's large bank account" is Clinton's, whatever a bank is.
    facts = owner;
    facts.kind = PhraseKind::kThing;
    facts.person = false;
    return facts;
  }
  if (facts.generic && !owner.sector.empty()) AddSector(owner.sector, false, true, &facts);
  return facts;
}

PhraseFacts PhraseReader::ReadSegment(int32_t begin, int32_t end, int depth) const {
  while (begin < end && text_.At(begin) == nullptr && !text_.Capital(begin) &&
         IsPreposition(Lower(begin))) {
    ++begin;
  }
  std::vector<int32_t> cuts;
  for (int32_t t = begin + 1; t < end; ++t) {
    if (!InChunk(t) && text_.At(t) == nullptr && IsPreposition(text_.tokens[t])) cuts.push_back(t);
  }
  cuts.push_back(end);
  PhraseFacts facts = ReadHead(begin, cuts[0], depth);
  for (size_t i = 0; i + 1 < cuts.size() && depth <= 4; ++i) {
    const std::string_view link = text_.tokens[cuts[i]];
    const PhraseFacts part = ReadHead(cuts[i] + 1, cuts[i + 1], depth + 1);
    if (part.kind == PhraseKind::kNothing) continue;
    const bool owner = link == "of" || (link == "for" && facts.generic) ||
                       (link == "to" && text_.tokens[cuts[i] - 1] == "loyal");
    const bool posted = facts.office == "ambassador" || facts.office == "special envoy";
    std::string country = part.country;
    if (country.empty() && !part.persons.empty()) country = CountryOfPerson(part.persons[0]);
    const bool counterpart = owner && i == 0 && facts.kind == PhraseKind::kRole &&
                             part.kind == PhraseKind::kState && IsCounterpart(Lower(cuts[0] - 1));
    if (counterpart) {
      facts = CounterpartOf(std::move(facts));
    } else if (owner && i == 0) {
      // "president of the Riigikogu": the office is the organisation's, not the state's.
      const bool of_organization = part.organization >= 0;
      if (facts.kind == PhraseKind::kNothing) {
        // An unknown noun of somebody: "the residence of the president".
        facts = part;
        facts.kind = PhraseKind::kThing;
        facts.person = false;
        facts.owner_behind = true;
        continue;
      }
      const bool office_of_body = of_organization && !part.sector.empty() &&
                                  (facts.generic || facts.office == "head of state");
      if (office_of_body) {
        facts.sector = part.sector;
        facts.office = part.sector == "LEG" ? "speaker of parliament" : "";
      } else if (facts.generic || facts.sector.empty() || facts.sector == "UNK") {
        AddSector(part.sector, part.generic, true, &facts);
      }
      if (facts.generic && of_organization && facts.organization < 0) {
        facts.organization = part.organization;
      }
      AddCountry(country, kWeightComplement, &facts);
    } else if (owner) {
      AddCountry(country, kWeightComplement, &facts);
    } else if (IsLocation(link) && !posted) {
      if (facts.country_weight < kWeightLocation || facts.country.empty()) {
        AddCountry(country, kWeightLocation, &facts);
      }
      if (facts.kind == PhraseKind::kNothing) {
        facts.kind = PhraseKind::kThing;
        facts.owner_behind = true;
      }
      if (facts.place < 0) facts.place = part.place;
    }
  }
  return facts;
}

PhraseFacts PhraseReader::Read(int32_t begin, int32_t end, int depth) const {
  int32_t comma = end;
  for (int32_t t = begin + 1; t < end; ++t) {
    if (!InChunk(t) && text_.tokens[t] == ",") {
      comma = t;
      break;
    }
  }
  PhraseFacts facts = ReadSegment(begin, comma, depth);
  if (comma == end || comma + 1 >= end || depth > 2) return facts;
  const PhraseFacts more = Read(comma + 1, end, depth + 1);
  const bool names = more.kind == PhraseKind::kName && more.name_first >= 0;
  if (names && (facts.kind == PhraseKind::kRole || facts.kind == PhraseKind::kPeople)) {
    facts.kind = PhraseKind::kName;
    facts.persons = more.persons;
    facts.full_name = more.full_name;
    facts.name_first = more.name_first;
    facts.name_last = more.name_last;
    facts.unknown_name = more.unknown_name;
    facts.titled = true;
  }
  AddCountry(more.country, kWeightLocation, &facts);
  if (facts.sector.empty() && facts.organization < 0) facts.sector = more.sector;
  if (facts.office.empty()) facts.office = more.office;
  facts.former = facts.former || (more.former && facts.kind == PhraseKind::kName);
  return facts;
}

}  // namespace

// Nouns for somebody who stands beside or against the state that owns the phrase and so is of
// another one: "Ukraine's allies", "Indonesia's donors", "neighbours of Mali".
bool IsCounterpart(std::string_view w) {
  constexpr std::array<std::string_view, 27> kWords = {
      "ally",     "allies",     "rival",       "rivals",       "foe",       "foes",
      "enemy",    "enemies",    "adversary",   "adversaries",  "neighbour", "neighbours",
      "neighbor", "neighbors",  "counterpart", "counterparts", "donor",     "donors",
      "creditor", "creditors",  "lender",      "lenders",      "backers",   "sponsors",
      "critics",  "detractors", "opponents"};
  return Among(w, kWords);
}

std::vector<std::string> FoldedWords(const ChunkedTokens& text, int32_t first, int32_t last) {
  std::vector<std::string> words;
  for (int32_t t = first; t <= last; ++t) {
    for (knowledge::FoldedPart& part : knowledge::FoldToken(text.tokens[t])) {
      if (part.text != "," && part.text != "'s") words.push_back(std::move(part.text));
    }
  }
  return words;
}

PhraseFacts ReadPhrase(const knowledge::Lexicon& lexicon, const ChunkedTokens& text, int32_t first,
                       int32_t last, const ResolveContext& context) {
  PhraseFacts facts = PhraseReader(lexicon, text, context).Read(first, last + 1, 0);
  if (IsSharedOffice(facts.office) && facts.kind == PhraseKind::kRole) facts.shared_office = true;
  return facts;
}

}  // namespace entente::coder
