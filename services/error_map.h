// The one place where errors of the domain become errors on the wire, and back.
//
//   ErrorMap errors(&log, ErrorDetail::kClean);
//   return errors.ToGrpc(status, "EventGraph.GetEvent");
//
// All absl::StatusCode values equal grpc::StatusCode, so that the code passes as it is. What
// differs is the text. An error that the caller made or can mend (INVALID_ARGUMENT, NOT_FOUND, …)
// is sent whole. A fault of ours (UNKNOWN, INTERNAL, DATA_LOSS) may name files and keys: the whole
// is logged with a reference number, and the caller gets a plain sentence with that number.
//
// Thread safety: every method may be called from any thread.
#ifndef ENTENTE_SERVICES_ERROR_MAP_H_
#define ENTENTE_SERVICES_ERROR_MAP_H_

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "services/log.h"

namespace entente::services {

// The most bytes of a message that are sent: it travels in a header, where 8 KiB is the limit.
inline constexpr size_t kMaxErrorMessageBytes = 2000;

enum class ErrorDetail {
  kClean,  // faults of ours are logged, and only their reference is sent: for a server
  kWhole,  // everything is sent, nothing logged: where the caller owns the store (an in-process
           // server)
};

class ErrorMap {
 public:
  // `log` must outlive the map.
  ErrorMap(Log* log, ErrorDetail detail) : log_(log), detail_(detail) {}

  // What the caller of `method` ("EventGraph.GetEvent") gets for `status`. OK stays OK.
  grpc::Status ToGrpc(const absl::Status& status, std::string_view method);

 private:
  Log* const log_;
  const ErrorDetail detail_;
  std::atomic<uint64_t> next_reference_{1};
};

// The other direction, for clients. OK stays OK.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_ERROR_MAP_H_
