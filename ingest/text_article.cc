// ParseTextArticle: header, headline and date of a plain text.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "base/time.h"
#include "ingest/article_reader.h"
#include "ingest/coder/furniture.h"

namespace entente::ingest {
namespace {

// A date line stands within the first so many lines that are not blank.
constexpr int kDateLinesMax = 8;

// Cuts the first line off `text`.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return line;
}

// The field that a header line names; null if it is no header line.
std::string* HeaderField(std::string_view line, v1::Article* article) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const std::string key = AsciiLower(Trim(line.substr(0, colon)));
  if (key == "title") return article->mutable_title();
  if (key == "date") return article->mutable_publish_date();
  if (key == "source") return article->mutable_source();
  if (key == "url") return article->mutable_url();
  if (key == "id") return article->mutable_id();
  if (key == "language") return article->mutable_language();
  return nullptr;
}

// Reads the header into `article` and cuts it off `text`. What does not end with a blank line is no
// header, and nothing is changed.
void TakeHeader(std::string_view* text, v1::Article* article) {
  v1::Article header;
  std::string_view rest = *text;
  bool any = false;
  while (!rest.empty()) {
    const std::string_view line = TakeLine(&rest);
    if (Trim(line).empty()) {
      if (!any) return;
      *article = header;
      *text = rest;
      return;
    }
    std::string* field = HeaderField(line, &header);
    if (field == nullptr) return;
    *field = std::string(Trim(line.substr(line.find(':') + 1)));
    any = true;
  }
}

// If the text's first line is its headline, makes it the title and cuts it off.
void TakeHeadline(std::string_view* text, v1::Article* article) {
  for (const coder::TextLine& line : coder::ClassifyLines(*text, "")) {
    if (line.kind == coder::LineKind::kBlank) continue;
    if (line.kind != coder::LineKind::kTitle) return;
    article->set_title(std::string(Trim(text->substr(line.span.begin, line.span.size()))));
    text->remove_prefix(line.span.end);
    return;
  }
}

std::optional<Date> FirstDateLine(std::string_view text) {
  for (int seen = 0; seen < kDateLinesMax && !text.empty();) {
    const std::string_view line = TakeLine(&text);
    if (Trim(line).empty()) continue;
    if (const std::optional<Date> date = coder::DateOfLine(line); date.has_value()) return date;
    ++seen;
  }
  return std::nullopt;
}

}  // namespace

v1::Article ParseTextArticle(std::string_view text, const ReaderOptions& options) {
  v1::Article article;
  TakeHeader(&text, &article);
  if (const std::optional<Date> date = coder::DateOfLine(article.publish_date());
      date.has_value()) {
    article.set_publish_date(FormatDate(*date));
  }
  if (article.title().empty()) TakeHeadline(&text, &article);
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
  if (article.publish_date().empty()) article.set_publish_date(options.default_date);
  if (article.publish_date().empty()) {
    if (const std::optional<Date> date = FirstDateLine(text); date.has_value()) {
      article.set_publish_date(FormatDate(*date));
    }
  }
  if (article.source().empty()) article.set_source(options.default_source);
  article.set_text(std::string(text));
  return article;
}

}  // namespace entente::ingest
