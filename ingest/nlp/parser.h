// The dependency parser: words and tags in, one tree out.
//
//   Parser::Scratch scratch;                       // one per thread, reused
//   Tree tree;
//   parser.Parse({words, tags, &tag_set}, &scratch, &tree);
//
// Two arc-eager parsers with a beam (arc_eager.h), learnt by max-violation updates (Huang, Fayong
// and Guo 2012). The first, the guide, reads the sentence from right to left; the second reads it
// from left to right and has features on the guide's tree, so that it learns where to trust it
// (stacking, Nivre and McDonald 2008). Their mistakes differ, which is what makes two better than
// one. A model without a guide has the second parser alone.
//
// Trees are projective and have exactly one root. Time is linear in the sentence, memory linear but
// for a table of pairs of words, which is why sentences over kWordsMax are parsed in stretches.
// Immutable; safe to share; the scratch is not.
#ifndef ENTENTE_INGEST_NLP_PARSER_H_
#define ENTENTE_INGEST_NLP_PARSER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/arc_eager.h"
#include "ingest/nlp/linear_model.h"

namespace entente::nlp {

// One parser of the two.
class BeamParser {
 public:
  // Working memory: grows to the longest sentence seen, then parsing no longer allocates.
  struct Scratch {
    FeatureCache cache;
    StateArena arena;
    std::vector<const State*> beam;
    std::vector<Candidate> candidates;
  };

  BeamParser() = default;
  BeamParser(ActionSet actions, LinearModel model)
      : actions_(std::move(actions)), model_(std::move(model)) {}
  static absl::StatusOr<BeamParser> Read(std::string_view bytes);
  std::string Serialize() const;

  // Fills `*tree` for input.words; several words may be on the root. REQUIRES: as many tags as
  // words; input.guide is set if the model was trained with one. A beam of width 1 is greedy.
  void Parse(const ParserInput& input, size_t beam_width, Scratch* scratch, Tree* tree) const;

  const ActionSet& actions() const { return actions_; }
  const LinearModel& model() const { return model_; }

 private:
  ActionSet actions_;
  LinearModel model_;
};

// The words and tags of a sentence from last to first.
struct ReversedInput {
  std::vector<WordFeatures> words;
  std::vector<TagId> tags;

  void Assign(const ParserInput& input);
  ParserInput View(const TagSet* tag_set) const { return {words, tags, tag_set, nullptr}; }
};

// Turns a tree over the reversed sentence into one over the sentence, or back.
void ReverseTree(Tree* tree);

class Parser {
 public:
  // Longer sentences are parsed in stretches of this many words. Unit: words.
  static constexpr size_t kWordsMax = 300;

  // Widths of the beams. A beam of 16 is no better than one of 8.
  struct Options {
    size_t guide_width = 4;  // Default: 4
    size_t width = 8;        // Default: 8
  };

  struct Scratch {
    BeamParser::Scratch beam;
    ReversedInput reversed;
    Tree guide;
    Tree stretch;
  };

  Parser() = default;
  Parser(std::optional<BeamParser> guide, BeamParser main)
      : guide_(std::move(guide)), main_(std::move(main)) {}
  static absl::StatusOr<Parser> Read(std::string_view bytes);
  std::string Serialize() const;

  // Fills `*tree` for input.words. REQUIRES: as many tags as words; no input.guide.
  void Parse(const ParserInput& input, const Options& options, Scratch* scratch, Tree* tree) const;

  const std::optional<BeamParser>& guide() const { return guide_; }
  const BeamParser& main() const { return main_; }

 private:
  std::optional<BeamParser> guide_;
  BeamParser main_;
};

// The guide's tree of a sentence, in the order of the sentence.
void ParseGuide(const BeamParser& guide, const ParserInput& input, size_t beam_width,
                ReversedInput* reversed, BeamParser::Scratch* scratch, Tree* tree);

// Leaves one word on the artificial root: of several, the first verb (else the first word); the
// others become its parataxis, or its punct.
void KeepOneRoot(const ParserInput& input, Tree* tree);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_PARSER_H_
