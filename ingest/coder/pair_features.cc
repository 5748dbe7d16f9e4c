#include "ingest/coder/pair_features.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "ingest/nlp/word_table.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

constexpr size_t kStepsMax = 7;       // words on one side of a path
constexpr int kPlacesMax = 4;         // places among the actors that are told apart
constexpr double kDistanceUnit = 10;  // words
constexpr int kDistanceMax = 30;      // words

// What acts in a mention: a place, a state, a sector, or merely a kind of name.
std::string_view KindOf(const ActorMention& mention) {
  if (mention.is_place || mention.actors.empty()) return "place";
  const ActorRef& actor = mention.actors.front();
  if (actor.kind == v1::STATE) return "state";
  if (!actor.sector.empty()) return actor.sector;
  return actor.kind == v1::PERSON ? "person" : "name";
}

bool IsUnstated(const ActorMention& mention) {
  return std::any_of(mention.actors.begin(), mention.actors.end(), [](const ActorRef& actor) {
    return actor.country.empty() || actor.country == "UNK";
  });
}

// Relations of which the preposition or the word that brings in the clause matters.
bool IsMarked(Deprel deprel) {
  return deprel == Deprel::kObl || deprel == Deprel::kNmod || deprel == Deprel::kAdvcl ||
         deprel == Deprel::kAcl || deprel == Deprel::kXcomp || deprel == Deprel::kCcomp;
}

void AppendPart(std::string_view part, std::string* text) { text->append(part); }
void AppendPart(int part, std::string* text) { text->append(std::to_string(part)); }

bool Overlap(const ActorMention& a, const ActorMention& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

PairFeatures::PairFeatures(const SentenceTree& tree, const MentionTable& mentions)
    : tree_(&tree), mentions_(&mentions) {
  for (const int32_t m : mentions.outermost()) {
    const ActorMention& mention = mentions.mention(m);
    if (mention.actors.empty() && mention.place < 0) continue;
    if (actors_.size() < kMentionsMax) actors_.push_back(m);
  }
  std::stable_sort(actors_.begin(), actors_.end(), [&](int32_t a, int32_t b) {
    return mentions.mention(a).head < mentions.mention(b).head;
  });
  for (const int32_t source : actors_) {
    if (mentions.mention(source).actors.empty()) continue;
    for (const int32_t target : actors_) {
      const ActorMention& one = mentions.mention(source);
      const ActorMention& other = mentions.mention(target);
      if (source == target || Overlap(one, other) || SameActor(one, other)) continue;
      const ActorPair pair = Pair(source, target);
      if (pair.top >= 0) pairs_.push_back(pair);
    }
  }
}

bool PairFeatures::FindPath(int source, int target, Path* path) const {
  std::vector<int> above;  // the source's head and what it hangs on
  for (int t = source; t >= 0 && above.size() <= kStepsMax; t = tree_->head(t)) above.push_back(t);
  std::vector<int> down;
  for (int t = target; t >= 0 && down.size() <= kStepsMax; t = tree_->head(t)) {
    const auto meeting = std::find(above.begin(), above.end(), t);
    if (meeting == above.end()) {
      down.push_back(t);
      continue;
    }
    path->above = t;
    path->up.assign(above.begin(), meeting);
    path->down.assign(down.rbegin(), down.rend());
    return true;
  }
  return false;
}

// The word above both, or, where that is one of the two, the next one on the way; the word that
// governs both if they are coordinated.
int PairFeatures::TopOf(const Path& path, int source, int target) const {
  if (path.above != source && path.above != target) return path.above;
  const std::vector<int>& way = path.above == source ? path.down : path.up;
  const int next = path.above == source ? way.front() : way.back();
  const bool other = next == source || next == target;
  if (!other && tree_->deprel(next) != Deprel::kConj) return next;
  return tree_->head(path.above);
}

ActorPair PairFeatures::Pair(int32_t source, int32_t target) const {
  ActorPair pair{source, target, -1};
  const int from = mentions_->mention(source).head;
  const int to = mentions_->mention(target).head;
  Path path;
  if (from != to && FindPath(from, to, &path)) pair.top = TopOf(path, from, to);
  return pair;
}

template <typename... Parts>
void PairFeatures::Add(float value, bool lexical, const Parts&... parts) {
  text_.clear();
  (AppendPart(parts, &text_), ...);
  features_->push_back({nlp::HashBytes(text_), value, lexical});
  if (names_ != nullptr) names_->push_back(text_);
}

// "obl(with)", "nsubj".
void PairFeatures::AppendStep(int t, std::string* text) const {
  const Deprel deprel = tree_->deprel(t);
  text->append(nlp::DeprelName(deprel));
  if (!IsMarked(deprel)) return;
  int mark = tree_->Child(t, Deprel::kCase);
  if (mark < 0) mark = tree_->Child(t, Deprel::kMark);
  text->push_back('(');
  if (mark >= 0) text->append(tree_->form(mark));
  text->push_back(')');
}

void PairFeatures::WriteSteps(const std::vector<int>& steps) {
  steps_.clear();
  for (const int t : steps) {
    AppendStep(t, &steps_);
    steps_.push_back('/');
  }
}

void PairFeatures::DescribeWho(const ActorMention& source, const ActorMention& target) {
  const std::string_view from = KindOf(source);
  const std::string_view to = KindOf(target);
  Add(1, false, "source=", from);
  Add(1, false, "target=", to);
  Add(1, false, "who=", from, ">", to);
  Add(1, false, "forms=", static_cast<int>(source.form), ",", static_cast<int>(target.form));
  if (IsUnstated(source)) Add(1, false, "source unstated");
  if (IsUnstated(target)) Add(1, false, "target unstated");
}

// Auxiliaries and negation of a word on the path.
void PairFeatures::DescribePredicate(int t) {
  constexpr std::array<std::string_view, 8> kModals = {"will",   "would", "can", "could",
                                                       "should", "must",  "may", "might"};
  for (const int child : tree_->children(t)) {
    const std::string& lemma = tree_->lemma(child);
    if (tree_->deprel(child) == Deprel::kAux &&
        std::find(kModals.begin(), kModals.end(), lemma) != kModals.end()) {
      Add(1, false, "modal=", lemma);
    }
    if (lemma == "not" || lemma == "n't" || lemma == "never" || lemma == "no") {
      Add(1, false, "negated");
    }
  }
}

void PairFeatures::DescribePath(const Path& path, const ActorPair& pair, int source, int target) {
  WriteSteps(path.up);
  Add(1, false, "up=", steps_);
  WriteSteps(path.down);
  Add(1, false, "down=", steps_);
  steps_.clear();
  for (const int t : path.up) steps_.append(nlp::DeprelName(tree_->deprel(t))).push_back('/');
  steps_.push_back('^');
  for (const int t : path.down) steps_.append(nlp::DeprelName(tree_->deprel(t))).push_back('/');
  Add(1, false, "path=", steps_);
  Add(static_cast<float>(path.up.size()), false, "steps up");
  Add(static_cast<float>(path.down.size()), false, "steps down");
  std::string first = "-";
  std::string last = "-";
  if (!path.down.empty()) {
    first.clear();
    AppendStep(path.down.front(), &first);
  }
  if (!path.up.empty()) {
    last.clear();
    AppendStep(path.up.back(), &last);
  }
  Add(1, false, "from above=", last);
  Add(1, false, "to below=", first);
  const int top = pair.top;
  const bool verb = tree_->IsVerb(top);
  const std::string_view particle = verb ? tree_->Particle(top) : std::string_view();
  std::string word = tree_->lemma(top);
  if (!particle.empty()) word.append("_").append(particle);
  if (!verb) word.push_back('*');
  Add(1, false, "top is ", nlp::UposName(tree_->token(top).upos));
  Add(1, true, "top=", word);
  Add(1, true, "top frame=", word, "|", last, "|", first);
  if (verb && tree_->IsPassive(top)) {
    Add(1, false, "passive");
    Add(1, false, "passive|", last);
  }
  const auto describe_word = [&](int t) {
    if (t != source && t != target) Add(1, true, "word=", tree_->lemma(t));
  };
  for (const int t : path.up) describe_word(t);
  for (const int t : path.down) describe_word(t);
  describe_word(top);
  // What else the word above governs: "beat Croatia in the *final*".
  for (const int child : tree_->children(top)) {
    const Upos upos = tree_->token(child).upos;
    const bool content = upos == Upos::kNoun || upos == Upos::kVerb;
    if (content && child != source && child != target) {
      Add(1, false, "beside=", tree_->lemma(child));
    }
  }
  DescribePredicate(top);
  for (const int t : path.down) {
    if (t != target && t != top) DescribePredicate(t);
  }
}

// Where the two stand among the sentence's actors.
void PairFeatures::DescribePlaces(const ActorPair& pair) {
  const int from = mentions_->mention(pair.source).head;
  const int to = mentions_->mention(pair.target).head;
  const auto count = [&](int low, int high) {
    return static_cast<int>(std::count_if(actors_.begin(), actors_.end(), [&](int32_t m) {
      return mentions_->mention(m).head > low && mentions_->mention(m).head < high;
    }));
  };
  const int source_place = std::min(count(-1, from), kPlacesMax - 1);
  const int target_place = std::min(count(-1, to), kPlacesMax);
  Add(1, false, from < to ? "source first" : "target first");
  const int between = count(std::min(from, to), std::max(from, to));
  Add(1, false, "between=", std::min(between, kPlacesMax - 1));
  Add(static_cast<float>(std::min(std::abs(from - to), kDistanceMax) / kDistanceUnit), false,
      "distance");
  Add(1, false, "actors=", std::min(static_cast<int>(actors_.size()), kPlacesMax + 2));
  Add(1, false, "source is number ", source_place);
  Add(1, false, "target is number ", target_place);
  Add(1, false, "numbers=", source_place, ",", target_place);
  if (to > pair.top && count(pair.top, to) == 0) Add(1, false, "target is next behind top");
  if (from < pair.top && count(from, pair.top) == 0) Add(1, false, "source is last before top");
}

void PairFeatures::Describe(const ActorPair& pair, std::vector<PairFeature>* features,
                            std::vector<std::string>* names) {
  features->clear();
  if (names != nullptr) names->clear();
  features_ = features;
  names_ = names;
  const ActorMention& source = mentions_->mention(pair.source);
  const ActorMention& target = mentions_->mention(pair.target);
  Path path;
  if (pair.top < 0 || !FindPath(source.head, target.head, &path)) return;
  Add(1, false, kConstantFeature);
  DescribeWho(source, target);
  DescribePath(path, pair, source.head, target.head);
  DescribePlaces(pair);
  for (int t = 0; t < tree_->size(); ++t) {
    const Upos upos = tree_->token(t).upos;
    const bool inside =
        (t >= source.first && t <= source.last) || (t >= target.first && t <= target.last);
    if (upos == Upos::kNoun && !inside) Add(1, false, "about=", tree_->lemma(t));
  }
}

}  // namespace entente::coder
