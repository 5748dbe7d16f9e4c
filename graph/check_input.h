// Checks what is handed to Store::AddArticle, before anything of it is used.
//
// Pure.
#ifndef ENTENTE_GRAPH_CHECK_INPUT_H_
#define ENTENTE_GRAPH_CHECK_INPUT_H_

#include "base/status.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::graph {

// INVALID_ARGUMENT that names the field, with the number of the event, mention or actor, from 1.
absl::Status CheckInput(const v1::Article& article, const v1::CodedArticle& coded);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_CHECK_INPUT_H_
