// Any bytes as a text query: what is accepted has clauses with terms within the limits, and one
// that is wanted.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "graph/text_query.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using entente::graph::TextClause;
  static const entente::graph::TextIndexer indexer;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = entente::graph::ParseTextQuery(text, indexer);
  if (!query.ok()) return 0;
  size_t terms = 0;
  for (const TextClause& clause : query->clauses) {
    const bool beginning = clause.kind == TextClause::Kind::kBeginning;
    Check(!clause.terms.empty() && (!beginning || clause.terms.size() == 2));
    terms += beginning ? 1 : clause.terms.size();
    for (const auto& term : clause.terms) {
      Check(!term.empty() && term.size() <= entente::graph::kTermBytesMax);
      Check(term.find('\0') == std::string::npos && term.find(' ') == std::string::npos);
    }
  }
  Check(terms <= entente::graph::kTextQueryTermsMax);
  Check(std::any_of(query->clauses.begin(), query->clauses.end(),
                    [](const TextClause& clause) { return !clause.excluded; }));
  return 0;
}
