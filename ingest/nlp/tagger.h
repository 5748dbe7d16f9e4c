// The part-of-speech tagger: UPOS and XPOS in one tag, left to right, one pass.
//
//   tagger.Tag(words, &tags);                 // words from WordTable::Describe
//   tagger.tag_set().upos(tags[0]);           // Upos::kPropn
//   tagger.tag_set().xpos(tags[0]);           // "NNP"
//
// An averaged perceptron (Collins 2002) whose features are the word, its affixes, shape, cluster
// and senses, the words around it with the tags they are known to bear, and the two tags before it.
// Time is linear in the sentence. Immutable; safe to share.
#ifndef ENTENTE_INGEST_NLP_TAGGER_H_
#define ENTENTE_INGEST_NLP_TAGGER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/linear_model.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

// An index into TagSet.
using TagId = uint8_t;

// The pairs of UPOS and XPOS that the model knows. Other pairs are mapped to the commonest pair
// with the same UPOS when a treebank is read for training.
class TagSet {
 public:
  // REQUIRES: there are tags.size() < LinearModel::kClassesMax entries.
  TagSet() = default;
  explicit TagSet(std::vector<std::pair<Upos, std::string>> tags);
  static absl::StatusOr<TagSet> Parse(std::string_view bytes);
  std::string Serialize() const;

  int size() const { return static_cast<int>(tags_.size()); }
  Upos upos(TagId tag) const { return tags_[tag].first; }
  const std::string& xpos(TagId tag) const { return tags_[tag].second; }
  // Hashes for features that do not change when tags are added or reordered.
  uint64_t tag_hash(TagId tag) const { return hashes_[tag]; }
  // The tag of the pair; else the first (commonest) one with this UPOS; else 0.
  TagId Find(Upos upos, std::string_view xpos) const;

 private:
  std::vector<std::pair<Upos, std::string>> tags_;  // the commonest first
  std::vector<uint64_t> hashes_;
};

// A sentence's words with their tags, as parser and name tagger see it.
struct TaggedWords {
  std::span<const WordFeatures> words;
  std::span<const TagId> tags;  // as many
  const TagSet* tag_set = nullptr;
};

// The keys of the features that predict word `index`'s tag, given the tags before it. Shared by
// inference and training.
void TaggerKeys(std::span<const WordFeatures> words, const TagSet& tag_set,
                std::span<const TagId> tags, size_t index, KeyBuffer* keys);

class Tagger {
 public:
  Tagger() = default;
  Tagger(TagSet tag_set, LinearModel model)
      : tag_set_(std::move(tag_set)), model_(std::move(model)) {}
  static absl::StatusOr<Tagger> Parse(std::string_view bytes);
  std::string Serialize() const;

  // Resizes `*tags` to words.size() and fills it.
  void Tag(std::span<const WordFeatures> words, std::vector<TagId>* tags) const;

  const TagSet& tag_set() const { return tag_set_; }
  const LinearModel& model() const { return model_; }

 private:
  TagSet tag_set_;
  LinearModel model_;
};

// The tag with the highest score; the first of equals.
TagId BestTag(const FeatureScorer& scorer, std::span<const uint32_t> keys, int tag_count);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_TAGGER_H_
