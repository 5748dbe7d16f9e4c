// Goal: phrases and texts give the actors that tests/testdata/actors/*.test say. Method: the corpus
// has a tiny lexicon of its own (beside it), and its texts carry their parses, right ones and wrong
// ones, so that neither an edit of data/lexicon nor a new language model can break an engine test.
//
// phrases.test: "phrase", perhaps "hint" and "date", and the "actor" (id and code).
// texts.test: "tokens", one a line (form, lemma, UPOS, XPOS, head, relation, perhaps a name), with
// "---" between sentences and "===" between paragraphs; then "mention: WORDS = id …" ("->" WORDS
// for what it refers back to, "place" for a place as a place), "none: WORDS" for what must be no
// mention, "speaker: N = id" for who says sentence N (from 1) without being named in it.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/actor_resolver.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/nlp/conllu.h"

namespace entente::coder {
namespace {

struct Case {
  std::string file;
  int line = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // in order
  std::string conllu;

  std::string Field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
      if (key == name) return value;
    }
    return "";
  }
  std::optional<Date> DateOf() const {
    const std::string date = Field("date");
    if (date.empty()) return std::nullopt;
    return *ParseDate(date);
  }
};

// Appends one line of a "tokens" block to the case's CoNLL-U.
void AddToken(std::string_view line, int* number, Case* c) {
  if (line == "---" || line == "===") {
    c->conllu += line == "===" ? "\n# newpar\n" : "\n";
    *number = 0;
    return;
  }
  std::vector<std::string> columns;
  for (const std::string_view column : Split(line, ' ')) {
    if (!column.empty()) columns.emplace_back(column);
  }
  ASSERT_GE(columns.size(), 6u) << c->file << ": " << line;
  const std::string misc = columns.size() > 6 ? "Name=" + columns[6] : "_";
  c->conllu += Cat(++*number, "\t", columns[0], "\t", columns[1], "\t", columns[2], "\t",
                   columns[3], "\t_\t", columns[4], "\t", columns[5], "\t_\t", misc, "\n");
}

std::vector<Case> ReadCases(const std::string& name) {
  const std::string path = Cat(ENTENTE_TESTDATA_DIR, "/actors/", name);
  const absl::StatusOr<std::string> bytes = ReadFile(path, 1 << 20);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  std::vector<Case> cases;
  int line_number = 0;
  int token = 0;
  bool in_tokens = false;
  for (const std::string_view raw : Split(*bytes, '\n')) {
    ++line_number;
    const std::string_view line = Trim(raw);
    if (line.empty()) in_tokens = false;
    if (line.empty() || line.starts_with('#')) continue;
    const size_t colon = line.find(": ");
    const std::string key(line.substr(0, std::min(colon, line.size())));
    if (key == "case") {
      cases.push_back({name, line_number, {}, ""});
    } else if (line == "tokens:") {
      in_tokens = true;
      token = 0;
      cases.back().conllu += "# newpar\n";
      continue;
    } else if (in_tokens) {
      if (key == "mention" || key == "none" || key == "speaker") {
        in_tokens = false;
      } else {
        AddToken(line, &token, &cases.back());
        continue;
      }
    }
    EXPECT_NE(colon, std::string_view::npos) << name << ":" << line_number << ": " << line;
    cases.back().fields.emplace_back(key, std::string(Trim(line.substr(colon + 2))));
  }
  return cases;
}

class ActorCorpusTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string folder = Cat(ENTENTE_TESTDATA_DIR, "/actors/lexicon");
    std::vector<knowledge::LexiconFile> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      absl::StatusOr<std::string> bytes = ReadFile(entry.path().string(), 1 << 20);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      files.push_back({entry.path().string(), std::move(bytes).value()});
    }
    auto lexicon = knowledge::Lexicon::Parse(files);
    ASSERT_TRUE(lexicon.ok()) << lexicon.status();
    lexicon_ = std::move(lexicon).value().release();
  }
  static void TearDownTestSuite() { delete lexicon_; }

  static const knowledge::Lexicon* lexicon_;
};
const knowledge::Lexicon* ActorCorpusTest::lexicon_ = nullptr;

TEST_F(ActorCorpusTest, Phrases) {
  const ActorResolver resolver(lexicon_);
  const std::vector<Case> cases = ReadCases("phrases.test");
  ASSERT_GE(cases.size(), 50u);
  for (const Case& c : cases) {
    const Resolution r = resolver.Resolve(c.Field("phrase"), c.Field("hint"), c.DateOf());
    const std::string id = r.actor.id.empty() ? "-" : r.actor.id;
    const std::string got = r.actor.code.empty() ? id : Cat(id, " ", r.actor.code);
    EXPECT_EQ(got, c.Field("actor")) << c.file << ":" << c.line << ": " << c.Field("case") << " \""
                                     << c.Field("phrase") << "\" (" << r.actor.how << ")";
    EXPECT_GE(r.confidence, 0.0f);
    EXPECT_LE(r.confidence, 1.0f);
  }
}

// The words of a mention, one space between tokens.
std::string WordsOf(const nlp::Document& document, const ActorMention& m) {
  std::string words;
  for (int32_t t = m.first; t <= m.last; ++t) {
    if (t > m.first) words += " ";
    words += document.Text(document.sentences[m.sentence].tokens[t].span);
  }
  return words;
}

// "Putin -> he = person:vladimir-putin place", as the corpus writes it.
std::string Describe(const nlp::Document& document, const DocumentActors& actors,
                     const ActorMention& m, bool with_antecedent) {
  std::string text = WordsOf(document, m);
  if (with_antecedent && m.antecedent >= 0) {
    text += Cat(" -> ", WordsOf(document, actors.mentions[m.antecedent]));
  }
  text += " =";
  for (const ActorRef& actor : m.actors) text += Cat(" ", actor.id);
  if (m.is_place) text += " place";
  return text;
}

void CheckText(const Case& c, const nlp::Document& document, const DocumentActors& actors) {
  std::vector<std::string> described;
  std::vector<std::string> words;
  for (const ActorMention& m : actors.mentions) {
    described.push_back(Describe(document, actors, m, true));
    described.push_back(Describe(document, actors, m, false));
    words.push_back(WordsOf(document, m));
  }
  const std::string where = Cat(c.file, ":", c.line, ": ", c.Field("case"));
  for (const auto& [key, value] : c.fields) {
    if (key == "mention") {
      EXPECT_THAT(described, ::testing::Contains(value)) << where;
    }
    if (key == "none") {
      EXPECT_THAT(words, ::testing::Not(::testing::Contains(value))) << where;
    }
    if (key != "speaker") continue;
    const size_t equals = value.find(" = ");
    int64_t sentence = 0;
    ASSERT_TRUE(ParseInt64(value.substr(0, equals), &sentence)) << where;
    const int32_t speaker = actors.sentence_speaker[static_cast<size_t>(sentence) - 1];
    const std::string id = speaker < 0 ? "-" : actors.mentions[speaker].actors[0].id;
    EXPECT_EQ(id, value.substr(equals + 3)) << where << ", sentence " << sentence;
  }
}

// What holds for every result: order, parents before children, indices within bounds.
void CheckInvariants(const nlp::Document& document, const DocumentActors& actors) {
  ASSERT_EQ(actors.sentence_speaker.size(), document.sentences.size());
  const int32_t count = static_cast<int32_t>(actors.mentions.size());
  for (int32_t i = 0; i < count; ++i) {
    const ActorMention& m = actors.mentions[i];
    const auto& tokens = document.sentences[m.sentence].tokens;
    ASSERT_LE(m.first, m.head);
    ASSERT_LE(m.head, m.last);
    ASSERT_LT(m.last, static_cast<int32_t>(tokens.size()));
    EXPECT_EQ(m.span.begin, tokens[m.first].span.begin);
    EXPECT_EQ(m.span.end, tokens[m.last].span.end);
    EXPECT_FALSE(m.actors.empty());
    EXPECT_LT(m.parent, i);
    EXPECT_LT(m.antecedent, count);
    EXPECT_NE(m.antecedent, i);
    if (m.parent >= 0) {
      EXPECT_LE(actors.mentions[m.parent].first, m.first);
      EXPECT_GE(actors.mentions[m.parent].last, m.last);
      EXPECT_EQ(actors.mentions[m.parent].sentence, m.sentence);
    }
  }
}

TEST_F(ActorCorpusTest, Texts) {
  const ActorFinder finder(lexicon_);
  const std::vector<Case> cases = ReadCases("texts.test");
  ASSERT_GE(cases.size(), 10u);
  for (const Case& c : cases) {
    const absl::StatusOr<nlp::Document> document = nlp::ReadConllu(c.conllu, c.Field("case"));
    ASSERT_TRUE(document.ok()) << document.status();
    const DocumentActors actors = finder.Find(*document, c.DateOf());
    CheckInvariants(*document, actors);
    CheckText(c, *document, actors);
    if (!HasFailure()) continue;
    for (const ActorMention& m : actors.mentions) {
      std::cerr << "  " << Describe(*document, actors, m, true) << "\n";
    }
    FAIL() << "the first case that fails is " << c.file << ":" << c.line;
  }
}

TEST_F(ActorCorpusTest, NothingInNothingOut) {
  const ActorFinder finder(lexicon_);
  const DocumentActors actors = finder.Find(nlp::Document(), std::nullopt);
  EXPECT_TRUE(actors.mentions.empty());
  EXPECT_TRUE(actors.sentence_speaker.empty());
}

}  // namespace
}  // namespace entente::coder
