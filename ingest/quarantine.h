// Where records go that could not be ingested: a file of JSON lines, so that a night's job neither
// stops at a bad record nor loses it.
//
//   {"file": "a.jsonl", "line": 12, "reason": "…", "record": "…the bytes…"}
//
// Bytes that are not UTF-8 are in "record_base64" instead of "record". Thread safety: one thread at
// a time.
#ifndef ENTENTE_INGEST_QUARANTINE_H_
#define ENTENTE_INGEST_QUARANTINE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace entente::ingest {

class Quarantine {
 public:
  // The file is made when the first record comes, and added to if it is there. An empty path keeps
  // nothing.
  explicit Quarantine(std::string path);
  ~Quarantine();
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  // Opens the file now, so that one that cannot be written is known before anything else is done. A
  // file that it makes is taken away again if nothing is added. Errors: as Add.
  absl::Status Open();

  // Adds a record; `line` 0 is a whole file. Errors: PERMISSION_DENIED, RESOURCE_EXHAUSTED (disk),
  // NOT_FOUND (no such folder), UNAVAILABLE.
  absl::Status Add(std::string_view file, int64_t line, std::string_view reason,
                   std::string_view record);

  // Makes everything durable. No Add after it. Idempotent.
  absl::Status Close();

 private:
  const std::string path_;
  int fd_ = -1;
  bool made_empty_ = false;  // by Open, and nothing was added
};

// The line that Add writes, with its line break.
std::string QuarantineLine(std::string_view file, int64_t line, std::string_view reason,
                           std::string_view record);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_QUARANTINE_H_
