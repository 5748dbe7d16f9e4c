#include "graph/text_query.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace entente::graph {
namespace {

constexpr size_t kBeginningLettersMin = 2;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// With plain quotation marks for typographic ones.
std::string PlainQuotes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    if (c.value >= 0x201C && c.value <= 0x201F) {
      out.push_back('"');
    } else {
      out.append(text.substr(i, c.length));
    }
    i += c.length;
  }
  return out;
}

size_t Letters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

class Parser {
 public:
  Parser(std::string_view text, const TextIndexer& indexer)
      : text_(PlainQuotes(text)), indexer_(indexer) {}

  absl::StatusOr<TextQuery> Run() {
    while (SkipSpace()) ENTENTE_RETURN_IF_ERROR(Clause());
    auto& clauses = query_.clauses;
    std::sort(clauses.begin(), clauses.end());
    clauses.erase(std::unique(clauses.begin(), clauses.end()), clauses.end());
    ENTENTE_RETURN_IF_ERROR(CheckLimits());
    return std::move(query_);
  }

 private:
  bool SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    return at_ < text_.size();
  }

  absl::Status Clause() {
    TextClause clause;
    clause.excluded = text_[at_] == '-';
    if (clause.excluded) ++at_;
    if (at_ < text_.size() && text_[at_] == '"') return Phrase(std::move(clause));
    const size_t begin = at_;
    while (at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != '"') ++at_;
    const std::string_view word = std::string_view(text_).substr(begin, at_ - begin);
    const size_t star = word.find('*');
    if (star == std::string_view::npos) {
      Add(std::move(clause), indexer_.TermsOf(word));
      return absl::OkStatus();
    }
    if (star + 1 != word.size()) {
      return InvalidArgument(
          Cat("query: in '", word, "' the star must be the last character, as in sanct*"));
    }
    return Beginning(std::move(clause), word.substr(0, star));
  }

  absl::Status Phrase(TextClause clause) {
    const size_t begin = at_ + 1;
    const size_t end = text_.find('"', begin);
    if (end == std::string::npos) {
      return InvalidArgument(
          Cat("query: the quotation mark before '", text_.substr(begin), "' has no end"));
    }
    at_ = end + 1;
    const std::string_view words = std::string_view(text_).substr(begin, end - begin);
    if (words.find('*') != std::string_view::npos) {
      return InvalidArgument(Cat("query: a star cannot stand in a phrase: \"", words, "\""));
    }
    Add(std::move(clause), indexer_.TermsOf(words));
    return absl::OkStatus();
  }

  absl::Status Beginning(TextClause clause, std::string_view word) {
    const std::string folded = FoldName(word);
    if (folded.find(' ') != std::string::npos || Letters(folded) < kBeginningLettersMin ||
        folded.size() > kTermBytesMax) {
      return InvalidArgument(Cat("query: '", word, "*': before a star must stand one word of ",
                                 kBeginningLettersMin, " letters or more"));
    }
    ++beginnings_;
    clause.kind = TextClause::Kind::kBeginning;
    std::vector<std::string> terms = {folded};
    const std::vector<std::string> stems = indexer_.TermsOf(word);
    terms.insert(terms.end(), stems.begin(), stems.end());
    Add(std::move(clause), std::move(terms));
    return absl::OkStatus();
  }

  void Add(TextClause clause, std::vector<std::string> terms) {
    if (terms.empty()) return;  // punctuation alone
    term_count_ += clause.kind == TextClause::Kind::kBeginning ? 1 : terms.size();
    clause.terms = std::move(terms);
    query_.clauses.push_back(std::move(clause));
  }

  absl::Status CheckLimits() const {
    if (term_count_ > kTextQueryTermsMax || beginnings_ > kTextQueryBeginningsMax) {
      return InvalidArgument(Cat("query has ", term_count_, " words, ", beginnings_,
                                 " of them beginnings; at most ", kTextQueryTermsMax, " and ",
                                 kTextQueryBeginningsMax, " are allowed"));
    }
    const bool wants_something =
        std::any_of(query_.clauses.begin(), query_.clauses.end(),
                    [](const TextClause& clause) { return !clause.excluded; });
    if (wants_something) return absl::OkStatus();
    return InvalidArgument(query_.clauses.empty()
                               ? "query has no word with letters or digits"
                               : "query only excludes; give a word that must be there");
  }

  const std::string text_;
  const TextIndexer& indexer_;
  size_t at_ = 0;
  size_t term_count_ = 0;
  size_t beginnings_ = 0;
  TextQuery query_;
};

}  // namespace

absl::StatusOr<TextQuery> ParseTextQuery(std::string_view text, const TextIndexer& indexer) {
  if (text.size() > kTextQueryBytesMax) {
    return InvalidArgument(
        Cat("query has ", text.size(), " bytes; at most ", kTextQueryBytesMax, " are allowed"));
  }
  if (!IsValidUtf8(text)) return InvalidArgument("query is not UTF-8");
  return Parser(text, indexer).Run();
}

}  // namespace entente::graph
