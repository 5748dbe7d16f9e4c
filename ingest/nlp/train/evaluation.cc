#include "ingest/nlp/train/evaluation.h"

#include <cctype>
#include <string_view>
#include <vector>

namespace entente::nlp::train {
namespace {

// A word with its place: bytes that are not white space before its begin and its end.
struct PlacedWord {
  size_t begin = 0;
  size_t end = 0;
  const Token* token = nullptr;
  int32_t head = -1;  // index in the list of all words; -1 for the root
};

struct PlacedText {
  std::vector<PlacedWord> words;
  std::vector<std::pair<size_t, size_t>> sentences;
};

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

PlacedText Place(const Document& document) {
  std::vector<size_t> place(document.text.size() + 1, 0);
  for (size_t i = 0; i < document.text.size(); ++i) {
    place[i + 1] = place[i] + !IsSpace(document.text[i]);
  }
  PlacedText placed;
  for (const Sentence& sentence : document.sentences) {
    if (sentence.tokens.empty()) continue;
    const auto first = static_cast<int32_t>(placed.words.size());
    for (const Token& token : sentence.tokens) {
      placed.words.push_back({place[token.span.begin], place[token.span.end], &token,
                              token.head < 0 ? -1 : first + token.head});
    }
    placed.sentences.emplace_back(placed.words[static_cast<size_t>(first)].begin,
                                  placed.words.back().end);
  }
  return placed;
}

// For each word of `system` the word of `gold` with the same place, or -1.
std::vector<int32_t> Align(const std::vector<PlacedWord>& gold,
                           const std::vector<PlacedWord>& system) {
  std::vector<int32_t> aligned(system.size(), -1);
  size_t g = 0;
  for (size_t s = 0; s < system.size(); ++s) {
    while (g < gold.size() && gold[g].begin < system[s].begin) ++g;
    for (size_t i = g; i < gold.size() && gold[i].begin == system[s].begin; ++i) {
      if (gold[i].end == system[s].end) aligned[s] = static_cast<int32_t>(i);
    }
  }
  return aligned;
}

size_t CommonSpans(const std::vector<std::pair<size_t, size_t>>& a,
                   const std::vector<std::pair<size_t, size_t>>& b) {
  size_t common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common;
      ++i;
      ++j;
    } else if (a[i].second <= b[j].second) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

}  // namespace

double Score::F1() const {
  return gold + system == 0
             ? 0.0
             : 200.0 * static_cast<double>(right) / static_cast<double>(gold + system);
}

Evaluation CompareDocuments(const Document& gold, const Document& system) {
  const PlacedText gold_text = Place(gold), system_text = Place(system);
  const std::vector<int32_t> aligned = Align(gold_text.words, system_text.words);
  Evaluation evaluation;
  for (Score* score : {&evaluation.words, &evaluation.upos, &evaluation.xpos, &evaluation.lemmas,
                       &evaluation.uas, &evaluation.las}) {
    score->gold = gold_text.words.size();
    score->system = system_text.words.size();
  }
  evaluation.sentences = {gold_text.sentences.size(), system_text.sentences.size(),
                          CommonSpans(gold_text.sentences, system_text.sentences)};
  for (size_t s = 0; s < aligned.size(); ++s) {
    if (aligned[s] < 0) continue;
    const PlacedWord& word = system_text.words[s];
    const PlacedWord& truth = gold_text.words[static_cast<size_t>(aligned[s])];
    const bool head_right =
        word.head < 0 ? truth.head < 0
                      : truth.head >= 0 && aligned[static_cast<size_t>(word.head)] == truth.head;
    ++evaluation.words.right;
    evaluation.upos.right += word.token->upos == truth.token->upos;
    evaluation.xpos.right += word.token->xpos == truth.token->xpos;
    evaluation.lemmas.right += word.token->lemma == truth.token->lemma;
    evaluation.uas.right += head_right;
    evaluation.las.right += head_right && word.token->deprel == truth.token->deprel;
  }
  return evaluation;
}

}  // namespace entente::nlp::train
