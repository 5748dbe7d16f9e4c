#include "services/timeline_stream.h"

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>
#include <utility>

namespace entente::services {
namespace {

// Splits pages of events into messages of about kStreamMessageBytes and gives them to `write`,
// which may refuse.
bool InMessages(v1::ListEventsResponse&& page,
                const std::function<bool(v1::ListEventsResponse*)>& write) {
  v1::ListEventsResponse message;
  size_t bytes = 0;
  for (v1::Event& event : *page.mutable_events()) {
    bytes += event.ByteSizeLong();
    *message.add_events() = std::move(event);
    if (bytes < kStreamMessageBytes) continue;
    if (!write(&message)) return false;
    bytes = 0;
  }
  return message.events_size() == 0 || write(&message);
}

// The store bounds pages of changes.
bool InMessages(v1::ListChangesResponse&& page,
                const std::function<bool(v1::ListChangesResponse*)>& write) {
  return write(&page);
}

// One stream of pages. `Run` reads the store: it gives pages to a sink until that returns false.
template <typename Response>
class PageStream final : public grpc::ServerWriteReactor<Response> {
 public:
  using Sink = std::function<bool(Response&&)>;
  using Read = std::function<absl::Status(const Sink&, const graph::Stop&)>;

  PageStream(grpc::CallbackServerContext* context, const Runtime& runtime, std::string_view method,
             Read read)
      : context_(context),
        runtime_(runtime),
        method_(method),
        read_(std::move(read)),
        deadline_(DeadlineOf(*context)) {}

  void Start() {
    if (absl::Status status = runtime_.stream_gate->Enter(); !status.ok()) {
      this->Finish(runtime_.errors->ToGrpc(status, method_));
      return;
    }
    entered_ = true;
    runtime_.streams->Submit([this] { Run(); });
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    write_pending_ = false;
    broken_ = broken_ || !ok;
    write_done_.notify_one();
  }

  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }

  void OnDone() override {
    if (entered_) runtime_.stream_gate->Leave();
    delete this;
  }

 private:
  void Run() {
    const auto write = [this](Response* message) { return WriteOne(message); };
    absl::Status status = read_([&](Response&& page) { return InMessages(std::move(page), write); },
                                StopOf(deadline_, &cancelled_));
    const bool delivered = AwaitWrite();
    if (slow_) {
      status = ResourceExhausted(
          Cat("the client took no message for ", kSlowReaderSeconds, " s: the stream was cut off"));
    } else if (!delivered) {
      status = MakeStatus(absl::StatusCode::kCancelled, "the client is gone");
    }
    this->Finish(runtime_.errors->ToGrpc(status, method_));
  }

  // Moves `message` out, once the one before has been taken. False: give up.
  bool WriteOne(Response* message) {
    if (!AwaitWrite()) return false;
    writing_ = std::exchange(*message, {});
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      write_pending_ = true;
    }
    this->StartWrite(&writing_);
    return true;
  }

  // Waits until the last message was taken; a client that is too slow is cut off, which ends its
  // write. False: there is nobody to write to.
  bool AwaitWrite() {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto taken = [this] { return !write_pending_; };
    if (!write_done_.wait_for(lock, std::chrono::seconds(kSlowReaderSeconds), taken)) {
      slow_ = true;
      context_->TryCancel();
      write_done_.wait(lock, taken);
    }
    return !broken_;
  }

  grpc::CallbackServerContext* const context_;
  const Runtime runtime_;
  const std::string_view method_;  // a literal
  const Read read_;
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<bool> cancelled_{false};
  bool entered_ = false;
  bool slow_ = false;  // only the pool's thread

  Response writing_;  // must stand until OnWriteDone
  std::mutex mutex_;
  std::condition_variable write_done_;
  bool write_pending_ = false;  // guarded by mutex_
  bool broken_ = false;         // guarded by mutex_
};

}  // namespace

grpc::ServerWriteReactor<v1::ListEventsResponse>* StartTimelineStream(
    grpc::CallbackServerContext* context, const Runtime& runtime, const graph::Store* store,
    v1::ListEventsRequest request) {
  auto* stream = new PageStream<v1::ListEventsResponse>(
      context, runtime, "EventGraph.StreamTimeline",
      [store, request = std::move(request)](const auto& sink, const graph::Stop& stop) {
        return store->StreamTimeline(request, sink, stop);
      });
  stream->Start();
  return stream;
}

grpc::ServerWriteReactor<v1::ListChangesResponse>* StartChangeStream(
    grpc::CallbackServerContext* context, const Runtime& runtime, const graph::Store* store,
    v1::ListChangesRequest request) {
  auto* stream = new PageStream<v1::ListChangesResponse>(
      context, runtime, "EventGraph.WatchChanges",
      [store, request = std::move(request)](const auto& sink, const graph::Stop& stop) {
        return store->WatchChanges(request, sink, stop);
      });
  stream->Start();
  return stream;
}

}  // namespace entente::services
