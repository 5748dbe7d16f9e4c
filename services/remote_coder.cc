#include "services/remote_coder.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "entente/v1/event_coder.grpc.pb.h"
#include "ingest/coder/foreign_coding.h"
#include "services/error_map.h"
#include "services/server.h"

namespace entente::services {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kPemBytesMax = size_t{1} << 20;
constexpr size_t kFaultBytesMax = 500;  // of what a server says of a fault
constexpr int64_t kLoggedAlways = 10;   // failures; after them one in kLoggedAlways · 10

absl::Status CheckOptions(const RemoteCoderOptions& options) {
  if (options.attempts < 1 || options.attempts > 10) {
    return InvalidArgument(Cat("attempts is ", options.attempts, "; it must be 1 to 10"));
  }
  if (options.timeout < milliseconds(1) || options.timeout > std::chrono::hours(1)) {
    return InvalidArgument("the coder's timeout must be between a millisecond and an hour");
  }
  if (options.backoff < milliseconds(0) || options.backoff > options.timeout) {
    return InvalidArgument("the coder's back-off must be between 0 and its timeout");
  }
  if (options.max_message_bytes < 1024) {
    return InvalidArgument("the coder's message limit must be at least 1024 bytes");
  }
  absl::StatusOr<bool> loopback = IsLoopbackAddress(options.address);
  if (!loopback.ok()) return Annotate(loopback.status(), "the coder's address");
  if (*loopback || options.tls || !options.tls_ca_file.empty() || options.insecure) {
    return absl::OkStatus();
  }
  return InvalidArgument(Cat("articles would travel openly to the coder at ", options.address,
                             ": use TLS, or say that it may be insecure"));
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const RemoteCoderOptions& options) {
  if (!options.tls && options.tls_ca_file.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  if (!options.tls_ca_file.empty()) {
    ENTENTE_ASSIGN_OR_RETURN(ssl.pem_root_certs, ReadFile(options.tls_ca_file, kPemBytesMax));
  }
  return grpc::SslCredentials(ssl);
}

bool MayPass(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kAborted;
}

}  // namespace

struct RemoteCoder::State {
  RemoteCoderOptions options;
  const knowledge::Ontology* ontology = nullptr;
  const coder::Coder* fallback = nullptr;  // may be null
  Log* log = nullptr;
  std::unique_ptr<v1::EventCoder::Stub> stub;

  std::atomic<int64_t> answered{0};
  std::atomic<int64_t> retries{0};
  std::atomic<int64_t> failed{0};
  std::atomic<int64_t> unsound{0};
  std::atomic<int64_t> passed_over{0};
  std::atomic<int> failures_in_row{0};
  std::atomic<Clock::rep> left_alone_until{0};  // ticks since the clock's epoch

  bool IsLeftAlone() const { return Clock::now().time_since_epoch().count() < left_alone_until; }

  void LogFailure(const v1::Article& article, const absl::Status& status) {
    const int64_t count = failed + unsound;
    if (count <= kLoggedAlways || count % (kLoggedAlways * 10) == 0) {
      log->Warning(Cat("the coder at ", options.address, " did not code article ", article.id(),
                       " (", count, " so far): ", MessageOf(status),
                       fallback == nullptr ? "" : Cat("; ", fallback->Version(), " coded it")));
    }
  }

  void CountFailureInRow() {
    if (++failures_in_row < kFailuresInRow) return;
    failures_in_row = 0;
    left_alone_until = (Clock::now() + kPause).time_since_epoch().count();
    log->Warning(Cat("the coder at ", options.address, " failed ", kFailuresInRow,
                     " times in a row: it is left alone for ", kPause.count(), " s"));
  }
};

absl::StatusOr<std::unique_ptr<RemoteCoder>> RemoteCoder::Make(const RemoteCoderOptions& options,
                                                               const knowledge::Ontology* ontology,
                                                               const coder::Coder* fallback,
                                                               Log* log) {
  ENTENTE_RETURN_IF_ERROR(CheckOptions(options));
  ENTENTE_ASSIGN_OR_RETURN(const auto credentials, Credentials(options));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.max_message_bytes);
  auto state = std::make_unique<State>();
  state->options = options;
  state->ontology = ontology;
  state->fallback = fallback;
  state->log = log;
  state->stub =
      v1::EventCoder::NewStub(grpc::CreateCustomChannel(options.address, credentials, arguments));
  return std::unique_ptr<RemoteCoder>(new RemoteCoder(std::move(state)));
}

RemoteCoder::RemoteCoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
RemoteCoder::~RemoteCoder() = default;

std::string RemoteCoder::Version() const { return Cat("remote:", state_->options.address); }

// The calls for one article: until one is answered, or fails for good, or the time is up.
absl::StatusOr<v1::CodedArticle> RemoteCoder::Ask(const v1::Article& article) const {
  const RemoteCoderOptions& options = state_->options;
  const auto give_up = std::chrono::system_clock::now() + options.timeout;
  v1::CodeArticleRequest request;
  *request.mutable_article() = article;
  milliseconds pause = options.backoff;
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    context.set_deadline(give_up);
    v1::CodedArticle coded;
    const absl::Status status = FromGrpc(state_->stub->CodeArticle(&context, request, &coded));
    if (status.ok()) return coded;
    const bool again = MayPass(status.code()) && attempt < options.attempts &&
                       std::chrono::system_clock::now() + pause < give_up;
    if (!again) return status;
    ++state_->retries;
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

absl::StatusOr<v1::CodedArticle> RemoteCoder::AskAndCheck(const v1::Article& article) const {
  if (state_->IsLeftAlone()) {
    ++state_->passed_over;
    return MakeStatus(absl::StatusCode::kAborted, "it failed and is left alone for a while");
  }
  absl::StatusOr<v1::CodedArticle> coded = Ask(article);
  if (!coded.ok()) {
    ++state_->failed;
    const std::string said(MessageOf(coded.status()).substr(0, kFaultBytesMax));
    const bool late = coded.status().code() == absl::StatusCode::kDeadlineExceeded;
    const absl::Status status =
        MakeStatus(absl::StatusCode::kAborted,
                   late ? Cat("no answer within ", state_->options.timeout.count(), " ms") : said);
    state_->LogFailure(article, status);
    // An article that cannot be coded says nothing of the server.
    if (coded.status().code() != absl::StatusCode::kInvalidArgument) state_->CountFailureInRow();
    return status;
  }
  state_->failures_in_row = 0;
  absl::Status sound = coder::CompleteForeignCoding(article, *state_->ontology, Version(), &*coded);
  if (!sound.ok()) {
    ++state_->unsound;
    const absl::Status status =
        MakeStatus(absl::StatusCode::kAborted,
                   Cat("its answer is unsound: ", MessageOf(sound).substr(0, kFaultBytesMax)));
    state_->LogFailure(article, status);
    return status;
  }
  ++state_->answered;
  return coded;
}

absl::StatusOr<v1::CodedArticle> RemoteCoder::Code(const v1::Article& article,
                                                   const coder::CodeOptions& options) const {
  absl::StatusOr<v1::CodedArticle> coded = AskAndCheck(article);
  if (coded.ok()) {
    // Zero is what a coder that says nothing of it has.
    auto& events = *coded->mutable_events();
    events.erase(std::remove_if(events.begin(), events.end(),
                                [&](const v1::Event& event) {
                                  return event.confidence() > 0 &&
                                         event.confidence() < options.min_confidence;
                                }),
                 events.end());
    if (options.explain) return coded;
    for (v1::Event& event : *coded->mutable_events()) {
      for (v1::Mention& mention : *event.mutable_mentions()) mention.clear_explanation();
    }
    return coded;
  }
  if (state_->fallback != nullptr) return state_->fallback->Code(article, options);
  return Annotate(coded.status(), Cat("the coder at ", state_->options.address));
}

RemoteCoderCounts RemoteCoder::counts() const {
  return {state_->answered, state_->retries, state_->failed, state_->unsound, state_->passed_over};
}

std::string RemoteCoder::Summary() const {
  const RemoteCoderCounts now = counts();
  std::string text = Cat(now.answered, " of ", now.answered + now.NotAnswered(),
                         " articles coded by ", state_->options.address);
  if (now.NotAnswered() == 0) return text;
  text += Cat(", ", now.NotAnswered(),
              state_->fallback == nullptr ? std::string(" refused")
                                          : Cat(" by ", state_->fallback->Version(), " instead"));
  return text + Cat(" (", now.failed, " failed, ", now.unsound, " unsound answers, ",
                    now.passed_over, " while it was left alone)");
}

}  // namespace entente::services
