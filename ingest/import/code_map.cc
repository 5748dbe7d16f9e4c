#include "ingest/import/code_map.h"

#include <algorithm>
#include <cctype>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/coder/sectors.h"

namespace entente::ingest {
namespace {

using coder::ActorRef;
using knowledge::EntryKind;
using knowledge::Match;

// The names of two actors that differ only in case and accents are one's.
std::string Slug(std::string_view name) {
  std::string slug = FoldName(name);
  std::replace(slug.begin(), slug.end(), ' ', '-');
  return slug;
}

// "AFGHANISTAN" → "Afghanistan": GDELT has its names in capitals.
std::string FromCapitals(std::string_view name) {
  std::string out(name);
  const bool lower =
      std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (lower) return out;
  bool begins = true;
  for (char& c : out) {
    if (!begins) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    begins = !std::isalnum(static_cast<unsigned char>(c)) && c != '\'';
  }
  return out;
}

bool IsWorldBody(std::string_view country) {
  return country.empty() || country == "IGO" || country == "UNO" || country == "EUR";
}

// What stands in the last brackets: "India" of "Police (India)"; empty if none.
std::string_view InBrackets(std::string_view name) {
  const size_t open = name.rfind('(');
  if (open == std::string_view::npos || !name.ends_with(')')) return {};
  return name.substr(open + 1, name.size() - open - 2);
}

std::string_view BeforeBrackets(std::string_view name) {
  return Trim(name.substr(0, std::min(name.find('('), name.size())));
}

}  // namespace

absl::StatusOr<std::unique_ptr<CodeMap>> CodeMap::Load(const std::string& data_dir,
                                                       const knowledge::Ontology* ontology,
                                                       const knowledge::Lexicon* lexicon) {
  ENTENTE_ASSIGN_OR_RETURN(CodeTables tables, CodeTables::Load(data_dir, *ontology, *lexicon));
  return std::unique_ptr<CodeMap>(new CodeMap(ontology, lexicon, std::move(tables)));
}

// --- kinds of event ---

KindIndex CodeMap::AddKind(const v1::EventType& type, const v1::EventSubtype* subtype,
                           const v1::CodeSet& codes, std::string_view cameo) {
  ImportedKind kind;
  kind.codes.set_type(type.id());
  if (subtype != nullptr) kind.codes.set_subtype(subtype->id());
  kind.codes.set_cameo(std::string(cameo));
  kind.codes.set_plover(codes.plover());
  kind.codes.set_plover_mode(codes.plover_mode());
  *kind.codes.mutable_plover_contexts() = codes.plover_contexts();
  kind.codes.set_quad_class(codes.quad_class());
  kind.goldstein = codes.goldstein();
  for (const v1::Role& role : type.roles()) {
    const bool both = role.side() == v1::BOTH;
    if ((both || role.side() == v1::SOURCE) && kind.source_role.empty()) {
      kind.source_role = role.id();
      kind.source_side = role.side();
    }
    if ((both || role.side() == v1::TARGET) && kind.target_role.empty()) {
      kind.target_role = role.id();
      kind.target_side = role.side();
    }
  }
  kinds_.push_back(std::move(kind));
  return static_cast<KindIndex>(kinds_.size() - 1);
}

std::optional<KindIndex> CodeMap::KindOfCameo(std::string_view code) {
  if (const auto known = kinds_by_code_.find(code); known != kinds_by_code_.end()) {
    return known->second;
  }
  std::optional<KindIndex> kind;
  const bool digits =
      code.size() >= 2 && code.size() <= 4 &&
      std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto landing = digits ? ontology_->Land(code) : std::nullopt;
  if (landing) {
    const std::string subtype = landing->subtype == nullptr ? "" : landing->subtype->id();
    const v1::CodeSet* codes = ontology_->FindCameo(code);
    if (codes == nullptr) codes = ontology_->CodesFor(landing->type->id(), subtype);
    kind = AddKind(*landing->type, landing->subtype, *codes, code);
  }
  if (digits) kinds_by_code_.emplace(code, kind);
  return kind;
}

std::optional<KindIndex> CodeMap::KindOfType(std::string_view type, std::string_view subtype) {
  const std::string key = PairKey(type, subtype);
  if (const auto known = kinds_by_code_.find(key); known != kinds_by_code_.end()) {
    return known->second;
  }
  const v1::EventType* found = ontology_->FindType(type);
  const v1::CodeSet* codes = ontology_->CodesFor(type, subtype);
  if (found == nullptr || codes == nullptr) return std::nullopt;
  const v1::EventSubtype* sub =
      subtype.empty() ? nullptr : knowledge::Ontology::FindSubtype(*found, subtype);
  const KindIndex kind = AddKind(*found, sub, *codes, codes->cameo());
  kinds_by_code_.emplace(key, kind);
  return kind;
}

std::optional<KindIndex> CodeMap::KindOfPlover(std::string_view type, std::string_view mode,
                                               std::string_view contexts) {
  const std::string key = Cat("plover", '\0', type, '\0', mode, '\0', contexts);
  if (const auto known = kinds_by_code_.find(key); known != kinds_by_code_.end()) {
    return known->second;
  }
  auto cameo = tables_.polecat_events.find(PairKey(type, mode));
  if (cameo == tables_.polecat_events.end()) {
    cameo = tables_.polecat_events.find(PairKey(type, ""));
  }
  if (cameo == tables_.polecat_events.end()) return std::nullopt;
  const std::optional<KindIndex> general = KindOfCameo(cameo->second);
  if (!general || kinds_.size() >= kMaxKinds) return general;
  ImportedKind kind = kinds_[*general];
  kind.codes.set_plover(std::string(type));
  kind.codes.set_plover_mode(std::string(mode));
  if (!contexts.empty()) kind.codes.clear_plover_contexts();
  for (const std::string_view context : Split(contexts, ';')) {
    if (!Trim(context).empty()) kind.codes.add_plover_contexts(std::string(Trim(context)));
  }
  kinds_.push_back(std::move(kind));
  const auto index = static_cast<KindIndex>(kinds_.size() - 1);
  kinds_by_code_.emplace(key, index);
  return index;
}

std::optional<KindIndex> CodeMap::KindOfAcled(std::string_view event_type,
                                              std::string_view sub_event_type, bool* swapped) {
  auto entry = tables_.acled_events.find(PairKey(event_type, sub_event_type));
  if (entry == tables_.acled_events.end()) {
    entry = tables_.acled_events.find(PairKey(event_type, ""));
  }
  if (entry == tables_.acled_events.end() || entry->second.type.empty()) return std::nullopt;
  *swapped = entry->second.swapped;
  return KindOfType(entry->second.type, entry->second.subtype);
}

std::optional<KindIndex> CodeMap::KindOfViolence(std::string_view type, std::string_view* sector) {
  const auto entry = tables_.violence.find(type);
  if (entry == tables_.violence.end()) return std::nullopt;
  *sector = entry->second.sector;
  return KindOfType(entry->second.type, entry->second.subtype);
}

// --- codes of places and sectors ---

std::string_view CodeMap::CountryOfFips(std::string_view code) const {
  const auto found = tables_.fips_countries.find(code);
  return found == tables_.fips_countries.end() ? std::string_view() : found->second;
}

std::string_view CodeMap::CountryOfName(std::string_view name) {
  if (name.empty()) return {};
  if (const auto known = countries_.find(name); known != countries_.end()) return known->second;
  std::string code;
  if (lexicon_->FindState(name) != nullptr) {
    code = name;
  } else if (const auto named = tables_.country_names.find(FoldName(name));
             named != tables_.country_names.end()) {
    code = named->second;
  } else {
    for (const Match& match : WholeMatches(name)) {
      if (match.kind != EntryKind::kStateName) continue;
      code = lexicon_->states()[match.index].code;
      if (match.main_name) break;
    }
  }
  return countries_.emplace(name, code).first->second;
}

std::string_view CodeMap::SectorOfIcews(std::string_view names) const {
  // An ending tells the sector of a name that the table does not have by itself.
  constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
      {" Ministry", "GOV"}, {" Business", "BUS"}, {" NGOs", "NGO"},
      {" IGOs", "IGO"},     {" Party", "PTY"},    {" Parties", "PTY"}};
  std::string_view best;
  for (std::string_view name : Split(names, ',')) {
    name = Trim(name);
    std::string_view sector;
    if (const auto found = tables_.icews_sectors.find(name); found != tables_.icews_sectors.end()) {
      if (found->second != "-") sector = found->second;
    } else {
      for (const auto& [ending, code] : kEndings) {
        if (name.ends_with(ending)) sector = code;
      }
    }
    if (coder::SectorRank(sector) > coder::SectorRank(best)) best = sector;
  }
  return best;
}

std::string_view CodeMap::SectorOfPolecat(std::string_view code) const {
  const auto found = tables_.polecat_sectors.find(code);
  if (found != tables_.polecat_sectors.end()) {
    return found->second == "-" ? std::string_view() : std::string_view(found->second);
  }
  return coder::SectorRank(code) > 0 ? code : std::string_view();
}

std::string_view CodeMap::SectorOfInter(std::string_view inter, v1::ActorKind* kind) const {
  auto found = tables_.acled_inter.find(inter);
  if (found == tables_.acled_inter.end()) found = tables_.acled_inter.find(FoldName(inter));
  if (found == tables_.acled_inter.end()) return {};
  *kind = found->second.kind;
  return found->second.sector;
}

// --- actors ---

ActorIndex CodeMap::AddActor(const ActorRef& ref) {
  if (const auto known = actors_by_ref_.find(PairKey(ref.id, ref.code));
      known != actors_by_ref_.end()) {
    return known->second;
  }
  ImportedActor added;
  added.actor.set_id(ref.id);
  added.actor.set_kind(ref.kind);
  added.actor.set_display_name(ref.display_name);
  added.actor.set_country(ref.country);
  added.actor.set_sector(ref.sector);
  added.actor.set_discovered(ref.discovered);
  added.country = ref.country;
  added.code = ref.code;
  actors_.push_back(std::move(added));
  const auto index = static_cast<ActorIndex>(actors_.size() - 1);
  actors_by_ref_.emplace(PairKey(ref.id, ref.code), index);
  return index;
}

v1::Actor CodeMap::State(std::string_view country) const {
  const ActorRef ref = resolver_.StateActor(country);
  v1::Actor actor;
  actor.set_id(ref.id);
  actor.set_kind(ref.kind);
  actor.set_display_name(ref.display_name);
  actor.set_country(ref.country);
  return actor;
}

ActorIndex CodeMap::FindRaw(std::string_view row) const {
  const auto known = raw_.find(row);
  return known == raw_.end() ? kNoActor : known->second;
}

std::string CodeMap::SectorOfCameo(const CameoColumns& columns) const {
  std::string_view best;
  for (const std::string_view role : columns.roles) {
    const auto found = tables_.cameo_sectors.find(role);
    if (found == tables_.cameo_sectors.end()) continue;
    if (coder::SectorRank(found->second) > coder::SectorRank(best)) best = found->second;
  }
  if (best.empty() && !columns.religions[0].empty()) best = "REL";
  return std::string(best);
}

ActorRef CodeMap::RegionActor(const CodeTables::Region& region, std::string_view sector) const {
  ActorRef actor;
  actor.id = region.actor;
  actor.kind = v1::GROUP;
  actor.display_name = region.label;
  if (sector.empty()) return actor;
  actor.id += Cat(".", sector);
  actor.kind = v1::UNNAMED_ROLE;
  actor.display_name += Cat(" (", coder::SectorLabel(sector), ")");
  actor.sector = sector;
  actor.code = sector;
  return actor;
}

ActorRef CodeMap::OrganizationActor(const knowledge::Organization& organization) const {
  ActorRef actor;
  actor.id = organization.id;
  actor.kind = organization.kind;
  actor.display_name = organization.name;
  actor.country = organization.country;
  actor.sector = organization.sector;
  actor.code = coder::ActorCode(actor.country, actor.sector);
  return actor;
}

ActorRef CodeMap::ResolveCameo(const CameoColumns& columns) const {
  const std::string sector = SectorOfCameo(columns);
  std::string country;
  const CodeTables::Region* region = nullptr;
  if (const auto found = tables_.cameo_countries.find(columns.country);
      found != tables_.cameo_countries.end()) {
    if (found->second.label.empty()) {
      country = found->second.actor;
    } else {
      region = &found->second;
    }
  } else if (lexicon_->FindState(columns.country) != nullptr) {
    country = columns.country;
  }
  // A bare country code stands for the state, whatever city or adjective it was read from.
  if (columns.code.size() > 3 || country.empty()) {
    if (ActorRef person = FindPerson(columns.name, country); !person.id.empty()) {
      if (!country.empty()) person.country = country;
      if (!sector.empty()) person.sector = sector;
      person.code = coder::ActorCode(person.country, person.sector);
      return person;
    }
    ActorRef known = FindOrganization(columns.name, country, sector, false);
    if (!known.id.empty()) return known;
  }
  if (const auto group = tables_.cameo_groups.find(columns.group);
      group != tables_.cameo_groups.end()) {
    return OrganizationActor(*lexicon_->FindOrganization(group->second));
  }
  if (region != nullptr) return RegionActor(*region, sector);
  const bool named_group = !columns.group.empty() || !columns.ethnic.empty();
  if (!country.empty() || (!sector.empty() && !named_group) || columns.name.empty()) {
    if (!country.empty() || !sector.empty()) return resolver_.RoleActor(country, sector);
  }
  ActorRef minted;
  const std::string_view name = columns.name.empty() ? columns.code : columns.name;
  const bool organization = !columns.group.empty() && columns.ethnic.empty();
  minted.kind = organization ? v1::ORGANIZATION : v1::GROUP;
  minted.id = Cat(organization ? "org:" : "group:", Slug(name));
  minted.display_name = FromCapitals(name);
  minted.sector = sector;
  minted.code = sector;
  minted.discovered = true;
  return minted;
}

ActorIndex CodeMap::CameoActor(const CameoColumns& columns) {
  return AddActor(ResolveCameo(columns));
}

std::vector<Match> CodeMap::WholeMatches(std::string_view name) const {
  const knowledge::WordSequence words = lexicon_->Words(name);
  std::vector<Match> found;
  if (words.words.empty()) return found;
  lexicon_->Find(words, 0, knowledge::CaseRule::kIgnore, &found);
  std::erase_if(found, [&](const Match& match) {
    return match.word_count != static_cast<int32_t>(words.words.size());
  });
  return found;
}

ActorRef CodeMap::FindPerson(std::string_view name, std::string_view country) const {
  // A surname alone is too little to know somebody by.
  if (name.find(' ') == std::string_view::npos) return {};
  const knowledge::Person* best = nullptr;
  bool best_agrees = false;
  for (const Match& match : WholeMatches(name)) {
    if (match.kind != EntryKind::kPerson) continue;
    const knowledge::Person& person = lexicon_->persons()[match.index];
    const bool agrees = std::any_of(person.terms.begin(), person.terms.end(), [&](int32_t term) {
      return lexicon_->terms()[term].country == country;
    });
    if (best == nullptr || (agrees && !best_agrees)) {
      best = &person;
      best_agrees = agrees;
    }
  }
  if (best == nullptr || (!country.empty() && !best_agrees)) return {};
  return resolver_.PersonActor(*best, std::nullopt, "");
}

ActorRef CodeMap::FindOrganization(std::string_view name, std::string_view country,
                                   std::string_view sector, bool sector_must_agree) const {
  // One that was a government for some years has a row for each time: the sector chooses.
  const knowledge::Organization* best = nullptr;
  for (const Match& match : WholeMatches(name)) {
    if (match.kind != EntryKind::kOrganization) continue;
    const knowledge::Organization& found = lexicon_->organizations()[match.index];
    if (!IsWorldBody(found.country) && found.country != country) continue;
    const bool sector_agrees = sector.empty() || found.sector.empty() || found.sector == sector;
    if (sector_must_agree && !sector_agrees) continue;
    if (best == nullptr || (sector_agrees && best->sector != sector)) best = &found;
  }
  return best == nullptr ? ActorRef() : OrganizationActor(*best);
}

v1::ActorKind CodeMap::KindByLook(std::string_view name) const {
  const std::vector<std::string_view> words = Split(name, ' ');
  if (words.size() < 2 || words.size() > 5) return v1::ORGANIZATION;
  for (const std::string_view word : words) {
    constexpr std::string_view kParticles[] = {"al", "bin", "ibn", "de", "da",
                                               "di", "van", "von", "el"};
    const bool lower = !word.empty() && word.front() >= 'a' && word.front() <= 'z';
    const bool particle =
        std::find(std::begin(kParticles), std::end(kParticles), word) != std::end(kParticles);
    if (lower && !particle && !word.starts_with("al-")) return v1::ORGANIZATION;
    for (const Match& match : WholeMatches(word)) {
      if (match.kind == EntryKind::kRoleNoun || match.kind == EntryKind::kDemonym) {
        return v1::ORGANIZATION;
      }
    }
  }
  return v1::PERSON;
}

ActorRef CodeMap::Mint(const NamedActor& query) const {
  ActorRef actor;
  actor.kind = query.kind == v1::ACTOR_KIND_UNSPECIFIED ? KindByLook(query.name) : query.kind;
  const char* prefix = actor.kind == v1::PERSON  ? "person:"
                       : actor.kind == v1::GROUP ? "group:"
                                                 : "org:";
  actor.id = Cat(prefix, Slug(query.name));
  actor.display_name = query.name;
  actor.country = query.country;
  actor.sector = query.sector;
  actor.code = coder::ActorCode(actor.country, actor.sector);
  actor.discovered = true;
  return actor;
}

ActorRef CodeMap::ResolveName(const NamedActor& query) {
  NamedActor asked = query;
  if (query.name.empty()) return resolver_.RoleActor(query.country, query.sector);
  const std::string_view bracketed = InBrackets(query.name);
  const std::string_view named_country = CountryOfName(bracketed);
  if (!named_country.empty()) asked.country = named_country;
  const std::string_view base = BeforeBrackets(query.name);
  if (base.empty()) return Mint(asked);

  if (named_country.empty()) {
    if (const std::string_view state = CountryOfName(base); !state.empty()) {
      return resolver_.RoleActor(state, bracketed.empty() ? "" : asked.sector);
    }
    if (ActorRef person = FindPerson(base, asked.country); !person.id.empty()) {
      if (!asked.country.empty()) person.country = asked.country;
      if (!asked.sector.empty()) person.sector = asked.sector;
      person.code = coder::ActorCode(person.country, person.sector);
      return person;
    }
  }
  // "Police Forces of India (2014-)", "Civilians (Nigeria)".
  for (auto it = tables_.name_beginnings.upper_bound(base);
       it != tables_.name_beginnings.begin();) {
    --it;
    if (it->first.front() != base.front()) break;
    const bool fits = base.starts_with(it->first) &&
                      (base.size() == it->first.size() || base[it->first.size()] == ' ');
    if (!fits) continue;
    const std::string_view of = CountryOfName(Trim(base.substr(it->first.size())));
    return resolver_.RoleActor(of.empty() ? asked.country : of, it->second);
  }
  // In brackets stands a country: of "Ministry (India)" and "Congress (India)" the second is a
  // name.
  ActorRef organization =
      FindOrganization(base, asked.country, asked.sector, !named_country.empty());
  if (!organization.id.empty()) return organization;
  if (!named_country.empty() && !asked.sector.empty()) {
    return resolver_.RoleActor(asked.country, asked.sector);
  }
  asked.name = base;
  return Mint(asked);
}

ActorIndex CodeMap::ByName(const NamedActor& query) {
  const std::string key =
      Cat(query.name, '\0', query.country, '\0', query.sector, '\0', static_cast<int>(query.kind));
  if (const auto known = actors_by_key_.find(key); known != actors_by_key_.end()) {
    return known->second;
  }
  const ActorIndex index = AddActor(ResolveName(query));
  actors_by_key_.emplace(key, index);
  return index;
}

}  // namespace entente::ingest
