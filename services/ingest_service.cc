#include "services/ingest_service.h"

#include <grpcpp/support/server_callback.h>

#include "base/status.h"
#include "entente/v1/ingest.grpc.pb.h"
#include "services/call.h"
#include "services/ingest_stream.h"

namespace entente::services {
namespace {

using Context = grpc::CallbackServerContext;
using graph::Stop;

class IngestService final : public v1::Ingest::CallbackService {
 public:
  IngestService(graph::Store* store, const coder::Coder* coder, const Runtime& runtime)
      : store_(store), coder_(coder), runtime_(runtime) {}

  grpc::ServerUnaryReactor* IngestArticle(Context* context, const v1::IngestArticleRequest* request,
                                          v1::IngestArticleResponse* response) override {
    return StartUnary(context, runtime_, runtime_.coders, "Ingest.IngestArticle", response,
                      [this, request](const Stop& stop) { return CodeAndStore(*request, stop); });
  }

  grpc::ServerBidiReactor<v1::IngestArticleRequest, v1::IngestArticleResponse>* IngestArticles(
      Context*) override {
    return StartIngestStream(runtime_, store_, coder_);
  }

  grpc::ServerUnaryReactor* CodeText(Context* context, const v1::CodeTextRequest* request,
                                     v1::CodedArticle* response) override {
    return StartUnary(context, runtime_, runtime_.coders, "Ingest.CodeText", response,
                      [this, request](const Stop&) {
                        v1::Article article = request->article();
                        const coder::CodeOptions options{
                            .explain = request->explain(),
                            .min_confidence = MinConfidence(*request, runtime_)};
                        return CheckAndCode(coder_, options, &article);
                      });
  }

 private:
  absl::StatusOr<v1::IngestArticleResponse> CodeAndStore(const v1::IngestArticleRequest& request,
                                                         const Stop& stop) {
    v1::Article article = request.article();
    const double threshold = MinConfidence(request, runtime_);
    ENTENTE_ASSIGN_OR_RETURN(const v1::CodedArticle coded,
                             CheckAndCode(coder_, {.min_confidence = threshold}, &article));
    ENTENTE_RETURN_IF_ERROR(stop.Check());
    absl::StatusOr<v1::IngestArticleResponse> stored = store_->AddArticle(article, coded);
    if (stored.ok() && stored->outcome() == v1::STORED) stored->set_min_confidence(threshold);
    return stored;
  }

  graph::Store* const store_;
  const coder::Coder* const coder_;
  const Runtime runtime_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeIngestService(graph::Store* store, const coder::Coder* coder,
                                                 const Runtime& runtime) {
  return std::make_unique<IngestService>(store, coder, runtime);
}

}  // namespace entente::services
