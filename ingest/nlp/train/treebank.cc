#include "ingest/nlp/train/treebank.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "ingest/nlp/conllu.h"

namespace entente::nlp::train {
namespace {

constexpr size_t kTreebankBytesMax = size_t{1} << 30;
constexpr int kTagCountMin = 5;

TreebankSentence FromSentence(const Document& document, const Sentence& sentence) {
  TreebankSentence result;
  const size_t n = sentence.tokens.size();
  result.tree.Resize(n);
  for (size_t i = 0; i < n; ++i) {
    const Token& token = sentence.tokens[i];
    result.forms.emplace_back(document.Text(token.span));
    result.upos.push_back(token.upos);
    result.xpos.push_back(token.xpos);
    result.tree.heads[i] = token.head < 0 ? static_cast<int32_t>(n) : token.head;
    result.tree.labels[i] = token.deprel;
  }
  return result;
}

// True if some word between the ends of the arc to `word` hangs outside it.
bool Crosses(const Tree& tree, int32_t word) {
  const auto n = static_cast<int32_t>(tree.heads.size());
  const int32_t low = std::min(word, tree.heads[word]), high = std::max(word, tree.heads[word]);
  for (int32_t other = 0; other < n; ++other) {
    const int32_t a = std::min(other, tree.heads[other]), b = std::max(other, tree.heads[other]);
    if ((a < low && low < b && b < high) || (low < a && a < high && high < b)) return true;
  }
  return false;
}

// Keeps the words for which `keep` is true; the dependents of others go to their heads.
TreebankSentence Without(const TreebankSentence& sentence, const std::vector<bool>& keep) {
  const size_t n = sentence.forms.size();
  std::vector<int32_t> place(n + 1, -1);
  int32_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    if (keep[i]) place[i] = count++;
  }
  place[n] = count;
  TreebankSentence result;
  result.origin = sentence.origin;
  result.tree.Resize(static_cast<size_t>(count));
  for (size_t i = 0; i < n; ++i) {
    if (!keep[i]) continue;
    int32_t head = sentence.tree.heads[i];
    while (place[head] < 0) head = sentence.tree.heads[head];
    result.tree.heads[result.forms.size()] = place[head];
    result.tree.labels[result.forms.size()] = sentence.tree.labels[i];
    result.forms.push_back(sentence.forms[i]);
    result.upos.push_back(sentence.upos[i]);
    result.xpos.push_back(sentence.xpos[i]);
  }
  return result;
}

bool HasDependents(const Tree& tree, size_t word) {
  return std::find(tree.heads.begin(), tree.heads.end(), static_cast<int32_t>(word)) !=
         tree.heads.end();
}

// Headline grammar: no articles, no auxiliary "be" or "have", no final stop.
TreebankSentence Headline(const TreebankSentence& sentence) {
  const size_t n = sentence.forms.size();
  std::vector<bool> keep(n, true);
  for (size_t i = 0; i < n; ++i) {
    if (HasDependents(sentence.tree, i)) continue;
    const std::string lower = AsciiLower(sentence.forms[i]);
    const Deprel label = sentence.tree.labels[i];
    const bool article = label == Deprel::kDet && (lower == "the" || lower == "a" || lower == "an");
    const bool auxiliary = label == Deprel::kAuxPass ||
                           (label == Deprel::kAux && sentence.xpos[i] != "MD") ||
                           (label == Deprel::kCop && sentence.xpos[i] != "VB");
    const bool stop = i + 1 == n && sentence.xpos[i] == ".";
    if (article || auxiliary || stop) keep[i] = false;
  }
  return Without(sentence, keep);
}

void Capitalize(std::string* form) {
  if (!form->empty()) (*form)[0] = static_cast<char>(std::toupper((*form)[0]));
}

enum class Casing { kKept, kTitle, kUpper, kLower };

void ApplyCasing(Casing casing, TreebankSentence* sentence) {
  for (size_t i = 0; i < sentence->forms.size(); ++i) {
    std::string& form = sentence->forms[i];
    const Upos upos = sentence->upos[i];
    const bool small = upos == Upos::kAdp || upos == Upos::kDet || upos == Upos::kCconj ||
                       upos == Upos::kPart || upos == Upos::kSconj;
    if (casing == Casing::kTitle && (!small || i == 0)) Capitalize(&form);
    if (casing == Casing::kKept && i == 0) Capitalize(&form);
    if (casing == Casing::kLower) form = AsciiLower(form);
    if (casing == Casing::kUpper) {
      for (char& c : form) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
      }
    }
  }
}

}  // namespace

uint64_t Random::Next() {
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::vector<size_t> Random::Permutation(size_t count) {
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  for (size_t i = count; i > 1; --i) std::swap(order[i - 1], order[Below(i)]);
  return order;
}

absl::StatusOr<Treebank> ReadTreebanks(const std::vector<std::string>& paths) {
  Treebank treebank;
  for (const std::string& path : paths) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kTreebankBytesMax));
    ENTENTE_ASSIGN_OR_RETURN(const Document document, ReadConllu(bytes, path));
    for (const Sentence& sentence : document.sentences) {
      if (sentence.tokens.empty()) continue;
      treebank.push_back(FromSentence(document, sentence));
      treebank.back().origin = treebank.size() - 1;
    }
  }
  return treebank;
}

TagSet CollectTags(const Treebank& treebank) {
  std::map<std::pair<Upos, std::string>, int> counts;
  for (const TreebankSentence& sentence : treebank) {
    for (size_t i = 0; i < sentence.upos.size(); ++i) {
      ++counts[{sentence.upos[i], sentence.xpos[i]}];
    }
  }
  std::vector<std::pair<int, std::pair<Upos, std::string>>> sorted;
  for (const auto& [tag, count] : counts) {
    if (count >= kTagCountMin) sorted.emplace_back(-count, tag);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::pair<Upos, std::string>> tags;
  for (const auto& [negative_count, tag] : sorted) {
    if (tags.size() + 1 < LinearModel::kClassesMax) tags.push_back(tag);
  }
  return TagSet(std::move(tags));
}

std::vector<TagId> GoldTags(const TreebankSentence& sentence, const TagSet& tag_set) {
  std::vector<TagId> tags;
  for (size_t i = 0; i < sentence.upos.size(); ++i) {
    tags.push_back(tag_set.Find(sentence.upos[i], sentence.xpos[i]));
  }
  return tags;
}

std::vector<WordFeatures> DescribeWords(const TreebankSentence& sentence, const WordTable& table) {
  std::vector<WordFeatures> words(sentence.forms.size());
  for (size_t i = 0; i < words.size(); ++i) table.Describe(sentence.forms[i], &words[i]);
  return words;
}

void Projectivize(Tree* tree) {
  const auto n = static_cast<int32_t>(tree->heads.size());
  for (;;) {
    int32_t shortest = -1;
    for (int32_t word = 0; word < n; ++word) {
      if (tree->heads[word] == n || !Crosses(*tree, word)) continue;
      if (shortest < 0 ||
          std::abs(tree->heads[word] - word) < std::abs(tree->heads[shortest] - shortest)) {
        shortest = word;
      }
    }
    if (shortest < 0) return;
    tree->heads[shortest] = tree->heads[tree->heads[shortest]];
  }
}

Treebank MakeVariants(const Treebank& treebank, int every, uint64_t seed) {
  constexpr size_t kWordsMin = 4, kWordsMax = 25;
  Random random(seed);
  Treebank variants;
  for (const TreebankSentence& sentence : treebank) {
    if (random.Below(static_cast<size_t>(every)) != 0) continue;
    if (sentence.forms.size() < kWordsMin || sentence.forms.size() > kWordsMax) continue;
    // Of ten copies six are headlines, four the sentence as it is in another case.
    const size_t kind = random.Below(10);
    TreebankSentence variant = kind < 6 ? Headline(sentence) : sentence;
    if (variant.forms.empty()) continue;
    constexpr Casing kCasings[] = {Casing::kKept,  Casing::kKept,  Casing::kKept,  Casing::kTitle,
                                   Casing::kTitle, Casing::kUpper, Casing::kTitle, Casing::kUpper,
                                   Casing::kLower, Casing::kLower};
    ApplyCasing(kCasings[kind], &variant);
    variant.variant = true;
    variants.push_back(std::move(variant));
  }
  return variants;
}

}  // namespace entente::nlp::train
