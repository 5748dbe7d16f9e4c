// backup, backups, restore: copies of a store, and a store of a copy. They need no server, and none
// may have the store open.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/text.h"
#include "graph/store.h"

namespace entente::cli {
namespace {

namespace fs = std::filesystem;

struct BackupFlags {
  std::string db;
  std::string to;
};

struct RestoreFlags {
  std::string db;
  std::string from;
  bool replace = false;
};

std::string CountsText(const v1::Stats& stats) {
  return Cat("revision ", stats.revision(), ", ", stats.event_count(), " events, ",
             stats.article_count(), " articles");
}

absl::StatusOr<int> Backup(Program* program, const BackupFlags& flags) {
  const std::optional<std::string> db = StoreDirectory(*program, flags.db);
  if (!db.has_value()) return kExitUsage;
  graph::StoreOptions options;
  options.path = *db;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store, graph::Store::Open(options));
  ENTENTE_RETURN_IF_ERROR(store->Backup(flags.to));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, graph::Store::Describe(flags.to));
  ENTENTE_RETURN_IF_ERROR(
      program->output->Write(Cat("Backed up to ", flags.to, ": ", CountsText(stats), "\n")));
  return kExitOk;
}

absl::StatusOr<int> Restore(Program* program, const RestoreFlags& flags) {
  const std::optional<std::string> db = StoreDirectory(*program, flags.db);
  if (!db.has_value()) return kExitUsage;
  *program->err << "Copying and verifying; this may take long\n";
  const absl::Status restored = graph::Store::Restore(flags.from, *db, flags.replace);
  if (restored.code() == absl::StatusCode::kAlreadyExists) {
    return MakeStatus(restored.code(), Cat(MessageOf(restored),
                                           "; --replace puts the backup in the place of a store"));
  }
  ENTENTE_RETURN_IF_ERROR(restored);
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, graph::Store::Describe(*db));
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      Cat("Restored to ", *db, ": ", CountsText(stats), ", every index recounted\n")));
  return kExitOk;
}

// When the head record was written, to the second, UTC.
std::string MadeAt(const fs::path& backup) {
  std::error_code error;
  const fs::file_time_type written = fs::last_write_time(backup / "HEAD", error);
  if (error) return "";
  const auto since_1970 = std::chrono::file_clock::to_sys(written).time_since_epoch();
  return FormatTimestampMicros(
      std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count());
}

// A line for each backup in a folder, oldest first; what is none is passed over.
absl::StatusOr<int> Backups(Program* program, const std::string& folder) {
  std::error_code error;
  std::vector<std::pair<std::string, fs::path>> found;  // when it was made
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    std::error_code none;
    if (fs::exists(it->path() / "HEAD", none)) found.emplace_back(MadeAt(it->path()), it->path());
  }
  if (error) return NotFound(Cat(folder, ": cannot list the directory: ", error.message()));
  std::sort(found.begin(), found.end());
  Table table({{"BACKUP"},
               {"MADE"},
               {"FORMAT", Align::kRight},
               {"REVISION", Align::kRight},
               {"EVENTS", Align::kRight},
               {"ARTICLES", Align::kRight},
               {"BYTES", Align::kRight}});
  int damaged = 0;
  for (const auto& [made, path] : found) {
    const absl::StatusOr<v1::Stats> stats = graph::Store::Describe(path.string());
    if (!stats.ok()) {
      ++damaged;
      *program->err << Printable(MessageOf(stats.status())) << "\n";
      continue;
    }
    table.Add({path.filename().string(), made, stats->format_version(), Cat(stats->revision()),
               Cat(stats->event_count()), Cat(stats->article_count()), Cat(stats->disk_bytes())});
  }
  if (static_cast<size_t>(damaged) < found.size()) {
    ENTENTE_RETURN_IF_ERROR(
        program->output->Write(table.Render(program->output->terminal().width)));
  }
  return damaged == 0 ? kExitOk : kExitError;
}

}  // namespace

void AddBackup(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "backup", "Copy a store as it is now; no server may have it open",
      "  entente backup /backups/2023-09-13 --db news.db\n"
      "\n"
      "Table files are hard links where the copy is on the same file system, so that it takes\n"
      "little time and space: such a copy survives mistakes, but not the disk.");
  const auto flags = std::make_shared<BackupFlags>();
  command->add_option("TO", flags->to, "Directory of the copy, which must not exist")
      ->type_name("")
      ->required();
  command->add_option("--db", flags->db, "Directory of the store (else ENTENTE_DB)")
      ->type_name("DIR");
  command->callback(
      [program, flags] { program->action = [program, flags] { return Backup(program, *flags); }; });
}

void AddBackups(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "backups", "List the backups in a folder, oldest first",
                 "  entente backups /backups\n"
                 "\n"
                 "Only head records are read; `entente restore` tells whether the rest is sound.");
  const auto folder = std::make_shared<std::string>();
  command->add_option("FOLDER", *folder, "The folder in which the backups are")
      ->type_name("")
      ->required();
  command->callback([program, folder] {
    program->action = [program, folder] { return Backups(program, *folder); };
  });
}

void AddRestore(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "restore", "Make a store of a backup, which is verified first",
      "  entente restore /backups/2023-09-13 --db news.db\n"
      "  entente restore /backups/2023-09-13 --db news.db --replace\n"
      "\n"
      "The copy is made beside the store, verified, and takes its place in one step: whatever\n"
      "goes wrong before, the store is what it was.");
  const auto flags = std::make_shared<RestoreFlags>();
  command->add_option("BACKUP", flags->from, "Directory that `entente backup` made")
      ->type_name("")
      ->required();
  command->add_option("--db", flags->db, "Directory of the store to be made (else ENTENTE_DB)")
      ->type_name("DIR");
  command->add_flag("--replace", flags->replace,
                    "The directory is a store, which the backup takes the place of; for ever");
  command->callback([program, flags] {
    program->action = [program, flags] { return Restore(program, *flags); };
  });
}

}  // namespace entente::cli
