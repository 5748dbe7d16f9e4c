// A line on standard error that says how far long work is.
//
//   ProgressLine progress(program->err, flags.quiet);
//   progress.Show("120 of 900 records");   // written over by the next one
//   progress.Clear();                      // before anything else is written
//
// Thread safety: one thread.
#ifndef ENTENTE_CLIENTS_CLI_PROGRESS_H_
#define ENTENTE_CLIENTS_CLI_PROGRESS_H_

#include <ostream>
#include <string_view>

namespace entente::cli {

class ProgressLine {
 public:
  // Writes to `err` if this process' standard error is a terminal and not `quiet`; else nothing.
  ProgressLine(std::ostream* err, bool quiet);

  void Show(std::string_view text);
  void Clear();

 private:
  std::ostream* const err_;
  const bool active_;
};

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_PROGRESS_H_
