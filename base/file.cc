#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/status.h"

namespace entente {
namespace {

absl::Status FromErrno(int error, const std::string& path, std::string_view doing) {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  if (error == ENOENT) code = absl::StatusCode::kNotFound;
  if (error == EACCES || error == EPERM) code = absl::StatusCode::kPermissionDenied;
  if (error == ENOSPC || error == EDQUOT) code = absl::StatusCode::kResourceExhausted;
  return MakeStatus(code, Cat(path, ": cannot ", doing, ": ", std::strerror(error)));
}

// Closes a file descriptor at the end of its scope.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return FromErrno(errno, path, "write");
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(fd) != 0) return FromErrno(errno, path, "fsync");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit_bytes) {
  const FileDescriptor fd(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return FromErrno(errno, path, "open");
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return FromErrno(errno, path, "stat");
  if (S_ISDIR(info.st_mode)) return InvalidArgument(Cat(path, ": is a directory; name a file"));
  std::string bytes;
  if (S_ISREG(info.st_mode)) bytes.reserve(static_cast<size_t>(info.st_size));
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = read(fd.get(), buffer, sizeof(buffer));
    if (got < 0) {
      if (errno == EINTR) continue;
      return FromErrno(errno, path, "read");
    }
    if (got == 0) return bytes;
    if (bytes.size() + static_cast<size_t>(got) > limit_bytes) {
      return ResourceExhausted(Cat(path, ": larger than the limit of ", limit_bytes, " bytes"));
    }
    bytes.append(buffer, static_cast<size_t>(got));
  }
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view contents) {
  const std::string temporary = Cat(path, ".tmp.", getpid());
  {
    const FileDescriptor fd(
        open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (fd.get() < 0) return FromErrno(errno, temporary, "create");
    if (absl::Status status = WriteAll(fd.get(), contents, temporary); !status.ok()) {
      unlink(temporary.c_str());
      return status;
    }
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    return FromErrno(error, path, "rename");
  }
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const FileDescriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) {
    return FromErrno(errno, folder, "fsync");
  }
  return absl::OkStatus();
}

}  // namespace entente
