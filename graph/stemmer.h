// Stems of English words, by the Snowball project's English algorithm ("Porter 2"), so that
// "sanctions", "sanctioned" and "sanction" are one term. The only place that sees libstemmer.
//
//   const Stemmer stemmer;
//   stemmer.Stem("sanctions");                         // "sanction"
//
// Source: https://snowballstem.org/algorithms/english/stemmer.html. What the library makes of a
// word is part of the store's format: Verify reports the rows that another version would write.
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_GRAPH_STEMMER_H_
#define ENTENTE_GRAPH_STEMMER_H_

#include <memory>
#include <string>
#include <string_view>

struct sb_stemmer;

namespace entente::graph {

class Stemmer {
 public:
  Stemmer();

  // REQUIRES: `word` is folded (FoldName) and has no space. Never empty for a word that is not.
  std::string Stem(std::string_view word) const;

 private:
  struct Deleter {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, Deleter> stemmer_;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_STEMMER_H_
