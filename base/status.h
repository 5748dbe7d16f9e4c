// Errors. Everything that can fail returns absl::Status or absl::StatusOr<T>; our code does not
// throw. A message says what was wrong, where (file:line:column) and what to do about it.
//
//   absl::Status Load(const std::string& path) {
//     ENTENTE_ASSIGN_OR_RETURN(std::string text, ReadFile(path, 64 << 20));
//     ENTENTE_RETURN_IF_ERROR(Parse(text));
//     return absl::OkStatus();
//   }
//
// Choosing a code: INVALID_ARGUMENT the caller's input is wrong whatever the state; NOT_FOUND;
// ALREADY_EXISTS; FAILED_PRECONDITION the state must be changed first (a store of another format);
// RESOURCE_EXHAUSTED a limit or the disk; DATA_LOSS corruption; UNAVAILABLE try again;
// DEADLINE_EXCEEDED, CANCELLED; INTERNAL a bug of ours. The values equal gRPC's.
#ifndef ENTENTE_BASE_STATUS_H_
#define ENTENTE_BASE_STATUS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/strings.h"

namespace entente {

inline absl::Status MakeStatus(absl::StatusCode code, std::string_view message) {
  return absl::Status(code, ToAbsl(message));
}
inline absl::Status InvalidArgument(std::string_view message) {
  return MakeStatus(absl::StatusCode::kInvalidArgument, message);
}
inline absl::Status NotFound(std::string_view message) {
  return MakeStatus(absl::StatusCode::kNotFound, message);
}
inline absl::Status FailedPrecondition(std::string_view message) {
  return MakeStatus(absl::StatusCode::kFailedPrecondition, message);
}
inline absl::Status DataLoss(std::string_view message) {
  return MakeStatus(absl::StatusCode::kDataLoss, message);
}
inline absl::Status ResourceExhausted(std::string_view message) {
  return MakeStatus(absl::StatusCode::kResourceExhausted, message);
}
inline absl::Status Internal(std::string_view message) {
  return MakeStatus(absl::StatusCode::kInternal, message);
}

inline std::string_view MessageOf(const absl::Status& status) { return ToStd(status.message()); }

// `status` with "context: " put before its message; OK stays OK.
inline absl::Status Annotate(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  return MakeStatus(status.code(), Cat(context, ": ", MessageOf(status)));
}

}  // namespace entente

#define ENTENTE_RETURN_IF_ERROR(expression)                                 \
  do {                                                                      \
    if (absl::Status entente_status = (expression); !entente_status.ok()) { \
      return entente_status;                                                \
    }                                                                       \
  } while (false)

#define ENTENTE_CONCAT_INNER(a, b) a##b
#define ENTENTE_CONCAT(a, b) ENTENTE_CONCAT_INNER(a, b)
#define ENTENTE_ASSIGN_OR_RETURN(declaration, expression) \
  ENTENTE_ASSIGN_OR_RETURN_IMPL(ENTENTE_CONCAT(entente_result_, __LINE__), declaration, expression)
#define ENTENTE_ASSIGN_OR_RETURN_IMPL(result, declaration, expression) \
  auto result = (expression);                                          \
  if (!result.ok()) return result.status();                            \
  declaration = std::move(result).value()

#endif  // ENTENTE_BASE_STATUS_H_
