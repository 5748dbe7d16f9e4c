#include "ingest/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/status.h"
#include "base/strings.h"

namespace entente::ingest {
namespace {

constexpr size_t kBufferBytes = size_t{64} << 10;

absl::Status OpenError(const std::string& path, int error) {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  if (error == ENOENT) code = absl::StatusCode::kNotFound;
  if (error == EACCES) code = absl::StatusCode::kPermissionDenied;
  return MakeStatus(code, Cat(path, ": cannot open: ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LineReader>> LineReader::Open(const std::string& path,
                                                             size_t limit_bytes) {
  const int fd = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return OpenError(path, errno);
  std::unique_ptr<LineReader> reader(new LineReader(path, fd, limit_bytes));
  struct stat info;
  if (fstat(fd, &info) != 0) return OpenError(path, errno);
  if (S_ISDIR(info.st_mode)) {
    return InvalidArgument(Cat(path, ": is a directory; name its files"));
  }
  return reader;
}

LineReader::LineReader(std::string path, int fd, size_t limit_bytes)
    : path_(std::move(path)), fd_(fd), limit_bytes_(limit_bytes) {}

LineReader::~LineReader() {
  if (fd_ != STDIN_FILENO) close(fd_);
}

absl::StatusOr<bool> LineReader::Fill() {
  buffer_.resize(kBufferBytes);
  position_ = 0;
  for (;;) {
    const ssize_t count = read(fd_, buffer_.data(), buffer_.size());
    if (count >= 0) {
      buffer_.resize(static_cast<size_t>(count));
      return count > 0;
    }
    if (errno != EINTR) {
      buffer_.clear();
      return MakeStatus(absl::StatusCode::kUnavailable,
                        Cat(path_, ": cannot read at byte ", offset_, ": ", std::strerror(errno)));
    }
  }
}

void LineReader::Take(size_t count, Line* line) {
  line->bytes += static_cast<int64_t>(count);
  offset_ += static_cast<int64_t>(count);
  if (line->bytes <= static_cast<int64_t>(limit_bytes_)) {
    line->text.append(buffer_, position_, count);
  } else if (line->text.size() > kKeptBytes) {
    line->text.resize(kKeptBytes);
    line->text.shrink_to_fit();
  } else if (line->text.size() < kKeptBytes) {
    line->text.append(buffer_, position_, std::min(count, kKeptBytes - line->text.size()));
  }
  position_ += count;
}

absl::StatusOr<std::optional<LineReader::Line>> LineReader::Next() {
  Line line;
  line.number = line_count_ + 1;
  line.offset = offset_;
  for (;;) {
    if (position_ == buffer_.size()) {
      ENTENTE_ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more) break;
    }
    const size_t end = buffer_.find('\n', position_);
    Take(std::min(end, buffer_.size()) - position_, &line);
    if (end == std::string::npos) continue;
    ++position_;  // the line break
    ++offset_;
    ++line_count_;
    return line;
  }
  if (line.bytes == 0) return std::optional<Line>();
  ++line_count_;
  return line;
}

}  // namespace entente::ingest
