#include "services/timeline_stream.h"

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>

namespace entente::services {
namespace {

constexpr std::string_view kMethod = "EventGraph.StreamTimeline";

class TimelineStream final : public grpc::ServerWriteReactor<v1::ListEventsResponse> {
 public:
  TimelineStream(grpc::CallbackServerContext* context, const Runtime& runtime,
                 const graph::Store* store, v1::ListEventsRequest request)
      : context_(context),
        runtime_(runtime),
        store_(store),
        request_(std::move(request)),
        deadline_(DeadlineOf(*context)) {}

  void Start() {
    if (absl::Status status = runtime_.stream_gate->Enter(); !status.ok()) {
      Finish(runtime_.errors->ToGrpc(status, kMethod));
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
    absl::Status status = store_->StreamTimeline(
        request_, [this](v1::ListEventsResponse&& page) { return Send(std::move(page)); },
        StopOf(deadline_, &cancelled_));
    const bool delivered = AwaitWrite();
    if (slow_) {
      status = ResourceExhausted(
          Cat("the client took no message for ", kSlowReaderSeconds, " s: the stream was cut off"));
    } else if (!delivered) {
      status = MakeStatus(absl::StatusCode::kCancelled, "the client is gone");
    }
    Finish(runtime_.errors->ToGrpc(status, kMethod));
  }

  // Writes `page` in messages of about kStreamMessageBytes. False: give up.
  bool Send(v1::ListEventsResponse&& page) {
    v1::ListEventsResponse message;
    size_t bytes = 0;
    for (v1::Event& event : *page.mutable_events()) {
      bytes += event.ByteSizeLong();
      *message.add_events() = std::move(event);
      if (bytes < kStreamMessageBytes) continue;
      if (!WriteOne(&message)) return false;
      bytes = 0;
    }
    return message.events_size() == 0 || WriteOne(&message);
  }

  // Moves `message` out, once the one before has been taken. False: give up.
  bool WriteOne(v1::ListEventsResponse* message) {
    if (!AwaitWrite()) return false;
    writing_ = std::exchange(*message, {});
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      write_pending_ = true;
    }
    StartWrite(&writing_);
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
  const graph::Store* const store_;
  const v1::ListEventsRequest request_;
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<bool> cancelled_{false};
  bool entered_ = false;
  bool slow_ = false;  // only the pool's thread

  v1::ListEventsResponse writing_;  // must stand until OnWriteDone
  std::mutex mutex_;
  std::condition_variable write_done_;
  bool write_pending_ = false;  // guarded by mutex_
  bool broken_ = false;         // guarded by mutex_
};

}  // namespace

grpc::ServerWriteReactor<v1::ListEventsResponse>* StartTimelineStream(
    grpc::CallbackServerContext* context, const Runtime& runtime, const graph::Store* store,
    v1::ListEventsRequest request) {
  auto* stream = new TimelineStream(context, runtime, store, std::move(request));
  stream->Start();
  return stream;
}

}  // namespace entente::services
