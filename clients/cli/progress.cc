#include "clients/cli/progress.h"

#include <unistd.h>

namespace entente::cli {

ProgressLine::ProgressLine(std::ostream* err, bool quiet)
    : err_(err), active_(!quiet && isatty(STDERR_FILENO) == 1) {}

void ProgressLine::Show(std::string_view text) {
  if (active_) *err_ << "\r\x1b[K" << text << std::flush;
}

void ProgressLine::Clear() {
  if (active_) *err_ << "\r\x1b[K" << std::flush;
}

}  // namespace entente::cli
