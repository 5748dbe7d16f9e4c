// Summaries over roll-ups: an actor's or a pair's counts by bucket of time, what two actors have to
// do with each other, and with whom one has most to do. Events are read only to be shown.
//
// Cost: a roll-up row for each day of the window on which something happened, or for each month;
// ListRelationships reads one row for each other actor, or the pair's months where a window is
// given. Of a busy pair most of the time goes into the answer: a message for each type of a bucket.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_RELATIONSHIP_H_
#define ENTENTE_GRAPH_RELATIONSHIP_H_

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

// Fills `response`, which must be empty and may live on an arena. INVALID_ARGUMENT, NOT_FOUND, and
// what a scan of the view returns.
absl::Status SummarizeTimeline(const View& view, const v1::SummarizeTimelineRequest& request,
                               v1::SummarizeTimelineResponse* response);

absl::StatusOr<v1::Relationship> GetRelationship(const View& view,
                                                 const v1::GetRelationshipRequest& request);

absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
    const View& view, const v1::ListRelationshipsRequest& request);

// The first day of the bucket that `day` lies in. Weeks begin on Monday.
Date BucketStart(Date day, v1::BucketSize size);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_RELATIONSHIP_H_
