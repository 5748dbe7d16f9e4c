#include "services/error_map.h"

#include <string>

#include "base/status.h"
#include "base/utf8.h"

namespace entente::services {
namespace {

// Faults of the server or its store, whose text is for its operator.
bool IsOurFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

// What the caller can mend only together with the operator: sent whole, and logged as well.
bool ConcernsOperator(absl::StatusCode code) {
  return code == absl::StatusCode::kResourceExhausted ||
         code == absl::StatusCode::kFailedPrecondition || code == absl::StatusCode::kUnavailable;
}

std::string CleanText(absl::StatusCode code, uint64_t reference) {
  const std::string_view what = code == absl::StatusCode::kDataLoss
                                    ? "the store is damaged: run `entente verify` on it"
                                    : "the server failed to answer: this is a bug of Entente";
  return Cat(what, "; its log has the details under reference ", reference);
}

// At most kMaxErrorMessageBytes, cut between characters, valid UTF-8.
std::string Sendable(std::string_view message) {
  std::string text = ReplaceInvalidUtf8(message);
  if (text.size() <= kMaxErrorMessageBytes) return text;
  size_t end = kMaxErrorMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace

grpc::Status ErrorMap::ToGrpc(const absl::Status& status, std::string_view method) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  if (detail_ == ErrorDetail::kWhole) return grpc::Status(code, Sendable(MessageOf(status)));
  if (IsOurFault(status.code())) {
    const uint64_t reference = next_reference_.fetch_add(1, std::memory_order_relaxed);
    log_->Error(Cat("reference ", reference, ": ", method, ": ", status.ToString()));
    return grpc::Status(code, CleanText(status.code(), reference));
  }
  if (ConcernsOperator(status.code())) log_->Warning(Cat(method, ": ", status.ToString()));
  return grpc::Status(code, Sendable(MessageOf(status)));
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return MakeStatus(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace entente::services
