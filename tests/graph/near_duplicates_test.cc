// Goal: copies of an article are one voice, and articles about the same story two. Method: made-up
// articles and what papers do to agencies' stories, on which the threshold is measured; then
// the counts of an event that copies and others report.
#include "graph/near_duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

constexpr int kStories = 60;

// Sentences of words with the skew of a language: few are frequent.
class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}

  std::string Sentence() {
    std::string text;
    for (int words = 12 + static_cast<int>(random_() % 14); words > 0; --words) {
      const double u = static_cast<double>(random_() % 1'000'000 + 1) / 1e6;
      text += Cat(text.empty() ? "W" : " w", static_cast<int>(3000 * u * u * u));
    }
    return text + ". ";
  }
  std::string Text(int sentences) {
    std::string text;
    for (; sentences > 0; --sentences) text += Sentence();
    return text;
  }

 private:
  std::mt19937 random_;
};

std::vector<std::string> SentencesOf(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find(". ", at) + 2;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string Joined(const std::vector<std::string>& sentences, size_t from, size_t to) {
  std::string text;
  for (size_t i = from; i < to && i < sentences.size(); ++i) text += sentences[i];
  return text;
}

// What papers make of an agency's story.
std::vector<std::string> CopiesOf(const std::string& text, Writer* writer) {
  const std::vector<std::string> s = SentencesOf(text);
  std::string edited = text;
  for (size_t at = 60; at + 1 < edited.size(); at += 400)
    edited[at] = 'x';  // a word here and there
  return {
      Cat("SEOUL (Agency) - ", text),  // a dateline
      Cat("By our staff. ", text, "Subscribe to our newsletter now to read more every day."),
      Joined(s, 0, s.size() * 2 / 5),                                  // cut from the end
      Joined(s, 0, s.size() / 2) + writer->Text(3),                    // cut, own paragraph added
      Joined(s, 0, s.size() / 3) + Joined(s, s.size() / 2, s.size()),  // a middle paragraph out
      edited,
  };
}

TEST(NearDuplicatesTest, CopiesStandApartFromOtherArticles) {
  Writer writer(7);
  double copies_min = 1, others_max = 0;
  int missed = 0, copies = 0;
  for (int i = 0; i < kStories; ++i) {
    const std::string text = writer.Text(18 + i % 12);
    const auto shingles = ShinglesOf(text);
    const auto bands = BandsOf(shingles);
    for (const std::string& copy : CopiesOf(text, &writer)) {
      const auto other = ShinglesOf(copy);
      copies_min = std::min(copies_min, Containment(shingles, other));
      const auto other_bands = BandsOf(other);
      bool shared = false;
      for (size_t b = 0; b < bands.size(); ++b) shared = shared || bands[b] == other_bands[b];
      missed += !shared;
      ++copies;
    }
    // Another article about the story: its own words, and the same background at the end.
    const std::vector<std::string> s = SentencesOf(text);
    const std::string follow_up = writer.Text(12) + Joined(s, s.size() - s.size() / 3, s.size());
    others_max = std::max(others_max, Containment(shingles, ShinglesOf(follow_up)));
    others_max = std::max(others_max, Containment(shingles, ShinglesOf(writer.Text(20))));
  }
  RecordProperty("copies_min", std::to_string(copies_min));
  RecordProperty("others_max", std::to_string(others_max));
  std::printf("copies share at least %.3f, others at most %.3f; %d of %d copies share no band\n",
              copies_min, others_max, missed, copies);
  EXPECT_GT(copies_min, kCopyContainment + 0.1);
  EXPECT_LT(others_max, kCopyContainment - 0.1);
  EXPECT_LE(missed, copies / 100);
}

TEST(NearDuplicatesTest, ShortTextsAreNobodysCopies) {
  const auto shingles = ShinglesOf("They met in Geneva on Tuesday, it said.");
  EXPECT_EQ(shingles.size(), 4u);
  EXPECT_TRUE(BandsOf(shingles).empty());
  EXPECT_EQ(Containment(shingles, shingles), 0);
  EXPECT_TRUE(ShinglesOf("").empty());
}

TEST(NearDuplicatesTest, AnEventSaysHowManyVoicesReportIt) {
  const auto store = MemoryStore();
  Writer writer(11);
  const std::string text = writer.Text(20);
  const v1::Event event = MakeEvent("meeting", v1::OCCURRED, "2023-09-13",
                                    {{"party", "AAA", "AAA"}, {"party", "BBB", "BBB"}});
  const auto add = [&](const std::string& id, const std::string& date, const std::string& words) {
    v1::Article article = MakeArticle(id, date);
    article.set_text(words);
    const auto response = store->AddArticle(article, Coded({event}));
    EXPECT_TRUE(response.ok()) << response.status();
    v1::GetArticleRequest request;
    request.set_id(id);
    return store->GetArticle(request)->copy_of();
  };
  EXPECT_EQ(add("agency", "2023-09-13", text), "");
  EXPECT_EQ(add("paper", "2023-09-14", Cat("By our staff. ", text)), "agency");
  EXPECT_EQ(add("other", "2023-09-14", writer.Text(20)), "");
  EXPECT_EQ(add("tabloid", "2023-09-15", text.substr(0, text.size() / 2)), "agency");
  EXPECT_EQ(add("anniversary", "2024-09-13", Cat("A year ago. ", text)), "");
  v1::GetEventRequest request;
  request.set_id("1");
  auto found = store->GetEvent(request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->article_count(), 5);
  EXPECT_EQ(found->independent_count(), 3);
  EXPECT_EQ(found->mentions_size(), 5);

  // What a curator detached: copies of the article that come later follow it.
  v1::CurationRecord act;
  act.mutable_detach_report()->mutable_curator()->set_author("ann");
  act.mutable_detach_report()->mutable_curator()->set_reason("another meeting");
  act.mutable_detach_report()->set_event_id("1");
  act.mutable_detach_report()->set_article("other");
  const auto detached = store->Curate(act);
  ASSERT_TRUE(detached.ok()) << detached.status();
  request.set_id(detached->created_event_ids(0));
  v1::GetArticleRequest other;
  other.set_id("other");
  add("other-copy", "2023-09-15", Cat("Reprinted. ", store->GetArticle(other)->text()));
  EXPECT_EQ(store->GetEvent(request)->article_count(), 2);
  EXPECT_EQ(store->GetEvent(request)->independent_count(), 1);
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
  ASSERT_TRUE(store->Rebuild().ok());
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
}

}  // namespace
}  // namespace entente::graph
