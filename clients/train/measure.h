// entente-train eval and info: what a model contains, how right it is, how fast it is.
//
// Prints tables for people to standard output. Not thread-safe.
#ifndef ENTENTE_CLIENTS_TRAIN_MEASURE_H_
#define ENTENTE_CLIENTS_TRAIN_MEASURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace entente::nlp::train {

struct MeasureOptions {
  std::string model;
  std::vector<std::string> gold;   // CoNLL-U treebanks
  std::vector<std::string> names;  // labelled names, in the formats of name_trainer.h
  bool speed = false;              // time each stage on the treebanks' text
};

// Accuracy from gold words and from raw text, names, and speed if asked for.
absl::Status Measure(const MeasureOptions& options);

// The header and the sections of a model.
absl::Status PrintInfo(const std::string& model);

}  // namespace entente::nlp::train

#endif  // ENTENTE_CLIENTS_TRAIN_MEASURE_H_
