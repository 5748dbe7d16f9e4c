// entente actors: search a store's actors, and resolve phrases by the lexicon alone.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/coder_flags.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/event_view.h"
#include "clients/cli/text.h"
#include "ingest/coder/actor_resolver.h"
#include "ingest/knowledge/lexicon.h"

namespace entente::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxResolveBytes = size_t{256} << 20;
constexpr size_t kOtherNamesShown = 3;

struct SearchFlags {
  ConnectionFlags connection;
  Format format = Format::kPeople;
  std::string query;
  int limit = 20;
};

struct ResolveFlags {
  std::string input;
  std::string output = "-";
  std::string phrase;
  std::string country;
  std::string date;
  std::vector<std::string> lexicons;
};

std::string KindText(v1::ActorKind kind) {
  return kind == v1::ACTOR_KIND_UNSPECIFIED ? "" : Humanize(v1::ActorKind_Name(kind));
}

std::string OtherNames(const v1::Actor& actor, size_t limit, std::string_view separator) {
  std::string names;
  size_t count = 0;
  for (const v1::ActorName& name : actor.names()) {
    if (name.text() == actor.display_name()) continue;
    if (++count > limit) return names + "…";
    names += Cat(names.empty() ? "" : separator, name.text());
  }
  return names;
}

std::string ActorRows(const google::protobuf::RepeatedPtrField<v1::Actor>& actors, Format format,
                      size_t width) {
  Table table({{"ID"},
               {"NAME", Align::kLeft, Fit::kWrap},
               {"KIND"},
               {"COUNTRY"},
               {"EVENTS", Align::kRight},
               {"OTHER NAMES", Align::kLeft, Fit::kWrap}});
  std::string rows;
  if (format == Format::kCsv) {
    rows = CsvLine({"id", "name", "kind", "country", "sector", "event_count", "other_names"});
  }
  for (const v1::Actor& actor : actors) {
    if (format == Format::kJsonl) {
      rows += JsonLine(actor);
    } else if (format == Format::kCsv) {
      rows += CsvLine({actor.id(), actor.display_name(), v1::ActorKind_Name(actor.kind()),
                       actor.country(), actor.sector(), Cat(actor.event_count()),
                       OtherNames(actor, SIZE_MAX, ";")});
    } else {
      table.Add({Printable(actor.id()), Printable(actor.display_name()), KindText(actor.kind()),
                 Printable(actor.country()), Cat(actor.event_count()),
                 Printable(OtherNames(actor, kOtherNamesShown, ", "))});
    }
  }
  return table.empty() ? rows : table.Render(width);
}

absl::StatusOr<int> SearchActors(Program* program, const SearchFlags& flags) {
  ENTENTE_ASSIGN_OR_RETURN(const auto connection,
                           Connection::Open(*program, flags.connection, Need::kQueries));
  v1::SearchActorsRequest request;
  request.set_query(flags.query);
  request.set_page_size(flags.limit);
  ENTENTE_ASSIGN_OR_RETURN(const v1::SearchActorsResponse response,
                           connection->Call(&v1::EventGraph::Stub::SearchActors, request));
  if (response.actors().empty()) {
    return NotFound(Cat("no actor has an id or a name like '", flags.query, "'"));
  }
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      ActorRows(response.actors(), flags.format, program->output->terminal().width)));
  ENTENTE_RETURN_IF_ERROR(connection->Close());
  return kExitOk;
}

// --- resolve ----------------------------------------------------------------------------------

// A string field of a record; empty if it is missing or null.
absl::StatusOr<std::string> StringField(const Json& record, const char* name) {
  const auto field = record.find(name);
  if (field == record.end() || field->is_null()) return std::string();
  if (!field->is_string()) return InvalidArgument(Cat("field \"", name, "\" is not a string"));
  return field->get<std::string>();
}

absl::StatusOr<std::optional<Date>> OptionalDate(const std::string& text) {
  if (text.empty()) return std::optional<Date>();
  ENTENTE_ASSIGN_OR_RETURN(const Date date, ParseDate(text));
  return std::optional<Date>(date);
}

Json ResolutionJson(const coder::Resolution& resolution, const std::string& id) {
  const coder::ActorRef& actor = resolution.actor;
  return Json{{"id", id},
              {"country", actor.country},
              {"sector", actor.sector},
              {"code", actor.code},
              {"actor", actor.id},
              {"name", actor.display_name},
              {"discovered", actor.discovered},
              {"confidence", resolution.confidence},
              {"how", actor.how}};
}

std::string Line(const Json& record) {
  return record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<std::string> ResolveLine(const coder::ActorResolver& resolver,
                                        std::string_view line) {
  const Json record = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object()) return InvalidArgument("not a JSON object");
  ENTENTE_ASSIGN_OR_RETURN(const std::string id, StringField(record, "id"));
  ENTENTE_ASSIGN_OR_RETURN(const std::string text, StringField(record, "text"));
  ENTENTE_ASSIGN_OR_RETURN(const std::string country, StringField(record, "country_hint"));
  ENTENTE_ASSIGN_OR_RETURN(const std::string day, StringField(record, "date"));
  if (text.empty()) return InvalidArgument("no field \"text\", or an empty one");
  ENTENTE_ASSIGN_OR_RETURN(const std::optional<Date> date, OptionalDate(day));
  return Line(ResolutionJson(resolver.Resolve(text, country, date), id));
}

absl::StatusOr<int> ResolveFile(Program* program, const ResolveFlags& flags,
                                const coder::ActorResolver& resolver) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string records, ReadFile(flags.input, kMaxResolveBytes));
  std::string resolved;
  int line_number = 0;
  int exit_code = kExitOk;
  for (const std::string_view line : Split(records, '\n')) {
    ++line_number;
    if (Trim(line).empty()) continue;
    const auto row = ResolveLine(resolver, line);
    if (row.ok()) {
      resolved += *row;
      continue;
    }
    *program->err << "entente: " << Printable(flags.input) << ':' << line_number << ": "
                  << Printable(MessageOf(row.status())) << '\n';
    exit_code = kExitError;
  }
  if (flags.output == "-") {
    ENTENTE_RETURN_IF_ERROR(program->output->Write(resolved));
  } else {
    ENTENTE_RETURN_IF_ERROR(WriteFileAtomically(flags.output, resolved));
  }
  return exit_code;
}

absl::StatusOr<int> Resolve(Program* program, const ResolveFlags& flags) {
  if (flags.input.empty() == flags.phrase.empty()) {
    return UsageError(program->err, "give either a phrase or --input with a file of records");
  }
  const absl::StatusOr<std::optional<Date>> date = OptionalDate(flags.date);
  if (!date.ok()) return UsageError(program->err, Cat("--date: ", MessageOf(date.status())));
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto lexicon, knowledge::Lexicon::Load(data_dir, flags.lexicons));
  const coder::ActorResolver resolver(lexicon.get());
  if (!flags.input.empty()) return ResolveFile(program, flags, resolver);
  const coder::Resolution resolution = resolver.Resolve(flags.phrase, flags.country, *date);
  if (resolution.actor.id.empty()) return NotFound(Cat("'", flags.phrase, "' names nobody"));
  ENTENTE_RETURN_IF_ERROR(program->output->Write(Line(ResolutionJson(resolution, flags.phrase))));
  return kExitOk;
}

void AddSearchActors(CLI::App* actors, Program* program) {
  CLI::App* command = AddCommand(
      actors, "search", "Find actors by a name, its beginning, or an id; typing errors are allowed",
      "  entente actors search kim --db news.db\n"
      "  entente actors search zelinsky             finds Zelensky");
  const auto flags = std::make_shared<SearchFlags>();
  command->add_option("QUERY", flags->query, "A name, the beginning of one, or an id")
      ->check(Utf8Text())
      ->type_name("")
      ->required();
  command->add_option("--limit", flags->limit, "How many, 1 to 1000")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  AddConnectionFlags(command, &flags->connection);
  AddFormatFlag(command, &flags->format);
  command->callback([program, flags] {
    program->action = [program, flags] { return SearchActors(program, *flags); };
  });
}

void AddResolve(CLI::App* actors, Program* program) {
  CLI::App* command = AddCommand(
      actors, "resolve", "Say which actor a phrase names; asks the lexicon, not a store",
      "  entente actors resolve \"the Russian president\" --date 2010-05-01\n"
      "  entente actors resolve --input phrases.jsonl --output actors.jsonl\n"
      "A record of the input: {\"id\": …, \"text\": …, \"country_hint\": …, \"date\": …}");
  const auto flags = std::make_shared<ResolveFlags>();
  command->add_option("PHRASE", flags->phrase, "The phrase")->type_name("");
  command->add_option("--date", flags->date, "Day of the text: who held an office then")
      ->type_name("YYYY-MM-DD");
  command->add_option("--country", flags->country, "The state of a phrase that names none")
      ->type_name("STATE");
  command->add_option("--input", flags->input, "Records, one JSON object a line")
      ->type_name("JSONL");
  command->add_option("--output", flags->output, "Where the resolved records go")
      ->type_name("JSONL")
      ->capture_default_str();
  AddLexiconFlag(command, &flags->lexicons);
  command->callback([program, flags] {
    program->action = [program, flags] { return Resolve(program, *flags); };
  });
}

}  // namespace

void AddActors(CLI::App* app, Program* program) {
  CLI::App* actors = AddCommand(app, "actors", "Search actors, or resolve phrases to them",
                                "  entente actors search kim --db news.db");
  actors->require_subcommand(1);
  AddSearchActors(actors, program);
  AddResolve(actors, program);
}

}  // namespace entente::cli
