// A document's trees drawn for reading: the root of a sentence first, what depends on a word
// indented under it, in the order of the text.
//
//   met  VERB
//   ├─ Kim  nsubj PROPN PER
//   …
//
// Thread safety: pure.
#ifndef ENTENTE_CLIENTS_CLI_TREE_VIEW_H_
#define ENTENTE_CLIENTS_CLI_TREE_VIEW_H_

#include <string>

#include "ingest/nlp/document.h"

namespace entente::cli {

// All sentences: the text, then the tree, a blank line after each. Linear in the tokens.
std::string TreeText(const nlp::Document& document);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_TREE_VIEW_H_
