#include "graph/stemmer.h"

#include <libstemmer.h>

namespace entente::graph {

Stemmer::Stemmer() : stemmer_(sb_stemmer_new("english", "UTF_8")) {}

void Stemmer::Deleter::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

std::string Stemmer::Stem(std::string_view word) const {
  if (stemmer_ == nullptr) return std::string(word);  // out of memory
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  if (stem == nullptr) return std::string(word);
  const std::string out(reinterpret_cast<const char*>(stem),
                        static_cast<size_t>(sb_stemmer_length(stemmer_.get())));
  return out.empty() ? std::string(word) : out;
}

}  // namespace entente::graph
