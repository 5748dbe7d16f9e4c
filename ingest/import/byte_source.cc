#include "ingest/import/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strings.h"

namespace entente::ingest {
namespace {

constexpr size_t kPackedBufferBytes = size_t{256} << 10;
constexpr size_t kMagicBytes = 4;
constexpr int kPollMs = 100;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::string_view kEmptyZipMagic = "PK\x05\x06";

absl::Status SystemError(std::string_view name, std::string_view doing, int error) {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  if (error == ENOENT) code = absl::StatusCode::kNotFound;
  if (error == EACCES) code = absl::StatusCode::kPermissionDenied;
  if (error == ENOSPC) code = absl::StatusCode::kResourceExhausted;
  return MakeStatus(code, Cat(name, ": cannot ", doing, ": ", std::strerror(error)));
}

// The packed file: an open descriptor with the first bytes looked at.
class PackedFile {
 public:
  PackedFile(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  ~PackedFile() {
    if (fd_ != STDIN_FILENO) close(fd_);
  }
  PackedFile(const PackedFile&) = delete;
  PackedFile& operator=(const PackedFile&) = delete;

  // Up to `size` bytes; 0 at the end. CANCELLED once `cancelled` is true while it waits for a pipe.
  absl::StatusOr<size_t> Read(char* buffer, size_t size, const std::atomic<bool>* cancelled) {
    if (!pushed_back_.empty()) {
      const size_t count = std::min(size, pushed_back_.size());
      std::memcpy(buffer, pushed_back_.data(), count);
      pushed_back_.erase(0, count);
      return count;
    }
    for (;;) {
      pollfd ready{fd_, POLLIN, 0};
      const bool waited = poll(&ready, 1, kPollMs) == 0;
      if (cancelled != nullptr && *cancelled) {
        return MakeStatus(absl::StatusCode::kCancelled, Cat(name_, ": reading was stopped"));
      }
      if (waited) continue;
      const ssize_t count = read(fd_, buffer, size);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return SystemError(name_, "read", errno);
    }
  }

  // The first bytes, which stay to be read.
  absl::StatusOr<std::string> Magic() {
    std::string magic;
    while (magic.size() < kMagicBytes) {
      char byte[kMagicBytes];
      ENTENTE_ASSIGN_OR_RETURN(const size_t count, Read(byte, kMagicBytes - magic.size(), nullptr));
      if (count == 0) break;
      magic.append(byte, count);
    }
    pushed_back_ = magic;
    return magic;
  }

  int fd() const { return fd_; }

 private:
  const int fd_;
  const std::string name_;
  std::string pushed_back_;
};

class PlainSource : public ByteSource {
 public:
  PlainSource(std::string name, const UnpackLimits& limits, std::unique_ptr<PackedFile> file,
              int64_t size)
      : ByteSource(name, name, limits), file_(std::move(file)) {
    packed_size_ = size;
  }

  absl::StatusOr<bool> NextMember() override { return !std::exchange(begun_, true); }

 protected:
  absl::StatusOr<size_t> ReadSome(char* buffer, size_t size) override {
    ENTENTE_ASSIGN_OR_RETURN(const size_t count, file_->Read(buffer, size, &cancelled_));
    packed_position_ += static_cast<int64_t>(count);
    return count;
  }

 private:
  std::unique_ptr<PackedFile> file_;
  bool begun_ = false;
};

// What gzip and Zstandard have in common: packed bytes in a buffer, one member.
class StreamSource : public PlainSource {
 protected:
  using PlainSource::PlainSource;

  // Fills `packed_` if it is used up; false at the end of the file.
  absl::StatusOr<bool> Fill() {
    if (begin_ < end_) return true;
    packed_.resize(kPackedBufferBytes);
    begin_ = 0;
    ENTENTE_ASSIGN_OR_RETURN(end_, PlainSource::ReadSome(packed_.data(), packed_.size()));
    return end_ > 0;
  }
  absl::Status Damaged(std::string_view how) const {
    return DataLoss(Cat(name(), ": damaged after byte ", packed_position() - (end_ - begin_),
                        " of the packed file: ", how));
  }
  absl::Status CutOff() const {
    return DataLoss(Cat(name(), ": the packed file is cut off after ", packed_position(),
                        " bytes; fetch it again"));
  }

  std::vector<char> packed_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class GzipSource final : public StreamSource {
 public:
  using StreamSource::StreamSource;
  ~GzipSource() override {
    if (ready_) inflateEnd(&stream_);
  }

 protected:
  absl::StatusOr<size_t> ReadSome(char* buffer, size_t size) override {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (!ready_) {
      if (inflateInit2(&stream_, kGzipOnly) != Z_OK) return Internal("zlib cannot start");
      ready_ = true;
    }
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, UINT_MAX));
    while (stream_.avail_out > 0) {
      ENTENTE_ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more && !between_members_) return CutOff();
      if (!more) break;
      ENTENTE_ASSIGN_OR_RETURN(const bool readable, BeginMember());
      if (!readable) break;
      ENTENTE_RETURN_IF_ERROR(Inflate());
    }
    return size - stream_.avail_out;
  }

 private:
  // A gzip file is one or more members, each with its checksum (RFC 1952), and maybe padding.
  absl::StatusOr<bool> BeginMember() {
    if (!between_members_) return true;
    if (!first_ && packed_[begin_] == '\0') {
      begin_ = end_;  // padding: of a tape block, or of a download
      return true;
    }
    if (!first_ && inflateReset(&stream_) != Z_OK) return Internal("zlib cannot start again");
    first_ = between_members_ = false;
    return true;
  }

  absl::Status Inflate() {
    if (begin_ == end_) return absl::OkStatus();
    stream_.next_in = reinterpret_cast<Bytef*>(packed_.data() + begin_);
    stream_.avail_in = static_cast<uInt>(end_ - begin_);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    begin_ = end_ - stream_.avail_in;
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Damaged(stream_.msg == nullptr ? "no gzip data" : stream_.msg);
    }
    return absl::OkStatus();
  }

  z_stream stream_{};
  bool ready_ = false;
  bool first_ = true;
  bool between_members_ = true;
};

class ZstdSource final : public StreamSource {
 public:
  using StreamSource::StreamSource;

 protected:
  absl::StatusOr<size_t> ReadSome(char* buffer, size_t size) override {
    ZSTD_outBuffer out{buffer, size, 0};
    while (out.pos < out.size) {
      ENTENTE_ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more && within_frame_) return CutOff();
      if (!more) break;
      ZSTD_inBuffer in{packed_.data() + begin_, end_ - begin_, 0};
      const size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(result)) return Damaged(ZSTD_getErrorName(result));
      begin_ += in.pos;
      within_frame_ = result != 0;
    }
    return out.pos;
  }

 private:
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context_{ZSTD_createDCtx(), ZSTD_freeDCtx};
  bool within_frame_ = false;
};

// An archive, member by member in the order of its directory.
class ZipSource final : public ByteSource {
 public:
  // Takes over `archive`.
  ZipSource(std::string name, const UnpackLimits& limits, zip_t* archive, int64_t size)
      : ByteSource(name, name, limits), archive_(archive, zip_discard) {
    packed_size_ = size;
  }

  // Looks at the directory, so that an archive that cannot be read is known at once.
  absl::Status Check() const {
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    if (count > limits_.members_max) {
      return ResourceExhausted(Cat(path_, ": the archive has ", count, " members; at most ",
                                   limits_.members_max, " are taken"));
    }
    for (zip_int64_t i = 0; i < count; ++i) {
      zip_stat_t member;
      if (zip_stat_index(archive_.get(), i, 0, &member) != 0) return Failed("its directory");
      const std::string name = Cat(path_, "/", member.name);
      if ((member.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
          member.encryption_method != ZIP_EM_NONE) {
        return InvalidArgument(Cat(name, ": is encrypted; unpack it with its password first"));
      }
      if ((member.valid & ZIP_STAT_COMP_METHOD) != 0 &&
          zip_compression_method_supported(member.comp_method, 0) == 0) {
        return InvalidArgument(Cat(name, ": is packed by method ", member.comp_method,
                                   ", which is not known here; unpack it first"));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> NextMember() override {
    file_.reset();
    packed_position_ = packed_before_ += member_packed_bytes_;
    for (const zip_int64_t count = zip_get_num_entries(archive_.get(), 0); next_ < count;) {
      zip_stat_t member;
      const auto index = static_cast<zip_uint64_t>(next_++);
      if (zip_stat_index(archive_.get(), index, 0, &member) != 0) return Failed("its directory");
      if (IsNoData(member.name)) continue;
      name_ = Cat(path_, "/", member.name);
      member_packed_bytes_ = static_cast<int64_t>(member.comp_size);
      member_bytes_ = static_cast<int64_t>(member.size);
      member_read_ = 0;
      file_.reset(zip_fopen_index(archive_.get(), index, 0));
      if (file_ == nullptr) return Failed(name_);
      return true;
    }
    member_packed_bytes_ = 0;
    return false;
  }

 protected:
  absl::StatusOr<size_t> ReadSome(char* buffer, size_t size) override {
    if (file_ == nullptr) return size_t{0};
    const zip_int64_t count = zip_fread(file_.get(), buffer, size);
    if (count < 0) {
      return DataLoss(Cat(name_, ": damaged: ", zip_error_strerror(zip_file_get_error(file_.get())),
                          "; fetch the archive again"));
    }
    member_read_ += count;
    // Where the library is in the packed bytes it does not tell; in proportion is near enough.
    const double part = member_bytes_ > 0 ? static_cast<double>(member_read_) / member_bytes_ : 1;
    packed_position_ = packed_before_ + static_cast<int64_t>(part * member_packed_bytes_);
    return static_cast<size_t>(count);
  }

 private:
  struct CloseFile {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };

  // Folders, and what macOS and the like put into archives beside the data.
  static bool IsNoData(std::string_view name) {
    const std::string_view base = name.substr(name.rfind('/') + 1);
    return base.empty() || base.front() == '.' || name.starts_with("__MACOSX/");
  }
  absl::Status Failed(std::string_view what) const {
    return DataLoss(Cat(path_, ": cannot read ", what, ": ", zip_strerror(archive_.get())));
  }

  std::unique_ptr<zip_t, void (*)(zip_t*)> archive_;
  std::unique_ptr<zip_file_t, CloseFile> file_;
  zip_int64_t next_ = 0;
  int64_t member_packed_bytes_ = 0;
  int64_t member_bytes_ = 0;
  int64_t member_read_ = 0;
  int64_t packed_before_ = 0;
};

// Copies what remains of a pipe to a temporary file that has no name.
absl::StatusOr<std::FILE*> Spool(PackedFile* file, std::string_view name, int64_t bytes_max) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> spool(std::tmpfile(), std::fclose);
  if (spool == nullptr) return SystemError(name, "make a temporary file", errno);
  std::vector<char> buffer(kPackedBufferBytes);
  for (int64_t total = 0;;) {
    ENTENTE_ASSIGN_OR_RETURN(const size_t count, file->Read(buffer.data(), buffer.size(), nullptr));
    if (count == 0) break;
    total += static_cast<int64_t>(count);
    if (total > bytes_max) {
      return ResourceExhausted(Cat(name, ": a zip archive of more than ", bytes_max,
                                   " bytes in a pipe; name the file instead"));
    }
    if (std::fwrite(buffer.data(), 1, count, spool.get()) != count) {
      return SystemError(name, "write a temporary file", errno);
    }
  }
  if (std::fflush(spool.get()) != 0) return SystemError(name, "write a temporary file", errno);
  std::rewind(spool.get());
  return spool.release();
}

absl::StatusOr<std::unique_ptr<ByteSource>> OpenZip(const std::string& path,
                                                    const std::string& name,
                                                    const UnpackLimits& limits, PackedFile* pipe,
                                                    int64_t size) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* from = nullptr;
  if (pipe != nullptr) {
    ENTENTE_ASSIGN_OR_RETURN(std::FILE * spool, Spool(pipe, name, limits.spool_bytes_max));
    from = zip_source_filep_create(spool, 0, -1, &error);
  } else {
    from = zip_source_file_create(path.c_str(), 0, -1, &error);
  }
  zip_t* archive =
      from == nullptr ? nullptr : zip_open_from_source(from, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    const absl::Status status =
        DataLoss(Cat(name, ": not a sound zip archive: ", zip_error_strerror(&error),
                     "; is it whole? fetch it again"));
    if (from != nullptr) zip_source_free(from);
    zip_error_fini(&error);
    return status;
  }
  auto source = std::make_unique<ZipSource>(name, limits, archive, size);
  ENTENTE_RETURN_IF_ERROR(source->Check());
  return source;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::Open(const std::string& path,
                                                             const UnpackLimits& limits) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path;
  const int fd = standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError(name, "open", errno);
  auto file = std::make_unique<PackedFile>(fd, name);
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemError(name, "open", errno);
  if (S_ISDIR(info.st_mode)) return InvalidArgument(Cat(name, ": is a directory; name its files"));
  const int64_t size = S_ISREG(info.st_mode) ? static_cast<int64_t>(info.st_size) : -1;
  ENTENTE_ASSIGN_OR_RETURN(const std::string magic, file->Magic());
  if (magic == kZipMagic || magic == kEmptyZipMagic) {
    const bool pipe = standard_input || size < 0;
    return OpenZip(path, name, limits, pipe ? file.get() : nullptr, size);
  }
  std::unique_ptr<ByteSource> source;
  if (magic.starts_with(kGzipMagic)) {
    source = std::make_unique<GzipSource>(name, limits, std::move(file), size);
  } else if (magic == kZstdMagic) {
    source = std::make_unique<ZstdSource>(name, limits, std::move(file), size);
  } else {
    source = std::make_unique<PlainSource>(name, limits, std::move(file), size);
  }
  return source;
}

absl::StatusOr<size_t> ByteSource::Read(char* buffer, size_t size) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t count, ReadSome(buffer, size));
  ENTENTE_RETURN_IF_ERROR(CheckLimits(count));
  return count;
}

absl::Status ByteSource::CheckLimits(size_t count) {
  unpacked_bytes_ += static_cast<int64_t>(count);
  if (unpacked_bytes_ > limits_.bytes_max) {
    return ResourceExhausted(
        Cat(name_, ": unpacks to more than ", limits_.bytes_max, " bytes; import it in parts"));
  }
  const int64_t packed = std::max<int64_t>(packed_position_, 1);
  if (unpacked_bytes_ > limits_.ratio_from_bytes && unpacked_bytes_ / packed > limits_.ratio_max) {
    return ResourceExhausted(Cat(name_, ": unpacks to more than ", limits_.ratio_max,
                                 " times its size, as no event data does; unpack it yourself if "
                                 "you trust it"));
  }
  return absl::OkStatus();
}

}  // namespace entente::ingest
