#include "services/event_graph_service.h"

#include <grpcpp/support/server_callback.h>

#include "entente/v1/event_graph.grpc.pb.h"
#include "services/call.h"
#include "services/explain.h"
#include "services/timeline_stream.h"

namespace entente::services {
namespace {

using Context = grpc::CallbackServerContext;
using Unary = grpc::ServerUnaryReactor;
using graph::Stop;

class EventGraphService final : public v1::EventGraph::CallbackService {
 public:
  EventGraphService(const graph::Store* store, const coder::Coder* coder,
                    const v1::Ontology* ontology, const Runtime& runtime)
      : store_(store), coder_(coder), ontology_(ontology), runtime_(runtime) {}

  Unary* GetEvent(Context* context, const v1::GetEventRequest* request,
                  v1::Event* response) override {
    return Start(context, "EventGraph.GetEvent", response,
                 [this, request](const Stop& stop) { return store_->GetEvent(*request, stop); });
  }

  // On the coders' threads: it codes.
  Unary* ExplainEvent(Context* context, const v1::ExplainEventRequest* request,
                      v1::ExplainEventResponse* response) override {
    return StartUnary(context, runtime_, runtime_.coders, "EventGraph.ExplainEvent", response,
                      [this, request](const Stop& stop) {
                        return services::ExplainEvent(*store_, coder_, *request, stop);
                      });
  }

  Unary* ListEvents(Context* context, const v1::ListEventsRequest* request,
                    v1::ListEventsResponse* response) override {
    return Start(context, "EventGraph.ListEvents", response,
                 [this, request](const Stop& stop) { return store_->ListEvents(*request, stop); });
  }

  Unary* SearchEvents(Context* context, const v1::SearchEventsRequest* request,
                      v1::SearchEventsResponse* response) override {
    return Start(context, "EventGraph.SearchEvents", response, [this, request](const Stop& stop) {
      return store_->SearchEvents(*request, stop);
    });
  }

  grpc::ServerWriteReactor<v1::ListEventsResponse>* StreamTimeline(
      Context* context, const v1::ListEventsRequest* request) override {
    return StartTimelineStream(context, runtime_, store_, *request);
  }

  Unary* SummarizeTimeline(Context* context, const v1::SummarizeTimelineRequest* request,
                           v1::SummarizeTimelineResponse* response) override {
    return Start(
        context, "EventGraph.SummarizeTimeline", response,
        [this, request](const Stop& stop) { return store_->SummarizeTimeline(*request, stop); });
  }

  Unary* GetRelationship(Context* context, const v1::GetRelationshipRequest* request,
                         v1::Relationship* response) override {
    return Start(
        context, "EventGraph.GetRelationship", response,
        [this, request](const Stop& stop) { return store_->GetRelationship(*request, stop); });
  }

  Unary* ListRelationships(Context* context, const v1::ListRelationshipsRequest* request,
                           v1::ListRelationshipsResponse* response) override {
    return Start(
        context, "EventGraph.ListRelationships", response,
        [this, request](const Stop& stop) { return store_->ListRelationships(*request, stop); });
  }

  Unary* FindPath(Context* context, const v1::FindPathRequest* request,
                  v1::FindPathResponse* response) override {
    return Start(context, "EventGraph.FindPath", response,
                 [this, request](const Stop& stop) { return store_->FindPath(*request, stop); });
  }

  Unary* FindPaths(Context* context, const v1::FindPathsRequest* request,
                   v1::FindPathsResponse* response) override {
    return Start(context, "EventGraph.FindPaths", response,
                 [this, request](const Stop& stop) { return store_->FindPaths(*request, stop); });
  }

  Unary* RankActors(Context* context, const v1::RankActorsRequest* request,
                    v1::RankActorsResponse* response) override {
    return Start(context, "EventGraph.RankActors", response,
                 [this, request](const Stop& stop) { return store_->RankActors(*request, stop); });
  }

  Unary* FindCommunities(Context* context, const v1::FindCommunitiesRequest* request,
                         v1::FindCommunitiesResponse* response) override {
    return Start(
        context, "EventGraph.FindCommunities", response,
        [this, request](const Stop& stop) { return store_->FindCommunities(*request, stop); });
  }

  Unary* SearchActors(Context* context, const v1::SearchActorsRequest* request,
                      v1::SearchActorsResponse* response) override {
    return Start(context, "EventGraph.SearchActors", response, [this, request](const Stop& stop) {
      return store_->SearchActors(*request, stop);
    });
  }

  Unary* GetActor(Context* context, const v1::GetActorRequest* request,
                  v1::Actor* response) override {
    return Start(context, "EventGraph.GetActor", response,
                 [this, request](const Stop& stop) { return store_->GetActor(*request, stop); });
  }

  Unary* GetArticle(Context* context, const v1::GetArticleRequest* request,
                    v1::Article* response) override {
    return Start(context, "EventGraph.GetArticle", response,
                 [this, request](const Stop& stop) { return store_->GetArticle(*request, stop); });
  }

  Unary* ListChanges(Context* context, const v1::ListChangesRequest* request,
                     v1::ListChangesResponse* response) override {
    return Start(context, "EventGraph.ListChanges", response,
                 [this, request](const Stop& stop) { return store_->ListChanges(*request, stop); });
  }

  grpc::ServerWriteReactor<v1::ListChangesResponse>* WatchChanges(
      Context* context, const v1::ListChangesRequest* request) override {
    return StartChangeStream(context, runtime_, store_, *request);
  }

  Unary* GetOntology(Context* context, const v1::GetOntologyRequest*,
                     v1::Ontology* response) override {
    return Start(context, "EventGraph.GetOntology", response,
                 [this](const Stop&) { return absl::StatusOr<v1::Ontology>(*ontology_); });
  }

  Unary* GetStats(Context* context, const v1::GetStatsRequest* request,
                  v1::Stats* response) override {
    return Start(context, "EventGraph.GetStats", response,
                 [this, request](const Stop&) { return store_->GetStats(*request); });
  }

 private:
  template <typename Response, typename Work>
  Unary* Start(Context* context, std::string_view method, Response* response, Work work) {
    return StartUnary(context, runtime_, runtime_.queries, method, response, std::move(work));
  }

  const graph::Store* const store_;
  const coder::Coder* const coder_;
  const v1::Ontology* const ontology_;
  const Runtime runtime_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEventGraphService(const graph::Store* store,
                                                     const coder::Coder* coder,
                                                     const v1::Ontology* ontology,
                                                     const Runtime& runtime) {
  return std::make_unique<EventGraphService>(store, coder, ontology, runtime);
}

}  // namespace entente::services
