// Goal: whenever the process is killed, the store opens again, holds each acknowledged article
// exactly once, and all its indexes agree. Method: a child process adds articles and writes down in
// a file of its own what was acknowledged, an fsync each; the parent kills it with SIGKILL at a
// random moment, opens the store, compares, and starts the next child, which goes on.
//
//   kill_loop FOLDER SECONDS        exit code 0: nothing was lost; 1: what was lost stands on
//   stderr
//
// FOLDER must not exist; it is left behind if something was lost.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/time.h"
#include "graph/store.h"

namespace entente::graph {
namespace {

constexpr int kWriters = 2;

StoreOptions Options(const std::string& folder) {
  StoreOptions options;
  options.path = folder + "/store";
  options.create_if_missing = true;
  options.free_space_reserve_bytes = 0;
  options.cache_bytes = 4 << 20;
  options.write_buffer_bytes = 256 << 10;  // flushes and compactions come often
  return options;
}

std::string ArticleId(int writer, int number) { return Cat("w", writer, "-", number); }

v1::Article MakeArticle(const std::string& id) {
  v1::Article article;
  article.set_id(id);
  article.set_publish_date("2023-06-01");
  article.set_title(Cat("Title of ", id));
  article.set_text(Cat("Text of ", id, std::string(2000, '.')));
  return article;
}

// Two events: one of its own, and one that many articles report.
v1::CodedArticle MakeCoded(int writer, int number) {
  v1::CodedArticle coded;
  for (const bool shared : {false, true}) {
    v1::Event* event = coded.add_events();
    event->set_type(shared ? "meeting" : "statement");
    event->set_status(number % 3 == 0 ? v1::ALLEGED : v1::OCCURRED);
    event->mutable_date()->set_start(
        FormatDate(Date::FromCivil(2023, 1, 1).AddDays(shared ? number % 5 : number)));
    for (int side = 0; side < 2; ++side) {
      v1::Participant* participant = event->add_participants();
      participant->set_role("participant");
      participant->set_side(v1::BOTH);
      participant->set_actor(shared ? Cat("S", side)
                                    : Cat("org:", writer, ".", number % 50 + side));
      participant->set_country(Cat("S", side));
    }
    event->add_mentions()->set_status(event->status());
  }
  return coded;
}

std::string Journal(const std::string& folder, int writer) {
  return Cat(folder, "/acked.", writer);
}

// The number of articles that a writer saw acknowledged. A line cut short by the kill does not
// count.
int Acknowledged(const std::string& folder, int writer) {
  const auto text = ReadFile(Journal(folder, writer), 64 << 20);
  return text.ok() ? static_cast<int>(std::count(text->begin(), text->end(), '\n')) : 0;
}

// Now and then an act and its undoing, of an article that was acknowledged before: what is left in
// the middle by a kill must be as sound as what is not.
void Curate(Store* store, int writer, int number) {
  if (number % 4 != 3) return;
  v1::Curator by;
  by.set_author("loop");
  by.set_reason("crash test");
  v1::CurationRecord act;
  switch (number / 4 % 3) {
    case 0:
      *act.mutable_retract_article()->mutable_curator() = by;
      act.mutable_retract_article()->set_article(ArticleId(writer, number));
      break;
    case 1:
      *act.mutable_merge_actors()->mutable_curator() = by;
      act.mutable_merge_actors()->set_actor(Cat("org:", writer, ".", number % 50));
      act.mutable_merge_actors()->set_into_actor("S0");
      break;
    default:
      *act.mutable_correct_event()->mutable_curator() = by;
      act.mutable_correct_event()->set_event_id("1");
      act.mutable_correct_event()->add_fields("status");
      act.mutable_correct_event()->mutable_values()->set_status(v1::DENIED);
  }
  const auto done = store->Curate(act);
  if (!done.ok()) return;  // a merge that a killed process left behind, the same again
  v1::CurationRecord back;
  *back.mutable_undo()->mutable_curator() = by;
  back.mutable_undo()->set_revision(done->revision());
  if (const auto undone = store->Curate(back); !undone.ok()) {
    std::fprintf(stderr, "child: %s\n", undone.status().ToString().c_str());
    _exit(2);
  }
}

// Adds articles until it is killed.
[[noreturn]] void Child(const std::string& folder) {
  auto store = Store::Open(Options(folder));
  if (!store.ok()) {
    std::fprintf(stderr, "child: %s\n", store.status().ToString().c_str());
    _exit(2);
  }
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      const int fd =
          open(Journal(folder, writer).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      for (int number = Acknowledged(folder, writer);; ++number) {
        const auto response =
            (*store)->AddArticle(MakeArticle(ArticleId(writer, number)), MakeCoded(writer, number));
        if (!response.ok()) {
          std::fprintf(stderr, "child: %s\n", response.status().ToString().c_str());
          _exit(2);
        }
        Curate(store->get(), writer, number);
        if (write(fd, "a\n", 2) != 2 || fdatasync(fd) != 0) _exit(2);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  _exit(2);
}

// OK if the store holds what was acknowledged, and at most one more article of each writer.
absl::Status Check(const std::string& folder) {
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(Options(folder)));
  ENTENTE_RETURN_IF_ERROR(store->Verify());
  int acknowledged = 0;
  for (int writer = 0; writer < kWriters; ++writer) {
    const int count = Acknowledged(folder, writer);
    acknowledged += count;
    for (int number = 0; number < count; ++number) {
      v1::GetArticleRequest request;
      request.set_id(ArticleId(writer, number));
      ENTENTE_RETURN_IF_ERROR(store->GetArticle(request).status());
    }
  }
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats({}));
  // An article whose retraction a kill did not let be undone is there, but does not count.
  int retracted = 0;
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int number = 0; number <= Acknowledged(folder, writer); ++number) {
      v1::GetArticleRequest request;
      request.set_id(ArticleId(writer, number));
      const auto article = store->GetArticle(request);
      retracted += article.ok() && article->retracted_revision() != 0;
    }
  }
  acknowledged -= retracted;
  if (stats.article_count() < acknowledged || stats.article_count() > acknowledged + kWriters) {
    return DataLoss(
        Cat(acknowledged, " articles were acknowledged, ", stats.article_count(), " are there"));
  }
  if (stats.mention_count() != 2 * stats.article_count()) {
    return DataLoss(Cat(stats.article_count(), " articles with ", stats.mention_count(),
                        " mentions; each has two"));
  }
  return store->Close();
}

int Run(const std::string& folder, int seconds) {
  std::filesystem::create_directories(folder);
  std::mt19937 random(static_cast<unsigned>(NowMicros()));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  int kills = 0;
  while (std::chrono::steady_clock::now() < end) {
    const pid_t child = fork();
    if (child == 0) Child(folder);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 700));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      std::fprintf(stderr, "after %d kills the child ended by itself\n", kills);
      return 1;
    }
    ++kills;
    if (const absl::Status checked = Check(folder); !checked.ok()) {
      std::fprintf(stderr, "after %d kills: %s\n", kills, checked.ToString().c_str());
      return 1;
    }
  }
  int acknowledged = 0;
  for (int writer = 0; writer < kWriters; ++writer) acknowledged += Acknowledged(folder, writer);
  std::printf("%d kills, %d articles acknowledged, all there once, all indexes agree\n", kills,
              acknowledged);
  std::filesystem::remove_all(folder);
  return acknowledged > 0 ? 0 : 1;
}

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  int64_t seconds = 0;
  if (argc != 3 || !entente::ParseInt64(argv[2], &seconds) || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: kill_loop FOLDER SECONDS (FOLDER must not exist)\n");
    return 2;
  }
  return entente::graph::Run(argv[1], static_cast<int>(seconds));
}
