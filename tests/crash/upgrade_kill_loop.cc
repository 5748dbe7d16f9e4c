// Goal: an upgrade from format 3 that is killed at any moment leaves a store that the next one
// finishes, or that opens whole. Method: a child process upgrades; the parent kills it with SIGKILL
// at a random moment and starts the next, until one ends by itself; then the store must open, be
// sound and find all its events. Every step is a process of its own, so that no thread of RocksDB's
// is inherited.
//
//   upgrade_kill_loop FOLDER SECONDS     exit code 0: all well; 1: what is wrong stands on stderr
//
// FOLDER must not exist; it is left behind if something is wrong.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>

#include "base/strings.h"
#include "base/time.h"
#include "graph/store.h"
#include "tests/graph/old_formats.h"

namespace entente::graph {
namespace {

constexpr int kArticles = 150;
constexpr int kEventsPerArticle = 20;

StoreOptions Options(const std::string& path, bool create) {
  StoreOptions options;
  options.path = path;
  options.create_if_missing = create;
  options.free_space_reserve_bytes = 0;
  options.cache_bytes = 4 << 20;
  options.write_buffer_bytes = 256 << 10;
  return options;
}

absl::Status Make(const std::string& folder) {
  {
    ENTENTE_ASSIGN_OR_RETURN(const auto store, Store::Open(Options(folder + "/today", true)));
    for (int a = 0; a < kArticles; ++a) {
      v1::Article article;
      article.set_id(Cat("a", a));
      article.set_title("Talks about arms");
      article.set_publish_date("2023-06-01");
      v1::CodedArticle coded;
      for (int e = 0; e < kEventsPerArticle; ++e) {
        v1::Event* event = coded.add_events();
        event->set_type("meeting");
        event->set_status(v1::OCCURRED);
        event->mutable_date()->set_start(FormatDate(Date::FromCivil(2023, 1, 1).AddDays(a)));
        for (int side = 0; side < 2; ++side) {
          v1::Participant* participant = event->add_participants();
          participant->set_role("participant");
          participant->set_side(v1::BOTH);
          participant->set_actor(side == 0 ? Cat("org:", e) : "AAA");
        }
        event->add_mentions()->set_sentence_text(Cat("They met in room ", a, " about item ", e));
      }
      ENTENTE_RETURN_IF_ERROR(store->AddArticle(article, coded).status());
    }
    ENTENTE_RETURN_IF_ERROR(store->Close());
  }
  return CopyAsFormat(kFormatWithoutMonths, folder + "/today", folder + "/old");
}

absl::Status CheckSound(const Store& store) {
  ENTENTE_RETURN_IF_ERROR(store.Verify());
  v1::SearchEventsRequest request;
  request.set_query("talk met");
  request.set_page_size(1000);
  int64_t found = 0;
  do {
    ENTENTE_ASSIGN_OR_RETURN(const auto page, store.SearchEvents(request));
    found += page.events_size();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (found == kArticles * kEventsPerArticle) return absl::OkStatus();
  return DataLoss(Cat(found, " events are found of ", kArticles * kEventsPerArticle));
}

// After a kill: it opens whole, or says that it must be upgraded.
absl::Status CheckAny(const std::string& folder) {
  const auto store = Store::Open(Options(folder + "/old", false));
  if (store.ok()) return CheckSound(**store);
  const bool asks = store.status().code() == absl::StatusCode::kFailedPrecondition &&
                    ToStd(store.status().message()).find("upgrade") != std::string_view::npos;
  return asks ? absl::OkStatus() : store.status();
}

absl::Status Step(std::string_view step, const std::string& folder) {
  if (step == "--make") return Make(folder);
  if (step == "--upgrade") return Store::Upgrade(Options(folder + "/old", false));
  if (step == "--any") return CheckAny(folder);
  ENTENTE_ASSIGN_OR_RETURN(const auto store, Store::Open(Options(folder + "/old", false)));
  return CheckSound(*store);
}

pid_t Start(const char* step, const std::string& folder) {
  const pid_t child = fork();
  if (child != 0) return child;
  execl("/proc/self/exe", "upgrade_kill_loop", step, folder.c_str(), nullptr);
  _exit(127);
}

bool Succeeds(const char* step, const std::string& folder) {
  int status = 0;
  waitpid(Start(step, folder), &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int Run(const std::string& folder, int seconds) {
  std::mt19937 random(static_cast<unsigned>(NowMicros()));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  int kills = 0, upgrades = 0;
  while (upgrades == 0 || std::chrono::steady_clock::now() < end) {
    std::filesystem::create_directories(folder);
    if (!Succeeds("--make", folder)) return 1;
    bool done = false;
    for (int longest = 20; !done; longest += longest / 4) {
      const pid_t child = Start("--upgrade", folder);
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % longest));
      kill(child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      if (WIFEXITED(status) && WEXITSTATUS(status) != 0) return 1;
      done = WIFEXITED(status);
      kills += done ? 0 : 1;
      // Looking in would finish the work, so it is not done after every kill.
      if (random() % 8 == 0 && !Succeeds("--any", folder)) return 1;
    }
    if (!Succeeds("--check", folder)) return 1;
    ++upgrades;
    std::filesystem::remove_all(folder);
  }
  std::printf("%d kills, %d upgrades finished, all sound\n", kills, upgrades);
  return 0;
}

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]).starts_with("--")) {
    const absl::Status status = entente::graph::Step(argv[1], argv[2]);
    if (!status.ok()) std::fprintf(stderr, "%s: %s\n", argv[1], status.ToString().c_str());
    return status.ok() ? 0 : 1;
  }
  int64_t seconds = 0;
  if (argc != 3 || !entente::ParseInt64(argv[2], &seconds) || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: upgrade_kill_loop FOLDER SECONDS (FOLDER must not exist)\n");
    return 2;
  }
  return entente::graph::Run(argv[1], static_cast<int>(seconds));
}
