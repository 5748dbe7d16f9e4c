// Goal: somebody else's coder is used while it answers soundly, and whatever it does otherwise
// (slow, dead, refusing, garbage) costs no article: ours steps in, or the article is refused,
// counted and told.
//
// Method: a real EventCoder server on 127.0.0.1 whose text says what it shall do. No test asserts
// how long anything takes; deadlines are short only where the server is known not to answer.
#include "services/remote_coder.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "entente/v1/event_coder.grpc.pb.h"
#include "tests/e2e/fake_coder.h"

namespace entente::services {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSound[] = R"(
    coder: "other/1"
    events { type: "criticism" confidence: 0.6
      participants { role: "speaker" actor: "FRA" } participants { role: "target" actor: "IRN" }
      mentions { sentence { end: 22 } trigger { begin: 7 end: 16 }
        participants { role: "speaker" actor: "FRA" span { end: 6 } }
        participants { role: "target" actor: "IRN" span { begin: 17 end: 21 } }
        explanation { rule_source: "because" } } })";
constexpr char kText[] = "France condemned Iran.";

// Does as the article's title says.
class OtherCoder final : public v1::EventCoder::Service {
 public:
  grpc::Status CodeArticle(grpc::ServerContext*, const v1::CodeArticleRequest* request,
                           v1::CodedArticle* response) override {
    ++calls;
    const std::string& wish = request->article().title();
    if (wish == "refuse") return {grpc::StatusCode::INVALID_ARGUMENT, "not my language"};
    if (wish == "break") return {grpc::StatusCode::INTERNAL, "the model is broken"};
    if (wish == "busy" && calls < 3) return {grpc::StatusCode::UNAVAILABLE, "busy"};
    if (wish == "hang") {
      std::unique_lock<std::mutex> lock(mutex_);
      released_.wait(lock, [this] { return ended_; });
    }
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kSound, response));
    if (wish == "span")
      response->mutable_events(0)->mutable_mentions(0)->mutable_trigger()->set_end(99);
    if (wish == "type") response->mutable_events(0)->set_type("gossip");
    if (wish == "large") response->set_coder(std::string(4096, 'x'));
    return grpc::Status::OK;
  }

  // Lets those that hang end.
  void Release() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    released_.notify_all();
  }

  std::atomic<int> calls{0};

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  bool ended_ = false;
};

class RemoteCoderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto ontology = knowledge::Ontology::Load(ENTENTE_DATA_DIR);
    ASSERT_TRUE(ontology.ok()) << ontology.status();
    ontology_ = *std::move(ontology);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&other_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    options_.address = Cat("127.0.0.1:", port_);
    options_.timeout = std::chrono::minutes(5);
    options_.backoff = milliseconds(1);
  }
  void TearDown() override { Stop(); }

  void Stop() {
    other_.Release();
    if (server_ != nullptr) server_->Shutdown();
    server_ = nullptr;
  }

  std::unique_ptr<RemoteCoder> Make(const coder::Coder* fallback) {
    auto made = RemoteCoder::Make(options_, ontology_.get(), fallback, &log_);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *std::move(made) : nullptr;
  }

  static v1::Article Article(const std::string& wish) {
    v1::Article article;
    article.set_id("a1");
    article.set_title(wish);
    article.set_text(kText);
    article.set_publish_date("2024-01-02");
    return article;
  }

  // Without a fall-back: what is said of the article.
  std::string Fault(const std::string& wish) {
    const auto coder = Make(nullptr);
    const auto coded = coder->Code(Article(wish), {});
    if (coded.ok()) return "";
    EXPECT_EQ(coded.status().code(), absl::StatusCode::kAborted);
    return std::string(MessageOf(coded.status()));
  }

  std::ostringstream logged_;
  Log log_{&logged_};
  OtherCoder other_;
  FakeCoder own_;
  std::unique_ptr<const knowledge::Ontology> ontology_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  RemoteCoderOptions options_;
};

TEST_F(RemoteCoderTest, AnAnswerIsTakenAndCompleted) {
  const auto coder = Make(&own_);
  const auto coded = coder->Code(Article(""), {});
  ASSERT_TRUE(coded.ok()) << coded.status();
  EXPECT_EQ(coded->coder(), "other/1");
  ASSERT_EQ(coded->events_size(), 1);
  const v1::Event& event = coded->events(0);
  EXPECT_EQ(event.plover(), "ACCUSE");
  EXPECT_EQ(event.participants(0).side(), v1::SOURCE);
  EXPECT_EQ(event.mentions(0).participants(1).text(), "Iran");
  EXPECT_EQ(event.mentions(0).coder(), "other/1");
  EXPECT_FALSE(event.mentions(0).has_explanation());
  const auto explained = coder->Code(Article(""), {.explain = true});
  EXPECT_EQ(explained->events(0).mentions(0).explanation().rule_source(), "because");
  EXPECT_EQ(coder->counts().answered, 2);
  EXPECT_EQ(coder->counts().NotAnswered(), 0);
  EXPECT_EQ(logged_.str(), "");
}

TEST_F(RemoteCoderTest, FailuresFallBackCountedAndTold) {
  const auto coder = Make(&own_);
  for (const std::string wish : {"refuse", "break", "span", "type"}) {
    const auto coded = coder->Code(Article(wish), {});
    ASSERT_TRUE(coded.ok()) << wish << coded.status();
    EXPECT_EQ(coded->coder(), own_.Version()) << wish;
  }
  EXPECT_EQ(coder->counts().failed, 2);
  EXPECT_EQ(coder->counts().unsound, 2);
  EXPECT_THAT(logged_.str(), HasSubstr("did not code article a1"));
  EXPECT_THAT(logged_.str(), HasSubstr("fake/1 coded it"));
  EXPECT_THAT(coder->Summary(), HasSubstr("0 of 4 articles"));
  EXPECT_THAT(coder->Summary(), HasSubstr("4 by fake/1 instead (2 failed, 2 unsound answers"));
}

TEST_F(RemoteCoderTest, WithoutFallBackTheArticleIsRefused) {
  EXPECT_THAT(Fault("refuse"), HasSubstr("not my language"));
  EXPECT_THAT(Fault("break"), HasSubstr("the model is broken"));
  EXPECT_THAT(Fault("span"), HasSubstr("unsound: events[0].mentions[0].trigger: [7, 99)"));
  EXPECT_THAT(Fault("type"), HasSubstr("unsound: events[0].type: no event type \"gossip\""));
  EXPECT_EQ(Fault(""), "");
}

TEST_F(RemoteCoderTest, BusyServersAreAskedAgain) {
  const auto coder = Make(nullptr);
  EXPECT_TRUE(coder->Code(Article("busy"), {}).ok());
  EXPECT_EQ(other_.calls, 3);
  EXPECT_EQ(coder->counts().retries, 2);
  other_.calls = 0;
  options_.attempts = 2;
  EXPECT_THAT(Fault("busy"), HasSubstr("busy"));
  EXPECT_EQ(other_.calls, 2);
}

TEST_F(RemoteCoderTest, WhatIsFinalIsNotAskedAgain) {
  EXPECT_NE(Fault("break"), "");
  EXPECT_EQ(other_.calls, 1);
}

TEST_F(RemoteCoderTest, ASlowServerIsGivenUp) {
  options_.timeout = milliseconds(50);
  EXPECT_THAT(Fault("hang"), HasSubstr("no answer within 50 ms"));
}

TEST_F(RemoteCoderTest, ADeadServerIsLeftAloneAfterAWhile) {
  Stop();
  const auto coder = Make(&own_);
  for (int i = 0; i < RemoteCoder::kFailuresInRow + 20; ++i) {
    ASSERT_TRUE(coder->Code(Article(""), {}).ok());
  }
  EXPECT_GE(coder->counts().failed, RemoteCoder::kFailuresInRow);
  EXPECT_EQ(coder->counts().NotAnswered(), RemoteCoder::kFailuresInRow + 20);
  EXPECT_THAT(logged_.str(), HasSubstr("failed 5 times in a row"));
}

TEST_F(RemoteCoderTest, RefusedArticlesSayNothingOfTheServer) {
  const auto coder = Make(&own_);
  for (int i = 0; i < 2 * RemoteCoder::kFailuresInRow; ++i) {
    ASSERT_TRUE(coder->Code(Article("refuse"), {}).ok());
  }
  EXPECT_EQ(coder->counts().failed, 2 * RemoteCoder::kFailuresInRow);
  EXPECT_EQ(coder->counts().passed_over, 0);
  EXPECT_EQ(coder->Code(Article(""), {})->coder(), "other/1");
}

TEST_F(RemoteCoderTest, LargeAnswersAreRefused) {
  options_.max_message_bytes = 2048;
  EXPECT_THAT(Fault("large"), HasSubstr("larger"));
}

TEST_F(RemoteCoderTest, ManyThreadsAskAtOnce) {
  const auto coder = Make(&own_);
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const auto coded = coder->Code(Article((t + i) % 2 == 0 ? "" : "span"), {});
          const std::string wanted = (t + i) % 2 == 0 ? "other/1" : "fake/1";
          right += coded.ok() && coded->coder() == wanted;
        }
      });
    }
  }
  EXPECT_EQ(right, 160);
  EXPECT_EQ(coder->counts().answered, 80);
  EXPECT_EQ(coder->counts().unsound, 80);
}

TEST_F(RemoteCoderTest, OptionsAreChecked) {
  const auto fault = [&] {
    const auto made = RemoteCoder::Make(options_, ontology_.get(), nullptr, &log_);
    return made.ok() ? std::string() : std::string(MessageOf(made.status()));
  };
  const RemoteCoderOptions good = options_;
  options_.address = "192.0.2.1:7575";
  EXPECT_THAT(fault(), HasSubstr("travel openly"));
  options_.insecure = true;
  EXPECT_EQ(fault(), "");
  options_.address = "no address";
  EXPECT_THAT(fault(), HasSubstr("the coder's address"));
  options_ = good;
  options_.attempts = 0;
  EXPECT_THAT(fault(), HasSubstr("attempts"));
  options_ = good;
  options_.timeout = milliseconds(0);
  EXPECT_THAT(fault(), HasSubstr("timeout"));
  options_ = good;
  options_.tls_ca_file = "/nowhere.pem";
  EXPECT_THAT(fault(), HasSubstr("/nowhere.pem"));
}

}  // namespace
}  // namespace entente::services
