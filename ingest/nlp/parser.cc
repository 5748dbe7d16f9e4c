#include "ingest/nlp/parser.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

constexpr size_t kNetworksMax = 8;

}  // namespace

// --- Vocabulary

WordVocabulary::WordVocabulary(std::vector<uint32_t> keys) : keys_(std::move(keys), kSlotCount) {}

WordVocabulary::Keys WordVocabulary::KeysOf(const WordFeatures& word, const TagSet& tag_set,
                                            TagId tag) {
  const WordClass& known = word.known;
  const auto key = [](Slot slot, uint64_t value) {
    return FeatureKey(3000 + static_cast<uint32_t>(slot), value);
  };
  return {key(kForm, word.lower),
          key(kTag, tag_set.tag_hash(tag)),
          key(kCluster, known.cluster),
          key(kCluster6, known.cluster_prefix6),
          key(kSuffix2, word.suffix[1]),
          key(kSuffix3, word.suffix[2]),
          key(kSuffix4, word.suffix[3]),
          key(kPrefix3, word.prefix[2]),
          key(kShape, static_cast<uint64_t>(word.shape)),
          key(kNounSense, known.noun_sense),
          key(kVerbSense, known.verb_sense),
          key(kWordNetPos, known.wordnet_pos)};
}

WordVocabulary::Rows WordVocabulary::Find(const Keys& keys) const {
  Rows rows;
  for (uint32_t slot = 0; slot < kSlotCount; ++slot) rows[slot] = keys_.Find(keys[slot], slot);
  return rows;
}

// --- Layout

std::vector<NetworkLayout::Block> NetworkLayout::All() const {
  std::vector<Block> blocks = EncoderBlocks();
  AddBlock(2 * units, 4 * hidden, &blocks);
  AddBlock(1, 4 * hidden, &blocks);
  AddBlock(1, 2 * hidden, &blocks);
  AddBlock(hidden, hidden, &blocks);
  AddBlock(1, hidden, &blocks);
  AddBlock(hidden, label_columns(), &blocks);
  AddBlock(1, label_columns(), &blocks);
  AddBlock(2 * units, tag_columns(), &blocks);
  AddBlock(1, tag_columns(), &blocks);
  return blocks;
}

size_t NetworkLayout::size() const {
  const Block last = TagBias();
  return last.offset + last.size();
}

NetworkLayout::Block NetworkLayout::Projection() const { return All()[1 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::ProjectionBias() const { return All()[2 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::Root() const { return All()[3 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::Bilinear() const { return All()[4 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::HeadBias() const { return All()[5 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::Labels() const { return All()[6 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::LabelBias() const { return All()[7 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::Tags() const { return All()[8 + 6 * layers]; }
NetworkLayout::Block NetworkLayout::TagBias() const { return All()[9 + 6 * layers]; }

// --- The model's bytes

Parser::Parser(WordVocabulary vocabulary, std::vector<Deprel> labels, const NetworkLayout& layout,
               const std::vector<std::vector<float>>& networks)
    : vocabulary_(std::move(vocabulary)), labels_(std::move(labels)), layout_(layout) {
  for (const std::vector<float>& numbers : networks) {
    const auto values = [&](const NetworkLayout::Block& block) {
      return std::vector<float>(numbers.begin() + block.offset,
                                numbers.begin() + block.offset + block.size());
    };
    const auto matrix = [&](const NetworkLayout::Block& block) {
      return FixedPointMatrix::Of(numbers.data() + block.offset, block.rows, block.columns);
    };
    Network network;
    network.encoder = Encoder(layout, numbers);
    network.projection = matrix(layout.Projection());
    network.bilinear = matrix(layout.Bilinear());
    network.labels = matrix(layout.Labels());
    network.projection_bias = values(layout.ProjectionBias());
    network.root = values(layout.Root());
    Rectify(network.root.data(), layout.hidden);
    network.head_bias = values(layout.HeadBias());
    network.label_bias = values(layout.LabelBias());
    network.tags = matrix(layout.Tags());
    network.tag_bias = values(layout.TagBias());
    networks_.push_back(std::move(network));
  }
}

std::string Parser::Serialize(const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                              const NetworkLayout& layout,
                              const std::vector<std::vector<float>>& networks) {
  ByteWriter writer;
  vocabulary.keys().Write(&writer);
  writer.Varint(labels.size());
  for (const Deprel label : labels) writer.String(DeprelName(label));
  writer.Varint(layout.tags);
  for (const size_t size : {layout.width, layout.units, layout.layers, layout.hidden}) {
    writer.Varint(size);
  }
  writer.Varint(networks.size());
  for (const std::vector<float>& numbers : networks) WriteNetwork(layout.All(), numbers, &writer);
  return writer.Release();
}

absl::StatusOr<ParserModel> Parser::ReadModel(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<uint32_t> keys;
  ENTENTE_RETURN_IF_ERROR(KeyRows::Read(&reader, &keys));
  std::vector<Deprel> labels;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    labels.push_back(DeprelFromName(reader.String()));
    if (labels.back() == Deprel::kNone) return DataLoss("the parser's relations are damaged");
  }
  NetworkLayout layout;
  layout.vocabulary = keys.size() + WordVocabulary::kSlotCount;
  layout.labels = labels.size();
  layout.tags = reader.Varint();
  if (layout.tags == 0 || layout.tags >= LinearModel::kClassesMax) {
    return DataLoss("the parser's network has impossible sizes");
  }
  for (size_t* size : {&layout.width, &layout.units, &layout.layers, &layout.hidden}) {
    *size = reader.Varint();
    const bool wide = size != &layout.layers;
    if (*size == 0 || *size > (wide ? Encoder::kWidthMax : Encoder::kLayersMax) ||
        (wide && *size % 32 != 0)) {
      return DataLoss("the parser's network has impossible sizes");
    }
  }
  const uint64_t count = reader.Varint();
  if (!reader.ok() || count == 0 || count > kNetworksMax || labels.empty()) {
    return DataLoss("the parser is cut off");
  }
  if (std::find(labels.begin(), labels.end(), Deprel::kRoot) == labels.end()) {
    return DataLoss("the parser does not know the root");
  }
  std::vector<std::vector<float>> networks(count);
  for (std::vector<float>& numbers : networks) {
    if (reader.remaining() < layout.size()) return DataLoss("the parser is cut off");
    numbers.resize(layout.size());
    ReadNetwork(layout.All(), &reader, &numbers);
  }
  if (!reader.ok()) return DataLoss("the parser is cut off");
  return ParserModel{WordVocabulary(std::move(keys)), std::move(labels), layout,
                     std::move(networks)};
}

absl::StatusOr<Parser> Parser::Read(std::string_view bytes) {
  ENTENTE_ASSIGN_OR_RETURN(ParserModel model, ReadModel(bytes));
  return Parser(std::move(model.vocabulary), std::move(model.labels), model.layout, model.networks);
}

size_t Parser::memory_bytes() const { return networks_.size() * layout_.size() * sizeof(float); }

// --- Parsing

// What network `number` makes of scratch->rows: its share of the words' scores as tags, and their
// vectors as heads and dependents.
void Parser::Encode(size_t number, size_t words, Scratch* scratch) const {
  const Network& network = networks_[number];
  const size_t in = layout_.output_width(), columns = layout_.tag_columns();
  const size_t hidden = layout_.hidden;
  const std::vector<float>& top = network.encoder.Run(scratch->rows, WordVocabulary::kSlotCount,
                                                      scratch->lengths, &scratch->encoder);
  scratch->rounded.Set(top.data(), in, words, in);
  for (size_t word = 0; word < words; ++word) {
    AddTo(network.tag_bias.data(), columns, scratch->tag_scores.data() + word * columns);
  }
  MultiplyAdd(scratch->rounded, network.tags, scratch->tag_scores.data(), columns);
  std::vector<float>& projected = scratch->projections[number];
  SetRows(network.projection_bias.data(), words, 4 * hidden, &projected);
  MultiplyAdd(scratch->rounded, network.projection, projected.data(), 4 * hidden);
  for (size_t word = 0; word < words; ++word) {
    Rectify(projected.data() + word * 4 * hidden, 2 * hidden);
  }
  std::vector<float>& bilinear = scratch->bilinears[number];
  SetRows(network.head_bias.data(), words, hidden, &bilinear);
  scratch->rounded.Set(projected.data() + hidden, 4 * hidden, words, hidden);
  MultiplyAdd(scratch->rounded, network.bilinear, bilinear.data(), hidden);
}

// Sets scratch->tree: the head of each word, `words` for the root.
void Parser::FindHeads(const Stretch& stretch, Scratch* scratch) const {
  const size_t hidden = layout_.hidden, words = stretch.words, columns = PaddedColumns(words + 1);
  scratch->arcs.assign(words * columns, 0.0F);
  scratch->hidden.resize((words + 1) * hidden);
  for (size_t i = 0; i < networks_.size(); ++i) {
    const float* projected = scratch->projections[i].data() + stretch.row * 4 * hidden;
    for (size_t word = 0; word < words; ++word) {
      std::copy_n(projected + word * 4 * hidden, hidden, scratch->hidden.data() + word * hidden);
    }
    std::copy_n(networks_[i].root.data(), hidden, scratch->hidden.data() + words * hidden);
    scratch->heads.PackTransposed(scratch->hidden.data(), hidden, hidden, words + 1);
    MultiplyAdd({scratch->bilinears[i].data() + stretch.row * hidden, hidden}, words,
                scratch->heads, scratch->arcs.data(), columns);
  }
  BestProjectiveTree({scratch->arcs.data(), columns, words}, &scratch->spans, &scratch->tree);
}

// Sets heads and relations of the stretch's words from scratch->tree.
void Parser::FindLabels(const Stretch& stretch, Scratch* scratch, ParsedWords* parsed) const {
  const size_t hidden = layout_.hidden, words = stretch.words, columns = layout_.label_columns();
  scratch->hidden.assign(words * hidden, 0.0F);
  scratch->label_scores.assign(words * columns, 0.0F);
  for (size_t i = 0; i < networks_.size(); ++i) {
    const float* projected = scratch->projections[i].data() + stretch.row * 4 * hidden;
    for (size_t word = 0; word < words; ++word) {
      AddTo(networks_[i].label_bias.data(), columns, scratch->label_scores.data() + word * columns);
      const auto head = static_cast<size_t>(scratch->tree[word]);
      if (head == words) continue;
      RectifiedSum(projected + head * 4 * hidden + 2 * hidden,
                   projected + word * 4 * hidden + 3 * hidden, hidden,
                   scratch->hidden.data() + word * hidden);
    }
    scratch->rounded.Set(scratch->hidden.data(), hidden, words, hidden);
    MultiplyAdd(scratch->rounded, networks_[i].labels, scratch->label_scores.data(), columns);
  }
  Tree* const tree = &parsed->tree;
  for (size_t word = 0; word < words; ++word) {
    const auto head = static_cast<size_t>(scratch->tree[word]);
    const size_t at = stretch.begin + word;
    const bool root = head == words;
    tree->heads[at] = static_cast<int32_t>(root ? tree->heads.size() : stretch.begin + head);
    tree->labels[at] =
        root ? Deprel::kRoot : BestLabel(scratch->label_scores.data() + word * columns);
  }
}

Deprel Parser::BestLabel(const float* scores) const {
  size_t best = labels_.size();
  for (size_t label = 0; label < labels_.size(); ++label) {
    if (labels_[label] == Deprel::kRoot) continue;
    if (best == labels_.size() || scores[label] > scores[best]) best = label;
  }
  return best == labels_.size() ? Deprel::kDep : labels_[best];
}

// Parses `stretches` of `sentences`, whose rows begin at 0.
void Parser::ParseTogether(std::span<const TaggedWords> sentences,
                           std::span<const Stretch> stretches, Scratch* scratch,
                           std::vector<ParsedWords>* parsed) const {
  const size_t words = stretches.back().row + stretches.back().words;
  scratch->lengths.clear();
  scratch->rows.clear();
  for (const Stretch& stretch : stretches) {
    const TaggedWords& sentence = sentences[stretch.sentence];
    scratch->lengths.push_back(stretch.words);
    for (size_t i = stretch.begin; i < stretch.begin + stretch.words; ++i) {
      const WordVocabulary::Rows rows = vocabulary_.Find(
          WordVocabulary::KeysOf(sentence.words[i], *sentence.tag_set, sentence.tags[i]));
      scratch->rows.insert(scratch->rows.end(), rows.begin(), rows.end());
    }
  }
  scratch->tag_scores.assign(words * layout_.tag_columns(), 0.0F);
  scratch->projections.resize(networks_.size());
  scratch->bilinears.resize(networks_.size());
  for (size_t i = 0; i < networks_.size(); ++i) Encode(i, words, scratch);
  for (const Stretch& stretch : stretches) {
    ParsedWords* const into = &(*parsed)[stretch.sentence];
    FindHeads(stretch, scratch);
    FindLabels(stretch, scratch, into);
    for (size_t i = 0; i < stretch.words; ++i) {
      const auto scores = scratch->tag_scores.begin() + (stretch.row + i) * layout_.tag_columns();
      into->tags[stretch.begin + i] =
          static_cast<TagId>(std::max_element(scores, scores + layout_.tags) - scores);
    }
  }
}

void Parser::Parse(std::span<const TaggedWords> sentences, Scratch* scratch,
                   std::vector<ParsedWords>* parsed) const {
  parsed->resize(sentences.size());
  std::vector<Stretch>& stretches = scratch->stretches;
  stretches.clear();
  const auto parse = [&] {
    if (!stretches.empty()) ParseTogether(sentences, stretches, scratch, parsed);
    stretches.clear();
  };
  for (size_t sentence = 0; sentence < sentences.size(); ++sentence) {
    const size_t words = sentences[sentence].words.size();
    (*parsed)[sentence].tree.Resize(words);
    (*parsed)[sentence].tags.resize(words);
    for (size_t begin = 0; begin < words; begin += kWordsMax) {
      const size_t size = std::min(kWordsMax, words - begin);
      size_t row = stretches.empty() ? 0 : stretches.back().row + stretches.back().words;
      if (row + size > kTogetherMax) {
        parse();
        row = 0;
      }
      stretches.push_back({sentence, begin, row, size});
    }
  }
  parse();
  for (size_t i = 0; i < sentences.size(); ++i) KeepOneRoot(sentences[i], &(*parsed)[i].tree);
}

void KeepOneRoot(const TaggedWords& sentence, Tree* tree) {
  const auto root = static_cast<int32_t>(sentence.words.size());
  int32_t kept = -1;
  int roots = 0;
  for (int32_t i = 0; i < root; ++i) {
    if (tree->heads[i] != root) continue;
    ++roots;
    const bool verb = sentence.tag_set->upos(sentence.tags[i]) == Upos::kVerb;
    const bool kept_verb = kept >= 0 && sentence.tag_set->upos(sentence.tags[kept]) == Upos::kVerb;
    if (kept < 0 || (verb && !kept_verb)) kept = i;
  }
  if (kept >= 0) tree->labels[kept] = Deprel::kRoot;
  for (int32_t i = 0; i < root && roots > 1; ++i) {
    if (tree->heads[i] != root || i == kept) continue;
    const bool punct = sentence.tag_set->upos(sentence.tags[i]) == Upos::kPunct;
    tree->heads[i] = kept;
    tree->labels[i] = punct ? Deprel::kPunct : Deprel::kParataxis;
  }
}

}  // namespace entente::nlp
