// Checks what is handed to Store::AddArticle, before anything of it is used.
//
// Pure.
#ifndef ENTENTE_GRAPH_CHECK_INPUT_H_
#define ENTENTE_GRAPH_CHECK_INPUT_H_

#include <string_view>

#include "base/status.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::graph {

// An id: not empty, at most Store::kMaxIdBytes, UTF-8 without control characters (ids stand in keys
// before a zero byte, and in messages). INVALID_ARGUMENT begins with `field`.
absl::Status CheckId(std::string_view id, std::string_view field);

// One actor. INVALID_ARGUMENT that names the field.
absl::Status CheckActor(const v1::Actor& actor);

// INVALID_ARGUMENT that names the field, with the number of the event, mention or actor, from 1.
absl::Status CheckInput(const v1::Article& article, const v1::CodedArticle& coded);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_CHECK_INPUT_H_
