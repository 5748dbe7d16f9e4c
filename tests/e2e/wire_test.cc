// Goal: what a client sees over the wire is what the proto files promise: every method, every error
// code, streaming in order, cancellation, deadlines, limits, health, reflection, shutdown.
//
// Method: a real server on 127.0.0.1 over a store in memory, with a fake coder, and real stubs.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <sstream>
#include <thread>

#include "base/strings.h"
#include "entente/v1/curation.grpc.pb.h"
#include "entente/v1/event_graph.grpc.pb.h"
#include "entente/v1/ingest.grpc.pb.h"
#include "services/server.h"
#include "tests/e2e/fake_coder.h"

namespace entente {
namespace {

using services::Server;
using services::ServerOptions;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

class WireTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(ServerOptions()); }
  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  void Start(ServerOptions options) {
    graph::StoreOptions store_options;
    store_options.in_memory = true;
    auto store = graph::Store::Open(store_options);
    ASSERT_TRUE(store.ok()) << store.status();
    server_ = nullptr;
    store_ = *std::move(store);
    ontology_.set_version("test");
    options.address = "127.0.0.1:0";
    options.coding_threads = 2;
    auto server = Server::Start(options, {store_.get(), &coder_, &ontology_, &log_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ =
        grpc::CreateChannel(Cat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials());
    graph_ = v1::EventGraph::NewStub(channel_);
    ingest_ = v1::Ingest::NewStub(channel_);
  }

  static v1::IngestArticleRequest ArticleOf(const std::string& id, const std::string& text,
                                            const std::string& date = "2023-09-13") {
    v1::IngestArticleRequest request;
    request.mutable_article()->set_id(id);
    request.mutable_article()->set_text(text);
    request.mutable_article()->set_publish_date(date);
    return request;
  }

  v1::IngestArticleResponse Store(const std::string& id, const std::string& text,
                                  const std::string& date = "2023-09-13") {
    grpc::ClientContext context;
    v1::IngestArticleResponse response;
    const grpc::Status status =
        ingest_->IngestArticle(&context, ArticleOf(id, text, date), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // Calls a unary method of EventGraph.
  template <typename Request, typename Response>
  grpc::Status Ask(grpc::Status (v1::EventGraph::Stub::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                   const Request& request, Response* response) {
    grpc::ClientContext context;
    return (graph_.get()->*method)(&context, request, response);
  }

  // Calls any unary method with raw bytes, as a client without our protos would.
  std::string CallRaw(const std::string& method, const std::string& request) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const grpc::Slice slice(request);
    auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return Bytes(reply);
  }

  static std::string Bytes(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(buffer.Dump(&slices).ok());
    std::string bytes;
    for (const grpc::Slice& slice : slices) {
      bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    return bytes;
  }

  std::ostringstream logged_;
  services::Log log_{&logged_};
  FakeCoder coder_;
  v1::Ontology ontology_;
  std::unique_ptr<graph::Store> store_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::EventGraph::Stub> graph_;
  std::unique_ptr<v1::Ingest::Stub> ingest_;
};

// --- EventGraph -------------------------------------------------------------------------------

TEST_F(WireTest, AnArticleBecomesATimelineWithItsEvidence) {
  const v1::IngestArticleResponse stored = Store("a1", "PRK meets RUS\nPRK arms RUS");
  EXPECT_EQ(stored.outcome(), v1::STORED);
  EXPECT_EQ(stored.new_event_count(), 2);

  v1::ListEventsRequest list;
  list.mutable_filter()->set_actor("PRK");
  list.mutable_filter()->set_other_actor("RUS");
  v1::ListEventsResponse page;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::ListEvents, list, &page).ok());
  ASSERT_EQ(page.events_size(), 2);

  v1::GetEventRequest get;
  get.set_id(page.events(0).id());
  v1::Event event;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetEvent, get, &event).ok());
  ASSERT_EQ(event.mentions_size(), 1);
  EXPECT_EQ(event.mentions(0).article(), "a1");
  EXPECT_EQ(event.mentions(0).trigger().begin(), event.mentions(0).sentence().begin() + 4);
}

TEST_F(WireTest, EventsAreFoundByTheirWords) {
  Store("a1", "PRK meets RUS\nPRK arms RUS", "2023-09-13");
  Store("a2", "RUS arms CHN", "2023-09-14");
  v1::SearchEventsRequest search;
  search.set_query("arms -chn");
  v1::SearchEventsResponse page;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::SearchEvents, search, &page).ok());
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).type(), "arms_deal");
  search.set_query("arms");
  search.set_page_size(1);
  search.set_include_mentions(true);
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::SearchEvents, search, &page).ok());
  ASSERT_EQ(page.events_size(), 1);
  ASSERT_EQ(page.events(0).mentions_size(), 1);
  EXPECT_EQ(page.events(0).mentions(0).article(), "a2");  // the newest report first
  search.set_page_token(page.next_page_token());
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::SearchEvents, search, &page).ok());
  EXPECT_EQ(page.next_page_token(), "");
  search.set_query("\"arms");
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::SearchEvents, search, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WireTest, ARelationshipSumsUp) {
  Store("a1", "PRK meets RUS", "2023-09-13");
  Store("a2", "PRK arms RUS", "2023-10-01");
  v1::GetRelationshipRequest request;
  request.set_actor("PRK");
  request.set_other_actor("RUS");
  v1::Relationship relationship;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetRelationship, request, &relationship).ok());
  EXPECT_EQ(relationship.event_count(), 2);
  ASSERT_EQ(relationship.latest_events_size(), 2);
  EXPECT_EQ(relationship.latest_events(0).type(), "arms_deal");

  v1::SummarizeTimelineRequest summarize;
  summarize.set_actor("PRK");
  v1::SummarizeTimelineResponse summary;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::SummarizeTimeline, summarize, &summary).ok());
  EXPECT_EQ(summary.buckets_size(), 2);

  v1::ListRelationshipsRequest list;
  list.set_actor("PRK");
  v1::ListRelationshipsResponse partners;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::ListRelationships, list, &partners).ok());
  ASSERT_EQ(partners.relationships_size(), 1);
  EXPECT_EQ(partners.relationships(0).other_actor().id(), "RUS");
}

TEST_F(WireTest, APathLeadsOverAThird) {
  Store("a1", "PRK meets RUS\nRUS meets CHN");
  v1::FindPathRequest request;
  request.set_from_actor("PRK");
  request.set_to_actor("CHN");
  v1::FindPathResponse path;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::FindPath, request, &path).ok());
  ASSERT_EQ(path.hops_size(), 2);
  EXPECT_EQ(path.hops(0).to_actor().id(), "RUS");

  v1::FindPathsRequest many;
  many.set_from_actor("PRK");
  many.set_to_actor("CHN");
  v1::FindPathsResponse paths;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::FindPaths, many, &paths).ok());
  ASSERT_EQ(paths.paths_size(), 1);
  EXPECT_EQ(paths.paths(0).cost(), 2);
}

TEST_F(WireTest, RanksAndCommunities) {
  Store("a1", "PRK meets RUS\nRUS meets CHN");
  v1::RankActorsRequest rank;
  v1::RankActorsResponse ranked;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::RankActors, rank, &ranked).ok());
  ASSERT_EQ(ranked.actors_size(), 3);
  EXPECT_EQ(ranked.actors(0).actor().id(), "RUS");
  v1::FindCommunitiesRequest divide;
  v1::FindCommunitiesResponse divided;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::FindCommunities, divide, &divided).ok());
  EXPECT_EQ(divided.community_count(), 1);
  rank.set_page_size(-1);
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::RankActors, rank, &ranked).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WireTest, ActorsArticlesStatsAndTheOntologyAreThere) {
  Store("a1", "PRK meets RUS");
  v1::SearchActorsRequest search;
  search.set_query("PR");
  v1::SearchActorsResponse actors;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::SearchActors, search, &actors).ok());
  ASSERT_EQ(actors.actors_size(), 1);
  v1::GetActorRequest get_actor;
  get_actor.set_id("PRK");
  v1::Actor actor;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetActor, get_actor, &actor).ok());
  EXPECT_EQ(actor.event_count(), 1);
  v1::GetArticleRequest get_article;
  get_article.set_id("a1");
  v1::Article article;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetArticle, get_article, &article).ok());
  EXPECT_EQ(article.text(), "PRK meets RUS");
  v1::Stats stats;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest(), &stats).ok());
  EXPECT_EQ(stats.event_count(), 1);
  v1::Ontology ontology;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetOntology, v1::GetOntologyRequest(), &ontology).ok());
  EXPECT_EQ(ontology.version(), "test");
}

TEST_F(WireTest, EveryErrorHasItsCode) {
  v1::Event event;
  v1::GetEventRequest get;
  get.set_id("999");
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::GetEvent, get, &event).error_code(),
            grpc::StatusCode::NOT_FOUND);
  get.set_id("no-number");
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::GetEvent, get, &event).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  v1::ListEventsRequest list;
  v1::ListEventsResponse page;
  list.set_page_size(100'000);
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::ListEvents, list, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  list.set_page_size(10);
  list.set_page_token("forged");
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::ListEvents, list, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  list.clear_page_token();
  list.mutable_filter()->set_actor("NOBODY");
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::ListEvents, list, &page).error_code(),
            grpc::StatusCode::NOT_FOUND);
  v1::SearchActorsResponse actors;
  EXPECT_EQ(
      Ask(&v1::EventGraph::Stub::SearchActors, v1::SearchActorsRequest(), &actors).error_code(),
      grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WireTest, PagesGoOnWhereTheyEnded) {
  for (int day = 1; day <= 5; ++day) {
    Store(Cat("a", day), Cat("PRK meets RUS\nDay ", day), Cat("2023-09-0", day));
  }
  v1::ListEventsRequest list;
  list.set_page_size(2);
  std::vector<std::string> dates;
  do {
    v1::ListEventsResponse page;
    ASSERT_TRUE(Ask(&v1::EventGraph::Stub::ListEvents, list, &page).ok());
    for (const v1::Event& event : page.events()) dates.push_back(event.date().start());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(dates, ::testing::ElementsAre("2023-09-01", "2023-09-02", "2023-09-03", "2023-09-04",
                                            "2023-09-05"));
}

// --- StreamTimeline ---------------------------------------------------------------------------

TEST_F(WireTest, AStreamGivesEverythingInOrder) {
  // More than one message of 256 events.
  std::string text;
  for (int i = 0; i < 600; ++i) text += Cat("A", i, " meets RUS\n");
  Store("a1", text);
  v1::ListEventsRequest request;
  request.set_include_mentions(true);
  grpc::ClientContext context;
  const auto reader = graph_->StreamTimeline(&context, request);
  v1::ListEventsResponse page;
  int events = 0;
  int messages = 0;
  for (; reader->Read(&page); ++messages) events += page.events_size();
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(events, 600);
  EXPECT_GE(messages, 3);
}

TEST_F(WireTest, AStreamTellsItsError) {
  v1::ListEventsRequest request;
  request.mutable_filter()->set_start_date("yesterday");
  grpc::ClientContext context;
  const auto reader = graph_->StreamTimeline(&context, request);
  v1::ListEventsResponse page;
  EXPECT_FALSE(reader->Read(&page));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WireTest, AStreamMayBeCancelled) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += Cat("A", i, " meets RUS\n");
  Store("a1", text);
  v1::ListEventsRequest request;
  grpc::ClientContext context;
  const auto reader = graph_->StreamTimeline(&context, request);
  v1::ListEventsResponse page;
  ASSERT_TRUE(reader->Read(&page));
  context.TryCancel();
  while (reader->Read(&page)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // The server lives on.
  v1::Stats stats;
  EXPECT_TRUE(Ask(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest(), &stats).ok());
}

// --- Ingest -----------------------------------------------------------------------------------

TEST_F(WireTest, TheSameArticleTwiceChangesNothing) {
  EXPECT_EQ(Store("a1", "PRK meets RUS").outcome(), v1::STORED);
  const v1::IngestArticleResponse again = Store("a1", "PRK meets RUS");
  EXPECT_EQ(again.outcome(), v1::ALREADY_STORED);
  EXPECT_EQ(again.event_ids_size(), 1);
  EXPECT_EQ(again.new_event_count(), 0);
}

TEST_F(WireTest, ABadArticleIsRefused) {
  const std::pair<v1::IngestArticleRequest, grpc::StatusCode> cases[] = {
      {ArticleOf("a1", ""), grpc::StatusCode::INVALID_ARGUMENT},
      {ArticleOf("a1", "text", "2023-02-30"), grpc::StatusCode::INVALID_ARGUMENT},
      {ArticleOf("a1", std::string("\0\1\2\3", 4)), grpc::StatusCode::INVALID_ARGUMENT},
      {ArticleOf("a1", std::string((1 << 20) + 1, 'a')), grpc::StatusCode::RESOURCE_EXHAUSTED},
      // Beyond what the server even reads.
      {ArticleOf("a1", std::string(5 << 20, 'a')), grpc::StatusCode::RESOURCE_EXHAUSTED}};
  for (const auto& [request, code] : cases) {
    grpc::ClientContext context;
    v1::IngestArticleResponse response;
    EXPECT_EQ(ingest_->IngestArticle(&context, request, &response).error_code(), code);
  }
  v1::Stats stats;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest(), &stats).ok());
  EXPECT_EQ(stats.article_count(), 0);
}

TEST_F(WireTest, AFaultOfOursIsSentCleanAndLoggedWhole) {
  grpc::ClientContext context;
  v1::IngestArticleResponse response;
  const grpc::Status status = ingest_->IngestArticle(&context, ArticleOf("a1", "FAIL"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), HasSubstr("reference 1"));
  EXPECT_THAT(status.error_message(), Not(HasSubstr("broken")));
  EXPECT_THAT(logged_.str(), HasSubstr("the coder is broken"));
}

TEST_F(WireTest, CodeTextStoresNothing) {
  v1::CodeTextRequest request;
  *request.mutable_article() = ArticleOf("a1", "PRK meets RUS").article();
  grpc::ClientContext context;
  v1::CodedArticle coded;
  ASSERT_TRUE(ingest_->CodeText(&context, request, &coded).ok());
  EXPECT_EQ(coded.events_size(), 1);
  v1::Stats stats;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest(), &stats).ok());
  EXPECT_EQ(stats.article_count(), 0);
}

TEST_F(WireTest, AStreamOfArticlesGetsItsOutcomesInOrder) {
  constexpr int kArticles = 300;  // several windows of the server
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  std::thread writer([&stream] {
    for (int i = 0; i < kArticles; ++i) {
      std::string text = Cat("A", i, " meets RUS");
      if (i % 50 == 1) text = "";          // bad
      if (i % 50 == 2) text += "\nFAIL";   // the coder breaks on it
      if (i % 100 == 3) text += "\nSLOW";  // later ones are ready before it
      ASSERT_TRUE(stream->Write(ArticleOf(Cat("a", i), text)));
    }
    stream->WritesDone();
  });
  v1::IngestArticleResponse outcome;
  int count = 0;
  for (; stream->Read(&outcome); ++count) {
    EXPECT_EQ(outcome.article(), Cat("a", count));
    const bool bad = count % 50 == 1 || count % 50 == 2;
    EXPECT_EQ(outcome.outcome(), bad ? v1::REJECTED : v1::STORED) << count;
    EXPECT_EQ(outcome.error().empty(), !bad);
    // It is durable, and so seen, by the time its outcome arrives.
    if (!bad && count % 40 == 0) {
      v1::Article article;
      v1::GetArticleRequest get;
      get.set_id(outcome.article());
      EXPECT_TRUE(Ask(&v1::EventGraph::Stub::GetArticle, get, &article).ok());
    }
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(count, kArticles);
}

TEST_F(WireTest, OutcomesComeBeforeTheClientIsDone) {
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  v1::IngestArticleResponse outcome;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->Write(ArticleOf(Cat("a", i), Cat("A", i, " meets RUS"))));
    ASSERT_TRUE(stream->Read(&outcome));
    EXPECT_EQ(outcome.article(), Cat("a", i));
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&outcome));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(WireTest, AnEmptyStreamIsFine) {
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  stream->WritesDone();
  v1::IngestArticleResponse outcome;
  EXPECT_FALSE(stream->Read(&outcome));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(WireTest, ACancelledStreamLeavesTheServerWell) {
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    const auto stream = ingest_->IngestArticles(&context);
    for (int i = 0; i < round; ++i) {
      stream->Write(ArticleOf(Cat("r", round, "a", i), Cat("A", round, " meets B", i)));
    }
    context.TryCancel();
    v1::IngestArticleResponse outcome;
    while (stream->Read(&outcome)) {
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_EQ(Store("after", "PRK meets RUS").outcome(), v1::STORED);
}

TEST_F(WireTest, AReaderWhoNeverReadsHoldsNothingUp) {
  // Outcomes pile up to the server's window; then it reads no more, and others are served.
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  for (int i = 0; i < 50; ++i) stream->Write(ArticleOf(Cat("a", i), Cat("A", i, " meets RUS")));
  EXPECT_EQ(Store("other", "PRK meets RUS").outcome(), v1::STORED);
  context.TryCancel();
  stream->Finish();
}

// --- limits, deadlines, health, reflection, shutdown --------------------------------------------

TEST_F(WireTest, ADeadlineEndsACall) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(50));
  v1::IngestArticleResponse response;
  EXPECT_EQ(ingest_->IngestArticle(&context, ArticleOf("a1", "SLOW"), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  // The coder went on for a while, but what nobody waits for is not stored.
  std::this_thread::sleep_for(milliseconds(500));
  v1::Stats stats;
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest(), &stats).ok());
  EXPECT_EQ(stats.article_count(), 0);
}

TEST_F(WireTest, CallsBeyondTheLimitAreRefused) {
  ServerOptions options;
  options.max_calls = 1;
  Start(options);
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  v1::IngestArticleResponse outcome;
  ASSERT_TRUE(stream->Write(ArticleOf("a1", "PRK meets RUS")));
  ASSERT_TRUE(stream->Read(&outcome));  // by now the stream counts
  v1::Stats stats;
  const grpc::Status refused = Ask(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest(), &stats);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("busy"));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

// grpc.health.v1: HealthCheckRequest{service = 1}, HealthCheckResponse{status = 1; SERVING = 1}.
TEST_F(WireTest, HealthIsServed) {
  for (const std::string service : {"", "entente.v1.EventGraph", "entente.v1.Ingest"}) {
    std::string request;
    if (!service.empty()) {
      request = Cat('\x0a', static_cast<char>(service.size()), service);
    }
    EXPECT_EQ(CallRaw("/grpc.health.v1.Health/Check", request), "\x08\x01") << service;
  }
}

// grpc.reflection.v1alpha: ServerReflectionRequest{list_services = 7}.
TEST_F(WireTest, ReflectionListsTheServices) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice slice(std::string("\x3a\x01*"));
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer reply;
  call->Read(&reply, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  EXPECT_THAT(Bytes(reply), HasSubstr("entente.v1.EventGraph"));
  EXPECT_THAT(Bytes(reply), HasSubstr("entente.v1.Ingest"));
  call->WritesDone(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
}

TEST_F(WireTest, ShutdownLetsCallsFinish) {
  grpc::Status status;
  v1::IngestArticleResponse response;
  std::thread caller([&] {
    grpc::ClientContext context;
    status = ingest_->IngestArticle(&context, ArticleOf("a1", "PRK meets RUS\nSLOW"), &response);
  });
  std::this_thread::sleep_for(milliseconds(100));  // the coder takes 300
  server_->Shutdown();
  caller.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outcome(), v1::STORED);
  grpc::ClientContext context;
  v1::Stats stats;
  EXPECT_EQ(graph_->GetStats(&context, v1::GetStatsRequest(), &stats).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(WireTest, ShutdownEndsAStreamThatNeverWould) {
  ServerOptions options;
  options.drain_seconds = 0;
  Start(options);
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  ASSERT_TRUE(stream->Write(ArticleOf("a1", "PRK meets RUS")));
  v1::IngestArticleResponse outcome;
  ASSERT_TRUE(stream->Read(&outcome));
  const auto begin = std::chrono::steady_clock::now();
  server_->Shutdown();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_FALSE(stream->Read(&outcome));
  EXPECT_FALSE(stream->Finish().ok());
}

TEST_F(WireTest, CurationAndAsOfReads) {
  const auto curation = v1::Curation::NewStub(channel_);
  v1::Curator by;
  by.set_author("ann");
  by.set_reason("because");
  Store("a1", "PRK meets RUS");
  Store("a2", "PRK meets RUS\nPRK arms CHN");
  v1::CurationRecord record;
  // Calls a method of Curation; the code that comes back.
  const auto act = [&](auto method, auto request) {
    *request.mutable_curator() = by;
    grpc::ClientContext context;
    return ((curation.get())->*method)(&context, request, &record).error_code();
  };
  using Stub = v1::Curation::Stub;
  const auto count = [&](int64_t revision) {
    v1::GetRelationshipRequest request;
    request.set_actor("PRK");
    request.set_other_actor("RUS");
    request.mutable_as_of()->set_revision(revision);
    v1::Relationship relationship;
    const grpc::Status status = Ask(&v1::EventGraph::Stub::GetRelationship, request, &relationship);
    return status.ok() ? relationship.event_count() : -int64_t{status.error_code()};
  };

  v1::DetachReportRequest detach;
  detach.set_event_id("1");
  detach.set_article("a2");
  EXPECT_EQ(act(&Stub::DetachReport, detach), grpc::StatusCode::OK);
  EXPECT_EQ(record.revision(), 3);
  ASSERT_EQ(record.created_event_ids_size(), 1);
  EXPECT_EQ(count(0), 2);
  EXPECT_EQ(count(2), 1);
  EXPECT_EQ(count(99), -int64_t{grpc::StatusCode::OUT_OF_RANGE});

  v1::RetractArticleRequest retract;
  retract.set_article("a1");
  EXPECT_EQ(act(&Stub::RetractArticle, retract), grpc::StatusCode::OK);
  EXPECT_EQ(count(0), 1);
  EXPECT_EQ(act(&Stub::RetractArticle, retract), grpc::StatusCode::FAILED_PRECONDITION);

  v1::MergeActorsRequest merge;
  merge.set_actor("CHN");
  merge.set_into_actor("RUS");
  EXPECT_EQ(act(&Stub::MergeActors, merge), grpc::StatusCode::OK);
  EXPECT_EQ(count(0), 2);

  v1::CorrectEventRequest correct;
  correct.set_event_id("2");
  correct.add_fields("status");
  correct.mutable_values()->set_status(v1::DENIED);
  EXPECT_EQ(act(&Stub::CorrectEvent, correct), grpc::StatusCode::OK);

  v1::EditNamesRequest names;
  names.set_actor("PRK");
  names.add_add("Choson");
  EXPECT_EQ(act(&Stub::EditNames, names), grpc::StatusCode::OK);

  v1::SplitActorRequest split;
  split.set_actor("PRK");
  split.mutable_new_actor()->set_id("PRK.GOV");
  split.add_event_ids("2");
  EXPECT_EQ(act(&Stub::SplitActor, split), grpc::StatusCode::OK);

  v1::UndoRequest undo;
  undo.set_revision(4);
  EXPECT_EQ(act(&Stub::Undo, undo), grpc::StatusCode::OK);
  EXPECT_EQ(act(&Stub::Undo, undo), grpc::StatusCode::FAILED_PRECONDITION);
  undo.set_revision(1);
  EXPECT_EQ(act(&Stub::Undo, undo), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();

  grpc::ClientContext context;
  v1::ListCurationsResponse list;
  ASSERT_TRUE(curation->ListCurations(&context, v1::ListCurationsRequest(), &list).ok());
  ASSERT_EQ(list.curations_size(), 7);
  EXPECT_EQ(list.curations(0).undo().revision(), 4);
  EXPECT_EQ(list.curations(5).undone_by_revision(), 9);
}

TEST_F(WireTest, ChangesCanBeFollowed) {
  Store("a1", "PRK meets RUS");
  Store("a2", "PRK arms RUS");
  v1::ListChangesRequest request;
  v1::ListChangesResponse changes;
  request.set_page_size(1);
  ASSERT_TRUE(Ask(&v1::EventGraph::Stub::ListChanges, request, &changes).ok());
  ASSERT_EQ(changes.revisions_size(), 1);
  EXPECT_EQ(changes.revisions(0).article(), "a1");
  request.set_page_size(1001);
  EXPECT_EQ(Ask(&v1::EventGraph::Stub::ListChanges, request, &changes).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);

  request.set_page_size(0);
  request.set_after_revision(1);
  request.set_follow(true);
  grpc::ClientContext context;
  const auto reader = graph_->WatchChanges(&context, request);
  ASSERT_TRUE(reader->Read(&changes));
  EXPECT_EQ(changes.revisions(0).article(), "a2");
  Store("a3", "PRK meets CHN");
  ASSERT_TRUE(reader->Read(&changes));
  EXPECT_EQ(changes.revisions(0).article(), "a3");
  EXPECT_EQ(changes.revisions(0).created_event_count(), 1);
  context.TryCancel();
  while (reader->Read(&changes)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(WireTest, InProcessIsTheSame) {
  Store("a1", "PRK meets RUS");
  const auto local = v1::EventGraph::NewStub(server_->InProcessChannel());
  grpc::ClientContext context;
  const auto reader = local->StreamTimeline(&context, v1::ListEventsRequest());
  v1::ListEventsResponse page;
  ASSERT_TRUE(reader->Read(&page));
  EXPECT_EQ(page.events_size(), 1);
  EXPECT_FALSE(reader->Read(&page));
  EXPECT_TRUE(reader->Finish().ok());
}

}  // namespace
}  // namespace entente
