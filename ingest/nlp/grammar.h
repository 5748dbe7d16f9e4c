// Tagger and parser behind one call: fills the tags and the tree of a sentence.
//
//   absl::StatusOr<Grammar> grammar = Grammar::Load(model_file);
//   Grammar::Scratch scratch;                              // one per thread, reused
//   grammar->Annotate(document, document.sentences, &scratch);   // upos, xpos, head, deprel
//
// Looks at the bytes of a token only through its shadow form. Immutable; safe to share; a scratch
// is not.
#ifndef ENTENTE_INGEST_NLP_GRAMMAR_H_
#define ENTENTE_INGEST_NLP_GRAMMAR_H_

#include <span>
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
  // A sentence as the tagger reads it.
  struct Reading {
    std::vector<WordFeatures> words;
    std::vector<TagId> tags;
    std::vector<WordFeatures> lower_words;  // the other reading, without capitals
    std::vector<TagId> lower_tags;
    bool lowered = false;  // that reading was taken
  };

  struct Scratch {
    std::vector<Reading> readings;    // of the sentences last annotated; more may follow
    std::vector<TaggedWords> tagged;  // views of them, as many as sentences
    std::vector<ParsedWords> parsed;
    Parser::Scratch parser;
  };

  Grammar() = default;
  Grammar(WordTable words, Tagger tagger, Parser parser)
      : words_(std::move(words)), tagger_(std::move(tagger)), parser_(std::move(parser)) {}
  // Reads the sections "words", "tagger" and "parser". Errors: NOT_FOUND, DATA_LOSS.
  static absl::StatusOr<Grammar> Load(const ModelFile& file);

  // How many of the first sentences are best annotated together: the sooner a text's sentences are
  // done with, the less memory it takes. At least one of any.
  static size_t BatchSize(std::span<const Sentence> sentences);

  // Tag, then Parse. What a sentence gets does not depend on the others. Leaves in scratch->tagged
  // the words as they are written with their tags, valid until the scratch is used again.
  void Annotate(const Document& document, std::span<Sentence> sentences, Scratch* scratch) const;

  // Sets upos and xpos, and leaves words and tags in the scratch. Where capitals carry no
  // information (a headline in title case or in capitals), words are looked at in lower case, but
  // for names, if that finds verbs which the capitals hid; the scratch's words are then those.
  void Tag(const Document& document, std::span<Sentence> sentences, Scratch* scratch) const;
  // Sets head and deprel, and mends tags, here and in the scratch, as the parser sees them with the
  // whole sentence around. REQUIRES: Tag was called on the same sentences with the same scratch.
  void Parse(std::span<Sentence> sentences, Scratch* scratch) const;

  const WordTable& words() const { return words_; }
  const Tagger& tagger() const { return tagger_; }
  const Parser& parser() const { return parser_; }

 private:
  void TagSentence(const Document& document, Sentence* sentence, Reading* reading) const;
  bool ReadInLowerCase(const Document& document, const Sentence& sentence, Reading* reading) const;

  WordTable words_;
  Tagger tagger_;
  Parser parser_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_GRAMMAR_H_
