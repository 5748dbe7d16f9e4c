// Goal: whenever a backup or a restore is killed, the store is whole, half a backup is never taken
// for a good one, and where a store is restored to stands what was there before or the whole
// backup, never a mixture; and the next attempt succeeds. Method: a child process backs up, or
// restores, and is killed with SIGKILL at a random moment of about the time that it takes
// undisturbed; the parent opens everything that is there, compares it with what it must hold, and
// tries again itself.
//
//   backup_kill_loop FOLDER SECONDS   exit code 0: all was as it must be; 1: what was not stands on
//   stderr
//
// FOLDER must not exist; it is left behind if something was wrong.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/time.h"
#include "graph/store.h"

namespace entente::graph {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

StoreOptions Options(const std::string& path) {
  StoreOptions options;
  options.path = path;
  options.create_if_missing = true;
  options.free_space_reserve_bytes = 0;
  options.cache_bytes = 4 << 20;
  options.write_buffer_bytes = 64 << 10;  // many table files to copy
  return options;
}

absl::Status AddArticle(Store* store, int number) {
  v1::Article article;
  article.set_id(Cat("article ", number));
  article.set_publish_date("2023-06-01");
  article.set_text(Cat("Text of ", number, std::string(5000, '.')));
  v1::CodedArticle coded;
  for (int i = 0; i < 3; ++i) {
    v1::Event* event = coded.add_events();
    event->set_type(Cat("type_", i));
    event->set_status(v1::OCCURRED);
    event->mutable_date()->set_start(FormatDate(Date::FromCivil(2023, 1, 1).AddDays(number)));
    for (int side = 0; side < 2; ++side) {
      v1::Participant* participant = event->add_participants();
      participant->set_role("participant");
      participant->set_side(v1::BOTH);
      participant->set_actor(Cat("S", (number + side) % 7));
    }
    event->add_mentions()->set_status(v1::OCCURRED);
  }
  return store->AddArticle(article, coded).status();
}

// How many articles the store has, of which all must be sound.
absl::StatusOr<int64_t> ArticlesOf(const std::string& path) {
  StoreOptions options = Options(path);
  options.create_if_missing = false;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(options));
  ENTENTE_RETURN_IF_ERROR(store->Verify());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats({}));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  if (stats.event_count() != 3 * stats.article_count()) {
    return DataLoss(Cat(path, ": ", stats.article_count(), " articles, but ", stats.event_count(),
                        " events; each has three"));
  }
  return stats.article_count();
}

absl::Status ExpectArticles(const std::string& path, int64_t first, int64_t second) {
  ENTENTE_ASSIGN_OR_RETURN(const int64_t articles, ArticlesOf(path));
  if (articles == first || articles == second) return absl::OkStatus();
  return DataLoss(Cat(path, ": has ", articles, " articles, not ", first, " or ", second));
}

// Runs `work` in a child process and kills it after `delay`. True if it was killed in the middle.
absl::StatusOr<bool> RunAndKill(const std::function<absl::Status()>& work,
                                std::chrono::microseconds delay) {
  const pid_t child = fork();
  if (child == 0) {
    const absl::Status status = work();
    if (!status.ok()) std::fprintf(stderr, "child: %s\n", status.ToString().c_str());
    _exit(status.ok() ? 0 : 2);
  }
  std::this_thread::sleep_for(delay);
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0) return Internal("the child failed");
  return WIFSIGNALED(status);
}

class Loop {
 public:
  explicit Loop(const std::string& folder)
      : folder_(folder), random_(static_cast<unsigned>(NowMicros())) {}

  absl::Status Run(int seconds) {
    fs::create_directories(folder_);
    ENTENTE_RETURN_IF_ERROR(Grow(store_, 40));
    ENTENTE_RETURN_IF_ERROR(Grow(old_, 5));
    const Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
    // At least until each was killed in the middle, however slow or quick the machine is.
    while (Clock::now() < end || backups_killed_ == 0 || restores_killed_ == 0) {
      ENTENTE_RETURN_IF_ERROR(KillBackup());
      ENTENTE_RETURN_IF_ERROR(KillRestore(/*replace=*/random_() % 2 == 0));
    }
    std::printf("%d backups and %d restores killed in the middle; all stores whole\n",
                backups_killed_, restores_killed_);
    fs::remove_all(folder_);
    return absl::OkStatus();
  }

 private:
  // A store at `path` with `count` articles more.
  absl::Status Grow(const std::string& path, int count) {
    ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(Options(path)));
    for (int i = 0; i < count; ++i) ENTENTE_RETURN_IF_ERROR(AddArticle(store.get(), next_++));
    return store->Close();
  }

  // A moment within the time that the last undisturbed attempt took, or a little later.
  std::chrono::microseconds Moment(std::chrono::microseconds usual) {
    return std::chrono::microseconds(random_() % (usual.count() * 5 / 4 + 1));
  }

  absl::Status KillBackup() {
    ENTENTE_RETURN_IF_ERROR(Grow(store_, 1));
    ENTENTE_ASSIGN_OR_RETURN(const int64_t articles, ArticlesOf(store_));
    const auto work = [&]() -> absl::Status {
      ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(Options(store_)));
      return store->Backup(backup_);
    };
    fs::remove_all(backup_);
    ENTENTE_ASSIGN_OR_RETURN(const bool killed, RunAndKill(work, Moment(usual_backup_)));
    backups_killed_ += killed;
    ENTENTE_RETURN_IF_ERROR(ExpectArticles(store_, articles, articles));
    if (fs::exists(backup_)) {
      ENTENTE_RETURN_IF_ERROR(RestoreWhole(backup_, articles));
    } else if (Store::Restore(backup_, folder_ + "/none").code() != absl::StatusCode::kNotFound) {
      return Internal("a backup that is not there was restored");
    }
    // What was begun is no backup, or, if only its name was missing, a whole one.
    const std::string begun = backup_ + ".unfinished";
    if (fs::exists(begun) && Store::Restore(begun, folder_ + "/begun").ok()) {
      ENTENTE_RETURN_IF_ERROR(ExpectArticles(folder_ + "/begun", articles, articles));
      fs::remove_all(folder_ + "/begun");
    }
    fs::remove_all(backup_);
    const Clock::time_point start = Clock::now();
    ENTENTE_RETURN_IF_ERROR(work());
    usual_backup_ = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    if (fs::exists(begun)) return Internal("the next backup left half of the killed one behind");
    return RestoreWhole(backup_, articles);
  }

  absl::Status RestoreWhole(const std::string& backup, int64_t articles) {
    const std::string path = folder_ + "/whole";
    const Clock::time_point start = Clock::now();
    ENTENTE_RETURN_IF_ERROR(Store::Restore(backup, path));
    usual_restore_ = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    ENTENTE_RETURN_IF_ERROR(ExpectArticles(path, articles, articles));
    fs::remove_all(path);
    return absl::OkStatus();
  }

  // REQUIRES: there is a good backup.
  absl::Status KillRestore(bool replace) {
    const std::string path = folder_ + "/restored";
    ENTENTE_ASSIGN_OR_RETURN(const int64_t fresh, ArticlesOf(store_));
    ENTENTE_ASSIGN_OR_RETURN(const int64_t old, ArticlesOf(old_));
    fs::remove_all(path);
    if (replace) fs::copy(old_, path, fs::copy_options::recursive);
    const auto work = [&] { return Store::Restore(backup_, path, replace); };
    ENTENTE_ASSIGN_OR_RETURN(const bool killed, RunAndKill(work, Moment(usual_restore_)));
    restores_killed_ += killed;
    if (replace || fs::exists(path)) {
      ENTENTE_RETURN_IF_ERROR(ExpectArticles(path, replace ? old : fresh, fresh));
    }
    ENTENTE_RETURN_IF_ERROR(Store::Restore(backup_, path, /*replace=*/true));
    if (fs::exists(path + ".unfinished")) return Internal("a restore left half a copy behind");
    ENTENTE_RETURN_IF_ERROR(ExpectArticles(path, fresh, fresh));
    return RestoreWhole(backup_, fresh);  // which is as it was
  }

  const std::string folder_;
  const std::string store_ = folder_ + "/store";
  const std::string old_ = folder_ + "/old";
  const std::string backup_ = folder_ + "/backup";
  std::mt19937 random_;
  int next_ = 0;
  std::chrono::microseconds usual_backup_{20'000};
  std::chrono::microseconds usual_restore_{50'000};
  int backups_killed_ = 0;
  int restores_killed_ = 0;
};

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  int64_t seconds = 0;
  if (argc != 3 || !entente::ParseInt64(argv[2], &seconds) || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: backup_kill_loop FOLDER SECONDS (FOLDER must not exist)\n");
    return 2;
  }
  const absl::Status status = entente::graph::Loop(argv[1]).Run(static_cast<int>(seconds));
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
