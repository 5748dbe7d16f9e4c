#include "services/ingest_stream.h"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "ingest/validation.h"
#include "services/ingest_service.h"

namespace entente::services {
namespace {

constexpr std::string_view kMethod = "Ingest.IngestArticles";

// An article on its way. A slot does not move while it is in the queue.
struct Slot {
  v1::Article article;
  double min_confidence = 0;
  size_t bytes = 0;
  std::optional<absl::StatusOr<v1::CodedArticle>> coded;  // set once coding is done
};

// Whether a failure to code concerns this article only, so that the stream can go on.
bool IsTheArticles(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return false;
    default:
      return true;
  }
}

// The life of a stream: articles are read into slots_, coded in parallel by pool tasks, stored in
// order by at most one task (storing_), and their outcomes written in order by at most one write
// (writing_). Every event changes the state under the mutex and then calls Advance, which decides
// under the same lock what to start next. What is under way keeps the object alive: Finish is
// called once no task and no write is left, and gRPC deletes the object after its last callback.
class IngestStream final
    : public grpc::ServerBidiReactor<v1::IngestArticleRequest, v1::IngestArticleResponse> {
 public:
  IngestStream(const Runtime& runtime, graph::Store* store, const coder::Coder* coder)
      : runtime_(runtime), store_(store), coder_(coder) {}

  void Start() {
    absl::Status status = runtime_.gate->Enter();
    entered_ = status.ok();
    if (status.ok() && coder_ == nullptr) status = FailedPrecondition(kNoCoder);
    if (!status.ok()) {
      Finish(runtime_.errors->ToGrpc(status, kMethod));
      return;
    }
    Advance(std::unique_lock<std::mutex>(mutex_));
  }

  void OnReadDone(bool ok) override {
    std::unique_lock<std::mutex> lock(mutex_);
    reading_ = false;
    if (!ok) {
      reads_ended_ = true;
    } else if (!finished_ && failure_.ok() && !broken_) {
      Slot& slot = slots_.emplace_back();
      slot.min_confidence = MinConfidence(incoming_, runtime_);
      slot.article = std::move(*incoming_.mutable_article());
      slot.bytes = slot.article.ByteSizeLong();
      bytes_ += slot.bytes;
      runtime_.coders->Submit([this, &slot] { Code(&slot); });
    }
    Advance(std::move(lock));
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock<std::mutex> lock(mutex_);
    writing_ = false;
    outcomes_.pop_front();
    if (!ok) broken_ = true;
    Advance(std::move(lock));
  }

  void OnCancel() override { broken_ = true; }

  void OnDone() override {
    if (entered_) runtime_.gate->Leave();
    delete this;
  }

  static constexpr std::string_view kNoCoder = "this server has no coder: it only answers queries";

 private:
  // A task: codes one article. Until `coded` is set the slot stays, and with it this object.
  void Code(Slot* slot) {
    absl::StatusOr<v1::CodedArticle> coded =
        broken_ ? absl::CancelledError()
                : CheckAndCode(coder_, {.min_confidence = slot->min_confidence}, &slot->article);
    std::unique_lock<std::mutex> lock(mutex_);
    slot->coded = std::move(coded);
    Advance(std::move(lock));
  }

  // A task: stores what is ready at the front, one article after the other.
  void Store() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!FrontIsReady()) {
        storing_ = false;
        Advance(std::move(lock));
        return;
      }
      Slot& slot = slots_.front();
      const bool skip = broken_ || !failure_.ok();
      lock.unlock();
      absl::StatusOr<v1::IngestArticleResponse> outcome =
          skip ? absl::CancelledError() : StoreOne(&slot);
      lock.lock();
      bytes_ -= slot.bytes;
      slots_.pop_front();
      if (outcome.ok()) {
        outcomes_.push_back(*std::move(outcome));
      } else if (!skip) {
        failure_ = outcome.status();
      }
      Advance(std::move(lock));  // storing_ is still set: the object lives on
    }
  }

  // The article's outcome, or the error that ends the stream.
  absl::StatusOr<v1::IngestArticleResponse> StoreOne(Slot* slot) {
    absl::Status status = slot->coded->status();
    if (status.ok()) {
      auto stored = store_->AddArticle(slot->article, **slot->coded);
      if (stored.ok() && stored->outcome() == v1::STORED) {
        stored->set_min_confidence(slot->min_confidence);
      }
      if (stored.ok()) return stored;
      status = stored.status();
      if (status.code() != absl::StatusCode::kInvalidArgument) return status;
    } else if (!IsTheArticles(status.code())) {
      return status;
    }
    v1::IngestArticleResponse rejected;
    rejected.set_article(slot->article.id());
    rejected.set_outcome(v1::REJECTED);
    rejected.set_error(runtime_.errors->ToGrpc(status, kMethod).error_message());
    return rejected;
  }

  // REQUIRES: mutex_ is held.
  bool FrontIsReady() const { return !slots_.empty() && slots_.front().coded.has_value(); }
  bool MayRead() const {
    if (reading_ || reads_ended_ || broken_ || !failure_.ok()) return false;
    return slots_.size() + outcomes_.size() < kMaxStreamArticles &&
           (slots_.empty() || bytes_ < kMaxStreamBytes);
  }
  bool IsOver() const {
    if (finished_ || writing_ || storing_ || !slots_.empty()) return false;
    // A read may be under way still: it ends with the call.
    if (broken_) return true;
    return outcomes_.empty() && (reads_ended_ || !failure_.ok());
  }

  // Starts whatever can go on now. The operations themselves start without the lock, since gRPC may
  // call back at once; the flags are set before, so that each is started once.
  void Advance(std::unique_lock<std::mutex> lock) {
    const bool read = MayRead();
    const bool store = !storing_ && FrontIsReady();
    const bool write = !writing_ && !outcomes_.empty() && !broken_;
    reading_ = reading_ || read;
    storing_ = storing_ || store;
    writing_ = writing_ || write;
    const bool over = IsOver();
    finished_ = finished_ || over;
    const v1::IngestArticleResponse* outcome = write ? &outcomes_.front() : nullptr;
    const absl::Status status =
        over && broken_ ? absl::CancelledError("the client is gone") : failure_;
    lock.unlock();

    if (read) StartRead(&incoming_);
    if (store) runtime_.coders->Submit([this] { Store(); });
    if (write) StartWrite(outcome);
    if (over) Finish(runtime_.errors->ToGrpc(status, kMethod));
  }

  const Runtime runtime_;
  graph::Store* const store_;
  const coder::Coder* const coder_;
  bool entered_ = false;
  std::atomic<bool> broken_{false};  // cancelled, or a write failed: nobody waits for outcomes

  v1::IngestArticleRequest incoming_;  // gRPC's while reading_

  std::mutex mutex_;  // guards what follows
  std::deque<Slot> slots_;
  std::deque<v1::IngestArticleResponse> outcomes_;  // the front is gRPC's while writing_
  size_t bytes_ = 0;                                // of slots_
  absl::Status failure_;                            // of the store: ends the stream
  bool reading_ = false;
  bool reads_ended_ = false;
  bool storing_ = false;
  bool writing_ = false;
  bool finished_ = false;
};

}  // namespace

absl::StatusOr<v1::CodedArticle> CheckAndCode(const coder::Coder* coder,
                                              const coder::CodeOptions& options,
                                              v1::Article* article) {
  if (coder == nullptr) return FailedPrecondition(IngestStream::kNoCoder);
  if (!(options.min_confidence >= 0 && options.min_confidence <= 1)) {
    return InvalidArgument(
        Cat("min_confidence is ", options.min_confidence, "; it must be 0 to 1"));
  }
  ENTENTE_RETURN_IF_ERROR(ingest::PrepareArticle(article));
  return coder->Code(*article, options);
}

grpc::ServerBidiReactor<v1::IngestArticleRequest, v1::IngestArticleResponse>* StartIngestStream(
    const Runtime& runtime, graph::Store* store, const coder::Coder* coder) {
  auto* stream = new IngestStream(runtime, store, coder);
  stream->Start();
  return stream;
}

}  // namespace entente::services
