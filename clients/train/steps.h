// The steps of training, each of which makes one section of the model and leaves the others alone.
//
//   ModelSections model;                                // or OpenSections("english.entmodel")
//   RETURN_IF_ERROR(TrainWords(data, progress, &model));
//   RETURN_IF_ERROR(TrainTaggerSection(data, options, progress, &model));
//   RETURN_IF_ERROR(SaveSections(model, "english.entmodel"));
//
// Not thread-safe.
#ifndef ENTENTE_CLIENTS_TRAIN_STEPS_H_
#define ENTENTE_CLIENTS_TRAIN_STEPS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/nlp/model_file.h"
#include "ingest/nlp/train/clusters.h"
#include "ingest/nlp/train/name_trainer.h"
#include "ingest/nlp/train/parser_trainer.h"
#include "ingest/nlp/train/tagger_trainer.h"

namespace entente::nlp::train {

// What the steps learn from.
struct TrainingData {
  std::vector<std::string> treebanks;      // CoNLL-U, for tags, trees, lemmas
  std::vector<std::string> extra;          // CoNLL-U for the parser alone, of the tagger's tags
  std::vector<std::string> dev;            // CoNLL-U, to measure the parser on between passes
  std::vector<std::string> texts;          // raw text, CoNLL-U (.conllu) or IOB2, for clusters
  std::string wordnet;                     // the folder of WordNet's data files
  std::vector<std::string> names;          // labelled names, in the formats of name_trainer.h
  std::vector<std::string> network_names;  // the same, for the networks alone; CoNLL-U is GUM's
  std::vector<std::string> names_dev;      // to measure the networks on meanwhile
  std::vector<std::string> name_lists;     // "NUMBER=FILE", lists of known names
  int name_variant_every = 5;              // one in so many with names, for networks. Default: 5
  int variant_every = 12;  // one sentence in so many is learnt in another dress too. Default: 12
};

struct ModelSections {
  ModelFile::Fields fields;                     // of the header
  std::map<std::string, std::string> sections;  // by name
};

// The sections of a file; none if it does not exist.
absl::StatusOr<ModelSections> OpenSections(const std::string& path);
absl::Status SaveSections(const ModelSections& model, const std::string& path);
absl::Status TrainWords(const TrainingData& data, const ClusterOptions& options,
                        const Progress& progress, ModelSections* model);
// Needs the words.
absl::Status TrainTaggerSection(const TrainingData& data, const TaggerOptions& options,
                                const Progress& progress, ModelSections* model);
struct ParserStepOptions {
  NetworkOptions network;                    // of the first network; later ones have later seeds
  int networks = 2;                          // Default: 2
  int measure_every = 5;                     // passes between two measurements. Default: 5
  int tag_folds = 5;                         // Default: 5
  bool learn_on = false;                     // from the model's own networks. Default: false
  TaggerOptions jackknife{.iterations = 5};  // of the taggers for the folds
};

using SaveModel = std::function<absl::Status(const ModelSections&)>;

// Needs the words and the tagger. Writes the parser into `*model` and calls `save` after each
// network, of which each takes minutes.
absl::Status TrainParserSection(const TrainingData& data, const ParserStepOptions& options,
                                const Progress& progress, const SaveModel& save,
                                ModelSections* model);

// Needs nothing.
absl::Status TrainLemmas(const TrainingData& data, ModelSections* model);

struct NameStepOptions {
  NameOptions linear;
  NameNetworkOptions network;   // of the first network; later ones have later seeds
  int networks = 3;             // Default: 3
  bool from_parser = true;      // they begin with the parser's encoders. Default: true
  int measure_every = 2;        // passes between two measurements. Default: 2
  uint32_t linear_share = 200;  // NameModel. Default: 200
};

// Needs the words and the tagger. Calls `save` after each network.
absl::Status TrainNamesSection(const TrainingData& data, const NameStepOptions& options,
                               const Progress& progress, const SaveModel& save,
                               ModelSections* model);

struct StepOptions {
  ClusterOptions clusters;
  TaggerOptions tagger;
  ParserStepOptions parser;
  NameStepOptions names;
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_CLIENTS_TRAIN_STEPS_H_
