#include "ingest/nlp/render.h"

#include <gtest/gtest.h>

#include "ingest/nlp/conllu.h"

namespace entente::nlp {
namespace {

TEST(Render, DrawsArcsWithTheirArrows) {
  const Document document = *ReadConllu(
      "1\tThe\tthe\tDET\tDT\t_\t2\tdet\t_\t_\n"
      "2\tarmy\tarmy\tNOUN\tNN\t_\t3\tnsubj\t_\t_\n"
      "3\tleft\tleave\tVERB\tVBD\t_\t0\troot\t_\t_\n"
      "4\tSeoul\tSeoul\tPROPN\tNNP\t_\t3\tobj\t_\tName=B-LOC\n",
      "sample");
  EXPECT_EQ(RenderDocument(document),
            "# 1, body: The army left Seoul\n"
            " ┌─►The    the    DET    DT   det\n"
            "┌┴─►army   army   NOUN   NN   nsubj\n"
            "└┬──left   leave  VERB   VBD  root\n"
            " └─►Seoul  Seoul  PROPN  NNP  obj    LOC\n");
}

TEST(Render, DrawsWordsWithoutHeads) {
  const Document document = *ReadConllu("1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n", "sample");
  EXPECT_EQ(RenderSentence(document, document.sentences[0]), "  a    _    _\n");
}

}  // namespace
}  // namespace entente::nlp
