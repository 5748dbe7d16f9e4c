// What a person types to find events by their words:
//
//   arms deal            all of the words, in any order, in any form ("armed", "deals")
//   "arms deal"          one behind the other
//   sanct*               words that begin so
//   -missile             none of the word; also -"arms deal" and -sanct*
//
// A word that folds to several ("U.S.", "state-run") is a phrase. A beginning is compared with
// stems, so it should not be longer than what the forms of a word have in common; a whole word
// before the star finds all forms of the word.
//
//   ENTENTE_ASSIGN_OR_RETURN(const TextQuery query, ParseTextQuery("arms deal -missile", indexer));
//
// Pure.
#ifndef ENTENTE_GRAPH_TEXT_QUERY_H_
#define ENTENTE_GRAPH_TEXT_QUERY_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "graph/event_text.h"

namespace entente::graph {

struct TextClause {
  enum class Kind {
    kPhrase,     // the terms one behind the other; mostly a single one
    kBeginning,  // terms that begin with terms[0], or are terms[1], the stem of the same
  };
  Kind kind = Kind::kPhrase;
  std::vector<std::string> terms;
  bool excluded = false;

  auto operator<=>(const TextClause&) const = default;
};

struct TextQuery {
  std::vector<TextClause> clauses;  // each once; at least one is not excluded
};

inline constexpr size_t kTextQueryBytesMax = 1000;
inline constexpr size_t kTextQueryTermsMax = 32;
inline constexpr size_t kTextQueryBeginningsMax = 4;

// INVALID_ARGUMENT: too long, a quotation mark without its other, a star that is not behind one
// word of at least two letters, nothing to look for, or one of the limits above.
absl::StatusOr<TextQuery> ParseTextQuery(std::string_view text, const TextIndexer& indexer);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_TEXT_QUERY_H_
