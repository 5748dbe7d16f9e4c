// Sectors: the three-letter codes of CAMEO and PLOVER for what an actor is within its state.
//
// Pure.
#ifndef ENTENTE_INGEST_CODER_SECTORS_H_
#define ENTENTE_INGEST_CODER_SECTORS_H_

#include <string>
#include <string_view>

namespace entente::coder {

// Higher for the sector that says more about somebody who has several: a rebel soldier is a rebel,
// a student protester a student. 0 for "UNK" and "", below every other. After the priorities of
// the CAMEO manual (Schrodt 2012, section 3.2).
int SectorRank(std::string_view sector);

// True for the branches of a state: GOV, MIL, COP, JUD, LEG, SPY.
bool IsStateBranch(std::string_view sector);

// "government" for GOV; the code itself for one that is not known.
std::string_view SectorLabel(std::string_view sector);

// The CAMEO-style code: country then sector, "KORGOV"; "IGOUNO" for the United Nations.
std::string ActorCode(std::string_view country, std::string_view sector);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_SECTORS_H_
