#include "services/curation_service.h"

#include <grpcpp/support/server_callback.h>

#include "entente/v1/curation.grpc.pb.h"
#include "services/call.h"

namespace entente::services {
namespace {

using Context = grpc::CallbackServerContext;
using Unary = grpc::ServerUnaryReactor;
using graph::Stop;

class CurationService final : public v1::Curation::CallbackService {
 public:
  CurationService(graph::Store* store, const Runtime& runtime) : store_(store), runtime_(runtime) {}

  Unary* MergeActors(Context* context, const v1::MergeActorsRequest* request,
                     v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_merge_actors() = *request;
    return Curate(context, "Curation.MergeActors", std::move(act), response);
  }

  Unary* SplitActor(Context* context, const v1::SplitActorRequest* request,
                    v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_split_actor() = *request;
    return Curate(context, "Curation.SplitActor", std::move(act), response);
  }

  Unary* EditNames(Context* context, const v1::EditNamesRequest* request,
                   v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_edit_names() = *request;
    return Curate(context, "Curation.EditNames", std::move(act), response);
  }

  Unary* CorrectEvent(Context* context, const v1::CorrectEventRequest* request,
                      v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_correct_event() = *request;
    return Curate(context, "Curation.CorrectEvent", std::move(act), response);
  }

  Unary* RetractArticle(Context* context, const v1::RetractArticleRequest* request,
                        v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_retract_article() = *request;
    return Curate(context, "Curation.RetractArticle", std::move(act), response);
  }

  Unary* DetachReport(Context* context, const v1::DetachReportRequest* request,
                      v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_detach_report() = *request;
    return Curate(context, "Curation.DetachReport", std::move(act), response);
  }

  Unary* Undo(Context* context, const v1::UndoRequest* request,
              v1::CurationRecord* response) override {
    v1::CurationRecord act;
    *act.mutable_undo() = *request;
    return Curate(context, "Curation.Undo", std::move(act), response);
  }

  Unary* ListCurations(Context* context, const v1::ListCurationsRequest* request,
                       v1::ListCurationsResponse* response) override {
    return StartUnary(
        context, runtime_, runtime_.queries, "Curation.ListCurations", response,
        [this, request](const Stop& stop) { return store_->ListCurations(*request, stop); });
  }

 private:
  Unary* Curate(Context* context, std::string_view method, v1::CurationRecord act,
                v1::CurationRecord* response) {
    return StartUnary(context, runtime_, runtime_.coders, method, response,
                      [this, act = std::move(act)](const Stop&) { return store_->Curate(act); });
  }

  graph::Store* const store_;
  const Runtime runtime_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCurationService(graph::Store* store, const Runtime& runtime) {
  return std::make_unique<CurationService>(store, runtime);
}

}  // namespace entente::services
