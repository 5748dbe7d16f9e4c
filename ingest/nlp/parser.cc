#include "ingest/nlp/parser.h"

#include <algorithm>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {

absl::StatusOr<Parser> Parser::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view actions_bytes = reader.String();
  const std::string_view weights = reader.String();
  if (!reader.ok()) return DataLoss("the parser is cut off");
  ENTENTE_ASSIGN_OR_RETURN(ActionSet actions, ActionSet::Parse(actions_bytes));
  ENTENTE_ASSIGN_OR_RETURN(LinearModel model, LinearModel::Parse(weights));
  return Parser(std::move(actions), std::move(model));
}

std::string Parser::Serialize() const {
  ByteWriter writer;
  writer.String(actions_.Serialize());
  writer.String(model_.Serialize());
  return writer.Release();
}

void Parser::ParseStretch(const ParserInput& input, size_t beam_width, Scratch* scratch) const {
  const size_t words = input.words.size();
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
  scratch->tree.Resize(words);
  ReadTree(*scratch->beam.front(), actions_, &scratch->tree);
}

void Parser::Parse(const ParserInput& input, Scratch* scratch, Tree* tree,
                   size_t beam_width) const {
  const size_t words = input.words.size();
  tree->Resize(words);
  for (size_t begin = 0; begin < words; begin += kWordsMax) {
    const size_t size = std::min(kWordsMax, words - begin);
    ParserInput stretch = input;
    stretch.words = input.words.subspan(begin, size);
    stretch.tags = input.tags.subspan(begin, size);
    ParseStretch(stretch, beam_width, scratch);
    for (size_t i = 0; i < size; ++i) {
      const int32_t head = scratch->tree.heads[i];
      const bool is_root = head == static_cast<int32_t>(size);
      tree->heads[begin + i] = static_cast<int32_t>(is_root ? words : begin + head);
      tree->labels[begin + i] = scratch->tree.labels[i];
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
