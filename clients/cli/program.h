// What the commands of `entente` share: the streams, where the data files are, and how a command
// becomes part of the command line.
//
//   int main(int argc, char** argv) { return entente::cli::Main({argv + 1, argv + argc}); }
//
// Each Add… function of commands.h adds a sub-command with its flags to the CLI11 parser; parsing
// sets Program::action to what the chosen command does. Thread safety: one thread.
#ifndef ENTENTE_CLIENTS_CLI_PROGRAM_H_
#define ENTENTE_CLIENTS_CLI_PROGRAM_H_

#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/output.h"

namespace entente::cli {

// Exit codes; documented in docs/operations.md.
inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;  // something failed, or some of the input was rejected
inline constexpr int kExitUsage = 2;  // the command line is wrong

struct Program {
  Output* output;                               // results
  std::ostream* err;                            // progress, log, errors
  std::string data_flag;                        // --data, empty if not given
  std::function<absl::StatusOr<int>()> action;  // returns the exit code
};

// Runs a command line without the program's name. Never throws; every error is one line on standard
// error that begins with "entente: ".
int Main(const std::vector<std::string>& arguments);

// The same with other streams, for tests.
int Run(const std::vector<std::string>& arguments, Output* output, std::ostream* err);

// Prints `message` as a usage error and returns kExitUsage: for what the parser cannot check.
int UsageError(std::ostream* err, std::string_view message);

// The folder with ontology, lexicon, rules and model: --data, else ENTENTE_DATA, else share/entente
// beside the program's bin (an installed program), else the source tree from which it was built.
// NOT_FOUND names what was tried.
absl::StatusOr<std::string> DataDir(const Program& program);

// The directory of a store that a command opens itself: --db, else ENTENTE_DB. None, after a usage
// error, if neither is given.
std::optional<std::string> StoreDirectory(const Program& program, const std::string& flag);

// An environment variable's value; empty if it is not set.
std::string Environment(const char* name);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_PROGRAM_H_
