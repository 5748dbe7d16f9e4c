#include "ingest/dictionary/actor_codes.h"

#include <algorithm>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/coder/sectors.h"

namespace entente::dictionary {
namespace {

constexpr size_t kPartLetters = 3;
constexpr size_t kCodeLettersMax = 15;

bool IsBody(std::string_view country) {
  return country == "IGO" || country == "UNO" || country == "EUR";
}

}  // namespace

bool IsSector(std::string_view code) {
  return coder::SectorRank(code) > 0 || code == "UNK" || code == "JNK";
}

bool IsCountry(const knowledge::Lexicon& lexicon, std::string_view country) {
  return IsBody(country) || lexicon.FindState(country) != nullptr;
}

bool ActorCodes::ReadRole(std::string_view part, ActorMeaning* meaning) const {
  if (const auto role = tables_->cameo_sectors.find(part); role != tables_->cameo_sectors.end()) {
    // A religion says less than any role: "Muslim rebels" are rebels.
    if (meaning->sector.empty() || meaning->sector == "REL") meaning->sector = role->second;
    return true;
  }
  if (tables_->cameo_religions.find(part) == tables_->cameo_religions.end()) return false;
  if (meaning->sector.empty()) meaning->sector = "REL";
  return true;
}

bool ActorCodes::ReadGroup(std::string_view part, ActorMeaning* meaning) const {
  if (part == "UNO" && meaning->country == "IGO") {
    meaning->country = "UNO";
    return true;
  }
  const auto group = tables_->cameo_groups.find(part);
  if (group == tables_->cameo_groups.end()) return false;
  const knowledge::Organization* known = lexicon_->FindOrganization(group->second);
  if (known == nullptr) return false;
  meaning->organization = known->id;
  meaning->country = known->country;
  if (meaning->sector.empty()) meaning->sector = known->sector;
  return true;
}

bool ActorCodes::ReadFirst(std::string_view part, ActorMeaning* meaning) const {
  if (part == "IGO") {
    meaning->country = "IGO";
    return true;
  }
  if (const auto country = tables_->cameo_countries.find(part);
      country != tables_->cameo_countries.end()) {
    if (country->second.label.empty()) {
      meaning->country = country->second.actor;
    } else {
      meaning->organization = country->second.actor;
      meaning->label = country->second.label;
    }
    return true;
  }
  if (lexicon_->FindState(part) != nullptr) {
    meaning->country = part;
    return true;
  }
  return ReadRole(part, meaning) || ReadGroup(part, meaning);
}

bool ActorCodes::ReadLater(std::string_view part, int index, ActorMeaning* meaning) const {
  if (ReadRole(part, meaning) || ReadGroup(part, meaning)) return true;
  const auto place = tables_->cameo_countries.find(part);
  const bool listed = place != tables_->cameo_countries.end();
  // "IGOEUREEC": in which part of the world an organisation is says nothing of who it is.
  if (IsBody(meaning->country)) return listed;
  // "DNKFRO": a territory behind its state is the nearer of the two.
  if (index != 1 || meaning->country.empty()) return false;
  if (listed && place->second.label.empty()) {
    meaning->country = place->second.actor;
  } else if (lexicon_->FindState(part) != nullptr) {
    meaning->country = part;
  } else {
    return false;
  }
  return true;
}

absl::StatusOr<ActorMeaning> ActorCodes::Read(std::string_view code) const {
  const bool role = code.starts_with('~');
  if (role) code.remove_prefix(1);
  const bool capitals =
      std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (code.empty() || code.size() % kPartLetters != 0 || code.size() > kCodeLettersMax ||
      !capitals) {
    return InvalidArgument(
        Cat("\"", code, "\" is no code of three capitals, or several of them, like USAGOV"));
  }
  ActorMeaning meaning;
  for (size_t i = 0; i < code.size(); i += kPartLetters) {
    const std::string_view part = code.substr(i, kPartLetters);
    const int index = static_cast<int>(i / kPartLetters);
    const bool known = role         ? ReadRole(part, &meaning)
                       : index == 0 ? ReadFirst(part, &meaning)
                                    : ReadLater(part, index, &meaning);
    if (!known) {
      return InvalidArgument(Cat(part == code ? "" : Cat("in ", code, ": "), "\"", part,
                                 "\" is no ", role ? "role" : "state, organisation or role",
                                 " that Entente knows here"));
    }
  }
  // That a body between states is one need not be said twice.
  if (IsBody(meaning.country) && meaning.sector == "IGO") meaning.sector.clear();
  return meaning;
}

absl::StatusOr<ActorMeaning> ActorCodes::Check(std::string_view country,
                                               std::string_view sector) const {
  if (!country.empty() && !IsCountry(*lexicon_, country)) {
    return InvalidArgument(Cat("\"", country, "\" is no code of a state, nor UNO, EUR or IGO"));
  }
  if (!sector.empty() && !IsSector(sector)) {
    return InvalidArgument(Cat("\"", sector, "\" is no sector; docs/lexicon.md lists them"));
  }
  return ActorMeaning{std::string(country), std::string(sector), "", ""};
}

}  // namespace entente::dictionary
