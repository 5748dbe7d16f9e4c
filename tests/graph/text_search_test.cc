// Goal: SearchEvents finds what a reading of all titles and sentences finds, now and as of any
// revision, after any mixture of articles, imports and acts of curators; months hold what their
// days hold; names with typing errors are found as the definition of a typing error says. Method:
// random operations and questions against oracles that know only the definitions and look at
// everything.
#include "graph/text_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "base/time.h"
#include "base/utf8.h"
#include "graph/event_text.h"
#include "graph/fuzzy_names.h"
#include "graph/text_query.h"
#include "tests/graph/random_store.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Show(const TextQuery& query) {
  std::string out;
  for (const TextClause& clause : query.clauses) {
    if (!out.empty()) out += " & ";
    if (clause.excluded) out += "not ";
    for (size_t i = 0; i < clause.terms.size(); ++i) out += (i == 0 ? "" : "_") + clause.terms[i];
    if (clause.kind == TextClause::Kind::kBeginning) out += "*";
  }
  return out;
}

TEST(TextQueryTest, SyntaxIsWordsPhrasesBeginningsExclusions) {
  const TextIndexer indexer;
  const std::pair<const char*, const char*> cases[] = {
      {"Sanctions", "sanction"},
      {"arms deal", "arm & deal"},
      {"deal DEAL deals", "deal"},
      {"\"arms deals\"", "arm_deal"},
      {"\xE2\x80\x9C"
       "arms deal\xE2\x80\x9D",
       "arm_deal"},
      {"sanct*", "sanct_sanct*"},
      {"sanctions*", "sanctions_sanction*"},
      {"arms -missile", "arm & not missil"},
      {"arms -\"cruise missile\" -nucl*", "arm & not cruis_missil & not nucl_nucl*"},
      {"U.S. aid", "aid & u_s"},
      {"state-run media", "media & state_run"},
      {"Ŭn & Müller!", "muller & un"},
      {"foo\"bar baz\"", "bar_baz & foo"},
      {"- arms", "arm"},
  };
  for (const auto& [text, expected] : cases) {
    const auto query = ParseTextQuery(text, indexer);
    ASSERT_TRUE(query.ok()) << text << ": " << query.status();
    EXPECT_EQ(Show(*query), expected) << text;
  }
}

TEST(TextQueryTest, MistakesAreNamed) {
  const TextIndexer indexer;
  std::string many;
  for (int i = 0; i < 40; ++i) many += Cat("w", i, " ");
  const std::pair<std::string, const char*> cases[] = {
      {"", "no word"},
      {"!? -", "no word"},
      {"-missile", "only excludes"},
      {"\"arms deal", "no end"},
      {"ar*ms", "last character"},
      {"a*", "2 letters"},
      {"*", "2 letters"},
      {"state-ru*", "one word"},
      {"\"arms de*\"", "phrase"},
      {many, "at most 32"},
      {"aa* bb* cc* dd* ee*", "beginnings"},
      {std::string(1001, 'a'), "1000"},
      {"\xff", "UTF-8"},
  };
  for (const auto& [text, message] : cases) {
    const auto query = ParseTextQuery(text, indexer);
    EXPECT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(query.status().message()), HasSubstr(message)) << text;
  }
}

TEST(EventTextTest, PlacesOrderNewestFirstAndPositionsReadBack) {
  const std::string newer = TextPlace(2000, 1), older = TextPlace(-5, 9),
                    other = TextPlace(2000, 2);
  EXPECT_LT(newer, older);
  EXPECT_LT(other, newer);
  EXPECT_EQ(TextPlaceTime(older), -5);
  EXPECT_EQ(TextPlaceEvent(other), 2u);
  EXPECT_EQ(TextEventOf(Key().Zero().Text(other)), 2u);
  EXPECT_EQ(TextEventOf(Key().Text("arm").Zero().Text(other).U64(77)), 2u);
  std::vector<uint32_t> back;
  EXPECT_TRUE(DecodePositions(EncodePositions(std::vector<uint32_t>{0, 1, 300}), &back));
  EXPECT_THAT(back, ElementsAre(0, 1, 300));
  EXPECT_FALSE(DecodePositions("", &back));
  EXPECT_FALSE(DecodePositions(std::string("\x01\x00", 2), &back));
  const TextIndexer indexer;
  const std::vector<std::string_view> sentences = {"Arms and arms.", "The arms", "Arms and arms."};
  const Terms terms = indexer.Index("The arms", sentences);
  EXPECT_THAT(terms.at("arm"), ElementsAre(1, 3, 5));  // a break after the title
  EXPECT_EQ(indexer.TermsOf(std::string(300, 'x'))[0].size(), kTermBytesMax);
}

// --- the oracle --------------------------------------------------------------------------------

const std::vector<std::string> kWords = {"sanction", "sanctions", "sanctioned", "arms",  "arm",
                                         "deal",     "deals",     "missile",    "the",   "of",
                                         "talks",    "talk",      "sanctuary",  "Séoul", "U.S."};

struct AnEvent {
  v1::Event event;
  int64_t id = 0;
  std::vector<std::vector<std::vector<std::string>>> reports;  // of texts, of terms
};

bool HasPhrase(const std::vector<std::string>& text, const std::vector<std::string>& phrase) {
  return std::search(text.begin(), text.end(), phrase.begin(), phrase.end()) != text.end();
}

bool HasClause(const AnEvent& e, const TextClause& clause) {
  for (const auto& report : e.reports) {
    for (const auto& text : report) {
      if (clause.kind == TextClause::Kind::kPhrase) {
        if (HasPhrase(text, clause.terms)) return true;
        continue;
      }
      for (const std::string& term : text) {
        if (term.starts_with(clause.terms[0]) || term == clause.terms[1]) return true;
      }
    }
  }
  return false;
}

bool Matches(const AnEvent& e, const TextQuery& query) {
  return std::all_of(query.clauses.begin(), query.clauses.end(), [&](const TextClause& clause) {
    return HasClause(e, clause) != clause.excluded;
  });
}

class TextSearchTest : public RandomStoreTest {
 protected:
  TextSearchTest() : RandomStoreTest(271828) {}

  std::string RandomText(size_t words) {
    std::string text;
    for (size_t i = 0; i < words; ++i) text += (i == 0 ? "" : " ") + One(kWords);
    return text;
  }

  v1::Event RandomEvent() {
    const size_t a = Below(actors_.size());
    const size_t b = (a + 1 + Below(actors_.size() - 1)) % actors_.size();
    v1::Event event = MakeEvent(Below(2) == 0 ? "attack" : "meeting",
                                static_cast<v1::EventStatus>(1 + Below(3)), FormatDate(RandomDay()),
                                {{"party", actors_[a], ""}, {"party", actors_[b], "AAA"}});
    event.clear_mentions();
    for (size_t i = Below(4); i > 0; --i) {
      event.add_mentions()->set_sentence_text(RandomText(Below(6)));
    }
    return event;
  }

  Date RandomDay() { return Date::FromCivil(2023, 1, 29).AddDays(static_cast<int>(Below(5))); }

  void AddArticle() {
    std::vector<v1::Event> events;
    for (size_t i = Below(4); i > 0; --i) {
      const bool again = !reported_.empty() && Below(2) == 0;
      events.push_back(again ? One(reported_) : RandomEvent());
      if (!again) reported_.push_back(events.back());
      if (again) {
        events.back().clear_mentions();
        events.back().add_mentions()->set_sentence_text(RandomText(4));
      }
    }
    v1::Article article = MakeArticle(Cat("a", articles_++), FormatDate(RandomDay()));
    if (Below(4) != 0) article.set_title(RandomText(3));
    const auto response = store_->AddArticle(article, Coded(events));
    ASSERT_TRUE(response.ok()) << response.status();
    for (const std::string& id : response->event_ids()) Know(std::stoll(id));
  }

  // A few rows of a data set, some with sentences, and further mentions of stored ones.
  void Import() {
    BulkLoadOptions bulk;
    bulk.source = "test";
    auto loader = store_->StartBulkLoad(bulk);
    ASSERT_TRUE(loader.ok()) << loader.status();
    v1::Event kind;
    kind.set_type("attack");
    const KindHandle handle = *(*loader)->InternKind(kind);
    const RoleHandle role = *(*loader)->InternRole("party");
    std::vector<std::string> ids, texts;
    for (int i = 0; i < 6; ++i) {
      ids.push_back(Cat("t:", 1 + Below(40)));
      texts.push_back(Below(2) == 0 ? "" : RandomText(4));
    }
    for (int i = 0; i < 6; ++i) {
      BulkMention mention;
      mention.sentence_text = texts[i];
      mention.report_time_micros = RandomDay().Micros();
      mention.sentence_number = static_cast<uint32_t>(Below(3));
      if (i % 2 == 0) {
        BulkEvent event;
        event.source_id = ids[i];
        event.kind = handle;
        event.start = event.end = RandomDay();
        event.report_time_micros = RandomDay().Micros();
        v1::Actor actor;
        actor.set_id(One(actors_));
        const ActorHandle number = *(*loader)->InternActor(actor);
        const std::vector<BulkParticipant> parties = {{number, 0, role, v1::BOTH}};
        event.participants = parties;
        event.mention = &mention;
        const absl::Status added = (*loader)->Add(event);
        ASSERT_TRUE(added.ok()) << added;
      } else {
        ASSERT_TRUE((*loader)->AddMention(ids[i], mention).ok());
      }
    }
    ASSERT_TRUE((*loader)->Finish("").ok());
    Know(last_event_ + 6);
  }

  void Know(int64_t id) { last_event_ = std::max(last_event_, id); }

  void RandomAct() {
    v1::Curator by;
    by.set_author("ann");
    by.set_reason("because");
    v1::CurationRecord act;
    const std::string event = std::to_string(1 + Below(static_cast<size_t>(last_event_)));
    const std::string article = Cat("a", Below(static_cast<size_t>(articles_)));
    switch (Below(5)) {
      case 0:
        *act.mutable_retract_article()->mutable_curator() = by;
        act.mutable_retract_article()->set_article(article);
        break;
      case 1:
        *act.mutable_detach_report()->mutable_curator() = by;
        act.mutable_detach_report()->set_event_id(event);
        act.mutable_detach_report()->set_article(article);
        for (int64_t id = 1; id <= last_event_; ++id) {  // better one that several report
          v1::GetEventRequest request;
          request.set_id(std::to_string(id));
          const auto found = store_->GetEvent(request);
          if (!found.ok() || found->article_count() < 2 || found->mentions().empty()) continue;
          act.mutable_detach_report()->set_event_id(std::to_string(id));
          act.mutable_detach_report()->set_article(found->mentions(0).article());
          if (Below(3) == 0) break;
        }
        break;
      case 2:
        *act.mutable_correct_event()->mutable_curator() = by;
        act.mutable_correct_event()->set_event_id(event);
        act.mutable_correct_event()->add_fields("date");
        act.mutable_correct_event()->mutable_values()->mutable_date()->set_start("2023-03-01");
        act.mutable_correct_event()->add_fields("status");
        act.mutable_correct_event()->mutable_values()->set_status(v1::DENIED);
        break;
      case 3:
        *act.mutable_merge_actors()->mutable_curator() = by;
        act.mutable_merge_actors()->set_actor(One(actors_));
        act.mutable_merge_actors()->set_into_actor(One(actors_));
        break;
      default:
        if (done_.empty()) return;
        *act.mutable_undo()->mutable_curator() = by;
        act.mutable_undo()->set_revision(One(done_));
    }
    const auto record = store_->Curate(act);  // many make no sense, which is an error
    if (!record.ok()) return;
    ++acts_[record->action_case()];
    if (!record->has_undo()) done_.push_back(record->revision());
    for (const std::string& id : record->created_event_ids()) Know(std::stoll(id));
  }

  void Step() {
    if (articles_ < 5 || Below(3) == 0) return AddArticle();
    Below(4) == 0 ? Import() : RandomAct();
  }

  // Everything that stands, as of a revision.
  std::vector<AnEvent> ReadAll(const v1::AsOf& as_of) const {
    const TextIndexer indexer;
    std::vector<AnEvent> all;
    for (int64_t id = 1; id <= last_event_; ++id) {
      v1::GetEventRequest request;
      request.set_id(std::to_string(id));
      *request.mutable_as_of() = as_of;
      const auto event = store_->GetEvent(request);
      if (!event.ok()) continue;
      AnEvent& e = all.emplace_back();
      e.event = *event;
      e.id = id;
      std::map<std::string, std::set<std::string>> texts;
      for (const v1::Mention& mention : event->mentions()) {
        // No phrase can reach over two imported mentions either, which have no article.
        texts[mention.article()].insert(mention.sentence_text());
        if (mention.article().empty()) continue;
        v1::GetArticleRequest ask;
        ask.set_id(mention.article());
        texts[mention.article()].insert(store_->GetArticle(ask)->title());
      }
      for (const auto& [article, lines] : texts) {
        auto& report = e.reports.emplace_back();
        for (const std::string& line : lines) report.push_back(indexer.TermsOf(line));
      }
    }
    std::sort(all.begin(), all.end(), [](const AnEvent& a, const AnEvent& b) {
      return std::pair(a.event.report_time_micros(), a.id) >
             std::pair(b.event.report_time_micros(), b.id);
    });
    return all;
  }

  std::string RandomQuery() {
    std::string query;
    for (size_t i = 1 + Below(3); i > 0; --i) {
      if (i > 1 && Below(3) == 0) query += "-";
      switch (Below(4)) {
        case 0:
          query += "\"" + RandomText(2 + Below(2)) + "\" ";
          break;
        case 1: {
          const std::string word = kWords[Below(12)];
          query += word.substr(0, 2 + Below(word.size() - 1)) + "* ";
          break;
        }
        default:
          query += One(kWords) + " ";
      }
    }
    return query;
  }

  static bool PassesFilter(const AnEvent& e, const v1::EventFilter& f) {
    const std::string& day = e.event.date().start();
    if (!f.start_date().empty() && day < f.start_date()) return false;
    if (!f.end_date().empty() && day > f.end_date()) return false;
    if (f.statuses_size() > 0 && e.event.status() != f.statuses(0)) return false;
    if (f.types_size() > 0 && e.event.type() != f.types(0)) return false;
    if (f.actor().empty()) return true;
    return std::any_of(
        e.event.participants().begin(), e.event.participants().end(),
        [&](const auto& p) { return p.actor() == f.actor() || p.country() == f.actor(); });
  }

  v1::EventFilter RandomFilter() {
    v1::EventFilter f;
    if (Below(3) == 0) f.set_start_date(FormatDate(RandomDay()));
    if (Below(3) == 0) f.set_end_date(f.start_date().empty() ? "2023-02-01" : "2023-03-02");
    if (Below(4) == 0) f.add_statuses(static_cast<v1::EventStatus>(1 + Below(3)));
    if (Below(4) == 0) f.add_types("attack");
    if (Below(3) == 0) f.set_actor(One(actors_));
    return f;
  }

  // The actor for whom an id counts; empty: nobody has it yet.
  std::string Resolved(const std::string& id, const v1::AsOf& as_of) const {
    v1::GetActorRequest request;
    request.set_id(id);
    *request.mutable_as_of() = as_of;
    const auto actor = store_->GetActor(request);
    return actor.ok() ? actor->id() : "";
  }

  void Compare(int64_t revision, int questions) {
    v1::AsOf as_of;
    as_of.set_revision(revision);
    const TextIndexer indexer;
    const std::vector<AnEvent> all = ReadAll(as_of);
    for (int q = 0; q < questions; ++q) {
      v1::SearchEventsRequest request;
      request.set_query(RandomQuery());
      if (Below(2) == 0) *request.mutable_filter() = RandomFilter();
      *request.mutable_as_of() = as_of;
      const testing::ScopedTrace trace("query", q, request.ShortDebugString());
      v1::EventFilter filter = request.filter();
      if (!filter.actor().empty()) {
        filter.set_actor(Resolved(filter.actor(), as_of));
        if (filter.actor().empty()) continue;
      }
      const auto query = ParseTextQuery(request.query(), indexer);
      ASSERT_TRUE(query.ok()) << query.status();
      std::vector<std::string> expected, found;
      for (const AnEvent& e : all) {
        if (graph::Matches(e, *query) && PassesFilter(e, filter)) expected.push_back(e.event.id());
      }
      request.set_page_size(static_cast<int32_t>(1 + Below(9)));
      do {
        const auto page = store_->SearchEvents(request);
        ASSERT_TRUE(page.ok()) << page.status();
        for (const v1::Event& event : page->events()) found.push_back(event.id());
        request.set_page_token(page->next_page_token());
      } while (!request.page_token().empty());
      ASSERT_EQ(found, expected);
      found_count_ += found.size();
    }
  }

  int64_t Revision() const { return store_->GetStats({})->revision(); }

  std::vector<std::string> actors_ = {"AAA", "BBB", "CCC.MIL", "org:x"};
  std::vector<v1::Event> reported_;
  std::vector<int64_t> done_;
  std::map<int, int> acts_;
  int articles_ = 0;
  int64_t last_event_ = 0;
  size_t found_count_ = 0;
};

TEST_P(TextSearchTest, FindsWhatAReadingOfEverythingFindsNowAndAsOf) {
  for (int step = 0; step < 120; ++step) {
    Step();
    if (HasFatalFailure()) return;
    const absl::Status sound = store_->Verify();
    ASSERT_TRUE(sound.ok()) << "step " << step << ": " << sound;
    if (step % 3 == 0) Compare(0, 10);
    if (step % 5 == 0) Compare(1 + static_cast<int64_t>(Below(size_t(Revision()))), 10);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(acts_.size(), 5u);  // each kind of act happened
  EXPECT_GT(found_count_, 500u);
  ASSERT_TRUE(store_->Rebuild().ok());
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  Compare(0, 30);
}

TEST_P(TextSearchTest, TokensAreBoundAndLimitsAreTyped) {
  for (int i = 0; i < 40; ++i) AddArticle();
  v1::SearchEventsRequest request;
  request.set_query("arms");
  request.set_page_size(2);
  const auto page = store_->SearchEvents(request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_NE(page->next_page_token(), "");
  request.set_page_token(page->next_page_token());
  request.set_page_size(5);
  EXPECT_TRUE(store_->SearchEvents(request).ok());
  request.set_query("deal");
  EXPECT_EQ(store_->SearchEvents(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.clear_page_token();
  request.set_page_size(1001);
  EXPECT_EQ(store_->SearchEvents(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.clear_page_size();
  request.mutable_filter()->set_actor("nobody");
  EXPECT_EQ(store_->SearchEvents(request).status().code(), absl::StatusCode::kNotFound);
  request.clear_filter();
  Stop stop;
  stop.cancelled = [] { return true; };
  EXPECT_EQ(store_->SearchEvents(request, stop).status().code(), absl::StatusCode::kCancelled);

  // A beginning that stands for too many words.
  v1::Event event = RandomEvent();
  event.clear_mentions();
  std::string text;
  for (size_t i = 0; i <= kTextExpansionMax; ++i) text += Cat("zz", i, " ");
  event.add_mentions()->set_sentence_text(text);
  ASSERT_TRUE(store_->AddArticle(MakeArticle("long", "2023-01-01"), Coded({event})).ok());
  request.set_query("zz*");
  EXPECT_EQ(store_->SearchEvents(request).status().code(), absl::StatusCode::kResourceExhausted);
  request.set_query("zz1*");
  EXPECT_EQ(store_->SearchEvents(request)->events_size(), 1);
  if (options_.in_memory) return;
  store_.reset();
  options_.scan_limit_keys = 10;
  store_ = OpenOrDie(options_);
  request.set_query("arms");
  EXPECT_EQ(store_->SearchEvents(request).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_P(TextSearchTest, MonthsAndYearsHoldWhatTheirDaysHold) {
  for (int i = 0; i < 60; ++i) {
    v1::Event event = RandomEvent();
    event.mutable_date()->set_start(
        FormatDate(Date::FromCivil(1969, 10, 3).AddDays(static_cast<int>(Below(500)))));
    event.set_goldstein(static_cast<double>(Below(21)) - 10);
    ASSERT_TRUE(store_->AddArticle(MakeArticle(Cat("m", i), "1971-03-01"), Coded({event})).ok());
    ++articles_;
  }
  last_event_ = 60;
  for (int i = 0; i < 20; ++i) RandomAct();
  const auto sums = [&](v1::SummarizeTimelineRequest request, v1::BucketSize size, bool by_day) {
    request.set_bucket(by_day ? v1::DAILY : size);
    std::map<std::string, std::pair<int64_t, int64_t>> out;
    const auto summary = store_->SummarizeTimeline(request);
    EXPECT_TRUE(summary.ok()) << summary.status();
    for (const v1::TimelineBucket& b : summary->buckets()) {
      const std::string start = size == v1::YEARLY ? b.start_date().substr(0, 4) + "-01-01"
                                                   : b.start_date().substr(0, 7) + "-01";
      const double milli = b.goldstein_mean() * 1000 * static_cast<double>(b.event_count());
      out[start].first += b.event_count();
      out[start].second += static_cast<int64_t>(std::llround(milli));
    }
    return out;
  };
  for (int q = 0; q < 200; ++q) {
    v1::SummarizeTimelineRequest request;
    request.set_actor("AAA");
    if (Below(2) == 0) request.set_other_actor("BBB");
    Date first = Date::FromCivil(1969, 10, 1).AddDays(static_cast<int>(Below(500)));
    Date last = first.AddDays(static_cast<int>(Below(Below(2) == 0 ? 20 : 400)));
    if (Below(4) == 0) first = first.AddDays(1 - first.Day());
    if (Below(4) == 0) last = last.AddDays(DaysInMonth(last.Year(), last.Month()) - last.Day());
    if (Below(4) != 0) request.set_start_date(FormatDate(first));
    if (Below(4) != 0) request.set_end_date(FormatDate(last));
    if (Below(3) == 0) request.mutable_as_of()->set_revision(50);
    const testing::ScopedTrace trace("summary", q, request.ShortDebugString());
    for (const v1::BucketSize size : {v1::MONTHLY, v1::YEARLY}) {
      ASSERT_EQ(sums(request, size, false), sums(request, size, true));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, TextSearchTest, testing::Bool(), MemoryOrDisk);

// --- names -------------------------------------------------------------------------------------

// The distance by its definition.
int Distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  for (const std::string_view word : Split(text, ' ')) words.emplace_back(word);
  return words;
}

std::optional<int> NearDistance(const std::string& query, const std::string& name) {
  const std::vector<std::string> asked = WordsOf(query), words = WordsOf(name);
  if (asked.size() > words.size()) return std::nullopt;
  int sum = 0;
  for (size_t i = 0; i < asked.size(); ++i) {
    const int distance = Distance(asked[i], words[i]);
    if (distance > AllowedErrors(asked[i].size())) return std::nullopt;
    sum += distance;
  }
  return sum;
}

TEST(FuzzyNamesTest, DistancesAndDeadBeginningsAreThoseOfTheDefinition) {
  std::mt19937 random(31);
  const auto below = [&](size_t n) { return random() % n; };
  const auto word = [&] {
    std::string out;
    for (size_t i = 1 + below(10); i > 0; --i) out.push_back(static_cast<char>('a' + below(3)));
    return out;
  };
  std::set<std::string> names;
  while (names.size() < 3000) {
    std::string name = word();
    while (below(3) == 0) name += " " + word();
    names.insert(name);
  }
  size_t found = 0, skipped = 0;
  for (int q = 0; q < 120; ++q) {
    std::string query = *std::next(names.begin(), static_cast<int>(below(names.size())));
    for (size_t edits = below(4); edits > 0 && !query.empty(); --edits) {
      const size_t at = below(query.size());
      if (query[at] == ' ') continue;
      switch (below(3)) {
        case 0:
          query[at] = static_cast<char>('a' + below(3));
          break;
        case 1:
          query.insert(at, 1, static_cast<char>('a' + below(3)));
          break;
        default:
          if (at > 0 && query[at - 1] != ' ') std::swap(query[at], query[at - 1]);
      }
    }
    FuzzyPattern pattern(query);
    for (auto it = names.begin(); it != names.end();) {
      const std::optional<int> distance = pattern.Distance(*it);
      ASSERT_EQ(distance, NearDistance(query, *it)) << "'" << query << "' '" << *it << "'";
      found += distance.has_value();
      if (distance || pattern.dead_bytes() >= it->size()) {
        ++it;
        continue;
      }
      const std::string dead = it->substr(0, pattern.dead_bytes());
      for (; it != names.end() && it->starts_with(dead); ++it, ++skipped) {
        ASSERT_EQ(NearDistance(query, *it), std::nullopt) << "'" << query << "' '" << *it << "'";
      }
    }
  }
  EXPECT_GT(found, 500u);
  EXPECT_GT(skipped, 50'000u);
}

TEST(FuzzyNamesTest, TypingErrorsInActorNames) {
  const auto store = MemoryStore();
  v1::CodedArticle coded = Coded({MakeEvent("meeting", v1::OCCURRED, "2023-01-01",
                                            {{"party", "p:z", "UKR"}, {"party", "p:k", "PRK"}})});
  const std::pair<const char*, const char*> actors[] = {{"p:z", "Volodymyr Zelensky"},
                                                        {"p:k", "Kim Jong-Ŭn"},
                                                        {"p:s", "Zelenskaya Olena"},
                                                        {"p:e", "Recep Tayyip Erdoğan"}};
  for (const auto& [id, name] : actors) {
    v1::Actor* actor = coded.add_actors();
    actor->set_id(id);
    actor->set_display_name(name);
  }
  ASSERT_TRUE(store->AddArticle(MakeArticle("a", "2023-01-01"), coded).ok());
  const auto search = [&](const std::string& query) {
    v1::SearchActorsRequest request;
    request.set_query(query);
    std::vector<std::string> ids;
    const auto found = store->SearchActors(request);
    EXPECT_TRUE(found.ok()) << found.status();
    for (const v1::Actor& actor : found->actors()) ids.push_back(actor.id());
    return ids;
  };
  EXPECT_THAT(search("zelensky"), ElementsAre("p:z", "p:s"));  // right, then with two errors
  EXPECT_THAT(search("zelinsky"), ElementsAre("p:z"));
  EXPECT_THAT(search("Zelenksy"), ElementsAre("p:z"));
  EXPECT_THAT(search("zelens"), ElementsAre("p:z", "p:s"));  // beginnings, then by events
  EXPECT_THAT(search("volodimir zelenskyy"), ElementsAre("p:z"));
  EXPECT_THAT(search("erdogen"), ElementsAre("p:e"));
  EXPECT_THAT(search("kin jong un"), ElementsAre());  // three letters must be right
  EXPECT_THAT(search("kim jogn un"), ElementsAre("p:k"));
}

}  // namespace
}  // namespace entente::graph
