// entente lexicon: dictionaries of actors as tables of ours, and what is wrong in tables.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/text.h"
#include "ingest/dictionary/lexicon_check.h"
#include "ingest/dictionary/lexicon_maker.h"
#include "ingest/dictionary/own_table.h"
#include "ingest/dictionary/petrarch.h"
#include "ingest/import/code_tables.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::cli {
namespace {

namespace fs = std::filesystem;

using dictionary::DictionaryFile;
using dictionary::Entry;
using dictionary::Finding;
using dictionary::Refusal;

constexpr size_t kRefusalsShown = 20;
constexpr char kRefusedFile[] = "refused.txt";

enum class Source { kAuto, kPetrarch, kTsv };

struct ImportFlags {
  std::vector<std::string> files;
  std::string output;
  Source from = Source::kAuto;
  Format format = Format::kPeople;
  bool replace = false;
  bool dry_run = false;
};

struct CheckFlags {
  std::string folder;
};

// --- import -----------------------------------------------------------------------------------

std::string RefusalLine(const Refusal& refusal) {
  return Cat(refusal.at.Text(), ": ", Printable(refusal.what));
}

// A folder that holds something already is left alone, unless its tables shall be replaced.
absl::Status CheckOutput(const ImportFlags& flags) {
  std::error_code error;
  if (flags.replace || !fs::exists(flags.output, error)) return absl::OkStatus();
  if (fs::is_directory(flags.output, error) && fs::is_empty(flags.output, error)) {
    return absl::OkStatus();
  }
  return FailedPrecondition(Cat(flags.output,
                                " is there and not empty: name another folder, or "
                                "--replace its tables"));
}

void Read(const DictionaryFile& file, Source from, std::vector<Entry>* entries,
          std::vector<Refusal>* refusals) {
  const bool tsv =
      from == Source::kTsv || (from == Source::kAuto && dictionary::LooksLikeOwnTable(file));
  (tsv ? dictionary::ReadOwnTable : dictionary::ReadPetrarch)(file, entries, refusals);
}

std::string Provenance(const std::vector<std::string>& files) {
  std::string names;
  for (const std::string& file : files) {
    names += Cat(names.empty() ? "" : ", ", fs::path(file).filename().string());
  }
  return Cat("Made by `entente lexicon import` of ", Printable(names),
             ". The licence is that of these files.\n"
             "Edit it freely; `entente lexicon check` says what is wrong then. The columns are "
             "described in docs/lexicon.md.");
}

absl::Status WriteTables(const ImportFlags& flags,
                         const std::vector<knowledge::LexiconFile>& tables,
                         const std::vector<Refusal>& refusals) {
  std::error_code error;
  fs::create_directories(flags.output, error);
  if (error) return NotFound(Cat("cannot make the folder ", flags.output, ": ", error.message()));
  for (const char* name : {"metonyms.tsv", "offices.tsv", "organizations.tsv", "role_nouns.tsv"}) {
    fs::remove(fs::path(flags.output) / name, error);  // of an earlier import
  }
  for (const knowledge::LexiconFile& table : tables) {
    ENTENTE_RETURN_IF_ERROR(
        WriteFileAtomically(Cat(flags.output, "/", table.path), table.contents));
  }
  std::string list;
  for (const Refusal& refusal : refusals) list += RefusalLine(refusal) + "\n";
  return WriteFileAtomically(Cat(flags.output, "/", kRefusedFile), list);
}

using Counts = std::vector<std::pair<std::string, int64_t>>;

std::string SummaryText(const Counts& counts, const Counts& reasons, Format format) {
  if (format == Format::kPeople) {
    Table table({{"WHAT"}, {"COUNT", Align::kRight}});
    for (const auto& [what, count] : counts) table.Add({what, Cat(count)});
    for (const auto& [reason, count] : reasons) table.Add({"  " + reason, Cat(count)});
    return table.Render(0);
  }
  std::vector<std::string> names;
  std::vector<std::string> values;
  std::string object;
  for (const Counts* list : {&counts, &reasons}) {
    for (const auto& [what, count] : *list) {
      names.push_back(what);
      values.push_back(Cat(count));
      object += Cat(object.empty() ? "{" : ",", '"', what, "\":", count);
    }
  }
  return format == Format::kCsv ? CsvLine(names) + CsvLine(values) : object + "}\n";
}

std::string Summary(const dictionary::MakerCounts& made, const std::vector<Refusal>& refusals,
                    Format format) {
  const Counts counts = {{"entries", made.entries},
                         {"names", made.names},
                         {"people", made.people},
                         {"organizations", made.organizations},
                         {"other names of actors", made.other_names},
                         {"roles", made.roles},
                         {"names that our tables have", made.known},
                         {"refused", static_cast<int64_t>(refusals.size())}};
  Counts reasons;
  for (int r = 0; r < dictionary::kReasonCount; ++r) {
    const auto reason = static_cast<dictionary::Reason>(r);
    const int64_t count = std::count_if(refusals.begin(), refusals.end(),
                                        [&](const Refusal& one) { return one.reason == reason; });
    if (count > 0) reasons.emplace_back(dictionary::ReasonLabel(reason), count);
  }
  return SummaryText(counts, reasons, format);
}

absl::StatusOr<int> ImportLexicon(Program* program, const ImportFlags& flags) {
  if (flags.output.empty() != flags.dry_run) {
    return UsageError(program->err, "give either --output with a folder, or --dry-run");
  }
  if (!flags.dry_run) ENTENTE_RETURN_IF_ERROR(CheckOutput(flags));
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto ontology, knowledge::Ontology::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(const auto lexicon, knowledge::Lexicon::Load(data_dir, {}));
  ENTENTE_ASSIGN_OR_RETURN(const ingest::CodeTables tables,
                           ingest::CodeTables::Load(data_dir, *ontology, *lexicon));
  std::vector<DictionaryFile> files;  // findings point into it
  for (const std::string& path : flags.files) {
    ENTENTE_ASSIGN_OR_RETURN(std::string contents, ReadFile(path, dictionary::kFileBytesMax));
    files.push_back({path, std::move(contents)});
  }
  std::vector<Entry> entries;
  std::vector<Refusal> refusals;
  for (const DictionaryFile& file : files) Read(file, flags.from, &entries, &refusals);
  const dictionary::ActorCodes codes(&tables, lexicon.get());
  dictionary::LexiconMaker maker(lexicon.get(), &codes);
  for (const Entry& entry : entries) maker.Add(entry);
  const std::vector<knowledge::LexiconFile> made = maker.Finish(Provenance(flags.files));
  refusals.insert(refusals.end(), maker.refusals().begin(), maker.refusals().end());
  if (!flags.dry_run) ENTENTE_RETURN_IF_ERROR(WriteTables(flags, made, refusals));
  for (size_t i = 0; i < std::min(refusals.size(), kRefusalsShown); ++i) {
    *program->err << RefusalLine(refusals[i]) << '\n';
  }
  if (refusals.size() > kRefusalsShown) {
    *program->err << "entente: and " << refusals.size() - kRefusalsShown << " more"
                  << (flags.dry_run ? std::string()
                                    : Cat("; all of them are in ", flags.output, "/", kRefusedFile))
                  << '\n';
  }
  ENTENTE_RETURN_IF_ERROR(program->output->Write(Summary(maker.counts(), refusals, flags.format)));
  return refusals.empty() ? kExitOk : kExitError;
}

// --- check ------------------------------------------------------------------------------------

// The .tsv files of a folder, by name.
absl::StatusOr<std::vector<knowledge::LexiconFile>> ReadFolder(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return NotFound(Cat(folder, ": no such folder"));
  std::set<std::string> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".tsv") paths.insert(entry.path().string());
  }
  if (error) return NotFound(Cat(folder, ": ", error.message()));
  if (paths.empty()) return NotFound(Cat(folder, ": no tables, files that end in .tsv"));
  std::vector<knowledge::LexiconFile> files;
  for (const std::string& path : paths) {
    ENTENTE_ASSIGN_OR_RETURN(std::string contents, ReadFile(path, dictionary::kFileBytesMax));
    files.push_back({path, std::move(contents), 1});
  }
  return files;
}

absl::StatusOr<int> CheckLexicon(Program* program, const CheckFlags& flags) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto ours, knowledge::Lexicon::Load(data_dir, {}));
  const bool is_ours = flags.folder.empty();
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<knowledge::LexiconFile> files,
                           ReadFolder(is_ours ? data_dir + "/lexicon" : flags.folder));
  const std::vector<Finding> findings = dictionary::CheckLexicon(files, *ours, is_ours);
  size_t warnings = 0;
  std::string text;
  for (const Finding& finding : findings) {
    if (finding.warning) ++warnings;
    text += Printable(finding.Text()) + "\n";
  }
  ENTENTE_RETURN_IF_ERROR(program->output->Write(text));
  const size_t errors = findings.size() - warnings;
  *program->err << errors << (errors == 1 ? " error, " : " errors, ") << warnings
                << (warnings == 1 ? " warning\n" : " warnings\n");
  return errors > 0 ? kExitError : kExitOk;
}

void AddLexiconImport(CLI::App* lexicon, Program* program) {
  CLI::App* command = AddCommand(
      lexicon, "import", "Make tables of your own out of dictionaries of actors and agents",
      "  entente lexicon import Phoenix.Countries.actors.txt Phoenix.agents.txt --output mine\n"
      "  entente lexicon import ministers.tsv --output mine\n"
      "  entente ingest --lexicon mine --db news.db articles/*.txt\n"
      "Reads dictionaries in the manner of TABARI and PETRARCH (NAME, +SYNONYM, [USAGOV 010120-\n"
      "090120], agents [~GOV]), and tables of your own: tabs between cells, the first line names\n"
      "the columns out of name, aliases, type, code, country, sector, office, from, to, plural, "
      "id.\n"
      "What is not understood is told as file:line:column and kept in refused.txt; the rest goes\n"
      "in. Names that our tables have with the same meaning are left to them. docs/lexicon.md has\n"
      "it all. Exit code: 0 everything went in, 1 something was refused.");
  const auto flags = std::make_shared<ImportFlags>();
  command->add_option("FILE", flags->files, "Dictionaries")->type_name("")->required();
  command->add_option("--output", flags->output, "Folder for the tables; made if need be")
      ->type_name("DIR");
  command
      ->add_option("--from", flags->from,
                   "auto (by the look of each file), petrarch (TABARI's, PETRARCH's) or tsv")
      ->transform(OneOf({{"auto", static_cast<int>(Source::kAuto)},
                         {"petrarch", static_cast<int>(Source::kPetrarch)},
                         {"tsv", static_cast<int>(Source::kTsv)}})
                      .description("FORMAT"));
  command->add_flag("--replace", flags->replace, "Replace the tables that the folder has");
  command->add_flag("--dry-run", flags->dry_run, "Only say what would go in and what not");
  AddFormatFlag(command, &flags->format);
  command->callback([program, flags] {
    program->action = [program, flags] { return ImportLexicon(program, *flags); };
  });
}

void AddLexiconCheck(CLI::App* lexicon, Program* program) {
  CLI::App* command = AddCommand(
      lexicon, "check", "Say what is wrong in tables: yours in DIR, or ours",
      "  entente lexicon check mine\n"
      "Every finding is a line file:line:column: error|warning: what. Errors are rows that cannot "
      "be\n"
      "read, unknown codes, dates that end before they begin, names that no text can have, rows "
      "that\n"
      "say the same twice or contradict each other; warnings may be meant so, such as names that "
      "hide\n"
      "an entry of ours. Exit code: 0 no errors, 1 errors.");
  const auto flags = std::make_shared<CheckFlags>();
  command->add_option("DIR", flags->folder, "A folder of tables; ours if not given")->type_name("");
  command->callback([program, flags] {
    program->action = [program, flags] { return CheckLexicon(program, *flags); };
  });
}

}  // namespace

void AddLexicon(CLI::App* app, Program* program) {
  CLI::App* lexicon = AddCommand(app, "lexicon", "Import dictionaries of actors, check tables",
                                 "  entente lexicon import actors.txt --output mine\n"
                                 "  entente lexicon check mine");
  lexicon->require_subcommand(1);
  AddLexiconImport(lexicon, program);
  AddLexiconCheck(lexicon, program);
}

}  // namespace entente::cli
