#include "ingest/dictionary/lexicon_maker.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/knowledge/folding.h"

namespace entente::dictionary {
namespace {

using knowledge::EntryKind;
using knowledge::Match;
using knowledge::Period;

bool Among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Words inside a name that news writes small. The lexicon takes them in either case.
bool IsSmallWord(std::string_view word) {
  return Among(word, {"of",  "the", "and", "for", "in", "on", "to",  "at", "de",  "la",
                      "le",  "du",  "des", "del", "da", "do", "dos", "di", "von", "van",
                      "der", "den", "bin", "ibn", "ul", "al", "el",  "y",  "e",   "i"});
}

// Words of everyday language that some dictionary has as an acronym: in capitals only, or every
// sentence that begins with one would name somebody.
bool IsEverydayWord(std::string_view word) {
  return Among(word,
               {"who",  "us",  "it",  "is",   "are",  "as",  "am",   "an",  "in",   "on",   "at",
                "all",  "can", "may", "will", "no",   "so",  "to",   "do",  "go",   "he",   "she",
                "we",   "me",  "my",  "our",  "was",  "had", "has",  "his", "her",  "him",  "how",
                "now",  "out", "new", "one",  "two",  "ten", "its",  "let", "own",  "say",  "top",
                "use",  "way", "yes", "the",  "and",  "but", "for",  "not", "you",  "they", "if",
                "or",   "by",  "be",  "up",   "off",  "act", "aid",  "arm", "bad",  "big",  "car",
                "cash", "did", "end", "era",  "far",  "get", "law",  "low", "man",  "map",  "mass",
                "men",  "oil", "old", "pact", "plan", "ram", "safe", "set", "star", "swat", "war"});
}

bool HasVowel(std::string_view word) {
  return word.find_first_of("AEIOUY") != std::string_view::npos;
}

bool IsAsciiCapitals(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// The first letters of the words of `name`, with and without the small ones.
std::vector<std::string> InitialsOf(std::string_view name) {
  std::string all;
  std::string large;
  for (const std::string_view word : Split(name, ' ')) {
    if (word.empty()) continue;
    all.push_back(word[0]);
    if (!IsSmallWord(AsciiLower(word))) large.push_back(word[0]);
  }
  return {all, large};
}

bool IsAcronym(std::string_view word, const std::vector<Name>& names) {
  if (Among(word, {"US", "UN", "EU", "UK"})) return true;
  // Of two letters are the initials of something by chance.
  if (!IsAsciiCapitals(word) || word.size() < 3 || word.size() > 8) return false;
  if (!HasVowel(word) && word.size() <= 5) return true;
  for (const Name& name : names) {
    if (name.text.find(' ') == std::string::npos) continue;
    for (const std::string& initials : InitialsOf(name.text)) {
      if (initials == word) return true;
    }
  }
  return false;
}

std::vector<std::string> FoldedWords(std::string_view phrase) {
  std::vector<std::string> words;
  for (const std::string_view token : knowledge::SplitPhrase(phrase)) {
    if (knowledge::IsTransparent(token)) continue;
    for (knowledge::FoldedPart& part : knowledge::FoldToken(token)) {
      words.push_back(std::move(part.text));
    }
  }
  return words;
}

std::string Slug(std::string_view phrase) {
  std::string slug;
  for (const std::string& word : FoldedWords(phrase)) {
    std::string letters;
    for (const char c : word) {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters.push_back(c);
    }
    if (letters.empty()) continue;
    if (!slug.empty()) slug.push_back('-');
    slug += letters;
  }
  return slug;
}

std::string DayText(Date date, bool open) { return open ? "" : FormatDate(date); }

std::string FromText(const Period& period) {
  return DayText(period.from, period.from.days == INT32_MIN);
}
std::string ToText(const Period& period) { return DayText(period.to, period.to.days == INT32_MAX); }

// Appends to `free` what of `period` none of `taken` covers, in order of time.
void Subtract(const Period& period, std::vector<Period> taken, std::vector<Period>* free) {
  std::sort(taken.begin(), taken.end(),
            [](const Period& a, const Period& b) { return a.from < b.from; });
  Date at = period.from;
  for (const Period& block : taken) {
    if (block.to < at || block.from > period.to) continue;
    if (block.from > at) free->push_back({at, block.from.AddDays(-1)});
    if (block.to >= period.to) return;
    at = std::max(at, block.to.AddDays(1));
  }
  free->push_back({at, period.to});
}

bool Overlap(const Period& a, const Period& b) { return a.from <= b.to && b.from <= a.to; }

Period Common(const Period& a, const Period& b) {
  return {std::max(a.from, b.from), std::min(a.to, b.to)};
}

std::string KindText(v1::ActorKind kind) {
  switch (kind) {
    case v1::INTERNATIONAL_ORGANIZATION:
    case v1::ARMED_GROUP:
    case v1::GROUP:
    case v1::STATE:
      return v1::ActorKind_Name(kind);
    default:
      return v1::ActorKind_Name(v1::ORGANIZATION);
  }
}

bool IsBeside(std::string_view country) {
  return country == "IGO" || country == "UNO" || country == "EUR";
}

bool EndsInAny(std::string_view word, std::initializer_list<std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](std::string_view suffix) { return word.ends_with(suffix); });
}

// The word of a role phrase that says what it is: the one before a preposition, else the last.
std::string HeadWord(std::string_view phrase) {
  std::string head;
  for (const std::string_view word : Split(phrase, ' ')) {
    if (!head.empty() && Among(word, {"of", "for", "to", "in", "at", "from", "de"})) break;
    if (!word.empty()) head = std::string(word);
  }
  return head;
}

// Whether a phrase of `all` has the singular of the head of `phrase`: of the words that a
// substitution stands for, one may be the plural of another.
bool IsPluralOfOne(const std::string& phrase, const std::set<std::string>& all) {
  const std::string head = HeadWord(phrase);
  const size_t end = phrase.find(head) + head.size();
  if (head.size() < 3 || !head.ends_with('s')) return false;
  std::string singular = phrase;
  singular.erase(end - 1, 1);
  if (all.count(singular) > 0) return true;
  if (!head.ends_with("ies")) return false;
  singular = phrase;
  singular.replace(end - 3, 3, "y");
  return all.count(singular) > 0;
}

std::string Header(std::string_view provenance, std::string_view columns) {
  std::string header;
  for (const std::string_view line : Split(provenance, '\n')) header += Cat("# ", line, '\n');
  return header + std::string(columns) + "\n";
}

}  // namespace

std::string FromCapitals(std::string_view name, const std::vector<Name>& names) {
  std::string out;
  const std::vector<std::string_view> words = Split(name, ' ');
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out.push_back(' ');
    const std::string lower = AsciiLower(words[i]);
    const bool small = i > 0 && IsSmallWord(lower);
    const bool everyday = words.size() == 1 && IsEverydayWord(lower);
    if (small) {
      out += lower;
    } else if (everyday || IsAcronym(words[i], names)) {
      out += words[i];
    } else {
      bool begins = true;
      for (size_t c = 0; c < words[i].size(); ++c) {
        out.push_back(begins ? words[i][c] : lower[c]);
        const bool sign = std::string_view("-/(.'").find(words[i][c]) != std::string_view::npos;
        // Behind an apostrophe only at the beginning: "'Kiribas", but "People's".
        begins = sign && (words[i][c] != '\'' || c == 0);
      }
    }
  }
  return out;
}

std::vector<Match> LexiconMaker::Whole(std::string_view phrase) const {
  const knowledge::WordSequence words = ours_->Words(phrase);
  std::vector<Match> found;
  if (words.words.empty()) return found;
  ours_->Find(words, 0, knowledge::CaseRule::kIgnore, &found);
  std::erase_if(found, [&](const Match& match) {
    return match.word_count != static_cast<int32_t>(words.words.size());
  });
  return found;
}

// The entry's names as the lexicon writes them; those that it cannot write are refused.
std::vector<Name> LexiconMaker::ReadNames(const Entry& entry) {
  std::vector<Name> names;
  for (const Name& name : entry.names) {
    ++counts_.names;
    std::string text = entry.type == EntryType::kRole && entry.capitals_only ? AsciiLower(name.text)
                       : entry.capitals_only ? FromCapitals(name.text, entry.names)
                                             : name.text;
    if (AsciiLower(text).starts_with("the ") && text.size() > 4) text.erase(0, 4);
    const int words = CountWords(text);
    if (words == 0) {
      refusals_.push_back(
          {name.at, Reason::kName, Cat("no letter or digit is left of the name \"", text, '"')});
    } else if (words > kNameWordsMax) {
      refusals_.push_back({name.at, Reason::kTooLong,
                           Cat("the name \"", text, "\" has ", words, " words; at most ",
                               kNameWordsMax, " are looked up")});
    } else if (text.find_first_of("|\t") != std::string::npos) {
      refusals_.push_back(
          {name.at, Reason::kSyntax, Cat("the name \"", text, "\" may not have | or tabs")});
    } else {
      names.push_back({std::move(text), name.at, name.plural});
    }
  }
  return names;
}

std::vector<LexiconMaker::Meaning> LexiconMaker::ReadMeanings(const Entry& entry) {
  std::vector<Meaning> meanings;
  for (const DatedCode& code : entry.codes) {
    if (code.code == "---") {
      refusals_.push_back({code.at, Reason::kNobody, "[---] says that the name is nobody"});
      continue;
    }
    const auto meaning =
        code.code.empty() ? codes_->Check(code.country, code.sector) : codes_->Read(code.code);
    if (!meaning.ok()) {
      refusals_.push_back({code.at, Reason::kCode, std::string(MessageOf(meaning.status()))});
      continue;
    }
    meanings.push_back({*meaning, code.office, code.period, code.dated, code.at});
    if (!code.code.empty() && !code.sector.empty()) meanings.back().actor.sector = code.sector;
  }
  return meanings;
}

void LexiconMaker::Add(const Entry& entry) {
  ++counts_.entries;
  const bool role = entry.type == EntryType::kRole ||
                    (!entry.codes.empty() && entry.codes.front().code.starts_with('~'));
  Entry typed = entry;
  if (role) typed.type = EntryType::kRole;
  const std::vector<Name> names = ReadNames(typed);
  const std::vector<Meaning> meanings = ReadMeanings(typed);
  if (names.empty()) return;
  if (meanings.empty()) {
    const bool nobody = !entry.codes.empty() && entry.codes.front().code == "---";
    if (nobody) return;
    refusals_.push_back(
        {names.front().at, Reason::kNoCode,
         Cat("\"", names.front().text, "\" has no code that could be read: its ", names.size(),
             names.size() == 1 ? " name is" : " names are", " left out")});
    return;
  }
  if (role) {
    AddRoles(names, meanings, typed);
    return;
  }
  const auto is_dated = [](const Meaning& meaning) { return meaning.dated; };
  const bool dated = std::any_of(meanings.begin(), meanings.end(), is_dated);
  const ActorMeaning& first = meanings.front().actor;
  if (!first.organization.empty() && first.label.empty()) {
    if (!dated) return AddOtherNames(names, first);
    refusals_.push_back({meanings.front().at, Reason::kDatedName,
                         Cat("a name of ", first.organization, " can have no dates of its own")});
    return;
  }
  const bool untyped = entry.type == EntryType::kUnknown || entry.type == EntryType::kState;
  const bool states = std::all_of(meanings.begin(), meanings.end(), [](const Meaning& meaning) {
    return meaning.actor.organization.empty() && meaning.actor.sector.empty() &&
           !IsBeside(meaning.actor.country);
  });
  if (untyped && states) {
    return dated ? AddDatedStates(names, meanings) : AddOtherNames(names, first);
  }
  AddActor(typed, names, meanings);
}

// --- other names of states and known organisations --------------------------------------------

bool LexiconMaker::IsKnownName(std::string_view phrase, const ActorMeaning& meaning) const {
  for (const Match& match : Whole(phrase)) {
    switch (match.kind) {
      case EntryKind::kStateName:
      case EntryKind::kDemonym:
      case EntryKind::kCapital:
        if (meaning.organization.empty() && ours_->states()[match.index].code == meaning.country) {
          return true;
        }
        break;
      case EntryKind::kPlace:
        if (meaning.organization.empty() &&
            ours_->places()[match.index].country == meaning.country) {
          return true;
        }
        break;
      case EntryKind::kOrganization:
        if (ours_->organizations()[match.index].id == meaning.organization) return true;
        break;
      default:
        break;
    }
  }
  return false;
}

void LexiconMaker::AddOtherNames(const std::vector<Name>& names, const ActorMeaning& meaning) {
  const std::string& actor = meaning.organization.empty() ? meaning.country : meaning.organization;
  const std::string rest = Cat(actor, '\t', meaning.country, '\t', meaning.sector);
  for (const Name& name : names) {
    if (IsKnownName(name.text, meaning)) {
      ++counts_.known;
      continue;
    }
    const auto [known, added] = other_names_.emplace(name.text, rest);
    if (added) {
      ++counts_.other_names;
    } else if (known->second != rest) {
      refusals_.push_back({name.at, Reason::kConflict,
                           Cat("\"", name.text, "\" came before as a name of ",
                               known->second.substr(0, known->second.find('\t')))});
    }
  }
}

// metonyms.tsv has no dates, organizations.tsv has: there a state's code is the id of the state.
void LexiconMaker::AddDatedStates(const std::vector<Name>& names,
                                  const std::vector<Meaning>& meanings) {
  Actor times;
  times.kind = v1::STATE;
  times.name = names.front().text;
  for (const Name& name : names) {
    if (name.text != times.name) times.aliases.insert(name.text);
  }
  AddTimes(meanings, &times);
  for (const Row& row : times.rows) dated_states_.insert(Rows(row.country, times, {row}));
  counts_.other_names += static_cast<int64_t>(names.size());
}

// --- roles ------------------------------------------------------------------------------------

bool LexiconMaker::IsKnownRole(std::string_view phrase, std::string_view sector) const {
  for (const Match& match : Whole(phrase)) {
    const bool same =
        (match.kind == EntryKind::kRoleNoun && ours_->role_nouns()[match.index].sector == sector) ||
        (match.kind == EntryKind::kOfficeTerm &&
         ours_->office_terms()[match.index].sector == sector) ||
        (match.kind == EntryKind::kTitle && ours_->titles()[match.index].sector == sector);
    if (same) return true;
  }
  return false;
}

// What the head of the phrase is in our tables; else by its ending.
std::string LexiconMaker::RoleKind(std::string_view phrase) const {
  const std::string head = HeadWord(phrase);
  for (const Match& match : Whole(head)) {
    if (match.kind == EntryKind::kOfficeTerm) return "person";
    if (match.kind != EntryKind::kRoleNoun) continue;
    switch (ours_->role_nouns()[match.index].kind) {
      case knowledge::RoleKind::kPerson:
        return "person";
      case knowledge::RoleKind::kGroup:
        return "group";
      case knowledge::RoleKind::kInstitution:
        return "institution";
    }
  }
  const bool person = EndsInAny(head, {"er", "or", "ist", "man", "men", "woman", "women", "person",
                                       "ian", "ant", "ent", "ee", "ers", "ors", "ists", "ians"});
  return person ? "person" : "group";
}

void LexiconMaker::AddRole(const Name& name, const Meaning& meaning, const Entry& entry) {
  if (IsKnownRole(name.text, meaning.actor.sector)) {
    ++counts_.known;
    return;
  }
  const std::string head = HeadWord(name.text);
  const bool plural = name.plural || head.ends_with("men");
  const bool mass = entry.no_plural && !plural &&
                    std::none_of(entry.names.begin(), entry.names.end(),
                                 [](const Name& other) { return other.plural; });
  const std::string rest = Cat(meaning.actor.sector, '\t', RoleKind(name.text), '\t',
                               plural ? "pl" : (mass ? "mass" : "sg"));
  const auto [known, added] = roles_.emplace(name.text, rest);
  if (added) {
    ++counts_.roles;
  } else if (known->second.substr(0, known->second.find('\t')) != meaning.actor.sector) {
    refusals_.push_back({name.at, Reason::kConflict,
                         Cat("\"", name.text, "\" came before with the sector ",
                             known->second.substr(0, known->second.find('\t')))});
  }
}

void LexiconMaker::AddRoles(const std::vector<Name>& names, const std::vector<Meaning>& meanings,
                            const Entry& entry) {
  for (size_t i = 1; i < meanings.size(); ++i) {
    refusals_.push_back(
        {meanings[i].at, Reason::kConflict, "a role has one sector: the first code counts"});
  }
  const Meaning& meaning = meanings.front();
  if (meaning.dated) {
    refusals_.push_back({meaning.at, Reason::kDatedName, "a role can have no dates"});
    return;
  }
  if (meaning.actor.sector.empty()) {
    refusals_.push_back({meaning.at, Reason::kCode, "a role needs a sector, like ~GOV"});
    return;
  }
  std::set<std::string> all;
  for (const Name& name : names) all.insert(name.text);
  for (Name name : names) {
    name.plural = name.plural || IsPluralOfOne(name.text, all);
    AddRole(name, meaning, entry);
  }
}

// --- people and organisations -----------------------------------------------------------------

// A word for an institution or a group tells an organisation; a title or given name in front, or a
// time in office, a person.
bool LexiconMaker::LooksLikePerson(const std::vector<Name>& names,
                                   const std::vector<Meaning>& meanings) const {
  const knowledge::WordSequence words = ours_->Words(names.front().text);
  bool title = false;
  bool given = false;
  bool institution = false;
  std::vector<Match> matches;
  for (size_t i = 0; i < words.words.size(); ++i) {
    matches.clear();
    ours_->Find(words, static_cast<int32_t>(i), knowledge::CaseRule::kIgnore, &matches);
    for (const Match& match : matches) {
      if (match.kind == EntryKind::kRoleNoun) {
        const knowledge::RoleNoun& role = ours_->role_nouns()[match.index];
        institution = institution || role.kind != knowledge::RoleKind::kPerson;
        title = title || (i == 0 && role.kind == knowledge::RoleKind::kPerson);
      }
      const bool office = match.kind == EntryKind::kOfficeTerm || match.kind == EntryKind::kTitle;
      title = title || (i == 0 && office);
      given = given || (i == 0 && words.words.size() > 1 && match.kind == EntryKind::kGivenName);
    }
  }
  const bool dated = std::any_of(meanings.begin(), meanings.end(),
                                 [](const Meaning& meaning) { return meaning.dated; });
  // "Charity Example" in office for some years is no charity.
  if (title || (given && dated)) return true;
  return !institution && (given || dated);
}

v1::ActorKind LexiconMaker::KindOf(const Entry& entry, const std::vector<Name>& names,
                                   const std::vector<Meaning>& meanings) const {
  switch (entry.type) {
    case EntryType::kPerson:
      return v1::PERSON;
    case EntryType::kOrganization:
      return v1::ORGANIZATION;
    case EntryType::kInternationalOrganization:
      return v1::INTERNATIONAL_ORGANIZATION;
    case EntryType::kArmedGroup:
      return v1::ARMED_GROUP;
    case EntryType::kGroup:
      return v1::GROUP;
    case EntryType::kState:
      return v1::STATE;
    case EntryType::kUnknown:
    case EntryType::kRole:
      break;
  }
  const ActorMeaning& first = meanings.front().actor;
  if (!first.label.empty()) return v1::GROUP;
  if (LooksLikePerson(names, meanings)) return v1::PERSON;
  if (IsBeside(first.country) || (first.country.empty() && first.sector == "NGO")) {
    return v1::INTERNATIONAL_ORGANIZATION;
  }
  if (Among(first.sector, {"REB", "UAF", "PRM", "CRM"})) return v1::ARMED_GROUP;
  return Among(first.sector, {"CVL", "REL"}) ? v1::GROUP : v1::ORGANIZATION;
}

const knowledge::Person* LexiconMaker::FindPerson(const std::vector<Name>& names,
                                                  const std::vector<Meaning>& meanings) const {
  for (const Name& name : names) {
    // A surname alone is too little to know somebody by.
    if (FoldedWords(name.text).size() < 2) continue;
    for (const Match& match : Whole(name.text)) {
      if (match.kind != EntryKind::kPerson) continue;
      const knowledge::Person& person = ours_->persons()[match.index];
      for (const int32_t term : person.terms) {
        for (const Meaning& meaning : meanings) {
          if (ours_->terms()[term].country == meaning.actor.country) return &person;
        }
      }
    }
  }
  return nullptr;
}

const knowledge::Organization* LexiconMaker::FindOrganization(
    const std::vector<Name>& names, const std::vector<Meaning>& meanings) const {
  for (const Name& name : names) {
    for (const Match& match : Whole(name.text)) {
      if (match.kind != EntryKind::kOrganization) continue;
      const knowledge::Organization& found = ours_->organizations()[match.index];
      for (const Meaning& meaning : meanings) {
        if (found.country == meaning.actor.country) return &found;
      }
    }
  }
  return nullptr;
}

// `id`, or with the country behind it if somebody else of ours has it.
std::string LexiconMaker::FreeId(std::string id, const std::string& country, bool person) const {
  const bool taken =
      person ? ours_->FindPerson(id) != nullptr : ours_->FindOrganization(id) != nullptr;
  const auto other = actors_.find(id);
  const bool elsewhere = other != actors_.end() && !other->second.rows.empty() &&
                         other->second.rows.front().country != country;
  if (taken || elsewhere) id += Cat("-", country.empty() ? "other" : AsciiLower(country));
  return id;
}

LexiconMaker::Actor& LexiconMaker::ActorFor(const Entry& entry, v1::ActorKind kind,
                                            const std::vector<Name>& names,
                                            const std::vector<Meaning>& meanings) {
  const bool person = kind == v1::PERSON;
  const ActorMeaning& first = meanings.front().actor;
  std::string id = entry.id;
  std::string display = names.front().text;
  std::set<std::string> aliases;
  bool ours = false;
  if (!first.label.empty()) {
    id = first.organization;
  } else if (id.empty() && person) {
    if (const knowledge::Person* known = FindPerson(names, meanings)) {
      id = known->id;
      display = known->name;
      ours = true;
    }
  } else if (id.empty()) {
    if (const knowledge::Organization* known = FindOrganization(names, meanings)) {
      id = known->id;
      display = known->name;
      kind = known->kind;
      ours = true;
    }
  }
  if (id.empty()) {
    const std::string slug = Slug(display);
    id = FreeId(Cat(person ? "person:" : "org:", slug.empty() ? "unnamed" : slug), first.country,
                person);
  }
  auto [found, added] = actors_.try_emplace(id);
  Actor& actor = found->second;
  if (added) {
    actor.kind = kind;
    actor.name = display;
    actor.ours = ours;
  }
  for (const Name& name : names) {
    if (name.text != actor.name) actor.aliases.insert(name.text);
  }
  return actor;
}

void LexiconMaker::AddTime(const Meaning& meaning, Actor* actor) {
  std::vector<Period> taken;
  bool same = false;
  for (const Row& row : actor->rows) {
    taken.push_back(row.period);
    same = same || (Overlap(row.period, meaning.period) && row.country == meaning.actor.country &&
                    row.sector == meaning.actor.sector);
  }
  std::vector<Period> free;
  Subtract(meaning.period, taken, &free);
  if (free.empty() && !same && meaning.dated) {
    refusals_.push_back({meaning.at, Reason::kConflict,
                         Cat("\"", actor->name, "\" has another code for all of that time")});
  }
  for (const Period& period : free) {
    actor->rows.push_back({meaning.actor.country, meaning.actor.sector, meaning.office, period});
  }
}

void LexiconMaker::AddTimes(const std::vector<Meaning>& meanings, Actor* actor) {
  for (const Meaning& meaning : meanings) {
    if (meaning.dated) AddTime(meaning, actor);
  }
  for (const Meaning& meaning : meanings) {
    if (!meaning.dated) AddTime(meaning, actor);
  }
}

void LexiconMaker::AddActor(const Entry& entry, const std::vector<Name>& names,
                            const std::vector<Meaning>& meanings) {
  const v1::ActorKind kind = KindOf(entry, names, meanings);
  AddTimes(meanings, &ActorFor(entry, kind, names, meanings));
}

// The dictionary's rows, with our offices where the two agree, and our rows where it is silent.
std::vector<LexiconMaker::Row> LexiconMaker::WithOurs(const Actor& actor) const {
  std::vector<Row> ours;
  if (actor.kind == v1::PERSON) {
    for (const Match& match : Whole(actor.name)) {
      if (match.kind != EntryKind::kPerson) continue;
      const knowledge::Person& person = ours_->persons()[match.index];
      if (person.name != actor.name) continue;
      for (const int32_t index : person.terms) {
        const knowledge::Term& term = ours_->terms()[index];
        ours.push_back({term.country, term.sector, term.office, term.period});
      }
      break;
    }
  } else {
    for (const Match& match : Whole(actor.name)) {
      if (match.kind != EntryKind::kOrganization) continue;
      const knowledge::Organization& known = ours_->organizations()[match.index];
      if (known.name == actor.name) ours.push_back({known.country, known.sector, "", known.period});
    }
  }
  std::vector<Row> rows;
  std::vector<Period> told;
  for (const Row& row : actor.rows) {
    told.push_back(row.period);
    std::vector<Period> with_office;
    for (const Row& other : ours) {
      const bool agrees = other.country == row.country && other.sector == row.sector;
      if (!agrees || !row.office.empty() || !Overlap(other.period, row.period)) continue;
      with_office.push_back(Common(other.period, row.period));
      rows.push_back({row.country, row.sector, other.office, with_office.back()});
    }
    std::vector<Period> rest;
    Subtract(row.period, with_office, &rest);
    for (const Period& period : rest) rows.push_back({row.country, row.sector, row.office, period});
  }
  for (const Row& other : ours) {
    std::vector<Period> rest;
    Subtract(other.period, told, &rest);
    for (const Period& period : rest) {
      rows.push_back({other.country, other.sector, other.office, period});
    }
  }
  return rows;
}

// Whether the dictionary tells nothing of one of ours that ours does not say.
bool LexiconMaker::SaysWhatOursDoes(const Actor& actor, const std::vector<Row>& rows) const {
  for (const std::string& alias : actor.aliases) {
    const std::vector<Match> found = Whole(alias);
    const bool known = std::any_of(found.begin(), found.end(), [&](const Match& match) {
      return actor.kind == v1::PERSON ? match.kind == EntryKind::kPerson &&
                                            ours_->persons()[match.index].name == actor.name
                                      : match.kind == EntryKind::kOrganization &&
                                            ours_->organizations()[match.index].name == actor.name;
    });
    if (!known) return false;
  }
  return std::all_of(rows.begin(), rows.end(), [&](const Row& row) {
    for (const Match& match : Whole(actor.name)) {
      if (match.kind == EntryKind::kOrganization) {
        const knowledge::Organization& known = ours_->organizations()[match.index];
        const bool same = known.name == actor.name && known.country == row.country &&
                          known.sector == row.sector && known.period.from <= row.period.from &&
                          row.period.to <= known.period.to;
        if (same && actor.kind != v1::PERSON) return true;
      }
      if (match.kind != EntryKind::kPerson || actor.kind != v1::PERSON) continue;
      const knowledge::Person& person = ours_->persons()[match.index];
      for (const int32_t index : person.terms) {
        const knowledge::Term& term = ours_->terms()[index];
        const bool same = person.name == actor.name && term.country == row.country &&
                          term.sector == row.sector && term.office == row.office &&
                          term.period.from <= row.period.from && row.period.to <= term.period.to;
        if (same) return true;
      }
    }
    return false;
  });
}

// --- the tables -------------------------------------------------------------------------------

bool LexiconMaker::Meets(const Row& row, const Row& next) {
  const bool open = row.period.to.days == INT32_MAX;
  return row.country == next.country && row.sector == next.sector && row.office == next.office &&
         (open || next.period.from <= row.period.to.AddDays(1));
}

std::string LexiconMaker::Rows(const std::string& id, const Actor& actor,
                               std::vector<Row> rows) const {
  std::string aliases;
  for (const std::string& alias : actor.aliases) aliases += Cat(aliases.empty() ? "" : "|", alias);
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.period.from, a.office) < std::tie(b.period.from, b.office);
  });
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    // Times that meet, with one code, are one time.
    while (i + 1 < rows.size() && Meets(row, rows[i + 1])) {
      rows[i + 1].period.from = row.period.from;
      rows[i + 1].period.to = std::max(rows[i + 1].period.to, row.period.to);
      ++i;
      row.period = rows[i].period;
    }
    const std::string times = Cat(FromText(row.period), '\t', ToText(row.period), '\n');
    if (actor.kind == v1::PERSON) {
      text += Cat(id, '\t', actor.name, '\t', aliases, '\t', row.country, '\t', row.sector, '\t',
                  row.office, '\t', times);
    } else {
      text += Cat(id, '\t', KindText(actor.kind), '\t', row.country, '\t', row.sector, '\t',
                  actor.name, '\t', aliases, '\t', times);
    }
  }
  return text;
}

// Of people or of organisations.
std::string LexiconMaker::Table(bool people) {
  std::string table;
  for (const auto& [id, actor] : actors_) {
    if ((actor.kind == v1::PERSON) != people || actor.rows.empty()) continue;
    const std::vector<Row> rows = actor.ours ? WithOurs(actor) : actor.rows;
    if (actor.ours && SaysWhatOursDoes(actor, rows)) {
      counts_.known += 1 + static_cast<int64_t>(actor.aliases.size());
      continue;
    }
    ++(people ? counts_.people : counts_.organizations);
    table += Rows(id, actor, rows);
  }
  return table;
}

std::vector<knowledge::LexiconFile> LexiconMaker::Finish(std::string_view provenance) {
  std::vector<knowledge::LexiconFile> files;
  const auto add = [&](std::string_view name, std::string_view columns, const std::string& rows) {
    if (rows.empty()) return;
    files.push_back({std::string(name), Header(provenance, columns) + rows, 1});
  };
  std::string states;
  for (const std::string& row : dated_states_) states += row;
  std::string names;
  for (const auto& [phrase, rest] : other_names_) names += Cat(phrase, '\t', rest, '\n');
  std::string roles;
  for (const auto& [phrase, rest] : roles_) roles += Cat(phrase, '\t', rest, '\n');
  add("metonyms.tsv", "phrase\tactor\tcountry\tsector", names);
  add("offices.tsv", "person\tname\taliases\tcountry\tsector\toffice\tfrom\tto", Table(true));
  add("organizations.tsv", "id\tkind\tcountry\tsector\tname\taliases\tfrom\tto",
      Table(false) + states);
  add("role_nouns.tsv", "phrase\tsector\tkind\tnumber", roles);
  return files;
}

}  // namespace entente::dictionary
