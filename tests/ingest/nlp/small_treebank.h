// A treebank of our own for tests: a dozen sentences in the manner of news, one not projective.
#ifndef ENTENTE_TESTS_INGEST_NLP_SMALL_TREEBANK_H_
#define ENTENTE_TESTS_INGEST_NLP_SMALL_TREEBANK_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace entente::nlp {

// One word as "form/UPOS/XPOS/head/relation", heads counted from 1, 0 for the root.
inline constexpr std::string_view kSmallTreebank[] = {
    "The/DET/DT/2/det minister/NOUN/NN/3/nsubj met/VERB/VBD/0/root the/DET/DT/5/det "
    "ambassador/NOUN/NN/3/obj ././PUNCT/3/punct",
    "Kim/PROPN/NNP/2/nsubj met/VERB/VBD/0/root with/ADP/IN/6/case Ambassador/PROPN/NNP/6/compound "
    "Philip/PROPN/NNP/6/compound Goldberg/PROPN/NNP/2/obl in/ADP/IN/8/case Seoul/PROPN/NNP/2/obl "
    "././PUNCT/2/punct",
    "Troops/NOUN/NNS/2/nsubj left/VERB/VBD/0/root the/DET/DT/4/det city/NOUN/NN/2/obj "
    "on/ADP/IN/6/case Monday/PROPN/NNP/2/obl ././PUNCT/2/punct",
    "Moscow/PROPN/NNP/3/nsubj has/AUX/VBZ/3/aux sent/VERB/VBN/0/root weapons/NOUN/NNS/3/obj "
    "to/ADP/IN/7/case the/DET/DT/7/det army/NOUN/NN/3/obl ././PUNCT/3/punct",
    "The/DET/DT/2/det weapons/NOUN/NNS/4/nsubj:pass were/AUX/VBD/4/aux:pass sent/VERB/VBN/0/root "
    "by/ADP/IN/6/case Moscow/PROPN/NNP/4/obl ././PUNCT/4/punct",
    "Officials/NOUN/NNS/2/nsubj said/VERB/VBD/0/root that/SCONJ/IN/6/mark talks/NOUN/NNS/6/nsubj "
    "will/AUX/MD/6/aux continue/VERB/VB/2/ccomp ././PUNCT/2/punct",
    "The/DET/DT/3/det new/ADJ/JJ/3/amod sanctions/NOUN/NNS/4/nsubj hit/VERB/VBD/0/root "
    "banks/NOUN/NNS/4/obj and/CCONJ/CC/7/cc ports/NOUN/NNS/5/conj ././PUNCT/4/punct",
    "A/DET/DT/2/det treaty/NOUN/NN/3/nsubj exists/VERB/VBZ/0/root",
    "The/DET/DT/2/det army/NOUN/NN/4/nsubj has/AUX/VBZ/4/aux left/VERB/VBN/0/root "
    "././PUNCT/4/punct",
    // "that banks fear" hangs on "talks", across the verb.
    "Talks/NOUN/NNS/3/nsubj will/AUX/MD/3/aux continue/VERB/VB/0/root "
    "Monday/PROPN/NNP/3/obl that/SCONJ/IN/7/mark banks/NOUN/NNS/7/nsubj fear/VERB/VBP/1/acl:relcl",
};

// The treebank in CoNLL-U.
inline std::string SmallTreebankConllu() {
  std::string out;
  for (const std::string_view sentence : kSmallTreebank) {
    int number = 0;
    for (const std::string_view word : Split(sentence, ' ')) {
      // A full stop is written "././PUNCT/…": its form, its XPOS and then the rest.
      std::vector<std::string_view> f = Split(word, '/');
      if (f[0] == ".") f = {f[0], "PUNCT", ".", f[3], f[4]};
      out += Cat(++number, "\t", f[0], "\t", f[0], "\t", f[1], "\t", f[2], "\t_\t", f[3], "\t",
                 f[4], "\t_\t_\n");
    }
    out += "\n";
  }
  return out;
}

}  // namespace entente::nlp

#endif  // ENTENTE_TESTS_INGEST_NLP_SMALL_TREEBANK_H_
