#include "ingest/resume_point.h"

#include <sys/stat.h>

#include <vector>

#include "base/strings.h"

namespace entente::ingest {
namespace {

constexpr uint64_t kPrime = 0x100000001b3;

}  // namespace

std::string ResumePoint::Encode() const {
  return Cat("1 ", format, " ", fingerprint, " ", input, " ", member, " ", records);
}

std::optional<ResumePoint> ResumePoint::Decode(std::string_view token) {
  const std::vector<std::string_view> parts = Split(token, ' ');
  ResumePoint point;
  if (parts.size() != 6 || parts[0] != "1") return std::nullopt;
  point.format = parts[1];
  const bool read = ParseUint64(parts[2], &point.fingerprint) &&
                    ParseInt64(parts[3], &point.input) && ParseInt64(parts[4], &point.member) &&
                    ParseInt64(parts[5], &point.records);
  if (!read || point.input < 0 || point.member < 0 || point.records < 0) return std::nullopt;
  return point;
}

uint64_t Fingerprint(uint64_t before, const std::string& input) {
  struct stat info;
  if (before == 0 || stat(input.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  uint64_t hash = before;
  const std::string identity =
      Cat(input, '\0', info.st_size, '\0', info.st_mtim.tv_sec, '\0', info.st_mtim.tv_nsec, '\0');
  // FNV-1a, 64 bits.
  for (const char c : identity) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash == 0 ? 1 : hash;
}

}  // namespace entente::ingest
