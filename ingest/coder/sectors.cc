#include "ingest/coder/sectors.h"

#include <algorithm>
#include <iterator>

namespace entente::coder {
namespace {

struct Sector {
  std::string_view code;
  std::string_view label;
};

// Most telling first.
constexpr Sector kSectors[] = {
    {"IGO", "international organisation"},
    {"PRE", "breakaway state"},
    {"REB", "rebels"},
    {"SPY", "intelligence"},
    {"JUD", "judiciary"},
    {"OPP", "opposition"},
    {"LEG", "legislature"},
    {"MIL", "military"},
    {"COP", "police"},
    {"PRM", "paramilitary"},
    {"GOV", "government"},
    {"ELI", "elite"},
    {"PTY", "political party"},
    {"BUS", "business"},
    {"UAF", "unidentified armed force"},
    {"CRM", "criminals"},
    {"LAB", "labour"},
    {"MED", "health"},
    {"NGO", "non-governmental organisation"},
    {"EDU", "education"},
    {"JRN", "media"},
    {"REL", "religion"},
    {"REF", "refugees"},
    {"AGR", "agriculture"},
    {"CVL", "civilians"},
};

}  // namespace

int SectorRank(std::string_view sector) {
  const auto it = std::find_if(std::begin(kSectors), std::end(kSectors),
                               [&](const Sector& s) { return s.code == sector; });
  return static_cast<int>(std::end(kSectors) - it);
}

bool IsStateBranch(std::string_view sector) {
  return sector == "GOV" || sector == "MIL" || sector == "COP" || sector == "JUD" ||
         sector == "LEG" || sector == "SPY";
}

std::string_view SectorLabel(std::string_view sector) {
  for (const Sector& s : kSectors) {
    if (s.code == sector) return s.label;
  }
  return sector == "UNK" ? "unknown" : sector;
}

std::string ActorCode(std::string_view country, std::string_view sector) {
  // The United Nations stand below the intergovernmental organisations; that these are such
  // organisations need not be said twice.
  const bool international = country == "IGO" || country == "UNO" || country == "EUR";
  if (international && sector == "IGO") sector = "";
  std::string code(country == "UNO" ? "IGOUNO" : country);
  // "UNK" says nothing that the country alone does not.
  if (sector != "UNK" || country.empty()) code += sector;
  return code;
}

}  // namespace entente::coder
