// The bytes of a file as they were before it was packed: plain, gzip, Zstandard or a zip archive,
// told by its first bytes and not by its name; "-" is standard input, in any of them.
//
//   ENTENTE_ASSIGN_OR_RETURN(auto source, ByteSource::Open("20191024.export.CSV.zip", {}));
//   for (;;) {
//     ENTENTE_ASSIGN_OR_RETURN(const bool more, source->NextMember());
//     if (!more) break;
//     for (;;) {
//       ENTENTE_ASSIGN_OR_RETURN(const size_t count, source->Read(buffer, sizeof buffer));
//       if (count == 0) break;
//     }
//   }
//
// Small files that unpack to very much are refused with RESOURCE_EXHAUSTED, and what is damaged,
// cut off or encrypted with DATA_LOSS or INVALID_ARGUMENT, each with the name of file and member.
//
// Thread safety: one thread at a time, but for packed_position and Cancel.
#ifndef ENTENTE_INGEST_IMPORT_BYTE_SOURCE_H_
#define ENTENTE_INGEST_IMPORT_BYTE_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace entente::ingest {

struct UnpackLimits {
  // Of all that one file unpacks to. Default: 4 TiB.
  int64_t bytes_max = int64_t{4} << 40;
  // Unpacked bytes for each packed one, looked at from ratio_from_bytes on. Event data packs 5 to
  // 20 times, bombs a thousand times. Default: 400, from 64 MiB.
  int64_t ratio_max = 400;
  int64_t ratio_from_bytes = int64_t{64} << 20;
  // Members of an archive. Default: 100,000.
  int64_t members_max = 100'000;
  // A zip archive on standard input is copied to an unnamed temporary file first, since its
  // contents stand at its end; at most so many bytes. Default: 64 GiB.
  int64_t spool_bytes_max = int64_t{64} << 30;
};

class ByteSource {
 public:
  // Errors: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (a directory, an encrypted archive or
  // one packed by a method that we cannot undo), DATA_LOSS (a damaged archive), UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path,
                                                          const UnpackLimits& limits);
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Moves to the next member of an archive, or to the one content of any other file; false at the
  // end. Must be called before the first Read.
  virtual absl::StatusOr<bool> NextMember() = 0;

  // Up to `size` bytes of the member; 0 at its end. Checksums have been compared by then.
  absl::StatusOr<size_t> Read(char* buffer, size_t size);

  // Ends a Read that waits for a pipe, now or later, with CANCELLED.
  void Cancel() { cancelled_ = true; }

  // What messages call the member: "a.zip/b.csv", "a.csv.gz", "standard input".
  const std::string& name() const { return name_; }
  // How far into the packed file, and its size; -1 for the size of a pipe. For showing progress.
  int64_t packed_position() const { return packed_position_; }
  int64_t packed_size() const { return packed_size_; }

 protected:
  ByteSource(std::string path, std::string name, const UnpackLimits& limits)
      : path_(std::move(path)), name_(std::move(name)), limits_(limits) {}

  virtual absl::StatusOr<size_t> ReadSome(char* buffer, size_t size) = 0;

  const std::string path_;  // as messages name the file
  std::string name_;
  const UnpackLimits limits_;
  std::atomic<int64_t> packed_position_{0};
  std::atomic<bool> cancelled_{false};
  int64_t packed_size_ = -1;

 private:
  absl::Status CheckLimits(size_t count);

  int64_t unpacked_bytes_ = 0;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_BYTE_SOURCE_H_
