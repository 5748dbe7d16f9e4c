// The arc-eager transition system (Nivre 2003, 2008) with a beam whose states share their past.
//
// A state is what has been read so far: a stack of words, the word at the front of the buffer, and
// the arcs made. The artificial root is the last word of the buffer (Ballesteros and Nivre 2013),
// so every state of a sentence of n words ends after exactly 2n actions and scores compare. An
// action never copies a state: a stack is a linked list of immutable Items, an Item carries what
// features ask of the word's subtree, and an action makes at most three new Items.
//
// Scores are sums over features (Zhang and Nivre 2011), in parts: what depends on the two words at
// the top of the stack and at the front alone, on the subtree of the one, on the subtree of the
// other, on the words below the top. Each part is scored once a sentence for each content that it
// comes up with, and the row of scores is shared by all states of the beam that agree on it.
//
// This header is shared by the parser and its training; others use parser.h.
#ifndef ENTENTE_INGEST_NLP_ARC_EAGER_H_
#define ENTENTE_INGEST_NLP_ARC_EAGER_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/linear_model.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

// A dependency tree over n words: the root's head is n, the artificial root after the last word.
struct Tree {
  std::vector<int32_t> heads;
  std::vector<Deprel> labels;

  void Resize(size_t words) {
    heads.assign(words, static_cast<int32_t>(words));
    labels.assign(words, Deprel::kNone);
  }
};

enum class ActionKind : uint8_t {
  kShift,   // push the front word
  kReduce,  // pop the top, which has a head
  kLeft,    // the front word becomes the head of the top, which is popped
  kRight    // the top becomes the head of the front word, which is pushed
};

struct Action {
  ActionKind kind = ActionKind::kShift;
  Deprel label = Deprel::kNone;  // of kLeft and kRight
  bool operator==(const Action&) const = default;
};

using ActionId = uint8_t;

// The actions of a model: shift, reduce, then the left and the right arcs seen in training.
class ActionSet {
 public:
  static constexpr ActionId kShift = 0;
  static constexpr ActionId kReduce = 1;

  ActionSet() = default;
  // REQUIRES: kLeft and kRight actions only, each once; fewer than LinearModel::kClassesMax - 2.
  explicit ActionSet(std::vector<Action> arcs);
  static absl::StatusOr<ActionSet> Parse(std::string_view bytes);
  std::string Serialize() const;

  int size() const { return static_cast<int>(actions_.size()); }
  const Action& operator[](ActionId id) const { return actions_[id]; }
  ActionId right_begin() const { return right_begin_; }  // left arcs are [2, right_begin)
  ActionId left_root() const { return left_root_; }      // the left arc labelled root
  // The id of an action; kShift if the set does not have it.
  ActionId Find(Action action) const;

 private:
  std::vector<Action> actions_;
  ActionId right_begin_ = 0;
  ActionId left_root_ = 0;
};

// A sentence as the parser sees it.
struct ParserInput {
  std::span<const WordFeatures> words;
  std::span<const TagId> tags;
  const TagSet* tag_set = nullptr;
  const Tree* guide = nullptr;  // another parser's tree of the sentence (stacking), or none

  int32_t root() const { return static_cast<int32_t>(words.size()); }
};

// A word on the stack or at the front of the buffer, with the edges of its subtree so far.
struct Item {
  const Item* below = nullptr;  // the next word of the stack
  uint64_t left_labels = 0;     // sets of Deprel: bit l
  uint64_t right_labels = 0;
  int32_t word = -1;
  int32_t left = -1, left2 = -1;  // outermost and second outermost dependents; -1 for none
  int32_t right = -1, right2 = -1;
  uint8_t left_count = 0, right_count = 0;
  Deprel label = Deprel::kNone;  // of its own arc, if it has a head: the word below
  Deprel left_label = Deprel::kNone, left2_label = Deprel::kNone;
  Deprel right_label = Deprel::kNone, right2_label = Deprel::kNone;

  bool has_head() const { return label != Deprel::kNone; }
};

struct State {
  const State* previous = nullptr;
  const Item* stack = nullptr;  // nullptr when empty
  const Item* front = nullptr;  // its word is root() when the buffer is empty
  int64_t score = 0;
  ActionId action = 0;  // the one that led here from `previous`
};

// Per-word hashes that features are made of, and the cache of rows of scores, for one sentence at a
// time. Reused from sentence to sentence so that parsing does not allocate.
class FeatureCache {
 public:
  // Begins a sentence. REQUIRES: `input` and `scorer` live until the next Begin.
  void Begin(const ParserInput& input, const FeatureScorer& scorer, int action_count);

  // scores[a] for every action in `state`.
  void Score(const State& state, int32_t* scores);
  // Every feature's key in `state`, for an update in training.
  void Keys(const State& state, KeyBuffer* pair_keys, KeyBuffer* state_keys) const;

 private:
  struct Atoms {  // of one word
    uint64_t word, tag, word_tag, upos;
    uint64_t cluster, cluster6, cluster4, sense;
    uint64_t suffix, shape;
  };
  // The words that features look at.
  struct View;
  // A row of scores by the hash of what it depends on; valid in the sentence `epoch`.
  struct CachedRow {
    uint64_t content = 0;
    uint32_t epoch = 0;
    uint32_t row = 0;
  };
  static constexpr size_t kCachedRows = 2048;  // a power of two
  enum Part { kTopPart, kFrontPart, kBelowPart, kPartCount };

  const Atoms& At(int32_t word) const { return atoms_[static_cast<size_t>(word + 2)]; }
  View Look(const State& state) const;
  uint32_t NewRow();
  int32_t* Row(uint32_t row) { return rows_.data() + row * row_ints_; }
  uint32_t PairRow(int32_t top, int32_t front);
  uint32_t PartRow(Part part, const View& view);

  void FrontKeys(int32_t front, KeyBuffer* keys) const;
  void PairKeys(int32_t top, int32_t front, KeyBuffer* keys) const;
  void GuideKeys(int32_t top, int32_t front, KeyBuffer* keys) const;
  void PartKeys(Part part, const View& view, KeyBuffer* keys) const;
  void TopKeys(const View& view, KeyBuffer* keys) const;
  void FrontTreeKeys(const View& view, KeyBuffer* keys) const;
  void BelowKeys(const View& view, KeyBuffer* keys) const;
  void MixedKeys(const View& view, KeyBuffer* keys) const;
  uint64_t Between(int32_t top, int32_t front) const;

  ParserInput input_;
  const FeatureScorer* scorer_ = nullptr;
  size_t row_ints_ = 0;
  std::vector<Atoms> atoms_;  // two words of boundary, the sentence, the root, two more
  std::vector<uint16_t> verbs_, puncts_, conjunctions_;  // running counts
  std::vector<uint32_t> pair_row_;  // 1 + row by (top + 1) * (n + 1) + front; 0 for none yet
  std::vector<uint32_t> front_row_;
  std::array<std::vector<CachedRow>, kPartCount> parts_;
  uint32_t epoch_ = 0;
  std::vector<int32_t> rows_;  // row_ints_ each
  uint32_t row_count_ = 0;
};

// The states of one sentence. Pointers stay valid until the next Begin.
class StateArena {
 public:
  // Makes room for a sentence of `words` words and up to `width` states a step.
  void Begin(size_t words, size_t width);
  const State* Initial();
  // The state after `action`. REQUIRES: IsAllowed(…); at most `width` calls a step.
  const State* Apply(const State& state, ActionId action, const ActionSet& actions, int64_t score);

 private:
  const Item* NewItem(const Item& item);

  std::vector<Item> items_;
  std::vector<State> states_;
};

// Whether the system allows `action` in `state`; `root` is the number of words.
bool IsAllowed(const State& state, ActionId action, const ActionSet& actions, int32_t root);

// The arcs that led to a final state.
void ReadTree(const State& final_state, const ActionSet& actions, Tree* tree);

// A candidate successor, before its state is made.
struct Candidate {
  const State* from = nullptr;
  int64_t score = 0;
  ActionId action = 0;
};

// One step of the beam: puts the best `width` successors of `beam` into `*best`, best first, ties
// in order of generation.
void Expand(std::span<const State* const> beam, const ActionSet& actions, int32_t root,
            size_t width, FeatureCache* cache, std::vector<Candidate>* best);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_ARC_EAGER_H_
