// entente import: event data that others coded (GDELT, ICEWS, POLECAT, ACLED, UCDP GED, Entente's
// own export), in bulk, into a store of this process.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/progress.h"
#include "clients/cli/signals.h"
#include "clients/cli/text.h"
#include "graph/store.h"
#include "ingest/import/code_map.h"
#include "ingest/import_job.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::cli {
namespace {

using ingest::ImportFormat;
using ingest::ImportProgress;

constexpr int kRejectionsShown = 20;
constexpr size_t kReasonsShown = 10;
constexpr int kSignalPollMs = 100;
constexpr size_t kBarColumns = 24;
// Without a terminal, so often a line of progress goes to standard error.
constexpr double kPlainIntervalSeconds = 10;
constexpr int64_t kMaxMemoryMib = 64 << 10;

struct ImportFlags {
  std::string db;
  std::string server;
  ImportFormat from = ImportFormat::kGdelt;
  Format format = Format::kPeople;
  std::vector<std::string> files;
  std::string quarantine;
  bool dry_run = false;
  bool resume = false;
  bool restart = false;
  bool quiet = false;
  int64_t memory_mib = 256;
};

// "1234567" → "1,234,567".
std::string Grouped(int64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

// "1:02:03", "2:03".
std::string ClockText(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  const auto two = [](int64_t number) { return Cat(number < 10 ? "0" : "", number); };
  const std::string minutes = Cat(whole / 60 % 60, ":", two(whole % 60));
  return whole < 3600 ? minutes
                      : Cat(whole / 3600, ":", two(whole / 60 % 60), ":", two(whole % 60));
}

double PartDone(const ImportProgress& progress) {
  if (progress.packed_bytes_total <= 0) return -1;
  return std::min(1.0, static_cast<double>(progress.packed_bytes) /
                           static_cast<double>(progress.packed_bytes_total));
}

std::string SpeedText(const ImportProgress& progress) {
  std::string text = Cat(Grouped(progress.rows), " rows, ",
                         Grouped(static_cast<int64_t>(progress.RowsPerSecond())), " rows/s");
  if (progress.quarantined > 0) text += Cat(", ", Grouped(progress.quarantined), " rejected");
  if (progress.rows == 0 && progress.resumed_rows > 0) {
    text = Cat("passing over ", Grouped(progress.resumed_rows), " rows that are stored");
  }
  if (const double left = progress.SecondsLeft(); left >= 0)
    text += Cat(", ", ClockText(left), " left");
  return text;
}

// How far the import is: on a terminal a bar that is written over, else a line now and then.
class ImportProgressLine {
 public:
  ImportProgressLine(std::ostream* err, bool quiet)
      : err_(err), plain_(!quiet && isatty(STDERR_FILENO) != 1), line_(err, quiet) {}

  void Show(const ImportProgress& progress) {
    const double part = PartDone(progress);
    line_.Show(Bar(part) + SpeedText(progress));
    if (!plain_ || progress.seconds < next_plain_seconds_) return;
    next_plain_seconds_ = progress.seconds + kPlainIntervalSeconds;
    *err_ << "entente: ";
    if (part >= 0) *err_ << static_cast<int>(part * 100) << "%, ";
    *err_ << SpeedText(progress) << std::endl;
  }
  void Clear() { line_.Clear(); }

 private:
  static std::string Bar(double part) {
    if (part < 0) return "";
    const auto full = static_cast<size_t>(part * static_cast<double>(kBarColumns));
    return Cat("[", std::string(full, '#'), std::string(kBarColumns - full, '.'), "] ",
               static_cast<int>(part * 100), "% ");
  }

  std::ostream* const err_;
  const bool plain_;
  ProgressLine line_;
  double next_plain_seconds_ = kPlainIntervalSeconds;
};

std::string SummaryText(const ImportFlags& flags, const ingest::ImportReport& report) {
  const ImportProgress& p = report.progress;
  std::string text = Cat(Grouped(p.rows), " rows of ", p.files, p.files == 1 ? " file" : " files");
  if (p.resumed_rows > 0) text += Cat(", after ", Grouped(p.resumed_rows), " of an earlier run");
  if (flags.dry_run) {
    text += Cat(": nothing was stored; ", Grouped(p.events + p.mentions), " can be imported, ",
                Grouped(p.quarantined), " rejected");
  } else {
    text += Cat(": ", Grouped(p.events), " events stored, ", Grouped(p.known_events), " known, ",
                Grouped(p.mentions), " mentions stored, ", Grouped(p.quarantined), " rejected");
    const bool nothing_new = p.known_events + p.known_mentions > 0 && p.events == 0 &&
                             p.mentions == 0 && p.quarantined == 0 && p.orphaned_mentions == 0;
    if (nothing_new) text += " (nothing is new)";
  }
  text += Cat("; ", Decimal(p.seconds, 1), " s, ", Grouped(static_cast<int64_t>(p.RowsPerSecond())),
              " rows/s\n");
  const auto note = [&text](int64_t count, std::string_view what) {
    if (count > 0) text += Cat("  ", Grouped(count), " ", what, "\n");
  };
  note(p.known_mentions, "mentions were known");
  note(p.orphaned_mentions,
       "mentions are of events that the store does not have: import those first");
  note(p.repaired, "rows had bytes that are not UTF-8; each stands as U+FFFD now");
  note(p.failed_files, "files are damaged or of another format; see above");
  std::vector<std::pair<int64_t, std::string>> reasons;
  for (const auto& [reason, count] : report.reasons) reasons.emplace_back(-count, reason);
  std::sort(reasons.begin(), reasons.end());
  for (size_t i = 0; i < std::min(reasons.size(), kReasonsShown); ++i) {
    text +=
        Cat("  rejected ", Grouped(-reasons[i].first), ": ", Printable(reasons[i].second), "\n");
  }
  return text;
}

absl::Status PrintSummary(Program* program, const ImportFlags& flags,
                          const ingest::ImportReport& report) {
  if (flags.format == Format::kPeople) {
    return program->output->Write(SummaryText(flags, report));
  }
  const ImportProgress& p = report.progress;
  const std::pair<const char*, std::string> fields[] = {
      {"rows", Cat(p.rows)},
      {"resumed_rows", Cat(p.resumed_rows)},
      {"events", Cat(p.events)},
      {"known_events", Cat(p.known_events)},
      {"mentions", Cat(p.mentions)},
      {"known_mentions", Cat(p.known_mentions)},
      {"orphaned_mentions", Cat(p.orphaned_mentions)},
      {"rejected", Cat(p.quarantined)},
      {"repaired", Cat(p.repaired)},
      {"files", Cat(p.files)},
      {"failed_files", Cat(p.failed_files)},
      {"seconds", Decimal(p.seconds, 3)}};
  std::vector<std::string> names;
  std::vector<std::string> values;
  std::string object;
  for (const auto& [name, value] : fields) {
    names.emplace_back(name);
    values.push_back(value);
    object += Cat(object.empty() ? "{" : ",", '"', name, "\":", value);
  }
  return program->output->Write(flags.format == Format::kCsv ? CsvLine(names) + CsvLine(values)
                                                             : object + "}\n");
}

// What the job works with: the tables that it maps by, and the store.
struct Workshop {
  std::unique_ptr<const knowledge::Ontology> ontology;
  std::unique_ptr<knowledge::Lexicon> lexicon;
  std::unique_ptr<ingest::CodeMap> codes;
  std::unique_ptr<graph::Store> store;  // none in a dry run
};

absl::StatusOr<Workshop> OpenWorkshop(const Program& program, const ImportFlags& flags,
                                      const std::string& db) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(program));
  Workshop shop;
  ENTENTE_ASSIGN_OR_RETURN(shop.ontology, knowledge::Ontology::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(shop.lexicon, knowledge::Lexicon::Load(data_dir, {}));
  ENTENTE_ASSIGN_OR_RETURN(
      shop.codes, ingest::CodeMap::Load(data_dir, shop.ontology.get(), shop.lexicon.get()));
  if (flags.dry_run) return shop;
  graph::StoreOptions options;
  options.path = db;
  options.create_if_missing = true;
  ENTENTE_ASSIGN_OR_RETURN(shop.store, graph::Store::Open(options));
  return shop;
}

// The store's directory, or what is wrong with the flags.
absl::StatusOr<std::string> StoreOf(const ImportFlags& flags) {
  if (!flags.server.empty()) {
    return InvalidArgument(
        "import writes a store's files itself, so it needs --db DIR of a store that no server has "
        "open: stop the server, import, start it again");
  }
  std::string db = flags.db.empty() ? Environment("ENTENTE_DB") : flags.db;
  if (db.empty() && !flags.dry_run) {
    return InvalidArgument("name the store's directory with --db or ENTENTE_DB");
  }
  return db;
}

ingest::ImportOptions JobOptions(Program* program, const ImportFlags& flags,
                                 ImportProgressLine* progress, int64_t* rejections) {
  ingest::ImportOptions options;
  options.format = flags.from;
  options.inputs = flags.files;
  options.quarantine_path = flags.quarantine;
  options.dry_run = flags.dry_run;
  options.restart = flags.restart;
  options.memory_bytes = static_cast<size_t>(flags.memory_mib) << 20;
  options.on_progress = [progress](const ImportProgress& now) { progress->Show(now); };
  options.on_rejected = [=](const ingest::ImportRejection& rejection) {
    if (++*rejections > kRejectionsShown) return;
    progress->Clear();
    *program->err << "entente: ";
    if (rejection.line > 0)
      *program->err << Printable(rejection.file) << ':' << rejection.line << ": ";
    *program->err << Printable(rejection.reason) << '\n';
  };
  return options;
}

absl::StatusOr<int> Import(Program* program, const ImportFlags& flags) {
  const absl::StatusOr<std::string> db = StoreOf(flags);
  if (!db.ok()) return UsageError(program->err, MessageOf(db.status()));
  TerminationSignals signals;
  ENTENTE_ASSIGN_OR_RETURN(const Workshop shop, OpenWorkshop(*program, flags, *db));
  std::atomic<bool> interrupted{false};
  std::jthread watcher([&](const std::stop_token& over) {
    while (!over.stop_requested() && !interrupted) interrupted = signals.AwaitFor(kSignalPollMs);
  });
  ImportProgressLine progress(program->err, flags.quiet);
  int64_t rejections = 0;
  ingest::ImportOptions options = JobOptions(program, flags, &progress, &rejections);
  options.stop = [&interrupted] { return interrupted.load(); };
  const ingest::ImportReport report =
      ingest::RunImport(options, shop.codes.get(), shop.store.get());
  progress.Clear();
  if (rejections > kRejectionsShown) {
    *program->err << "entente: and " << Grouped(rejections - kRejectionsShown)
                  << " more were rejected\n";
  }
  if (report.progress.rows > 0 || report.status.ok()) {
    ENTENTE_RETURN_IF_ERROR(PrintSummary(program, flags, report));
  }
  if (interrupted) {
    return MakeStatus(absl::StatusCode::kCancelled,
                      "interrupted: what is counted above is stored; run the same again to go on");
  }
  ENTENTE_RETURN_IF_ERROR(report.status);
  if (shop.store != nullptr) ENTENTE_RETURN_IF_ERROR(shop.store->Close());
  return report.progress.quarantined + report.progress.failed_files > 0 ? kExitError : kExitOk;
}

std::map<std::string, int> FormatNames() {
  std::map<std::string, int> names;
  for (const ImportFormat format :
       {ImportFormat::kGdelt, ImportFormat::kGdeltMentions, ImportFormat::kIcews,
        ImportFormat::kPolecat, ImportFormat::kAcled, ImportFormat::kUcdpGed,
        ImportFormat::kJsonl}) {
    names[std::string(NameOf(format))] = static_cast<int>(format);
  }
  return names;
}

}  // namespace

void AddImport(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "import", "Take in events that others coded, in bulk",
      "  entente import --db news.db --from gdelt 20191024.export.CSV.zip\n"
      "  entente import --db news.db --from gdelt-mentions *.mentions.CSV.zip\n"
      "  entente import --db news.db --from acled --quarantine bad.jsonl acled.csv\n"
      "  curl -s https://example.org/events.tab.gz | entente import --db news.db --from icews -\n"
      "  entente timeline PRK --format jsonl --mentions --db a.db > prk.jsonl\n"
      "  entente import --db b.db --from jsonl prk.jsonl\n"
      "  entente import --from ucdp-ged --dry-run GEDEvent.csv     what is wrong with a file?\n"
      "\n"
      "Files may be plain, .gz, .zst or .zip, told by their contents. A row that is malformed is "
      "passed\n"
      "over, counted, and added to the quarantine with its file, line and reason. Every event "
      "keeps "
      "the\n"
      "id of its data set, so that the same file again changes nothing. An import that was cut "
      "short goes\n"
      "on where it was when the same command is given again. Import events before their mentions.\n"
      "docs/import.md says for each format what becomes of each column.");
  const auto flags = std::make_shared<ImportFlags>();
  command->add_option("FILE", flags->files, "Files in work order; - is standard input")
      ->type_name("")
      ->required();
  command
      ->add_option(
          "--from", flags->from,
          "Whose data it is: gdelt (events of 1.0 and 2.0), gdelt-mentions, icews, polecat, "
          "acled, ucdp-ged, or jsonl (Entente's own export)")
      ->required()
      ->transform(OneOf(FormatNames()).description("NAME"));
  command
      ->add_option("--db", flags->db,
                   "Directory of the store, made if it is missing (else ENTENTE_DB)")
      ->type_name("DIR");
  command->add_option("--server", flags->server, "Not for imports: they need --db")
      ->type_name("HOST:PORT");
  command->add_option("--quarantine", flags->quarantine, "File to which rejected rows are added")
      ->type_name("JSONL");
  CLI::Option* restart = command->add_flag(
      "--restart", flags->restart, "Begin at the beginning, whatever an earlier run had done");
  command
      ->add_flag("--resume", flags->resume,
                 "Go on where the last run with the same files was cut short (the default)")
      ->excludes(restart);
  command->add_flag("--dry-run", flags->dry_run, "Read and check everything, store nothing");
  command
      ->add_option("--memory", flags->memory_mib,
                   "MiB for rows between two checkpoints; more makes larger, fewer files")
      ->check(CLI::Range(int64_t{1}, kMaxMemoryMib))
      ->type_name("MIB")
      ->capture_default_str();
  command->add_flag("--quiet", flags->quiet, "No progress");
  AddFormatFlag(command, &flags->format);
  command->callback(
      [program, flags] { program->action = [program, flags] { return Import(program, *flags); }; });
}

}  // namespace entente::cli
