// A bulk load of rows like GDELT's: rate, memory, bytes an event, and how long the usual questions
// take afterwards.
//
//   import_bench [--rows N] [--folder DIR] [--memory MIB] [--cache MIB] [--threads N]
//                [--no-urls] [--no-compact]
//   import_bench --rows N --folder DIR --ask    asks a store that an earlier run has left
//   import_bench --rows N --folder DIR --verify verifies it, and says how much memory that takes
//   import_bench --rows N --tsv FILE            writes the rows as a GDELT 1.0 export, and no more
//   import_bench --rows N --questions-file FILE writes the questions for bench/peers, and no more
//
// Default: 1,000,000 rows, a temporary folder, 256 MiB for the loader, 256 MiB of cache, 2 threads.
// DIR must not exist, and is left behind. Rows are made beforehand chunk by chunk, and the making
// is not timed: the rate is that of the loader alone, without reading and parsing text. With
// --no-compact the store is asked as the load leaves it; `entente compact` does the rest.
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <google/protobuf/arena.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/strings.h"
#include "bench/gdelt_generator.h"
#include "graph/store.h"

namespace entente::graph {
namespace {

using bench::GdeltActor;
using bench::GdeltGenerator;
using bench::GdeltRow;
using Clock = std::chrono::steady_clock;

constexpr uint64_t kSeed = 42;
constexpr int64_t kQuestionsMade = 2000;
constexpr size_t kArenaBytes = 256 << 10;
constexpr size_t kRowsMadeAtOnce = 20'000;

struct Settings {
  int64_t rows = 1'000'000;
  std::string folder;
  std::string tsv;
  int64_t memory_mib = 256;
  int64_t cache_mib = 256;
  int threads = 2;
  bool no_urls = false;
  bool no_compact = false;
  bool ask = false;
  bool verify = false;
  std::string questions_file;
  int64_t count = kQuestionsMade;
  int64_t passes = 1;
  std::string only;
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double ProcessorSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of this thread: what a call costs, however many others want the processor.
double ThreadMicros() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double ResidentMaxMib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

double ResidentMib() {
  int64_t all_pages = 0, resident_pages = 0;
  std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
  return static_cast<double>(resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) /
         (1 << 20);
}

// Hands rows to a loader as an importer does: actors, kinds and roles are interned once.
class Feeder {
 public:
  Feeder(BulkLoader* loader, bool no_urls) : loader_(loader), no_urls_(no_urls) {}

  absl::Status Start() {
    ENTENTE_ASSIGN_OR_RETURN(roles_[0], loader_->InternRole("actor1"));
    ENTENTE_ASSIGN_OR_RETURN(roles_[1], loader_->InternRole("actor2"));
    for (int code = 0; code < GdeltGenerator::kCodes; ++code) {
      v1::Event kind;
      kind.set_type(Cat("type_", code / 4));
      kind.set_cameo(GdeltGenerator::CameoCode(code));
      kind.set_plover(Cat("PLOVER", GdeltGenerator::Root(code)));
      kind.set_quad_class(static_cast<v1::QuadClass>(GdeltGenerator::QuadClass(code)));
      ENTENTE_ASSIGN_OR_RETURN(const KindHandle handle, loader_->InternKind(kind));
      kinds_.push_back(handle);
    }
    for (int place = 0; place < GdeltGenerator::kPlaces; ++place) {
      places_.push_back(GdeltGenerator::PlaceName(place));
    }
    return absl::OkStatus();
  }

  // False: the row has no actor, which an importer would refuse.
  absl::StatusOr<bool> Add(const GdeltRow& row) {
    BulkParticipant participants[2];
    size_t count = 0;
    for (const GdeltActor* actor : {&row.actor1, &row.actor2}) {
      if (actor->empty()) continue;
      BulkParticipant& p = participants[count++];
      ENTENTE_ASSIGN_OR_RETURN(p.actor, Intern(*actor));
      if (actor->country >= 0) {
        ENTENTE_ASSIGN_OR_RETURN(p.state, Intern({actor->country, -1}));
      }
      p.role = roles_[actor == &row.actor2];
      p.side = actor == &row.actor1 ? v1::SOURCE : v1::TARGET;
    }
    if (count == 0) return false;
    BulkEvent event;
    id_ = Cat("gdelt:", row.id);
    event.source_id = id_;
    event.kind = kinds_[static_cast<size_t>(row.code)];
    event.goldstein = GdeltGenerator::Goldstein(row.code);
    event.confidence = row.root_event ? 0.6 : 0.4;
    event.participants = {participants, count};
    event.start = event.end = row.day;
    if (row.place >= 0) {
      event.place.name = places_[static_cast<size_t>(row.place)];
      event.place.country = "XXX";
      event.place.precision = "city";
      event.place.has_coordinates = true;
      event.place.latitude = GdeltGenerator::Latitude(row.place);
      event.place.longitude = GdeltGenerator::Longitude(row.place);
    }
    event.report_time_micros = row.added.Micros();
    event.facts.set_mention_count(row.mentions);
    event.facts.set_source_count(1);
    event.facts.set_article_count(row.mentions);
    event.facts.set_tone(row.tone);
    event.facts.set_root_event(row.root_event);
    BulkMention mention;
    if (!no_urls_) mention.url = row.url;
    mention.report_time_micros = event.report_time_micros;
    mention.confidence = event.confidence;
    event.mention = &mention;
    ENTENTE_RETURN_IF_ERROR(loader_->Add(event));
    return true;
  }

 private:
  absl::StatusOr<ActorHandle> Intern(const GdeltActor& actor) {
    ActorHandle& handle = actors_[actor.country * 1000 + actor.sector];
    if (handle != 0) return handle;
    v1::Actor record;
    const std::string country = actor.country < 0 ? "" : GdeltGenerator::CountryCode(actor.country);
    const std::string sector = actor.sector < 0 ? "" : GdeltGenerator::SectorCode(actor.sector);
    record.set_id(country.empty()  ? Cat("role:", sector)
                  : sector.empty() ? country
                                   : Cat(country, ".", sector));
    record.set_display_name(Cat("Name of ", record.id()));
    record.set_country(country);
    record.set_sector(sector);
    record.set_code(country + sector);
    record.set_kind(sector.empty() ? v1::STATE : v1::UNNAMED_ROLE);
    ENTENTE_ASSIGN_OR_RETURN(handle, loader_->InternActor(record));
    return handle;
  }

  BulkLoader* loader_;
  const bool no_urls_;
  RoleHandle roles_[2] = {};
  std::vector<KindHandle> kinds_;
  std::vector<std::string> places_;
  std::unordered_map<int, ActorHandle> actors_;
  std::string id_;
};

absl::Status WriteTsv(const Settings& settings) {
  GdeltGenerator generator(kSeed, settings.rows);
  std::ofstream out(settings.tsv, std::ios::binary);
  for (int64_t i = 0; i < settings.rows && out; ++i) {
    out << GdeltGenerator::ToTsv(generator.Next()) << '\n';
  }
  out.close();
  return out ? absl::OkStatus() : ResourceExhausted(Cat(settings.tsv, ": cannot write"));
}

absl::Status Import(Store* store, const Settings& settings) {
  BulkLoadOptions options;
  options.source = "gdelt";
  options.memory_bytes = static_cast<size_t>(settings.memory_mib) << 20;
  options.threads = settings.threads;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<BulkLoader> loader, store->StartBulkLoad(options));
  Feeder feeder(loader.get(), settings.no_urls);
  ENTENTE_RETURN_IF_ERROR(feeder.Start());
  GdeltGenerator generator(kSeed, settings.rows);
  double adding = 0, checkpoints = 0, making_processor = 0;
  int checkpoint_count = 0;
  std::vector<GdeltRow> rows;
  const auto checkpoint = [&]() -> absl::Status {
    const Clock::time_point start = Clock::now();
    ENTENTE_RETURN_IF_ERROR(loader->Checkpoint(Cat(++checkpoint_count)).status());
    checkpoints += SecondsSince(start);
    return absl::OkStatus();
  };
  const double processor = ProcessorSeconds();
  for (int64_t made = 0; made < settings.rows;) {
    rows.clear();
    const double before_making = ProcessorSeconds();
    for (; rows.size() < kRowsMadeAtOnce && made < settings.rows; ++made) {
      rows.push_back(generator.Next());
    }
    making_processor += ProcessorSeconds() - before_making;
    const Clock::time_point start = Clock::now();
    for (const GdeltRow& row : rows) ENTENTE_RETURN_IF_ERROR(feeder.Add(row).status());
    adding += SecondsSince(start);
    if (loader->Full()) ENTENTE_RETURN_IF_ERROR(checkpoint());
  }
  const Clock::time_point start = Clock::now();
  ENTENTE_ASSIGN_OR_RETURN(const BulkCounts counts, loader->Finish("end"));
  checkpoints += SecondsSince(start);
  std::printf(
      "import            %10.0f rows/s  (%lld events; adding %.1f s, %d checkpoints %.1f s)\n",
      static_cast<double>(settings.rows) / (adding + checkpoints),
      static_cast<long long>(counts.events), adding, checkpoint_count + 1, checkpoints);
  std::printf("processor         %10.2f us/row, background compaction included\n",
              (ProcessorSeconds() - processor - making_processor) * 1e6 /
                  static_cast<double>(settings.rows));
  return absl::OkStatus();
}

// A question draws on these, the same for us and for the peers.
struct Question {
  std::string actor, other;
  Date first;  // of 30 days
};

std::vector<Question> MakeQuestions(const Settings& settings) {
  GdeltGenerator generator(kSeed + 1, settings.rows);
  std::vector<Question> questions(static_cast<size_t>(settings.count));
  for (Question& question : questions) {
    do {
      question.actor = GdeltGenerator::CountryCode(generator.Country());
      question.other = GdeltGenerator::CountryCode(generator.Country());
    } while (question.actor == question.other);
    question.first = generator.Day();
  }
  return questions;
}

absl::Status WriteQuestions(const Settings& settings) {
  std::ofstream out(settings.questions_file, std::ios::binary);
  for (const Question& question : MakeQuestions(settings)) {
    out << question.actor << '\t' << question.other << '\t' << FormatDate(question.first) << '\t'
        << FormatDate(question.first.AddDays(29)) << '\n';
  }
  out.close();
  return out ? absl::OkStatus() : ResourceExhausted(Cat(settings.questions_file, ": cannot write"));
}

// What all answers to a kind of question come to, so that the peers can be held against us.
struct AnswerSum {
  int64_t rows = 0;           // of answers
  int64_t days = 0;           // since 1970; of a month, its first
  int64_t goldstein_sum = 0;  // in tenths
  int64_t ids = 0;            // of the data set, where the answer has them; events, of a month

  void Add(Date day, double goldstein_tenths, int64_t id) {
    ++rows;
    days += day.days;
    goldstein_sum += std::llround(goldstein_tenths);
    ids += id;
  }
};

// Answers, and adds the answer up unless the sum is null.
using Answer = std::function<absl::Status(const Question&, AnswerSum*)>;

// What one more row of an answer costs: the slope of the line that fits times and rows best.
double CostOfRow(const std::vector<double>& rows, const std::vector<double>& micros) {
  const auto n = static_cast<double>(rows.size());
  double row_sum = 0, time_sum = 0, row_squares = 0, products = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    row_sum += rows[i];
    time_sum += micros[i];
    row_squares += rows[i] * rows[i];
    products += rows[i] * micros[i];
  }
  const double spread = row_squares - row_sum * row_sum / n;
  return spread <= 0 ? 0 : (products - row_sum * time_sum / n) / spread;
}

// Prints the percentiles of `answer`, in microseconds of the clock and of the processor, and what a
// row costs by the least time of each question. Asks all once beforehand and adds the answers up,
// so that what is measured is answered from the cache as far as it reaches.
absl::Status Measure(const char* what, const Settings& settings, const Answer& answer) {
  if (std::string_view(what).find(settings.only) == std::string_view::npos) {
    return absl::OkStatus();
  }
  const std::vector<Question> questions = MakeQuestions(settings);
  AnswerSum sum;
  std::vector<double> rows, least;
  for (const Question& question : questions) {
    const int64_t before = sum.rows;
    ENTENTE_RETURN_IF_ERROR(answer(question, &sum));
    rows.push_back(static_cast<double>(sum.rows - before));
    least.push_back(std::numeric_limits<double>::max());
  }
  std::vector<double> clock, processor;
  for (int64_t pass = 0; pass < settings.passes; ++pass) {
    for (size_t i = 0; i < questions.size(); ++i) {
      const Clock::time_point start = Clock::now();
      const double thread_start = ThreadMicros();
      ENTENTE_RETURN_IF_ERROR(answer(questions[i], nullptr));
      processor.push_back(ThreadMicros() - thread_start);
      clock.push_back(SecondsSince(start) * 1e6);
      least[i] = std::min(least[i], clock.back());
    }
  }
  std::sort(clock.begin(), clock.end());
  std::sort(processor.begin(), processor.end());
  const auto at = [](const std::vector<double>& sorted, size_t percent) {
    return sorted[sorted.size() * percent / 100];
  };
  std::printf(
      "%-30s p50 %5.0f us  p99 %6.0f us  (processor: p50 %5.0f us  p99 %6.0f us)  a row %5.2f us  "
      "sums: %lld rows, days %lld, goldstein %lld, ids %lld\n",
      what, at(clock, 50), at(clock, 99), at(processor, 50), at(processor, 99),
      CostOfRow(rows, least), static_cast<long long>(sum.rows), static_cast<long long>(sum.days),
      static_cast<long long>(sum.goldstein_sum), static_cast<long long>(sum.ids));
  std::fflush(stdout);
  return absl::OkStatus();
}

v1::ListEventsRequest NewestRequest(const Question& question) {
  v1::ListEventsRequest request;
  request.mutable_filter()->set_actor(question.actor);
  request.set_newest_first(true);
  request.set_page_size(100);
  return request;
}

v1::ListEventsRequest WindowRequest(const Question& question) {
  v1::ListEventsRequest request;
  request.mutable_filter()->set_actor(question.actor);
  request.mutable_filter()->set_other_actor(question.other);
  request.mutable_filter()->set_start_date(FormatDate(question.first));
  request.mutable_filter()->set_end_date(FormatDate(question.first.AddDays(29)));
  request.set_page_size(1000);
  return request;
}

// What the index has of each event: id, day, type, status, class, intensity, confidence.
absl::Status AnswerRows(const Store& store, const v1::ListEventsRequest& request, AnswerSum* sum) {
  ENTENTE_ASSIGN_OR_RETURN(const TimelinePage page, store.ListTimeline(request));
  if (sum == nullptr) return absl::OkStatus();
  for (const TimelineEntry& entry : page.entries) sum->Add(entry.day, entry.goldstein * 10, 0);
  return absl::OkStatus();
}

// Of an arena whose memory is there already. One at a time.
google::protobuf::ArenaOptions OnHeldMemory() {
  static std::vector<char> memory(kArenaBytes);
  google::protobuf::ArenaOptions options;
  options.initial_block = memory.data();
  options.initial_block_size = memory.size();
  return options;
}

// Whole events, without mentions, in a message on an arena.
absl::Status AnswerEvents(const Store& store, const v1::ListEventsRequest& request,
                          AnswerSum* sum) {
  google::protobuf::Arena arena(OnHeldMemory());
  auto* page = google::protobuf::Arena::CreateMessage<v1::ListEventsResponse>(&arena);
  ENTENTE_RETURN_IF_ERROR(store.ListEvents(request, page));
  if (sum == nullptr) return absl::OkStatus();
  for (const v1::Event& event : page->events()) {
    int64_t id = 0;
    ParseInt64(std::string_view(event.source_id()).substr(6), &id);  // "gdelt:410000000"
    ENTENTE_ASSIGN_OR_RETURN(const Date day, ParseDate(event.date().start()));
    sum->Add(day, event.goldstein() * 10, id);
  }
  return absl::OkStatus();
}

absl::Status AnswerMonths(const Store& store, const Question& question, AnswerSum* sum) {
  v1::SummarizeTimelineRequest request;
  request.set_actor(question.actor);
  request.set_other_actor(question.other);
  request.set_start_date("2021-01-01");
  request.set_end_date("2021-12-31");
  request.set_bucket(v1::MONTHLY);
  google::protobuf::Arena arena(OnHeldMemory());
  auto* summary = google::protobuf::Arena::CreateMessage<v1::SummarizeTimelineResponse>(&arena);
  ENTENTE_RETURN_IF_ERROR(store.SummarizeTimeline(request, summary));
  if (sum == nullptr) return absl::OkStatus();
  for (const v1::TimelineBucket& bucket : summary->buckets()) {
    ENTENTE_ASSIGN_OR_RETURN(const Date month, ParseDate(bucket.start_date()));
    const auto count = static_cast<double>(bucket.event_count());
    sum->Add(month, bucket.goldstein_mean() * 10 * count, bucket.event_count());
  }
  return absl::OkStatus();
}

absl::Status Ask(const Store& store, const Settings& settings) {
  ENTENTE_RETURN_IF_ERROR(Measure("newest 100 of an actor: rows", settings,
                                  [&](const Question& question, AnswerSum* sum) {
                                    return AnswerRows(store, NewestRequest(question), sum);
                                  }));
  ENTENTE_RETURN_IF_ERROR(Measure("newest 100 of an actor: events", settings,
                                  [&](const Question& question, AnswerSum* sum) {
                                    return AnswerEvents(store, NewestRequest(question), sum);
                                  }));
  ENTENTE_RETURN_IF_ERROR(
      Measure("30 days of a pair: rows", settings, [&](const Question& question, AnswerSum* sum) {
        return AnswerRows(store, WindowRequest(question), sum);
      }));
  ENTENTE_RETURN_IF_ERROR(
      Measure("30 days of a pair: events", settings, [&](const Question& question, AnswerSum* sum) {
        return AnswerEvents(store, WindowRequest(question), sum);
      }));
  return Measure(
      "a year of a pair by month", settings,
      [&](const Question& question, AnswerSum* sum) { return AnswerMonths(store, question, sum); });
}

absl::Status Verify(const Store& store) {
  const double before = ResidentMib();
  const Clock::time_point start = Clock::now();
  const double processor = ProcessorSeconds();
  ENTENTE_RETURN_IF_ERROR(store.Verify());
  std::printf(
      "verify            %10.1f s (processor %.1f s); resident before %.0f MiB, after %.0f MiB, at "
      "most %.0f MiB\n",
      SecondsSince(start), ProcessorSeconds() - processor, before, ResidentMib(), ResidentMaxMib());
  return absl::OkStatus();
}

absl::Status Run(const Settings& settings) {
  StoreOptions options;
  options.path = settings.folder;
  options.create_if_missing = !settings.ask && !settings.verify;
  options.cache_bytes = static_cast<size_t>(settings.cache_mib) << 20;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(options));
  std::printf("%lld rows, loader %lld MiB, cache %lld MiB, %d threads%s\n",
              static_cast<long long>(settings.rows), static_cast<long long>(settings.memory_mib),
              static_cast<long long>(settings.cache_mib), settings.threads,
              settings.no_urls ? ", without URLs" : "");
  if (settings.ask || settings.verify) {
    if (settings.ask) ENTENTE_RETURN_IF_ERROR(Ask(*store, settings));
    if (settings.verify) ENTENTE_RETURN_IF_ERROR(Verify(*store));
    return store->Close();
  }
  ENTENTE_RETURN_IF_ERROR(Import(store.get(), settings));
  std::printf("resident at most  %10.0f MiB\n", ResidentMaxMib());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats loaded, store->GetStats({}));
  const auto per_event = [&](const v1::Stats& stats) {
    return static_cast<double>(stats.disk_bytes()) / static_cast<double>(stats.event_count());
  };
  std::printf("on disk           %10.1f bytes/event after the load\n", per_event(loaded));
  std::fflush(stdout);
  if (!settings.no_compact) {
    const Clock::time_point start = Clock::now();
    ENTENTE_RETURN_IF_ERROR(store->Compact());
    ENTENTE_ASSIGN_OR_RETURN(const v1::Stats compacted, store->GetStats({}));
    std::printf("on disk           %10.1f bytes/event after compaction, which took %.1f s\n",
                per_event(compacted), SecondsSince(start));
    std::fflush(stdout);
  }
  ENTENTE_RETURN_IF_ERROR(Ask(*store, settings));
  std::printf("resident at most  %10.0f MiB\n", ResidentMaxMib());
  return store->Close();
}

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  entente::graph::Settings settings;
  CLI::App app("A bulk load of rows like GDELT's, and the usual questions about them.");
  app.add_option("--rows", settings.rows, "how many")->check(CLI::PositiveNumber);
  app.add_option("--folder", settings.folder, "where the store is made; must not exist");
  app.add_option("--tsv", settings.tsv, "only write the rows to this file, as GDELT 1.0 has them");
  app.add_option("--memory", settings.memory_mib, "MiB for the loader")->check(CLI::PositiveNumber);
  app.add_option("--cache", settings.cache_mib, "MiB of cache")->check(CLI::PositiveNumber);
  app.add_option("--threads", settings.threads, "of the loader")->check(CLI::Range(1, 64));
  app.add_flag("--ask", settings.ask, "ask the store in the folder, and load nothing");
  app.add_option("--count", settings.count, "how many of the questions")
      ->check(CLI::Range(int64_t{1}, entente::graph::kQuestionsMade));
  app.add_option("--passes", settings.passes, "how often each question is timed")
      ->check(CLI::PositiveNumber);
  app.add_option("--only", settings.only, "ask only questions whose name has this in it");
  app.add_flag("--verify", settings.verify, "verify the store in the folder, and load nothing");
  app.add_option("--questions-file", settings.questions_file,
                 "only write the questions to this file");
  app.add_flag("--no-urls", settings.no_urls, "leave the reports' URLs out");
  app.add_flag("--no-compact", settings.no_compact, "ask without compacting the store first");
  CLI11_PARSE(app, argc, argv);
  const bool temporary = settings.folder.empty();
  if (temporary) {
    settings.folder =
        (std::filesystem::temp_directory_path() / entente::Cat("import_bench.", getpid())).string();
  }
  if (!settings.ask && !settings.verify && std::filesystem::exists(settings.folder)) {
    std::fprintf(stderr, "import_bench: %s exists; name a folder that does not\n",
                 settings.folder.c_str());
    return 2;
  }
  const absl::Status status = !settings.tsv.empty() ? entente::graph::WriteTsv(settings)
                              : !settings.questions_file.empty()
                                  ? entente::graph::WriteQuestions(settings)
                                  : entente::graph::Run(settings);
  if (temporary) std::filesystem::remove_all(settings.folder);
  if (!status.ok()) std::fprintf(stderr, "import_bench: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
