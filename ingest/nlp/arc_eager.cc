#include "ingest/nlp/arc_eager.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

constexpr uint64_t kNone = 0x40E;  // the atom of what is not there
constexpr size_t kRowAlignment = 16;

uint64_t Mix(uint64_t a, uint64_t b) { return (a * 0x9E3779B97F4A7C15u) ^ (b + (a >> 7)); }

// 1 to 5 as they are, then 6 to 10, then more.
uint64_t DistanceBucket(int32_t distance) {
  if (distance <= 5) return static_cast<uint64_t>(distance);
  return distance <= 10 ? 6 : 7;
}

uint64_t LabelAtom(Deprel label) { return static_cast<uint64_t>(label) + 1; }

// Adds numbered templates to a buffer.
class TemplateList {
 public:
  TemplateList(uint32_t first, KeyBuffer* keys) : number_(first), keys_(keys) {}
  void operator()(uint64_t a, uint64_t b = 0, uint64_t c = 0, uint64_t d = 0) {
    keys_->Add(FeatureKey(number_++, a, b, c, d));
  }

 private:
  uint32_t number_;
  KeyBuffer* keys_;
};

}  // namespace

// --- Actions

ActionSet::ActionSet(std::vector<Action> arcs) {
  std::stable_sort(arcs.begin(), arcs.end(),
                   [](const Action& a, const Action& b) { return a.kind < b.kind; });
  actions_ = {{ActionKind::kShift, Deprel::kNone}, {ActionKind::kReduce, Deprel::kNone}};
  actions_.insert(actions_.end(), arcs.begin(), arcs.end());
  right_begin_ = static_cast<ActionId>(
      std::find_if(actions_.begin(), actions_.end(),
                   [](const Action& action) { return action.kind == ActionKind::kRight; }) -
      actions_.begin());
  left_root_ = Find({ActionKind::kLeft, Deprel::kRoot});
}

ActionId ActionSet::Find(Action action) const {
  const auto found = std::find(actions_.begin(), actions_.end(), action);
  return found == actions_.end() ? kShift : static_cast<ActionId>(found - actions_.begin());
}

std::string ActionSet::Serialize() const {
  ByteWriter writer;
  writer.Varint(actions_.size() - 2);
  for (size_t i = 2; i < actions_.size(); ++i) {
    writer.U8(static_cast<uint8_t>(actions_[i].kind));
    writer.String(DeprelName(actions_[i].label));
  }
  return writer.Release();
}

absl::StatusOr<ActionSet> ActionSet::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<Action> arcs;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    const auto kind = static_cast<ActionKind>(reader.U8());
    const Deprel label = DeprelFromName(reader.String());
    if (label == Deprel::kNone || (kind != ActionKind::kLeft && kind != ActionKind::kRight)) {
      return DataLoss("the parser's list of actions is damaged");
    }
    arcs.push_back({kind, label});
  }
  if (!reader.ok() || arcs.size() + 2 >= LinearModel::kClassesMax) {
    return DataLoss("the parser's list of actions is damaged");
  }
  ActionSet actions(std::move(arcs));
  if (actions.left_root() == kShift) return DataLoss("the parser has no action for the root");
  return actions;
}

bool IsAllowed(const State& state, ActionId action, const ActionSet& actions, int32_t root) {
  const bool at_end = state.front->word == root;
  switch (actions[action].kind) {
    case ActionKind::kShift:
      return !at_end;
    case ActionKind::kReduce:
      return state.stack != nullptr && state.stack->has_head();
    case ActionKind::kLeft:
      return state.stack != nullptr && !state.stack->has_head() &&
             at_end == (action == actions.left_root());
    case ActionKind::kRight:
      return state.stack != nullptr && !at_end;
  }
  return false;
}

// --- States

void StateArena::Begin(size_t words, size_t width) {
  items_.clear();
  states_.clear();
  // 2n steps, each of which makes at most `width` states of at most three items (kRight: the head,
  // the pushed word, the new front), after the initial state with its one item. Paths that the beam
  // drops have made theirs too, so a state's own share of n pushes is no bound.
  items_.reserve(6 * words * width + 1);
  states_.reserve(2 * words * width + 1);
}

const Item* StateArena::NewItem(const Item& item) {
  items_.push_back(item);
  return &items_.back();
}

const State* StateArena::Initial() {
  Item front;
  front.word = 0;
  states_.push_back(State{.front = NewItem(front)});
  return &states_.back();
}

const State* StateArena::Apply(const State& state, ActionId action, const ActionSet& actions,
                               int64_t score) {
  State next{.previous = &state,
             .stack = state.stack,
             .front = state.front,
             .score = score,
             .action = action};
  const Deprel label = actions[action].label;
  switch (actions[action].kind) {
    case ActionKind::kReduce:
      next.stack = state.stack->below;
      break;
    case ActionKind::kLeft: {
      Item head = *state.front;
      head.left2 = head.left;
      head.left2_label = head.left_label;
      head.left = state.stack->word;
      head.left_label = label;
      head.left_labels |= uint64_t{1} << static_cast<int>(label);
      if (head.left_count < 255) ++head.left_count;
      next.stack = state.stack->below;
      next.front = NewItem(head);
      break;
    }
    case ActionKind::kRight:
    case ActionKind::kShift: {
      Item pushed = *state.front;
      pushed.below = state.stack;
      if (actions[action].kind == ActionKind::kRight) {
        Item head = *state.stack;
        head.right2 = head.right;
        head.right2_label = head.right_label;
        head.right = pushed.word;
        head.right_label = label;
        head.right_labels |= uint64_t{1} << static_cast<int>(label);
        if (head.right_count < 255) ++head.right_count;
        pushed.below = NewItem(head);
        pushed.label = label;
      }
      next.stack = NewItem(pushed);
      Item front;
      front.word = pushed.word + 1;
      next.front = NewItem(front);
      break;
    }
  }
  states_.push_back(next);
  return &states_.back();
}

void ReadTree(const State& final_state, const ActionSet& actions, Tree* tree) {
  for (const State* state = &final_state; state->previous != nullptr; state = state->previous) {
    const Action& action = actions[state->action];
    const State& before = *state->previous;
    if (action.kind == ActionKind::kLeft) {
      tree->heads[before.stack->word] = before.front->word;
      tree->labels[before.stack->word] = action.label;
    } else if (action.kind == ActionKind::kRight) {
      tree->heads[before.front->word] = before.stack->word;
      tree->labels[before.front->word] = action.label;
    }
  }
}

// --- Features

struct FeatureCache::View {
  const Item& top;
  const Item& second;  // the word below the top, and the one below that
  const Item& third;
  const Item& front;
  bool has_head;  // of the top: then it is the second, as always in this system
  const Atoms &s0, &s1, &s2, &n0, &n1;
};

void FeatureCache::Begin(const ParserInput& input, const FeatureScorer& scorer, int action_count) {
  input_ = input;
  scorer_ = &scorer;
  row_ints_ = (action_count + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  const size_t n = input.words.size();
  const Atoms none{kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
  atoms_.assign(n + 5, none);
  verbs_.assign(n + 2, 0);
  puncts_.assign(n + 2, 0);
  conjunctions_.assign(n + 2, 0);
  for (size_t i = 0; i < n; ++i) {
    const WordFeatures& word = input.words[i];
    const WordClass& known = word.known;
    const Upos upos = input.tag_set->upos(input.tags[i]);
    Atoms& atoms = atoms_[i + 2];
    atoms.word = word.lower;
    atoms.tag = input.tag_set->tag_hash(input.tags[i]);
    atoms.word_tag = Mix(atoms.word, atoms.tag);
    atoms.upos = static_cast<uint64_t>(upos) + 1;
    atoms.cluster = known.cluster;
    atoms.cluster6 = known.cluster_prefix6;
    atoms.cluster4 = known.cluster_prefix4;
    const bool verbal = upos == Upos::kVerb || upos == Upos::kAux;
    atoms.sense = (verbal ? 64 + known.verb_sense : known.noun_sense) + 128 * atoms.upos;
    atoms.suffix = word.suffix[2];
    atoms.shape = static_cast<uint64_t>(word.shape);
    verbs_[i + 1] = static_cast<uint16_t>(verbs_[i] + (upos == Upos::kVerb));
    puncts_[i + 1] = static_cast<uint16_t>(puncts_[i] + (upos == Upos::kPunct));
    conjunctions_[i + 1] = static_cast<uint16_t>(conjunctions_[i] + (upos == Upos::kCconj));
  }
  const uint64_t root = HashBytes("<root>");
  atoms_[n + 2] = Atoms{root, root, root, root, root, root, root, root, root, root};
  pair_row_.assign((n + 1) * (n + 1), 0);
  front_row_.assign(n + 1, 0);
  for (std::vector<CachedRow>& part : parts_) part.resize(kCachedRows);
  if (++epoch_ == 0) {  // after 2^32 sentences old rows could pass for new ones
    for (std::vector<CachedRow>& part : parts_) part.assign(kCachedRows, CachedRow{});
    epoch_ = 1;
  }
  row_count_ = 0;
}

// How many verbs, punctuation marks and conjunctions stand between two words, each up to 3.
uint64_t FeatureCache::Between(int32_t top, int32_t front) const {
  const auto count = [&](const std::vector<uint16_t>& running) {
    return static_cast<uint64_t>(std::min(running[front] - running[top + 1], 3));
  };
  return count(verbs_) + 4 * count(puncts_) + 16 * count(conjunctions_);
}

void FeatureCache::FrontKeys(int32_t front, KeyBuffer* keys) const {
  const Atoms &n0 = At(front), &n1 = At(std::min(front + 1, input_.root() + 2)),
              &n2 = At(std::min(front + 2, input_.root() + 2)), &before = At(front - 1),
              &before2 = At(front - 2);
  TemplateList add(2000, keys);
  add(n0.word);
  add(n0.tag);
  add(n0.word_tag);
  add(n1.word);
  add(n1.tag);
  add(n1.word_tag);
  add(n2.word);
  add(n2.tag);
  add(n2.word_tag);
  add(n0.tag, n1.tag);
  add(n0.tag, n1.tag, n2.tag);
  add(n0.word, n1.tag);
  add(n0.tag, n1.word);
  add(n0.word, n1.word);
  add(before.tag, n0.tag);
  add(before.word, n0.tag);
  add(before.tag, n0.tag, n1.tag);
  add(before2.tag, before.tag, n0.tag);
  add(n0.cluster, n0.tag);
  add(n0.cluster6, n1.cluster6);
  add(n1.cluster, n0.tag);
  add(n0.sense, n1.tag);
  add(n0.suffix, n0.upos);
  add(n0.shape, n1.shape, n0.upos);
}

void FeatureCache::PairKeys(int32_t top, int32_t front, KeyBuffer* keys) const {
  const Atoms &s0 = At(top), &n0 = At(front), &n1 = At(std::min(front + 1, input_.root() + 2)),
              &n2 = At(std::min(front + 2, input_.root() + 2)), &s0_before = At(top - 1),
              &s0_after = At(top + 1), &n0_before = At(front - 1);
  const uint64_t distance = DistanceBucket(front - top);
  const uint64_t between = Between(top, front);
  TemplateList add(2200, keys);
  add(s0.word);
  add(s0.tag);
  add(s0.word_tag);
  add(s0.word_tag, n0.word_tag);
  add(s0.word_tag, n0.word);
  add(s0.word, n0.word_tag);
  add(s0.word_tag, n0.tag);
  add(s0.tag, n0.word_tag);
  add(s0.word, n0.word);
  add(s0.tag, n0.tag);
  add(s0.tag, n0.tag, n1.tag);
  add(s0.tag, n0.tag, n1.tag, n2.tag);
  add(s0.word, n0.tag, n1.tag);
  add(s0.tag, n0.word, n1.tag);
  add(s0.tag, n0.tag, n1.word);
  add(s0.word, distance);
  add(s0.tag, distance);
  add(n0.word, distance);
  add(n0.tag, distance);
  add(s0.word, n0.word, distance);
  add(s0.tag, n0.tag, distance);
  add(s0.word, n0.tag, distance);
  add(s0.tag, n0.word, distance);
  add(s0_before.tag, s0.tag, n0.tag);
  add(s0.tag, s0_after.tag, n0.tag);
  add(s0.tag, n0_before.tag, n0.tag);
  add(s0.tag, s0_after.tag, n0_before.tag, n0.tag);
  add(s0_before.tag, s0.tag, n0.tag, n1.tag);
  add(s0.tag, s0_after.word, n0.tag);
  add(s0_before.word, s0.tag, n0.tag);
  add(s0.tag, n0_before.word, n0.tag);
  add(s0.tag, n0.tag, between);
  add(s0.word, n0.tag, between);
  add(s0.tag, n0.word, between);
  add(s0.upos, n0.upos, between, distance);
  add(s0.cluster, n0.cluster);
  add(s0.cluster6, n0.cluster6);
  add(s0.cluster4, n0.cluster4, distance);
  add(s0.cluster, n0.tag);
  add(s0.tag, n0.cluster);
  add(s0.cluster6, n0.word);
  add(s0.word, n0.cluster6);
  add(s0.cluster6, n0.tag, distance);
  add(s0.tag, n0.cluster6, distance);
  add(s0.cluster6, n0.cluster6, n1.cluster6);
  add(s0.cluster);
  add(s0.cluster, s0.tag);
  add(s0.sense, n0.sense);
  add(s0.sense, n0.word);
  add(s0.word, n0.sense);
  add(s0.sense, n0.sense, n1.tag);
  add(s0.sense, n0.cluster6);
  add(s0.cluster6, n0.sense);
  add(s0.suffix, n0.tag);
  add(s0.tag, n0.suffix);
  add(s0.shape, n0.shape, s0.upos, n0.upos);
  add(s0.upos, n0.upos, n1.upos, Mix(n2.upos, distance));
}

void FeatureCache::GuideKeys(int32_t top, int32_t front, KeyBuffer* keys) const {
  if (input_.guide == nullptr) return;
  const std::vector<int32_t>& heads = input_.guide->heads;
  const std::vector<Deprel>& labels = input_.guide->labels;
  const int32_t root = input_.root();
  const auto label = [&](int32_t word) {
    return word >= 0 && word < root ? static_cast<uint64_t>(labels[word]) : 99;
  };
  const auto head = [&](int32_t word) { return word >= 0 && word < root ? heads[word] : -9; };
  // Where the guide sees the head of a word: at the other one, left of the top, between, or right.
  const auto place = [&](int32_t of, int32_t other) -> uint64_t {
    if (head(of) == -9) return 9;
    if (head(of) == other) return 1;
    if (head(of) < top) return 2;
    if (head(of) == root) return 3;
    return head(of) < front ? 4 : 5;
  };
  uint64_t right_dependents = 0;  // of the top, at the front or after it
  for (int32_t word = front; word < root && word < front + 12; ++word) {
    right_dependents += heads[word] == top;
  }
  uint64_t left_dependents = 0;  // of the front, at the top or before it
  for (int32_t word = std::max(top - 12, 0); word <= top && front < root; ++word) {
    left_dependents += heads[word] == front;
  }
  const uint64_t top_place = place(top, front), front_place = place(front, top);
  const uint64_t places = top_place * 10 + front_place;
  const uint64_t dependents =
      std::min<uint64_t>(right_dependents, 2) * 3 + std::min<uint64_t>(left_dependents, 2);
  const uint64_t shape = places * 16 + dependents;
  const Atoms &s0 = At(top), &n0 = At(front);
  TemplateList add(2400, keys);
  add(places);
  add(shape);
  add(shape, label(top), label(front));
  add(places, label(top));
  add(places, label(front));
  add(shape, s0.tag, n0.tag);
  add(places, label(top), s0.tag, n0.tag);
  add(places, label(front), s0.tag, n0.tag);
  add(places, label(top), s0.word);
  add(places, label(front), n0.word);
  add(places, s0.word_tag);
  add(places, n0.word_tag);
  add(places, label(front), s0.word, n0.tag);
  add(places, label(top), s0.tag, n0.word);
  add(shape, DistanceBucket(front - top), Between(top, front));
}

FeatureCache::View FeatureCache::Look(const State& state) const {
  static constexpr Item kNothing{.word = -2};
  const Item& top = state.stack != nullptr ? *state.stack : kNothing;
  const Item& second = top.below != nullptr ? *top.below : kNothing;
  const Item& third = second.below != nullptr ? *second.below : kNothing;
  const Item& front = *state.front;
  return {top,          second,          third,          front,          top.has_head(),
          At(top.word), At(second.word), At(third.word), At(front.word), At(front.word + 1)};
}

// The top with its dependents, beside the front word.
void FeatureCache::TopKeys(const View& view, KeyBuffer* keys) const {
  const Item& top = view.top;
  const Atoms &s0 = view.s0, &n0 = view.n0;
  const auto atoms = [&](int32_t word) -> const Atoms& { return At(word < 0 ? -2 : word); };
  const Atoms &left = atoms(top.left), &left2 = atoms(top.left2), &right = atoms(top.right),
              &right2 = atoms(top.right2);
  const uint64_t own = LabelAtom(top.label);
  const uint64_t left_label = LabelAtom(top.left_label), right_label = LabelAtom(top.right_label);
  TemplateList add(2600, keys);
  add(left.word);
  add(left.tag, left_label);
  add(right.word);
  add(right.tag, right_label);
  add(left2.word);
  add(left2.tag, LabelAtom(top.left2_label));
  add(right2.word);
  add(right2.tag, LabelAtom(top.right2_label));
  add(s0.tag, left.tag, n0.tag);
  add(s0.tag, right.tag, n0.tag);
  add(s0.word, right.tag, n0.tag, right_label);
  add(s0.tag, right.word, n0.tag);
  add(s0.tag, right.tag, n0.word, right_label);
  add(s0.tag, left.tag, left2.tag);
  add(s0.tag, right.tag, right2.tag);
  add(s0.tag, n0.tag, right_label, LabelAtom(top.right2_label));
  add(s0.word, right_label, n0.tag);
  add(s0.word, right_label, n0.word);
  add(s0.cluster6, right.cluster6, n0.cluster6);
  add(right.word, n0.word, right_label);
  add(s0.word, top.right_count, own);
  add(s0.tag, top.right_count, own);
  add(s0.word, top.left_count);
  add(s0.tag, top.left_count);
  add(s0.word, top.right_labels);
  add(s0.tag, top.right_labels);
  add(s0.word, top.left_labels);
  add(s0.tag, top.left_labels);
  add(s0.tag, n0.tag, top.right_labels, own);
  add(s0.tag, n0.word, top.right_labels);
  add(s0.tag, n0.tag, top.left_labels);
}

// The front word with its dependents, beside the top.
void FeatureCache::FrontTreeKeys(const View& view, KeyBuffer* keys) const {
  const Item& front = view.front;
  const Atoms &s0 = view.s0, &n0 = view.n0;
  const auto atoms = [&](int32_t word) -> const Atoms& { return At(word < 0 ? -2 : word); };
  const Atoms &left = atoms(front.left), &left2 = atoms(front.left2);
  const uint64_t left_label = LabelAtom(front.left_label);
  TemplateList add(2700, keys);
  add(left.word);
  add(left.tag, left_label);
  add(left2.word);
  add(left2.tag, LabelAtom(front.left2_label));
  add(s0.tag, n0.tag, left.tag);
  add(s0.tag, n0.tag, left.word);
  add(s0.word, n0.word, left.tag, left_label);
  add(n0.tag, left.tag, left2.tag);
  add(s0.cluster6, n0.cluster6, left.cluster6);
  add(n0.word, front.left_count);
  add(n0.tag, front.left_count);
  add(n0.word, front.left_labels);
  add(n0.tag, front.left_labels);
  add(s0.tag, n0.tag, front.left_labels);
  add(s0.word, n0.tag, front.left_labels);
}

// The words below the top, the first of which may be its head.
void FeatureCache::BelowKeys(const View& view, KeyBuffer* keys) const {
  const Atoms &s0 = view.s0, &s1 = view.s1, &s2 = view.s2, &n0 = view.n0, &n1 = view.n1;
  const Atoms& none = At(-2);
  const Atoms& head = view.has_head ? s1 : none;
  const Atoms& grandhead = view.has_head && view.second.has_head() ? s2 : none;
  const uint64_t own = LabelAtom(view.top.label), below = LabelAtom(view.second.label);
  TemplateList add(2800, keys);
  add(head.word, own);
  add(head.tag, own);
  add(own);
  add(own, s0.tag, n0.tag);
  add(own, s0.word, n0.tag);
  add(own, s0.tag, n0.word);
  add(own, s0.tag, n0.tag, n1.tag);
  add(own, s0.cluster6, n0.cluster6);
  add(grandhead.word);
  add(grandhead.tag, below);
  add(s0.tag, head.tag, grandhead.tag);
  add(s0.tag, head.tag, n0.tag);
  add(s0.tag, head.word, n0.tag);
  add(head.tag, n0.word, own);
  add(head.word, n0.word, own);
  add(head.cluster6, n0.cluster6, own);
  add(below, own, n0.tag);
  add(s1.word);
  add(s1.tag);
  add(s1.word_tag, own);
  add(s1.tag, s0.tag, n0.tag, own);
  add(s1.word, n0.word);
  add(s1.tag, n0.tag, own);
  add(s1.word, s0.tag, n0.tag);
  add(s1.tag, s0.word, n0.tag);
  add(s1.tag, s0.tag, n0.word);
  add(s1.cluster, n0.cluster6);
  add(s1.cluster6, s0.cluster6, n0.cluster6);
  add(s1.tag, s0.tag, n0.tag, n1.tag);
  add(s1.sense, n0.sense, own);
  add(s2.tag, s1.tag, s0.tag, n0.tag);
  add(s2.tag, n0.tag);
  add(s2.word, n0.tag);
}

// What joins both subtrees: scored for each state.
void FeatureCache::MixedKeys(const View& view, KeyBuffer* keys) const {
  const Item &top = view.top, &front = view.front;
  const Atoms &s0 = view.s0, &n0 = view.n0;
  TemplateList add(2900, keys);
  add(s0.tag, n0.tag, Mix(LabelAtom(top.left_label), LabelAtom(top.right_label)),
      LabelAtom(front.left_label));
  add(s0.upos, n0.upos, Mix(top.left_labels, top.right_labels), front.left_labels);
  add(s0.tag, n0.tag, DistanceBucket(front.word - top.word),
      top.right_count * 4 + std::min<int>(front.left_count, 3));
}

void FeatureCache::PartKeys(Part part, const View& view, KeyBuffer* keys) const {
  switch (part) {
    case kTopPart:
      return TopKeys(view, keys);
    case kFrontPart:
      return FrontTreeKeys(view, keys);
    case kBelowPart:
      return BelowKeys(view, keys);
    case kPartCount:
      return;
  }
}

uint32_t FeatureCache::NewRow() {
  if (rows_.size() < (row_count_ + 1) * row_ints_) rows_.resize((row_count_ + 256) * row_ints_);
  std::fill_n(Row(row_count_), row_ints_, 0);
  return row_count_++;
}

uint32_t FeatureCache::PairRow(int32_t top, int32_t front) {
  const size_t n = input_.words.size();
  uint32_t& known = pair_row_[static_cast<size_t>(top + 1) * (n + 1) + static_cast<size_t>(front)];
  if (known != 0) return known - 1;
  KeyBuffer keys;
  if (front_row_[front] == 0) {
    FrontKeys(front, &keys);
    const uint32_t row = NewRow();
    scorer_->Add(keys, Row(row));
    front_row_[front] = row + 1;
    keys.Clear();
  }
  const uint32_t row = NewRow();
  std::copy_n(Row(front_row_[front] - 1), row_ints_, Row(row));
  if (top >= 0) {
    PairKeys(top, front, &keys);
    GuideKeys(top, front, &keys);
    scorer_->Add(keys, Row(row));
  }
  known = row + 1;
  return row;
}

uint32_t FeatureCache::PartRow(Part part, const View& view) {
  // Everything that the part's features look at.
  const Item &top = view.top, &front = view.front;
  uint64_t content = Mix(static_cast<uint64_t>(top.word + 2), static_cast<uint64_t>(front.word));
  const auto take = [&](uint64_t a) { content = Mix(content, a) * 0xE7037ED1A0B428DBu; };
  const auto place = [](int32_t word) { return static_cast<uint64_t>(word + 2); };
  if (part == kTopPart) {
    take(place(top.left) << 48 | place(top.left2) << 32 | place(top.right) << 16 |
         place(top.right2));
    take(top.left_labels);
    take(top.right_labels);
    take(LabelAtom(top.label) << 56 | LabelAtom(top.left_label) << 48 |
         LabelAtom(top.left2_label) << 40 | LabelAtom(top.right_label) << 32 |
         LabelAtom(top.right2_label) << 24 | uint64_t{top.left_count} << 8 | top.right_count);
  } else if (part == kFrontPart) {
    take(place(front.left) << 16 | place(front.left2));
    take(front.left_labels);
    take(LabelAtom(front.left_label) << 16 | LabelAtom(front.left2_label) << 8 | front.left_count);
  } else {
    take(place(view.second.word) << 48 | place(view.third.word) << 32 | LabelAtom(top.label) << 8 |
         LabelAtom(view.second.label));
  }
  CachedRow& cached = parts_[part][(content >> 40) & (kCachedRows - 1)];
  if (cached.epoch == epoch_ && cached.content == content) return cached.row;
  KeyBuffer keys;
  PartKeys(part, view, &keys);
  const uint32_t row = NewRow();
  scorer_->Add(keys, Row(row));
  cached = {content, epoch_, row};
  return row;
}

void FeatureCache::Score(const State& state, int32_t* scores) {
  const View view = Look(state);
  const int32_t top = state.stack != nullptr ? state.stack->word : -1;
  const uint32_t pair = PairRow(top, state.front->word);
  const uint32_t tree = PartRow(kTopPart, view);
  const uint32_t front = PartRow(kFrontPart, view);
  const uint32_t below = PartRow(kBelowPart, view);
  const int32_t *a = Row(pair), *b = Row(tree), *c = Row(front), *d = Row(below);
  for (size_t i = 0; i < row_ints_; ++i) scores[i] = a[i] + b[i] + c[i] + d[i];
  KeyBuffer keys;
  MixedKeys(view, &keys);
  scorer_->Add(keys, scores);
}

void FeatureCache::Keys(const State& state, KeyBuffer* pair_keys, KeyBuffer* state_keys) const {
  pair_keys->Clear();
  state_keys->Clear();
  const int32_t top = state.stack != nullptr ? state.stack->word : -1;
  FrontKeys(state.front->word, pair_keys);
  if (top >= 0) {
    PairKeys(top, state.front->word, pair_keys);
    GuideKeys(top, state.front->word, pair_keys);
  }
  const View view = Look(state);
  for (const Part part : {kTopPart, kFrontPart, kBelowPart}) PartKeys(part, view, state_keys);
  MixedKeys(view, state_keys);
}

// --- The beam

void Expand(std::span<const State* const> beam, const ActionSet& actions, int32_t root,
            size_t width, FeatureCache* cache, std::vector<Candidate>* best) {
  best->clear();
  // Kept sorted, best first: with a beam of 8 that is quicker than a heap, and ties stay in order.
  const auto offer = [&](const State* from, int64_t score, ActionId action) {
    if (best->size() == width) {
      if (score <= best->back().score) return;
      best->pop_back();
    }
    auto place = best->end();
    while (place != best->begin() && (place - 1)->score < score) --place;
    best->insert(place, Candidate{from, score, action});
  };
  alignas(64) std::array<int32_t, LinearModel::kClassesMax> scores;
  for (const State* state : beam) {
    cache->Score(*state, scores.data());
    const bool at_end = state->front->word == root;
    const auto offer_range = [&](int begin, int end) {
      for (int action = begin; action < end; ++action) {
        offer(state, state->score + scores[action], static_cast<ActionId>(action));
      }
    };
    if (!at_end) offer_range(ActionSet::kShift, ActionSet::kShift + 1);
    if (state->stack == nullptr) continue;
    if (state->stack->has_head()) {
      offer_range(ActionSet::kReduce, ActionSet::kReduce + 1);
    } else if (at_end) {
      offer_range(actions.left_root(), actions.left_root() + 1);
    } else {
      for (int action = 2; action < actions.right_begin(); ++action) {
        if (action == actions.left_root()) continue;
        offer_range(action, action + 1);
      }
    }
    if (!at_end) offer_range(actions.right_begin(), actions.size());
  }
}

}  // namespace entente::nlp
