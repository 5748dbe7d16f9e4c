// The corpus of tests/testdata/coding: sentences with the events that they must and must not give.
// The format is told in its README.md. For tests alone.
#ifndef ENTENTE_TESTS_INGEST_CODER_CODING_CORPUS_H_
#define ENTENTE_TESTS_INGEST_CODER_CODING_CORPUS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::coder {

enum class Demand {
  kSome,  // "+": one event is so
  kNo,    // "-": none is so
  kOnly,  // "only": no others than those of the "+" lines
  kNone,  // "none": no event at all
};

struct Expectation {
  Demand demand = Demand::kSome;
  bool known_gap = false;  // "?": it is known not to hold yet
  int line = 0;            // of its file
  std::string text;        // as written
  std::string type;        // "*": any
  std::string subtype;     // empty: any
  std::string status;      // in small letters; "*": any
  std::vector<std::pair<std::string, std::string>> keys;
};

struct CodingCase {
  std::string name;
  int line = 0;
  v1::Article article;
  std::vector<Expectation> expectations;
};

// The cases of a file. INVALID_ARGUMENT names file and line.
absl::StatusOr<std::vector<CodingCase>> ReadCodingCases(const std::string& file,
                                                        std::string_view text);

// Whether `event` is what `expectation` describes. REQUIRES: kSome or kNo.
bool IsDescribedBy(const v1::Event& event, const Expectation& expectation);

// Whether `coded` meets the expectation; `all` are those of its case.
bool Holds(const Expectation& expectation, const std::vector<Expectation>& all,
           const v1::CodedArticle& coded);

// One line an event, for messages.
std::string Describe(const v1::CodedArticle& coded);

}  // namespace entente::coder

#endif  // ENTENTE_TESTS_INGEST_CODER_CODING_CORPUS_H_
