#include "ingest/coder/pair_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/coder/assertion.h"

namespace entente::coder {
namespace {

using nlp::Upos;

// Less likely pairs are not added, whatever may be the matter between the two.
constexpr double kRelatedMin = 0.37;
// Nor are those of which it is less likely that they are related in the likeliest way.
constexpr double kTellsMin = 0.14;
// Nor those whose words speak against that way as much as this. Unit: log-odds.
constexpr double kWordsMin = -0.5;
// Less likely accusations in what somebody merely says are not added.
constexpr double kAccusesMin = 0.25;
// What is less likely does not keep another partner of the same actor from being added.
constexpr double kDoubted = 0.25;
constexpr size_t kReasonsMax = 12;  // of an explanation

TriggerKind KindOf(const SentenceTree& tree, int t) {
  const Upos upos = tree.token(t).upos;
  if (upos == Upos::kNoun || upos == Upos::kPropn) return TriggerKind::kNoun;
  return upos == Upos::kAdj ? TriggerKind::kAdjective : TriggerKind::kVerb;
}

// The rule that says which event type the root stands for; null if none does.
const Rule* RuleOf(const RuleSet& rules, std::string_view root) {
  const std::vector<int32_t>* indices = rules.RulesFor(root);
  if (indices == nullptr) return nullptr;
  for (const int32_t index : *indices) {
    if (rules.rules()[index].kind == TriggerKind::kPair) return &rules.rules()[index];
  }
  return nullptr;
}

bool IsState(const ActorRef& actor) {
  return actor.kind == v1::STATE || actor.id == actor.country + ".GOV";
}

// Whether one of the two is the other's own state: "Rouhani said that Iran would stay".
bool IsOwnState(const ActorMention& a, const ActorMention& b) {
  return std::any_of(a.actors.begin(), a.actors.end(), [&](const ActorRef& one) {
    return std::any_of(b.actors.begin(), b.actors.end(), [&](const ActorRef& other) {
      return !one.country.empty() && one.country == other.country &&
             (IsState(one) || IsState(other));
    });
  });
}

bool Is(v1::DyadSide side, v1::DyadSide wanted) { return side == wanted || side == v1::BOTH; }

}  // namespace

absl::Status CheckPairRules(const RuleSet& rules) {
  for (const Rule& rule : rules.rules()) {
    if (rule.kind != TriggerKind::kPair) continue;
    for (const std::string& trigger : rule.triggers) {
      if (PairRootIndex(trigger) < kPairRoots.size()) continue;
      return InvalidArgument(Cat(rule.source, ": rule \"", rule.id, "\": \"", trigger,
                                 "\" is no root of the model of pairs, such as AID"));
    }
    const bool two = rule.slots.size() == 2 && !rule.slots[0].role.empty() &&
                     !rule.slots[1].role.empty() &&
                     rule.slots[0].relation == SlotRelation::kSubject &&
                     rule.slots[1].relation == SlotRelation::kObject;
    if (!two) {
      return InvalidArgument(Cat(rule.source, ": rule \"", rule.id,
                                 "\": a pair's pattern is pair {role} ROOT {role}"));
    }
  }
  return absl::OkStatus();
}

PairReader::PairReader(const PairModel& model, const RuleSet& rules,
                       const knowledge::Ontology& ontology, const SentenceTree& tree,
                       const MentionTable& mentions, int32_t sentence,
                       std::vector<Candidate>* candidates)
    : model_(&model),
      rules_(&rules),
      ontology_(&ontology),
      tree_(&tree),
      mentions_(&mentions),
      sentence_(sentence),
      candidates_(candidates),
      features_(tree, mentions) {}

int32_t PairReader::Outermost(int32_t mention) const {
  while (mentions_->IsNested(mention)) mention = mentions_->mention(mention).parent;
  return mention;
}

bool PairReader::IsAmong(int32_t mention, const std::vector<int32_t>& others) const {
  const ActorMention& one = mentions_->mention(mention);
  return std::any_of(others.begin(), others.end(), [&](int32_t m) {
    const ActorMention& other = mentions_->mention(m);
    const bool overlaps =
        other.sentence == sentence_ && one.first <= other.last && other.first <= one.last;
    return overlaps || SameActor(one, other);
  });
}

std::vector<int32_t> PairReader::SideOf(const Candidate& candidate, v1::DyadSide side) const {
  std::vector<int32_t> found;
  const v1::EventType& type = *ontology_->FindType(candidate.rule->type);
  for (const RoleFiller& filler : candidate.fillers) {
    const v1::Role* role = knowledge::Ontology::FindRole(type, filler.role);
    const bool on_side =
        role != nullptr &&
        (Is(role->side(), side) || (candidate.mutual && role->side() != v1::DYAD_SIDE_UNSPECIFIED));
    if (on_side) found.push_back(filler.mention);
  }
  return found;
}

size_t PairReader::RootOf(const Candidate& candidate) const {
  const v1::CodeSet* codes = CodesOf(*candidate.rule, candidate.assertion.status, *ontology_);
  return codes == nullptr ? kPairRoots.size() : PairRootIndex(codes->plover());
}

void PairReader::Judge(const ActorPair& pair, size_t root, Candidate* candidate) {
  if (pair.top < 0) return;
  features_.Describe(pair, &described_);
  const double related = model_->Related(described_);
  const double share = root < kPairRoots.size() ? model_->Roots(described_)[root] : 0;
  std::optional<PairOpinion>& opinion = candidate->opinion;
  if (!opinion.has_value() || opinion->related < related) {
    opinion = {related, share, pair};
  }
}

void PairReader::ScoreCandidates() {
  for (Candidate& candidate : *candidates_) {
    const size_t root = RootOf(candidate);
    for (const int32_t source : SideOf(candidate, v1::SOURCE)) {
      for (const int32_t target : SideOf(candidate, v1::TARGET)) {
        const int32_t from = Outermost(source);
        const int32_t to = Outermost(target);
        const bool here = mentions_->mention(from).sentence == sentence_ &&
                          mentions_->mention(to).sentence == sentence_;
        if (from == to || !here) continue;
        // Arms go from the supplier, but it may be the buyer who does something.
        Judge(features_.Pair(from, to), root, &candidate);
        Judge(features_.Pair(to, from), root, &candidate);
      }
    }
  }
}

bool PairReader::Has(const Candidate& candidate, int32_t source, int32_t target) const {
  const std::vector<int32_t> sources = SideOf(candidate, v1::SOURCE);
  const std::vector<int32_t> targets = SideOf(candidate, v1::TARGET);
  return (IsAmong(source, sources) && IsAmong(target, targets)) ||
         (IsAmong(target, sources) && IsAmong(source, targets));
}

// Whether the token is in the subject of a clause below `top`.
bool PairReader::IsDoerBelow(int top, int t) const {
  for (int step = 0; step < tree_->size() && t >= 0 && t != top; ++step, t = tree_->head(t)) {
    const nlp::Deprel deprel = tree_->deprel(t);
    if (deprel == nlp::Deprel::kNsubj || deprel == nlp::Deprel::kNsubjPass) return true;
  }
  return false;
}

// "Putin and Ban praised the deal": those who are coordinated do something together rather than to
// each other, and what they do to each other is told by rules.
bool PairReader::MayAdd(const Reading& reading) const {
  const ActorPair& pair = reading.pair;
  const ActorMention& source = mentions_->mention(pair.source);
  const ActorMention& target = mentions_->mention(pair.target);
  if (IsOwnState(source, target)) return false;
  const std::string_view root = kPairRoots[reading.root];
  // "said that China moved troops": what somebody is said to do is done by him, and is at most an
  // accusation.
  if (rules_->Has("mere_report", tree_->lemma(pair.top)) && IsDoerBelow(pair.top, target.head) &&
      (root != "ACCUSE" || reading.related * reading.root_share < kAccusesMin)) {
    return false;
  }
  const bool opinion = root == "ACCUSE" || root == "SUPPORT";
  if (opinion && IsVictim(*tree_, *rules_, target.head)) return false;
  if (root == "CONSULT" || root == "COOPERATE" || root == "AGREE") return true;
  const std::vector<int> with_source = Coordinated(*tree_, source.head);
  const std::vector<int> with_target = Coordinated(*tree_, target.head);
  return std::find(with_source.begin(), with_source.end(), target.head) == with_source.end() &&
         std::find(with_target.begin(), with_target.end(), source.head) == with_target.end();
}

bool PairReader::IsTold(const Reading& reading) {
  for (const Candidate& candidate : *candidates_) {
    if (Has(candidate, reading.pair.source, reading.pair.target)) return true;
  }
  for (Candidate& candidate : *candidates_) {
    if (RootOf(candidate) != reading.root) {
      // A rule knows better what its word means.
      if (candidate.trigger == reading.pair.top && candidate.rule->kind != TriggerKind::kPair) {
        return true;
      }
      continue;
    }
    const std::vector<int32_t> sources = SideOf(candidate, v1::SOURCE);
    const std::vector<int32_t> targets = SideOf(candidate, v1::TARGET);
    const bool same_source = IsAmong(reading.pair.source, sources);
    const bool same_target = IsAmong(reading.pair.target, targets);
    if (same_source && !targets.empty() && candidate.opinion.has_value() &&
        candidate.opinion->related > kDoubted) {
      return true;
    }
    // "declared a truce": with whom, the rule did not find.
    const bool lacks_target = same_source && targets.empty();
    const bool lacks_source = same_target && sources.empty();
    if (!lacks_target && !lacks_source) continue;
    const v1::EventType& type = *ontology_->FindType(candidate.rule->type);
    for (const v1::Role& role : type.roles()) {
      if (role.side() != (lacks_target ? v1::TARGET : v1::SOURCE)) continue;
      const int32_t filler = lacks_target ? reading.pair.target : reading.pair.source;
      candidate.fillers.push_back({role.id(), filler, "pair", 1 - reading.related});
      candidate.opinion = {reading.related, reading.root_share, reading.pair};
      return true;
    }
  }
  return false;
}

// Adds the pair to an event that the model found at the same word: "Chad and Mali criticised Togo".
// Returns whether there is one, so that a word tells of one event of a kind only.
bool PairReader::JoinTold(const Reading& reading, const Rule& rule) {
  for (Candidate& candidate : *candidates_) {
    if (candidate.rule != &rule || candidate.trigger != reading.pair.top) continue;
    const double cost = 1 - reading.related;
    if (IsAmong(reading.pair.target, SideOf(candidate, v1::TARGET))) {
      candidate.fillers.push_back({rule.slots[0].role, reading.pair.source, "pair", cost});
    } else if (IsAmong(reading.pair.source, SideOf(candidate, v1::SOURCE))) {
      candidate.fillers.push_back({rule.slots[1].role, reading.pair.target, "pair", cost});
    }
    return true;
  }
  return false;
}

void PairReader::Add(const Reading& reading) {
  const Rule* rule = RuleOf(*rules_, kPairRoots[reading.root]);
  if (rule == nullptr || !IsOfKind(rule->slots[0], mentions_->mention(reading.pair.source)) ||
      !IsOfKind(rule->slots[1], mentions_->mention(reading.pair.target))) {
    return;
  }
  if (JoinTold(reading, *rule)) return;
  const int top = reading.pair.top;
  const std::optional<Assertion> assertion = AssertionOf(*tree_, top, KindOf(*tree_, top), *rules_);
  // What is supposed or denied is no event between the two.
  if (!assertion.has_value() || assertion->status == v1::HYPOTHETICAL ||
      assertion->status == v1::DENIED) {
    return;
  }
  Candidate candidate;
  candidate.rule = rule;
  candidate.sentence = sentence_;
  candidate.trigger = top;
  candidate.trigger_span = tree_->token(top).span;
  candidate.fillers = {{rule->slots[0].role, reading.pair.source, "pair", 1 - reading.related},
                       {rule->slots[1].role, reading.pair.target, "pair", 1 - reading.related}};
  candidate.assertion = *assertion;
  if (rule->status != v1::EVENT_STATUS_UNSPECIFIED) candidate.assertion.status = rule->status;
  candidate.opinion = {reading.related, reading.root_share, reading.pair};
  candidate.confidence = reading.related * reading.root_share;
  candidates_->push_back(std::move(candidate));
}

void PairReader::Explain() {
  std::vector<std::string> names;
  for (Candidate& candidate : *candidates_) {
    if (!candidate.opinion.has_value()) continue;
    features_.Describe(candidate.opinion->pair, &described_, &names);
    for (size_t i = 0; i < described_.size(); ++i) {
      const double weight = model_->RelatedWeight(described_[i].key);
      if (weight != 0) candidate.reasons.push_back({names[i], described_[i].value, weight});
    }
    std::stable_sort(candidate.reasons.begin(), candidate.reasons.end(),
                     [](const PairReason& a, const PairReason& b) {
                       return std::abs(a.value * a.weight) > std::abs(b.value * b.weight);
                     });
    if (candidate.reasons.size() > kReasonsMax) candidate.reasons.resize(kReasonsMax);
  }
}

void PairReader::AddCandidates(const std::vector<bool>& silenced) {
  std::vector<Reading> readings;
  for (const ActorPair& pair : features_.pairs()) {
    if (silenced[pair.top]) continue;
    features_.Describe(pair, &described_);
    Reading reading{pair, model_->Related(described_), 0, 0};
    if (reading.related < kRelatedMin) continue;
    const PairRootNumbers roots = model_->Roots(described_);
    const auto best = std::max_element(roots.begin(), roots.end());
    reading.root = static_cast<size_t>(best - roots.begin());
    reading.root_share = *best;
    if (reading.related * reading.root_share < kTellsMin) continue;
    if (model_->WordsFor(reading.root, described_) >= kWordsMin) readings.push_back(reading);
  }
  std::stable_sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) {
    return a.related * a.root_share > b.related * b.root_share;
  });
  for (const Reading& reading : readings) {
    if (MayAdd(reading) && !IsTold(reading)) Add(reading);
  }
}

}  // namespace entente::coder
