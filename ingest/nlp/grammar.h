// Tagger and parser behind one call: fills the tags and the tree of a sentence.
//
//   absl::StatusOr<Grammar> grammar = Grammar::Load(model_file);
//   Grammar::Scratch scratch;                              // one per thread, reused
//   for (Sentence& sentence : document.sentences) {
//     grammar->Annotate(document, &sentence, &scratch);    // upos, xpos, head, deprel
//   }
//
// Looks at the bytes of a token only through its shadow form. Immutable; safe to share; a scratch
// is not.
#ifndef ENTENTE_INGEST_NLP_GRAMMAR_H_
#define ENTENTE_INGEST_NLP_GRAMMAR_H_

#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/model_file.h"
#include "ingest/nlp/parser.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

class Grammar {
 public:
  struct Scratch {
    std::vector<WordFeatures> words;
    std::vector<TagId> tags;
    std::vector<WordFeatures> lower_words;  // the other reading, without capitals
    std::vector<TagId> lower_tags;
    bool lowered = false;          // that reading was taken
    std::vector<TagId> seen_tags;  // the parser's
    Tree tree;
    Parser::Scratch parser;
  };

  Grammar() = default;
  Grammar(WordTable words, Tagger tagger, Parser parser)
      : words_(std::move(words)), tagger_(std::move(tagger)), parser_(std::move(parser)) {}
  // Reads the sections "words", "tagger" and "parser". Errors: NOT_FOUND, DATA_LOSS.
  static absl::StatusOr<Grammar> Load(const ModelFile& file);

  // Tag, then Parse; then scratch.words are those of the text as it is written.
  void Annotate(const Document& document, Sentence* sentence, Scratch* scratch) const;

  // Sets upos and xpos, and leaves words and tags in the scratch. Where capitals carry no
  // information (a headline in title case or in capitals), words are looked at in lower case, but
  // for names, if that finds verbs which the capitals hid; the scratch's words are then those.
  void Tag(const Document& document, Sentence* sentence, Scratch* scratch) const;
  // Sets head and deprel, and mends tags, here and in the scratch, as the parser sees them with the
  // whole sentence around. REQUIRES: Tag was called on the same sentence with the same scratch.
  void Parse(Sentence* sentence, Scratch* scratch) const;

  const WordTable& words() const { return words_; }
  const Tagger& tagger() const { return tagger_; }
  const Parser& parser() const { return parser_; }

 private:
  bool ReadInLowerCase(const Document& document, const Sentence& sentence, Scratch* scratch) const;

  WordTable words_;
  Tagger tagger_;
  Parser parser_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_GRAMMAR_H_
