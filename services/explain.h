// Why a stored event was coded so: codes its articles again and lays what comes out beside the
// mentions that the store has.
//
//   ENTENTE_ASSIGN_OR_RETURN(v1::ExplainEventResponse why,
//                            ExplainEvent(store, &coder, request, stop));
//
// A mention is explained by the event of the same type whose trigger overlaps its own, in the same
// text. Nothing is made up: if there is none, or no text, the mention's outcome says so.
//
// Thread safety: may be called from any thread.
#ifndef ENTENTE_SERVICES_EXPLAIN_H_
#define ENTENTE_SERVICES_EXPLAIN_H_

#include "absl/status/statusor.h"
#include "entente/v1/event_graph.pb.h"
#include "graph/stop.h"
#include "graph/store.h"
#include "ingest/coder/coder.h"

namespace entente::services {

inline constexpr int kExplainPageDefault = 10;
inline constexpr int kExplainPageMax = 100;

// Errors: FAILED_PRECONDITION (`coder` is null), INVALID_ARGUMENT (not an event id, a page size or
// token), those of Store::GetEvent and of `stop`. Costs the coding of each article of the page
// once.
absl::StatusOr<v1::ExplainEventResponse> ExplainEvent(const graph::Store& store,
                                                      const coder::Coder* coder,
                                                      const v1::ExplainEventRequest& request,
                                                      const graph::Stop& stop);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_EXPLAIN_H_
