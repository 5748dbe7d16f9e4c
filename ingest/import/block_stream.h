// Reads and unpacks a file ahead of whoever uses it, in a thread of its own, so that unpacking
// costs the parser nothing where there is a second core.
//
//   ENTENTE_ASSIGN_OR_RETURN(auto stream, BlockStream::Open("events.zip", {}));
//   for (;;) {
//     ENTENTE_ASSIGN_OR_RETURN(std::optional<BlockStream::Block> block, stream->Next());
//     if (!block) break;
//     Use(block->bytes);
//     stream->Recycle(std::move(block->bytes));
//   }
//
// Thread safety: one thread at a time, beside the object's own.
#ifndef ENTENTE_INGEST_IMPORT_BLOCK_STREAM_H_
#define ENTENTE_INGEST_IMPORT_BLOCK_STREAM_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/import/byte_source.h"

namespace entente::ingest {

class BlockStream {
 public:
  struct Block {
    std::string bytes;            // not empty, unless begins_member
    bool begins_member = false;   // the first of a member of an archive, or of the file
    std::string member;           // of the first: what messages call it
    int64_t packed_position = 0;  // how far into the packed file it was read from
  };

  // Opens the file and begins to read. `stop` is asked while Next waits, in its thread; true ends
  // it with CANCELLED. Errors: as ByteSource::Open.
  static absl::StatusOr<std::unique_ptr<BlockStream>> Open(const std::string& path,
                                                           const UnpackLimits& limits,
                                                           std::function<bool()> stop = nullptr);
  // Ends the thread; what was read ahead is dropped.
  ~BlockStream();
  BlockStream(const BlockStream&) = delete;
  BlockStream& operator=(const BlockStream&) = delete;

  // Waits for the next block; nothing at the end. Errors: as ByteSource::Read, after every block
  // that was read before.
  absl::StatusOr<std::optional<Block>> Next();

  // Gives a block's memory back, to be used again.
  void Recycle(std::string bytes);

  // Of the packed file; -1 for a pipe.
  int64_t packed_size() const { return source_->packed_size(); }

  static constexpr size_t kBlockBytes = size_t{1} << 20;
  static constexpr size_t kBlocksAhead = 8;

 private:
  BlockStream(std::unique_ptr<ByteSource> source, std::function<bool()> stop);
  absl::Status ReadAll();
  // False if nobody will take blocks any more.
  bool Put(Block block);
  std::string TakeBuffer();

  const std::unique_ptr<ByteSource> source_;
  const std::function<bool()> stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Block> blocks_;
  std::vector<std::string> spare_;
  bool ended_ = false;
  bool abandoned_ = false;
  absl::Status end_status_;
  std::thread thread_;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_BLOCK_STREAM_H_
