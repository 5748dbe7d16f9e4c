// The write API: articles are checked, coded and stored.
//
// IngestArticles works on several articles of a stream at once, stores them one after the other in
// the order in which they came, and sends each outcome after its batch is durable. The window of
// articles under way is bounded in number and bytes; beyond it the client is made to wait by flow
// control.
//
// Thread safety: the service may be called from any thread.
#ifndef ENTENTE_SERVICES_INGEST_SERVICE_H_
#define ENTENTE_SERVICES_INGEST_SERVICE_H_

#include <cstddef>
#include <memory>

#include "graph/store.h"
#include "ingest/coder/coder.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace entente::services {

struct Runtime;

// Articles of one stream that are being coded, stored or reported at once.
inline constexpr size_t kMaxStreamArticles = 64;
// Their bytes. One article is always let in.
inline constexpr size_t kMaxStreamBytes = size_t{8} << 20;

// `store`, `coder` and what `runtime` points to must outlive the service. Without a coder every
// method answers FAILED_PRECONDITION.
std::unique_ptr<grpc::Service> MakeIngestService(graph::Store* store, const coder::Coder* coder,
                                                 const Runtime& runtime);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_INGEST_SERVICE_H_
