#include "ingest/nlp/train/name_trainer.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/segmenter.h"
#include "ingest/nlp/train/perceptron.h"

namespace entente::nlp::train {
namespace {

constexpr size_t kFileBytesMax = size_t{256} << 20;

std::optional<NameKind> KindFromLabel(std::string_view name) {
  if (name == "PER" || name == "Person") return NameKind::kPerson;
  if (name == "ORG" || name == "Organisation") return NameKind::kOrganization;
  if (name == "LOC" || name == "Location") return NameKind::kLocation;
  return std::nullopt;
}

// Reads word and label of a line; false if it has neither.
bool ReadWordLine(std::string_view line, std::string_view* word, std::string_view* label) {
  if (line.find('\t') != std::string_view::npos) {
    const std::vector<std::string_view> columns = Split(line, '\t');
    const size_t first = columns.size() > 2 ? 1 : 0;
    *word = columns[first];
    *label = columns[first + 1];
  } else {
    const size_t space = line.rfind(' ');
    if (space == std::string_view::npos) return false;
    *word = line.substr(0, line.find(' '));
    *label = line.substr(space + 1);
  }
  return !word->empty() && (*label == "O" || label->starts_with("B-") || label->starts_with("I-"));
}

// IOB labels, 1 or 2, to BILOU.
std::vector<NameLabel> ToNameLabels(const std::vector<std::string>& iob) {
  std::vector<NameLabel> labels(iob.size(), kOutside);
  const auto kind_at = [&](size_t i) {
    return i < iob.size() && iob[i] != "O" ? KindFromLabel(std::string_view(iob[i]).substr(2))
                                           : std::nullopt;
  };
  for (size_t begin = 0; begin < iob.size();) {
    const std::optional<NameKind> kind = kind_at(begin);
    size_t end = begin + 1;
    if (!kind.has_value()) {
      begin = end;
      continue;
    }
    while (end < iob.size() && iob[end][0] == 'I' && kind_at(end) == kind) ++end;
    for (size_t i = begin; i < end; ++i) labels[i] = MakeNameLabel(NamePart::kInside, *kind);
    labels[begin] = MakeNameLabel(NamePart::kBegin, *kind);
    labels[end - 1] = MakeNameLabel(end - begin == 1 ? NamePart::kUnit : NamePart::kLast, *kind);
    begin = end;
  }
  return labels;
}

// A sentence with what features are made of beside its tags.
struct Prepared {
  std::vector<WordFeatures> words;
  std::vector<uint16_t> marks;
};

std::vector<WordFeatures> Describe(const NameSentence& sentence, const WordTable& words) {
  std::vector<WordFeatures> features(sentence.forms.size());
  for (size_t i = 0; i < sentence.forms.size(); ++i) {
    words.Describe(sentence.forms[i], &features[i]);
  }
  return features;
}

std::string JoinForms(const std::vector<std::string>& forms) {
  std::string joined;
  for (const std::string& form : forms) joined += form + '\n';
  return joined;
}

std::vector<Prepared> Prepare(const NameCorpus& corpus, const WordTable& words,
                              const NameLists& lists) {
  std::vector<Prepared> prepared;
  for (const NameSentence& sentence : corpus) {
    prepared.push_back({.words = Describe(sentence, words), .marks = {}});
    lists.Mark(prepared.back().words, &prepared.back().marks);
  }
  return prepared;
}

// Updates the learner towards `gold` and away from `found` where they differ.
void Correct(const NameInput& input, const std::vector<NameLabel>& gold,
             const std::vector<NameLabel>& found, const std::vector<bool>& spelled,
             Perceptron* learner) {
  KeyBuffer keys;
  for (size_t i = 0; i < gold.size(); ++i) {
    const NameLabel gold_before = i == 0 ? kOutside : gold[i - 1];
    const NameLabel found_before = i == 0 ? kOutside : found[i - 1];
    if (gold[i] == found[i] && gold_before == found_before) continue;
    const uint32_t gold_key = NameTransitionKey(gold_before);
    const uint32_t found_key = NameTransitionKey(found_before);
    learner->Update(std::span(&gold_key, 1), gold[i], 1);
    learner->Update(std::span(&found_key, 1), found[i], -1);
    if (gold[i] == found[i]) continue;
    NameKeys(input, i, spelled[i], &keys);
    learner->Update(keys, gold[i], 1);
    learner->Update(keys, found[i], -1);
  }
}

// Decodes one sentence with the current weights and corrects them. True if it was right.
bool LearnSentence(const NameInput& input, const std::vector<NameLabel>& gold,
                   const std::vector<bool>& spelled, Perceptron* learner) {
  NameScores scores;
  scores.emissions.assign(gold.size(), {});
  scores.transitions = {};
  KeyBuffer keys;
  for (size_t i = 0; i < gold.size(); ++i) {
    NameKeys(input, i, spelled[i], &keys);
    learner->Add(keys, scores.emissions[i].data());
  }
  for (int from = 0; from < kNameLabelCount; ++from) {
    const uint32_t key = NameTransitionKey(static_cast<NameLabel>(from));
    learner->Add(std::span(&key, 1), scores.transitions[from].data());
  }
  std::vector<NameLabel> found;
  BestNameLabels(scores, &found);
  if (found != gold) Correct(input, gold, found, spelled, learner);
  learner->NextExample();
  return found == gold;
}

void CountNames(const std::vector<Name>& gold, const std::vector<Name>& found, NameScore* score) {
  score->gold += static_cast<int64_t>(gold.size());
  score->found += static_cast<int64_t>(found.size());
  for (const Name& name : found) {
    for (const Name& other : gold) {
      if (name.first != other.first || name.last != other.last) continue;
      ++score->right_span;
      score->right += name.kind == other.kind;
    }
  }
}

}  // namespace

absl::Status ReadNames(const std::string& path, NameCorpus* corpus) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytesMax));
  NameSentence sentence;
  std::vector<std::string> iob;
  uint32_t document = corpus->empty() ? 0 : corpus->back().document + 1;
  bool documents = false;  // the file says where texts begin
  const auto end_sentence = [&] {
    sentence.labels = ToNameLabels(iob);
    if (!documents) ++document;
    sentence.document = document;
    if (!sentence.forms.empty()) corpus->push_back(sentence);
    sentence = NameSentence();
    iob.clear();
  };
  int64_t number = 0;
  for (std::string_view line : Split(bytes, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("# newdoc")) {
      ++document;
      documents = true;
    }
    if (line.starts_with("# ")) continue;
    if (line.empty()) {
      end_sentence();
      continue;
    }
    std::string_view word;
    std::string_view label;
    if (!ReadWordLine(line, &word, &label)) {
      return InvalidArgument(
          Cat(path, ":", number, ": \"", line, "\" is not a word and a label O, B-… or I-…"));
    }
    sentence.forms.emplace_back(word);
    iob.emplace_back(label);
  }
  end_sentence();
  return absl::OkStatus();
}

absl::Status ReadNameList(const std::string& path, int list,
                          std::vector<NameLists::Entry>* entries) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytesMax));
  std::map<std::string, uint8_t> phrases;
  for (const NameLists::Entry& entry : *entries) phrases[entry.phrase] |= entry.lists;
  std::vector<TextUnit> units;
  std::vector<WordSpan> words;
  for (const std::string_view line : Split(bytes, '\n')) {
    const std::string_view text = Trim(line);
    if (text.empty() || text.starts_with('#')) continue;
    DecodeUnits(text, &units);
    words.clear();
    TokenizeUnits(units, 0, static_cast<uint32_t>(units.size()) - 1, &words);
    std::string phrase;
    for (const WordSpan& word : words) {
      const uint32_t begin = units[word.begin].begin;
      if (!phrase.empty()) phrase.push_back(' ');
      phrase += TableForm(text.substr(begin, units[word.end].begin - begin));
    }
    if (!phrase.empty()) phrases[phrase] |= static_cast<uint8_t>(1 << list);
  }
  entries->clear();
  for (const auto& [phrase, lists] : phrases) entries->push_back({phrase, lists});
  return absl::OkStatus();
}

NameCorpus MakeNameVariants(const NameCorpus& corpus, int every, uint64_t seed) {
  const auto change_case = [](bool upper, std::string* form) {
    for (char& c : *form) {
      if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  };
  Random random(seed);
  NameCorpus variants;
  for (const NameSentence& sentence : corpus) {
    const bool plain = std::all_of(sentence.labels.begin(), sentence.labels.end(),
                                   [](NameLabel label) { return label == kOutside; });
    if (plain || random.Below(static_cast<size_t>(every)) != 0) continue;
    enum Kind { kLower, kLowerNames, kUpper, kAlsoLower };
    const size_t kind = random.Below(4);
    variants.push_back(sentence);
    for (size_t i = 0; i < sentence.forms.size(); ++i) {
      if (kind == kLowerNames && sentence.labels[i] == kOutside) continue;
      change_case(kind == kUpper, &variants.back().forms[i]);
    }
  }
  return variants;
}

std::vector<std::vector<TagId>> UnseenTags(const NameCorpus& corpus, const Treebank& treebank,
                                           const WordTable& words, const Tagger& tagger,
                                           const TaggerOptions& options, int folds,
                                           const Progress& progress) {
  const std::vector<std::vector<TagId>> jackknifed =
      JackknifeTags(treebank, tagger.tag_set(), words, options, folds, progress);
  std::map<std::string, size_t> by_forms;
  for (size_t i = 0; i < treebank.size(); ++i) by_forms[JoinForms(treebank[i].forms)] = i;
  std::vector<std::vector<TagId>> tags(corpus.size());
  for (size_t i = 0; i < corpus.size(); ++i) {
    const auto found = by_forms.find(JoinForms(corpus[i].forms));
    if (found != by_forms.end()) {
      tags[i] = jackknifed[found->second];
    } else {
      tagger.Tag(Describe(corpus[i], words), &tags[i]);
    }
  }
  return tags;
}

LinearModel TrainLinearNames(const NameCorpus& corpus, const std::vector<std::vector<TagId>>& tags,
                             const WordTable& words, const TagSet& tag_set, const NameLists& lists,
                             const NameOptions& options, const Progress& progress) {
  const std::vector<Prepared> prepared = Prepare(corpus, words, lists);
  Perceptron learner;
  Random random(options.seed);
  std::vector<bool> spelled;
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    size_t mistakes = 0;
    for (const size_t i : random.Permutation(corpus.size())) {
      const Prepared& p = prepared[i];
      const NameInput input{p.words, tags[i], &tag_set, p.marks};
      spelled.assign(p.words.size(), true);
      for (size_t word = 0; word < spelled.size(); ++word) {
        spelled[word] = random.Below(1000) >= static_cast<size_t>(options.dropout * 1000);
      }
      mistakes += !LearnSentence(input, corpus[i].labels, spelled, &learner);
    }
    progress(Cat("names: round ", iteration, " of ", options.iterations, ", ", mistakes, " of ",
                 corpus.size(), " sentences wrong, ", learner.feature_count(), " features"));
  }
  return LinearModel::FromWeights(learner.Averaged(), options.prune_below);
}

NameNetworkData PrepareNameNetwork(const NameCorpus& corpus,
                                   const std::vector<std::vector<TagId>>& tags,
                                   const WordTable& words, const TagSet& tag_set,
                                   const NameLists& lists) {
  const std::vector<Prepared> prepared = Prepare(corpus, words, lists);
  std::vector<std::vector<uint32_t>> keys(corpus.size());
  for (size_t i = 0; i < corpus.size(); ++i) {
    NameVocabulary::KeysOf({prepared[i].words, tags[i], &tag_set, prepared[i].marks},
                           corpus[i].corpus, &keys[i]);
  }
  NameNetworkData data;
  data.vocabulary = CollectNameVocabulary(keys);
  for (size_t i = 0; i < corpus.size(); ++i) {
    NameExample example;
    data.vocabulary.KeysToRows(&keys[i]);
    example.rows = std::move(keys[i]);
    example.words = corpus[i].forms.size();
    example.names = corpus[i].labels;
    data.examples.push_back(std::move(example));
  }
  return data;
}

NameScore EvaluateNames(const NameCorpus& corpus, const WordTable& words, const Tagger& tagger,
                        const NameTagger& names) {
  NameScore score;
  NameTagger::Scratch scratch;
  NameTagger::Text text;
  std::vector<TagId> tags;
  std::vector<std::vector<Name>> found;
  std::vector<Name> gold;
  size_t begin = 0;  // of the text
  for (size_t i = 0; i < corpus.size(); ++i) {
    const std::vector<WordFeatures> described = Describe(corpus[i], words);
    tagger.Tag(described, &tags);
    const TaggedWords tagged{described, tags, &tagger.tag_set()};
    names.Read(std::span(&tagged, 1), &scratch, &text);
    if (i + 1 < corpus.size() && corpus[i + 1].document == corpus[i].document) continue;
    names.Decide(&text, &found);
    for (size_t sentence = begin; sentence <= i; ++sentence) {
      NamesOfLabels(corpus[sentence].labels, &gold);
      CountNames(gold, found[sentence - begin], &score);
    }
    begin = i + 1;
  }
  return score;
}

}  // namespace entente::nlp::train
