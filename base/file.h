// Whole-file reading and writing with clear errors.
#ifndef ENTENTE_BASE_FILE_H_
#define ENTENTE_BASE_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace entente {

// The bytes of `path`; "-" is standard input. Errors: NOT_FOUND (no such file), INVALID_ARGUMENT (a
// directory), PERMISSION_DENIED, RESOURCE_EXHAUSTED (more than `limit_bytes`), UNAVAILABLE (read
// error). The message names the path.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit_bytes);

// Replaces `path` by `contents`: writes a neighbour file, fsyncs it, renames it over `path` and
// fsyncs the folder, so that a crash leaves the old bytes or the new ones, never a mixture.
absl::Status WriteFileAtomically(const std::string& path, std::string_view contents);

}  // namespace entente

#endif  // ENTENTE_BASE_FILE_H_
