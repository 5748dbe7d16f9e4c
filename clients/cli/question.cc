#include "clients/cli/question.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "base/utf8.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr int kSearchForNames = 1000;
constexpr size_t kNamesSuggested = 3;

absl::StatusOr<std::vector<v1::Actor>> Search(Connection& connection, const std::string& query,
                                              int page_size) {
  v1::SearchActorsRequest request;
  request.set_query(query);
  request.set_page_size(page_size);
  ENTENTE_ASSIGN_OR_RETURN(const v1::SearchActorsResponse response,
                           connection.Call(&v1::EventGraph::Stub::SearchActors, request));
  return std::vector<v1::Actor>(response.actors().begin(), response.actors().end());
}

// The id, the name, and the other names.
std::vector<std::string> NamesOf(const v1::Actor& actor) {
  std::vector<std::string> names = {actor.id(), actor.display_name()};
  for (const v1::ActorName& other : actor.names()) names.push_back(other.text());
  return names;
}

bool IsCalled(const v1::Actor& actor, const std::string& name) {
  const std::vector<std::string> names = NamesOf(actor);
  return std::any_of(names.begin(), names.end(), [folded = FoldName(name)](const auto& known) {
    return FoldName(known) == folded;
  });
}

// The first `count` characters, or all.
std::string Beginning(const std::string& text, int count) {
  size_t end = 0;
  for (int i = 0; i < count && end < text.size(); ++i) end += DecodeUtf8(text, end).length;
  return text.substr(0, end);
}

// Names near to one that is not known: those that begin alike and differ in few letters.
std::vector<std::string> NamesNear(Connection& connection, const std::string& name) {
  for (const int length : {3, 2, 1}) {
    const auto actors = Search(connection, Beginning(name, length), kSearchForNames);
    if (!actors.ok()) return {};
    std::vector<std::string> candidates;
    for (const v1::Actor& actor : *actors) {
      for (std::string& known : NamesOf(actor)) candidates.push_back(std::move(known));
    }
    candidates = NearestNames(name, candidates, kNamesSuggested);
    if (!candidates.empty()) return candidates;
  }
  return {};
}

// Names to try instead of `name`; empty if it is some actor's.
std::string Suggestion(Connection& connection, const std::string& name) {
  const auto found = Search(connection, name, kNamesSuggested);
  if (!found.ok()) return "";
  std::vector<std::string> names;
  for (const v1::Actor& actor : *found) {
    if (IsCalled(actor, name)) return "";
    names.push_back(actor.display_name());
  }
  if (names.empty()) names = NamesNear(connection, name);
  if (names.empty()) return " with `entente actors search`";
  std::string text = "; did you mean ";
  for (size_t i = 0; i < names.size(); ++i) text += Cat(i > 0 ? ", " : "", names[i]);
  return text + "?";
}

// What CLI11 wants of a check: empty if all is well.
std::string DateError(const std::string& text) {
  if (text.empty()) return "";
  return std::string(MessageOf(ParseDate(text).status()));
}

// A number is a revision; a day is asked about as it ended.
absl::Status ParseAsOf(const std::string& text, v1::AsOf* as_of) {
  int64_t revision = 0;
  if (ParseInt64(text, &revision)) {
    if (revision <= 0) return InvalidArgument("revisions are numbered from 1");
    as_of->set_revision(revision);
    return absl::OkStatus();
  }
  ENTENTE_ASSIGN_OR_RETURN(const int64_t micros, ParseTimestampMicros(text));
  as_of->set_time_micros(ParseDate(text).ok() ? micros + kMicrosPerDay - 1 : micros);
  return absl::OkStatus();
}

std::string AsOfError(const std::string& text) {
  v1::AsOf as_of;
  return std::string(MessageOf(ParseAsOf(text, &as_of)));
}

}  // namespace

void AddAskFlags(CLI::App* command, Ask* ask) {
  AddConnectionFlags(command, &ask->connection);
  AddFormatFlag(command, &ask->format);
}

void AddAsOf(CLI::App* command, v1::AsOf* as_of) {
  command
      ->add_option_function<std::string>(
          "--as-of", [as_of](const std::string& text) { ParseAsOf(text, as_of).IgnoreError(); },
          "As it stood after a revision, at the end of a day, or at a time (UTC)")
      ->check(CLI::Validator(AsOfError, ""))
      ->type_name("REVISION|DATE|TIME");
}

void AddDates(CLI::App* command, Window* window) {
  const auto add = [command](const char* flag, std::string* date, const char* description) {
    command->add_option(flag, *date, description)
        ->check(CLI::Validator(DateError, ""))
        ->type_name("YYYY-MM-DD");
  };
  add("--from", &window->start_date, "First day");
  add("--to", &window->end_date, "Last day");
}

void FillWindow(const Window& window, v1::EventFilter* filter) {
  filter->set_actor(window.actor);
  filter->set_other_actor(window.other_actor);
  filter->set_start_date(window.start_date);
  filter->set_end_date(window.end_date);
}

void AddActor(CLI::App* command, std::string* actor, const std::string& name,
              const std::string& description) {
  command->add_option(name, *actor, description)->check(Utf8Text())->type_name("")->required();
}

void AddOtherActor(CLI::App* command, std::string* actor) {
  command->add_option("OTHER", *actor, "Only events that link it with this one")
      ->check(Utf8Text())
      ->type_name("");
}

void SetQuestion(CLI::App* command, Program* program, const Ask* ask, Question question) {
  command->callback([program, ask, question = std::move(question)] {
    program->action = [program, ask, question]() -> absl::StatusOr<int> {
      ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                               Connection::Open(*program, ask->connection, ask->need));
      ENTENTE_RETURN_IF_ERROR(question(*connection));
      ENTENTE_RETURN_IF_ERROR(connection->Close());
      return kExitOk;
    };
  });
}

absl::Status WithSuggestions(Connection& connection, const absl::Status& status,
                             const std::vector<std::string>& actors) {
  if (status.code() != absl::StatusCode::kNotFound) return status;
  std::string suggestion;  // for the first that is not known, which is whom the status names
  for (const std::string& actor : actors) {
    if (suggestion.empty() && !actor.empty()) suggestion = Suggestion(connection, actor);
  }
  return MakeStatus(status.code(), Cat(MessageOf(status), suggestion));
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
