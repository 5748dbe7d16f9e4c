// Draws analysed sentences for people: one word a line, the tree as arcs at the left, each with an
// arrow at the dependent.
//
//   std::cout << RenderDocument(pipeline.Analyze("Kim met Putin."));
//
//    # 1, body: Kim met Putin.
//    ┌─►Kim    Kim    PROPN  NNP  nsubj  PER
//    ├──met    meet   VERB   VBD  root
//    ├─►Putin  Putin  PROPN  NNP  obj    PER
//    └─►.      .      PUNCT  .    punct
//
// Thread safety: pure functions.
#ifndef ENTENTE_INGEST_NLP_RENDER_H_
#define ENTENTE_INGEST_NLP_RENDER_H_

#include <string>

#include "ingest/nlp/document.h"

namespace entente::nlp {

// The lines of one sentence. Columns: arcs, form, lemma, UPOS, XPOS, relation, kind of name. Words
// without a head, and sentences of over 1,000 words, stand without arcs. Control characters in
// forms are drawn as spaces.
std::string RenderSentence(const Document& document, const Sentence& sentence);

// Every sentence, headed by its number, block kind and text, with blank lines between.
std::string RenderDocument(const Document& document);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_RENDER_H_
