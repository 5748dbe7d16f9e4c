// entente-train: makes and measures the language model of ingest/nlp.
//
// Each subcommand but eval and info makes one section of a model file and leaves the others as they
// were; `all` makes every section. docs/language_model.md has the commands that made the model in
// data/model.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>

#include "base/status.h"
#include "base/strings.h"
#include "clients/train/measure.h"
#include "clients/train/steps.h"

namespace entente::nlp::train {
namespace {

constexpr const char* kDescription =
    "Makes and measures Entente's language model, one file of sections.\n"
    "\n"
    "A model is made in this order, since each section is learnt with those before it:\n"
    "  entente-train words  --model M --treebank T… --wordnet DIR --text RAW…\n"
    "  entente-train tagger --model M --treebank T…\n"
    "  entente-train parser --model M --treebank T… --dev D…\n"
    "  entente-train lemmas --model M --treebank T…\n"
    "  entente-train names  --model M --treebank T… --names IOB… --list 0=persons.txt\n"
    "or all at once by `entente-train all` with all of these options. Then\n"
    "  entente-train eval   --model M --gold TEST.conllu… --gold-names TEST.iob2… --speed\n"
    "  entente-train info   --model M\n"
    "\n"
    "The same data, options and seeds give the same model.";

struct Arguments {
  std::string model;
  std::vector<std::string> fields;
  TrainingData data;
  StepOptions options;
  MeasureOptions measure;
};

void AddModel(CLI::App* command, Arguments* arguments) {
  command->add_option("--model", arguments->model, "The model file: read, changed, written")
      ->required();
}

void AddTrainingOptions(CLI::App* command, Arguments* arguments) {
  AddModel(command, arguments);
  TrainingData& data = arguments->data;
  command->add_option("--treebank", data.treebanks, "CoNLL-U files to learn from");
  command->add_option("--dev", data.dev, "CoNLL-U files to measure the parser on meanwhile");
  command
      ->add_option("--variants", data.variant_every,
                   "One sentence in so many is also learnt as a headline or in another case; 0 "
                   "for none")
      ->capture_default_str();
  command->add_option("--field", arguments->fields,
                      "\"name: value\" for the header; replaces all fields of that name");
}

void AddWordOptions(CLI::App* command, Arguments* arguments) {
  command->add_option("--text", arguments->data.texts,
                      "Raw text, IOB2 or CoNLL-U files whose words are clustered, besides the "
                      "treebanks and WordNet's glosses");
  command->add_option("--wordnet", arguments->data.wordnet, "Folder of WordNet's data files");
  command->add_option("--classes", arguments->options.clusters.classes, "Clusters to make")
      ->capture_default_str();
}

void AddTaggerOptions(CLI::App* command, Arguments* arguments) {
  command->add_option("--tagger-rounds", arguments->options.tagger.iterations)
      ->capture_default_str();
  command
      ->add_option("--tagger-prune", arguments->options.tagger.prune_below,
                   "Weights under this are dropped")
      ->capture_default_str();
}

void AddParserOptions(CLI::App* command, Arguments* arguments) {
  ParserStepOptions& parser = arguments->options.parser;
  NetworkOptions& network = parser.network;
  const auto add = [&](const char* name, auto* value, const char* help) {
    command->add_option(name, *value, help)->capture_default_str();
  };
  command->add_option(
      "--extra", arguments->data.extra,
      "CoNLL-U files for the parser alone, such as tools/treebank/make_news.py makes");
  command->add_flag("--learn-on", parser.learn_on,
                    "Begin with the model's own networks; a few passes at a low rate are enough");
  add("--networks", &parser.networks, "Networks whose scores are added");
  add("--passes", &network.iterations, "Passes over the data, of each network");
  add("--width", &network.width, "Width of an embedding; this and the next two by 32");
  add("--units", &network.units, "Units of an LSTM layer in one direction");
  add("--hidden", &network.hidden, "Width of a word as head and as dependent");
  add("--layers", &network.layers, "LSTM layers, at most 4");
  add("--batch", &network.batch_words, "Words a step, about");
  add("--rate", &network.rate, "Of the first step");
  add("--dropout", &network.dropout, "Share of the numbers between layers");
  add("--recurrent-dropout", &network.recurrent_dropout, "Share of a cell's last output");
  add("--form-dropout", &network.form_dropout, "Share of the words' forms");
  add("--slot-dropout", &network.slot_dropout, "Share of each other property of words");
  add("--tag-share", &network.tag_share, "Weight of the tags in the loss");
  add("--average", &network.average_share, "Share of a step in the average of the weights");
  add("--seed", &network.seed, "Of the first network; the others count on");
}

void AddNameOptions(CLI::App* command, Arguments* arguments) {
  command->add_option("--names", arguments->data.names, "Files of labelled names to learn from");
  command->add_option("--list", arguments->data.name_lists,
                      "NUMBER=FILE: known names, one a line, for the list of that number");
  command->add_option("--network-names", arguments->data.network_names,
                      "More of them for the networks alone; CoNLL-U with the entities of GUM");
  command->add_option("--names-dev", arguments->data.names_dev, "To measure the networks on");
  command
      ->add_option("--name-variants", arguments->data.name_variant_every,
                   "The networks also learn one sentence with names in so many in another case; 0 "
                   "for none")
      ->capture_default_str();
  NameStepOptions& names = arguments->options.names;
  NameNetworkOptions& network = names.network;
  const auto add = [&](const char* name, auto* value, const char* help) {
    command->add_option(name, *value, help)->capture_default_str();
  };
  add("--name-rounds", &names.linear.iterations, "Passes of the linear model");
  add("--name-networks", &names.networks, "Networks whose scores are added");
  add("--name-passes", &network.iterations, "Passes over the data, of each network");
  add("--name-width", &network.width, "Width of an embedding; this and the next two by 32");
  add("--name-units", &network.units, "Units of an LSTM layer in one direction");
  add("--name-layers", &network.layers, "LSTM layers, at most 4, no more than the parser's");
  add("--name-batch", &network.batch_words, "Words a step, about");
  add("--name-rate", &network.rate, "Of the first step");
  add("--name-dropout", &network.dropout, "Share of the numbers between layers");
  add("--name-recurrent-dropout", &network.recurrent_dropout, "Share of a cell's last output");
  add("--name-form-dropout", &network.form_dropout, "Share of the words' forms");
  add("--name-slot-dropout", &network.slot_dropout, "Share of each other property of words");
  add("--spelling-dropout", &network.spelling_dropout, "Share of words without their spelling");
  add("--list-dropout", &network.list_dropout, "Share of sentences without the lists");
  add("--plain-share", &network.plain_share, "Share of the sentences without names in a pass");
  add("--name-average", &network.average_share, "Share of a step in the average of the weights");
  add("--name-seed", &network.seed, "Of the first network; the others count on");
  add("--linear-share", &names.linear_share, "Weight of the linear model, in 1/1024");
  add("--name-from-parser", &names.from_parser, "Begin with the encoders of the parser");
  add("--name-measure", &names.measure_every, "Passes between two measurements");
}

absl::Status SetFields(const std::vector<std::string>& fields, ModelSections* model) {
  ModelFile::Fields parsed;
  for (const std::string& field : fields) {
    const size_t colon = field.find(':');
    if (colon == std::string::npos || field.find('\n') != std::string::npos) {
      return InvalidArgument(Cat("--field \"", field, "\": write \"name: value\" on one line"));
    }
    parsed.emplace_back(field.substr(0, colon), Trim(std::string_view(field).substr(colon + 1)));
  }
  std::erase_if(model->fields, [&](const auto& old) {
    return std::any_of(parsed.begin(), parsed.end(),
                       [&](const auto& added) { return added.first == old.first; });
  });
  model->fields.insert(model->fields.end(), parsed.begin(), parsed.end());
  return absl::OkStatus();
}

// What a subcommand does between opening and saving the model.
using Step = std::function<absl::Status(ModelSections*)>;

absl::Status ChangeModel(const Arguments& arguments, const Step& step) {
  ENTENTE_ASSIGN_OR_RETURN(ModelSections model, OpenSections(arguments.model));
  ENTENTE_RETURN_IF_ERROR(SetFields(arguments.fields, &model));
  ENTENTE_RETURN_IF_ERROR(step(&model));
  return SaveSections(model, arguments.model);
}

int Run(int argc, char** argv) {
  CLI::App app{kDescription, "entente-train"};
  app.require_subcommand(1);
  Arguments arguments;
  const auto start = std::chrono::steady_clock::now();
  const Progress progress = [&](const std::string& line) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("[%5.0f s] %s\n", seconds.count(), line.c_str());
    std::fflush(stdout);
  };
  const SaveModel save = [&](const ModelSections& model) {
    return SaveSections(model, arguments.model);
  };
  absl::Status status;
  const auto on_call = [&](CLI::App* command, Step step) {
    command->callback([&, step] { status = ChangeModel(arguments, step); });
  };
  const TrainingData& data = arguments.data;
  const StepOptions& options = arguments.options;
  const Step words_step = [&](ModelSections* model) {
    return TrainWords(data, options.clusters, progress, model);
  };
  const Step tagger_step = [&](ModelSections* model) {
    return TrainTaggerSection(data, options.tagger, progress, model);
  };
  const Step parser_step = [&](ModelSections* model) {
    return TrainParserSection(data, options.parser, progress, save, model);
  };
  const Step lemmas_step = [&](ModelSections* model) { return TrainLemmas(data, model); };
  const Step names_step = [&](ModelSections* model) {
    return TrainNamesSection(data, options.names, progress, save, model);
  };

  CLI::App* words = app.add_subcommand("words", "Make the table of words: clusters, senses, tags");
  AddTrainingOptions(words, &arguments);
  AddWordOptions(words, &arguments);
  on_call(words, words_step);
  CLI::App* tagger = app.add_subcommand("tagger", "Train the part-of-speech tagger");
  AddTrainingOptions(tagger, &arguments);
  AddTaggerOptions(tagger, &arguments);
  on_call(tagger, tagger_step);
  CLI::App* parser =
      app.add_subcommand("parser", "Train the parser's networks; saves the model after each");
  AddTrainingOptions(parser, &arguments);
  AddParserOptions(parser, &arguments);
  on_call(parser, parser_step);
  CLI::App* lemmas = app.add_subcommand("lemmas", "Learn the lemmatiser's rules");
  AddTrainingOptions(lemmas, &arguments);
  on_call(lemmas, lemmas_step);
  CLI::App* names = app.add_subcommand("names", "Train the tagger of names");
  AddTrainingOptions(names, &arguments);
  AddNameOptions(names, &arguments);
  on_call(names, names_step);
  CLI::App* all = app.add_subcommand("all", "All of these, in order");
  AddTrainingOptions(all, &arguments);
  AddWordOptions(all, &arguments);
  AddTaggerOptions(all, &arguments);
  AddParserOptions(all, &arguments);
  AddNameOptions(all, &arguments);
  on_call(all, [&](ModelSections* model) -> absl::Status {
    for (const Step& step : {words_step, tagger_step, parser_step, lemmas_step, names_step}) {
      ENTENTE_RETURN_IF_ERROR(step(model));
    }
    return absl::OkStatus();
  });

  CLI::App* eval = app.add_subcommand(
      "eval", "Measure a model: from gold words and from raw text (CoNLL 2018 alignment)");
  AddModel(eval, &arguments);
  eval->add_option("--gold", arguments.measure.gold, "CoNLL-U files to compare with");
  eval->add_option("--gold-names", arguments.measure.names, "Files of labelled names");
  eval->add_flag("--speed", arguments.measure.speed, "Time each stage on the text of --gold");
  eval->callback([&] {
    arguments.measure.model = arguments.model;
    status = Measure(arguments.measure);
  });
  CLI::App* info = app.add_subcommand("info", "Show a model's header, sections and sizes");
  AddModel(info, &arguments);
  info->callback([&] { status = PrintInfo(arguments.model); });

  CLI11_PARSE(app, argc, argv);
  if (status.ok()) return 0;
  std::cerr << "entente-train: " << MessageOf(status) << "\n";
  return 1;
}

}  // namespace
}  // namespace entente::nlp::train

int main(int argc, char** argv) { return entente::nlp::train::Run(argc, argv); }
