// Who belongs together: groups of actors that deal with each other.
//
// MODULARITY maximises Newman's modularity with a resolution by moving actors between groups and
// then whole groups: Blondel, Guillaume, Lambiotte and Lefebvre, "Fast unfolding of communities in
// large networks" (2008). Groups that this leaves in unconnected parts are split, which can only
// raise modularity (Traag, Waltman and van Eck, "From Louvain to Leiden", 2019, show that it
// happens). Actors are visited in the order in which they became known, so that the same store
// gives the same groups.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_COMMUNITIES_H_
#define ENTENTE_GRAPH_COMMUNITIES_H_

#include "base/status.h"
#include "entente/v1/event_graph.pb.h"

namespace entente::graph {

class View;

// INVALID_ARGUMENT, DEADLINE_EXCEEDED, CANCELLED. Cost: a scan of the pairs, then a few dozen
// passes over them. Memory: about 150 bytes a pair.
absl::StatusOr<v1::FindCommunitiesResponse> FindCommunities(
    const View& view, const v1::FindCommunitiesRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_COMMUNITIES_H_
