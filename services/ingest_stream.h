// One IngestArticles stream, and the steps that it shares with the unary methods. Private to
// services: includes grpc++ headers.
#ifndef ENTENTE_SERVICES_INGEST_STREAM_H_
#define ENTENTE_SERVICES_INGEST_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include "entente/v1/ingest.pb.h"
#include "graph/store.h"
#include "ingest/coder/coder.h"
#include "services/call.h"

namespace entente::services {

// Checks and completes `article`, then codes it. FAILED_PRECONDITION without a coder;
// INVALID_ARGUMENT and RESOURCE_EXHAUSTED for a bad article or a threshold that is none; what else
// the coder returns.
absl::StatusOr<v1::CodedArticle> CheckAndCode(const coder::Coder* coder,
                                              const coder::CodeOptions& options,
                                              v1::Article* article);

// The threshold that a request gives, or else the server's.
template <typename Request>
double MinConfidence(const Request& request, const Runtime& runtime) {
  return request.has_min_confidence() ? request.min_confidence() : runtime.min_confidence;
}

// Owns itself: gRPC's OnDone deletes it. What is given must outlive it.
grpc::ServerBidiReactor<v1::IngestArticleRequest, v1::IngestArticleResponse>* StartIngestStream(
    const Runtime& runtime, graph::Store* store, const coder::Coder* coder);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_INGEST_STREAM_H_
