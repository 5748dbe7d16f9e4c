// The read API over one store: each method of v1.EventGraph runs the store's method of the same
// name on a pool and maps its error; ExplainEvent codes again (explain.h). No logic of its own.
//
// Thread safety: the service may be called from any thread.
#ifndef ENTENTE_SERVICES_EVENT_GRAPH_SERVICE_H_
#define ENTENTE_SERVICES_EVENT_GRAPH_SERVICE_H_

#include <memory>

#include "entente/v1/ontology.pb.h"
#include "graph/store.h"
#include "ingest/coder/coder.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace entente::services {

struct Runtime;

// `store`, `coder`, `ontology` and what `runtime` points to must outlive the service. Without a
// coder (null) ExplainEvent answers FAILED_PRECONDITION.
std::unique_ptr<grpc::Service> MakeEventGraphService(const graph::Store* store,
                                                     const coder::Coder* coder,
                                                     const v1::Ontology* ontology,
                                                     const Runtime& runtime);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_EVENT_GRAPH_SERVICE_H_
