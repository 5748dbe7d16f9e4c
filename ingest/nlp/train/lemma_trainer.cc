#include "ingest/nlp/train/lemma_trainer.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

namespace entente::nlp::train {
namespace {

// An ending of two letters or more must have been seen with so many different words, so that rules
// for unknown words do not rest on one.
constexpr size_t kWordsPerEndingMin = 2;

// Words counted once each for endings (an irregular verb's frequency says nothing about the next
// verb), by how often for whole words.
struct EndingCounts {
  std::map<LemmaEdit, int64_t> edits;
  size_t words = 0;
};

std::optional<LemmaEdit> EditOf(std::string_view base, std::string_view lemma) {
  size_t common = 0;
  while (common < base.size() && common < lemma.size() && base[common] == lemma[common]) ++common;
  while (common > 0 && common < base.size() && (base[common] & 0xC0) == 0x80) --common;
  const size_t cut = base.size() - common;
  if (cut > std::numeric_limits<uint8_t>::max()) return std::nullopt;
  return LemmaEdit{.cut = static_cast<uint8_t>(cut), .add = std::string(lemma.substr(common))};
}

const LemmaEdit& Commonest(const std::map<LemmaEdit, int64_t>& counts) {
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

using Endings = std::map<std::string, EndingCounts, std::less<>>;

template <typename WordCounts>
Endings CountEndings(const WordCounts& words) {
  Endings endings;
  for (const auto& [base, edits] : words) {
    const LemmaEdit& edit = Commonest(edits);
    const size_t longest = std::min(base.size(), Lemmatizer::kEndingBytesMax);
    for (size_t length = 0; length <= longest; ++length) {
      if (edit.cut > length && length < base.size()) continue;  // the ending must hold the change
      EndingCounts& counts = endings[base.substr(base.size() - length)];
      ++counts.edits[edit];
      ++counts.words;
    }
  }
  return endings;
}

// Keeps the endings that say something else than the longest kept ending within them.
std::map<std::string, LemmaEdit, std::less<>> KeepEndings(const Endings& endings) {
  std::vector<const Endings::value_type*> by_length;
  for (const auto& ending : endings) by_length.push_back(&ending);
  std::stable_sort(by_length.begin(), by_length.end(),
                   [](const auto* a, const auto* b) { return a->first.size() < b->first.size(); });
  std::map<std::string, LemmaEdit, std::less<>> kept;
  for (const auto* entry : by_length) {
    const std::string_view ending = entry->first;
    if (!ending.empty() && entry->second.words < kWordsPerEndingMin) continue;
    const LemmaEdit& edit = Commonest(entry->second.edits);
    const LemmaEdit* shorter = nullptr;
    for (size_t skip = 1; skip <= ending.size() && shorter == nullptr; ++skip) {
      const auto found = kept.find(ending.substr(skip));
      if (found != kept.end()) shorter = &found->second;
    }
    if (shorter == nullptr || !(*shorter == edit)) kept.emplace(ending, edit);
  }
  return kept;
}

}  // namespace

void LemmaTrainer::Add(const Document& document) {
  std::string base;
  for (const Sentence& sentence : document.sentences) {
    for (const Token& token : sentence.tokens) {
      if (token.xpos.empty() || token.lemma.empty() || token.lemma == "_") continue;
      LemmaBase(document.Text(token.span), token.upos, token.xpos, &base);
      const std::optional<LemmaEdit> edit = EditOf(base, token.lemma);
      if (edit.has_value()) ++tags_[token.xpos][base][*edit];
    }
  }
}

std::vector<LemmaRule> LemmaTrainer::Rules() const {
  std::vector<LemmaRule> rules;
  for (const auto& [xpos, words] : tags_) {
    const auto endings = KeepEndings(CountEndings(words));
    std::vector<LemmaRule> of_tag;
    for (const auto& [ending, edit] : endings) of_tag.push_back({xpos, ending, false, edit});
    const Lemmatizer by_endings(of_tag);
    rules.insert(rules.end(), of_tag.begin(), of_tag.end());
    std::string lemma;
    for (const auto& [base, edits] : words) {
      if (base.size() > Lemmatizer::kWholeBytesMax) continue;
      const LemmaEdit& edit = Commonest(edits);
      by_endings.Lemmatize(base, Upos::kPropn, xpos, &lemma);  // PROPN: the base as it is
      const std::string wanted = base.substr(0, base.size() - edit.cut) + edit.add;
      if (lemma != wanted) rules.push_back({xpos, base, true, edit});
    }
  }
  return rules;
}

}  // namespace entente::nlp::train
