// How acts of curators are shown.
//
// Pure functions.
#ifndef ENTENTE_CLIENTS_CLI_CURATION_VIEW_H_
#define ENTENTE_CLIENTS_CLI_CURATION_VIEW_H_

#include <string>

#include "entente/v1/curation.pb.h"

namespace entente::cli {

// The act in a line: "merge person:kim into person:kim-jong-un, by ann: the same man".
std::string ActText(const v1::CurationRecord& record);

// Who did it, and why.
const v1::Curator& CuratorOf(const v1::CurationRecord& record);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_CURATION_VIEW_H_
