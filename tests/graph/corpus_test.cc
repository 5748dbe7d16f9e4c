// Goal: the reads give the rows that a person wrote down. Method: every tests/testdata/graph/*.test
// file is run in several configurations; the format is at the top of meetings.test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include "base/file.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

enum class Setting {
  kMemory,
  kRocksDb,
  kReopened,  // tiny caches, and the store is closed and opened before every question
  kRebuilt,   // compacted, rebuilt and verified before the first question after each article
};

using Words = std::vector<std::string>;

// Splits at blanks outside of double quotes, which are taken away; # begins a comment.
Words SplitWords(std::string_view line) {
  Words words;
  bool quoted = false, in_word = false;
  for (const char c : line) {
    if (c == '#' && !quoted && !in_word) break;
    if (c == '"') {
      quoted = !quoted;
      if (!in_word) words.emplace_back();
      in_word = true;
    } else if (c == ' ' && !quoted) {
      in_word = false;
    } else {
      if (!in_word) words.emplace_back();
      in_word = true;
      words.back().push_back(c);
    }
  }
  return words;
}

std::string Number(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.3f", value == 0 ? 0.0 : value);
  return text;
}

template <typename Message>
std::string Quads(const Message& m) {
  return Cat("quads=", m.verbal_cooperation_count(), ",", m.material_cooperation_count(), ",",
             m.verbal_conflict_count(), ",", m.material_conflict_count());
}

template <typename Message>
std::string Types(const Message& m) {
  std::string out;
  for (const v1::TypeCount& t : m.types()) out += Cat(" ", t.type(), "=", t.count());
  return out;
}

std::string EventRowText(const v1::Event& e) {
  return Cat(e.id(), " ", e.date().start(), " ", e.type(), " ", v1::EventStatus_Name(e.status()));
}

// The "name=value" words of a question.
class Arguments {
 public:
  Arguments(const Words& words, size_t from) {
    for (size_t i = from; i < words.size(); ++i) {
      const size_t equals = words[i].find('=');
      values_.emplace(words[i].substr(0, equals),
                      equals == std::string::npos ? "" : words[i].substr(equals + 1));
    }
  }
  bool Has(const std::string& name) const { return values_.count(name) > 0; }
  std::string Text(const std::string& name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? "" : it->second;
  }
  int Int(const std::string& name) const {
    int64_t value = 0;
    EXPECT_TRUE(!Has(name) || ParseInt64(Text(name), &value)) << name;
    return static_cast<int>(value);
  }
  std::vector<std::string> All(const std::string& name) const {
    std::vector<std::string> all;
    const auto [begin, end] = values_.equal_range(name);
    for (auto it = begin; it != end; ++it) all.push_back(it->second);
    return all;
  }

 private:
  std::multimap<std::string, std::string> values_;
};

v1::EventFilter FilterOf(const Arguments& args) {
  v1::EventFilter filter;
  filter.set_actor(args.Text("actor"));
  filter.set_other_actor(args.Text("other"));
  filter.set_start_date(args.Text("start"));
  filter.set_end_date(args.Text("end"));
  filter.set_directed(args.Has("directed"));
  for (const std::string& type : args.All("type")) filter.add_types(type);
  for (const std::string& name : args.All("status")) {
    v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
    EXPECT_TRUE(v1::EventStatus_Parse(name, &status)) << name;
    filter.add_statuses(status);
  }
  if (args.Has("quad")) filter.add_quad_classes(static_cast<v1::QuadClass>(args.Int("quad")));
  double confidence = 0;
  if (ParseDouble(args.Text("min_confidence"), &confidence)) filter.set_min_confidence(confidence);
  double goldstein = 0;
  if (ParseDouble(args.Text("min_goldstein"), &goldstein)) filter.set_min_goldstein(goldstein);
  if (ParseDouble(args.Text("max_goldstein"), &goldstein)) filter.set_max_goldstein(goldstein);
  return filter;
}

// Runs one file.
class Corpus {
 public:
  explicit Corpus(Setting setting) : setting_(setting) {
    options_ = DiskOptions(folder_.Path("store"));
    options_.in_memory = setting == Setting::kMemory;
    if (setting == Setting::kReopened) {
      options_.cache_bytes = 16 << 10;
      options_.write_buffer_bytes = 64 << 10;
    }
    store_ = OpenOrDie(options_);
  }

  void Run(const std::string& path) {
    const auto text = ReadFile(path, 1 << 20);
    ASSERT_TRUE(text.ok()) << text.status();
    int line_number = 0;
    for (const std::string_view line : Split(*text, '\n')) {
      ++line_number;
      const testing::ScopedTrace trace(path.c_str(), line_number, "");
      if (line.empty() || line[0] == '#') continue;
      if (line[0] == '>') {
        expected_rows_.push_back(std::string(Trim(line.substr(1))));
      } else if (line[0] == '!') {
        const Words words = SplitWords(line.substr(1));
        ASSERT_EQ(words.size(), 2u);
        expected_error_ = {words[0], words[1]};
      } else {
        Compare();
        question_line_ = line_number;
        question_ = std::string(line);
        Command(SplitWords(line));
      }
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
    Compare();
    Commit();
    EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  }

 private:
  void Command(const Words& words) {
    const std::string& name = words[0];
    if (name == "actor") return AddActor(words);
    if (name == "event") return AddEvent(words);
    if (name == "article") {
      Commit();
      article_ = MakeArticle(words.at(1), words.at(2));
      if (words.size() > 3) article_->set_title(words[3]);
      return;
    }
    if (name == "rejected" || name == "duplicate") return CommitBad(words);
    Commit();
    Prepare();
    asked_ = true;
    Ask(words);
  }

  void AddActor(const Words& words) {
    v1::Actor* actor = actors_.add_actors();
    actor->set_id(words.at(1));
    v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED;
    ASSERT_TRUE(v1::ActorKind_Parse(words.at(2), &kind)) << words[2];
    actor->set_kind(kind);
    actor->set_display_name(words.at(3));
    for (size_t i = 4; i < words.size(); ++i) actor->add_names()->set_text(words[i]);
  }

  static void AddParticipant(const std::string& role, const std::string& value, v1::Event* event) {
    static const std::map<std::string, v1::DyadSide> kSides = {{"source", v1::SOURCE},
                                                               {"target", v1::TARGET},
                                                               {"both", v1::BOTH},
                                                               {"none", v1::DYAD_SIDE_UNSPECIFIED}};
    const size_t colon = value.rfind(':');
    ASSERT_NE(colon, std::string::npos) << value;
    const size_t slash = value.find('/');
    v1::Participant* participant = event->add_participants();
    participant->set_role(role);
    participant->set_actor(value.substr(0, std::min(slash, colon)));
    if (slash != std::string::npos) {
      participant->set_country(value.substr(slash + 1, colon - slash - 1));
    }
    participant->set_side(kSides.at(value.substr(colon + 1)));
  }

  void AddEvent(const Words& words) {
    ASSERT_TRUE(article_) << "an event outside of an article";
    v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
    ASSERT_TRUE(v1::EventStatus_Parse(words.at(2), &status)) << words[2];
    v1::Event event = MakeEvent(words.at(1), status, words.at(3) == "-" ? "" : words[3], {});
    for (size_t i = 4; i < words.size(); ++i) {
      const size_t equals = words[i].find('=');
      ASSERT_NE(equals, std::string::npos) << words[i];
      const std::string name = words[i].substr(0, equals), value = words[i].substr(equals + 1);
      double number = 0;
      ParseDouble(value, &number);
      if (name == "goldstein") {
        event.set_goldstein(number);
      } else if (name == "quad") {
        event.set_quad_class(static_cast<v1::QuadClass>(number));
      } else if (name == "confidence") {
        event.set_confidence(number);
      } else if (name == "place") {
        event.mutable_place()->set_name(value);
      } else if (name == "say") {
        event.mutable_mentions(0)->set_sentence_text(value);
      } else if (name == "subtype") {
        event.set_subtype(value);
      } else {
        AddParticipant(name, value, &event);
      }
    }
    *coded_.add_events() = event;
  }

  absl::StatusOr<v1::IngestArticleResponse> Store() {
    v1::CodedArticle coded = coded_;
    *coded.mutable_actors() = actors_.actors();
    const auto response = store_->AddArticle(*article_, coded);
    article_.reset();
    coded_.Clear();
    changed_ = true;
    return response;
  }

  void Commit() {
    if (!article_) return;
    const auto response = Store();
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->outcome(), v1::STORED);
  }

  void CommitBad(const Words& words) {
    ASSERT_TRUE(article_);
    const auto response = Store();
    if (words[0] == "duplicate") {
      ASSERT_TRUE(response.ok()) << response.status();
      EXPECT_EQ(response->outcome(), v1::ALREADY_STORED);
    } else {
      EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(response.status().message()), testing::HasSubstr(words.at(1)));
    }
  }

  // Makes the question harder, as the setting says.
  void Prepare() {
    if (setting_ == Setting::kReopened) {
      ASSERT_TRUE(store_->Close().ok());
      store_.reset();
      store_ = OpenOrDie(options_);
    }
    if (setting_ == Setting::kRebuilt && changed_) {
      changed_ = false;
      ASSERT_TRUE(store_->Compact().ok());
      ASSERT_TRUE(store_->Rebuild().ok());
      ASSERT_TRUE(store_->Verify().ok()) << store_->Verify();
    }
  }

  void Row(const std::string& text) { rows_.push_back(text); }
  template <typename T>
  bool Ok(const absl::StatusOr<T>& result) {
    if (!result.ok()) error_ = result.status();
    return result.ok();
  }

  void Ask(const Words& words) {
    const Arguments args(words, words[0] == "pages" || words[0] == "find" ? 2 : 1);
    if (words[0] == "list") return List(args);
    if (words[0] == "pages") return Pages(args, words.at(1));
    if (words[0] == "find") return Find(args, words.at(1));
    if (words[0] == "stream") return Stream(args);
    if (words[0] == "summary") return Summary(args);
    if (words[0] == "relationship") return Relationship(args);
    if (words[0] == "relationships") return Relationships(args);
    if (words[0] == "path") return Path(args);
    if (words[0] == "search") return Search(words.at(1));
    if (words[0] == "actor?") return ShowActor(words.at(1));
    if (words[0] == "event?") return ShowEvent(words.at(1));
    if (words[0] == "article?") return ShowArticle(words.at(1));
    if (words[0] == "stats") return Stats();
    FAIL() << "unknown command " << words[0];
  }

  v1::ListEventsRequest ListRequest(const Arguments& args) {
    v1::ListEventsRequest request;
    *request.mutable_filter() = FilterOf(args);
    request.set_newest_first(args.Has("newest"));
    request.set_page_size(args.Int("page_size"));
    request.set_page_token(args.Text("page_token"));
    request.set_limit(args.Int("limit"));
    return request;
  }

  void List(const Arguments& args) {
    const auto page = store_->ListEvents(ListRequest(args));
    if (!Ok(page)) return;
    for (const v1::Event& event : page->events()) Row(EventRowText(event));
    EXPECT_EQ(page->next_page_token(), "");
  }

  void Pages(const Arguments& args, const std::string& size) {
    v1::ListEventsRequest request = ListRequest(args);
    int64_t page_size = 0;
    ASSERT_TRUE(ParseInt64(size, &page_size));
    request.set_page_size(static_cast<int32_t>(page_size));
    while (true) {
      const auto page = store_->ListEvents(request);
      if (!Ok(page)) return;
      for (const v1::Event& event : page->events()) Row(EventRowText(event));
      if (page->next_page_token().empty()) return;
      Row("---");
      request.set_page_token(page->next_page_token());
    }
  }

  void Find(const Arguments& args, std::string query) {
    std::replace(query.begin(), query.end(), '\'', '"');
    v1::SearchEventsRequest request;
    request.set_query(query);
    *request.mutable_filter() = FilterOf(args);
    request.set_page_size(args.Int("page_size"));
    const auto page = store_->SearchEvents(request);
    if (!Ok(page)) return;
    for (const v1::Event& event : page->events()) Row(EventRowText(event));
  }

  void Stream(const Arguments& args) {
    const absl::Status status =
        store_->StreamTimeline(ListRequest(args), [&](v1::ListEventsResponse&& message) {
          for (const v1::Event& event : message.events()) Row(EventRowText(event));
          return true;
        });
    if (!status.ok()) error_ = status;
  }

  void Summary(const Arguments& args) {
    v1::SummarizeTimelineRequest request;
    request.set_actor(args.Text("actor"));
    request.set_other_actor(args.Text("other"));
    request.set_start_date(args.Text("start"));
    request.set_end_date(args.Text("end"));
    v1::BucketSize size = v1::BUCKET_SIZE_UNSPECIFIED;
    ASSERT_TRUE(!args.Has("bucket") || v1::BucketSize_Parse(args.Text("bucket"), &size));
    request.set_bucket(size);
    const auto summary = store_->SummarizeTimeline(request);
    if (!Ok(summary)) return;
    for (const v1::TimelineBucket& b : summary->buckets()) {
      Row(Cat(b.start_date(), " ", b.event_count(), " mean=", Number(b.goldstein_mean()), " ",
              Quads(b), Types(b)));
    }
  }

  void Relationship(const Arguments& args) {
    v1::GetRelationshipRequest request;
    request.set_actor(args.Text("actor"));
    request.set_other_actor(args.Text("other"));
    request.set_start_date(args.Text("start"));
    request.set_end_date(args.Text("end"));
    request.set_latest_count(args.Int("latest"));
    const auto r = store_->GetRelationship(request);
    if (!Ok(r)) return;
    Row(Cat(r->actor().id(), " ", r->other_actor().id(), " ", r->event_count(),
            " forward=", r->forward_count(), " backward=", r->backward_count(),
            " mean=", Number(r->goldstein_mean()), " trend=", Number(r->goldstein_trend_per_year()),
            " ", Quads(*r)));
    Row(Cat("types", Types(*r)));
    std::string statuses = "statuses", latest = "latest";
    for (const v1::StatusCount& s : r->statuses()) {
      statuses += Cat(" ", v1::EventStatus_Name(s.status()), "=", s.count());
    }
    for (const v1::Event& event : r->latest_events()) latest += Cat(" ", event.id());
    Row(statuses);
    Row(Cat("first ", r->first_event().id()));
    Row(latest);
  }

  void Relationships(const Arguments& args) {
    v1::ListRelationshipsRequest request;
    request.set_actor(args.Text("actor"));
    request.set_start_date(args.Text("start"));
    request.set_end_date(args.Text("end"));
    const auto list = store_->ListRelationships(request);
    if (!Ok(list)) return;
    for (const v1::RelationshipSummary& r : list->relationships()) {
      Row(Cat(r.other_actor().id(), " ", r.event_count(), " mean=", Number(r.goldstein_mean()), " ",
              r.first_date(), " ", r.last_date()));
    }
  }

  void Path(const Arguments& args) {
    v1::FindPathRequest request;
    request.set_from_actor(args.Text("from"));
    request.set_to_actor(args.Text("to"));
    request.set_max_hops(args.Int("hops"));
    *request.mutable_filter() = FilterOf(args);
    const auto path = store_->FindPath(request);
    if (!Ok(path)) return;
    for (const v1::PathHop& hop : path->hops()) {
      Row(Cat(hop.from_actor().id(), " ", hop.to_actor().id(), " ", hop.event().id(), " of ",
              hop.event_count()));
    }
  }

  void Search(const std::string& query) {
    v1::SearchActorsRequest request;
    request.set_query(query);
    const auto found = store_->SearchActors(request);
    if (!Ok(found)) return;
    for (const v1::Actor& actor : found->actors()) Row(actor.id());
  }

  void ShowActor(const std::string& id) {
    v1::GetActorRequest request;
    request.set_id(id);
    const auto actor = store_->GetActor(request);
    if (!Ok(actor)) return;
    Row(Cat(actor->id(), " ", v1::ActorKind_Name(actor->kind()), " ", actor->display_name(),
            " events=", actor->event_count()));
  }

  void ShowEvent(const std::string& id) {
    v1::GetEventRequest request;
    request.set_id(id);
    const auto event = store_->GetEvent(request);
    if (!Ok(event)) return;
    std::string mentions;
    for (const v1::Mention& mention : event->mentions()) {
      mentions += Cat(mentions.empty() ? "" : ",", mention.article());
    }
    Row(Cat(event->type(), " ", v1::EventStatus_Name(event->status()), " ", event->date().start(),
            " inferred=", event->date().inferred() ? "true" : "false", " mentions=", mentions));
  }

  void ShowArticle(const std::string& id) {
    v1::GetArticleRequest request;
    request.set_id(id);
    const auto article = store_->GetArticle(request);
    if (!Ok(article)) return;
    Row(Cat(article->id(), " ", article->publish_date()));
  }

  void Stats() {
    const auto s = store_->GetStats({});
    if (!Ok(s)) return;
    Row(Cat("events=", s->event_count(), " actors=", s->actor_count(),
            " articles=", s->article_count(), " mentions=", s->mention_count(),
            " revision=", s->revision(), " ", s->first_date(), " ", s->last_date()));
  }

  // Holds the answer to the last question against what the file expects.
  void Compare() {
    if (asked_) {
      const testing::ScopedTrace trace("question", question_line_, question_);
      if (expected_error_) {
        EXPECT_EQ(absl::StatusCodeToString(error_.code()), expected_error_->first);
        EXPECT_THAT(std::string(error_.message()), testing::HasSubstr(expected_error_->second));
      } else {
        EXPECT_TRUE(error_.ok()) << error_;
      }
      EXPECT_EQ(rows_, expected_rows_);
    }
    asked_ = false;
    error_ = absl::OkStatus();
    rows_.clear();
    expected_rows_.clear();
    expected_error_.reset();
  }

  const Setting setting_;
  const TempFolder folder_;
  StoreOptions options_;
  std::unique_ptr<graph::Store> store_;
  v1::CodedArticle actors_;
  std::optional<v1::Article> article_;
  v1::CodedArticle coded_;
  bool asked_ = false;
  bool changed_ = false;  // since the last rebuilding
  int question_line_ = 0;
  std::string question_;
  absl::Status error_;
  std::vector<std::string> rows_;
  std::vector<std::string> expected_rows_;
  std::optional<std::pair<std::string, std::string>> expected_error_;
};

std::vector<std::string> CorpusFiles() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(ENTENTE_TESTDATA_DIR) + "/graph")) {
    if (entry.path().extension() == ".test") files.push_back(entry.path().stem().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class CorpusTest : public testing::TestWithParam<std::tuple<std::string, Setting>> {};

TEST_P(CorpusTest, GivesTheRows) {
  const auto& [name, setting] = GetParam();
  Corpus(setting).Run(Cat(ENTENTE_TESTDATA_DIR, "/graph/", name, ".test"));
}

std::string CaseName(const testing::TestParamInfo<std::tuple<std::string, Setting>>& info) {
  static const char* const kNames[] = {"Memory", "RocksDb", "Reopened", "Rebuilt"};
  return Cat(std::get<0>(info.param), "_", kNames[static_cast<int>(std::get<1>(info.param))]);
}

INSTANTIATE_TEST_SUITE_P(Files, CorpusTest,
                         testing::Combine(testing::ValuesIn(CorpusFiles()),
                                          testing::Values(Setting::kMemory, Setting::kRocksDb,
                                                          Setting::kReopened, Setting::kRebuilt)),
                         CaseName);

}  // namespace
}  // namespace entente::graph
