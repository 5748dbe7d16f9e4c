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

// Labelled attachment of `parser` on tagged examples, in percent.
double Attachment(const BeamParser& parser, const TagSet& tag_set, size_t beam_width,
                  const std::vector<ParserExample>& examples) {
  BeamParser::Scratch scratch;
  Tree tree;
  size_t right = 0, words = 0;
  for (const ParserExample& example : examples) {
    const ParserInput input{example.words, example.tags, &tag_set,
                            example.guide.heads.empty() ? nullptr : &example.guide};
    parser.Parse(input, beam_width, &scratch, &tree);
    for (size_t i = 0; i < example.gold.heads.size(); ++i) {
      right += tree.heads[i] == example.gold.heads[i] && tree.labels[i] == example.gold.labels[i];
    }
    words += example.gold.heads.size();
  }
  return words == 0 ? 0 : 100.0 * static_cast<double>(right) / static_cast<double>(words);
}

std::vector<ParserExample> MakeExamples(const Treebank& treebank, const WordTable& table,
                                        std::vector<std::vector<TagId>> tags) {
  std::vector<ParserExample> examples;
  for (size_t i = 0; i < treebank.size(); ++i) {
    examples.push_back({DescribeWords(treebank[i], table),
                        std::move(tags[i]),
                        treebank[i].tree,
                        {},
                        treebank[i].origin});
  }
  return examples;
}

// Trains a parser and returns it as it was after its best round on `dev`; `improved`, if given, is
// called with each parser that is better than all before it.
BeamParser BestParser(const std::vector<ParserExample>& examples,
                      const std::vector<ParserExample>& dev, const TagSet& tag_set,
                      const ParserOptions& options, size_t beam_width, const Progress& progress,
                      const std::function<void(const BeamParser&)>& improved) {
  double best_las = -1;
  BeamParser best;
  TrainBeamParser(examples, tag_set, options, progress,
                  [&](int iteration, const BeamParser& parser) {
                    const double las = Attachment(parser, tag_set, beam_width, dev);
                    progress(Cat("after round ", iteration, ": LAS ", las,
                                 " on the development data, ", parser.model().feature_count(),
                                 " features and ", parser.model().weight_count(), " weights kept"));
                    if (las > best_las) {
                      best_las = las;
                      best = parser;
                      if (improved) improved(parser);
                    }
                    return true;
                  });
  return best;
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
                                const Progress& progress,
                                const std::function<absl::Status(const ModelSections&)>& save,
                                ModelSections* model) {
  ENTENTE_ASSIGN_OR_RETURN(const WordTable table, WordsOf(*model));
  ENTENTE_ASSIGN_OR_RETURN(const Tagger tagger, TaggerOf(*model));
  const TagSet& tag_set = tagger.tag_set();
  ENTENTE_ASSIGN_OR_RETURN(Treebank treebank, ReadTraining(data));
  ENTENTE_ASSIGN_OR_RETURN(const Treebank dev, ReadTreebanks(data.dev));
  for (TreebankSentence& sentence : treebank) Projectivize(&sentence.tree);
  std::vector<ParserExample> examples = MakeExamples(
      treebank, table,
      JackknifeTags(treebank, tag_set, table, options.jackknife, options.tag_folds, progress));
  std::vector<std::vector<TagId>> dev_tags(dev.size());
  for (size_t i = 0; i < dev.size(); ++i) tagger.Tag(DescribeWords(dev[i], table), &dev_tags[i]);
  std::vector<ParserExample> dev_examples = MakeExamples(dev, table, std::move(dev_tags));

  std::optional<BeamParser> guide;
  if (options.guide_folds > 0) {
    guide = BestParser(Reversed(examples), Reversed(dev_examples), tag_set, options.guide,
                       options.guide_width, progress, nullptr);
    JackknifeGuides(tag_set, options.guide, options.guide_folds, options.guide_width, progress,
                    &examples);
    BeamParser::Scratch scratch;
    ReversedInput reversed;
    for (ParserExample& example : dev_examples) {
      ParseGuide(*guide, {example.words, example.tags, &tag_set, nullptr}, options.guide_width,
                 &reversed, &scratch, &example.guide);
    }
  }
  absl::Status saved;
  BestParser(examples, dev_examples, tag_set, options.main, options.main.beam_width, progress,
             [&](const BeamParser& parser) {
               model->sections[std::string(kParserSection)] = Parser(guide, parser).Serialize();
               saved = save(*model);
             });
  return saved;
}

absl::Status PruneParser(float main, float guide, ModelSections* model) {
  const auto found = model->sections.find(std::string(kParserSection));
  if (found == model->sections.end()) {
    return FailedPrecondition("the model has no parser yet: run entente-train parser");
  }
  ENTENTE_ASSIGN_OR_RETURN(const Parser parser, Parser::Read(found->second));
  const auto pruned = [](const BeamParser& whole, float prune_below) {
    return BeamParser(whole.actions(), whole.model().Pruned(prune_below));
  };
  std::optional<BeamParser> pruned_guide;
  if (parser.guide()) pruned_guide = pruned(*parser.guide(), guide);
  found->second = Parser(std::move(pruned_guide), pruned(parser.main(), main)).Serialize();
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
