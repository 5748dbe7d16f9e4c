#include "ingest/nlp/grammar.h"

#include <utility>

#include "base/status.h"

namespace entente::nlp {

absl::StatusOr<Grammar> Grammar::Load(const ModelFile& file) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view words_bytes, file.Section(kWordsSection));
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view tagger_bytes, file.Section(kTaggerSection));
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view parser_bytes, file.Section(kParserSection));
  ENTENTE_ASSIGN_OR_RETURN(WordTable words, WordTable::Parse(words_bytes));
  ENTENTE_ASSIGN_OR_RETURN(Tagger tagger, Tagger::Parse(tagger_bytes));
  ENTENTE_ASSIGN_OR_RETURN(Parser parser, Parser::Read(parser_bytes));
  return Grammar(std::move(words), std::move(tagger), std::move(parser));
}

void Grammar::Annotate(const Document& document, Sentence* sentence, Scratch* scratch) const {
  Tag(document, sentence, scratch);
  Parse(sentence, scratch);
}

void Grammar::Tag(const Document& document, Sentence* sentence, Scratch* scratch) const {
  words_.Describe(document, sentence->tokens, &scratch->words);
  tagger_.Tag(scratch->words, &scratch->tags);
  for (size_t i = 0; i < sentence->tokens.size(); ++i) {
    Token& token = sentence->tokens[i];
    token.upos = tagger_.tag_set().upos(scratch->tags[i]);
    token.xpos = tagger_.tag_set().xpos(scratch->tags[i]);
  }
}

void Grammar::Parse(Sentence* sentence, Scratch* scratch) const {
  const auto root = static_cast<int32_t>(sentence->tokens.size());
  const ParserInput input{scratch->words, scratch->tags, &tagger_.tag_set(), nullptr};
  parser_.Parse(input, Parser::Options{}, &scratch->parser, &scratch->tree);
  for (int32_t i = 0; i < root; ++i) {
    const int32_t head = scratch->tree.heads[i];
    sentence->tokens[i].head = head == root ? -1 : head;
    sentence->tokens[i].deprel = scratch->tree.labels[i];
  }
}

}  // namespace entente::nlp
