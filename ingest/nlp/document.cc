#include "ingest/nlp/document.h"

#include <array>

namespace entente::nlp {
namespace {

constexpr std::array<std::string_view, 18> kUpos = {
    "_",   "ADJ",  "ADP",  "ADV",   "AUX",   "CCONJ", "DET", "INTJ", "NOUN",
    "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"};

constexpr std::array<std::string_view, kDeprelCount> kDeprels = {
    "_",          "acl",       "acl:relcl",    "advcl",     "advmod",     "amod",
    "appos",      "aux",       "aux:pass",     "case",      "cc",         "ccomp",
    "clf",        "compound",  "compound:prt", "conj",      "cop",        "csubj",
    "csubj:pass", "dep",       "det",          "discourse", "dislocated", "expl",
    "fixed",      "flat",      "goeswith",     "iobj",      "list",       "mark",
    "nmod",       "nmod:poss", "nmod:tmod",    "nsubj",     "nsubj:pass", "nummod",
    "obj",        "obl",       "obl:tmod",     "orphan",    "parataxis",  "punct",
    "reparandum", "root",      "vocative",     "xcomp"};

template <size_t N>
int IndexOf(const std::array<std::string_view, N>& names, std::string_view name) {
  for (size_t i = 1; i < N; ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return 0;
}

}  // namespace

std::string_view UposName(Upos upos) { return kUpos[static_cast<size_t>(upos)]; }
Upos UposFromName(std::string_view name) { return static_cast<Upos>(IndexOf(kUpos, name)); }

std::string_view DeprelName(Deprel deprel) { return kDeprels[static_cast<size_t>(deprel)]; }

Deprel DeprelFromName(std::string_view name) {
  int index = IndexOf(kDeprels, name);
  if (index == 0) index = IndexOf(kDeprels, name.substr(0, name.find(':')));
  return static_cast<Deprel>(index);
}

std::string_view NameKindName(NameKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"PER", "ORG", "LOC", "OTH"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace entente::nlp
