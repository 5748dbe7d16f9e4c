#include "graph/head_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "graph/kv/crc32c.h"

namespace entente::graph {
namespace {

constexpr std::string_view kMagic = "ENTENTE\n";
constexpr size_t kSlotBytes = 512;
constexpr size_t kSlotStride = 4096;
constexpr size_t kBodyBytes = kSlotBytes - 4;
constexpr size_t kTextAt = 15;

absl::Status FileError(const std::string& path, std::string_view doing) {
  const auto code =
      errno == ENOSPC ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable;
  return MakeStatus(code, Cat(path, ": cannot ", doing, ": ", std::strerror(errno)));
}

}  // namespace

std::string HeadRecord::Encode() const {
  const std::string counts = counters.Encode();
  std::string text(1, static_cast<char>(counts.size()));
  text += counts;
  text += file_mark;
  std::string slot(kMagic);
  slot += Key().U32(format_version).U8(database_made ? 1 : 0).str();
  slot.push_back(static_cast<char>(text.size() >> 8));
  slot.push_back(static_cast<char>(text.size()));
  slot += text;
  if (slot.size() > kBodyBytes) return "";
  slot.resize(kBodyBytes, '\0');
  slot += Key().U32(kv::Crc32c(slot)).str();
  return slot;
}

absl::StatusOr<HeadRecord> HeadRecord::Decode(std::string_view slot) {
  if (slot.size() != kSlotBytes || slot.substr(0, kMagic.size()) != kMagic) {
    return DataLoss("no head record");
  }
  if (ReadU32(slot, kBodyBytes) != kv::Crc32c(slot.substr(0, kBodyBytes))) {
    return DataLoss("the head record's checksum is wrong");
  }
  HeadRecord record;
  record.format_version = ReadU32(slot, 8);
  if (record.format_version < kOldestFormatUpgradable || record.format_version > kFormatVersion) {
    return FailedPrecondition(Cat("the store has format ", record.format_version,
                                  " and this program reads format ", kFormatVersion,
                                  "; use the program that wrote it"));
  }
  record.database_made = slot[12] != 0;
  const size_t size = ReadFixed(slot, 13, 2);
  if (kTextAt + size > kBodyBytes || size == 0) return DataLoss("the head record is malformed");
  const std::string_view text = slot.substr(kTextAt, size);
  const size_t counts = static_cast<unsigned char>(text[0]);
  if (counts + 1 > size || !record.counters.Decode(text.substr(1, counts))) {
    return DataLoss("the head record is malformed");
  }
  record.file_mark = std::string(text.substr(1 + counts));
  return record;
}

absl::Status HeadFile::Create(const std::string& path, const HeadRecord& record) {
  std::string bytes = record.Encode();
  bytes.resize(kSlotStride, '\0');
  bytes += record.Encode();
  bytes.resize(2 * kSlotStride, '\0');
  return WriteFileAtomically(path, bytes);
}

absl::StatusOr<std::unique_ptr<HeadFile>> HeadFile::Open(const std::string& path) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, 1 << 20));
  const std::string_view all = bytes;
  if (bytes.find(kMagic) == std::string::npos && bytes.size() != 2 * kSlotStride) {
    return FailedPrecondition(Cat(path, ": not the head record of an Entente store"));
  }
  std::unique_ptr<HeadFile> file;
  absl::Status problem = DataLoss("too short");
  for (int slot = 0; slot < 2 && slot * kSlotStride < bytes.size(); ++slot) {
    absl::StatusOr<HeadRecord> record =
        HeadRecord::Decode(all.substr(slot * kSlotStride, kSlotBytes));
    if (!record.ok()) {
      problem = record.status();
      if (problem.code() == absl::StatusCode::kFailedPrecondition) break;
      continue;
    }
    const auto age = [](const HeadRecord& r) {
      return std::pair(r.format_version, r.counters.revision);
    };
    if (file != nullptr && age(*record) < age(file->record_)) continue;
    if (file == nullptr) file.reset(new HeadFile(path, -1));
    file->record_ = *std::move(record);
    file->next_slot_ = 1 - slot;
  }
  if (file == nullptr || problem.code() == absl::StatusCode::kFailedPrecondition) {
    return Annotate(problem, path);
  }
  file->fd_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file->fd_ < 0) return FileError(path, "open");
  return file;
}

HeadFile::~HeadFile() {
  if (fd_ >= 0) close(fd_);
}

absl::Status HeadFile::Write(const HeadRecord& record) {
  const std::string slot = record.Encode();
  if (slot.empty()) return Internal(Cat(path_, ": the head record does not fit its slot"));
  const auto offset = static_cast<off_t>(next_slot_ * kSlotStride);
  if (pwrite(fd_, slot.data(), slot.size(), offset) != static_cast<ssize_t>(slot.size())) {
    return FileError(path_, "write");
  }
  if (fdatasync(fd_) != 0) return FileError(path_, "fsync");
  record_ = record;
  next_slot_ = 1 - next_slot_;
  return absl::OkStatus();
}

}  // namespace entente::graph
