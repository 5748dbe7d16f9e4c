// Goal: what a foreign coder says is completed where it is sound, and refused with the place of the
// fault where it is not.
#include "ingest/coder/foreign_coding.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "base/status.h"

namespace entente::coder {
namespace {

using ::testing::HasSubstr;

constexpr char kSound[] = R"(
    events { type: "criticism" confidence: 0.6
      participants { role: "speaker" actor: "FRA" kind: STATE country: "FRA" }
      participants { role: "target" actor: "x-group" }
      mentions { sentence { end: 24 } trigger { begin: 7 end: 16 }
        participants { role: "speaker" actor: "FRA" span { end: 6 } }
        participants { role: "target" actor: "x-group" span { begin: 17 end: 23 } } } }
    actors { id: "FRA" kind: STATE display_name: "France" })";

class ForeignCodingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ontology_ = knowledge::Ontology::Load(ENTENTE_DATA_DIR)->release();
  }
  static void TearDownTestSuite() { delete ontology_; }

  void SetUp() override {
    article_.set_id("a1");
    article_.set_text("France condemned Gr\u00fcne.");
    article_.set_publish_date("2024-01-02");
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(kSound, &coded_));
  }

  absl::Status Complete() { return CompleteForeignCoding(article_, *ontology_, "remote", &coded_); }

  static const knowledge::Ontology* ontology_;
  v1::Article article_;
  v1::CodedArticle coded_;
};
const knowledge::Ontology* ForeignCodingTest::ontology_ = nullptr;

TEST_F(ForeignCodingTest, FillsInWhatFollows) {
  const absl::Status status = Complete();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(coded_.article(), "a1");
  EXPECT_EQ(coded_.coder(), "remote");
  const v1::Event& event = coded_.events(0);
  EXPECT_EQ(event.status(), v1::OCCURRED);
  EXPECT_EQ(event.cameo(), "111");
  EXPECT_EQ(event.quad_class(), v1::VERBAL_CONFLICT);
  EXPECT_EQ(event.date().start(), "2024-01-02");
  EXPECT_TRUE(event.date().inferred());
  EXPECT_EQ(event.participants(1).side(), v1::TARGET);
  EXPECT_EQ(event.participants(1).display_name(), "x-group");
  EXPECT_EQ(event.status_history(0).article(), "a1");
  const v1::Mention& mention = event.mentions(0);
  EXPECT_EQ(mention.participants(1).text(), "Gr\u00fcne");
  EXPECT_EQ(mention.sentence_text(), "France condemned Gr\u00fcne.");
  EXPECT_EQ(mention.confidence(), 0.6);
  EXPECT_FALSE(mention.has_explanation());
  ASSERT_EQ(coded_.actors_size(), 2);
  EXPECT_EQ(coded_.actors(1).id(), "x-group");
  EXPECT_TRUE(coded_.actors(1).discovered());
}

TEST_F(ForeignCodingTest, KeepsWhatIsSaid) {
  v1::Event* event = coded_.mutable_events(0);
  event->set_status(v1::ALLEGED);
  event->mutable_date()->set_start("2023-12-01");
  event->mutable_date()->set_end("2023-12-31");
  event->mutable_mentions(0)->set_confidence(0.3);
  coded_.set_coder("llm/2");
  ASSERT_TRUE(Complete().ok());
  EXPECT_EQ(event->status(), v1::ALLEGED);
  EXPECT_EQ(event->date().precision(), v1::INTERVAL);
  EXPECT_FALSE(event->date().inferred());
  EXPECT_EQ(event->mentions(0).status(), v1::ALLEGED);
  EXPECT_EQ(event->mentions(0).confidence(), 0.3);
  EXPECT_EQ(event->mentions(0).coder(), "llm/2");
}

TEST_F(ForeignCodingTest, CodesAreTheOntologysAndIdsTheStores) {
  coded_.mutable_events(0)->set_cameo("190");
  coded_.mutable_events(0)->set_goldstein(400);
  coded_.mutable_events(0)->set_id("77");
  ASSERT_TRUE(Complete().ok());
  EXPECT_EQ(coded_.events(0).cameo(), "111");
  EXPECT_EQ(coded_.events(0).goldstein(), -2.0);
  EXPECT_EQ(coded_.events(0).id(), "");
}

TEST_F(ForeignCodingTest, TellsWhatIsUnsound) {
  using Spoil = std::function<void(v1::CodedArticle*, v1::Event*, v1::Mention*)>;
  const std::pair<Spoil, std::string> cases[] = {
      {[](auto* c, auto*, auto*) { c->set_article("a2"); }, "article: is another one"},
      {[](auto*, auto* e, auto*) { e->set_type("gossip"); }, "no event type \"gossip\""},
      {[](auto*, auto* e, auto*) { e->set_subtype("x"); }, "has no sub-type \"x\""},
      {[](auto*, auto* e, auto*) { e->set_confidence(1.1); }, "events[0].confidence: is 1.1"},
      {[](auto*, auto* e, auto*) { e->set_confidence(std::nan("")); }, "events[0].confidence"},
      {[](auto*, auto* e, auto*) { e->set_status(static_cast<v1::EventStatus>(99)); },
       "events[0].status"},
      {[](auto*, auto* e, auto*) { e->mutable_participants(0)->set_role("host"); },
       "has no role \"host\""},
      {[](auto*, auto* e, auto*) { e->mutable_participants(0)->clear_actor(); }, "actor: is empty"},
      {[](auto*, auto* e, auto*) { e->mutable_participants()->RemoveLast(); },
       "nobody is in the role \"target\""},
      {[](auto*, auto* e, auto*) {
         e->mutable_participants(0)->set_display_name(std::string(600, 'x'));
       },
       "display_name: has over 512 bytes"},
      {[](auto*, auto* e, auto*) { e->mutable_date()->set_start("yesterday"); }, "date.start"},
      {[](auto*, auto* e, auto*) { e->mutable_date()->set_end("2024-01-01"); }, "without a start"},
      {[](auto*, auto* e, auto*) { e->clear_mentions(); }, "needs evidence"},
      {[](auto*, auto*, auto* m) { m->mutable_trigger()->set_end(26); }, "outside of the text"},
      {[](auto*, auto*, auto* m) { m->mutable_trigger()->set_end(7); }, "is empty"},
      {[](auto*, auto*, auto* m) { m->mutable_sentence()->set_end(20); }, "cuts a character"},
      {[](auto*, auto*, auto* m) { m->set_section(v1::TITLE); }, "outside of the text"},
      {[](auto*, auto*, auto* m) { m->mutable_participants(0)->set_actor("DEU"); },
       "no participant of the event"},
      {[](auto*, auto*, auto* m) { m->mutable_participants(1)->mutable_span()->set_end(90); },
       "mentions[0].participants[1].span"},
      {[](auto*, auto*, auto* m) {
         m->mutable_explanation()->set_rule_source(std::string(20000, 'x'));
       },
       "explanation: has over"},
      {[](auto* c, auto*, auto*) { c->add_actors()->set_id("FRA"); }, "\"FRA\" came before"},
      {[](auto* c, auto*, auto*) { c->add_actors(); }, "actors[1].id: is empty"},
      {[](auto* c, auto* e, auto*) {
         const v1::Event copy = *e;
         for (int i = 0; i < kForeignEventsMax; ++i) *c->add_events() = copy;
       },
       "events: has 2001 elements"},
      {[](auto*, auto* e, auto* m) {
         const v1::Mention copy = *m;
         for (int i = 0; i < kForeignMentionsMax; ++i) *e->add_mentions() = copy;
       },
       "mentions: has 201 elements"},
  };
  for (const auto& [spoil, part] : cases) {
    SetUp();
    spoil(&coded_, coded_.mutable_events(0), coded_.mutable_events(0)->mutable_mentions(0));
    const absl::Status status = Complete();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << part;
    EXPECT_THAT(std::string(MessageOf(status)), HasSubstr(part));
  }
}

// Whatever bytes come: an error or something whose spans all lie in the text.
TEST_F(ForeignCodingTest, RandomSpansAreRefusedOrInside) {
  std::mt19937 generator(5);
  std::uniform_int_distribution<uint32_t> offset(0, 30);
  int sound = 0;
  for (int round = 0; round < 3000; ++round) {
    SetUp();
    v1::Mention* mention = coded_.mutable_events(0)->mutable_mentions(0);
    for (v1::TextSpan* span : {mention->mutable_trigger(), mention->mutable_sentence(),
                               mention->mutable_participants(0)->mutable_span()}) {
      if (round % 3 != 0 && span != mention->mutable_trigger()) continue;
      span->set_begin(offset(generator));
      span->set_end(offset(generator));
    }
    if (!Complete().ok()) continue;
    ++sound;
    EXPECT_LT(mention->trigger().begin(), mention->trigger().end());
    EXPECT_LE(mention->trigger().end(), article_.text().size());
    EXPECT_LE(mention->sentence().end(), article_.text().size());
    EXPECT_FALSE(mention->participants(0).text().empty());
  }
  EXPECT_GT(sound, 100);
}

}  // namespace
}  // namespace entente::coder
