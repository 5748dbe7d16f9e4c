#include "clients/cli/tree_view.h"

#include <gtest/gtest.h>

#include "ingest/nlp/conllu.h"

namespace entente::cli {
namespace {

TEST(TreeTextTest, DrawsWhatDependsUnderItsHeadInTextOrder) {
  const auto document = nlp::ReadConllu(
      "1\tKim\tKim\tPROPN\tNNP\t_\t2\tnsubj\t_\t_\n"
      "2\tmet\tmeet\tVERB\tVBD\t_\t0\troot\t_\t_\n"
      "3\tPutin\tPutin\tPROPN\tNNP\t_\t2\tobj\t_\t_\n"
      "4\tin\tin\tADP\tIN\t_\t5\tcase\t_\t_\n"
      "5\tRussia\tRussia\tPROPN\tNNP\t_\t2\tobl\t_\tSpaceAfter=No\n"
      "6\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_\n\n",
      "test");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(TreeText(*document),
            "Kim met Putin in Russia.\n"
            "met  root VERB\n"
            "├─ Kim  nsubj PROPN\n"
            "├─ Putin  obj PROPN\n"
            "├─ Russia  obl PROPN\n"
            "│  └─ in  case ADP\n"
            "└─ .  punct PUNCT\n\n");
}

TEST(TreeTextTest, NothingIsDrawnOfNothing) { EXPECT_EQ(TreeText(nlp::Document()), ""); }

}  // namespace
}  // namespace entente::cli
