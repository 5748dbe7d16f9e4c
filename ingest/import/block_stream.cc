#include "ingest/import/block_stream.h"

#include <chrono>
#include <utility>

#include "base/status.h"

namespace entente::ingest {
namespace {

constexpr std::chrono::milliseconds kStopInterval{100};

}  // namespace

absl::StatusOr<std::unique_ptr<BlockStream>> BlockStream::Open(const std::string& path,
                                                               const UnpackLimits& limits,
                                                               std::function<bool()> stop) {
  ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source, ByteSource::Open(path, limits));
  return std::unique_ptr<BlockStream>(new BlockStream(std::move(source), std::move(stop)));
}

BlockStream::BlockStream(std::unique_ptr<ByteSource> source, std::function<bool()> stop)
    : source_(std::move(source)), stop_(std::move(stop)) {
  thread_ = std::thread([this] {
    absl::Status status = ReadAll();
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    end_status_ = std::move(status);
    changed_.notify_all();
  });
}

BlockStream::~BlockStream() {
  source_->Cancel();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

absl::Status BlockStream::ReadAll() {
  for (;;) {
    ENTENTE_ASSIGN_OR_RETURN(const bool more, source_->NextMember());
    if (!more) return absl::OkStatus();
    for (bool first = true;; first = false) {
      Block block;
      block.bytes = TakeBuffer();
      block.bytes.resize(kBlockBytes);
      ENTENTE_ASSIGN_OR_RETURN(const size_t count, source_->Read(block.bytes.data(), kBlockBytes));
      block.bytes.resize(count);
      block.packed_position = source_->packed_position();
      block.begins_member = first;
      if (first) block.member = source_->name();
      if (count == 0 && !first) break;
      if (!Put(std::move(block))) return absl::OkStatus();
      if (count == 0) break;
    }
  }
}

bool BlockStream::Put(Block block) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return abandoned_ || blocks_.size() < kBlocksAhead; });
  if (abandoned_) return false;
  blocks_.push_back(std::move(block));
  changed_.notify_all();
  return true;
}

absl::StatusOr<std::optional<BlockStream::Block>> BlockStream::Next() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!changed_.wait_for(lock, kStopInterval, [this] { return ended_ || !blocks_.empty(); })) {
    if (stop_ && stop_()) return MakeStatus(absl::StatusCode::kCancelled, "reading was stopped");
  }
  if (blocks_.empty()) {
    if (!end_status_.ok()) return end_status_;
    return std::optional<Block>();
  }
  std::optional<Block> block = std::move(blocks_.front());
  blocks_.pop_front();
  changed_.notify_all();
  return block;
}

void BlockStream::Recycle(std::string bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (spare_.size() < kBlocksAhead) spare_.push_back(std::move(bytes));
}

std::string BlockStream::TakeBuffer() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (spare_.empty()) return {};
  std::string buffer = std::move(spare_.back());
  spare_.pop_back();
  return buffer;
}

}  // namespace entente::ingest
