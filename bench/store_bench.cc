// The store with data like GDELT's: import rate, bytes an event, and how long the usual questions
// take.
//
//   store_bench [FOLDER [EVENTS [CACHE_MIB]]]
//
// Default: a temporary folder, 100,000 events, 256 MiB. FOLDER must not exist, and is left behind
// for a look.
//
// The generator: 250 states and 20 sectors of each, drawn by Zipf's law (exponent 1.0), so that a
// few actors have most of the events; 60 types, Zipf as well; 1,000 days; a tenth of the events
// with one actor, a third between states as such. Questions draw their actors from the same
// distribution, so that they ask mostly for those that have most. The same seed gives the same
// data.
//
// Then a store with text: a fifth of the events, ten to an article, with titles of 8 words and
// sentences of 25 drawn by Zipf's law from 30,000; what the text index takes on disk, which is
// copied alone into a database for that, and how long searches take.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "base/time.h"
#include "graph/families.h"
#include "graph/kv/rocksdb_database.h"
#include "graph/store.h"

namespace entente::graph {
namespace {

constexpr int kStates = 250;
constexpr int kSectors = 20;
constexpr int kTypes = 60;
constexpr int kDays = 1000;
constexpr int kEventsPerArticle = 1000;
constexpr int kQuestions = 2000;

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Ranks 0 to n-1 with probability in proportion to 1 / (rank + 1).
class Zipf {
 public:
  explicit Zipf(int n) {
    double sum = 0;
    for (int i = 0; i < n; ++i) cumulative_.push_back(sum += 1.0 / (i + 1));
  }
  template <typename Random>
  int operator()(Random& random) const {
    std::uniform_real_distribution<double> uniform(0, cumulative_.back());
    return static_cast<int>(
        std::lower_bound(cumulative_.begin(), cumulative_.end(), uniform(random)) -
        cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
};

class Generator {
 public:
  std::string State() {
    const int n = states_(random_);
    return {static_cast<char>('A' + n / 26), static_cast<char>('A' + n % 26), 'X'};
  }
  Date Day() { return Date::FromCivil(2020, 1, 1).AddDays(static_cast<int>(random_() % kDays)); }

  v1::Event Event(int64_t number) {
    v1::Event event;
    const int type = types_(random_);
    event.set_type("type_" + std::to_string(type));
    event.set_status(v1::OCCURRED);
    event.set_source_id("gdelt:" + std::to_string(880'000'000 + number));
    event.mutable_date()->set_start(FormatDate(Day()));
    event.set_cameo(std::to_string(10 + type));
    event.set_goldstein((type * 7 % 200) / 10.0 - 10);
    event.set_quad_class(static_cast<v1::QuadClass>(1 + type % 4));
    event.set_confidence(0.5);
    const bool between_states = random_() % 3 == 0;
    AddParticipant("actor1", v1::SOURCE, between_states, &event);
    if (random_() % 10 != 0) AddParticipant("actor2", v1::TARGET, between_states, &event);
    return event;
  }

  std::mt19937_64& random() { return random_; }

 private:
  void AddParticipant(const std::string& role, v1::DyadSide side, bool state_as_such,
                      v1::Event* event) {
    v1::Participant* participant = event->add_participants();
    participant->set_role(role);
    participant->set_side(side);
    participant->set_country(State());
    participant->set_actor(participant->country());
    if (!state_as_such) {
      participant->mutable_actor()->append(".S" + std::to_string(sectors_(random_)));
    }
  }

  std::mt19937_64 random_{42};
  const Zipf states_{kStates};
  const Zipf sectors_{kSectors};
  const Zipf types_{kTypes};
};

// Prints the percentiles of `ask`, in microseconds. Asks once for each question beforehand, so that
// what is measured is answered from the cache as far as it reaches.
void Measure(const char* what, const std::function<void()>& ask) {
  std::vector<double> micros;
  for (int i = 0; i < 2 * kQuestions; ++i) {
    const Clock::time_point start = Clock::now();
    ask();
    if (i >= kQuestions) micros.push_back(SecondsSince(start) * 1e6);
  }
  std::sort(micros.begin(), micros.end());
  std::printf("%-36s p50 %8.0f us   p99 %8.0f us   max %8.0f us\n", what, micros[micros.size() / 2],
              micros[micros.size() * 99 / 100], micros.back());
}

double ResidentMib() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

absl::Status Import(Store* store, Generator* generator, int64_t events) {
  // Generating is timed apart and taken off.
  double generating = 0;
  const Clock::time_point start = Clock::now();
  for (int64_t number = 0; number < events;) {
    const Clock::time_point begin = Clock::now();
    v1::Article article;
    article.set_id("export:" + std::to_string(number));
    article.set_publish_date("2022-12-31");
    v1::CodedArticle coded;
    for (int i = 0; i < kEventsPerArticle && number < events; ++i, ++number) {
      *coded.add_events() = generator->Event(number);
    }
    generating += SecondsSince(begin);
    ENTENTE_RETURN_IF_ERROR(store->AddArticle(article, coded).status());
  }
  const double seconds = SecondsSince(start) - generating;
  std::printf("import                               %.0f events/s (%.1f s, %d to a batch)\n",
              static_cast<double>(events) / seconds, seconds, kEventsPerArticle);
  return absl::OkStatus();
}

void Ask(const Store& store, Generator* generator) {
  const auto pair = [&](std::string* a, std::string* b) {
    do {
      *a = generator->State();
      *b = generator->State();
    } while (*a == *b);
  };
  Measure("newest 100 events of an actor", [&] {
    v1::ListEventsRequest request;
    request.mutable_filter()->set_actor(generator->State());
    request.set_newest_first(true);
    request.set_page_size(100);
    store.ListEvents(request).IgnoreError();
  });
  Measure("30 days of a pair (up to 1000)", [&] {
    v1::ListEventsRequest request;
    pair(request.mutable_filter()->mutable_actor(),
         request.mutable_filter()->mutable_other_actor());
    const Date first = generator->Day();
    request.mutable_filter()->set_start_date(FormatDate(first));
    request.mutable_filter()->set_end_date(FormatDate(first.AddDays(29)));
    request.set_page_size(1000);
    store.ListEvents(request).IgnoreError();
  });
  Measure("a year of a pair by month", [&] {
    v1::SummarizeTimelineRequest request;
    pair(request.mutable_actor(), request.mutable_other_actor());
    request.set_start_date("2021-01-01");
    request.set_end_date("2021-12-31");
    store.SummarizeTimeline(request).IgnoreError();
  });
  Measure("path between two states", [&] {
    v1::FindPathRequest request;
    pair(request.mutable_from_actor(), request.mutable_to_actor());
    store.FindPath(request).IgnoreError();
  });
}

// --- text --------------------------------------------------------------------------------------

constexpr int kWords = 30'000;
constexpr int kTitleWords = 8;
constexpr int kSentenceWords = 25;
constexpr int kTextEventsPerArticle = 10;

// Words of two to six letters and more, so that common ones are short.
std::string Word(int rank) {
  static constexpr char kConsonants[] = "bcdfghklmnprstvz";
  static constexpr char kVowels[] = "aeiou";
  std::string word;
  for (int n = rank + 1; n > 0; n /= 80) {
    word.push_back(kConsonants[n % 80 / 5]);
    word.push_back(kVowels[n % 5]);
  }
  return word;
}

class TextGenerator {
 public:
  std::string One() { return Word(words_(random_)); }
  std::string Text(int words) {
    std::string text;
    for (int i = 0; i < words; ++i) text += (i == 0 ? "" : " ") + One();
    return text;
  }
  // Two words that stand behind each other in some sentence.
  const std::string& Neighbors() { return neighbors_[random_() % neighbors_.size()]; }

  std::string Sentence() {
    const std::string text = Text(kSentenceWords);
    if (neighbors_.size() < 10'000) neighbors_.push_back(text.substr(0, text.find(' ', 12)));
    return text;
  }

 private:
  std::mt19937_64 random_{7};
  const Zipf words_{kWords};
  std::vector<std::string> neighbors_;
};

absl::Status ImportText(Store* store, Generator* generator, TextGenerator* texts, int64_t events) {
  const Clock::time_point start = Clock::now();
  for (int64_t number = 0; number < events;) {
    v1::Article article;
    article.set_id(Cat("text:", number));
    article.set_title(texts->Text(kTitleWords));
    article.set_publish_date(FormatDate(generator->Day()));
    v1::CodedArticle coded;
    for (int i = 0; i < kTextEventsPerArticle && number < events; ++i, ++number) {
      v1::Event event = generator->Event(number);
      event.add_mentions()->set_sentence_text(texts->Sentence());
      *coded.add_events() = std::move(event);
    }
    ENTENTE_RETURN_IF_ERROR(store->AddArticle(article, coded).status());
  }
  std::printf("articles with text                   %.0f events/s, durable article by article\n",
              static_cast<double>(events) / SecondsSince(start));
  return absl::OkStatus();
}

// What one family takes alone. REQUIRES: no store has the folder open.
absl::StatusOr<uint64_t> BytesOf(StoreFamily family, const std::string& folder) {
  kv::RocksDbOptions options;
  options.path = folder + "/db";
  options.families = StoreFamilies();
  ENTENTE_ASSIGN_OR_RETURN(const auto from, kv::OpenRocksDb(options));
  options.path = Cat(folder, "/alone.", family);
  options.create = true;
  ENTENTE_ASSIGN_OR_RETURN(const auto alone, kv::OpenRocksDb(options));
  const auto it = from->NewIterator(family, "", "", nullptr);
  kv::WriteBatch rows;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    rows.Put(family, it->key(), it->value());
    if (rows.size() < 20'000) continue;
    ENTENTE_RETURN_IF_ERROR(alone->Write(rows, false));
    rows.Clear();
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  ENTENTE_RETURN_IF_ERROR(alone->Write(rows, false));
  ENTENTE_RETURN_IF_ERROR(alone->Compact());
  return alone->DiskBytes();
}

void Search(const Store& store, const char* what, const std::function<std::string()>& query,
            const std::function<std::string()>& actor = {}) {
  Measure(what, [&] {
    v1::SearchEventsRequest request;
    request.set_query(query());
    if (actor) request.mutable_filter()->set_actor(actor());
    request.set_page_size(20);
    store.SearchEvents(request).IgnoreError();
  });
}

absl::Status RunText(const StoreOptions& options, int64_t events) {
  Generator generator;
  TextGenerator texts;
  std::printf("\n%lld events with text\n", static_cast<long long>(events));
  {
    ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(options));
    ENTENTE_RETURN_IF_ERROR(ImportText(store.get(), &generator, &texts, events));
    ENTENTE_RETURN_IF_ERROR(store->Compact());
    ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats({}));
    std::printf("on disk                              %.1f bytes/event, text index included\n",
                static_cast<double>(stats.disk_bytes()) / static_cast<double>(events));
    Search(*store, "newest 20: one word", [&] { return texts.One(); });
    Search(*store, "newest 20: two words", [&] { return texts.Text(2); });
    Search(*store, "newest 20: phrase", [&] { return Cat('"', texts.Neighbors(), '"'); });
    Search(*store, "newest 20: word and exclusion",
           [&] { return Cat(texts.One(), " -", texts.One()); });
    Search(*store, "newest 20: beginning of four", [&] { return texts.One().substr(0, 4) + "*"; });
    Search(
        *store, "newest 20: one word of an actor", [&] { return texts.One(); },
        [&] { return generator.State(); });
    ENTENTE_RETURN_IF_ERROR(store->Close());
  }
  for (const StoreFamily family : {kText, kMention, kActorMonth, kPairMonth}) {
    ENTENTE_ASSIGN_OR_RETURN(const uint64_t bytes, BytesOf(family, options.path));
    std::printf("family %-12s alone             %.1f bytes/event\n", FamilyName(family).c_str(),
                static_cast<double>(bytes) / static_cast<double>(events));
  }
  return absl::OkStatus();
}

absl::Status Run(const std::string& folder, int64_t events, int64_t cache_mib) {
  StoreOptions options;
  options.path = folder;
  options.create_if_missing = true;
  options.cache_bytes = static_cast<size_t>(cache_mib) << 20;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, Store::Open(options));
  Generator generator;
  std::printf("%lld events, cache %lld MiB\n", static_cast<long long>(events),
              static_cast<long long>(cache_mib));
  ENTENTE_RETURN_IF_ERROR(Import(store.get(), &generator, events));
  const Clock::time_point start = Clock::now();
  ENTENTE_RETURN_IF_ERROR(store->Compact());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats({}));
  std::printf("compaction                           %.1f s\n", SecondsSince(start));
  std::printf("on disk after it                     %.1f bytes/event, all indexes included\n",
              static_cast<double>(stats.disk_bytes()) / static_cast<double>(stats.event_count()));
  std::printf("resident at most, so far             %.0f MiB\n", ResidentMib());
  Ask(*store, &generator);
  ENTENTE_RETURN_IF_ERROR(store->Close());
  options.path += ".text";
  const absl::Status status = RunText(options, std::max<int64_t>(events / 5, 10));
  std::error_code error;
  std::filesystem::remove_all(options.path, error);
  return status;
}

}  // namespace
}  // namespace entente::graph

int main(int argc, char** argv) {
  int64_t events = 100'000, cache_mib = 256;
  if (argc > 4 || (argc > 2 && (!entente::ParseInt64(argv[2], &events) || events <= 0)) ||
      (argc > 3 && (!entente::ParseInt64(argv[3], &cache_mib) || cache_mib <= 0))) {
    std::fprintf(stderr, "usage: store_bench [FOLDER [EVENTS [CACHE_MIB]]]\n");
    return 2;
  }
  const bool temporary = argc == 1;
  const std::filesystem::path folder =
      temporary ? std::filesystem::temp_directory_path() / entente::Cat("store_bench.", getpid())
                : std::filesystem::path(argv[1]);
  if (std::filesystem::exists(folder)) {
    std::fprintf(stderr, "store_bench: %s exists; name a folder that does not\n", folder.c_str());
    return 2;
  }
  const absl::Status status = entente::graph::Run(folder.string(), events, cache_mib);
  if (temporary) std::filesystem::remove_all(folder);
  if (!status.ok()) std::fprintf(stderr, "store_bench: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
