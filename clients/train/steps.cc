#include "clients/train/steps.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/conllu.h"
#include "ingest/nlp/lemmatizer.h"
#include "ingest/nlp/parser.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/train/gum_names.h"
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
  size_t words = 0, right = 0, given = 0, mended = 0;
  for (const ParserExample& example : examples) {
    const auto& [tree, tags] = parser.Parse({example.words, example.tags, &tag_set}, &scratch);
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
  ENTENTE_ASSIGN_OR_RETURN(const ParserModel from, Parser::ReadModel(found->second));
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

// Reads all labelled names, those for the linear model first; returns how many sentences these are.
absl::StatusOr<size_t> ReadNameCorpora(const TrainingData& data, NameCorpus* corpus) {
  size_t linear_sentences = 0;
  uint32_t number = 0;
  const auto read = [&](const std::string& path) -> absl::Status {
    const size_t begin = corpus->size();
    const absl::Status status =
        path.ends_with(".conllu") ? ReadGumNames(path, corpus) : ReadNames(path, corpus);
    for (size_t i = begin; i < corpus->size(); ++i) (*corpus)[i].corpus = number;
    ++number;
    return status;
  };
  for (const std::string& path : data.names) ENTENTE_RETURN_IF_ERROR(read(path));
  linear_sentences = corpus->size();
  for (const std::string& path : data.network_names) ENTENTE_RETURN_IF_ERROR(read(path));
  if (linear_sentences == 0) return InvalidArgument("no names to train on: give --names FILE");
  return linear_sentences;
}

absl::StatusOr<std::vector<NameLists::Entry>> ReadNameLists(const TrainingData& data) {
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
  return entries;
}

// What names are learnt from.
struct NameData {
  NameCorpus corpus, dev;
  size_t linear_sentences = 0;  // how many of the first sentences are for the linear model too
  std::vector<std::vector<TagId>> tags;
};

absl::StatusOr<NameData> ReadNameData(const TrainingData& data, const WordTable& table,
                                      const Tagger& tagger, const Progress& progress) {
  NameData result;
  ENTENTE_ASSIGN_OR_RETURN(result.linear_sentences, ReadNameCorpora(data, &result.corpus));
  if (data.name_variant_every > 0) {
    NameCorpus variants = MakeNameVariants(result.corpus, data.name_variant_every, kVariantSeed);
    std::move(variants.begin(), variants.end(), std::back_inserter(result.corpus));
  }
  for (const std::string& path : data.names_dev) {
    ENTENTE_RETURN_IF_ERROR(ReadNames(path, &result.dev));
  }
  ENTENTE_ASSIGN_OR_RETURN(const Treebank treebank, ReadTreebanks(data.treebanks));
  result.tags = UnseenTags(result.corpus, treebank, table, tagger, TaggerOptions{.iterations = 5},
                           4, progress);
  return result;
}

void SetLayout(const NameStepOptions& options, const NameVocabulary& vocabulary, NameModel* names) {
  names->linear_share = options.linear_share;
  names->vocabulary = vocabulary;
  names->layout.vocabulary = vocabulary.rows();
  names->layout.width = options.network.width;
  names->layout.units = options.network.units;
  names->layout.layers = options.network.layers;
}

// The parser that the networks for names begin with, if they do.
absl::StatusOr<std::optional<ParserModel>> ParserOf(const ModelSections& model,
                                                    const NameStepOptions& options) {
  std::optional<ParserModel> parser;
  if (!options.from_parser) return parser;
  const auto found = model.sections.find(std::string(kParserSection));
  if (found == model.sections.end()) {
    return FailedPrecondition("the model has no parser yet: run entente-train parser");
  }
  ENTENTE_ASSIGN_OR_RETURN(parser, Parser::ReadModel(found->second));
  const NetworkLayout& layout = parser->layout;
  const NameNetworkOptions& network = options.network;
  if (layout.width != network.width || layout.units != network.units ||
      layout.layers < network.layers) {
    return InvalidArgument(Cat("the networks for names cannot begin with the parser's, of width ",
                               layout.width, ", ", layout.units, " units, ", layout.layers,
                               " layers: give these sizes, or --name-from-parser 0"));
  }
  return parser;
}

using Report = std::function<void(const std::string& what, const NameModel& found)>;

// Trains one more network; each begins with the next of the parser's.
void TrainNextName(const std::vector<NameExample>& examples, const NameStepOptions& options,
                   const std::optional<ParserModel>& parser, const Progress& progress,
                   const Report& report, NameModel* names) {
  NameNetworkOptions network = options.network;
  network.seed += names->networks.size();
  NameStart start;
  if (parser.has_value()) {
    const auto which = static_cast<size_t>(network.seed - 1) % parser->networks.size();
    start = {&*parser, &parser->networks[which]};
  }
  const std::string which =
      Cat("network ", names->networks.size() + 1, " of ", options.networks, ": ");
  const Progress tell = [&](const std::string& line) { progress(Cat(which, line)); };
  const auto after_pass = [&](int iteration, const std::vector<float>& numbers) {
    if (iteration % options.measure_every != 0) return;
    NameModel one = *names;
    one.networks = {numbers};
    report(Cat(which, "with the linear model"), one);
  };
  names->networks.push_back(TrainNameNetwork(examples, names->vocabulary, names->layout, start,
                                             network, tell, after_pass));
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

absl::Status TrainNamesSection(const TrainingData& data, const NameStepOptions& options,
                               const Progress& progress, const SaveModel& save,
                               ModelSections* model) {
  ENTENTE_ASSIGN_OR_RETURN(const WordTable table, WordsOf(*model));
  ENTENTE_ASSIGN_OR_RETURN(const Tagger tagger, TaggerOf(*model));
  ENTENTE_ASSIGN_OR_RETURN(const NameData learnt, ReadNameData(data, table, tagger, progress));
  NameModel names;
  ENTENTE_ASSIGN_OR_RETURN(names.lists, ReadNameLists(data));
  const NameLists lists(names.lists);
  const NameCorpus linear_corpus(learnt.corpus.begin(),
                                 learnt.corpus.begin() + learnt.linear_sentences);
  names.linear = TrainLinearNames(linear_corpus, learnt.tags, table, tagger.tag_set(), lists,
                                  options.linear, progress);
  const auto report = [&](const std::string& what, const NameModel& found) {
    if (learnt.dev.empty()) return;
    const NameScore score = EvaluateNames(learnt.dev, table, tagger, NameTagger(found));
    progress(
        Cat(what, ": F1 ", score.F1(), ", spans ", score.SpanF1(), " on the development data"));
  };
  report("linear model", names);
  if (options.networks > 0) {
    ENTENTE_ASSIGN_OR_RETURN(const std::optional<ParserModel> parser, ParserOf(*model, options));
    const NameNetworkData examples =
        PrepareNameNetwork(learnt.corpus, learnt.tags, table, tagger.tag_set(), lists);
    SetLayout(options, examples.vocabulary, &names);
    while (names.networks.size() < static_cast<size_t>(options.networks)) {
      TrainNextName(examples.examples, options, parser, progress, report, &names);
      report("networks so far", names);
      model->sections[std::string(kNamesSection)] = NameTagger::Serialize(names);
      ENTENTE_RETURN_IF_ERROR(save(*model));
    }
  }
  model->sections[std::string(kNamesSection)] = NameTagger::Serialize(names);
  return absl::OkStatus();
}

}  // namespace entente::nlp::train
