// Summaries over roll-ups: an actor's or a pair's counts by bucket of time, what two actors have to
// do with each other, and with whom one has most to do. Events are read only to be shown.
//
// Cost: a roll-up row for each day of the window on which something happened; ListRelationships
// reads one row for each other actor, or the pair's days where a window is given.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_RELATIONSHIP_H_
#define ENTENTE_GRAPH_RELATIONSHIP_H_

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

absl::StatusOr<v1::SummarizeTimelineResponse> SummarizeTimeline(
    const View& view, const v1::SummarizeTimelineRequest& request);

absl::StatusOr<v1::Relationship> GetRelationship(const View& view,
                                                 const v1::GetRelationshipRequest& request);

absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
    const View& view, const v1::ListRelationshipsRequest& request);

// The first day of the bucket that `day` lies in. Weeks begin on Monday.
Date BucketStart(Date day, v1::BucketSize size);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_RELATIONSHIP_H_
