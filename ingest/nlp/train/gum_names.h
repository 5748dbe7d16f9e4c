// Names out of the entities that the GUM treebank labels (Zeldes 2017): every mention of a person,
// a place or an organisation, of which those are kept whose own words are a name.
//
//   NameCorpus corpus;
//   ENTENTE_RETURN_IF_ERROR(ReadGumNames("en_gum-ud-train.conllu", &corpus));
//
// Pure but for reading the file.
#ifndef ENTENTE_INGEST_NLP_TRAIN_GUM_NAMES_H_
#define ENTENTE_INGEST_NLP_TRAIN_GUM_NAMES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ingest/nlp/train/name_trainer.h"

namespace entente::nlp::train {

// Appends the sentences of a CoNLL-U file with "Entity=" in its last column, as "# global.Entity =
// GRP-etype-infstat-salience-centering-minspan-link-identity" describes it. A name is the entity's
// smallest span, cut to its capitalised words with a proper noun among them; of names one in
// another the longer counts. Errors: those of ReadFile; INVALID_ARGUMENT "path:line: …".
absl::Status ReadGumNames(const std::string& path, NameCorpus* corpus);

// The same from the file's bytes.
absl::Status ParseGumNames(std::string_view bytes, const std::string& path, NameCorpus* corpus);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_GUM_NAMES_H_
