// The named-entity tagger: which words name a person, an organisation or a place.
//
//   NameTagger::Scratch scratch;                              // one per thread, reused
//   NameTagger::Text text;
//   tagger.Read(sentences, &scratch, &text);                  // std::vector<TaggedWords>; again …
//   std::vector<std::vector<Name>> names;
//   tagger.Decide(&text, &names);                             // of each sentence that was read
//
// Each word gets a label of the BILOU scheme (name_labels.h). The scores of two kinds of model are
// added: a linear one, learnt as an averaged structured perceptron (Collins 2002), over the word,
// its neighbours, their tags and clusters, and lists of known names; and networks that read the
// whole sentence (name_network.h). A word that stands in several places of a text is judged by all
// of them (Chieu and Ng 2002): what the others say of its kind counts half of what its own place
// says. The best consistent sequence is found by the Viterbi algorithm. Linear in the text; the
// same names on every x86-64. Immutable; safe to share; a scratch is not.
#ifndef ENTENTE_INGEST_NLP_NAMES_H_
#define ENTENTE_INGEST_NLP_NAMES_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/linear_model.h"
#include "ingest/nlp/name_labels.h"
#include "ingest/nlp/name_network.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

// The keys of the features that score word `index`'s label, and of those that score a label after
// another one. Shared by inference and training, which at times leaves out (`spelled` false) what
// depends on the word's own spelling, so that the rest learns to do without.
void NameKeys(const NameInput& input, size_t index, bool spelled, KeyBuffer* keys);
uint32_t NameTransitionKey(NameLabel previous);

// What a name tagger is made of.
struct NameModel {
  std::vector<NameLists::Entry> lists;
  LinearModel linear;
  // What a unit of the linear model's scores counts beside the networks', in 1 / 1024 of
  // 1 / NameNetwork::kScoreUnit.
  uint32_t linear_share = 1024;
  NameVocabulary vocabulary;
  NameLayout layout;
  std::vector<std::vector<float>> networks;  // as `layout` has them; may be empty
};

class NameTagger {
 public:
  // What was read of a text's sentences so far. Memory: 60 bytes a word.
  class Text {
   private:
    friend class NameTagger;
    struct ReadSentence {
      std::vector<LabelScores> emissions;
      std::vector<uint64_t> words;  // WordFeatures::lower; 0 for what is not compared
    };
    std::vector<ReadSentence> sentences_;
  };

  struct Scratch {
    std::vector<uint16_t> marks;
    std::vector<uint32_t> keys, rows;
    std::vector<size_t> lengths;
    std::vector<LabelScores> network_scores;
    NameNetwork::Scratch network;
  };

  // Longer sentences go to the networks in stretches of this many words. Unit: words.
  static constexpr size_t kWordsMax = 300;

  NameTagger() = default;
  explicit NameTagger(NameModel model);
  // The model's "names" section: the lists, the linear weights and, if there are any, their share
  // and the networks. DATA_LOSS if it is damaged.
  static absl::StatusOr<NameModel> ParseModel(std::string_view bytes);
  static absl::StatusOr<NameTagger> Parse(std::string_view bytes);
  static std::string Serialize(const NameModel& model);

  // Appends the next sentences of a text; several at once are read faster. REQUIRES: as many tags
  // as words.
  void Read(std::span<const TaggedWords> sentences, Scratch* scratch, Text* text) const;
  // Sets (*names)[i] to the names of the text's sentence i: sorted, not overlapping. Uses the text
  // up.
  void Decide(Text* text, std::vector<std::vector<Name>>* names) const;

  size_t network_count() const { return networks_.size(); }

 private:
  void AddLinearScores(const NameInput& input, std::vector<LabelScores>* emissions) const;
  void AddNetworkScores(std::span<Text::ReadSentence> sentences, Scratch* scratch) const;
  float ScoreOf(const std::vector<LabelScores>& emissions, const Name& name) const;

  LinearModel linear_;
  uint32_t linear_share_ = 1024;
  NameLists lists_;
  LabelTransitions transitions_ = {};  // of the linear model and all networks
  NameVocabulary vocabulary_;
  std::vector<NameNetwork> networks_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_NAMES_H_
