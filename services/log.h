// The server's log: one line an entry, with its time and level, to any stream.
//
//   Log log(&std::cerr);
//   log.Info("listening on 127.0.0.1:7474");   // 2026-11-23T19:22:00Z INFO listening on …
//
// Control characters of a message are escaped and long ones are cut, so that text from a request
// can neither forge a line nor fill the disk. Thread safety: every method may be called from any
// thread; lines never mix.
#ifndef ENTENTE_SERVICES_LOG_H_
#define ENTENTE_SERVICES_LOG_H_

#include <cstddef>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace entente::services {

// The most bytes of one message that are written.
inline constexpr size_t kMaxLogMessageBytes = 4096;

class Log {
 public:
  // `out` must outlive the log; null: nothing is written.
  explicit Log(std::ostream* out) : out_(out) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Info(std::string_view message) { Write("INFO", message); }
  void Warning(std::string_view message) { Write("WARNING", message); }
  void Error(std::string_view message) { Write("ERROR", message); }

 private:
  void Write(std::string_view level, std::string_view message);

  std::mutex mutex_;
  std::ostream* out_;  // guarded by mutex_
};

// `message` on one line: control characters as \n, \t or \xNN, cut after kMaxLogMessageBytes.
std::string LogSafe(std::string_view message);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_LOG_H_
