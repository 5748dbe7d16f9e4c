// Mends the few shapes of trees that the parser gets wrong again and again and that grammar alone
// can tell: a noun taken for a verb after the word that it is compounded with ("Iran's alleged arms
// deal with Russia"), an active verb's subject taken for a passive's, an object taken for an
// oblique, a place behind an object kept from it, the second half of a "between … and …" taken for
// a clause ("the meeting between Xi and Putin took place"), and a headline's verb taken for a
// plural ("Abe calls for talks"). Whatever reads the tree afterwards, actors as well as rules, then
// needs no special case.
//
//   nlp::Document document = pipeline.Analyze(text);
//   RepairTrees(rules, &document);
//
// Thread safety: pure functions; the document is changed by the caller's thread only.
#ifndef ENTENTE_INGEST_CODER_TREE_REPAIR_H_
#define ENTENTE_INGEST_CODER_TREE_REPAIR_H_

#include "ingest/coder/rule_set.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// Changes tags, relations and heads, never spans or lemmas. Each sentence stays a tree with one
// root. What `rules` know as event nouns and their modifiers decides which words are nouns. Linear
// in the tokens but for the sentences that are mended, which are linear in them once more each.
void RepairTrees(const RuleSet& rules, nlp::Document* document);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_TREE_REPAIR_H_
