// The curators' API over one store: each method of v1.Curation is an act that the store carries
// out. No logic of its own.
//
// Thread safety: the service may be called from any thread.
#ifndef ENTENTE_SERVICES_CURATION_SERVICE_H_
#define ENTENTE_SERVICES_CURATION_SERVICE_H_

#include <memory>

#include "graph/store.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace entente::services {

struct Runtime;

// `store` and what `runtime` points to must outlive the service.
std::unique_ptr<grpc::Service> MakeCurationService(graph::Store* store, const Runtime& runtime);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_CURATION_SERVICE_H_
