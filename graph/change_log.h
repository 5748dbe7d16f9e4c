// What was committed, revision by revision: reading the log, finding the revision of a moment, and
// forgetting old history.
//
//   v1::ListChangesRequest request;
//   request.set_after_revision(41);
//   ENTENTE_ASSIGN_OR_RETURN(v1::ListChangesResponse page, ListChanges(view, request, 100));
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_CHANGE_LOG_H_
#define ENTENTE_GRAPH_CHANGE_LOG_H_

#include <cstdint>

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

// Revisions after request.after_revision, up to `last` and a page of them. A page is cut short
// where its revisions changed very many events. INVALID_ARGUMENT.
absl::StatusOr<v1::ListChangesResponse> ListChanges(const View& view,
                                                    const v1::ListChangesRequest& request,
                                                    uint64_t last);

// The last revision that was committed at or before a moment; 0: none was. A binary search.
absl::StatusOr<uint64_t> RevisionAt(const View& view, int64_t time_micros, uint64_t last);

// Deletes what only reads as of a revision before `oldest` need, in batches. After it, `oldest` is
// the oldest that can be asked. REQUIRES: no writers; oldest <= the last revision.
absl::Status ForgetHistory(kv::Database* db, const View& view, uint64_t oldest);

// The log's record of a revision. DATA_LOSS if there is none.
absl::StatusOr<Change> ReadChange(const View& view, uint64_t revision);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_CHANGE_LOG_H_
