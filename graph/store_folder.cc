#include "graph/store_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace entente::graph {
namespace {

namespace fs = std::filesystem;

absl::Status Fault(const std::string& path, std::string_view doing, int error) {
  return MakeStatus(absl::StatusCode::kUnavailable,
                    Cat(path, ": cannot ", doing, ": ", std::strerror(error)));
}

absl::Status SyncOne(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Fault(path, "open", errno);
  const int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return error == 0 ? absl::OkStatus() : Fault(path, "fsync", error);
}

absl::Status SyncParent(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return SyncOne(parent.empty() ? "." : parent);
}

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Take(const std::string& directory) {
  const std::string path = Cat(directory, "/", kLockName);
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    const auto code = errno == EACCES || errno == EROFS ? absl::StatusCode::kPermissionDenied
                                                        : absl::StatusCode::kUnavailable;
    return MakeStatus(code, Cat(path, ": cannot open: ", std::strerror(errno)));
  }
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return FailedPrecondition(Cat(directory,
                                  ": in use by another process; ask its server instead, "
                                  "or stop it"));
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(fd));
}

DirectoryLock::~DirectoryLock() { close(fd_); }

std::string WithoutSlash(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

bool LiesWithin(const std::string& inner, const std::string& outer) {
  std::error_code error;
  const fs::path outer_path = fs::weakly_canonical(fs::absolute(WithoutSlash(outer), error), error);
  if (error) return false;
  const fs::path inner_path = fs::weakly_canonical(fs::absolute(WithoutSlash(inner), error), error);
  if (error) return false;
  return std::mismatch(outer_path.begin(), outer_path.end(), inner_path.begin(), inner_path.end())
             .first == outer_path.end();
}

std::string UnfinishedName(const std::string& path) { return Cat(path, ".unfinished"); }

absl::Status SyncTree(const std::string& path) {
  std::error_code error;
  // Not a range-for, whose steps throw.
  fs::recursive_directory_iterator it(path, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    ENTENTE_RETURN_IF_ERROR(SyncOne(it->path().string()));
  }
  if (error) return Fault(path, "list", error.value());
  return SyncOne(path);
}

absl::Status MoveFolder(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    // Some file systems know only the plain form, which would replace an empty directory alone.
    const bool unknown = errno == EINVAL || errno == ENOSYS;
    if (!unknown || rename(from.c_str(), to.c_str()) != 0) {
      return Fault(to, Cat("rename ", from, " to it"), errno);
    }
  }
  return SyncParent(to);
}

absl::Status ExchangeFolders(const std::string& a, const std::string& b) {
  if (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno == EINVAL || errno == ENOSYS) {
      return MakeStatus(absl::StatusCode::kUnimplemented,
                        Cat(b,
                            ": this file system cannot exchange two directories; restore to "
                            "another name, and rename"));
    }
    return Fault(b, Cat("exchange it with ", a), errno);
  }
  return SyncParent(b);
}

}  // namespace entente::graph
