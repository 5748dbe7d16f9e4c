#include "ingest/nlp/tagger.h"

#include <algorithm>
#include <array>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

// What stands before and after a sentence.
const WordFeatures& Boundary() {
  static const WordFeatures* const kBoundary = [] {
    auto* boundary = new WordFeatures;
    boundary->form = boundary->lower = HashBytes("<s>");
    boundary->prefix.fill(boundary->form);
    boundary->suffix.fill(boundary->form);
    return boundary;
  }();
  return *kBoundary;
}

}  // namespace

TagSet::TagSet(std::vector<std::pair<Upos, std::string>> tags) : tags_(std::move(tags)) {
  for (const auto& [upos, xpos] : tags_) {
    hashes_.push_back(HashBytes(Cat(UposName(upos), "|", xpos)));
  }
}

TagId TagSet::Find(Upos upos, std::string_view xpos) const {
  TagId fallback = 0;
  bool found = false;
  for (size_t i = 0; i < tags_.size(); ++i) {
    if (tags_[i].first != upos) continue;
    if (tags_[i].second == xpos) return static_cast<TagId>(i);
    if (!found) fallback = static_cast<TagId>(i);
    found = true;
  }
  return fallback;
}

std::string TagSet::Serialize() const {
  ByteWriter writer;
  writer.Varint(tags_.size());
  for (const auto& [upos, xpos] : tags_) {
    writer.String(UposName(upos));
    writer.String(xpos);
  }
  return writer.Release();
}

absl::StatusOr<TagSet> TagSet::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<std::pair<Upos, std::string>> tags;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    const Upos upos = UposFromName(reader.String());
    tags.emplace_back(upos, std::string(reader.String()));
  }
  if (!reader.ok() || tags.empty() || tags.size() >= LinearModel::kClassesMax) {
    return DataLoss("the list of tags is damaged");
  }
  return TagSet(std::move(tags));
}

void TaggerKeys(std::span<const WordFeatures> words, const TagSet& tag_set,
                std::span<const TagId> tags, size_t index, KeyBuffer* keys) {
  constexpr uint64_t kNoTag = 0x5EA7;
  const auto at = [&](size_t offset_by_two) -> const WordFeatures& {
    const size_t position = index + offset_by_two;
    return position < 2 || position - 2 >= words.size() ? Boundary() : words[position - 2];
  };
  const WordFeatures &w2l = at(0), &w1l = at(1), &w = words[index], &w1r = at(3), &w2r = at(4);
  const uint64_t t1 = index >= 1 ? tag_set.tag_hash(tags[index - 1]) : kNoTag;
  const uint64_t t2 = index >= 2 ? tag_set.tag_hash(tags[index - 2]) : kNoTag;
  const auto shape = static_cast<uint64_t>(w.shape) * 2 + (index == 0);
  const auto shape_left = static_cast<uint64_t>(w1l.shape);
  const auto shape_right = static_cast<uint64_t>(w1r.shape);
  const WordClass& k = w.known;
  const uint64_t senses = k.noun_sense + 64 * k.verb_sense + 65536 * k.wordnet_pos;
  const uint64_t senses_right =
      w1r.known.noun_sense + 64 * w1r.known.verb_sense + 65536 * w1r.known.wordnet_pos;
  keys->Clear();
  uint32_t number = 1000;
  const auto add = [&](uint64_t a, uint64_t b = 0, uint64_t c = 0, uint64_t d = 0) {
    keys->Add(FeatureKey(number++, a, b, c, d));
  };
  add(1);
  add(w.lower);
  add(w.form, index == 0);
  add(t1);
  add(t1, t2);
  add(t1, w.lower);
  add(t1, t2, w.lower);
  add(w1l.lower);
  add(w2l.lower);
  add(w1r.lower);
  add(w2r.lower);
  add(w1l.lower, w.lower);
  add(w.lower, w1r.lower);
  add(w1l.lower, w1r.lower);
  add(w1l.lower, w2l.lower);
  add(w1r.lower, w2r.lower);
  add(w.suffix[0]);
  add(w.suffix[1]);
  add(w.suffix[2]);
  add(w.suffix[3]);
  add(w.prefix[0]);
  add(w.prefix[1]);
  add(w.prefix[2]);
  add(w.prefix[3]);
  add(shape);
  add(shape, t1);
  add(shape, w.suffix[2]);
  add(shape, w.suffix[1]);
  add(shape, shape_left, shape_right);
  add(shape, k.tags);
  add(w.suffix[2], t1);
  add(w.suffix[1], t1, t2);
  add(w.suffix[2], w1r.suffix[2]);
  add(w1l.suffix[2]);
  add(w1r.suffix[2]);
  add(w1r.suffix[1], t1);
  add(k.cluster);
  add(k.cluster_prefix6);
  add(k.cluster_prefix4, shape);
  add(k.cluster, t1);
  add(k.cluster_prefix6, t1, t2);
  add(w1l.known.cluster, k.cluster);
  add(k.cluster, w1r.known.cluster);
  add(w1l.known.cluster);
  add(w1r.known.cluster);
  add(w2r.known.cluster);
  add(w1l.known.cluster, w1r.known.cluster);
  add(k.tags);
  add(k.tags, t1);
  add(k.tags, t1, t2);
  add(k.tags, w1r.known.tags);
  add(k.tags, w1r.known.tags, t1);
  add(k.tags, w1r.known.tags, w2r.known.tags);
  add(w.lower, w1r.known.tags);
  add(w.lower, w1r.known.tags, t1);
  add(w1r.known.tags);
  add(w1r.known.tags, t1);
  add(w2r.known.tags);
  add(w2l.known.tags, w1l.known.tags);
  add(senses);
  add(senses, t1);
  add(senses, shape);
  add(senses, w.suffix[1]);
  add(senses_right);
  add(shape_right, shape, w1r.known.tags);
}

TagId BestTag(const FeatureScorer& scorer, std::span<const uint32_t> keys, int tag_count) {
  std::array<int32_t, LinearModel::kClassesMax> scores{};
  scorer.Add(keys, scores.data());
  return static_cast<TagId>(std::max_element(scores.begin(), scores.begin() + tag_count) -
                            scores.begin());
}

absl::StatusOr<Tagger> Tagger::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view tags = reader.String();
  const std::string_view weights = reader.String();
  if (!reader.ok()) return DataLoss("the tagger is cut off");
  ENTENTE_ASSIGN_OR_RETURN(TagSet tag_set, TagSet::Parse(tags));
  ENTENTE_ASSIGN_OR_RETURN(LinearModel model, LinearModel::Parse(weights));
  return Tagger(std::move(tag_set), std::move(model));
}

std::string Tagger::Serialize() const {
  ByteWriter writer;
  writer.String(tag_set_.Serialize());
  writer.String(model_.Serialize());
  return writer.Release();
}

void Tagger::Tag(std::span<const WordFeatures> words, std::vector<TagId>* tags) const {
  KeyBuffer keys;
  tags->assign(words.size(), 0);
  for (size_t i = 0; i < words.size(); ++i) {
    TaggerKeys(words, tag_set_, *tags, i, &keys);
    (*tags)[i] = BestTag(model_, keys, tag_set_.size());
  }
}

}  // namespace entente::nlp
