// What the commands that ask a store have in common: their flags, the connection, and help with
// names that nobody has.
//
//   struct PathFlags : Ask { Window window; };
//   const auto flags = std::make_shared<PathFlags>();
//   AddActor(command, &flags->window.actor, "ACTOR", "Actor id or name");
//   AddAskFlags(command, flags.get());
//   SetQuestion(command, program, flags.get(), [=](Connection& c) { return Path(program, *flags,
//   c); });
//
// Private to clients/cli: includes CLI11 and grpc++ headers. Thread safety: one thread.
#ifndef ENTENTE_CLIENTS_CLI_QUESTION_H_
#define ENTENTE_CLIENTS_CLI_QUESTION_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"

namespace entente::cli {

// The flags of every question.
struct Ask {
  ConnectionFlags connection;
  Format format = Format::kPeople;
  v1::AsOf as_of;  // --as-of; empty: now
  Need need = Need::kQueries;
};

// Which actors, from when to when.
struct Window {
  std::string actor;        // an id or a name
  std::string other_actor;  // empty: anybody
  std::string start_date;   // YYYY-MM-DD; empty: from the beginning
  std::string end_date;     // YYYY-MM-DD, inclusive; empty: to the end
};

// Asks, and prints the answer.
using Question = std::function<absl::Status(Connection&)>;

// Adds the connection's flags and --format.
void AddAskFlags(CLI::App* command, Ask* ask);

// Adds --as-of: a revision's number, a date (its end) or a time.
void AddAsOf(CLI::App* command, v1::AsOf* as_of);

// Adds --from and --to; what is no date is a usage error.
void AddDates(CLI::App* command, Window* window);

// The window as a filter of events.
void FillWindow(const Window& window, v1::EventFilter* filter);

// Adds a positional argument that must be given.
void AddActor(CLI::App* command, std::string* actor, const std::string& name,
              const std::string& description);

// Adds the optional OTHER of commands that ask about one actor or about two.
void AddOtherActor(CLI::App* command, std::string* actor);

// Makes `question` the program's action: connect, ask, close. `ask` must live as long as
// `question`, which therefore holds the flags that it points into.
void SetQuestion(CLI::App* command, Program* program, const Ask* ask, Question question);

// `status`; if it is NOT_FOUND, with names to try for those of `actors` that are not some actor's
// id or name (empty ones are passed over). Asks the server again: a few searches.
absl::Status WithSuggestions(Connection& connection, const absl::Status& status,
                             const std::vector<std::string>& actors);

// Appends a line of a label and a value in two columns; the value is wrapped to `width` columns (0:
// never). REQUIRES: both are Printable.
void AppendField(std::string_view label, std::string_view value, size_t width, std::string* out);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_QUESTION_H_
