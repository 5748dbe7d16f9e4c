// Names that are spelt nearly like a query. A word of 4 to 7 letters may differ by one typing
// error, one of 8 letters or more by two; shorter words must be the same. A typing error is a
// letter that is wrong, missing or too many, or two neighbours exchanged (Damerau's distance in its
// restricted form, "optimal string alignment": what was exchanged is not edited again).
//
//   FuzzyPattern pattern("zelinsky");
//   pattern.Distance("zelensky of ukraine");           // 1: the words of the query are the first
//
// Names are walked in their order as if they were a tree of letters: as soon as no name that begins
// as the current one can match, the walk seeks behind all of those. Source of the method: Ukkonen's
// cut-off in the table of distances; K. Schulz and S. Mihov, "Fast string correction with
// Levenshtein automata" (2002), has the automaton that such a walk is equal to.
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_GRAPH_FUZZY_NAMES_H_
#define ENTENTE_GRAPH_FUZZY_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace entente::graph {

// Typing errors that a word of so many letters may have.
int AllowedErrors(size_t letters);

class FuzzyPattern {
 public:
  // REQUIRES: `folded` is the result of FoldName, and not empty.
  explicit FuzzyPattern(std::string_view folded);

  // True if some word may have an error: else exact search finds the same.
  bool allows_errors() const { return allows_errors_; }

  // The sum of the errors of the query's words, if they are the first words of `name` (folded);
  // nullopt if they are not within what is allowed. Calls for names in order share their work.
  std::optional<int> Distance(std::string_view name);

  // After Distance was nullopt: how many bytes of that name begin no name that matches; its size if
  // that is known of no proper beginning.
  size_t dead_bytes() const { return dead_bytes_; }

 private:
  // What is known after some letters of a name.
  struct Frame {
    size_t end = 0;            // bytes of the name so far
    size_t word = 0;           // of the query, that is being compared; all of them: it matched
    int errors = 0;            // of the words before it
    char32_t last = 0;         // the letter that led here
    std::vector<uint8_t> row;  // distances of the word's beginnings to the name's word so far
  };

  std::vector<uint8_t> FirstRow(size_t word) const;
  // The frame after one more letter; nullopt if nothing can match any more.
  std::optional<Frame> Step(char32_t letter, size_t end) const;
  std::optional<Frame> EndWord(size_t end) const;

  std::vector<std::u32string> words_;
  bool allows_errors_ = false;
  std::string name_;           // that the frames are of
  std::vector<Frame> frames_;  // for each letter of a beginning of name_, behind one for none
  size_t dead_bytes_ = 0;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_FUZZY_NAMES_H_
