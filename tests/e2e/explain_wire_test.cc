// Goal: over the wire an event's mentions are explained by coding their articles again, and where
// they cannot be the outcome says why; and the threshold of confidence is the operator's.
//
// Method: a real server on 127.0.0.1 over a store in memory; articles are stored with one fake
// coder and explained with another.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/strings.h"
#include "entente/v1/event_graph.grpc.pb.h"
#include "entente/v1/ingest.grpc.pb.h"
#include "services/server.h"
#include "tests/e2e/fake_coder.h"

namespace entente {
namespace {

using services::Server;
using services::ServerOptions;
using ::testing::HasSubstr;

class ExplainWireTest : public ::testing::Test {
 protected:
  void SetUp() override {
    graph::StoreOptions options;
    options.in_memory = true;
    auto store = graph::Store::Open(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    Serve(&first_, ServerOptions());
  }
  void TearDown() override { server_->Shutdown(); }

  // A server over the same store with another coder (null: none).
  void Serve(const coder::Coder* coder, ServerOptions options) {
    if (server_ != nullptr) server_->Shutdown();
    options.address = "127.0.0.1:0";
    options.coding_threads = 1;
    auto server = Server::Start(options, {store_.get(), coder, &ontology_, &log_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const auto channel =
        grpc::CreateChannel(Cat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials());
    graph_ = v1::EventGraph::NewStub(channel);
    ingest_ = v1::Ingest::NewStub(channel);
  }

  static v1::IngestArticleRequest RequestOf(const std::string& id, const std::string& text) {
    v1::IngestArticleRequest request;
    request.mutable_article()->set_id(id);
    request.mutable_article()->set_text(text);
    request.mutable_article()->set_publish_date("2023-09-13");
    return request;
  }
  grpc::Status Ingest(const v1::IngestArticleRequest& request,
                      v1::IngestArticleResponse* response) {
    grpc::ClientContext context;
    return ingest_->IngestArticle(&context, request, response);
  }
  // The id of the article's only event.
  std::string Store(const std::string& id, const std::string& text) {
    v1::IngestArticleResponse response;
    const grpc::Status status = Ingest(RequestOf(id, text), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.event_ids_size(), 1);
    return response.event_ids_size() == 1 ? response.event_ids(0) : std::string();
  }

  grpc::Status Explain(const v1::ExplainEventRequest& request, v1::ExplainEventResponse* response) {
    grpc::ClientContext context;
    return graph_->ExplainEvent(&context, request, response);
  }
  // The only mention of the event, explained.
  v1::ExplainedMention ExplainOne(const std::string& id) {
    v1::ExplainEventRequest request;
    request.set_id(id);
    v1::ExplainEventResponse response;
    const grpc::Status status = Explain(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.event().id(), id);
    EXPECT_EQ(response.event().mentions_size(), 0);
    EXPECT_EQ(response.mentions_size(), 1);
    return response.mentions_size() == 1 ? response.mentions(0) : v1::ExplainedMention();
  }

  std::ostringstream logged_;
  services::Log log_{&logged_};
  FakeCoder first_;
  FakeCoder second_{"fake/2"};
  FakeCoder blind_{"blind/1", /*blind=*/true};
  v1::Ontology ontology_;
  std::unique_ptr<graph::Store> store_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::EventGraph::Stub> graph_;
  std::unique_ptr<v1::Ingest::Stub> ingest_;
};

TEST_F(ExplainWireTest, TheSameCoderExplainsWhatItCoded) {
  const std::string id = Store("a1", "RUS naps\nPRK meets RUS");
  const v1::ExplainedMention explained = ExplainOne(id);
  EXPECT_EQ(explained.outcome(), v1::EXPLAINED);
  EXPECT_EQ(explained.note(), "");
  EXPECT_EQ(explained.mention().article(), "a1");
  EXPECT_EQ(explained.mention().sentence_text(), "PRK meets RUS");
  EXPECT_EQ(explained.mention().explanation().rule_text(), "{source} meets {target}");
  // Nothing of it is stored.
  grpc::ClientContext context;
  v1::GetEventRequest get;
  get.set_id(id);
  v1::Event event;
  ASSERT_TRUE(graph_->GetEvent(&context, get, &event).ok());
  EXPECT_FALSE(event.mentions(0).has_explanation());
}

TEST_F(ExplainWireTest, AnotherCodersReasonsAreSaidToBeItsOwn) {
  const std::string id = Store("a1", "PRK meets RUS");
  Serve(&second_, ServerOptions());
  const v1::ExplainedMention explained = ExplainOne(id);
  EXPECT_EQ(explained.outcome(), v1::OTHER_CODER);
  EXPECT_THAT(explained.note(), HasSubstr("fake/1"));
  EXPECT_THAT(explained.note(), HasSubstr("fake/2"));
  EXPECT_EQ(explained.mention().coder(), "fake/1");
  EXPECT_TRUE(explained.mention().has_explanation());
}

TEST_F(ExplainWireTest, NothingIsMadeUp) {
  const std::string id = Store("a1", "PRK meets RUS");
  Serve(&blind_, ServerOptions());
  const v1::ExplainedMention explained = ExplainOne(id);
  EXPECT_EQ(explained.outcome(), v1::NOT_CODED_AGAIN);
  EXPECT_THAT(explained.note(), HasSubstr("blind/1"));
  EXPECT_FALSE(explained.mention().has_explanation());
}

// A store that was filled by a program of its own may have mentions without the text.
TEST_F(ExplainWireTest, WithoutTheTextThereIsNoExplanation) {
  v1::Article article = RequestOf("a1", "PRK meets RUS").article();
  const auto coded = first_.Code(article, {});
  ASSERT_TRUE(coded.ok());
  article.clear_text();
  const auto stored = store_->AddArticle(article, *coded);
  ASSERT_TRUE(stored.ok()) << stored.status();
  const v1::ExplainedMention explained = ExplainOne(stored->event_ids(0));
  EXPECT_EQ(explained.outcome(), v1::TEXT_NOT_KEPT);
  EXPECT_FALSE(explained.mention().has_explanation());
}

TEST_F(ExplainWireTest, MentionsComeInPages) {
  std::string id;
  for (int i = 0; i < 5; ++i) id = Store(Cat("a", i), Cat("PRK meets RUS\nnumber ", i));
  v1::ExplainEventRequest request;
  request.set_id(id);
  request.set_page_size(2);
  std::vector<std::string> articles;
  for (int pages = 0; pages < 3; ++pages) {
    v1::ExplainEventResponse response;
    ASSERT_TRUE(Explain(request, &response).ok());
    EXPECT_EQ(response.coder(), "fake/1");
    for (const v1::ExplainedMention& explained : response.mentions()) {
      EXPECT_EQ(explained.outcome(), v1::EXPLAINED);
      articles.push_back(explained.mention().article());
    }
    request.set_page_token(response.next_page_token());
  }
  EXPECT_EQ(request.page_token(), "");
  EXPECT_THAT(articles, ::testing::ElementsAre("a0", "a1", "a2", "a3", "a4"));
}

TEST_F(ExplainWireTest, EveryErrorHasItsCode) {
  const std::string id = Store("a1", "PRK meets RUS");
  v1::ExplainEventRequest request;
  v1::ExplainEventResponse response;
  request.set_id("999");
  EXPECT_EQ(Explain(request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
  request.set_id("no-number");
  EXPECT_EQ(Explain(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.set_id(id);
  request.set_page_size(101);
  EXPECT_EQ(Explain(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  request.set_page_size(0);
  for (const char* token : {"1", "-1", "x"}) {
    request.set_page_token(token);
    EXPECT_EQ(Explain(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << token;
  }
  request.clear_page_token();
  Serve(nullptr, ServerOptions());
  EXPECT_EQ(Explain(request, &response).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

// --- the threshold of confidence --------------------------------------------------------------

TEST_F(ExplainWireTest, TheThresholdIsTheRequestsElseTheServers) {
  v1::IngestArticleResponse response;
  // The coder's default leaves out 0.1.
  ASSERT_TRUE(Ingest(RequestOf("a1", "PRK nears RUS\n1"), &response).ok());
  EXPECT_EQ(response.event_ids_size(), 0);
  EXPECT_EQ(response.min_confidence(), coder::kDefaultMinConfidence);
  v1::IngestArticleRequest request = RequestOf("a2", "PRK nears RUS\n2");
  request.set_min_confidence(0.05);
  ASSERT_TRUE(Ingest(request, &response).ok());
  EXPECT_EQ(response.event_ids_size(), 1);
  EXPECT_EQ(response.min_confidence(), 0.05);

  ServerOptions options;
  options.min_confidence = 0;
  Serve(&first_, options);
  ASSERT_TRUE(Ingest(RequestOf("a3", "PRK nears RUS\n3"), &response).ok());
  EXPECT_EQ(response.event_ids_size(), 1);
  request = RequestOf("a4", "PRK meets RUS\nPRK nears RUS\n4");
  request.set_min_confidence(0.95);
  ASSERT_TRUE(Ingest(request, &response).ok());
  EXPECT_EQ(response.event_ids_size(), 0);

  grpc::ClientContext context;
  v1::CodeTextRequest code;
  *code.mutable_article() = RequestOf("a5", "PRK meets RUS\nPRK nears CHN").article();
  code.set_min_confidence(0.5);
  v1::CodedArticle coded;
  ASSERT_TRUE(ingest_->CodeText(&context, code, &coded).ok());
  EXPECT_EQ(coded.events_size(), 1);
}

TEST_F(ExplainWireTest, AThresholdThatIsNoneIsRefused) {
  v1::IngestArticleResponse response;
  for (const double threshold : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    v1::IngestArticleRequest request = RequestOf("a1", "PRK meets RUS");
    request.set_min_confidence(threshold);
    EXPECT_EQ(Ingest(request, &response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  ServerOptions options;
  options.address = "127.0.0.1:0";
  options.min_confidence = 2;
  EXPECT_EQ(Server::Start(options, {store_.get(), &first_, &ontology_, &log_}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ExplainWireTest, AStreamHoldsEachArticleToItsOwnThreshold) {
  grpc::ClientContext context;
  const auto stream = ingest_->IngestArticles(&context);
  v1::IngestArticleRequest low = RequestOf("a1", "PRK nears RUS\n1");
  low.set_min_confidence(0.05);
  ASSERT_TRUE(stream->Write(low));
  ASSERT_TRUE(stream->Write(RequestOf("a2", "PRK nears RUS\n2")));
  stream->WritesDone();
  v1::IngestArticleResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.event_ids_size(), 1);
  EXPECT_EQ(response.min_confidence(), 0.05);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.event_ids_size(), 0);
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace entente
