#include "services/log.h"

#include "base/strings.h"
#include "base/time.h"

namespace entente::services {
namespace {

void AppendEscaped(unsigned char byte, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  if (byte == '\n') {
    out->append("\\n");
  } else if (byte == '\t') {
    out->append("\\t");
  } else if (byte < 0x20 || byte == 0x7f) {
    out->append("\\x");
    out->push_back(kHex[byte >> 4]);
    out->push_back(kHex[byte & 15]);
  } else {
    out->push_back(static_cast<char>(byte));
  }
}

}  // namespace

std::string LogSafe(std::string_view message) {
  std::string safe;
  safe.reserve(message.size());
  for (const char c : message.substr(0, kMaxLogMessageBytes)) {
    AppendEscaped(static_cast<unsigned char>(c), &safe);
  }
  if (message.size() > kMaxLogMessageBytes) safe.append("...");
  return safe;
}

void Log::Write(std::string_view level, std::string_view message) {
  if (out_ == nullptr) return;
  const std::string line =
      Cat(FormatTimestampMicros(NowMicros()), ' ', level, ' ', LogSafe(message), '\n');
  const std::lock_guard<std::mutex> lock(mutex_);
  *out_ << line << std::flush;
}

}  // namespace entente::services
