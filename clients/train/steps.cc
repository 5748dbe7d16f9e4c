#include "clients/train/steps.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/conllu.h"
#include "ingest/nlp/lemmatizer.h"
#include "ingest/nlp/parser.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/train/lemma_trainer.h"
#include "ingest/nlp/train/treebank.h"
#include "ingest/nlp/train/word_table_builder.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp::train {
namespace {

constexpr size_t kTextBytesMax = size_t{512} << 20;
constexpr uint64_t kVariantSeed = 7;

absl::StatusOr<WordTable> WordsOf(const ModelSections& model) {
  const auto found = model.sections.find(std::string(kWordsSection));
  if (found == model.sections.end()) {
    return FailedPrecondition("the model has no table of words yet: run entente-train words");
  }
  return WordTable::Parse(found->second);
}

absl::StatusOr<Tagger> TaggerOf(const ModelSections& model) {
  const auto found = model.sections.find(std::string(kTaggerSection));
  if (found == model.sections.end()) {
    return FailedPrecondition("the model has no tagger yet: run entente-train tagger");
  }
  return Tagger::Parse(found->second);
}

// The training sentences, with the variants after them.
absl::StatusOr<Treebank> ReadTraining(const TrainingData& data) {
  ENTENTE_ASSIGN_OR_RETURN(Treebank treebank, ReadTreebanks(data.treebanks));
  if (treebank.empty()) return InvalidArgument("no treebank to train on: give --treebank FILE");
  if (data.variant_every > 0) {
    Treebank variants = MakeVariants(treebank, data.variant_every, kVariantSeed);
    std::move(variants.begin(), variants.end(), std::back_inserter(treebank));
  }
  return treebank;
}

// The words of an IOB2 file: the first column (the second if the first numbers the lines).
void AppendIobWords(std::string_view bytes, std::vector<std::string>* words) {
  for (std::string_view line : Split(bytes, '\n')) {
    const std::vector<std::string_view> fields =
        Split(line, line.find('\t') == std::string_view::npos ? ' ' : '\t');
    int64_t number = 0;
    if (Trim(line).empty()) {
      words->emplace_back();
    } else if (line[0] == '#' && fields.size() < 3) {
      continue;
    } else {
      words->push_back(
          TableForm(fields.size() > 2 && ParseInt64(fields[0], &number) ? fields[1] : fields[0]));
    }
  }
}

absl::StatusOr<std::vector<std::string>> ReadClusterText(const TrainingData& data,
                                                         const Treebank& treebank,
                                                         const WordNet& wordnet) {
  std::vector<std::string> words;
  AppendWords(treebank, &words);
  for (const std::string& gloss : wordnet.glosses) AppendWords(gloss, &words);
  for (const std::string& path : data.texts) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kTextBytesMax));
    if (path.ends_with(".iob2") || path.ends_with(".conll")) {
      AppendIobWords(bytes, &words);
    } else {
      AppendWords(bytes, &words);
    }
  }
  return words;
}

// What is right of heads with labels, and of tags before and after the parser, for people.
std::string AttachmentReport(const Parser& parser, const TagSet& tag_set,
                             const std::vector<ParserExample>& examples) {
  Parser::Scratch scratch;
  Tree tree;
  std::vector<TagId> tags;
  size_t words = 0, right = 0, given = 0, mended = 0;
  for (const ParserExample& example : examples) {
    parser.Parse({example.words, example.tags, &tag_set}, &scratch, &tree, &tags);
    for (size_t i = 0; i < example.words.size(); ++i) {
      right += tree.heads[i] == example.gold.heads[i] && tree.labels[i] == example.gold.labels[i];
      given += example.tags[i] == example.gold_tags[i];
      mended += tags[i] == example.gold_tags[i];
    }
    words += example.words.size();
  }
  const auto percent = [&](size_t count) {
    return words == 0 ? 0.0 : 100.0 * static_cast<double>(count) / static_cast<double>(words);
  };
  return Cat("LAS ", percent(right), " on the development data, tags ", percent(given), " before, ",
             percent(mended), " after");
}

std::vector<ParserExample> MakeExamples(const Treebank& treebank, const WordTable& table,
                                        const TagSet& tag_set,
                                        std::vector<std::vector<TagId>> tags) {
  std::vector<ParserExample> examples;
  for (size_t i = 0; i < treebank.size(); ++i) {
    examples.push_back({DescribeWords(treebank[i], table), std::move(tags[i]),
                        GoldTags(treebank[i], tag_set), treebank[i].tree});
  }
  return examples;
}

// The treebanks as the parser learns from them: tags for training by jackknife, those of the
// development data and of the extra sentences, which the tagger has not seen, by the model's
// tagger.
struct ParserData {
  std::vector<ParserExample> train, dev;
};

std::vector<ParserExample> TaggedExamples(const Treebank& treebank, const WordTable& table,
                                          const Tagger& tagger) {
  std::vector<std::vector<TagId>> tags(treebank.size());
  for (size_t i = 0; i < treebank.size(); ++i) {
    tagger.Tag(DescribeWords(treebank[i], table), &tags[i]);
  }
  return MakeExamples(treebank, table, tagger.tag_set(), std::move(tags));
}

absl::StatusOr<ParserData> ReadParserData(const TrainingData& data,
                                          const ParserStepOptions& options, const WordTable& table,
                                          const Tagger& tagger, const Progress& progress) {
  const TagSet& tag_set = tagger.tag_set();
  ENTENTE_ASSIGN_OR_RETURN(Treebank treebank, ReadTraining(data));
  ENTENTE_ASSIGN_OR_RETURN(Treebank extra, ReadTreebanks(data.extra));
  ENTENTE_ASSIGN_OR_RETURN(const Treebank dev, ReadTreebanks(data.dev));
  for (TreebankSentence& sentence : treebank) Projectivize(&sentence.tree);
  ParserData result;
  result.train = MakeExamples(
      treebank, table, tag_set,
      JackknifeTags(treebank, tag_set, table, options.jackknife, options.tag_folds, progress));
  for (TreebankSentence& sentence : extra) Projectivize(&sentence.tree);
  std::vector<ParserExample> examples = TaggedExamples(extra, table, tagger);
  std::move(examples.begin(), examples.end(), std::back_inserter(result.train));
  result.dev = TaggedExamples(dev, table, tagger);
  return result;
}

// The numbers of the model's own networks, for those that learn on from them.
absl::StatusOr<std::vector<std::vector<float>>> Starts(const ModelSections& model,
                                                       const std::vector<ParserExample>& examples,
                                                       const TagSet& tag_set,
                                                       const WordVocabulary& vocabulary,
                                                       const std::vector<Deprel>& labels,
                                                       const NetworkLayout& layout, size_t count) {
  const auto found = model.sections.find(std::string(kParserSection));
  if (found == model.sections.end()) {
    return FailedPrecondition("the model has no parser to learn on from: leave out --learn-on");
  }
  ENTENTE_ASSIGN_OR_RETURN(const ParserNumbers from, Parser::ReadNumbers(found->second));
  if (from.networks.size() < count) {
    return FailedPrecondition(Cat("the model has ", from.networks.size(),
                                  " networks to learn on from: give --networks ",
                                  from.networks.size()));
  }
  std::vector<std::vector<float>> starts;
  for (size_t number = 0; number < count; ++number) {
    starts.push_back(CarryOver(from, number, examples, tag_set, vocabulary, labels, layout));
    if (starts.back().empty()) {
      return FailedPrecondition(
          "the model's parser has other relations, tags or sizes than these data and options give: "
          "train it with the same ones, or leave out --learn-on");
    }
  }
  return starts;
}

}  // namespace

absl::StatusOr<ModelSections> OpenSections(const std::string& path) {
  ModelSections model;
  absl::StatusOr<ModelFile> file = ModelFile::Load(path);
  if (absl::IsNotFound(file.status())) return model;
  ENTENTE_RETURN_IF_ERROR(file.status());
  model.fields = file->fields();
  for (const auto& [name, bytes] : file->sections()) model.sections[name] = bytes;
  return model;
}

absl::Status SaveSections(const ModelSections& model, const std::string& path) {
  ModelFileWriter writer;
  for (const auto& [name, value] : model.fields) writer.AddField(name, value);
  for (const auto& [name, bytes] : model.sections) writer.AddSection(name, bytes);
  ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, writer.Finish());
  return WriteFileAtomically(path, bytes);
}

absl::Status TrainWords(const TrainingData& data, const ClusterOptions& options,
                        const Progress& progress, ModelSections* model) {
  ENTENTE_ASSIGN_OR_RETURN(const Treebank treebank, ReadTreebanks(data.treebanks));
  ENTENTE_ASSIGN_OR_RETURN(const WordNet wordnet, ReadWordNet(data.wordnet));
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<std::string> text,
                           ReadClusterText(data, treebank, wordnet));
  const WordClusters clusters = ClusterWords(text, options, progress);
  model->sections[std::string(kWordsSection)] = BuildWordTable(clusters, wordnet, treebank);
  return absl::OkStatus();
}

absl::Status TrainTaggerSection(const TrainingData& data, const TaggerOptions& options,
                                const Progress& progress, ModelSections* model) {
  ENTENTE_ASSIGN_OR_RETURN(const WordTable table, WordsOf(*model));
  ENTENTE_ASSIGN_OR_RETURN(const Treebank treebank, ReadTraining(data));
  const Tagger tagger = TrainTagger(treebank, CollectTags(treebank), table, options, progress);
  model->sections[std::string(kTaggerSection)] = tagger.Serialize();
  return absl::OkStatus();
}

absl::Status TrainParserSection(const TrainingData& data, const ParserStepOptions& options,
                                const Progress& progress, const SaveModel& save,
                                ModelSections* model) {
  ENTENTE_ASSIGN_OR_RETURN(const WordTable table, WordsOf(*model));
  ENTENTE_ASSIGN_OR_RETURN(const Tagger tagger, TaggerOf(*model));
  const TagSet& tag_set = tagger.tag_set();
  ENTENTE_ASSIGN_OR_RETURN(const ParserData examples,
                           ReadParserData(data, options, table, tagger, progress));
  const WordVocabulary vocabulary = CollectVocabulary(examples.train, tag_set);
  const std::vector<Deprel> labels = CollectLabels(examples.train);
  const NetworkLayout layout = LayoutOf(options.network, vocabulary, labels, tag_set);
  progress(Cat(vocabulary.rows(), " embeddings, ", layout.size(), " numbers in a network"));
  std::vector<std::vector<float>> starts(static_cast<size_t>(options.networks));
  if (options.learn_on) {
    ENTENTE_ASSIGN_OR_RETURN(
        starts, Starts(*model, examples.train, tag_set, vocabulary, labels, layout, starts.size()));
  }
  std::vector<std::vector<float>> networks;
  for (int number = 1; number <= options.networks; ++number) {
    NetworkOptions network = options.network;
    network.seed += static_cast<uint64_t>(number - 1);
    const Progress tell = [&](const std::string& line) {
      progress(Cat("network ", number, " of ", options.networks, ": ", line));
    };
    const auto after_pass = [&](int iteration, const std::vector<float>& numbers) {
      if (iteration % options.measure_every != 0 || examples.dev.empty()) return;
      const Parser parser(vocabulary, labels, layout, {numbers});
      tell(AttachmentReport(parser, tag_set, examples.dev));
    };
    networks.push_back(TrainNetwork(examples.train, tag_set, vocabulary, labels, network, tell,
                                    after_pass, starts[networks.size()]));
    std::string bytes = Parser::Serialize(vocabulary, labels, layout, networks);
    ENTENTE_ASSIGN_OR_RETURN(const Parser parser, Parser::Read(bytes));
    if (!examples.dev.empty()) {
      progress(Cat("networks so far: ", AttachmentReport(parser, tag_set, examples.dev)));
    }
    model->sections[std::string(kParserSection)] = std::move(bytes);
    ENTENTE_RETURN_IF_ERROR(save(*model));
  }
  return absl::OkStatus();
}

absl::Status TrainLemmas(const TrainingData& data, ModelSections* model) {
  LemmaTrainer trainer;
  for (const std::string& path : data.treebanks) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kTextBytesMax));
    ENTENTE_ASSIGN_OR_RETURN(const Document document, ReadConllu(bytes, path));
    trainer.Add(document);
  }
  model->sections[std::string(kLemmasSection)] = Lemmatizer::Serialize(trainer.Rules());
  return absl::OkStatus();
}

absl::Status TrainNamesSection(const TrainingData& data, const NameOptions& options,
                               const Progress& progress, ModelSections* model) {
  ENTENTE_ASSIGN_OR_RETURN(const WordTable table, WordsOf(*model));
  ENTENTE_ASSIGN_OR_RETURN(const Tagger tagger, TaggerOf(*model));
  NameCorpus corpus;
  for (const std::string& path : data.names) ENTENTE_RETURN_IF_ERROR(ReadNames(path, &corpus));
  if (corpus.empty()) return InvalidArgument("no names to train on: give --names FILE");
  std::vector<NameLists::Entry> entries;
  for (const std::string& list : data.name_lists) {
    const size_t equals = list.find('=');
    int64_t number = 0;
    if (equals == std::string::npos || !ParseInt64(list.substr(0, equals), &number) || number < 0 ||
        number >= NameLists::kListsMax) {
      return InvalidArgument(Cat("--list \"", list,
                                 "\": write NUMBER=FILE with a number from 0 to ",
                                 NameLists::kListsMax - 1));
    }
    ENTENTE_RETURN_IF_ERROR(
        ReadNameList(list.substr(equals + 1), static_cast<int>(number), &entries));
  }
  ENTENTE_ASSIGN_OR_RETURN(const Treebank treebank, ReadTreebanks(data.treebanks));
  const std::vector<std::vector<TagId>> tags =
      UnseenTags(corpus, treebank, table, tagger, TaggerOptions{.iterations = 5}, 4, progress);
  const NameTagger names =
      TrainNames(corpus, tags, table, tagger.tag_set(), entries, options, progress);
  model->sections[std::string(kNamesSection)] = names.Serialize();
  return absl::OkStatus();
}

}  // namespace entente::nlp::train
