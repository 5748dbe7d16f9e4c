// What an article must be before it is coded, and the fields that follow from the others. Every way
// into Entente (files, the Ingest service) goes through PrepareArticle.
//
//   v1::Article article = …;
//   ENTENTE_RETURN_IF_ERROR(ingest::PrepareArticle(&article));   // may now be coded and stored
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_VALIDATION_H_
#define ENTENTE_INGEST_VALIDATION_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "entente/v1/article.pb.h"

namespace entente::ingest {

// Limits of an article, in bytes of UTF-8.
inline constexpr size_t kMaxTextBytes = size_t{1} << 20;
inline constexpr size_t kMaxTitleBytes = 4096;
inline constexpr size_t kMaxIdBytes = 512;
inline constexpr size_t kMaxUrlBytes = 4096;
inline constexpr size_t kMaxSourceBytes = 512;
inline constexpr size_t kMaxLanguageBytes = 35;  // BCP 47 tags need no more (RFC 5646, 4.4.1)

// Checks `article` and completes it:
//   - bytes that are not UTF-8 become U+FFFD, in all fields;
//   - publish_date is written YYYY-MM-DD ("20230922" and RFC 3339 times are understood; of a time
//     the day as written counts, whatever its zone);
//   - content_hash becomes the SHA-256 of the text;
//   - an empty id becomes ArticleId.
// Text and title are otherwise kept as they are, so that spans count in what was handed in. Errors,
// after which the article is in an undefined state: INVALID_ARGUMENT (no text, binary data, a date
// that is none, a language other than English, a field that is too long, control characters in the
// id), RESOURCE_EXHAUSTED (a text over kMaxTextBytes).
absl::Status PrepareArticle(v1::Article* article);

// "sha256:" and the digest of url, title, date and text, so that the same article handed in twice
// has one id.
std::string ArticleId(const v1::Article& article);

// A date as PrepareArticle understands it, as YYYY-MM-DD. INVALID_ARGUMENT says what is wrong.
absl::StatusOr<std::string> NormalizeDate(std::string_view date);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_VALIDATION_H_
