#include "clients/cli/program.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "clients/cli/commands.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kDescription[] =
    "Entente reads news articles and keeps what they report as a graph of events: who did what to\n"
    "whom, when, where, whether it really happened, and on what words.";

constexpr char kExamples[] =
    "Examples:\n"
    "  entente code article.txt --date 2023-09-22        what would be coded; nothing is stored\n"
    "  entente ingest --db news.db articles/*.txt        code and store\n"
    "  entente import --db news.db --from gdelt *.zip    events that others coded\n"
    "  entente timeline PRK RUS --db news.db             what links North Korea and Russia\n"
    "  entente search 'arms deal' --db news.db            events by the words of their evidence\n"
    "  entente serve --db news.db                        answer clients on 127.0.0.1:7474\n"
    "  entente relationship USA PRK                      ask that server\n"
    "\n"
    "`entente COMMAND --help` explains a command. Results go to standard output, everything else "
    "to\n"
    "standard error. Exit code: 0 all well, 1 an error or some input rejected, 2 wrong usage.";

// The folder of the running program; empty if the system does not say.
fs::path ProgramDir() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path();
}

bool IsDataDir(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path / "ontology", error);
}

void AddAllCommands(CLI::App* app, Program* program) {
  AddServe(app, program);
  AddIngest(app, program);
  AddImport(app, program);
  AddCode(app, program);
  AddEval(app, program);
  AddParse(app, program);
  AddTimeline(app, program);
  AddSearch(app, program);
  AddSummary(app, program);
  AddRelationship(app, program);
  AddPartners(app, program);
  AddPath(app, program);
  AddRank(app, program);
  AddCommunities(app, program);
  AddEvent(app, program);
  AddArticle(app, program);
  AddActors(app, program);
  AddLexicon(app, program);
  AddTypes(app, program);
  AddStats(app, program);
  AddVerify(app, program);
  AddCurate(app, program);
  AddLog(app, program);
  AddRebuild(app, program);
  AddCompact(app, program);
  AddUpgrade(app, program);
  AddBackup(app, program);
  AddBackups(app, program);
  AddRestore(app, program);
  CLI::App* version = app->add_subcommand("version", "Print the program's version");
  version->callback([program] {
    program->action = [program]() -> absl::StatusOr<int> {
      ENTENTE_RETURN_IF_ERROR(program->output->Write("entente " ENTENTE_VERSION "\n"));
      return kExitOk;
    };
  });
}

int Fail(std::ostream* err, std::string_view message) {
  *err << "entente: " << Printable(message) << std::endl;
  return kExitError;
}

// What is wrong with a command line that names no command, or none that there is.
std::string NoCommandText(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  for (const std::string& argument : arguments) {
    if (argument.starts_with('-')) continue;
    const std::vector<std::string> near = NearestNames(argument, names, 1);
    return Cat("no command '", argument, "'",
               near.empty() ? std::string() : Cat("; did you mean ", near.front(), "?"));
  }
  return "say what to do: a command is missing";
}

// Parses; on help or a usage error prints and returns the exit code, else -1.
int Parse(CLI::App* app, const std::vector<std::string>& arguments, Program* program) {
  try {
    app->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    CLI::App* asked = app;
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
    return program->output->Write(asked->help()).ok() ? kExitOk : kExitError;
  } catch (const CLI::ParseError& error) {
    CLI::App* asked = app;
    while (!asked->get_subcommands().empty()) asked = asked->get_subcommands().front();
    std::string name;
    for (CLI::App* at = asked; at != app; at = at->get_parent()) name = at->get_name() + " " + name;
    const std::string what = asked == app ? NoCommandText(*app, arguments) : error.what();
    Fail(program->err, Cat(what, " (see `entente ", name, "--help`)"));
    return kExitUsage;
  }
  return -1;
}

}  // namespace

int UsageError(std::ostream* err, std::string_view message) {
  Fail(err, message);
  return kExitUsage;
}

std::optional<std::string> StoreDirectory(const Program& program, const std::string& flag) {
  std::string directory = flag.empty() ? Environment("ENTENTE_DB") : flag;
  if (!directory.empty()) return directory;
  UsageError(program.err, "name the store's directory with --db or ENTENTE_DB");
  return std::nullopt;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

absl::StatusOr<std::string> DataDir(const Program& program) {
  std::string named = program.data_flag.empty() ? Environment("ENTENTE_DATA") : program.data_flag;
  if (!named.empty()) {
    if (IsDataDir(named)) return named;
    return NotFound(Cat(named, " is no data folder: it has no folder 'ontology'"));
  }
  const fs::path installed = ProgramDir() / ".." / "share" / "entente";
  if (IsDataDir(installed)) return installed.lexically_normal().string();
  const fs::path source = fs::path(ENTENTE_SOURCE_DIR) / "data";
  if (IsDataDir(source)) return source.string();
  return NotFound(Cat("no data folder at ", installed.lexically_normal().string(), " or ",
                      source.string(), ": name it with --data or ENTENTE_DATA"));
}

void AddFormatFlag(CLI::App* command, Format* format) {
  command
      ->add_option("--format", *format,
                   "people (aligned, for reading), jsonl (one object a line, fields as in the API) "
                   "or csv (with a header line)")
      ->transform(OneOf({{"people", static_cast<int>(Format::kPeople)},
                         {"jsonl", static_cast<int>(Format::kJsonl)},
                         {"csv", static_cast<int>(Format::kCsv)}})
                      .description("FORMAT"));
}

CLI::Validator OneOf(const std::map<std::string, int>& values) {
  // CLI11 reads an enum from its number.
  const auto to_number = [values](std::string& text) -> std::string {
    if (const auto value = values.find(AsciiLower(text)); value != values.end()) {
      text = std::to_string(value->second);
      return "";
    }
    std::string names;
    for (const auto& [name, number] : values) names += Cat(names.empty() ? "" : ", ", name);
    return Cat("'", text, "' is none of ", names);
  };
  return CLI::Validator(to_number, "");
}

CLI::Validator Utf8Text() {
  const auto check = [](const std::string& text) -> std::string {
    return IsValidUtf8(text) ? "" : Cat("'", Printable(text), "' is not UTF-8 text");
  };
  return CLI::Validator(check, "");
}

CLI::App* AddCommand(CLI::App* app, const std::string& name, const std::string& description,
                     const std::string& example) {
  CLI::App* command = app->add_subcommand(name, description);
  command->footer("Example:\n" + example);
  return command;
}

int Run(const std::vector<std::string>& arguments, Output* output, std::ostream* err) {
  Program program{output, err, {}, {}};
  CLI::App app(kDescription, "entente");
  app.footer(kExamples);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--data", program.data_flag,
                 "Folder of ontology, lexicon, rules and model (else ENTENTE_DATA)")
      ->type_name("DIR");
  AddAllCommands(&app, &program);
  if (const int code = Parse(&app, arguments, &program); code >= 0) return code;
  absl::StatusOr<int> code = program.action();
  if (!code.ok()) return Fail(err, MessageOf(code.status()));
  if (absl::Status flushed = output->Flush(); !flushed.ok()) return Fail(err, MessageOf(flushed));
  return *code;
}

int Main(const std::vector<std::string>& arguments) {
  // A reader that goes away is an error like any other: reported, with the store closed in order.
  std::signal(SIGPIPE, SIG_IGN);
  // gRPC would write its own lines beside ours; who looks into gRPC itself sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  std::ios::sync_with_stdio(false);
  Output output(&std::cout, DetectTerminal());
  return Run(arguments, &output, &std::cerr);
}

}  // namespace entente::cli
