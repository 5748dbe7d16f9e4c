// Learns the name tagger from text with labelled names.
//
//   NameCorpus corpus;
//   ENTENTE_RETURN_IF_ERROR(ReadNames("ewt-train.iob2", &corpus));
//   const auto tags = UnseenTags(corpus, treebank, words, tagger, TaggerOptions(), 4, progress);
//   NameModel model;
//   model.linear = TrainLinearNames(corpus, tags, words, tagger.tag_set(), lists, {}, progress);
//   const NameNetworkData data = PrepareNameNetwork(corpus, tags, …);
//   model.networks = {TrainNameNetwork(data.examples, …)};
//   NameTagger names(std::move(model));
//
// Deterministic: same data and options, same tagger.
#ifndef ENTENTE_INGEST_NLP_TRAIN_NAME_TRAINER_H_
#define ENTENTE_INGEST_NLP_TRAIN_NAME_TRAINER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "ingest/nlp/names.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/train/name_network_trainer.h"
#include "ingest/nlp/train/tagger_trainer.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp::train {

struct NameSentence {
  std::vector<std::string> forms;
  std::vector<NameLabel> labels;
  uint32_t corpus = 0;    // number of the corpus that it is from
  uint32_t document = 0;  // sentences of one text follow one another and have one number
};
using NameCorpus = std::vector<NameSentence>;

// Appends the sentences of a file in the CoNLL manner: a word and its label a line, a blank line
// after a sentence, lines that begin with "# " passed over; "# newdoc" begins a text, and without
// any each sentence is one. With tabs the columns are number, word,
// label (Universal NER) or word, label; with spaces the word is first and the label last. Labels
// may be IOB1 or IOB2; PER, Person, ORG, Organisation, LOC, Location count, others read as outside.
// Errors: those of ReadFile; INVALID_ARGUMENT "path:line: …".
absl::Status ReadNames(const std::string& path, NameCorpus* corpus);

// Appends the phrases of a text file, one a line, to list `list`; "#" begins a comment line. Words
// are cut as the tokeniser cuts them. Errors: those of ReadFile.
absl::Status ReadNameList(const std::string& path, int list,
                          std::vector<NameLists::Entry>* entries);

// Copies of one sentence with names in `every`, as people type when they do not care: all in lower
// case, names alone in lower case, all in capitals. REQUIRES: every > 0.
NameCorpus MakeNameVariants(const NameCorpus& corpus, int every, uint64_t seed);

struct NameOptions {
  int iterations = 10;       // passes over the data. Default: 10
  float prune_below = 0.3F;  // weights smaller than this are dropped. Default: 0.3
  double dropout = 0.3;      // how often a word's spelling is hidden. Default: 0.3
  uint64_t seed = 1;         // of the order of sentences. Default: 1
};

// The tags of each sentence of `corpus` as a tagger gives them that has not seen it: sentences that
// are in `treebank` by jackknife, all others by `tagger`.
std::vector<std::vector<TagId>> UnseenTags(const NameCorpus& corpus, const Treebank& treebank,
                                           const WordTable& words, const Tagger& tagger,
                                           const TaggerOptions& options, int folds,
                                           const Progress& progress);

// REQUIRES: `tags` are as many as sentences and words, from UnseenTags.
LinearModel TrainLinearNames(const NameCorpus& corpus, const std::vector<std::vector<TagId>>& tags,
                             const WordTable& words, const TagSet& tag_set, const NameLists& lists,
                             const NameOptions& options, const Progress& progress);

// The sentences as the networks learn from them.
struct NameNetworkData {
  NameVocabulary vocabulary;
  std::vector<NameExample> examples;
};
// REQUIRES: as TrainLinearNames.
NameNetworkData PrepareNameNetwork(const NameCorpus& corpus,
                                   const std::vector<std::vector<TagId>>& tags,
                                   const WordTable& words, const TagSet& tag_set,
                                   const NameLists& lists);

// Names found against names labelled: a name is right if its span and kind are.
struct NameScore {
  int64_t gold = 0;
  int64_t found = 0;
  int64_t right = 0;
  int64_t right_span = 0;  // whatever the kind

  double F1() const { return gold + found == 0 ? 0 : 200.0 * right / (gold + found); }
  double SpanF1() const { return gold + found == 0 ? 0 : 200.0 * right_span / (gold + found); }
};
NameScore EvaluateNames(const NameCorpus& corpus, const WordTable& words, const Tagger& tagger,
                        const NameTagger& names);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_NAME_TRAINER_H_
