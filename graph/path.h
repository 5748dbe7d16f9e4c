// The shortest chain of events from one actor to another.
//
// Breadth-first from both ends at once, always from the smaller frontier (Pohl, "Bi-directional
// Search", Machine Intelligence 6, 1971), over the neighbor rows; where a filter is given, a step
// counts only if the pair has an event that passes it. Of several shortest chains it is always the
// same one for the same store. The scan limit bounds what hubs may cost.
//
// A role of no known state ("police") links nobody, and is passed through by no chain.
//
// Thread safety: as the View.
#ifndef ENTENTE_GRAPH_PATH_H_
#define ENTENTE_GRAPH_PATH_H_

#include "entente/v1/event_graph.pb.h"
#include "graph/view.h"

namespace entente::graph {

// With filter.directed, every hop's event must have from_actor as source and to_actor as target.
absl::StatusOr<v1::FindPathResponse> FindPath(const View& view, const v1::FindPathRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_PATH_H_
