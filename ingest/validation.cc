#include "ingest/validation.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "base/utf8.h"
#include "ingest/digest.h"

namespace entente::ingest {
namespace {

void RepairUtf8(std::string* text) {
  if (!IsValidUtf8(*text)) *text = ReplaceInvalidUtf8(*text);
}

absl::Status CheckSize(std::string_view field, std::string_view value, size_t limit) {
  if (value.size() <= limit) return absl::OkStatus();
  return InvalidArgument(
      Cat("the ", field, " has ", value.size(), " bytes; at most ", limit, " are allowed"));
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; });
}

bool IsEnglish(std::string_view language) {
  const std::string tag = AsciiLower(language);
  return tag.empty() || tag == "en" || tag == "eng" || tag.compare(0, 3, "en-") == 0;
}

absl::Status CheckText(const std::string& text) {
  if (text.size() > kMaxTextBytes) {
    return ResourceExhausted(Cat("the text has ", text.size(), " bytes; at most ", kMaxTextBytes,
                                 " are allowed: cut it into its articles"));
  }
  if (LooksBinary(text)) return InvalidArgument("the text looks like binary data, not like text");
  if (Trim(text).empty()) return InvalidArgument("there is no text");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> NormalizeDate(std::string_view date) {
  date = Trim(date);
  absl::StatusOr<Date> day = ParseDate(date);
  if (!day.ok() && date.size() > 10 && ParseTimestampMicros(date).ok()) {
    day = ParseDate(date.substr(0, 10));
  }
  if (!day.ok()) {
    return InvalidArgument(
        Cat("the date \"", date.substr(0, 40), "\" is not a day: ", MessageOf(day.status())));
  }
  return FormatDate(*day);
}

absl::Status PrepareArticle(v1::Article* article) {
  // Before the repair, which would make text of anything.
  ENTENTE_RETURN_IF_ERROR(CheckText(article->text()));
  for (std::string* field :
       {article->mutable_id(), article->mutable_url(), article->mutable_title(),
        article->mutable_text(), article->mutable_source(), article->mutable_language()}) {
    RepairUtf8(field);
  }
  ENTENTE_RETURN_IF_ERROR(CheckSize("id", article->id(), kMaxIdBytes));
  ENTENTE_RETURN_IF_ERROR(CheckSize("URL", article->url(), kMaxUrlBytes));
  ENTENTE_RETURN_IF_ERROR(CheckSize("title", article->title(), kMaxTitleBytes));
  ENTENTE_RETURN_IF_ERROR(CheckSize("source", article->source(), kMaxSourceBytes));
  ENTENTE_RETURN_IF_ERROR(CheckSize("language", article->language(), kMaxLanguageBytes));
  if (HasControlCharacter(article->id())) {
    return InvalidArgument("the id has control characters");
  }
  if (!IsEnglish(article->language())) {
    return InvalidArgument(
        Cat("the language is \"", article->language(), "\"; only English can be coded"));
  }
  if (!article->publish_date().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(std::string date, NormalizeDate(article->publish_date()));
    article->set_publish_date(std::move(date));
  }
  article->set_content_hash(Sha256(article->text()));
  if (article->id().empty()) article->set_id(ArticleId(*article));
  return absl::OkStatus();
}

std::string ArticleId(const v1::Article& article) {
  // Lengths are part of it, so that no two ways of cutting the same bytes are alike.
  std::string bytes;
  for (const std::string* field :
       {&article.url(), &article.title(), &article.publish_date(), &article.text()}) {
    bytes += Cat(field->size(), ":");
    bytes += *field;
  }
  return Cat("sha256:", HexOf(Sha256(bytes)));
}

}  // namespace entente::ingest
