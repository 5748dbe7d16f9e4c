#include "ingest/quarantine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace entente::ingest {
namespace {

absl::Status FileError(const std::string& path, std::string_view doing, int error) {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  if (error == ENOENT) code = absl::StatusCode::kNotFound;
  if (error == EACCES) code = absl::StatusCode::kPermissionDenied;
  if (error == ENOSPC || error == EDQUOT) code = absl::StatusCode::kResourceExhausted;
  return MakeStatus(code,
                    Cat("quarantine file ", path, ": cannot ", doing, ": ", std::strerror(error)));
}

}  // namespace

std::string QuarantineLine(std::string_view file, int64_t line, std::string_view reason,
                           std::string_view record) {
  nlohmann::ordered_json json;
  json["file"] = ReplaceInvalidUtf8(file);
  json["line"] = line;
  json["reason"] = ReplaceInvalidUtf8(reason);
  if (IsValidUtf8(record)) {
    json["record"] = record;
  } else {
    json["record_base64"] = absl::Base64Escape(ToAbsl(record));
  }
  return json.dump() + "\n";
}

Quarantine::Quarantine(std::string path) : path_(std::move(path)) {}

Quarantine::~Quarantine() {
  if (fd_ < 0) return;
  if (made_empty_) unlink(path_.c_str());
  close(fd_);
}

absl::Status Quarantine::Open() {
  if (path_.empty() || fd_ >= 0) return absl::OkStatus();
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  fd_ = open(path_.c_str(), kFlags | O_EXCL, 0644);
  made_empty_ = fd_ >= 0;
  if (fd_ < 0 && errno == EEXIST) fd_ = open(path_.c_str(), kFlags, 0644);
  return fd_ < 0 ? FileError(path_, "open", errno) : absl::OkStatus();
}

absl::Status Quarantine::Add(std::string_view file, int64_t line, std::string_view reason,
                             std::string_view record) {
  if (path_.empty()) return absl::OkStatus();
  if (fd_ < 0) fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) return FileError(path_, "open", errno);
  made_empty_ = false;
  const std::string bytes = QuarantineLine(file, line, reason, record);
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError(path_, "write", errno);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status Quarantine::Close() {
  if (fd_ < 0) return absl::OkStatus();
  if (std::exchange(made_empty_, false)) unlink(path_.c_str());
  const bool synced = fsync(fd_) == 0;
  const int error = errno;
  close(std::exchange(fd_, -1));
  return synced ? absl::OkStatus() : FileError(path_, "fsync", error);
}

}  // namespace entente::ingest
