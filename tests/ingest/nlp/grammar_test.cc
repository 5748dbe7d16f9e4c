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
    const std::vector<TagId> tags = GoldTags(sentence, tag_set);
    ParserExample example{train::DescribeWords(sentence, table), tags, tags, sentence.tree};
    train::Projectivize(&example.gold);
    examples.push_back(std::move(example));
  }
  return examples;
}

// Words, tagger and a parser of two small networks, trained on all of the treebank.
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
    const std::vector<ParserExample> examples = Examples(treebank, table, tag_set);
    const WordVocabulary vocabulary = train::CollectVocabulary(examples, tag_set);
    const std::vector<Deprel> labels = train::CollectLabels(examples);
    train::NetworkOptions options;
    options.iterations = 200;
    options.width = options.units = options.hidden = 32;
    options.batch_words = 20;
    options.rate = 0.01F;
    options.dropout = options.recurrent_dropout = options.form_dropout = 0.1F;
    options.tag_share = 1.0F;
    options.average_share = 0.02F;
    std::vector<std::vector<float>> networks;
    for (options.seed = 1; options.seed <= 2; ++options.seed) {
      networks.push_back(
          TrainNetwork(examples, tag_set, vocabulary, labels, options, kSilent, nullptr));
    }
    parser_bytes = Parser::Serialize(vocabulary, labels,
                                     LayoutOf(options, vocabulary, labels, tag_set), networks);
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
  grammar.Annotate(document, document.sentences, &scratch);
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

// A network that learns on begins where the earlier one ended, also for a wider vocabulary.
TEST(GrammarTest, NetworksAreCarriedOver) {
  const TagSet tag_set = Tagger::Parse(Shared().tagger_bytes)->tag_set();
  const WordTable table = *WordTable::Parse(Shared().words_bytes);
  Treebank treebank = SmallTreebank();
  const WordVocabulary narrow =
      train::CollectVocabulary(Examples(treebank, table, tag_set), tag_set);
  // Words seen twice get rows of their own.
  for (const char* word : {"zyx", "zyx"}) {
    treebank.push_back(treebank.front());
    treebank.back().forms[0] = word;
  }
  const std::vector<ParserExample> examples = Examples(treebank, table, tag_set);
  const WordVocabulary wide = train::CollectVocabulary(examples, tag_set);
  ASSERT_GT(wide.rows(), narrow.rows());
  const absl::StatusOr<ParserModel> from = Parser::ReadModel(Shared().parser_bytes);
  ASSERT_TRUE(from.ok()) << from.status().ToString();
  NetworkLayout layout = from->layout;
  layout.vocabulary = wide.rows();
  std::vector<std::vector<float>> carried;
  for (size_t number = 0; number < from->networks.size(); ++number) {
    carried.push_back(
        train::CarryOver(*from, number, examples, tag_set, wide, from->labels, layout));
    ASSERT_EQ(carried.back().size(), layout.size());
  }
  const Parser before = *Parser::Read(Shared().parser_bytes);
  const Parser after(wide, from->labels, layout, carried);
  Parser::Scratch before_scratch, after_scratch;
  for (const ParserExample& example : examples) {
    const TaggedWords sentence{example.words, example.tags, &tag_set};
    const Tree& expected = before.Parse(sentence, &before_scratch).tree;
    const Tree& actual = after.Parse(sentence, &after_scratch).tree;
    EXPECT_EQ(actual.heads, expected.heads);
    EXPECT_EQ(actual.labels, expected.labels);
  }
  // Other sizes or relations are not carried over.
  layout.hidden += 32;
  EXPECT_TRUE(train::CarryOver(*from, 0, examples, tag_set, wide, from->labels, layout).empty());
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
      grammar.Annotate(together, std::span(&copy, 1), &fresh);
      grammar.Annotate(together, std::span(&sentence, 1), &scratch);
      for (size_t i = 0; i < copy.tokens.size(); ++i) {
        EXPECT_EQ(copy.tokens[i].head, sentence.tokens[i].head);
        EXPECT_EQ(copy.tokens[i].deprel, sentence.tokens[i].deprel);
      }
    }
  }
}

TEST(GrammarTest, SentencesTogetherGetWhatTheyGetAlone) {
  const Grammar grammar = Shared().Make();
  train::Random random(5);
  for (int round = 0; round < 20; ++round) {
    std::string conllu;
    for (uint64_t sentences = 1 + random.Below(20); sentences > 0; --sentences) {
      const uint64_t words = random.Below(10) == 0 ? 250 + random.Below(120) : 1 + random.Below(40);
      for (uint64_t i = 1; i <= words; ++i) {
        const std::string form(1 + random.Below(4), static_cast<char>('!' + random.Below(90)));
        conllu += Cat(i, "\t", form, "\t_\t_\t_\t_\t_\t_\t_\t_\n");
      }
      conllu += "\n";
    }
    Document document = *ReadConllu(conllu, "random");
    const Document together = Annotated(grammar, document);
    for (Sentence& sentence : document.sentences) {
      Grammar::Scratch scratch;
      grammar.Annotate(document, std::span(&sentence, 1), &scratch);
    }
    EXPECT_EQ(WriteConllu(document), WriteConllu(together));
  }
}

TEST(GrammarTest, BatchesHaveABoundedNumberOfWords) {
  const auto sentences = [](std::vector<size_t> lengths) {
    std::vector<Sentence> made(lengths.size());
    for (size_t i = 0; i < lengths.size(); ++i) made[i].tokens.resize(lengths[i]);
    return made;
  };
  EXPECT_EQ(Grammar::BatchSize({}), 0u);
  EXPECT_EQ(Grammar::BatchSize(sentences({Parser::kTogetherMax + 1, 1})), 1u);
  EXPECT_EQ(Grammar::BatchSize(sentences({Parser::kTogetherMax - 1, 1, 1})), 2u);
  EXPECT_EQ(Grammar::BatchSize(sentences({3, 4, 5})), 3u);
}

TEST(ParserTest, BytesThatMakeNoSenseAreDataLoss) {
  const std::string& bytes = Shared().parser_bytes;
  train::Random random(3);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = bytes;
    damaged[random.Below(std::min<size_t>(bytes.size(), 2000))] = static_cast<char>(random.Next());
    const absl::StatusOr<Parser> parser = Parser::Read(damaged);
    EXPECT_TRUE(parser.ok() || absl::IsDataLoss(parser.status()));
  }
}

TEST(ParserTest, AStretchedSentenceHasOneRoot) {
  const TagSet tag_set({{Upos::kNoun, "NN"}, {Upos::kVerb, "VB"}, {Upos::kPunct, "."}});
  const std::vector<WordFeatures> words(5);
  const std::vector<TagId> tags = {0, 0, 1, 2, 1};
  Tree tree{{5, 0, 5, 5, 2},
            {Deprel::kRoot, Deprel::kObj, Deprel::kRoot, Deprel::kRoot, Deprel::kObj}};
  KeepOneRoot({words, tags, &tag_set}, &tree);
  EXPECT_EQ(tree.heads, (std::vector<int32_t>{2, 0, 5, 2, 2}));
  EXPECT_EQ(tree.labels, (std::vector<Deprel>{Deprel::kParataxis, Deprel::kObj, Deprel::kRoot,
                                              Deprel::kPunct, Deprel::kObj}));
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

// A sentence must not be told the tags that were counted in it.
TEST(TagSetFoldsTest, ASetComesFromTheOtherFolds) {
  Treebank treebank;
  for (size_t i = 0; i < 9; ++i) {  // "bank" is a noun but for fold 0, where it is a verb
    train::TreebankSentence sentence;
    sentence.forms = {"bank"};
    sentence.upos = {i % 3 == 0 ? Upos::kVerb : Upos::kNoun};
    sentence.xpos = {i % 3 == 0 ? "VB" : "NN"};
    sentence.tree.Resize(1);
    sentence.origin = i;
    treebank.push_back(sentence);
  }
  const WordTable table = *WordTable::Parse(train::BuildWordTable({}, {}, treebank));
  const uint64_t bank = HashBytes("bank");
  train::TagSetFolds folds(table, treebank, 3);
  const uint16_t all = table.Find(bank).tags, nouns = folds.Without(0).Find(bank).tags;
  EXPECT_NE(all, 0);
  EXPECT_NE(nouns, 0);
  EXPECT_NE(nouns, all);
  EXPECT_EQ(folds.Without(1).Find(bank).tags, folds.Without(2).Find(bank).tags);
  EXPECT_EQ(folds.Without(3).Find(bank).tags, all);
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
  EXPECT_GT(evaluation.upos.F1(), 96.0);
  EXPECT_GT(evaluation.las.F1(), 85.3);
}

}  // namespace
}  // namespace entente::nlp
