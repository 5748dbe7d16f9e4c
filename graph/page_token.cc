#include "graph/page_token.h"

#include "absl/strings/escaping.h"
#include "graph/kv/crc32c.h"

namespace entente::graph {
namespace {

// time8 · event8 · CRC-32C of the question 4 · CRC-32C of what stands before 4
constexpr size_t kTokenBytes = 24;

}  // namespace

std::string PageToken::Encode(std::string_view question) const {
  Key bytes;
  bytes.Time(time_micros).U64(event).U32(kv::Crc32c(question));
  bytes.U32(kv::Crc32c(bytes));
  return absl::WebSafeBase64Escape(ToAbsl(bytes.str()));
}

absl::StatusOr<PageToken> PageToken::Decode(std::string_view token, std::string_view question) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) || bytes.size() != kTokenBytes ||
      ReadU32(bytes, 20) != kv::Crc32c(std::string_view(bytes).substr(0, 20))) {
    return InvalidArgument(
        "page_token is not a token of this store; use next_page_token as it was");
  }
  if (ReadU32(bytes, 16) != kv::Crc32c(question)) {
    return InvalidArgument(
        "page_token belongs to another filter or order; keep both while you turn pages");
  }
  return PageToken{ReadTime(bytes, 0), ReadU64(bytes, 8)};
}

std::string QuestionOf(const v1::ListEventsRequest& request) {
  return request.filter().SerializeAsString() + (request.newest_first() ? "newest" : "oldest") +
         (request.has_as_of() ? request.as_of().SerializeAsString() : "");
}

}  // namespace entente::graph
