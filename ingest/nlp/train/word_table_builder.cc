#include "ingest/nlp/train/word_table_builder.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/strings.h"
#include "ingest/nlp/segmenter.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp::train {
namespace {

constexpr int kTaggedCountMin = 4;     // rarer words have no set of tags
constexpr double kTagShareMin = 0.05;  // rarer tags of a word do not count

// The set of a word's tags as text ("NOUN|NN VERB|VB"), commonest first; "" for a rare word.
std::string SetOf(const std::map<std::string, int>& tags) {
  int total = 0;
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto& [tag, count] : tags) {
    total += count;
    sorted.emplace_back(-count, tag);
  }
  if (total < kTaggedCountMin) return "";
  std::sort(sorted.begin(), sorted.end());
  std::string set;
  for (const auto& [negative_count, tag] : sorted) {
    if (-negative_count >= kTagShareMin * total) set += tag + " ";
  }
  return set;
}

// The set of tags of each frequent word.
std::map<std::string, std::string> TagSetsOfWords(const Treebank& treebank) {
  std::map<std::string, std::map<std::string, int>> counts;
  for (const TreebankSentence& sentence : treebank) {
    for (size_t i = 0; i < sentence.forms.size(); ++i) {
      ++counts[TableForm(sentence.forms[i])]
              [Cat(UposName(sentence.upos[i]), "|", sentence.xpos[i])];
    }
  }
  std::map<std::string, std::string> sets;
  for (const auto& [word, tags] : counts) {
    std::string set = SetOf(tags);
    if (!set.empty()) sets[word] = std::move(set);
  }
  return sets;
}

}  // namespace

void AppendWords(const Treebank& treebank, std::vector<std::string>* words) {
  for (const TreebankSentence& sentence : treebank) {
    for (const std::string& form : sentence.forms) words->push_back(TableForm(form));
    words->emplace_back();
  }
}

void AppendWords(std::string_view text, std::vector<std::string>* words) {
  Document document;
  document.text = std::string(text);
  Segmenter().Segment(&document);
  for (const Sentence& sentence : document.sentences) {
    for (const Token& token : sentence.tokens) {
      words->push_back(TableForm(document.Text(token.span)));
    }
    words->emplace_back();
  }
}

std::string BuildWordTable(const WordClusters& clusters, const WordNet& wordnet,
                           const Treebank& treebank) {
  const std::map<std::string, std::string> tag_sets = TagSetsOfWords(treebank);
  std::set<std::string> words;
  for (const auto& [word, cluster] : clusters.of) words.insert(word);
  for (const auto& [word, tags] : tag_sets) words.insert(word);
  for (const auto& [word, entry] : wordnet.words) words.insert(word);
  for (const auto& [word, base] : wordnet.irregular) words.insert(word);
  std::map<std::string, uint16_t> set_numbers;
  for (const auto& [word, set] : tag_sets) {
    set_numbers.emplace(set, static_cast<uint16_t>(set_numbers.size() + 1));
  }
  std::vector<WordTable::Entry> entries;
  for (const std::string& word : words) {
    WordTable::Entry entry;
    entry.word = word;
    const auto cluster = clusters.of.find(word);
    if (cluster != clusters.of.end()) entry.cluster = static_cast<uint16_t>(cluster->second + 1);
    const WordNetEntry known = wordnet.Lookup(word);
    entry.noun_sense = known.noun_sense;
    entry.verb_sense = known.verb_sense;
    entry.wordnet_pos = known.pos;
    const auto tags = tag_sets.find(word);
    if (tags != tag_sets.end()) entry.tags = set_numbers[tags->second];
    entries.push_back(std::move(entry));
  }
  return WordTable::Serialize(clusters.paths, std::move(entries));
}

TagSetFolds::TagSetFolds(const WordTable& table, const Treebank& treebank, size_t folds)
    : table_(table), folds_(folds) {
  for (const TreebankSentence& sentence : treebank) {
    if (sentence.variant) continue;
    for (size_t i = 0; i < sentence.forms.size(); ++i) {
      std::vector<int>& counts = words_[TableForm(sentence.forms[i])]
                                       [Cat(UposName(sentence.upos[i]), "|", sentence.xpos[i])];
      counts.resize(folds);
      ++counts[sentence.origin % folds];
    }
  }
  for (const auto& [word, tags] : words_) {
    std::map<std::string, int> all;
    for (const auto& [tag, counts] : tags)
      all[tag] = std::accumulate(counts.begin(), counts.end(), 0);
    const std::string set = SetOf(all);
    const uint16_t number = table.Find(HashBytes(word)).tags;
    if (!set.empty() && number != 0) numbers_.emplace(set, number);
  }
}

WordTable TagSetFolds::Without(size_t left_out) {
  WordTable table = table_;
  uint16_t last = 0;
  for (const auto& [set, number] : numbers_) last = std::max(last, number);
  for (const auto& [word, tags] : words_) {
    std::map<std::string, int> counted;
    for (const auto& [tag, counts] : tags) {
      const int count = std::accumulate(counts.begin(), counts.end(), 0) -
                        (left_out < folds_ ? counts[left_out] : 0);
      if (count > 0) counted[tag] = count;
    }
    const std::string set = SetOf(counted);
    uint16_t number = 0;
    if (!set.empty()) {
      const auto [place, added] = numbers_.emplace(set, static_cast<uint16_t>(last + 1));
      last = static_cast<uint16_t>(last + added);
      number = place->second;
    }
    table.SetTags(HashBytes(word), number);
  }
  return table;
}

}  // namespace entente::nlp::train
