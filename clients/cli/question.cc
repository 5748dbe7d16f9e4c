#include "clients/cli/question.h"

#include <memory>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr int kSearchForNames = 1000;

absl::StatusOr<std::vector<v1::Actor>> Search(Connection& connection, const std::string& query,
                                              int page_size) {
  v1::SearchActorsRequest request;
  request.set_query(query);
  request.set_page_size(page_size);
  ENTENTE_ASSIGN_OR_RETURN(const v1::SearchActorsResponse response,
                           connection.Call(&v1::EventGraph::Stub::SearchActors, request));
  return std::vector<v1::Actor>(response.actors().begin(), response.actors().end());
}

// Names near to one that is not known: those that begin alike and differ in few letters.
std::string Suggestion(Connection& connection, const std::string& name) {
  std::vector<std::string> candidates;
  for (const size_t length : {size_t{3}, size_t{2}, size_t{1}}) {
    if (name.size() < length || !candidates.empty()) continue;
    const auto actors = Search(connection, name.substr(0, length), kSearchForNames);
    if (!actors.ok()) return "";
    for (const v1::Actor& actor : *actors) {
      candidates.push_back(actor.display_name());
      candidates.push_back(actor.id());
      for (const v1::ActorName& other : actor.names()) candidates.push_back(other.text());
    }
    candidates = NearestNames(name, candidates, 3);
  }
  if (candidates.empty()) return "; `entente actors search` finds actors by a part of their name";
  std::string text = "; did you mean ";
  for (size_t i = 0; i < candidates.size(); ++i) text += Cat(i > 0 ? ", " : "", candidates[i]);
  return text + "?";
}

}  // namespace

void AddAskFlags(CLI::App* command, Ask* ask) {
  AddConnectionFlags(command, &ask->connection);
  AddFormatFlag(command, &ask->format);
}

void AddDates(CLI::App* command, Window* window) {
  command->add_option("--from", window->start_date, "First day")->type_name("YYYY-MM-DD");
  command->add_option("--to", window->end_date, "Last day")->type_name("YYYY-MM-DD");
}

void AddActor(CLI::App* command, std::string* actor, const std::string& name,
              const std::string& description) {
  command->add_option(name, *actor, description)->type_name("")->required();
}

void SetQuestion(CLI::App* command, Program* program, const Ask* ask, Question question) {
  command->callback([program, ask, question = std::move(question)] {
    program->action = [program, ask, question]() -> absl::StatusOr<int> {
      ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                               Connection::Open(*program, ask->connection, Need::kQueries));
      ENTENTE_RETURN_IF_ERROR(question(*connection));
      ENTENTE_RETURN_IF_ERROR(connection->Close());
      return kExitOk;
    };
  });
}

absl::Status WithSuggestions(Connection& connection, const absl::Status& status,
                             const std::vector<std::string>& actors) {
  if (status.code() != absl::StatusCode::kNotFound) return status;
  std::string message(MessageOf(status));
  for (const std::string& actor : actors) {
    if (actor.empty()) continue;
    const auto found = Search(connection, actor, 1);
    if (found.ok() && found->empty()) message += Suggestion(connection, actor);
  }
  return MakeStatus(status.code(), message);
}

void AppendField(std::string_view label, std::string_view value, size_t width, std::string* out) {
  constexpr size_t kLabelColumns = 12;
  const size_t room = width > kLabelColumns + 22 ? width - kLabelColumns - 2 : 0;
  std::string shown(label);
  for (const std::string& line : Wrap(value, room)) {
    const size_t used = DisplayWidth(shown);
    out->append("  ").append(shown).append(used < kLabelColumns ? kLabelColumns - used : 1, ' ');
    out->append(line).push_back('\n');
    shown.clear();
  }
}

}  // namespace entente::cli
