// The dependency parser: words and tags in, one tree out.
//
//   Parser::Scratch scratch;                       // one per thread, reused
//   Tree tree;
//   parser.Parse({words, tags, &tag_set}, &scratch, &tree);
//
// Arc-eager transitions with a beam (arc_eager.h), learnt by max-violation updates (Huang, Fayong
// and Guo 2012). Trees are projective and have exactly one root. Time and memory are linear in
// the sentence but for a table of n² bytes·4 of cached pairs, so callers bound n (kWordsMax).
// Immutable; safe to share; the scratch is not.
#ifndef ENTENTE_INGEST_NLP_PARSER_H_
#define ENTENTE_INGEST_NLP_PARSER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/arc_eager.h"
#include "ingest/nlp/linear_model.h"

namespace entente::nlp {

class Parser {
 public:
  // Longer sentences are parsed in stretches of this many words (Parse does it by itself).
  static constexpr size_t kWordsMax = 300;
  static constexpr size_t kBeamDefault = 8;

  // Working memory: grows to the longest sentence seen, then parsing no longer allocates.
  struct Scratch {
    FeatureCache cache;
    StateArena arena;
    std::vector<const State*> beam;
    std::vector<Candidate> candidates;
    Tree tree;
  };

  Parser() = default;
  Parser(ActionSet actions, LinearModel model)
      : actions_(std::move(actions)), model_(std::move(model)) {}
  static absl::StatusOr<Parser> Parse(std::string_view bytes);
  std::string Serialize() const;

  // Fills `*tree` for input.words. REQUIRES: as many tags as words; input.guide is set if the
  // model was trained with one. `beam_width` 1 is a greedy parser.
  void Parse(const ParserInput& input, Scratch* scratch, Tree* tree,
             size_t beam_width = kBeamDefault) const;

  const ActionSet& actions() const { return actions_; }
  const LinearModel& model() const { return model_; }

 private:
  void ParseStretch(const ParserInput& input, size_t beam_width, Scratch* scratch) const;

  ActionSet actions_;
  LinearModel model_;
};

// Leaves one word on the artificial root: of several, the first verb (else the first word); the
// others become its parataxis, or its punct.
void KeepOneRoot(const ParserInput& input, Tree* tree);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_PARSER_H_
