// Goal: the tagger and the parser learn a small treebank by heart, the same way each time; trees
// are trees whatever the input; a model comes back from its bytes.
#include "ingest/nlp/grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

#include "base/file.h"
#include "ingest/nlp/conllu.h"
#include "ingest/nlp/train/evaluation.h"
#include "ingest/nlp/train/parser_trainer.h"
#include "ingest/nlp/train/tagger_trainer.h"
#include "ingest/nlp/train/word_table_builder.h"
#include "tests/ingest/nlp/small_treebank.h"

namespace entente::nlp {
namespace {

using train::ParserExample;
using train::Treebank;

const train::Progress kSilent = [](const std::string&) {};

Treebank SmallTreebank() {
  const std::string path = Cat(testing::TempDir(), "/small-", getpid(), ".conllu");
  EXPECT_TRUE(WriteFileAtomically(path, SmallTreebankConllu()).ok());
  absl::StatusOr<Treebank> treebank = train::ReadTreebanks({path});
  std::remove(path.c_str());
  EXPECT_TRUE(treebank.ok()) << treebank.status().ToString();
  return *treebank;
}

WordTable SmallTable(const Treebank& treebank) {
  std::vector<std::string> words;
  train::AppendWords(treebank, &words);
  const train::WordClusters clusters =
      train::ClusterWords(words, {.classes = 4, .count_min = 2, .iterations = 3}, kSilent);
  return *WordTable::Parse(train::BuildWordTable(clusters, {}, treebank));
}

std::vector<ParserExample> Examples(const Treebank& treebank, const WordTable& table,
                                    const TagSet& tag_set) {
  std::vector<ParserExample> examples;
  for (const train::TreebankSentence& sentence : treebank) {
    ParserExample example{train::DescribeWords(sentence, table),
                          GoldTags(sentence, tag_set),
                          sentence.tree,
                          {},
                          sentence.origin};
    train::Projectivize(&example.gold);
    examples.push_back(std::move(example));
  }
  return examples;
}

// Words, tagger and a parser with a guide, trained on all of the treebank.
struct SmallGrammar {
  Treebank treebank = SmallTreebank();
  std::string words_bytes, tagger_bytes, parser_bytes;

  SmallGrammar() {
    std::vector<std::string> words;
    train::AppendWords(treebank, &words);
    words_bytes = train::BuildWordTable(
        train::ClusterWords(words, {.classes = 4, .count_min = 2, .iterations = 3}, kSilent), {},
        treebank);
    const WordTable table = *WordTable::Parse(words_bytes);
    // With few examples tags seen once must count too.
    std::vector<std::pair<Upos, std::string>> pairs;
    for (const auto& sentence : treebank) {
      for (size_t i = 0; i < sentence.upos.size(); ++i) {
        const std::pair pair(sentence.upos[i], sentence.xpos[i]);
        if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end()) pairs.push_back(pair);
      }
    }
    const TagSet tag_set(pairs);
    tagger_bytes =
        train::TrainTagger(treebank, tag_set, table, {.prune_below = 0}, kSilent).Serialize();
    std::vector<ParserExample> examples = Examples(treebank, table, tag_set);
    const train::ParserOptions options{.iterations = 10, .prune_below = 0};
    const BeamParser guide =
        TrainBeamParser(train::Reversed(examples), tag_set, options, kSilent, nullptr);
    train::JackknifeGuides(tag_set, options, 2, 4, kSilent, &examples);
    const BeamParser main = TrainBeamParser(examples, tag_set, options, kSilent, nullptr);
    parser_bytes = Parser(guide, main).Serialize();
  }

  Grammar Make() const {
    return Grammar(*WordTable::Parse(words_bytes), *Tagger::Parse(tagger_bytes),
                   *Parser::Read(parser_bytes));
  }
};

const SmallGrammar& Shared() {
  static const SmallGrammar* const kShared = new SmallGrammar;
  return *kShared;
}

Document Annotated(const Grammar& grammar, Document document) {
  Grammar::Scratch scratch;
  for (Sentence& sentence : document.sentences) grammar.Annotate(document, &sentence, &scratch);
  return document;
}

// One root, no cycles, every relation named.
void ExpectTree(const Sentence& sentence) {
  const auto n = static_cast<int32_t>(sentence.tokens.size());
  int roots = 0;
  for (int32_t i = 0; i < n; ++i) {
    const Token& token = sentence.tokens[i];
    roots += token.head < 0;
    ASSERT_LT(token.head, n);
    EXPECT_NE(token.deprel, Deprel::kNone);
    EXPECT_EQ(token.deprel == Deprel::kRoot, token.head < 0) << i;
    int32_t at = i;
    for (int32_t steps = 0; at >= 0; ++steps) {
      ASSERT_LE(steps, n) << "cycle at " << i;
      at = sentence.tokens[at].head;
    }
  }
  EXPECT_EQ(roots, 1);
}

TEST(GrammarTest, LearnsASmallTreebankByHeart) {
  const Document gold = *ReadConllu(SmallTreebankConllu(), "small");
  const Document system = Annotated(Shared().Make(), gold);
  const train::Evaluation evaluation = train::CompareDocuments(gold, system);
  EXPECT_EQ(evaluation.xpos.F1(), 100);
  // All but the arc that is not projective.
  EXPECT_GE(evaluation.las.right + 1, evaluation.las.gold);
  for (const Sentence& sentence : system.sentences) ExpectTree(sentence);
}

TEST(GrammarTest, SameDataSameModel) {
  const SmallGrammar again;
  EXPECT_EQ(again.words_bytes, Shared().words_bytes);
  EXPECT_EQ(again.tagger_bytes, Shared().tagger_bytes);
  EXPECT_EQ(again.parser_bytes, Shared().parser_bytes);
}

TEST(GrammarTest, ComesBackFromAModelFile) {
  ModelFileWriter writer;
  writer.AddSection(kWordsSection, Shared().words_bytes);
  writer.AddSection(kTaggerSection, Shared().tagger_bytes);
  writer.AddSection(kParserSection, Shared().parser_bytes);
  const absl::StatusOr<ModelFile> file = ModelFile::Parse(*writer.Finish(), "small");
  ASSERT_TRUE(file.ok());
  const absl::StatusOr<Grammar> grammar = Grammar::Load(*file);
  ASSERT_TRUE(grammar.ok()) << grammar.status().ToString();
  const Document gold = *ReadConllu(SmallTreebankConllu(), "small");
  EXPECT_EQ(WriteConllu(Annotated(*grammar, gold)), WriteConllu(Annotated(Shared().Make(), gold)));
}

TEST(GrammarTest, CutSectionsAreDataLoss) {
  for (const std::string& bytes : {Shared().tagger_bytes, Shared().parser_bytes}) {
    for (const size_t size : {size_t{0}, size_t{1}, bytes.size() / 2, bytes.size() - 1}) {
      EXPECT_FALSE(Tagger::Parse(std::string_view(bytes).substr(0, size)).ok());
      EXPECT_FALSE(Parser::Read(std::string_view(bytes).substr(0, size)).ok());
    }
  }
  EXPECT_FALSE(WordTable::Parse(Shared().words_bytes.substr(0, 40)).ok());
}

TEST(GrammarTest, AnyWordsGiveATree) {
  const Grammar grammar = Shared().Make();
  train::Random random(11);
  for (const size_t words : {size_t{1}, size_t{2}, size_t{50}, Parser::kWordsMax,
                             Parser::kWordsMax + 1, 3 * Parser::kWordsMax + 7}) {
    std::string conllu;
    for (size_t i = 1; i <= words; ++i) {
      const std::string form(1 + random.Below(4), static_cast<char>('!' + random.Below(90)));
      conllu += Cat(i, "\t", form, "\t_\t_\t_\t_\t_\t_\t_\t_\n");
    }
    const Document document = Annotated(grammar, *ReadConllu(conllu + "\n", "random"));
    ASSERT_EQ(document.sentences.size(), 1u);
    ExpectTree(document.sentences[0]);
  }
}

TEST(GrammarTest, ScratchDoesNotCarryOverFromSentenceToSentence) {
  const Grammar grammar = Shared().Make();
  Document together = *ReadConllu(SmallTreebankConllu(), "small");
  Grammar::Scratch scratch;
  std::vector<std::vector<int32_t>> heads;
  for (int round = 0; round < 2; ++round) {
    for (Sentence& sentence : together.sentences) {
      Grammar::Scratch fresh;
      Sentence copy = sentence;
      grammar.Annotate(together, &copy, &fresh);
      grammar.Annotate(together, &sentence, &scratch);
      for (size_t i = 0; i < copy.tokens.size(); ++i) {
        EXPECT_EQ(copy.tokens[i].head, sentence.tokens[i].head);
        EXPECT_EQ(copy.tokens[i].deprel, sentence.tokens[i].deprel);
      }
    }
  }
}

TEST(ArcEagerTest, TheOracleRebuildsEveryProjectiveTree) {
  const Treebank treebank = SmallTreebank();
  const WordTable table = SmallTable(treebank);
  const TagSet tag_set = train::CollectTags(treebank);
  const std::vector<ParserExample> examples = Examples(treebank, table, tag_set);
  const ActionSet actions = train::CollectActions(examples);
  for (const ParserExample& example : examples) {
    const size_t n = example.words.size();
    const std::vector<ActionId> oracle = train::OracleActions(example.gold, actions);
    ASSERT_EQ(oracle.size(), 2 * n);
    StateArena arena;
    arena.Begin(n, 1);
    const State* state = arena.Initial();
    for (const ActionId action : oracle) {
      ASSERT_TRUE(IsAllowed(*state, action, actions, static_cast<int32_t>(n)));
      state = arena.Apply(*state, action, actions, 0);
    }
    Tree tree;
    tree.Resize(n);
    ReadTree(*state, actions, &tree);
    EXPECT_EQ(tree.heads, example.gold.heads);
    EXPECT_EQ(tree.labels, example.gold.labels);
  }
}

// A beam that makes far more items than the path that survives: that path attaches each word to
// the first and reduces it; at every step the rest of the beam makes a right arc and is dropped.
TEST(ArcEagerTest, StatesStayWhereTheyAreInTheLargestBeam) {
  constexpr size_t kWords = 40, kWidth = 4;
  const ActionSet actions({{ActionKind::kLeft, Deprel::kRoot}, {ActionKind::kRight, Deprel::kObj}});
  const ActionId right = actions.Find({ActionKind::kRight, Deprel::kObj});
  StateArena arena;
  arena.Begin(kWords, kWidth);
  const State* const initial = arena.Initial();
  const State* kept = arena.Apply(*initial, ActionSet::kShift, actions, 0);
  const Item* last = kept->front;
  size_t items = 3;  // of the initial state and of the shift
  while (kept->front->word < static_cast<int32_t>(kWords)) {
    const bool reduce = kept->stack->has_head();
    const State* const from = kept;
    kept = arena.Apply(*from, reduce ? ActionSet::kReduce : right, actions, 0);
    if (!reduce) items += 3;
    for (size_t i = 1; i < kWidth; ++i) {
      last = arena.Apply(*from, right, actions, 0)->front;
      items += 3;
    }
  }
  // Items lie side by side in one block of memory. Had it been too small, the last one would be in
  // another block than the first, and the first state would point to freed memory.
  EXPECT_GT(items, 4 * kWords * kWidth);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(last) - reinterpret_cast<uintptr_t>(initial->front),
            (items - 1) * sizeof(Item));
}

TEST(ArcEagerTest, CachedScoresAreTheSumOfTheFeatures) {
  const Treebank treebank = SmallTreebank();
  const SmallGrammar& shared = Shared();
  const WordTable table = *WordTable::Parse(shared.words_bytes);
  const Parser parser = *Parser::Read(shared.parser_bytes);
  const Tagger tagger = *Tagger::Parse(shared.tagger_bytes);
  const BeamParser& guide = *parser.guide();
  FeatureCache cache;
  for (const ParserExample& example :
       train::Reversed(Examples(treebank, table, tagger.tag_set()))) {
    const ParserInput input{example.words, example.tags, &tagger.tag_set(), nullptr};
    cache.Begin(input, guide.model(), guide.actions().size());
    StateArena arena;
    arena.Begin(example.words.size(), 1);
    const State* state = arena.Initial();
    for (const ActionId action : train::OracleActions(example.gold, guide.actions())) {
      std::array<int32_t, LinearModel::kClassesMax> cached{}, summed{};
      cache.Score(*state, cached.data());
      KeyBuffer pair_keys, state_keys;
      cache.Keys(*state, &pair_keys, &state_keys);
      guide.model().Add(pair_keys, summed.data());
      guide.model().Add(state_keys, summed.data());
      for (int i = 0; i < guide.actions().size(); ++i) EXPECT_EQ(cached[i], summed[i]);
      state = arena.Apply(*state, action, guide.actions(), 0);
    }
  }
}

TEST(TreeTest, ReversingTwiceChangesNothing) {
  Tree tree{{1, 4, 1, 2}, {Deprel::kDet, Deprel::kRoot, Deprel::kObj, Deprel::kAmod}};
  const Tree before = tree;
  ReverseTree(&tree);
  EXPECT_EQ(tree.heads, (std::vector<int32_t>{1, 2, 4, 2}));
  ReverseTree(&tree);
  EXPECT_EQ(tree.heads, before.heads);
  EXPECT_EQ(tree.labels, before.labels);
}

TEST(TreeTest, CrossingArcsAreLifted) {
  const Treebank treebank = SmallTreebank();
  Tree tree = treebank.back().tree;
  train::Projectivize(&tree);
  EXPECT_EQ(tree.heads, (std::vector<int32_t>{2, 2, 7, 2, 6, 6, 2}));
  Tree again = tree;
  train::Projectivize(&again);
  EXPECT_EQ(again.heads, tree.heads);
}

TEST(TreebankTest, VariantsAreTreesOfTheirOwn) {
  const Treebank treebank = SmallTreebank();
  const Treebank variants = train::MakeVariants(treebank, 1, 5);
  ASSERT_GE(variants.size(), 5u);
  bool shorter = false;
  for (const train::TreebankSentence& variant : variants) {
    const auto n = static_cast<int32_t>(variant.forms.size());
    ASSERT_EQ(variant.tree.heads.size(), variant.forms.size());
    EXPECT_EQ(std::count(variant.tree.heads.begin(), variant.tree.heads.end(), n), 1);
    shorter = shorter || variant.forms.size() < treebank[variant.origin].forms.size();
  }
  EXPECT_TRUE(shorter) << "no variant lost an article, an auxiliary or its full stop";
}

TEST(ClustersTest, WordsThatKeepTheSameCompanyShareAClass) {
  std::vector<std::string> words;
  train::Random random(2);
  const char* const kNouns[] = {"cat", "dog", "cow"};
  const char* const kVerbs[] = {"eats", "sees", "hears"};
  for (int i = 0; i < 400; ++i) {
    for (const char* word : {"the", kNouns[random.Below(3)], kVerbs[random.Below(3)], "the",
                             kNouns[random.Below(3)], ""}) {
      words.emplace_back(word);
    }
  }
  const train::WordClusters clusters =
      train::ClusterWords(words, {.classes = 3, .count_min = 2, .iterations = 10}, kSilent);
  EXPECT_EQ(clusters.of.at("cat"), clusters.of.at("dog"));
  EXPECT_EQ(clusters.of.at("dog"), clusters.of.at("cow"));
  EXPECT_EQ(clusters.of.at("eats"), clusters.of.at("hears"));
  EXPECT_NE(clusters.of.at("cat"), clusters.of.at("eats"));
  EXPECT_NE(clusters.of.at("the"), clusters.of.at("cat"));
  std::set<std::string> paths(clusters.paths.begin(), clusters.paths.end());
  EXPECT_EQ(paths.size(), clusters.paths.size());
}

TEST(WordTableTest, FormsThatDifferInTypographyAreOneWord) {
  const WordTable table = SmallTable(SmallTreebank());
  WordFeatures plain, curly, upper;
  table.Describe("don't", &plain);
  table.Describe("don’t", &curly);
  table.Describe("DON'T", &upper);
  EXPECT_EQ(plain.form, curly.form);
  EXPECT_EQ(plain.lower, upper.lower);
  EXPECT_NE(plain.form, upper.form);
  WordFeatures word;
  table.Describe("THE", &word);
  EXPECT_NE(word.known.cluster, 0);
  table.Describe("1998", &word);
  EXPECT_EQ(word.shape, WordShape::kDigits);
  EXPECT_EQ(TableForm("Sept-1998"), "sept-0000");
}

TEST(EvaluationTest, WordsAreAlignedByTheirCharacters) {
  // "can not" split otherwise than "cannot"; one tag wrong; the same text.
  const Document gold = *ReadConllu(
      "1\tWe\twe\tPRON\tPRP\t_\t2\tnsubj\t_\t_\n2\tgo\tgo\tVERB\tVBP\t_\t0\troot\t_\t"
      "SpaceAfter=No\n3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_\n\n",
      "gold");
  const Document system = *ReadConllu(
      "1\tWe\twe\tPRON\tPRP\t_\t2\tnsubj\t_\t_\n2\tgo.\tgo.\tNOUN\tNN\t_\t0\troot\t_\t_\n\n",
      "system");
  const train::Evaluation evaluation = train::CompareDocuments(gold, system);
  EXPECT_EQ(evaluation.words.gold, 3u);
  EXPECT_EQ(evaluation.words.system, 2u);
  EXPECT_EQ(evaluation.words.right, 1u);
  EXPECT_EQ(evaluation.upos.right, 1u);
  EXPECT_EQ(evaluation.las.right, 0u);  // the head of "We" is a word that gold does not have
  EXPECT_EQ(evaluation.sentences.right, 1u);
  EXPECT_DOUBLE_EQ(evaluation.words.F1(), 40.0);
}

// Needs treebanks that are not part of this repository: set ENTENTE_TREEBANKS to a folder with
// en_pud-ud-test.conllu (UD English PUD) to run it.
TEST(AccuracyTest, TheShippedModelIsAsGoodAsDocumented) {
  const char* folder = std::getenv("ENTENTE_TREEBANKS");
  if (folder == nullptr) GTEST_SKIP() << "ENTENTE_TREEBANKS is not set: no treebank to measure on";
  const std::string path = Cat(folder, "/en_pud-ud-test.conllu");
  const absl::StatusOr<std::string> bytes = ReadFile(path, size_t{1} << 28);
  ASSERT_TRUE(bytes.ok()) << bytes.status().ToString();
  const absl::StatusOr<ModelFile> file =
      ModelFile::Load(Cat(ENTENTE_DATA_DIR, "/model/", kModelFileName));
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  const Document gold = *ReadConllu(*bytes, path);
  const train::Evaluation evaluation =
      train::CompareDocuments(gold, Annotated(*Grammar::Load(*file), gold));
  EXPECT_GT(evaluation.upos.F1(), 95.5);
  EXPECT_GT(evaluation.las.F1(), 83.5);
}

}  // namespace
}  // namespace entente::nlp
