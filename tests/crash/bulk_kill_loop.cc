// Goal: whenever a bulk load is killed, the store opens again and holds exactly the rows that its
// resume token says, each once, with their mentions and all indexes, and every checkpoint and
// article that was acknowledged. Method: a child process loads numbered rows from where the token
// left off, with articles in between, and writes down in a file of its own what was acknowledged;
// the parent kills it with SIGKILL at a random moment, opens the store, compares, and starts the
// next child.
//
//   bulk_kill_loop FOLDER SECONDS   exit code 0: nothing was lost; 1: what was lost stands on
//   stderr
//
// FOLDER must not exist; it is left behind if something was lost.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

constexpr int kCheckpointsOfALoad = 4;
constexpr int64_t kRowsOfACheckpointMax = 3000;

StoreOptions Options(const std::string& folder) {
  StoreOptions options;
  options.path = folder + "/store";
  options.create_if_missing = true;
  options.free_space_reserve_bytes = 0;
  options.cache_bytes = 4 << 20;
  options.write_buffer_bytes = 256 << 10;
  return options;
}

BulkLoadOptions LoadOptions() {
  BulkLoadOptions options;
  options.source = "rows";
  options.memory_bytes = 64 << 20;
  return options;
}

// Every third row brings a second mention, of an earlier event.
bool HasSecondMention(int64_t row) { return row % 3 == 0; }
int64_t MentionsOf(int64_t rows) { return rows + (rows + 2) / 3; }

absl::StatusOr<ActorHandle> Actor(BulkLoader* loader, const std::string& id) {
  v1::Actor actor;
  actor.set_id(id);
  return loader->InternActor(actor);
}

absl::Status AddRow(BulkLoader* loader, int64_t row) {
  v1::Event kind;
  kind.set_type(Cat("type_", row % 7));
  BulkParticipant participants[2];
  for (int i = 0; i < 2; ++i) {
    ENTENTE_ASSIGN_OR_RETURN(participants[i].actor, Actor(loader, Cat("org:", (row + i) % 97)));
    ENTENTE_ASSIGN_OR_RETURN(participants[i].state, Actor(loader, Cat("S", (row * 5 + i) % 11)));
    ENTENTE_ASSIGN_OR_RETURN(participants[i].role, loader->InternRole(Cat("actor", i)));
    participants[i].side = i == 0 ? v1::SOURCE : v1::TARGET;
  }
  BulkMention mention;
  const std::string url = Cat("http://x.org/", row);
  mention.url = url;
  const std::string id = Cat("row:", row);
  BulkEvent event;
  event.source_id = id;
  ENTENTE_ASSIGN_OR_RETURN(event.kind, loader->InternKind(kind));
  event.participants = participants;
  event.start = event.end = Date::FromCivil(2023, 1, 1).AddDays(static_cast<int>(row / 200));
  event.goldstein = static_cast<double>(row % 20) - 10;
  event.place.name = Cat("Place ", row % 50);
  event.mention = &mention;
  ENTENTE_RETURN_IF_ERROR(loader->Add(event));
  return HasSecondMention(row) ? loader->AddMention(Cat("row:", row / 2), mention)
                               : absl::OkStatus();
}

absl::Status AddArticle(Store* store, int number) {
  v1::Article article;
  article.set_id(Cat("article ", number));
  article.set_publish_date("2023-06-01");
  v1::CodedArticle coded;
  v1::Event* event = coded.add_events();
  event->set_type("meeting");
  event->set_status(v1::OCCURRED);
  event->mutable_date()->set_start(FormatDate(Date::FromCivil(2023, 1, 1).AddDays(number)));
  v1::Participant* participant = event->add_participants();
  participant->set_role("actor0");
  participant->set_actor("S1");
  event->add_mentions()->set_status(v1::OCCURRED);
  return store->AddArticle(article, coded).status();
}

std::string Journal(const std::string& folder) { return folder + "/acked"; }

struct Acknowledged {
  int64_t rows = 0;
  int articles = 0;
};

// The last whole line of the journal.
Acknowledged ReadJournal(const std::string& folder) {
  Acknowledged last;
  const auto text = ReadFile(Journal(folder), 64 << 20);
  if (!text.ok()) return last;
  const std::vector<std::string_view> lines = Split(*text, '\n');
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::vector<std::string_view> parts = Split(lines[i], ' ');
    int64_t articles = 0;
    if (parts.size() == 2 && ParseInt64(parts[0], &last.rows) && ParseInt64(parts[1], &articles)) {
      last.articles = static_cast<int>(articles);
    }
  }
  return last;
}

absl::Status LoadSome(Store* store, const std::string& folder, std::mt19937* random) {
  const int fd = open(Journal(folder).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  auto articles = static_cast<int>(store->GetStats({})->article_count());
  const auto note = [&](int64_t rows) {
    const std::string line = Cat(rows, " ", articles, "\n");
    if (write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        fdatasync(fd) != 0) {
      _exit(2);
    }
  };
  while (true) {
    ENTENTE_ASSIGN_OR_RETURN(const auto loader, store->StartBulkLoad(LoadOptions()));
    int64_t row = 0;
    if (!loader->resume_token().empty()) ParseInt64(loader->resume_token(), &row);
    for (int i = 0; i < kCheckpointsOfALoad; ++i) {
      for (int64_t n = 1 + (*random)() % kRowsOfACheckpointMax; n > 0; --n) {
        ENTENTE_RETURN_IF_ERROR(AddRow(loader.get(), row++));
      }
      ENTENTE_RETURN_IF_ERROR(loader->Checkpoint(Cat(row)).status());
      note(row);
    }
    ENTENTE_RETURN_IF_ERROR(loader->Finish(Cat(row)).status());
    ENTENTE_RETURN_IF_ERROR(AddArticle(store, articles));
    ++articles;
    note(row);
  }
}

// Loads until it is killed.
[[noreturn]] void Child(const std::string& folder) {
  std::mt19937 random(static_cast<unsigned>(NowMicros()));
  auto store = Store::Open(Options(folder));
  const absl::Status status = store.ok() ? LoadSome(store->get(), folder, &random) : store.status();
  std::fprintf(stderr, "child: %s\n", status.ToString().c_str());
  _exit(2);
}

absl::Status Check(const std::string& folder) {
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(Options(folder)));
  ENTENTE_RETURN_IF_ERROR(store->Verify());
  int64_t rows = 0;
  {
    ENTENTE_ASSIGN_OR_RETURN(const auto loader, store->StartBulkLoad(LoadOptions()));
    if (!loader->resume_token().empty()) ParseInt64(loader->resume_token(), &rows);
  }
  const Acknowledged acknowledged = ReadJournal(folder);
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats({}));
  const int64_t articles = stats.article_count();
  if (rows < acknowledged.rows || articles < acknowledged.articles ||
      articles > acknowledged.articles + 1) {
    return DataLoss(Cat(acknowledged.rows, " rows and ", acknowledged.articles,
                        " articles were acknowledged, ", rows, " and ", articles, " are there"));
  }
  if (stats.event_count() != rows + articles ||
      stats.mention_count() != MentionsOf(rows) + articles) {
    return DataLoss(Cat(rows, " rows and ", articles, " articles gave ", stats.event_count(),
                        " events and ", stats.mention_count(), " mentions"));
  }
  return store->Close();
}

int Run(const std::string& folder, int seconds) {
  std::filesystem::create_directories(folder);
  std::mt19937 random(static_cast<unsigned>(NowMicros()));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  int kills = 0;
  // At least until something was acknowledged, however slow the machine is.
  while (std::chrono::steady_clock::now() < end || ReadJournal(folder).rows == 0) {
    const pid_t child = fork();
    if (child == 0) Child(folder);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 1500));
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
  const Acknowledged acknowledged = ReadJournal(folder);
  std::printf("%d kills, %lld rows and %d articles acknowledged, all there once, indexes agree\n",
              kills, static_cast<long long>(acknowledged.rows), acknowledged.articles);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  int64_t seconds = 0;
  if (argc != 3 || !entente::ParseInt64(argv[2], &seconds) || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: bulk_kill_loop FOLDER SECONDS (FOLDER must not exist)\n");
    return 2;
  }
  return entente::graph::Run(argv[1], static_cast<int>(seconds));
}
