// Page tokens: where a page ended, bound to the question that it answered, so that a token that is
// shown with another filter or order is refused and not misread.
//
//   const std::string token = PageToken{time, event}.Encode(question);
//   ENTENTE_ASSIGN_OR_RETURN(PageToken from, PageToken::Decode(token, question));
//
// Pure.
#ifndef ENTENTE_GRAPH_PAGE_TOKEN_H_
#define ENTENTE_GRAPH_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "entente/v1/event_graph.pb.h"
#include "graph/keys.h"

namespace entente::graph {

struct PageToken {
  int64_t time_micros = 0;  // of the last row that was returned
  EventNumber event = 0;

  // `question` is any text that tells questions apart.
  std::string Encode(std::string_view question) const;
  // INVALID_ARGUMENT: not a token, or one of another question.
  static absl::StatusOr<PageToken> Decode(std::string_view token, std::string_view question);
};

// What a page token of ListEvents is bound to: the filter, the order and the revision.
std::string QuestionOf(const v1::ListEventsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_PAGE_TOKEN_H_
