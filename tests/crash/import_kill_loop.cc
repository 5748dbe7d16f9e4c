// Goal: whenever an import is killed, the store is whole and holds what the checkpoints so far
// brought, the next run goes on from there, and in the end every good row is stored once and every
// bad one stands in the quarantine. Method: a child process imports GDELT files, some rows of which
// are malformed, with a checkpoint every few hundred rows; the parent kills it with SIGKILL at a
// random moment, verifies the store, and starts the next child, until one reaches the end; then it
// begins again with a new store.
//
//   import_kill_loop FOLDER SECONDS   exit code 0: nothing was lost or doubled; 1: what was stands
//   on stderr
//
// FOLDER must not exist; it is left behind if something was wrong.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "base/time.h"
#include "graph/store.h"
#include "ingest/import_job.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 3;
constexpr int kRowsOfAFile = 2000;
constexpr int kEachBad = 97;  // every so many-th row is malformed

bool IsBad(int row) { return row % kEachBad == kEachBad - 1; }
constexpr int kRows = kFiles * kRowsOfAFile;
constexpr int kBadRows = kRows / kEachBad;

// GDELT 2.0; of a bad row the date is no date.
std::string Row(int id) {
  const std::string day = IsBad(id) ? "20211399" : "20210305";
  std::string row = Cat(900000000 + id, "\t", day, "\t202103\t2021\t2021.2");
  row += "\tUSAGOV\tPRESIDENT\tUSA\t\t\t\t\tGOV\t\t\tPRK\tNORTH KOREA\tPRK\t\t\t\t\t\t\t";
  row += "\t1\t036\t036\t03\t1\t4.0\t10\t2\t10\t-1.5";
  for (int geo = 0; geo < 3; ++geo) row += "\t0\t\t\t\t\t\t\t";
  return row + Cat("\t20210305121500\thttps://news.example.org/", id, "\n");
}

class Loop {
 public:
  Loop(const std::string& folder, CodeMap* codes)
      : folder_(folder), codes_(codes), random_(static_cast<unsigned>(NowMicros())) {}

  absl::Status Run(int seconds) {
    fs::create_directories(folder_);
    WriteInputs();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    // At least one import that was killed and went on to its end, however slow the machine is.
    while (std::chrono::steady_clock::now() < end || kills_ == 0) {
      fs::remove_all(folder_ + "/store");
      fs::remove_all(folder_ + "/bad.jsonl");
      ENTENTE_RETURN_IF_ERROR(ImportOnce());
      ++imports_;
    }
    std::printf("%d kills in %d imports of %d rows, each stored once; %d bad rows in quarantine\n",
                kills_, imports_, kRows - kBadRows, kBadRows);
    fs::remove_all(folder_);
    return absl::OkStatus();
  }

 private:
  void WriteInputs() {
    for (int file = 0, row = 0; file < kFiles; ++file) {
      options_.inputs.push_back(Cat(folder_, "/", file, ".export.CSV"));
      std::ofstream out(options_.inputs.back(), std::ios::binary);
      for (int i = 0; i < kRowsOfAFile; ++i) out << Row(row++);
    }
    options_.format = ImportFormat::kGdelt;
    options_.quarantine_path = folder_ + "/bad.jsonl";
    options_.memory_bytes = 1 << 20;
    options_.checkpoint_rows = 600;
  }

  absl::StatusOr<std::unique_ptr<graph::Store>> Open() const {
    graph::StoreOptions options;
    options.path = folder_ + "/store";
    options.create_if_missing = true;
    options.free_space_reserve_bytes = 0;
    options.cache_bytes = 4 << 20;
    return graph::Store::Open(options);
  }

  // Imports until everything is stored.
  absl::Status ImportOnce() {
    int64_t stored = 0;
    unsigned attempts = 0;
    while (true) {
      const pid_t child = fork();
      if (child == 0) _exit(Child());
      // Longer and longer, so that a slow machine comes to the end as well.
      std::this_thread::sleep_for(std::chrono::milliseconds(random_() % (500 + 500 * attempts++)));
      kill(child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      if (WIFEXITED(status) && WEXITSTATUS(status) != 0) return Internal("the child failed");
      kills_ += WIFSIGNALED(status);
      ENTENTE_ASSIGN_OR_RETURN(const int64_t events, CountSoundEvents());
      if (events < stored) return DataLoss(Cat(stored, " events were there, now ", events));
      stored = events;
      // One that was killed while it closed the store had everything in it as well.
      if (WIFEXITED(status) || stored == kRows - kBadRows) break;
    }
    if (stored != kRows - kBadRows) {
      return DataLoss(Cat(kRows - kBadRows, " good rows gave ", stored, " events"));
    }
    return CheckQuarantine();
  }

  int Child() {
    const auto store = Open();
    if (!store.ok()) {
      std::fprintf(stderr, "child: %s\n", store.status().ToString().c_str());
      return 2;
    }
    const ImportReport report = RunImport(options_, codes_, store->get());
    absl::Status status = report.status;
    if (status.ok()) status = (*store)->Close();
    if (!status.ok()) std::fprintf(stderr, "child: %s\n", status.ToString().c_str());
    return status.ok() ? 0 : 2;
  }

  absl::StatusOr<int64_t> CountSoundEvents() const {
    ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store, Open());
    ENTENTE_RETURN_IF_ERROR(store->Verify());
    ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats({}));
    ENTENTE_RETURN_IF_ERROR(store->Close());
    if (stats.mention_count() != stats.event_count()) {
      return DataLoss(Cat(stats.event_count(), " events with ", stats.mention_count(),
                          " mentions; each has one"));
    }
    return stats.event_count();
  }

  // Rows after the last checkpoint before a kill may stand there twice.
  absl::Status CheckQuarantine() const {
    ENTENTE_ASSIGN_OR_RETURN(const std::string text, ReadFile(options_.quarantine_path, 64 << 20));
    std::set<std::string_view> lines;
    for (const std::string_view line : Split(text, '\n')) {
      if (!line.empty() && line.back() == '}') lines.insert(line);
    }
    if (lines.size() == kBadRows) return absl::OkStatus();
    return DataLoss(Cat(kBadRows, " rows are bad, ", lines.size(), " stand in the quarantine"));
  }

  const std::string folder_;
  CodeMap* const codes_;
  ImportOptions options_;
  std::mt19937 random_;
  int kills_ = 0;
  int imports_ = 0;
};

absl::Status Run(const std::string& folder, int seconds) {
  ENTENTE_ASSIGN_OR_RETURN(const auto ontology, knowledge::Ontology::Load(ENTENTE_DATA_DIR));
  ENTENTE_ASSIGN_OR_RETURN(const auto lexicon, knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {}));
  ENTENTE_ASSIGN_OR_RETURN(const auto codes,
                           CodeMap::Load(ENTENTE_DATA_DIR, ontology.get(), lexicon.get()));
  return Loop(folder, codes.get()).Run(seconds);
}

}  // namespace
}  // namespace entente::ingest

int main(int argc, char** argv) {
  int64_t seconds = 0;
  if (argc != 3 || !entente::ParseInt64(argv[2], &seconds) || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: import_kill_loop FOLDER SECONDS (FOLDER must not exist)\n");
    return 2;
  }
  const absl::Status status = entente::ingest::Run(argv[1], static_cast<int>(seconds));
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
