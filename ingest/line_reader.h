// Reads a file or standard input line by line in bounded memory, however long its lines are.
//
//   ENTENTE_ASSIGN_OR_RETURN(auto lines, LineReader::Open("articles.jsonl", 8 << 20));
//   for (;;) {
//     ENTENTE_ASSIGN_OR_RETURN(std::optional<LineReader::Line> line, lines->Next());
//     if (!line) break;
//   }
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_LINE_READER_H_
#define ENTENTE_INGEST_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace entente::ingest {

class LineReader {
 public:
  struct Line {
    std::string text;    // without its line break; of an oversized line only the beginning
    int64_t number = 0;  // counted from 1
    int64_t offset = 0;  // byte of the file at which it begins
    int64_t bytes = 0;   // its whole length
    bool oversized() const { return bytes > static_cast<int64_t>(text.size()); }
  };

  // Opens `path`; "-" is standard input. Lines over `limit_bytes` are passed over, but for their
  // first kKeptBytes. Errors: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (a directory),
  // UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<LineReader>> Open(const std::string& path,
                                                          size_t limit_bytes);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The next line, the last one with or without a line break; nothing at the end. UNAVAILABLE on a
  // read error.
  absl::StatusOr<std::optional<Line>> Next();

  // How much of an oversized line is kept.
  static constexpr size_t kKeptBytes = size_t{64} << 10;

 private:
  LineReader(std::string path, int fd, size_t limit_bytes);
  // Refills the buffer; false at the end of the file.
  absl::StatusOr<bool> Fill();
  // Adds the buffer's next `count` bytes to the line.
  void Take(size_t count, Line* line);

  const std::string path_;
  const int fd_;
  const size_t limit_bytes_;
  std::string buffer_;
  size_t position_ = 0;  // in buffer_
  int64_t offset_ = 0;   // of position_ in the file
  int64_t line_count_ = 0;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_LINE_READER_H_
