#include "ingest/coder/assertion.h"

#include <algorithm>
#include <string_view>

#include "base/strings.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

constexpr int kClimbMax = 8;

std::string_view StatusWord(v1::EventStatus status) {
  switch (status) {
    case v1::PLANNED:
      return "planned";
    case v1::CALLED_FOR:
      return "called for";
    case v1::OFFERED:
      return "offered";
    case v1::THREATENED:
      return "threatened";
    case v1::ALLEGED:
      return "alleged";
    case v1::DENIED:
      return "denied";
    case v1::REFUSED:
      return "refused";
    case v1::HYPOTHETICAL:
      return "hypothetical";
    case v1::HISTORICAL:
      return "historical";
    case v1::ONGOING:
      return "ongoing";
    default:
      return "occurred";
  }
}

bool IsPlain(v1::EventStatus status) { return status == v1::OCCURRED || status == v1::ONGOING; }

// What the finite verb of a clause says by itself.
struct VerbGroup {
  v1::EventStatus status = v1::OCCURRED;
  bool negated = false;
  bool would = false;
};

// Works out the assertion of one event, from the trigger outwards.
class Climber {
 public:
  Climber(const SentenceTree& tree, const RuleSet& rules) : tree_(tree), rules_(rules) {}

  std::optional<Assertion> Climb(int t, TriggerKind kind);

 private:
  VerbGroup GroupOf(int verb) const;
  int AuxiliaryHolder(int verb) const;
  bool IsNegated(int verb) const;
  bool IsQuestion() const;
  void ApplyGroup(const VerbGroup& group, int verb);
  bool IsConsentWithheld(int verb) const;
  void ApplyModifiers(int t);
  void ApplyEmbedding(const Embedding& embedding, int governor, int child);
  void FindReporter(int verb, int child);
  void FindParenthesis(int root);
  const Embedding* EmbeddingOf(int governor, int child) const;
  void ApplyPurpose(int verb, int noun);
  bool IsSaidInContact(int governor, int child) const;
  bool Step(int* current);
  void Set(v1::EventStatus status, std::string_view why, int word);

  const SentenceTree& tree_;
  const RuleSet& rules_;
  Assertion assertion_;
  bool denied_ = false;  // said not to have happened
  bool would_ = false;   // "would": a plan if reported, else a supposition
};

void Climber::Set(v1::EventStatus status, std::string_view why, int word) {
  assertion_.status = status;
  assertion_.reasons.push_back(Cat(StatusWord(status), " ← ", why, " ", tree_.lemma(word)));
}

bool Climber::IsNegated(int verb) const {
  for (const int child : tree_.children(verb)) {
    const Deprel deprel = tree_.deprel(child);
    const bool adverb = deprel == Deprel::kAdvmod || deprel == Deprel::kDet;
    if (adverb && rules_.Has("negation", tree_.lemma(child))) return true;
    // "no longer lets women enter"
    if (adverb && tree_.form(child) == "longer" && child > 0 && tree_.form(child - 1) == "no") {
      return true;
    }
    // "rather than feeding its people", "without meeting him"
    const bool marker = deprel == Deprel::kMark || deprel == Deprel::kCc || adverb;
    if (marker && child < verb && rules_.Has("exclusion", tree_.lemma(child))) return true;
    if (deprel != Deprel::kNsubj && deprel != Deprel::kObj && deprel != Deprel::kNsubjPass)
      continue;
    const int determiner = tree_.Child(child, Deprel::kDet);
    if (determiner >= 0 && tree_.lemma(determiner) == "no") return true;
  }
  return false;
}

// The verb whose auxiliaries count: "will meet Xi and sign a treaty".
int Climber::AuxiliaryHolder(int verb) const {
  for (int step = 0; step < kClimbMax; ++step) {
    const int governor = tree_.head(verb);
    const bool shares = tree_.deprel(verb) == Deprel::kConj && governor >= 0 &&
                        !tree_.HasChild(verb, Deprel::kNsubj) &&
                        !tree_.HasChild(verb, Deprel::kAux) &&
                        (tree_.token(verb).xpos == "VB" || tree_.token(verb).xpos == "VBN" ||
                         tree_.token(verb).xpos == "VBG");
    if (!shares) return verb;
    verb = governor;
  }
  return verb;
}

VerbGroup Climber::GroupOf(int verb) const {
  VerbGroup group;
  const int holder = AuxiliaryHolder(verb);
  group.negated = IsNegated(verb) || (holder != verb && IsNegated(holder));
  bool present_be = false;
  bool finite_be = false;
  for (const int child : tree_.children(holder)) {
    const Deprel deprel = tree_.deprel(child);
    if (deprel != Deprel::kAux && deprel != Deprel::kAuxPass && deprel != Deprel::kCop) continue;
    const std::string& lemma = tree_.lemma(child);
    if (lemma == "would") group.would = true;
    if (const Embedding* modal = rules_.FindModal(lemma); modal != nullptr) {
      group.status = modal->status;
    }
    const std::string& xpos = tree_.token(child).xpos;
    if (lemma == "be" && (xpos == "VBZ" || xpos == "VBP")) present_be = true;
    if (lemma == "be" && (present_be || xpos == "VBD")) finite_be = true;
  }
  // "are to hold talks", "is due to visit", "is going to send" (tree_repair.h).
  const int mark = tree_.Child(verb, Deprel::kMark);
  const bool to_come = finite_be && mark >= 0 && tree_.token(verb).xpos == "VB";
  if (group.status == v1::OCCURRED && to_come) group.status = v1::PLANNED;
  const bool progressive = tree_.token(verb).xpos == "VBG" && tree_.HasChild(holder, Deprel::kAux);
  if (group.status == v1::OCCURRED && progressive && present_be) group.status = v1::ONGOING;
  return group;
}

void Climber::ApplyGroup(const VerbGroup& group, int verb) {
  if (group.would) would_ = true;
  if (!IsPlain(group.status)) Set(group.status, "auxiliary of", verb);
  if (group.status == v1::ONGOING) assertion_.status = v1::ONGOING;
  if (!group.negated) return;
  if (group.status == v1::PLANNED || group.would) {
    Set(v1::REFUSED, "negated future of", verb);
    would_ = false;
  } else if (IsConsentWithheld(verb)) {
    Set(v1::REFUSED, "negated", verb);
  } else {
    denied_ = true;
  }
}

// "cannot accept the plan", "does not recognise the state": to accept is up to who does not.
bool Climber::IsConsentWithheld(int verb) const {
  if (!rules_.Has("consent", tree_.lemma(verb))) return false;
  const int holder = AuxiliaryHolder(verb);
  return std::any_of(tree_.children(holder).begin(), tree_.children(holder).end(), [&](int child) {
    const std::string& form = tree_.form(child);
    // "did not accept" as well as "has not", but what has not been agreed yet may be.
    const bool past = form == "did" || form == "has" || form == "have" || form == "had";
    const std::string& lemma = tree_.lemma(verb);
    return tree_.deprel(child) == Deprel::kAux &&
           (form == "can" || form == "ca" || form == "could" || form == "do" || form == "does" ||
            (past && (lemma == "accept" || lemma == "allow" || lemma == "permit")));
  });
}

void Climber::ApplyModifiers(int t) {
  for (const int child : tree_.children(t)) {
    const Deprel deprel = tree_.deprel(child);
    if (deprel != Deprel::kAmod && deprel != Deprel::kAdvmod && deprel != Deprel::kCompound)
      continue;
    const Embedding* modifier = rules_.FindModifier(tree_.lemma(child));
    // "suspected" may be tagged as a participle of "suspect".
    if (modifier == nullptr) modifier = rules_.FindModifier(tree_.form(child));
    if (modifier == nullptr) continue;
    if (modifier->status == v1::EVENT_STATUS_UNSPECIFIED) {
      denied_ = true;
    } else {
      Set(modifier->status, nlp::DeprelName(deprel), child);
    }
  }
}

// The entry for `governor` over `child`: "call_for" with the preposition that joins them, else the
// bare lemma where they are joined without one.
const Embedding* Climber::EmbeddingOf(int governor, int child) const {
  const std::string& lemma = tree_.lemma(governor);
  const Deprel deprel = tree_.deprel(child);
  std::string_view link;
  if (deprel == Deprel::kObl || deprel == Deprel::kNmod) {
    link = tree_.Preposition(child);
  } else if (deprel == Deprel::kAdvcl || deprel == Deprel::kAcl || deprel == Deprel::kXcomp) {
    const int mark = tree_.Child(child, Deprel::kMark);
    if (mark >= 0) link = tree_.lemma(mark);
  }
  if (const std::string_view particle = tree_.Particle(governor); !particle.empty()) {
    if (const Embedding* found = rules_.FindEmbedding(Cat(lemma, "_", particle))) return found;
  }
  if (!link.empty()) {
    if (const Embedding* found = rules_.FindEmbedding(Cat(lemma, "_", link))) return found;
    if (deprel == Deprel::kXcomp) return rules_.FindEmbedding(lemma);
    if (link != "to" || deprel == Deprel::kObl || deprel == Deprel::kNmod) return nullptr;
  }
  return rules_.FindEmbedding(lemma);
}

void Climber::ApplyEmbedding(const Embedding& embedding, int governor, int child) {
  const VerbGroup group = tree_.IsVerb(governor) || tree_.HasChild(governor, Deprel::kCop)
                              ? GroupOf(governor)
                              : VerbGroup{};
  const v1::EventStatus outer = embedding.status;
  if (outer == v1::EVENT_STATUS_UNSPECIFIED) {
    denied_ = !group.negated;
    return;
  }
  if (group.negated) {
    if (outer == v1::PLANNED || outer == v1::OFFERED) {
      Set(v1::REFUSED, "negated", governor);
    } else {
      denied_ = true;
    }
    return;
  }
  const v1::EventStatus inner = assertion_.status;
  const bool doubtful = inner == v1::REFUSED || inner == v1::HYPOTHETICAL || inner == v1::DENIED;
  if (outer == v1::DENIED || outer == v1::REFUSED) {
    denied_ = false;
    Set(outer, nlp::DeprelName(tree_.deprel(child)), governor);
  } else if (outer == v1::OCCURRED || outer == v1::ONGOING) {
    if (IsPlain(inner)) assertion_.status = outer;
  } else if (outer == v1::HYPOTHETICAL && inner == v1::ALLEGED) {
    return;  // "concern over the alleged deal": alleged all the same
  } else if (outer == v1::ALLEGED ? IsPlain(inner) || inner == v1::HYPOTHETICAL || would_
                                  : !doubtful) {
    Set(outer, nlp::DeprelName(tree_.deprel(child)), governor);
  }
  if (group.status == v1::HYPOTHETICAL) Set(v1::HYPOTHETICAL, "auxiliary of", governor);
  if (group.would) would_ = true;
}

void Climber::FindReporter(int verb, int child) {
  if (assertion_.speaker >= 0 || !rules_.IsReport(tree_.lemma(verb))) return;
  for (const Argument& argument : ArgumentsOf(tree_, verb, TriggerKind::kVerb, rules_)) {
    if (argument.relation != SlotRelation::kSubject || argument.head == child) continue;
    assertion_.speaker = argument.head;
    return;
  }
}

// "…, the ministry said" and "according to the ministry".
void Climber::FindParenthesis(int root) {
  for (const int child : tree_.children(root)) {
    if (tree_.deprel(child) == Deprel::kParataxis) FindReporter(child, root);
    if (assertion_.speaker < 0 && tree_.Preposition(child) == "according") {
      assertion_.speaker = child;
    }
  }
}

// "will travel to Seoul for talks": they are as much to come as the journey.
void Climber::ApplyPurpose(int verb, int noun) {
  if (!tree_.IsVerb(verb) || tree_.Preposition(noun) != "for" || !IsPlain(assertion_.status))
    return;
  const VerbGroup group = GroupOf(verb);
  if (group.status == v1::PLANNED && !group.negated) Set(v1::PLANNED, "auxiliary of", verb);
}

// "called Putin to congratulate him", "met the envoy to protest": what is said in a call, a letter
// or a meeting was said with it.
bool Climber::IsSaidInContact(int governor, int child) const {
  const int mark = tree_.Child(child, Deprel::kMark);
  return mark >= 0 && tree_.lemma(mark) == "to" && tree_.IsVerb(governor) &&
         tree_.HasChild(governor, Deprel::kObj) && rules_.Has("contact", tree_.lemma(governor)) &&
         rules_.Has("telling", tree_.lemma(child));
}

// Goes one governor up; false where the event's own clause ends.
bool Climber::Step(int* current) {
  const int child = *current;
  const int governor = tree_.head(child);
  if (governor < 0) return false;
  switch (tree_.deprel(child)) {
    case Deprel::kConj:
      break;
    case Deprel::kAdvcl: {
      if (IsSaidInContact(governor, child)) break;
      const int mark = tree_.Child(child, Deprel::kMark);
      if (mark >= 0 && rules_.Has("conditional", tree_.lemma(mark))) {
        Set(v1::HYPOTHETICAL, "condition with", mark);
        return false;
      }
      // "called off its strike after signing a deal"
      if (mark >= 0 && rules_.Has("subordinator", tree_.lemma(mark))) return false;
      if (const Embedding* found = EmbeddingOf(governor, child)) {
        ApplyEmbedding(*found, governor, child);
      } else if (mark >= 0 && tree_.lemma(mark) == "to" && IsPlain(assertion_.status)) {
        Set(v1::PLANNED, "purpose of", governor);
      } else if (mark >= 0 && tree_.lemma(mark) != "to") {
        return false;
      }
      break;
    }
    case Deprel::kXcomp:
    case Deprel::kCcomp:
    case Deprel::kAcl:
    case Deprel::kObj:
    case Deprel::kObl:
    case Deprel::kNmod:
    case Deprel::kNsubjPass:
      if (IsSaidInContact(governor, child)) break;
      if (const Embedding* found = EmbeddingOf(governor, child)) {
        ApplyEmbedding(*found, governor, child);
      } else if (tree_.deprel(child) == Deprel::kObl || tree_.deprel(child) == Deprel::kNmod) {
        ApplyPurpose(governor, child);
        return false;  // "called for efforts during a meeting": the meeting was no mere effort
      }
      if (tree_.deprel(child) == Deprel::kCcomp) {
        FindReporter(governor, child);
        if (IsNegated(governor)) denied_ = true;
      }
      break;
    default:
      return false;
  }
  *current = governor;
  return true;
}

// "Did Russia attack Ukraine?"
bool Climber::IsQuestion() const {
  return tree_.form(tree_.size() - 1) == "?" && tree_.token(0).upos == Upos::kAux;
}

std::optional<Assertion> Climber::Climb(int t, TriggerKind kind) {
  if (IsQuestion()) return std::nullopt;
  int current = t;
  if (kind == TriggerKind::kModal) {
    current = tree_.head(t) < 0 ? t : tree_.head(t);
    assertion_.negated = IsNegated(current);
  } else if (kind == TriggerKind::kNoun) {
    ApplyModifiers(t);
    const int verb = LightVerbOf(tree_, t, rules_);
    if (verb >= 0) {
      ApplyModifiers(verb);
      ApplyGroup(GroupOf(verb), verb);
      current = verb;
    }
    const int determiner = tree_.Child(t, Deprel::kDet);
    if (determiner >= 0 && tree_.lemma(determiner) == "no") denied_ = true;
  } else {
    ApplyModifiers(t);
    ApplyGroup(GroupOf(t), t);
  }
  for (int step = 0; step < kClimbMax; ++step) {
    FindParenthesis(current);
    if (!Step(&current)) break;
  }
  FindParenthesis(current);
  if (would_ && (IsPlain(assertion_.status) || assertion_.status == v1::PLANNED)) {
    Set(assertion_.speaker >= 0 ? v1::PLANNED : v1::HYPOTHETICAL, "would with", current);
  }
  if (denied_) return std::nullopt;
  return std::move(assertion_);
}

}  // namespace

std::optional<Assertion> AssertionOf(const SentenceTree& tree, int t, TriggerKind kind,
                                     const RuleSet& rules) {
  return Climber(tree, rules).Climb(t, kind);
}

}  // namespace entente::coder
