#include "ingest/nlp/train/parser_trainer.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/strings.h"
#include "ingest/nlp/train/parser_heads.h"

namespace entente::nlp::train {
namespace {

int CountMin(size_t slot) {
  switch (slot) {
    case WordVocabulary::kForm:
      return 2;
    case WordVocabulary::kSuffix2:
    case WordVocabulary::kSuffix3:
    case WordVocabulary::kPrefix3:
      return 4;
    case WordVocabulary::kSuffix4:
      return 6;
    default:
      return 1;
  }
}

TreeExample MakeTreeExample(const ParserExample& example, const TagSet& tag_set,
                            const WordVocabulary& vocabulary, const std::vector<Deprel>& labels) {
  TreeExample result;
  result.words = example.words.size();
  result.heads = example.gold.heads;
  result.tags = example.gold_tags;
  for (size_t i = 0; i < example.words.size(); ++i) {
    const WordVocabulary::Rows rows =
        vocabulary.Find(WordVocabulary::KeysOf(example.words[i], tag_set, example.tags[i]));
    result.rows.insert(result.rows.end(), rows.begin(), rows.end());
    result.labels.push_back(static_cast<uint16_t>(
        std::find(labels.begin(), labels.end(), example.gold.labels[i]) - labels.begin()));
  }
  return result;
}

}  // namespace

WordVocabulary CollectVocabulary(const std::vector<ParserExample>& examples,
                                 const TagSet& tag_set) {
  std::unordered_map<uint32_t, std::pair<int, size_t>> counts;  // by key: count, slot
  for (const ParserExample& example : examples) {
    for (size_t i = 0; i < example.words.size(); ++i) {
      const WordVocabulary::Keys keys =
          WordVocabulary::KeysOf(example.words[i], tag_set, example.tags[i]);
      for (size_t slot = 0; slot < keys.size(); ++slot) {
        auto& count = counts[keys[slot]];
        ++count.first;
        count.second = slot;
      }
    }
  }
  std::vector<uint32_t> keys;
  for (const auto& [key, count] : counts) {
    if (count.first >= CountMin(count.second)) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return WordVocabulary(std::move(keys));
}

std::vector<Deprel> CollectLabels(const std::vector<ParserExample>& examples) {
  std::map<Deprel, int> counts;
  for (const ParserExample& example : examples) {
    for (const Deprel label : example.gold.labels) ++counts[label];
  }
  std::vector<Deprel> labels;
  for (const auto& [label, count] : counts) labels.push_back(label);
  return labels;
}

NetworkLayout LayoutOf(const NetworkOptions& options, const WordVocabulary& vocabulary,
                       const std::vector<Deprel>& labels, const TagSet& tag_set) {
  NetworkLayout layout;
  layout.vocabulary = vocabulary.rows();
  layout.width = options.width;
  layout.units = options.units;
  layout.layers = options.layers;
  layout.hidden = options.hidden;
  layout.labels = labels.size();
  layout.tags = static_cast<size_t>(tag_set.size());
  return layout;
}

std::vector<float> CarryOver(const ParserModel& from, size_t number,
                             const std::vector<ParserExample>& examples, const TagSet& tag_set,
                             const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                             const NetworkLayout& layout) {
  NetworkLayout same_rows = from.layout;
  same_rows.vocabulary = layout.vocabulary;
  if (!(same_rows == layout) || from.labels != labels) return {};
  const std::vector<float>& old = from.networks[number];
  const size_t width = layout.width, old_rows = from.layout.Embeddings().size();
  std::vector<float> numbers(layout.size());
  std::copy(old.begin() + static_cast<std::ptrdiff_t>(old_rows), old.end(),
            numbers.begin() + static_cast<std::ptrdiff_t>(layout.Embeddings().size()));
  for (const ParserExample& example : examples) {
    for (size_t i = 0; i < example.words.size(); ++i) {
      const WordVocabulary::Keys keys =
          WordVocabulary::KeysOf(example.words[i], tag_set, example.tags[i]);
      const WordVocabulary::Rows now = vocabulary.Find(keys), before = from.vocabulary.Find(keys);
      for (size_t slot = 0; slot < keys.size(); ++slot) {
        std::copy_n(old.begin() + static_cast<std::ptrdiff_t>(before[slot] * width), width,
                    numbers.begin() + static_cast<std::ptrdiff_t>(now[slot] * width));
      }
    }
  }
  for (size_t row = 0; row < WordVocabulary::kSlotCount * width; ++row) numbers[row] = old[row];
  return numbers;
}

std::vector<float> TrainNetwork(const std::vector<ParserExample>& examples, const TagSet& tag_set,
                                const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                                const NetworkOptions& options, const Progress& progress,
                                const AfterPass& after_pass, const std::vector<float>& start) {
  std::vector<TreeExample> rows(examples.size());
  std::vector<const EncoderExample*> sentences;
  for (size_t i = 0; i < examples.size(); ++i) {
    rows[i] = MakeTreeExample(examples[i], tag_set, vocabulary, labels);
    sentences.push_back(&rows[i]);
  }
  const NetworkLayout layout = LayoutOf(options, vocabulary, labels, tag_set);
  std::vector<float> slot_dropout(WordVocabulary::kSlotCount, options.slot_dropout);
  slot_dropout[WordVocabulary::kForm] = options.form_dropout;
  EncoderLearner learner(layout, layout.All(), slot_dropout, options);
  ParserHeads heads(layout, 1.0F, options.tag_share, options.dropout, &learner);
  if (!start.empty()) {
    *learner.weights() = start;
    learner.ResetAverage();
  }
  Random random(options.seed + 1000);
  float done = 0;
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    const std::vector<Batch> batches = MakeBatches(sentences, options.batch_words, &random);
    double loss = 0;
    for (const Batch& batch : batches) {
      const float left = 1.0F - done / static_cast<float>(options.iterations);
      learner.Forward(batch);
      loss += heads.Loss() / static_cast<float>(batch.words);
      learner.Backward(options.rate * std::max(left, 0.05F));
      done += 1.0F / static_cast<float>(batches.size());
    }
    progress(Cat("pass ", iteration, " of ", options.iterations, ", loss ",
                 loss / static_cast<double>(batches.size()), " a word"));
    if (after_pass) after_pass(iteration, learner.average());
  }
  return learner.average();
}

}  // namespace entente::nlp::train
