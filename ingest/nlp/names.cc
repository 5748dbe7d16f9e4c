#include "ingest/nlp/names.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

constexpr uint64_t kNetworksMax = 8;
constexpr uint32_t kShareMax = 1 << 20;
constexpr uint64_t kNoWord = 0x5BD1E9955BD1E995u;  // stands for a place outside the sentence

// What the features ask of a word at any distance; a constant beyond the sentence's ends.
struct Atoms {
  uint64_t lower = kNoWord;
  uint64_t tag = kNoWord;
  uint64_t cluster = 0;
  uint64_t cluster6 = 0;
  uint64_t shape = 99;
  uint64_t marks = 0;
};

Atoms AtomsAt(const NameInput& input, size_t index) {
  if (index >= input.words.size()) return {};  // also for index -1, which wraps around
  const WordFeatures& word = input.words[index];
  return {.lower = word.lower,
          .tag = input.tag_set->tag_hash(input.tags[index]),
          .cluster = word.known.cluster,
          .cluster6 = word.known.cluster_prefix6,
          .shape = static_cast<uint64_t>(word.shape),
          .marks = input.marks[index]};
}

int32_t Scaled(int32_t score, uint32_t share) {
  return static_cast<int32_t>(static_cast<int64_t>(score) * share / 1024);
}

// What a word's place says of each kind of name, none of them first: how far the best label of the
// kind is behind the best label of all, in the unit of scores.
using KindEvidence = std::array<int64_t, 4>;

constexpr int64_t kOthersShare = 50;  // of the other places' mean evidence, in percent
constexpr int64_t kBehindMax = 12000;

size_t EvidenceKindOf(int label) {
  if (label == kOutside) return 0;
  return 1 + static_cast<size_t>(NameKindOf(static_cast<NameLabel>(label)));
}

KindEvidence EvidenceOf(const LabelScores& emissions) {
  const int64_t best = *std::max_element(emissions.begin(), emissions.end());
  KindEvidence evidence;
  evidence.fill(-kBehindMax);
  for (int label = 0; label < kNameLabelCount; ++label) {
    int64_t& kind = evidence[EvidenceKindOf(label)];
    kind = std::max(kind, emissions[label] - best);
  }
  return evidence;
}

// Words of these kinds mean the same thing throughout a text, if any do.
bool IsCompared(Upos upos) {
  return upos == Upos::kPropn || upos == Upos::kNoun || upos == Upos::kAdj || upos == Upos::kX;
}

absl::Status ReadSizes(ByteReader* reader, NameLayout* layout) {
  for (size_t* size : {&layout->width, &layout->units, &layout->layers}) {
    *size = reader->Varint();
    const bool wide = size != &layout->layers;
    if (*size == 0 || *size > (wide ? Encoder::kWidthMax : Encoder::kLayersMax) ||
        (wide && *size % 32 != 0)) {
      return DataLoss("the name tagger's networks have impossible sizes");
    }
  }
  return absl::OkStatus();
}

}  // namespace

// ---- features --------------------------------------------------------------------------------

uint32_t NameTransitionKey(NameLabel previous) { return FeatureKey(60, previous); }

void NameKeys(const NameInput& input, size_t index, bool spelled, KeyBuffer* keys) {
  const WordFeatures& word = input.words[index];
  const Atoms at = AtomsAt(input, index);
  const Atoms left = AtomsAt(input, index - 1);
  const Atoms left2 = AtomsAt(input, index - 2);
  const Atoms right = AtomsAt(input, index + 1);
  const Atoms right2 = AtomsAt(input, index + 2);
  keys->Clear();
  keys->Add(FeatureKey(1, 1));
  if (spelled) {
    keys->Add(FeatureKey(2, word.form));
    keys->Add(FeatureKey(3, at.lower));
    keys->Add(FeatureKey(5, word.prefix[2], at.shape));
    keys->Add(FeatureKey(6, word.prefix[3]));
    keys->Add(FeatureKey(9, word.suffix[3]));
    keys->Add(FeatureKey(19, left.lower, at.lower));
    keys->Add(FeatureKey(20, at.lower, right.lower));
  }
  keys->Add(FeatureKey(4, at.tag, at.shape));
  keys->Add(FeatureKey(7, word.suffix[1], at.shape));
  keys->Add(FeatureKey(8, word.suffix[2], at.shape));
  keys->Add(FeatureKey(10, at.cluster, at.shape));
  keys->Add(FeatureKey(11, at.cluster6, at.shape));
  keys->Add(FeatureKey(12, word.known.cluster_prefix4, at.shape));
  keys->Add(FeatureKey(13, word.known.noun_sense, at.shape));
  keys->Add(FeatureKey(14, at.shape, index == 0));
  keys->Add(FeatureKey(15, left.lower, at.shape));
  keys->Add(FeatureKey(16, right.lower, at.shape));
  keys->Add(FeatureKey(17, left2.lower, at.shape));
  keys->Add(FeatureKey(18, right2.lower, at.shape));
  keys->Add(FeatureKey(21, left.tag, at.tag));
  keys->Add(FeatureKey(22, at.tag, right.tag));
  keys->Add(FeatureKey(23, left.shape, at.shape, right.shape));
  keys->Add(FeatureKey(24, left.cluster, at.shape));
  keys->Add(FeatureKey(25, right.cluster, at.shape));
  keys->Add(FeatureKey(26, left.cluster6, at.cluster6));
  keys->Add(FeatureKey(27, at.cluster6, right.cluster6));
  keys->Add(FeatureKey(28, left2.tag, left.tag, at.tag));
  keys->Add(FeatureKey(29, at.tag, right.tag, right2.tag));
  keys->Add(FeatureKey(30, left2.cluster, left.cluster, at.shape));
  keys->Add(FeatureKey(31, right.cluster, right2.cluster, at.shape));
  keys->Add(FeatureKey(32, left.lower, right.lower, at.shape));
  if (at.marks != 0) {
    keys->Add(FeatureKey(40, at.marks));
    keys->Add(FeatureKey(41, at.marks, at.shape, left.shape));
    keys->Add(FeatureKey(42, at.marks, left.marks));
    keys->Add(FeatureKey(43, at.marks, right.marks));
    keys->Add(FeatureKey(44, at.marks, at.tag));
  }
  if (left.marks != 0) keys->Add(FeatureKey(45, left.marks, at.shape));
  if (right.marks != 0) keys->Add(FeatureKey(46, right.marks, at.shape));
}

// ---- the tagger ------------------------------------------------------------------------------

NameTagger::NameTagger(NameModel model)
    : linear_(std::move(model.linear)),
      linear_share_(model.linear_share),
      lists_(model.lists),
      vocabulary_(std::move(model.vocabulary)) {
  for (int from = 0; from < kNameLabelCount; ++from) {
    const uint32_t key = NameTransitionKey(static_cast<NameLabel>(from));
    linear_.Add(std::span(&key, 1), transitions_[from].data());
    for (int32_t& score : transitions_[from]) score = Scaled(score, linear_share_);
  }
  for (const std::vector<float>& numbers : model.networks) {
    networks_.emplace_back(model.layout, numbers);
    networks_.back().AddTransitions(&transitions_);
  }
}

absl::StatusOr<NameModel> NameTagger::ParseModel(std::string_view bytes) {
  ByteReader reader(bytes);
  NameModel model;
  const std::string_view lists_bytes = reader.String();
  const std::string_view linear_bytes = reader.String();
  if (!reader.ok()) return DataLoss("the name tagger is cut off");
  ENTENTE_ASSIGN_OR_RETURN(model.lists, NameLists::ParseEntries(lists_bytes));
  ENTENTE_ASSIGN_OR_RETURN(model.linear, LinearModel::Parse(linear_bytes));
  if (reader.remaining() == 0) return model;  // nothing but the linear model
  model.linear_share = reader.U32();
  std::vector<uint32_t> keys;
  ENTENTE_RETURN_IF_ERROR(KeyRows::Read(&reader, &keys));
  model.vocabulary = NameVocabulary(std::move(keys));
  model.layout.vocabulary = model.vocabulary.rows();
  ENTENTE_RETURN_IF_ERROR(ReadSizes(&reader, &model.layout));
  const uint64_t count = reader.Varint();
  if (!reader.ok() || count == 0 || count > kNetworksMax || model.linear_share > kShareMax) {
    return DataLoss("the name tagger is damaged");
  }
  for (uint64_t number = 0; number < count; ++number) {
    if (reader.remaining() < model.layout.size()) return DataLoss("the name tagger is cut off");
    model.networks.emplace_back(model.layout.size());
    ReadNetwork(model.layout.All(), &reader, &model.networks.back());
  }
  if (!reader.ok() || reader.remaining() != 0) return DataLoss("the name tagger is cut off");
  return model;
}

absl::StatusOr<NameTagger> NameTagger::Parse(std::string_view bytes) {
  ENTENTE_ASSIGN_OR_RETURN(NameModel model, ParseModel(bytes));
  return NameTagger(std::move(model));
}

std::string NameTagger::Serialize(const NameModel& model) {
  ByteWriter writer;
  writer.String(NameLists::Serialize(model.lists));
  writer.String(model.linear.Serialize());
  if (model.networks.empty()) return writer.Release();
  writer.U32(model.linear_share);
  model.vocabulary.keys().Write(&writer);
  for (const size_t size : {model.layout.width, model.layout.units, model.layout.layers}) {
    writer.Varint(size);
  }
  writer.Varint(model.networks.size());
  for (const std::vector<float>& numbers : model.networks) {
    WriteNetwork(model.layout.All(), numbers, &writer);
  }
  return writer.Release();
}

void NameTagger::AddLinearScores(const NameInput& input,
                                 std::vector<LabelScores>* emissions) const {
  KeyBuffer keys;
  for (size_t i = 0; i < input.words.size(); ++i) {
    NameKeys(input, i, /*spelled=*/true, &keys);
    LabelScores& row = (*emissions)[i];
    linear_.Add(keys, row.data());
    for (int32_t& score : row) score = Scaled(score, linear_share_);
  }
}

// Adds the networks' scores of scratch->rows, whose stretches are scratch->lengths, to those of
// `sentences`, in their order.
void NameTagger::AddNetworkScores(std::span<Text::ReadSentence> sentences, Scratch* scratch) const {
  std::vector<LabelScores>& rows = scratch->network_scores;
  rows.assign(scratch->rows.size() / NameVocabulary::kSlotCount, {});
  for (const NameNetwork& network : networks_) {
    network.AddScores(scratch->rows, scratch->lengths, &scratch->network, rows);
  }
  auto from = rows.begin();
  for (Text::ReadSentence& sentence : sentences) {
    for (LabelScores& row : sentence.emissions) {
      for (int label = 0; label < kNameLabelCount; ++label) row[label] += (*from)[label];
      ++from;
    }
  }
}

void NameTagger::Read(std::span<const TaggedWords> sentences, Scratch* scratch, Text* text) const {
  const size_t first = text->sentences_.size();
  text->sentences_.resize(first + sentences.size());
  const std::span<Text::ReadSentence> into = std::span(text->sentences_).subspan(first);
  scratch->lengths.clear();
  scratch->rows.clear();
  for (size_t i = 0; i < sentences.size(); ++i) {
    const TaggedWords& sentence = sentences[i];
    const size_t words = sentence.words.size();
    lists_.Mark(sentence.words, &scratch->marks);
    const NameInput input{sentence.words, sentence.tags, sentence.tag_set, scratch->marks};
    into[i].emissions.assign(words, {});
    AddLinearScores(input, &into[i].emissions);
    for (size_t word = 0; word < words; ++word) {
      const bool compared = IsCompared(sentence.tag_set->upos(sentence.tags[word]));
      into[i].words.push_back(compared ? sentence.words[word].lower : 0);
    }
    for (size_t begin = 0; !networks_.empty() && begin < words; begin += kWordsMax) {
      const size_t size = std::min(kWordsMax, words - begin);
      const NameInput stretch{input.words.subspan(begin, size), input.tags.subspan(begin, size),
                              input.tag_set, input.marks.subspan(begin, size)};
      NameVocabulary::KeysOf(stretch, /*corpus=*/0, &scratch->keys);
      vocabulary_.KeysToRows(&scratch->keys);
      scratch->rows.insert(scratch->rows.end(), scratch->keys.begin(), scratch->keys.end());
      scratch->lengths.push_back(size);
    }
  }
  if (!networks_.empty()) AddNetworkScores(into, scratch);
}

void NameTagger::Decide(Text* text, std::vector<std::vector<Name>>* names) const {
  struct Places {
    KindEvidence sum = {};
    int32_t count = 0;
  };
  std::unordered_map<uint64_t, Places> places;
  for (const Text::ReadSentence& sentence : text->sentences_) {
    for (size_t i = 0; i < sentence.words.size(); ++i) {
      if (sentence.words[i] == 0) continue;
      Places& word = places[sentence.words[i]];
      const KindEvidence evidence = EvidenceOf(sentence.emissions[i]);
      for (size_t kind = 0; kind < evidence.size(); ++kind) word.sum[kind] += evidence[kind];
      ++word.count;
    }
  }
  names->resize(text->sentences_.size());
  NameScores scores{.emissions = {}, .transitions = transitions_};
  std::vector<NameLabel> labels;
  for (size_t number = 0; number < text->sentences_.size(); ++number) {
    const std::vector<uint64_t>& words = text->sentences_[number].words;
    scores.emissions.swap(text->sentences_[number].emissions);
    for (size_t i = 0; i < words.size(); ++i) {
      if (words[i] == 0) continue;
      const Places& word = places[words[i]];
      if (word.count < 2) continue;
      const KindEvidence own = EvidenceOf(scores.emissions[i]);
      for (int label = 0; label < kNameLabelCount; ++label) {
        const size_t kind = EvidenceKindOf(label);
        scores.emissions[i][label] += static_cast<int32_t>((word.sum[kind] - own[kind]) /
                                                           (word.count - 1) * kOthersShare / 100);
      }
    }
    BestNameLabels(scores, &labels);
    NamesOfLabels(labels, &(*names)[number]);
    for (Name& name : (*names)[number]) name.score = ScoreOf(scores.emissions, name);
  }
  text->sentences_.clear();
}

float NameTagger::ScoreOf(const std::vector<LabelScores>& emissions, const Name& name) const {
  // How far, on average over its words, the name's kind is ahead of the next best kind or of none.
  double margin = 0;
  for (int32_t i = name.first; i <= name.last; ++i) {
    int32_t own = std::numeric_limits<int32_t>::min();
    int32_t other = emissions[i][kOutside];
    for (int label = 1; label < kNameLabelCount; ++label) {
      int32_t& side = NameKindOf(static_cast<NameLabel>(label)) == name.kind ? own : other;
      side = std::max(side, emissions[i][label]);
    }
    margin += static_cast<double>(own) - other;
  }
  margin /= name.last - name.first + 1;
  constexpr double kLinearUnit = 8000;  // in the linear model's fixed-point unit
  const double unit = 1 + kLinearUnit * linear_share_ / 1024 +
                      NameNetwork::kScoreUnit * static_cast<double>(networks_.size());
  return static_cast<float>(1 / (1 + std::exp(-margin / unit)));
}

}  // namespace entente::nlp
