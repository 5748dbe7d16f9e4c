#include "ingest/article_reader.h"

#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/line_reader.h"
#include "ingest/validation.h"

namespace entente::ingest {
namespace {

// A text file may have a header and furniture beside a text of kMaxTextBytes.
constexpr size_t kMaxTextFileBytes = 2 * kMaxTextBytes;

// Prepares what was parsed and says where it came from.
absl::StatusOr<v1::Article> Prepare(absl::StatusOr<v1::Article> article, const std::string& where) {
  if (!article.ok()) return Annotate(article.status(), where);
  const absl::Status status = PrepareArticle(&*article);
  if (!status.ok()) return Annotate(status, where);
  return article;
}

std::string DisplayName(const std::string& path) { return path == "-" ? "standard input" : path; }

// The lines of a file, of which the first was read already to see what it is.
class PeekedLines {
 public:
  PeekedLines(std::unique_ptr<LineReader> lines, std::optional<LineReader::Line> first)
      : lines_(std::move(lines)), first_(std::move(first)) {}

  absl::StatusOr<std::optional<LineReader::Line>> Next() {
    if (first_.has_value()) return std::exchange(first_, std::nullopt);
    return lines_->Next();
  }

 private:
  std::unique_ptr<LineReader> lines_;
  std::optional<LineReader::Line> first_;
};

class JsonLinesReader : public ArticleReader {
 public:
  JsonLinesReader(std::string path, PeekedLines lines, ReaderOptions options)
      : path_(std::move(path)), lines_(std::move(lines)), options_(std::move(options)) {}

  absl::StatusOr<std::optional<SourceRecord>> Next() override {
    for (;;) {
      ENTENTE_ASSIGN_OR_RETURN(std::optional<LineReader::Line> line, lines_.Next());
      if (!line.has_value()) return std::optional<SourceRecord>();
      if (!Trim(line->text).empty()) return Read(std::move(*line));
    }
  }

 private:
  SourceRecord Read(LineReader::Line line) const {
    const std::string where = Cat(DisplayName(path_), ":", line.number);
    SourceRecord record{path_, line.number, v1::Article(), ""};
    if (line.oversized()) {
      record.article = ResourceExhausted(Cat(where, ": the line has ", line.bytes,
                                             " bytes; at most ", kMaxRecordBytes, " are allowed"));
    } else {
      record.article = Prepare(Parse(line.text), where);
    }
    if (!record.article.ok()) record.raw = std::move(line.text);
    return record;
  }

  absl::StatusOr<v1::Article> Parse(std::string_view line) const {
    ENTENTE_ASSIGN_OR_RETURN(v1::Article article, ParseJsonArticle(line));
    if (article.publish_date().empty()) article.set_publish_date(options_.default_date);
    if (article.source().empty()) article.set_source(options_.default_source);
    return article;
  }

  const std::string path_;
  PeekedLines lines_;
  const ReaderOptions options_;
};

class TextReader : public ArticleReader {
 public:
  TextReader(std::string path, PeekedLines lines, ReaderOptions options)
      : path_(std::move(path)), lines_(std::move(lines)), options_(std::move(options)) {}

  absl::StatusOr<std::optional<SourceRecord>> Next() override {
    if (done_) return std::optional<SourceRecord>();
    done_ = true;
    std::string text;
    bool too_long = false;
    ENTENTE_RETURN_IF_ERROR(ReadAll(&text, &too_long));
    const std::string where = DisplayName(path_);
    SourceRecord record{path_, 0, v1::Article(), ""};
    if (too_long) {
      record.article = ResourceExhausted(
          Cat(where, ": the file has over ", kMaxTextFileBytes,
              " bytes; a plain text file is one article, many go into a JSON lines file"));
    } else if (LooksBinary(text)) {
      record.article = InvalidArgument(Cat(where, ": looks like a binary file, not like text"));
    } else {
      record.article = Prepare(ParseTextArticle(text, options_), where);
    }
    if (!record.article.ok()) record.raw = std::move(text);
    return record;
  }

 private:
  absl::Status ReadAll(std::string* text, bool* too_long) {
    for (;;) {
      ENTENTE_ASSIGN_OR_RETURN(const std::optional<LineReader::Line> line, lines_.Next());
      if (!line.has_value()) return absl::OkStatus();
      *text += line->text;
      *text += '\n';
      if (line->oversized() || text->size() > kMaxTextFileBytes) {
        *too_long = true;
        return absl::OkStatus();
      }
    }
  }

  const std::string path_;
  PeekedLines lines_;
  const ReaderOptions options_;
  bool done_ = false;
};

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Lines are cut at kMaxRecordBytes before anything is known about them.
InputFormat FormatOf(const std::string& path, const std::optional<LineReader::Line>& first) {
  const std::string name = AsciiLower(path);
  if (EndsWith(name, ".jsonl") || EndsWith(name, ".ndjson")) return InputFormat::kJsonLines;
  const bool object = first.has_value() && Trim(first->text).substr(0, 1) == "{";
  return object ? InputFormat::kJsonLines : InputFormat::kText;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArticleReader>> OpenArticles(const std::string& path,
                                                            const ReaderOptions& options) {
  ReaderOptions checked = options;
  if (!options.default_date.empty()) {
    ENTENTE_ASSIGN_OR_RETURN(checked.default_date, NormalizeDate(options.default_date));
  }
  ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<LineReader> lines,
                           LineReader::Open(path, kMaxRecordBytes));
  ENTENTE_ASSIGN_OR_RETURN(std::optional<LineReader::Line> first, lines->Next());
  if (first.has_value() && first->text.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0) {
    first->text.erase(0, kByteOrderMark.size());
    first->bytes -= static_cast<int64_t>(kByteOrderMark.size());
  }
  const InputFormat format =
      options.format == InputFormat::kAuto ? FormatOf(path, first) : options.format;
  PeekedLines peeked(std::move(lines), std::move(first));
  std::unique_ptr<ArticleReader> reader;
  if (format == InputFormat::kJsonLines) {
    reader = std::make_unique<JsonLinesReader>(path, std::move(peeked), std::move(checked));
  } else {
    reader = std::make_unique<TextReader>(path, std::move(peeked), std::move(checked));
  }
  return reader;
}

}  // namespace entente::ingest
