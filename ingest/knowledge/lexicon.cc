#include "ingest/knowledge/lexicon.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/knowledge/table.h"

namespace entente::knowledge {
namespace {

constexpr size_t kFileBytesMax = 64 << 20;
constexpr int kPhraseWordsMax = 16;

constexpr std::array<std::string_view, 10> kFileNames = {
    "states.tsv",     "regions.tsv",      "metonyms.tsv", "offices.tsv", "organizations.tsv",
    "role_nouns.tsv", "office_terms.tsv", "places.tsv",   "titles.tsv",  "given_names.tsv"};

// FNV-1a (Fowler, Noll, Vo), 64 bits: to tell tables apart, not to resist anybody.
constexpr uint64_t kFnvOffset = 14695981039346656037U;
uint64_t Fnv1a(std::string_view bytes, uint64_t hash) {
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 1099511628211U;
  }
  return hash;
}

std::string_view BaseName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// How the text must be capitalised, two bits a word.
uint32_t CaseDemand(const std::vector<Word>& words) {
  uint32_t demand = 0;
  for (size_t i = 0; i < words.size(); ++i) demand |= uint32_t{words[i].shape} << (2 * i);
  return demand;
}

bool ShapeAgrees(uint32_t demanded, uint8_t shape) {
  if (demanded == kShapeUpper) return shape == kShapeUpper;
  return demanded == kShapeLower || shape != kShapeLower;
}

// True if one insertion, deletion, change or swap of neighbours makes `b` of `a`.
bool OneSlipApart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || a == b) return false;
  size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  if (a.size() < b.size()) return a.substr(i) == b.substr(i + 1);
  if (a.substr(i + 1) == b.substr(i + 1)) return true;
  return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] &&
         a.substr(i + 2) == b.substr(i + 2);
}

// Adds the plural ending to `noun`.
std::string PluralOfNoun(std::string_view noun) {
  const auto ends = [&](std::string_view suffix) { return noun.ends_with(suffix); };
  std::string plural(noun);
  if (ends("man") && !ends("german") && !ends("human") && !ends("ottoman")) {
    plural.replace(plural.size() - 2, 1, "e");
  } else if (ends("s") || ends("x") || ends("z") || ends("ch") || ends("sh")) {
    plural += "es";
  } else if (ends("y") && noun.size() > 1 &&
             std::string_view("aeiou").find(noun[noun.size() - 2]) == std::string_view::npos) {
    plural.replace(plural.size() - 1, 1, "ies");
  } else {
    plural += "s";
  }
  return plural;
}

// The plural of a noun phrase: of the word before "of", "for", "to", "in" or "-in-", else of the
// last word ("heads of state", "foreign ministers").
std::string PluralOfPhrase(std::string_view phrase) {
  size_t end = phrase.size();
  for (const std::string_view link : {" of ", " for ", " to ", " in ", "-in-"}) {
    end = std::min(end, phrase.find(link));
  }
  const size_t space = phrase.substr(0, end).rfind(' ');
  const size_t begin = space == std::string_view::npos ? 0 : space + 1;
  return Cat(phrase.substr(0, begin), PluralOfNoun(phrase.substr(begin, end - begin)),
             phrase.substr(end));
}

// "Russians"; empty where the demonym serves as its own plural or has none ("Chinese", "French").
std::string PluralOfDemonym(std::string_view demonym) {
  for (const std::string_view suffix : {"s", "x", "z", "ese", "ish", "ch", "sh"}) {
    if (demonym.ends_with(suffix)) return "";
  }
  return Cat(demonym, "s");
}

}  // namespace

struct Lexicon::Index {
  struct Entry {
    EntryKind kind;
    bool main_name;
    int8_t layer;
    int32_t index;
    uint32_t case_demand;
    int32_t next;  // of the same phrase; -1: none
  };

  absl::flat_hash_map<std::string, uint32_t> vocabulary;  // folded word → id, from 1
  absl::flat_hash_map<uint64_t, uint32_t> edges;          // node << 32 | word → node; root is 0
  std::vector<int32_t> node_entry = {-1};                 // node → its first entry; -1: none
  std::vector<Entry> entries;
  absl::flat_hash_map<std::string, int32_t> state_by_code;
  absl::flat_hash_map<std::string, int32_t> person_by_id;
  absl::flat_hash_map<std::string, int32_t> organization_by_id;
  absl::flat_hash_map<std::string, std::vector<int32_t>> terms_by_office;  // "RUS\thead of state"

  uint32_t WordId(std::string_view folded) const {
    const auto it = vocabulary.find(ToAbsl(folded));
    return it == vocabulary.end() ? 0 : it->second;
  }
  uint32_t AddWord(std::string_view folded) {
    const auto it = vocabulary.find(ToAbsl(folded));
    if (it != vocabulary.end()) return it->second;
    const uint32_t id = static_cast<uint32_t>(vocabulary.size()) + 1;
    vocabulary.emplace(std::string(folded), id);
    return id;
  }
  int64_t Step(uint32_t node, uint32_t word) const {
    const auto it = edges.find(uint64_t{node} << 32 | word);
    return it == edges.end() ? -1 : int64_t{it->second};
  }
  uint32_t AddStep(uint32_t node, uint32_t word) {
    const auto [it, added] =
        edges.try_emplace(uint64_t{node} << 32 | word, static_cast<uint32_t>(node_entry.size()));
    if (added) node_entry.push_back(-1);
    return it->second;
  }
};

namespace {

// Appends the words of `tokens`; `id_of` gives the id of a folded word.
template <typename IdOf>
WordSequence FoldTokens(const std::vector<std::string_view>& tokens, IdOf id_of) {
  WordSequence sequence;
  sequence.words.reserve(tokens.size() + 2);
  sequence.token_begin.reserve(tokens.size() + 1);
  std::string plain;
  // The shape of the word before a hyphen: what follows it counts as capitalised alike, so that
  // "Jong-un" agrees with "Jong Un".
  uint8_t joined_shape = kShapeLower;
  for (size_t t = 0; t < tokens.size(); ++t) {
    const int32_t token = static_cast<int32_t>(t);
    sequence.token_begin.push_back(static_cast<int32_t>(sequence.words.size()));
    uint8_t shape = kShapeLower;
    if (FoldPlainToken(tokens[t], &plain, &shape)) {
      shape = std::max(shape, std::min(joined_shape, kShapeTitle));
      sequence.words.push_back({id_of(plain), token, true, true, shape});
      joined_shape = kShapeLower;
      continue;
    }
    if (IsTransparent(tokens[t])) {
      const bool after_word = t > 0 && !sequence.words.empty();
      joined_shape = after_word ? sequence.words.back().shape : kShapeLower;
      continue;
    }
    const std::vector<FoldedPart> parts = FoldToken(tokens[t]);
    for (size_t p = 0; p < parts.size(); ++p) {
      shape = std::max(parts[p].shape, std::min(joined_shape, kShapeTitle));
      if (p == 0) joined_shape = shape;
      sequence.words.push_back({id_of(parts[p].text), token, p == 0, p + 1 == parts.size(), shape});
    }
    joined_shape = kShapeLower;
  }
  sequence.token_begin.push_back(static_cast<int32_t>(sequence.words.size()));
  return sequence;
}

}  // namespace

// Fills a Lexicon from tables. Rows of higher layers are added first; a row of a lower layer whose
// id a higher one has is skipped.
class LexiconBuilder {
 public:
  LexiconBuilder() : lexicon_(new Lexicon) {}

  absl::Status Add(const LexiconFile& file);
  std::unique_ptr<Lexicon> Finish();

 private:
  using Row = Table::Row;

  absl::Status AddStates(Table* table);
  absl::Status AddRegions(Table* table);
  absl::Status AddMetonyms(Table* table);
  absl::Status AddOffices(Table* table);
  absl::Status AddOrganizations(Table* table);
  absl::Status AddRoleNouns(Table* table);
  absl::Status AddOfficeTerms(Table* table);
  absl::Status AddPlaces(Table* table);
  absl::Status AddTitles(Table* table);
  absl::Status AddGivenNames(Table* table);

  void AddRole(RoleNoun role);
  void AddOfficeTerm(OfficeTerm term);
  // The person of `id`, made if need be; -1 if a higher layer says who that is.
  int32_t PersonIndex(const std::string& id, const std::string& name);
  // Makes the phrase mean that; false if it has too many words or none.
  bool AddPhrase(std::string_view phrase, EntryKind kind, int32_t index, bool main_name);
  absl::Status AddPhrases(const Row& row, std::string_view column, EntryKind kind, int32_t index,
                          bool main_name);

  std::unique_ptr<Lexicon> lexicon_;
  int layer_ = 0;
  std::vector<int> person_layer_;
};

bool LexiconBuilder::AddPhrase(std::string_view phrase, EntryKind kind, int32_t index,
                               bool main_name) {
  Lexicon::Index& in = *lexicon_->index_;
  const WordSequence sequence =
      FoldTokens(SplitPhrase(phrase), [&](std::string_view word) { return in.AddWord(word); });
  if (sequence.words.empty() || sequence.words.size() > kPhraseWordsMax) return false;
  uint32_t node = 0;
  for (const Word& word : sequence.words) {
    if (word.id == 0) return false;
    node = in.AddStep(node, word.id);
  }
  const uint32_t demand = CaseDemand(sequence.words);
  for (int32_t e = in.node_entry[node]; e >= 0; e = in.entries[e].next) {
    const auto& entry = in.entries[e];
    if (entry.kind == kind && entry.index == index && entry.case_demand == demand) return true;
  }
  const int32_t first = in.node_entry[node];
  in.node_entry[node] = static_cast<int32_t>(in.entries.size());
  in.entries.push_back({kind, main_name, static_cast<int8_t>(layer_), index, demand, first});
  return true;
}

absl::Status LexiconBuilder::AddPhrases(const Row& row, std::string_view column, EntryKind kind,
                                        int32_t index, bool main_name) {
  for (const std::string_view phrase : row.List(column)) {
    if (!AddPhrase(phrase, kind, index, main_name)) {
      return row.Error(column, Cat("the phrase \"", phrase, "\" needs between 1 and ",
                                   kPhraseWordsMax, " words"));
    }
  }
  return absl::OkStatus();
}

absl::Status LexiconBuilder::AddStates(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect(
      {"code", "name", "names", "demonyms", "capital", "capital_names", "from", "to"}));
  absl::flat_hash_map<std::string, int> hidden;
  for (const auto& [code, index] : lexicon_->index_->state_by_code) hidden[code] = index;
  while (table->Next()) {
    const Row& row = table->row();
    State state;
    ENTENTE_ASSIGN_OR_RETURN(state.code, row.Code("code"));
    ENTENTE_ASSIGN_OR_RETURN(state.name, row.Required("name"));
    ENTENTE_ASSIGN_OR_RETURN(state.period, row.PeriodOf("from", "to"));
    if (hidden.contains(state.code)) continue;
    state.capital = row.Cell("capital");
    const int32_t index = static_cast<int32_t>(lexicon_->states_.size());
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "name", EntryKind::kStateName, index, true));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "names", EntryKind::kStateName, index, false));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "demonyms", EntryKind::kDemonym, index, false));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "capital", EntryKind::kCapital, index, true));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "capital_names", EntryKind::kCapital, index, false));
    for (const std::string_view demonym : row.List("demonyms")) {
      const std::string plural = PluralOfDemonym(demonym);
      if (!plural.empty()) AddPhrase(plural, EntryKind::kDemonym, index, false);
    }
    const auto known = lexicon_->index_->state_by_code.find(state.code);
    const auto length = [](const Period& p) { return int64_t{p.to.days} - p.from.days; };
    if (known == lexicon_->index_->state_by_code.end()) {
      lexicon_->index_->state_by_code[state.code] = index;
    } else if (length(state.period) > length(lexicon_->states_[known->second].period)) {
      known->second = index;
    }
    lexicon_->states_.push_back(std::move(state));
  }
  return table->status();
}

absl::Status LexiconBuilder::AddRegions(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect({"code", "name", "demonyms"}));
  while (table->Next()) {
    const Row& row = table->row();
    State region;
    region.region = true;
    ENTENTE_ASSIGN_OR_RETURN(region.code, row.Code("code"));
    ENTENTE_ASSIGN_OR_RETURN(region.name, row.Required("name"));
    const int32_t index = static_cast<int32_t>(lexicon_->states_.size());
    const bool inserted = lexicon_->index_->state_by_code.emplace(region.code, index).second;
    if (!inserted) continue;
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "demonyms", EntryKind::kDemonym, index, false));
    lexicon_->states_.push_back(std::move(region));
  }
  return table->status();
}

absl::Status LexiconBuilder::AddMetonyms(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect({"phrase", "actor", "country", "sector"}));
  while (table->Next()) {
    const Row& row = table->row();
    Metonym metonym;
    ENTENTE_RETURN_IF_ERROR(row.Required("phrase").status());
    ENTENTE_ASSIGN_OR_RETURN(metonym.actor, row.Required("actor"));
    ENTENTE_ASSIGN_OR_RETURN(metonym.country, row.OptionalCode("country"));
    ENTENTE_ASSIGN_OR_RETURN(metonym.sector, row.OptionalCode("sector"));
    const int32_t index = static_cast<int32_t>(lexicon_->metonyms_.size());
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "phrase", EntryKind::kMetonym, index, true));
    lexicon_->metonyms_.push_back(std::move(metonym));
  }
  return table->status();
}

int32_t LexiconBuilder::PersonIndex(const std::string& id, const std::string& name) {
  const auto [it, added] = lexicon_->index_->person_by_id.try_emplace(
      id, static_cast<int32_t>(lexicon_->persons_.size()));
  if (added) {
    lexicon_->persons_.push_back({id, name, {}});
    person_layer_.push_back(layer_);
  }
  return person_layer_[it->second] == layer_ ? it->second : -1;
}

absl::Status LexiconBuilder::AddOffices(Table* table) {
  ENTENTE_RETURN_IF_ERROR(
      table->Expect({"person", "name", "aliases", "country", "sector", "office", "from", "to"}));
  while (table->Next()) {
    const Row& row = table->row();
    Term term;
    ENTENTE_ASSIGN_OR_RETURN(const std::string id, row.Required("person"));
    ENTENTE_ASSIGN_OR_RETURN(const std::string name, row.Required("name"));
    ENTENTE_ASSIGN_OR_RETURN(term.country, row.OptionalCode("country"));
    ENTENTE_ASSIGN_OR_RETURN(term.sector, row.OptionalCode("sector"));
    ENTENTE_ASSIGN_OR_RETURN(term.period, row.PeriodOf("from", "to"));
    term.office = row.Cell("office");
    term.person = PersonIndex(id, name);
    if (term.person < 0) continue;
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "name", EntryKind::kPerson, term.person, true));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "aliases", EntryKind::kPerson, term.person, false));
    const int32_t index = static_cast<int32_t>(lexicon_->terms_.size());
    lexicon_->persons_[term.person].terms.push_back(index);
    lexicon_->index_->terms_by_office[Cat(term.country, "\t", term.office)].push_back(index);
    lexicon_->terms_.push_back(std::move(term));
  }
  return table->status();
}

absl::StatusOr<v1::ActorKind> OrganizationKind(const Table::Row& row) {
  const std::string kind = AsciiLower(row.Cell("kind"));
  if (kind == "organization" || kind.empty()) return v1::ORGANIZATION;
  if (kind == "international_organization") return v1::INTERNATIONAL_ORGANIZATION;
  if (kind == "armed_group") return v1::ARMED_GROUP;
  if (kind == "group") return v1::GROUP;
  if (kind == "state") return v1::STATE;
  return row.Error("kind", Cat("\"", kind, "\" is not one of organization, ",
                               "international_organization, armed_group, group, state"));
}

absl::Status LexiconBuilder::AddOrganizations(Table* table) {
  ENTENTE_RETURN_IF_ERROR(
      table->Expect({"id", "kind", "country", "sector", "name", "aliases", "from", "to"}));
  absl::flat_hash_map<std::string, int32_t> hidden = lexicon_->index_->organization_by_id;
  while (table->Next()) {
    const Row& row = table->row();
    Organization organization;
    ENTENTE_ASSIGN_OR_RETURN(organization.id, row.Required("id"));
    ENTENTE_ASSIGN_OR_RETURN(organization.name, row.Required("name"));
    ENTENTE_ASSIGN_OR_RETURN(organization.kind, OrganizationKind(row));
    ENTENTE_ASSIGN_OR_RETURN(organization.country, row.OptionalCode("country"));
    ENTENTE_ASSIGN_OR_RETURN(organization.sector, row.OptionalCode("sector"));
    ENTENTE_ASSIGN_OR_RETURN(organization.period, row.PeriodOf("from", "to"));
    if (hidden.contains(organization.id)) continue;
    // One organisation may have several rows: what it was (a rebel group) until a day, and what it
    // has been since (a government).
    const int32_t index = static_cast<int32_t>(lexicon_->organizations_.size());
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "name", EntryKind::kOrganization, index, true));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "aliases", EntryKind::kOrganization, index, false));
    lexicon_->index_->organization_by_id[organization.id] = index;
    lexicon_->organizations_.push_back(std::move(organization));
  }
  return table->status();
}

void LexiconBuilder::AddRole(RoleNoun role) {
  const int32_t index = static_cast<int32_t>(lexicon_->role_nouns_.size());
  if (!AddPhrase(role.phrase, EntryKind::kRoleNoun, index, true)) return;
  lexicon_->role_nouns_.push_back(std::move(role));
}

absl::Status LexiconBuilder::AddRoleNouns(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect({"phrase", "sector", "kind", "number"}));
  absl::flat_hash_map<std::string, int> listed;
  std::vector<RoleNoun> singular;
  while (table->Next()) {
    const Row& row = table->row();
    RoleNoun role;
    ENTENTE_ASSIGN_OR_RETURN(role.phrase, row.Required("phrase"));
    ENTENTE_ASSIGN_OR_RETURN(role.sector, row.OptionalCode("sector"));
    const std::string kind = row.Cell("kind");
    const std::string number = row.Cell("number");
    if (kind != "person" && kind != "group" && kind != "institution") {
      return row.Error("kind", Cat("\"", kind, "\" is not one of person, group, institution"));
    }
    if (number != "sg" && number != "pl" && number != "mass" && !number.empty()) {
      return row.Error("number", Cat("\"", number, "\" is not one of sg, pl, mass"));
    }
    role.kind = kind == "person"  ? RoleKind::kPerson
                : kind == "group" ? RoleKind::kGroup
                                  : RoleKind::kInstitution;
    role.number = number == "pl"     ? RoleNumber::kPlural
                  : number == "mass" ? RoleNumber::kMass
                                     : RoleNumber::kSingular;
    listed[AsciiLower(role.phrase)] = 1;
    if (role.number == RoleNumber::kSingular) singular.push_back(role);
    AddRole(std::move(role));
  }
  for (RoleNoun& role : singular) {
    role.phrase = PluralOfPhrase(role.phrase);
    role.number = RoleNumber::kPlural;
    if (!listed.contains(AsciiLower(role.phrase))) AddRole(std::move(role));
  }
  return table->status();
}

void LexiconBuilder::AddOfficeTerm(OfficeTerm term) {
  const int32_t index = static_cast<int32_t>(lexicon_->office_terms_.size());
  if (!AddPhrase(term.phrase, EntryKind::kOfficeTerm, index, true)) return;
  lexicon_->office_terms_.push_back(std::move(term));
}

absl::Status LexiconBuilder::AddOfficeTerms(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect({"phrase", "office", "sector", "countries"}));
  while (table->Next()) {
    const Row& row = table->row();
    OfficeTerm term;
    ENTENTE_ASSIGN_OR_RETURN(term.phrase, row.Required("phrase"));
    ENTENTE_ASSIGN_OR_RETURN(term.sector, row.OptionalCode("sector"));
    term.office = row.Cell("office");
    for (const std::string_view country : row.List("countries")) {
      term.countries.emplace_back(country);
    }
    OfficeTerm plural = term;
    plural.phrase = PluralOfPhrase(term.phrase);
    plural.plural = true;
    AddOfficeTerm(std::move(term));
    AddOfficeTerm(std::move(plural));
  }
  return table->status();
}

absl::Status LexiconBuilder::AddPlaces(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect(
      {"name", "names", "country", "admin", "latitude", "longitude", "population", "kind"}));
  while (table->Next()) {
    const Row& row = table->row();
    Place place;
    ENTENTE_ASSIGN_OR_RETURN(place.name, row.Required("name"));
    ENTENTE_ASSIGN_OR_RETURN(place.country, row.OptionalCode("country"));
    ENTENTE_ASSIGN_OR_RETURN(place.latitude, row.Number("latitude", -90, 90));
    ENTENTE_ASSIGN_OR_RETURN(place.longitude, row.Number("longitude", -180, 180));
    ENTENTE_ASSIGN_OR_RETURN(const double population, row.Number("population", 0, 1e11));
    place.population = static_cast<int64_t>(population);
    place.admin = row.Cell("admin");
    place.kind = row.Cell("kind");
    const int32_t index = static_cast<int32_t>(lexicon_->places_.size());
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "name", EntryKind::kPlace, index, true));
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "names", EntryKind::kPlace, index, false));
    lexicon_->places_.push_back(std::move(place));
  }
  return table->status();
}

absl::Status LexiconBuilder::AddTitles(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect({"title", "sector", "office"}));
  while (table->Next()) {
    const Row& row = table->row();
    Title title;
    ENTENTE_ASSIGN_OR_RETURN(title.title, row.Required("title"));
    ENTENTE_ASSIGN_OR_RETURN(title.sector, row.OptionalCode("sector"));
    title.office = row.Cell("office");
    const int32_t index = static_cast<int32_t>(lexicon_->titles_.size());
    ENTENTE_RETURN_IF_ERROR(AddPhrases(row, "title", EntryKind::kTitle, index, true));
    lexicon_->titles_.push_back(std::move(title));
  }
  return table->status();
}

absl::Status LexiconBuilder::AddGivenNames(Table* table) {
  ENTENTE_RETURN_IF_ERROR(table->Expect({"name"}));
  while (table->Next()) {
    ENTENTE_RETURN_IF_ERROR(table->row().Required("name").status());
    ENTENTE_RETURN_IF_ERROR(AddPhrases(table->row(), "name", EntryKind::kGivenName, 0, true));
  }
  return table->status();
}

absl::Status LexiconBuilder::Add(const LexiconFile& file) {
  layer_ = file.layer;
  ENTENTE_ASSIGN_OR_RETURN(Table table, Table::Open(file.path, file.contents));
  const std::string_view name = BaseName(file.path);
  if (name == "states.tsv") return AddStates(&table);
  if (name == "regions.tsv") return AddRegions(&table);
  if (name == "metonyms.tsv") return AddMetonyms(&table);
  if (name == "offices.tsv") return AddOffices(&table);
  if (name == "organizations.tsv") return AddOrganizations(&table);
  if (name == "role_nouns.tsv") return AddRoleNouns(&table);
  if (name == "office_terms.tsv") return AddOfficeTerms(&table);
  if (name == "places.tsv") return AddPlaces(&table);
  if (name == "titles.tsv") return AddTitles(&table);
  if (name == "given_names.tsv") return AddGivenNames(&table);
  return InvalidArgument(
      Cat(file.path, ": no such table; the tables are states.tsv, regions.tsv, metonyms.tsv, ",
          "offices.tsv, organizations.tsv, role_nouns.tsv, office_terms.tsv, ",
          "places.tsv, titles.tsv and given_names.tsv"));
}

std::unique_ptr<Lexicon> LexiconBuilder::Finish() {
  const std::vector<Term>& terms = lexicon_->terms_;
  const auto earlier = [&](int32_t a, int32_t b) {
    return terms[a].period.from < terms[b].period.from;
  };
  for (const Term& term : terms) {
    lexicon_->latest_term_ = std::max(lexicon_->latest_term_, term.period.from);
  }
  for (Person& person : lexicon_->persons_) {
    std::stable_sort(person.terms.begin(), person.terms.end(), earlier);
  }
  for (auto& [office, indices] : lexicon_->index_->terms_by_office) {
    std::stable_sort(indices.begin(), indices.end(), earlier);
  }
  return std::move(lexicon_);
}

Lexicon::Lexicon() : index_(std::make_unique<Index>()) {}
Lexicon::~Lexicon() = default;

absl::StatusOr<std::unique_ptr<Lexicon>> Lexicon::Parse(const std::vector<LexiconFile>& files) {
  std::vector<const LexiconFile*> order;
  for (const LexiconFile& file : files) order.push_back(&file);
  std::stable_sort(order.begin(), order.end(),
                   [](const LexiconFile* a, const LexiconFile* b) { return a->layer > b->layer; });
  LexiconBuilder builder;
  for (const LexiconFile* file : order) ENTENTE_RETURN_IF_ERROR(builder.Add(*file));
  std::unique_ptr<Lexicon> lexicon = builder.Finish();
  for (const LexiconFile* file : order) {
    if (file->layer == 0) continue;
    if (lexicon->user_fingerprint_ == 0) lexicon->user_fingerprint_ = kFnvOffset;
    lexicon->user_fingerprint_ = Fnv1a(file->contents, lexicon->user_fingerprint_);
  }
  return lexicon;
}

absl::StatusOr<std::unique_ptr<Lexicon>> Lexicon::Load(const std::string& data_dir,
                                                       const std::vector<std::string>& user_dirs) {
  std::vector<std::string> folders = {data_dir + "/lexicon"};
  folders.insert(folders.end(), user_dirs.begin(), user_dirs.end());
  std::vector<LexiconFile> files;
  for (size_t layer = 0; layer < folders.size(); ++layer) {
    std::error_code error;
    if (!std::filesystem::is_directory(folders[layer], error)) {
      return NotFound(Cat(folders[layer], ": no such folder; it should hold the lexicon's tables"));
    }
    for (const std::string_view name : kFileNames) {
      const std::string path = Cat(folders[layer], "/", name);
      const bool required = layer == 0 && name == "states.tsv";
      if (!required && !std::filesystem::exists(path, error)) continue;
      ENTENTE_ASSIGN_OR_RETURN(std::string contents, ReadFile(path, kFileBytesMax));
      files.push_back({path, std::move(contents), static_cast<int>(layer)});
    }
  }
  return Parse(files);
}

const State* Lexicon::FindState(std::string_view code) const {
  const auto it = index_->state_by_code.find(ToAbsl(code));
  return it == index_->state_by_code.end() ? nullptr : &states_[it->second];
}

const Person* Lexicon::FindPerson(std::string_view id) const {
  const auto it = index_->person_by_id.find(ToAbsl(id));
  return it == index_->person_by_id.end() ? nullptr : &persons_[it->second];
}

const Organization* Lexicon::FindOrganization(std::string_view id) const {
  const auto it = index_->organization_by_id.find(ToAbsl(id));
  return it == index_->organization_by_id.end() ? nullptr : &organizations_[it->second];
}

std::vector<const Term*> Lexicon::TermsOf(std::string_view country, std::string_view office) const {
  std::string key(country);
  key.append("\t").append(office);
  std::vector<const Term*> found;
  const auto it = index_->terms_by_office.find(key);
  if (it == index_->terms_by_office.end()) return found;
  for (const int32_t index : it->second) found.push_back(&terms_[index]);
  return found;
}

const Term* Lexicon::Holder(std::string_view country, std::string_view office,
                            std::optional<Date> date) const {
  const std::vector<const Term*> held = TermsOf(country, office);
  for (auto it = held.rbegin(); it != held.rend(); ++it) {
    if (!date.has_value() || (*it)->period.Contains(*date)) return *it;
  }
  return nullptr;
}

WordSequence Lexicon::Words(const std::vector<std::string_view>& tokens) const {
  return FoldTokens(tokens, [&](std::string_view word) { return index_->WordId(word); });
}

WordSequence Lexicon::Words(std::string_view phrase) const { return Words(SplitPhrase(phrase)); }

std::vector<std::string> Lexicon::SimilarWords(std::string_view word) const {
  std::vector<std::string> similar;
  for (const auto& [known, id] : index_->vocabulary) {
    if (OneSlipApart(word, known)) similar.push_back(known);
  }
  std::sort(similar.begin(), similar.end());
  return similar;
}

void Lexicon::Find(const WordSequence& sequence, int32_t first, CaseRule rule,
                   std::vector<Match>* matches) const {
  const std::vector<Word>& words = sequence.words;
  uint32_t node = 0;
  const int32_t end =
      std::min<int32_t>(static_cast<int32_t>(words.size()), first + kPhraseWordsMax);
  for (int32_t i = first; i < end && words[i].id != 0; ++i) {
    const int64_t next = index_->Step(node, words[i].id);
    if (next < 0) return;
    node = static_cast<uint32_t>(next);
    int top_layer = 0;
    const size_t first_match = matches->size();
    for (int32_t e = index_->node_entry[node]; e >= 0; e = index_->entries[e].next) {
      const Index::Entry& entry = index_->entries[e];
      bool agrees = true;
      for (int32_t k = first; k <= i; ++k) {
        agrees = agrees && ShapeAgrees(entry.case_demand >> (2 * (k - first)) & 3, words[k].shape);
      }
      if (!agrees && rule == CaseRule::kStrict) continue;
      // That a word is a given name besides is no meaning that another could take the place of:
      // a user's "Christian" must not make a role of everybody called so.
      const bool given_name = entry.kind == EntryKind::kGivenName;
      if (!given_name && entry.layer < top_layer) continue;
      if (!given_name && entry.layer > top_layer) {
        matches->erase(
            std::remove_if(matches->begin() + static_cast<std::ptrdiff_t>(first_match),
                           matches->end(),
                           [](const Match& match) { return match.kind != EntryKind::kGivenName; }),
            matches->end());
        top_layer = entry.layer;
      }
      matches->push_back({entry.kind, entry.index, first, i - first + 1, entry.main_name, !agrees});
    }
  }
}

}  // namespace entente::knowledge
