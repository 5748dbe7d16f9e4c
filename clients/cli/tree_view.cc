#include "clients/cli/tree_view.h"

#include <string_view>
#include <vector>

#include "base/strings.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

// A word that waits to be drawn, with what stands before it.
struct Pending {
  int32_t token;
  std::string indent;  // of the word's own line
  bool last;           // no sibling follows
};

// The kind of the name that a token is part of; empty if it is in none.
std::string_view NameOf(const nlp::Sentence& sentence, int32_t token) {
  for (const nlp::Name& name : sentence.names) {
    if (name.first <= token && token <= name.last) return nlp::NameKindName(name.kind);
  }
  return "";
}

std::string WordText(const nlp::Document& document, const nlp::Sentence& sentence, int32_t index) {
  const nlp::Token& token = sentence.tokens[static_cast<size_t>(index)];
  std::string text = Cat(Printable(document.Text(token.span)), "  ", nlp::DeprelName(token.deprel),
                         ' ', nlp::UposName(token.upos));
  const std::string_view name = NameOf(sentence, index);
  return name.empty() ? text : Cat(text, ' ', name);
}

// Draws by a stack of its own: a sentence may be deeper than the machine's stack.
void AppendTree(const nlp::Document& document, const nlp::Sentence& sentence, std::string* out) {
  std::vector<std::vector<int32_t>> children(sentence.tokens.size());
  std::vector<Pending> stack;
  for (size_t i = sentence.tokens.size(); i-- > 0;) {
    const int32_t head = sentence.tokens[i].head;
    const auto index = static_cast<int32_t>(i);
    if (head < 0) {
      stack.push_back({index, "", true});
    } else {
      children[static_cast<size_t>(head)].push_back(index);  // the last in the text first
    }
  }
  while (!stack.empty()) {
    const Pending word = std::move(stack.back());
    stack.pop_back();
    const bool root = sentence.tokens[static_cast<size_t>(word.token)].head < 0;
    out->append(word.indent).append(root ? "" : word.last ? "└─ " : "├─ ");
    out->append(WordText(document, sentence, word.token)).push_back('\n');
    const std::string indent = word.indent + (root ? "" : word.last ? "   " : "│  ");
    bool last = true;
    for (const int32_t child : children[static_cast<size_t>(word.token)]) {
      stack.push_back({child, indent, last});
      last = false;
    }
  }
}

}  // namespace

std::string TreeText(const nlp::Document& document) {
  std::string out;
  for (const nlp::Sentence& sentence : document.sentences) {
    out.append(Printable(document.Text(sentence.span))).push_back('\n');
    AppendTree(document, sentence, &out);
    out.push_back('\n');
  }
  return out;
}

}  // namespace entente::cli
