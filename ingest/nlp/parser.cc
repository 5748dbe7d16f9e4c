#include "ingest/nlp/parser.h"

#include <algorithm>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {

absl::StatusOr<BeamParser> BeamParser::Read(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view actions_bytes = reader.String();
  const std::string_view weights = reader.String();
  if (!reader.ok()) return DataLoss("the parser is cut off");
  ENTENTE_ASSIGN_OR_RETURN(ActionSet actions, ActionSet::Parse(actions_bytes));
  ENTENTE_ASSIGN_OR_RETURN(LinearModel model, LinearModel::Parse(weights));
  return BeamParser(std::move(actions), std::move(model));
}

std::string BeamParser::Serialize() const {
  ByteWriter writer;
  writer.String(actions_.Serialize());
  writer.String(model_.Serialize());
  return writer.Release();
}

void BeamParser::Parse(const ParserInput& input, size_t beam_width, Scratch* scratch,
                       Tree* tree) const {
  const size_t words = input.words.size();
  tree->Resize(words);
  if (words == 0) return;
  scratch->cache.Begin(input, model_, actions_.size());
  scratch->arena.Begin(words, beam_width);
  scratch->beam.assign(1, scratch->arena.Initial());
  for (size_t step = 0; step < 2 * words; ++step) {
    Expand(scratch->beam, actions_, input.root(), beam_width, &scratch->cache,
           &scratch->candidates);
    scratch->beam.clear();
    for (const Candidate& candidate : scratch->candidates) {
      scratch->beam.push_back(
          scratch->arena.Apply(*candidate.from, candidate.action, actions_, candidate.score));
    }
  }
  ReadTree(*scratch->beam.front(), actions_, tree);
}

void ReversedInput::Assign(const ParserInput& input) {
  words.assign(input.words.rbegin(), input.words.rend());
  tags.assign(input.tags.rbegin(), input.tags.rend());
}

void ReverseTree(Tree* tree) {
  const auto root = static_cast<int32_t>(tree->heads.size());
  std::reverse(tree->heads.begin(), tree->heads.end());
  std::reverse(tree->labels.begin(), tree->labels.end());
  for (int32_t& head : tree->heads) {
    if (head != root) head = root - 1 - head;
  }
}

void ParseGuide(const BeamParser& guide, const ParserInput& input, size_t beam_width,
                ReversedInput* reversed, BeamParser::Scratch* scratch, Tree* tree) {
  reversed->Assign(input);
  guide.Parse(reversed->View(input.tag_set), beam_width, scratch, tree);
  ReverseTree(tree);
}

absl::StatusOr<Parser> Parser::Read(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view main_bytes = reader.String();
  const std::string_view guide_bytes = reader.String();
  if (!reader.ok()) return DataLoss("the parser is cut off");
  ENTENTE_ASSIGN_OR_RETURN(BeamParser main, BeamParser::Read(main_bytes));
  if (guide_bytes.empty()) return Parser(std::nullopt, std::move(main));
  ENTENTE_ASSIGN_OR_RETURN(BeamParser guide, BeamParser::Read(guide_bytes));
  return Parser(std::move(guide), std::move(main));
}

std::string Parser::Serialize() const {
  ByteWriter writer;
  writer.String(main_.Serialize());
  writer.String(guide_ ? guide_->Serialize() : "");
  return writer.Release();
}

void Parser::Parse(const ParserInput& input, const Options& options, Scratch* scratch,
                   Tree* tree) const {
  const size_t words = input.words.size();
  tree->Resize(words);
  for (size_t begin = 0; begin < words; begin += kWordsMax) {
    const size_t size = std::min(kWordsMax, words - begin);
    ParserInput stretch = input;
    stretch.words = input.words.subspan(begin, size);
    stretch.tags = input.tags.subspan(begin, size);
    if (guide_) {
      ParseGuide(*guide_, stretch, options.guide_width, &scratch->reversed, &scratch->beam,
                 &scratch->guide);
      stretch.guide = &scratch->guide;
    }
    main_.Parse(stretch, options.width, &scratch->beam, &scratch->stretch);
    for (size_t i = 0; i < size; ++i) {
      const int32_t head = scratch->stretch.heads[i];
      const bool is_root = head == static_cast<int32_t>(size);
      tree->heads[begin + i] = is_root ? input.root() : static_cast<int32_t>(begin) + head;
      tree->labels[begin + i] = scratch->stretch.labels[i];
    }
  }
  KeepOneRoot(input, tree);
}

void KeepOneRoot(const ParserInput& input, Tree* tree) {
  const int32_t root = input.root();
  int32_t kept = -1;
  int roots = 0;
  for (int32_t i = 0; i < root; ++i) {
    if (tree->heads[i] != root) continue;
    ++roots;
    const bool verb = input.tag_set->upos(input.tags[i]) == Upos::kVerb;
    const bool kept_verb = kept >= 0 && input.tag_set->upos(input.tags[kept]) == Upos::kVerb;
    if (kept < 0 || (verb && !kept_verb)) kept = i;
  }
  if (kept >= 0) tree->labels[kept] = Deprel::kRoot;
  for (int32_t i = 0; i < root && roots > 1; ++i) {
    if (tree->heads[i] != root || i == kept) continue;
    const bool punct = input.tag_set->upos(input.tags[i]) == Upos::kPunct;
    tree->heads[i] = kept;
    tree->labels[i] = punct ? Deprel::kPunct : Deprel::kParataxis;
  }
}

}  // namespace entente::nlp
