#include "ingest/nlp/name_network.h"

#include <algorithm>
#include <cmath>

#include "ingest/nlp/linear_model.h"

namespace entente::nlp {
namespace {

int32_t ToScore(float value) {
  constexpr float kLargest = 1e5F;  // no sum of several overflows
  return static_cast<int32_t>(
      std::lround(std::clamp(value, -kLargest, kLargest) * NameNetwork::kScoreUnit));
}

bool BeginsWithCapital(WordShape shape) {
  return shape == WordShape::kCapitalized || shape == WordShape::kUpper ||
         shape == WordShape::kMixed || shape == WordShape::kSingleUpper ||
         shape == WordShape::kHyphenatedCapital;
}

// How the sentence uses capitals: nowhere, in the first word alone, in few words, in about half, in
// nearly all; and whether in whole words.
uint64_t CapitalsOf(std::span<const WordFeatures> words) {
  size_t letters = 0, capitals = 0, uppers = 0;
  for (const WordFeatures& word : words) {
    const bool capital = BeginsWithCapital(word.shape);
    letters += capital || word.shape == WordShape::kLower || word.shape == WordShape::kHyphenated;
    capitals += capital;
    uppers += word.shape == WordShape::kUpper;
  }
  if (capitals == 0) return 0;
  const uint64_t shouted = 2 * uppers > capitals ? 8 : 0;
  const bool first_alone = capitals == 1 && BeginsWithCapital(words.front().shape);
  if (first_alone) return 1 + shouted;
  return 2 + std::min<uint64_t>(3, 4 * capitals / letters) + shouted;
}

}  // namespace

void NameVocabulary::KeysOf(const NameInput& input, uint32_t corpus, std::vector<uint32_t>* keys) {
  keys->clear();
  const auto add = [&](uint32_t slot, uint64_t value) {
    keys->push_back(FeatureKey(4000 + slot, value));
  };
  const uint64_t capitals = CapitalsOf(input.words);
  for (size_t i = 0; i < input.words.size(); ++i) {
    const WordFeatures& word = input.words[i];
    const WordVocabulary::Keys shared = WordVocabulary::KeysOf(word, *input.tag_set, input.tags[i]);
    keys->insert(keys->end(), shared.begin(), shared.end());
    add(kCased, word.form);
    add(kPrefix2, word.prefix[1]);
    add(kPrefix4, word.prefix[3]);
    add(kCluster4, word.known.cluster_prefix4);
    add(kCapitals, capitals);
    add(kCorpus, corpus);
    add(kMarks, input.marks[i]);
    for (uint32_t list = 0; list < NameLists::kListsMax; ++list) {
      add(kList0 + list, (input.marks[i] >> (2 * list)) & 3);
    }
  }
}

void NameVocabulary::KeysToRows(std::vector<uint32_t>* keys) const {
  for (size_t i = 0; i < keys->size(); ++i) {
    (*keys)[i] = keys_.Find((*keys)[i], static_cast<uint32_t>(i % kSlotCount));
  }
}

std::vector<NetworkBlock> NameLayout::All() const {
  std::vector<Block> blocks = EncoderBlocks();
  AddBlock(output_width(), kColumns, &blocks);
  AddBlock(1, kColumns, &blocks);
  AddBlock(1, kNameLabelCount * kNameLabelCount, &blocks);
  return blocks;
}

size_t NameLayout::size() const {
  const Block last = All().back();
  return last.offset + last.size();
}

NetworkBlock NameLayout::Labels() const { return All()[1 + 6 * layers]; }
NetworkBlock NameLayout::LabelBias() const { return All()[2 + 6 * layers]; }
NetworkBlock NameLayout::Transitions() const { return All()[3 + 6 * layers]; }

NameNetwork::NameNetwork(const NameLayout& layout, const std::vector<float>& numbers)
    : encoder_(layout, numbers) {
  const NetworkBlock labels = layout.Labels(), bias = layout.LabelBias();
  labels_ = FixedPointMatrix::Of(numbers.data() + labels.offset, labels.rows, labels.columns);
  label_bias_.assign(numbers.begin() + bias.offset, numbers.begin() + bias.offset + bias.size());
  const float* transition = numbers.data() + layout.Transitions().offset;
  for (auto& row : transitions_) {
    for (int32_t& score : row) score = ToScore(*transition++);
  }
}

void NameNetwork::AddScores(std::span<const uint32_t> rows, std::span<const size_t> lengths,
                            Scratch* scratch, std::span<LabelScores> emissions) const {
  const size_t words = emissions.size(), columns = NameLayout::kColumns;
  const std::vector<float>& top =
      encoder_.Run(rows, NameVocabulary::kSlotCount, lengths, &scratch->encoder);
  SetRows(label_bias_.data(), words, columns, &scratch->scores);
  scratch->rounded.Set(top.data(), labels_.rows(), words, labels_.rows());
  MultiplyAdd(scratch->rounded, labels_, scratch->scores.data(), columns);
  for (size_t word = 0; word < words; ++word) {
    for (int label = 0; label < kNameLabelCount; ++label) {
      emissions[word][label] += ToScore(scratch->scores[word * columns + label]);
    }
  }
}

void NameNetwork::AddTransitions(LabelTransitions* transitions) const {
  for (int from = 0; from < kNameLabelCount; ++from) {
    for (int to = 0; to < kNameLabelCount; ++to) {
      (*transitions)[from][to] += transitions_[from][to];
    }
  }
}

}  // namespace entente::nlp
