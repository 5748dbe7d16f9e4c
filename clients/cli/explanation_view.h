// Why an event was coded so, for reading: what `entente code --explain` and `entente event
// --explain` show.
//
//   trigger met
//   rule meet-with at 10_verbal_cooperation.rules:42
//     {participant} meet with {participant}
//   participant ← nsubj: “Kim Jong Un”, PRKGOV person:kim-jong-un (0.95)
//     person: head of state of PRK on 2023-09-22
//   …
//
// Thread safety: pure.
#ifndef ENTENTE_CLIENTS_CLI_EXPLANATION_VIEW_H_
#define ENTENTE_CLIENTS_CLI_EXPLANATION_VIEW_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "entente/v1/event.pb.h"

namespace entente::cli {

// Appends the explanation, each line with `indent` before it. Features that add nothing to the
// confidence are left out. `width` as for Wrap.
void AppendExplanation(const v1::Explanation& explanation, std::string_view indent, size_t width,
                       std::string* out);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_EXPLANATION_VIEW_H_
