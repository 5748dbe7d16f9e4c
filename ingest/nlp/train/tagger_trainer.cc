#include "ingest/nlp/train/tagger_trainer.h"

#include <array>
#include <utility>

#include "base/strings.h"
#include "ingest/nlp/train/perceptron.h"
#include "ingest/nlp/train/word_table_builder.h"

namespace entente::nlp::train {
namespace {

// Tags one sentence left to right on its own predictions, correcting the learner at each mistake.
size_t LearnSentence(const std::vector<WordFeatures>& words, const std::vector<TagId>& gold,
                     const TagSet& tag_set, Perceptron* learner) {
  size_t mistakes = 0;
  std::vector<TagId> tags(words.size(), 0);
  KeyBuffer keys;
  for (size_t i = 0; i < words.size(); ++i) {
    TaggerKeys(words, tag_set, tags, i, &keys);
    tags[i] = BestTag(*learner, keys, tag_set.size());
    if (tags[i] != gold[i]) {
      learner->Update(keys, gold[i], 1);
      learner->Update(keys, tags[i], -1);
      ++mistakes;
    }
    learner->NextExample();
  }
  return mistakes;
}

// The tables by which the sentences of each fold are described.
std::vector<WordTable> FoldTables(const Treebank& treebank, const WordTable& table, size_t folds) {
  if (folds == 0) return {table};
  TagSetFolds counted(table, treebank, folds);
  std::vector<WordTable> tables;
  for (size_t fold = 0; fold < folds; ++fold) tables.push_back(counted.Without(fold));
  return tables;
}

}  // namespace

Tagger TrainTagger(const Treebank& treebank, const TagSet& tag_set, const WordTable& table,
                   const TaggerOptions& options, const Progress& progress) {
  std::vector<std::vector<WordFeatures>> words;
  std::vector<std::vector<TagId>> gold;
  size_t tokens = 0;
  const std::vector<WordTable> tables = FoldTables(treebank, table, options.table_folds);
  for (const TreebankSentence& sentence : treebank) {
    words.push_back(DescribeWords(sentence, tables[sentence.origin % tables.size()]));
    gold.push_back(GoldTags(sentence, tag_set));
    tokens += sentence.forms.size();
  }
  Perceptron learner;
  Random random(options.seed);
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    size_t mistakes = 0;
    for (const size_t i : random.Permutation(treebank.size())) {
      mistakes += LearnSentence(words[i], gold[i], tag_set, &learner);
    }
    progress(Cat("tagger: round ", iteration, " of ", options.iterations, ", ", mistakes,
                 " mistakes in ", tokens, " words, ", learner.feature_count(), " features"));
  }
  return Tagger(tag_set, LinearModel::FromWeights(learner.Averaged(), options.prune_below));
}

std::vector<std::vector<TagId>> JackknifeTags(const Treebank& treebank, const TagSet& tag_set,
                                              const WordTable& table, const TaggerOptions& options,
                                              int folds, const Progress& progress) {
  std::vector<std::vector<TagId>> tags(treebank.size());
  for (size_t fold = 0; fold < static_cast<size_t>(folds); ++fold) {
    Treebank others;
    for (const TreebankSentence& sentence : treebank) {
      if (sentence.origin % folds != fold) others.push_back(sentence);
    }
    const Tagger tagger = TrainTagger(others, tag_set, table, options, [](const std::string&) {});
    const WordTable seen =
        options.table_folds == 0 ? table : TagSetFolds(table, others, 1).Without(1);
    size_t right = 0, tokens = 0;
    for (size_t i = 0; i < treebank.size(); ++i) {
      if (treebank[i].origin % folds != fold) continue;
      tagger.Tag(DescribeWords(treebank[i], seen), &tags[i]);
      const std::vector<TagId> gold = GoldTags(treebank[i], tag_set);
      for (size_t j = 0; j < gold.size(); ++j) right += gold[j] == tags[i][j];
      tokens += gold.size();
    }
    progress(Cat("tags by jackknife: fold ", fold + 1, " of ", folds, ", ",
                 100.0 * static_cast<double>(right) / static_cast<double>(tokens), "% right"));
  }
  return tags;
}

}  // namespace entente::nlp::train
