// Sources of articles: files and standard input, as plain text or as JSON lines.
//
//   ReaderOptions options;
//   options.default_date = "2023-09-22";
//   ENTENTE_ASSIGN_OR_RETURN(auto reader, ingest::OpenArticles("articles.jsonl", options));
//   for (;;) {
//     ENTENTE_ASSIGN_OR_RETURN(std::optional<SourceRecord> record, reader->Next());
//     if (!record) break;
//     if (!record->article.ok()) Quarantine(*record);
//   }
//
// Plain text: a file is one article. It may begin with a header of lines "Title: …", "Date: …",
// "Source: …", "URL: …", "Id: …", "Language: …" in any order, ended by a blank line. Without a
// title there, a first line that looks like a headline is the title, and the text is what follows.
// The publication date is the header's, or else options.default_date, or else that of a line that
// is nothing but a date ("Wednesday, April 17, 2024"), or else none.
//
// JSON lines: an object a line, {"id", "url", "title", "text", "date", "source", "language"}; all
// but "text" may be missing or null, other fields are ignored. A record's own date wins over the
// default.
//
// Each article that comes out has passed PrepareArticle. Memory is bounded by the largest record.
// Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_ARTICLE_READER_H_
#define ENTENTE_INGEST_ARTICLE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "entente/v1/article.pb.h"

namespace entente::ingest {

enum class InputFormat {
  kAuto,  // JSON lines if the name ends in .jsonl or .ndjson, or if the first character is "{"
  kText,
  kJsonLines,
};

struct ReaderOptions {
  InputFormat format = InputFormat::kAuto;  // Default: kAuto
  // Publication date of articles that do not say theirs. Default: none.
  std::string default_date;
  // Source of articles that do not name theirs. Default: none.
  std::string default_source;
};

// The longest line of JSON: a text of kMaxTextBytes, escaped throughout, fits.
inline constexpr size_t kMaxRecordBytes = size_t{8} << 20;

// One record of a source, good or bad.
struct SourceRecord {
  std::string file;                     // as it was named; "-" is standard input
  int64_t line = 0;                     // counted from 1; 0 if the record is the whole file
  absl::StatusOr<v1::Article> article;  // or why it is none, with file and line
  // Its bytes, of a bad record alone; cut if it is over kMaxRecordBytes.
  std::string raw;
};

class ArticleReader {
 public:
  virtual ~ArticleReader() = default;
  // The next record; nothing at the end. An error (UNAVAILABLE) means that the source cannot be
  // read further; a bad record is not an error.
  virtual absl::StatusOr<std::optional<SourceRecord>> Next() = 0;
};

// Opens `path`; "-" is standard input. Errors: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (a
// directory; a default date that is none), UNAVAILABLE.
absl::StatusOr<std::unique_ptr<ArticleReader>> OpenArticles(const std::string& path,
                                                            const ReaderOptions& options);

// The article of one line of JSON, as read but not yet prepared. INVALID_ARGUMENT says what is
// wrong and at which byte of the line.
absl::StatusOr<v1::Article> ParseJsonArticle(std::string_view json);

// The article of a plain text, as read but not yet prepared.
v1::Article ParseTextArticle(std::string_view text, const ReaderOptions& options);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_ARTICLE_READER_H_
