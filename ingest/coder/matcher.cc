#include "ingest/coder/matcher.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "ingest/coder/mention_table.h"
#include "ingest/coder/pair_reader.h"
#include "ingest/coder/quantities.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

constexpr double kContextCost = 0.4;   // the sentence's only other actor
constexpr double kAnybodyCost = 0.2;   // before other arguments, for a name that tells nothing
constexpr double kReachedCost = 0.16;  // before other arguments, for a phrase that is no actor
constexpr double kPurposeCost = 0.35;  // before other arguments, for "for" where "to" will do
constexpr double kAffectedCost = 0.3;  // whoever stands next behind, in phrases and purposes
constexpr size_t kCandidatesMax = 256;
constexpr double kSilencingWeight = 0.05;  // rules with less say that there is no event

// How far a role may be looked for. Each sentence is tried with the least first.
enum class Effort : uint8_t {
  kArguments,  // among the trigger's own arguments
  kAffected,   // and in what comes next behind the trigger (FillFromAffected)
  kContext,    // and the sentence's only other actor (MatchFromContext)
};

// One attempt to match one rule at one trigger.
class Attempt {
 public:
  Attempt(const RuleSet& rules, const Rule& rule, const v1::EventType& type,
          const SentenceTree& tree, const MentionTable& mentions,
          const std::vector<Argument>& arguments, const Assertion& assertion,
          int32_t sentence_speaker, Effort effort)
      : rules_(rules),
        rule_(rule),
        type_(type),
        tree_(tree),
        mentions_(mentions),
        arguments_(arguments),
        assertion_(assertion),
        sentence_speaker_(sentence_speaker),
        effort_(effort),
        mutual_(rule.mutual) {}

  // Whether all that the rule wants is there.
  bool Match(int trigger);

  double score() const { return score_; }
  const std::vector<RoleFiller>& fillers() const { return fillers_; }
  const std::vector<DetailText>& details() const { return details_; }
  // Whether those on either side do it to each other.
  bool mutual() const { return mutual_; }
  // Tokens that word tests took: the noun of "lift sanctions" is no trigger of its own.
  const std::vector<int>& consumed() const { return consumed_; }

 private:
  bool FillSlot(const Slot& slot, int trigger);
  bool TestModifier(const Slot& slot, int trigger);
  bool MatchesWords(const WordSet& words, int head) const;
  bool FillFromArgument(const Slot& slot, const Argument& argument);
  double CostOf(const Slot& slot, const Argument& argument) const;
  bool FillFromComplement(const Slot& slot, const Argument& argument);
  bool FillFromDoer(const Slot& slot, const Argument& argument);
  bool TestComplement(const Slot& slot, const Argument& argument);
  bool FillSpeaker(const Slot& slot);
  bool FillFromAnnouncer(const Slot& slot, int trigger);
  bool FillFromReceiver(const Slot& slot, int trigger);
  bool TakeUnbound(const Slot& slot, int head, std::string_view path);
  bool FillFromContext(const Slot& slot);
  bool FillFromAffected(const Slot& slot, int trigger);
  bool IsVictim(int t) const { return coder::IsVictim(tree_, rules_, t); }
  bool IsWordOfRule(int t) const;
  bool IsSaidByReporter() const;
  bool IsTarget(const Slot& slot) const;
  static bool IsOtherSide(const Slot& slot);

  bool Fits(const Slot& slot, const Argument& argument) const;
  bool Take(const Slot& slot, std::vector<Found> found, const std::string& path, double cost);
  void TakeWords(const Slot& slot, int head);
  bool IsBound(const ActorMention& mention) const;
  bool IsBoundHere(const ActorMention& mention) const;
  bool SharesCountry(const ActorMention& mention) const;
  bool IsOwnCountry(int head) const;
  bool IsReciprocal(int head) const;
  void DropSameActors();
  void DropPairs();
  void DropOwnStates();
  bool HasRequiredRoles() const;

  const RuleSet& rules_;
  const Rule& rule_;
  const v1::EventType& type_;
  const SentenceTree& tree_;
  const MentionTable& mentions_;
  const std::vector<Argument>& arguments_;
  const Assertion& assertion_;
  int32_t sentence_speaker_;
  Effort effort_;
  std::vector<RoleFiller> fillers_;
  std::vector<DetailText> details_;
  std::vector<int> consumed_;
  std::set<int> used_heads_;
  bool mutual_;             // "accused each other"
  bool reflexive_ = false;  // an argument of the slot names only who is in the event already
  double score_ = 0;
};

// Whether the two phrases of one clause are two of the same role: "a court released the lawyer",
// where both are the judiciary of one state.
bool AreTwoOfOneRole(const SentenceTree& tree, const ActorMention& a, const ActorMention& b) {
  const auto is_role = [](const ActorMention& mention) {
    return mention.form == MentionForm::kNominal && mention.actors.size() == 1 &&
           mention.actors[0].kind == v1::UNNAMED_ROLE;
  };
  // A speaker may be of an earlier sentence.
  return a.sentence == b.sentence && is_role(a) && is_role(b) &&
         tree.lemma(a.head) != tree.lemma(b.head);
}

bool Attempt::IsBound(const ActorMention& mention) const {
  return std::any_of(fillers_.begin(), fillers_.end(), [&](const RoleFiller& filler) {
    return SameActor(mentions_.mention(filler.mention), mention);
  });
}

// The same of somebody among the trigger's own arguments, who may be another one of the same role.
bool Attempt::IsBoundHere(const ActorMention& mention) const {
  return std::any_of(fillers_.begin(), fillers_.end(), [&](const RoleFiller& filler) {
    const ActorMention& bound = mentions_.mention(filler.mention);
    return SameActor(bound, mention) && !AreTwoOfOneRole(tree_, bound, mention);
  });
}

bool Attempt::Take(const Slot& slot, std::vector<Found> found, const std::string& path,
                   double cost) {
  bool any = false;
  for (Found& one : found) {
    if (!IsOfKind(slot, mentions_.mention(one.mention))) continue;
    const bool known = std::any_of(fillers_.begin(), fillers_.end(), [&](const RoleFiller& f) {
      return f.role == slot.role && f.mention == one.mention;
    });
    if (known) continue;
    fillers_.push_back({slot.role, one.mention, path + one.path, cost + one.cost});
    any = true;
  }
  return any;
}

void Attempt::TakeWords(const Slot& slot, int head) {
  consumed_.push_back(head);
  if (slot.detail.empty()) return;
  int first = head;
  int last = head;
  tree_.Subtree(head, &first, &last);
  // The phrase without the preposition that brings it in.
  while (first < head &&
         (tree_.deprel(first) == Deprel::kCase || tree_.deprel(first) == Deprel::kMark ||
          tree_.token(first).upos == Upos::kPunct)) {
    ++first;
  }
  while (last > head && tree_.token(last).upos == Upos::kPunct) --last;
  // "met on Monday" is not about Monday.
  if (rules_.Has("calendar", tree_.form(head)) && first == head) return;
  details_.push_back(
      {slot.detail, {tree_.token(first).span.begin, tree_.token(last).span.end}, ""});
}

bool Attempt::Fits(const Slot& slot, const Argument& argument) const {
  if (argument.relation != slot.relation) return false;
  if (slot.relation == SlotRelation::kOblique ||
      (slot.relation == SlotRelation::kComplement && !slot.prepositions.empty())) {
    return std::find(slot.prepositions.begin(), slot.prepositions.end(), argument.preposition) !=
           slot.prepositions.end();
  }
  if (slot.relation != SlotRelation::kSubject || argument.preposition.empty()) return true;
  // "the release of prisoners by Iran": what a slot of the rule takes is no agent.
  return std::none_of(rule_.slots.begin(), rule_.slots.end(), [&](const Slot& other) {
    return std::find(other.prepositions.begin(), other.prepositions.end(), argument.preposition) !=
           other.prepositions.end();
  });
}

// Whether the phrase is one of the words, or a quantity of them: "some of its troops", "a shipment
// of ventilators".
bool Attempt::MatchesWords(const WordSet& words, int head) const {
  if (words.empty() || tree_.Matches(words, head)) return true;
  const Upos upos = tree_.token(head).upos;
  const bool quantity = upos == Upos::kNum || upos == Upos::kDet || upos == Upos::kSym ||
                        upos == Upos::kPron || tree_.form(head) == "worth" ||
                        rules_.Has("quantity", tree_.lemma(head));
  if (!quantity) return false;
  for (const int child : tree_.children(head)) {
    if (tree_.Preposition(child) == "of" && tree_.Matches(words, child)) return true;
    // "$4 million worth of equipment"
    if (tree_.form(child) == "worth" && MatchesWords(words, child)) return true;
  }
  return false;
}

bool Attempt::FillFromArgument(const Slot& slot, const Argument& argument) {
  if (!MatchesWords(slot.words, argument.head)) return false;
  if (slot.role.empty()) {
    // "agreed on Tuesday" is no agreement on anything.
    const bool day = slot.relation == SlotRelation::kOblique && slot.words.empty() &&
                     rules_.Has("calendar", tree_.lemma(argument.head));
    if (day) return false;
    TakeWords(slot, argument.head);
    score_ += slot.words.empty() ? 0 : 2;
    return true;
  }
  const bool subject = slot.relation == SlotRelation::kSubject;
  if (!subject && IsReciprocal(argument.head)) {
    mutual_ = true;
    score_ += 1 - argument.cost;
    return true;
  }
  std::vector<Found> found = mentions_.InPhrase(argument.head, subject, slot.place, slot.direct);
  // "eased some of its restrictions on aid to Korea": who is in the event already leaves the role
  // to a phrase further on.
  // Who condemns (CAMEO 11) or praises (05) an attack says nothing against whoever was attacked.
  const std::string& cameo = type_.codes().cameo();
  // Whom it is pinned on (112) is accused by it.
  if ((cameo.starts_with("11") && !cameo.starts_with("112")) || cameo.starts_with("05")) {
    std::erase_if(found,
                  [&](const Found& f) { return IsVictim(mentions_.mention(f.mention).head); });
  }
  // "backed a plan to supply Ukraine": nothing was done to anybody in what a thing is about.
  const v1::QuadClass quad = type_.codes().quad_class();
  if (quad == v1::MATERIAL_COOPERATION || quad == v1::MATERIAL_CONFLICT) {
    std::erase_if(found, [](const Found& f) {
      return f.path.find(">acl") != std::string::npos || f.path.find(">ccomp") != std::string::npos;
    });
  }
  // "The president said his country would not": he speaks for it.
  if (subject && assertion_.speaker >= 0 && IsOwnCountry(argument.head)) {
    found = mentions_.InPhrase(assertion_.speaker, true, false);
  }
  const bool any = !found.empty();
  std::erase_if(found, [&](const Found& f) { return IsBoundHere(mentions_.mention(f.mention)); });
  reflexive_ = reflexive_ || (any && found.empty());
  if (!Take(slot, std::move(found), argument.path, argument.cost)) return false;
  score_ += 1 - argument.cost;
  return true;
}

// Whether the phrase is "each other", "one another", "the other side", or theirs: "each other's
// diplomats".
bool Attempt::IsReciprocal(int head) const {
  const auto is_pair = [&](int t, std::string_view first, std::string_view second) {
    return (tree_.form(t) == first && t + 1 < tree_.size() && tree_.form(t + 1) == second) ||
           (tree_.form(t) == second && t > 0 && tree_.form(t - 1) == first);
  };
  const auto is_reciprocal = [&](int t) {
    if (is_pair(t, "each", "other") || is_pair(t, "one", "another")) return true;
    const std::string& lemma = tree_.lemma(t);
    return (lemma == "side" || lemma == "party") && t > 1 && tree_.form(t - 1) == "other" &&
           tree_.form(t - 2) == "the";
  };
  const std::vector<int>& children = tree_.children(head);
  return is_reciprocal(head) || std::any_of(children.begin(), children.end(), [&](int child) {
           return tree_.deprel(child) == Deprel::kNmodPoss && is_reciprocal(child);
         });
}

// Whether the phrase is "his country", "its government".
bool Attempt::IsOwnCountry(int head) const {
  constexpr std::array<std::string_view, 4> kWords = {"country", "government", "nation",
                                                      "administration"};
  const int owner = tree_.Child(head, Deprel::kNmodPoss);
  return owner >= 0 && tree_.token(owner).upos == Upos::kPron &&
         std::find(kWords.begin(), kWords.end(), tree_.lemma(head)) != kWords.end();
}

bool Attempt::SharesCountry(const ActorMention& mention) const {
  for (const RoleFiller& filler : fillers_) {
    for (const ActorRef& bound : mentions_.mention(filler.mention).actors) {
      for (const ActorRef& actor : mention.actors) {
        if (!actor.country.empty() && actor.country == bound.country) return true;
      }
    }
  }
  return false;
}

// Whether the clause is about one of the slot's words: its verb ("demanded that Iran *release*"),
// the head of one of its phrases ("… lift the *sanctions*"), or both ("lift sanction").
bool Attempt::TestComplement(const Slot& slot, const Argument& argument) {
  // "comp *" is what somebody is called, and no clause.
  if (slot.words.empty()) {
    const bool any = slot.role.empty() && slot.detail.empty() && slot.prepositions.empty();
    return !any || !tree_.IsVerb(argument.head);
  }
  const int verb = argument.head;
  const std::string& lemma = tree_.lemma(verb);
  const std::string_view particle = tree_.Particle(verb);
  const std::string phrasal = particle.empty() ? lemma : Cat(lemma, "_", particle);
  bool matches = slot.words.MatchEnd({lemma}) > 0 || slot.words.MatchEnd({phrasal}) > 0;
  for (const Argument& part : ArgumentsOf(tree_, verb, TriggerKind::kVerb, rules_)) {
    if (matches) break;
    if (part.relation != SlotRelation::kObject && part.relation != SlotRelation::kOblique) continue;
    matches = tree_.Matches(slot.words, part.head) ||
              slot.words.MatchEnd({lemma, tree_.lemma(part.head)}) > 0 ||
              slot.words.MatchEnd({lemma, tree_.form(part.head)}) > 0;
  }
  if (matches) score_ += 2;
  return matches;
}

// "Kyiv says Russian forces shelled the dam": whoever is said to have done it, who is somebody of
// another side. "Gunmen killed two, police said" tells of the deed alone.
bool Attempt::FillFromDoer(const Slot& slot, const Argument& argument) {
  const int verb = argument.head;
  if (tree_.head(verb) > verb) return false;
  const std::optional<Assertion> said = AssertionOf(tree_, verb, TriggerKind::kVerb, rules_);
  const bool done = said.has_value() && said->status != v1::PLANNED &&
                    said->status != v1::REFUSED && said->status != v1::HYPOTHETICAL;
  if (!done) return false;
  for (const Argument& doer : ArgumentsOf(tree_, verb, TriggerKind::kVerb, rules_)) {
    if (doer.relation != SlotRelation::kSubject || doer.head < tree_.head(verb)) continue;
    std::vector<Found> found = mentions_.InPhrase(doer.head, true, false);
    std::erase_if(found, [&](const Found& f) {
      const ActorMention& mention = mentions_.mention(f.mention);
      return IsBound(mention) || SharesCountry(mention) ||
             (IsUnknown(mention) && IsSaidByReporter()) || mention.form == MentionForm::kPronoun;
    });
    return Take(slot, std::move(found), argument.path + ">nsubj", argument.cost);
  }
  return false;
}

// Whether the verb's subject is of those who report what others have done: authorities, witnesses,
// doctors and the press.
bool Attempt::IsSaidByReporter() const {
  static constexpr std::array<std::string_view, 8> kReporters = {"GOV", "COP", "MIL", "JUD",
                                                                 "JRN", "MED", "CVL", "UNK"};
  return std::any_of(arguments_.begin(), arguments_.end(), [&](const Argument& argument) {
    const int32_t m =
        argument.relation == SlotRelation::kSubject ? mentions_.AtHead(argument.head) : -1;
    if (m < 0) return false;
    const std::vector<ActorRef>& actors = mentions_.mention(m).actors;
    return std::any_of(actors.begin(), actors.end(), [](const ActorRef& actor) {
      return actor.kind == v1::STATE ||
             std::find(kReporters.begin(), kReporters.end(), actor.sector) != kReporters.end();
    });
  });
}

// Anybody in the clause who is not in the event yet: its subject first, then from left to right,
// those of other states first.
bool Attempt::FillFromComplement(const Slot& slot, const Argument& argument) {
  if (!TestComplement(slot, argument)) return false;
  if (slot.role == "accused" && !slot.words.empty()) return FillFromDoer(slot, argument);
  if (slot.role.empty()) {
    // What is agreed to or called for may be an event as well; what somebody is accused of is not.
    const bool infinitive = argument.preposition == "to" || argument.preposition.empty();
    if (!slot.detail.empty() || !infinitive) TakeWords(slot, argument.head);
    if (infinitive && !consumed_.empty() && consumed_.back() == argument.head) consumed_.pop_back();
    return true;
  }
  // "promised the government that officers would arrive": whoever is told so, rather than anybody
  // in what is told.
  const int subject = tree_.Child(argument.head, Deprel::kNsubj);
  for (const Argument& told : arguments_) {
    if (slot.role != "addressee" || subject < 0 || used_heads_.count(told.head) > 0) continue;
    if (told.relation != SlotRelation::kObject || told.head > argument.head) continue;
    std::vector<Found> found = mentions_.InPhrase(told.head, false, false, true);
    std::erase_if(found, [&](const Found& f) { return IsBound(mentions_.mention(f.mention)); });
    if (Take(slot, std::move(found), told.path, told.cost + kReachCost)) return true;
  }
  // "let Red Cross convoys use the road": whoever may do so, but no mere word of the rule.
  const int governor = tree_.head(argument.head);
  const bool sent = governor >= 0 && (rules_.Has("delegating", tree_.lemma(governor)) ||
                                      (tree_.deprel(argument.head) == Deprel::kAdvcl &&
                                       !rules_.Has("object_control", tree_.lemma(governor))));
  for (const Argument& doer : arguments_) {
    if (sent || subject >= 0 || doer.relation != SlotRelation::kObject ||
        doer.head > argument.head || doer.cost > kReachCost) {
      continue;
    }
    std::vector<Found> found = mentions_.InPhrase(doer.head, true, slot.place);
    const bool word = IsWordOfRule(doer.head);
    std::erase_if(found, [&](const Found& f) {
      const ActorMention& mention = mentions_.mention(f.mention);
      const bool named = std::any_of(mention.actors.begin(), mention.actors.end(),
                                     [](const ActorRef& a) { return a.kind != v1::UNNAMED_ROLE; });
      return IsBound(mention) || (word && !named);
    });
    if (Take(slot, std::move(found), doer.path, doer.cost + kReachCost)) return true;
  }
  if (subject >= 0) {
    std::vector<Found> found = mentions_.InPhrase(subject, true, slot.place);
    std::erase_if(found, [&](const Found& f) { return IsBound(mentions_.mention(f.mention)); });
    if (Take(slot, std::move(found), argument.path + ">nsubj", argument.cost)) return true;
  }
  int first = argument.head;
  int last = argument.head;
  tree_.Subtree(argument.head, &first, &last);
  // "refused to allow flights out of Kabul since the U.S. left": what stands beside it comes last.
  const std::vector<bool> aside = tree_.ClausesBeside(argument.head);
  for (const bool in_aside : {false, true}) {
    for (const bool place : {false, true}) {
      if (place && !slot.place) break;
      for (const bool same_country : {false, true}) {
        for (const int32_t m : mentions_.outermost()) {
          const ActorMention& mention = mentions_.mention(m);
          if (mention.head < first || mention.head > last || mention.is_place != place) continue;
          if (mention.form == MentionForm::kPronoun || IsBound(mention)) continue;
          if (SharesCountry(mention) != same_country || aside[mention.head] != in_aside) continue;
          // "its troops" is the subject's own.
          const int owner = tree_.Child(mention.head, Deprel::kNmodPoss);
          if (owner >= 0 && tree_.token(owner).upos == Upos::kPron) continue;
          return Take(slot, {{m, ">…", 0.15}}, argument.path, argument.cost);
        }
      }
    }
  }
  return false;
}

bool Attempt::FillSpeaker(const Slot& slot) {
  if (assertion_.speaker >= 0) {
    return Take(slot, mentions_.InPhrase(assertion_.speaker, true, false), "speaker", 0);
  }
  return sentence_speaker_ >= 0 && Take(slot, {{sentence_speaker_, "", 0.05}}, "speaker", 0);
}

// "The ministry said that the curfew would be lifted": who announces for a state what will be done,
// by nobody named, does it. What has been done only where it is a thing that authorities do: aid,
// concessions and coercion (CAMEO 07, 08, 17), not deaths.
bool Attempt::FillFromAnnouncer(const Slot& slot, int trigger) {
  const std::string& cameo = type_.codes().cameo();
  const bool official =
      cameo.starts_with("07") || cameo.starts_with("08") || cameo.starts_with("17");
  const bool done = assertion_.status == v1::OCCURRED && official;
  if (slot.role.empty() || assertion_.speaker < 0 || !tree_.IsPassive(trigger) ||
      (assertion_.status != v1::PLANNED && !done)) {
    return false;
  }
  std::vector<Found> found = mentions_.InPhrase(assertion_.speaker, true, false);
  std::erase_if(found, [&](const Found& f) {
    const std::vector<ActorRef>& actors = mentions_.mention(f.mention).actors;
    return !std::all_of(actors.begin(), actors.end(), [](const ActorRef& actor) {
      const bool authority = actor.sector == "GOV" || actor.sector == "COP" ||
                             actor.sector == "JUD" || actor.sector == "MIL";
      return !actor.country.empty() && (actor.kind == v1::STATE || authority);
    });
  });
  return Take(slot, std::move(found), "announcer", kAffectedCost);
}

// "phoned Putin to press for a truce", "wrote to the chairman threatening to leave": what is said
// in a call or a letter is said to whoever gets it.
bool Attempt::FillFromReceiver(const Slot& slot, int trigger) {
  if (slot.role.empty() || slot.direct || slot.relation == SlotRelation::kSubject ||
      !rules_.Has("telling", tree_.lemma(trigger))) {
    return false;
  }
  const Deprel deprel = tree_.deprel(trigger);
  const bool purpose = deprel == Deprel::kXcomp || deprel == Deprel::kAdvcl;
  int verb = tree_.head(trigger);
  if (verb < 0 || (!purpose && deprel != Deprel::kAcl) || fillers_.empty()) return false;
  if (!tree_.IsVerb(verb)) {
    const int noun = verb;
    verb = tree_.head(noun);
    if (verb >= 0 && !tree_.IsVerb(verb)) verb = tree_.head(verb);
    if (verb < 0 || !tree_.IsVerb(verb) || tree_.Preposition(noun) != "to") return false;
    return TakeUnbound(slot, noun, "acl");
  }
  for (const Argument& argument : ArgumentsOf(tree_, verb, TriggerKind::kVerb, rules_)) {
    const bool contact = rules_.Has("contact", tree_.lemma(verb));
    const bool receiver = (contact && argument.relation == SlotRelation::kObject) ||
                          (argument.relation == SlotRelation::kOblique &&
                           (argument.preposition == "to" || argument.preposition == "with"));
    if (!receiver || argument.head > trigger || argument.cost > kReachCost) continue;
    if (TakeUnbound(slot, argument.head, nlp::DeprelName(deprel))) return true;
  }
  return false;
}

// Takes who stands there by himself and is not in the event yet.
bool Attempt::TakeUnbound(const Slot& slot, int head, std::string_view path) {
  std::vector<Found> found = mentions_.InPhrase(head, false, false, true);
  std::erase_if(found, [&](const Found& f) { return IsBound(mentions_.mention(f.mention)); });
  return Take(slot, std::move(found), Cat(path, ">"), kReachCost);
}

bool Attempt::FillFromContext(const Slot& slot) {
  int32_t only = -1;
  for (const int32_t m : mentions_.outermost()) {
    const ActorMention& mention = mentions_.mention(m);
    if (IsBound(mention) || mention.form == MentionForm::kPronoun) continue;
    if (mention.is_place && !slot.place) continue;
    // Whoever merely says it, one's own side, and a role of nobody in particular are no third one.
    if (mention.head == assertion_.speaker || SharesCountry(mention)) continue;
    if (IsUnknown(mention) || IsVictim(mention.head) || IsWordOfRule(mention.head)) continue;
    if (only >= 0 && !SameActor(mentions_.mention(only), mention)) return false;
    if (only < 0) only = m;
  }
  return only >= 0 && Take(slot, {{only, "", 0}}, "context", kContextCost);
}

// A slot for whom something is done to, which the rule cannot do without.
bool Attempt::IsOtherSide(const Slot& slot) {
  return (slot.relation == SlotRelation::kObject || slot.relation == SlotRelation::kOblique) &&
         !slot.role.empty() && !slot.direct && !slot.optional;
}

// "donated a shipment of ventilators to assist Ethiopia", "captured three cities west of Tripoli":
// where the phrase that should name the other side names nobody, it is whoever comes next behind
// the trigger, in the chain of phrases and clauses of purpose that begins there. A place counts
// as its state, after all actors.
bool Attempt::FillFromAffected(const Slot& slot, int trigger) {
  if (!IsOtherSide(slot)) return false;
  const std::vector<bool> chain = tree_.ChainBehind(trigger);
  for (const bool place : {false, true}) {
    for (int t = trigger + 1; t < tree_.size(); ++t) {
      const int32_t m = chain[t] ? mentions_.AtHead(t) : -1;
      if (m < 0 || mentions_.mention(m).actors.empty()) continue;
      const ActorMention& mention = mentions_.mention(m);
      if (mention.is_place != place || (!place && mentions_.IsNested(m))) continue;
      if (mention.form == MentionForm::kPronoun || IsBound(mention) || IsVictim(t)) continue;
      if (IsWordOfRule(t)) continue;
      return Take(slot, {{m, "", place ? kPlaceCost : 0}}, "…", kAffectedCost);
    }
  }
  return false;
}

// Whether the token is one of the rule's words, or whose that word is: "shared the minister's
// concerns" names nobody whom they concern.
bool Attempt::IsWordOfRule(int t) const {
  const int word = tree_.deprel(t) == Deprel::kNmodPoss ? tree_.head(t) : t;
  return std::find(consumed_.begin(), consumed_.end(), word) != consumed_.end();
}

bool Attempt::TestModifier(const Slot& slot, int trigger) {
  for (const int child : tree_.children(trigger)) {
    const Deprel deprel = tree_.deprel(child);
    const bool of = deprel == Deprel::kNmod && tree_.Preposition(child) == "of";
    if (deprel != Deprel::kCompound && deprel != Deprel::kAmod && !of) continue;
    if (!slot.words.empty() && !tree_.Matches(slot.words, child)) continue;
    TakeWords(slot, child);
    score_ += 2;
    return true;
  }
  return false;
}

// "in assistance to Fiji in response to Cyclone Yasa": somebody of whom something is known before
// a name that may be anything.
double Attempt::CostOf(const Slot& slot, const Argument& argument) const {
  const int32_t m = mentions_.AtHead(argument.head);
  const bool anybody =
      m >= 0 && !mentions_.mention(m).actors.empty() && IsAnybody(mentions_.mention(m));
  // "boycotted talks with the junta in Doha": the place comes after whoever is there.
  const bool place = m >= 0 && mentions_.mention(m).is_place;
  // "some of its troops from Syria": what is somebody's own comes after both.
  const int owner = tree_.Child(argument.head, Deprel::kNmodPoss);
  const bool own = owner >= 0 && tree_.token(owner).upos == Upos::kPron;
  // "handed equipment to the ministry for use in hospitals": to somebody before for something.
  const bool purpose =
      argument.preposition == "for" &&
      std::any_of(arguments_.begin(), arguments_.end(), [&](const Argument& other) {
        if (other.preposition != "to" || !Fits(slot, other)) return false;
        const int32_t receiver = mentions_.AtHead(other.head);
        return receiver >= 0 && !mentions_.mention(receiver).is_place;
      });
  // "sanctions on firms in connection with the party": who is named before who is in a phrase.
  const bool reached = slot.words.empty() && (m < 0 || mentions_.mention(m).actors.empty());
  return argument.cost + (reached ? kReachedCost : 0) + (anybody ? kAnybodyCost : 0) +
         (place ? kPlaceCost : 0) + (own ? 2 * kPlaceCost : 0) + (purpose ? kPurposeCost : 0);
}

bool Attempt::FillSlot(const Slot& slot, int trigger) {
  if (slot.relation == SlotRelation::kModifier) return TestModifier(slot, trigger);
  if (slot.relation == SlotRelation::kSpeaker) return FillSpeaker(slot);
  std::vector<const Argument*> fitting;
  reflexive_ = false;
  const bool complement = slot.relation == SlotRelation::kComplement;
  for (const Argument& argument : arguments_) {
    if (!Fits(slot, argument)) continue;
    if (complement || used_heads_.count(argument.head) == 0) fitting.push_back(&argument);
  }
  std::stable_sort(fitting.begin(), fitting.end(), [&](const Argument* a, const Argument* b) {
    return CostOf(slot, *a) < CostOf(slot, *b);
  });
  // "wrote to the government to demand the release of officials": to whoever gets the letter,
  // before those in what is demanded.
  const bool named = std::any_of(fitting.begin(), fitting.end(), [&](const Argument* argument) {
    return mentions_.AtHead(argument->head) >= 0;
  });
  if (slot.role == "addressee" && !named && FillFromReceiver(slot, trigger)) return true;
  for (const Argument* argument : fitting) {
    const bool filled =
        complement ? FillFromComplement(slot, *argument) : FillFromArgument(slot, *argument);
    if (!filled) continue;
    if (!complement) used_heads_.insert(argument->head);
    return true;
  }
  // Words are asked for of the clause's own phrases only.
  const bool anybody = slot.words.empty();
  if (anybody && slot.context && FillFromContext(slot)) return true;
  if (anybody && slot.relation == SlotRelation::kSubject && FillFromAnnouncer(slot, trigger)) {
    return true;
  }
  if (anybody && FillFromReceiver(slot, trigger)) return true;
  // "defended its title in Beijing": done to oneself, to nobody else.
  if (reflexive_) return true;
  const bool said = std::any_of(fitting.begin(), fitting.end(), [&](const Argument* argument) {
    return slot.words.empty() ? !rules_.Has("work", tree_.lemma(argument->head))
                              : MatchesWords(slot.words, argument->head);
  });
  // "filed a complaint over the jamming": where the phrase is missing altogether, only where the
  // rule's words are there ("tore a ligament in Turkey" is no tearing into it), for the main verb
  // or in a sentence that tells nothing else.
  const bool phrase =
      slot.relation == SlotRelation::kOblique || slot.relation == SlotRelation::kObject;
  const bool missing = fitting.empty() && phrase && slot.words.empty() && !consumed_.empty() &&
                       (effort_ == Effort::kContext || tree_.IsMainVerb(trigger)) && IsTarget(slot);
  if (effort_ == Effort::kArguments || (!said && !missing)) return false;
  if (FillFromAffected(slot, trigger)) return true;
  return effort_ == Effort::kContext && IsOtherSide(slot) && FillFromContext(slot);
}

// Whether the slot's role is the other side's alone.
bool Attempt::IsTarget(const Slot& slot) const {
  return std::any_of(type_.roles().begin(), type_.roles().end(), [&](const v1::Role& role) {
    return role.id() == slot.role && role.side() == v1::TARGET;
  });
}

// No event of somebody with himself: a filler that is an actor of the other side goes.
void Attempt::DropSameActors() {
  for (size_t i = 0; i < fillers_.size(); ++i) {
    const ActorMention& one = mentions_.mention(fillers_[i].mention);
    for (size_t j = fillers_.size(); --j > i;) {
      const ActorMention& other = mentions_.mention(fillers_[j].mention);
      if (SameActor(one, other) && !AreTwoOfOneRole(tree_, one, other)) {
        fillers_.erase(fillers_.begin() + static_cast<std::ptrdiff_t>(j));
      }
    }
  }
}

// "The minister and his counterpart signed agreements between the two countries": who is there by
// name already is no party once more.
void Attempt::DropPairs() {
  const auto is_pair = [&](const RoleFiller& filler) {
    const ActorMention& mention = mentions_.mention(filler.mention);
    return mention.actors.size() > 1 && mention.form == MentionForm::kNominal;
  };
  for (const v1::Role& role : type_.roles()) {
    if (role.side() != v1::BOTH) continue;
    std::set<std::string> countries;
    for (const RoleFiller& filler : fillers_) {
      if (filler.role != role.id() || is_pair(filler)) continue;
      for (const ActorRef& actor : mentions_.mention(filler.mention).actors) {
        countries.insert(actor.country);
      }
    }
    std::erase_if(fillers_, [&](const RoleFiller& filler) {
      if (filler.role != role.id() || !is_pair(filler)) return false;
      const std::vector<ActorRef>& actors = mentions_.mention(filler.mention).actors;
      return std::all_of(actors.begin(), actors.end(),
                         [&](const ActorRef& actor) { return countries.count(actor.country) > 0; });
    });
  }
}

// "The United States and Korea must cooperate", said by a Korean, is an appeal to the other one:
// the speaker's own state goes where somebody else is left in its role.
void Attempt::DropOwnStates() {
  std::set<std::string> sources;
  for (const RoleFiller& filler : fillers_) {
    if (filler.role != "speaker") continue;
    for (const ActorRef& actor : mentions_.mention(filler.mention).actors) {
      if (!actor.country.empty()) sources.insert(actor.country);
    }
  }
  const auto is_own = [&](const RoleFiller& filler) {
    const std::vector<ActorRef>& actors = mentions_.mention(filler.mention).actors;
    return filler.role == "addressee" && actors.size() == 1 && actors[0].id == actors[0].country &&
           sources.count(actors[0].country) > 0;
  };
  const bool others = std::any_of(fillers_.begin(), fillers_.end(), [&](const RoleFiller& filler) {
    return filler.role == "addressee" && !is_own(filler);
  });
  if (others) std::erase_if(fillers_, is_own);
}

bool Attempt::HasRequiredRoles() const {
  std::set<std::string> parties;  // of what is mutual, whichever side the roles are of
  for (const v1::Role& role : type_.roles()) {
    std::set<std::string> ids;
    bool all_with = true;  // "consultations with A and B" are none of A with B
    for (const RoleFiller& filler : fillers_) {
      if (filler.role != role.id()) continue;
      for (const ActorRef& actor : mentions_.mention(filler.mention).actors) ids.insert(actor.id);
      all_with = all_with && filler.path.find("(with)") != std::string::npos;
    }
    if (role.side() == v1::BOTH && all_with && !ids.empty()) return false;
    if (mutual_ && role.side() != v1::DYAD_SIDE_UNSPECIFIED) {
      parties.merge(ids);
      continue;
    }
    if (!role.required()) continue;
    if (ids.size() < (role.side() == v1::BOTH ? 2u : 1u)) return false;
  }
  return mutual_ ? parties.size() > 1 : !fillers_.empty();
}

bool Attempt::Match(int trigger) {
  // Slots with a word test first, so that "gave Ukraine weapons" leaves Ukraine to the actor.
  for (const bool tests : {true, false}) {
    for (const Slot& slot : rule_.slots) {
      if (!slot.words.empty() != tests) continue;
      if (!FillSlot(slot, trigger) && !slot.optional) return false;
    }
  }
  DropSameActors();
  DropPairs();
  DropOwnStates();
  if (!HasRequiredRoles()) return false;
  score_ += rule_.priority * 100.0;
  return true;
}

// Matches the rules of one sentence.
class SentenceMatcher {
 public:
  SentenceMatcher(const RuleSet& rules, const knowledge::Ontology& ontology, const PairModel* pairs,
                  const nlp::Document& document, int32_t sentence, const DocumentActors& actors,
                  std::optional<Date> published)
      : rules_(rules),
        ontology_(ontology),
        pairs_(pairs),
        sentence_(sentence),
        actors_(actors),
        tree_(document, document.sentences[sentence]),
        mentions_(tree_, sentence, actors, rules),
        dates_(FindDates(document, document.sentences[sentence], published)),
        consumed_(tree_.size(), false),
        silenced_(tree_.size(), false) {}

  std::vector<Candidate> Match(bool explain) {
    // Verbs first: what they take as words ("lift *sanctions*") is no event of its own.
    std::vector<bool> matched(tree_.size(), false);
    for (const Effort effort : {Effort::kArguments, Effort::kAffected}) {
      for (const TriggerKind kind :
           {TriggerKind::kVerb, TriggerKind::kAdjective, TriggerKind::kModal, TriggerKind::kNoun}) {
        MatchAll(kind, effort, &matched);
      }
    }
    MatchFromContext(&matched);
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.trigger < b.trigger; });
    DropGenericIntents();
    for (Candidate& candidate : candidates_) FillOpenTarget(&candidate);
    if (pairs_ != nullptr) ReadPairs(explain);
    for (const DateExpression& date : dates_) AssignDate(date);
    for (Candidate& candidate : candidates_) candidate.place = PlaceOf(candidate);
    return std::move(candidates_);
  }

 private:
  bool IsTrigger(int t, TriggerKind kind) const;
  bool IsSomebody(int t) const;
  void MatchAll(TriggerKind kind, Effort effort, std::vector<bool>* matched);
  void MatchFromContext(std::vector<bool>* matched);
  bool MatchTrigger(int t, TriggerKind kind, Effort effort);
  void Emit(const Rule& rule, int t, const Attempt& attempt, const Assertion& assertion);
  bool ParticleFits(const Rule& rule, int t) const;
  int32_t SpeakerOf(const Assertion& assertion) const;
  bool HasCodeOf(const Candidate& candidate) const;
  std::string_view CodeOf(const Candidate& candidate) const;
  bool HasActorsOf(const Candidate& act, const Candidate& generic) const;
  void DropGenericIntents();
  void FillOpenTarget(Candidate* candidate) const;
  void ReadPairs(bool explain);
  bool FillFromPartner(const v1::Role& open, Candidate* candidate) const;
  bool IsOpenTarget(const Candidate& candidate, int32_t m) const;
  void AssignDate(const DateExpression& date);
  int CarrierOf(const Candidate& candidate) const;
  int32_t PlaceOf(const Candidate& candidate) const;

  const RuleSet& rules_;
  const knowledge::Ontology& ontology_;
  const PairModel* pairs_;  // may be null
  int32_t sentence_;
  const DocumentActors& actors_;
  SentenceTree tree_;
  MentionTable mentions_;
  std::vector<DateExpression> dates_;
  std::vector<bool> consumed_;
  std::vector<bool> silenced_;  // by a rule that says that the word tells of no event
  std::vector<Candidate> candidates_;
};

bool SentenceMatcher::IsTrigger(int t, TriggerKind kind) const {
  const Upos upos = tree_.token(t).upos;
  const Deprel deprel = tree_.deprel(t);
  switch (kind) {
    case TriggerKind::kVerb:
      return upos == Upos::kVerb && deprel != Deprel::kAmod && deprel != Deprel::kCompound;
    case TriggerKind::kAdjective:
      return (upos == Upos::kAdj || upos == Upos::kVerb) && deprel != Deprel::kAmod;
    case TriggerKind::kModal:
      return upos == Upos::kAux;
    case TriggerKind::kNoun:
      return (upos == Upos::kNoun || upos == Upos::kPropn) && deprel != Deprel::kCompound &&
             !IsSomebody(t);
    case TriggerKind::kPair:
      return false;
  }
  return false;
}

// Whether the noun is who acts and no act: "talks with the opposition".
bool SentenceMatcher::IsSomebody(int t) const {
  const int32_t m = mentions_.AtHead(t);
  // "Jordan's recall of its ambassador" is not the ambassador.
  if (m < 0 || tree_.HasChild(t, Deprel::kNmod) || tree_.HasChild(t, Deprel::kNmodPoss)) {
    return false;
  }
  const std::vector<ActorRef>& actors = mentions_.mention(m).actors;
  return !actors.empty() && std::all_of(actors.begin(), actors.end(), [](const ActorRef& actor) {
    return actor.kind == v1::UNNAMED_ROLE && actor.sector != "UNK";
  });
}

bool SentenceMatcher::ParticleFits(const Rule& rule, int t) const {
  const std::string_view particle = tree_.Particle(t);
  for (const std::string& trigger : rule.triggers) {
    const size_t bar = trigger.find('_');
    if (trigger.compare(0, bar, tree_.lemma(t)) != 0) continue;
    if (bar == std::string::npos || trigger.substr(bar + 1) == particle) return true;
  }
  return false;
}

// Tries the triggers of one kind that have not matched yet.
void SentenceMatcher::MatchAll(TriggerKind kind, Effort effort, std::vector<bool>* matched) {
  for (int t = 0; t < tree_.size() && candidates_.size() < kCandidatesMax; ++t) {
    if ((*matched)[t] || consumed_[t] || !IsTrigger(t, kind)) continue;
    (*matched)[t] = MatchTrigger(t, kind, effort);
  }
}

// Tries the verbs that have not matched yet with the sentence's only other actor: all of them in a
// sentence that tells nothing else, and its main verb in any.
void SentenceMatcher::MatchFromContext(std::vector<bool>* matched) {
  const bool all = candidates_.empty();
  for (int t = 0; t < tree_.size() && candidates_.size() < kCandidatesMax; ++t) {
    if ((*matched)[t] || consumed_[t] || !IsTrigger(t, TriggerKind::kVerb)) continue;
    if (all || tree_.IsMainVerb(t)) {
      (*matched)[t] = MatchTrigger(t, TriggerKind::kVerb, Effort::kContext);
    }
  }
}

bool SentenceMatcher::MatchTrigger(int t, TriggerKind kind, Effort effort) {
  const std::vector<int32_t>* indices = rules_.RulesFor(tree_.lemma(t));
  if (indices == nullptr) return false;
  std::optional<std::vector<Argument>> arguments;
  std::optional<Assertion> assertion;
  std::optional<Attempt> best;
  const Rule* best_rule = nullptr;
  for (const int32_t index : *indices) {
    const Rule& rule = rules_.rules()[index];
    if (rule.kind != kind || !ParticleFits(rule, t)) continue;
    const v1::EventType* type = ontology_.FindType(rule.type);
    if (type == nullptr) continue;
    if (!arguments.has_value()) {
      assertion = AssertionOf(tree_, t, kind, rules_);
      if (!assertion.has_value()) return false;
      arguments = ArgumentsOf(tree_, t, kind, rules_);
    }
    if (kind == TriggerKind::kModal && rule.negation != Negation::kAny &&
        assertion->negated != (rule.negation == Negation::kNegated)) {
      continue;
    }
    Attempt attempt(rules_, rule, *type, tree_, mentions_, *arguments, *assertion,
                    actors_.sentence_speaker.empty() ? -1 : actors_.sentence_speaker[sentence_],
                    effort);
    if (!attempt.Match(t)) continue;
    if (best_rule != nullptr && attempt.score() <= best->score()) continue;
    best.emplace(std::move(attempt));
    best_rule = &rule;
  }
  if (best_rule == nullptr) return false;
  if (best_rule->weight < kSilencingWeight) {
    silenced_[t] = true;
    return false;
  }
  Emit(*best_rule, t, *best, *assertion);
  return true;
}

void SentenceMatcher::Emit(const Rule& rule, int t, const Attempt& attempt,
                           const Assertion& assertion) {
  Candidate candidate;
  candidate.rule = &rule;
  candidate.sentence = sentence_;
  candidate.trigger = t;
  candidate.trigger_span = tree_.token(t).span;
  candidate.fillers = attempt.fillers();
  candidate.details = attempt.details();
  candidate.mutual = attempt.mutual();
  AddQuantities(tree_, rules_, ontology_.FindType(rule.type)->detail(), actors_, &candidate);
  candidate.assertion = assertion;
  if (rule.status != v1::EVENT_STATUS_UNSPECIFIED) candidate.assertion.status = rule.status;
  candidate.speaker_mention = SpeakerOf(assertion);
  candidate.confidence = rule.weight;
  for (const RoleFiller& filler : candidate.fillers) {
    candidate.confidence *= (1 - std::min(filler.cost, 0.9));
    candidate.confidence *= 0.5 + 0.5 * mentions_.mention(filler.mention).confidence;
  }
  for (const int token : attempt.consumed()) {
    consumed_[token] = true;
    // A modifier or an object right beside the trigger belongs to its words: "arms deal".
    if (std::abs(token - t) == 1) {
      const nlp::Span span = tree_.token(token).span;
      candidate.trigger_span.begin = std::min(candidate.trigger_span.begin, span.begin);
      candidate.trigger_span.end = std::max(candidate.trigger_span.end, span.end);
    }
  }
  candidates_.push_back(std::move(candidate));
}

int32_t SentenceMatcher::SpeakerOf(const Assertion& assertion) const {
  if (assertion.speaker >= 0) {
    const std::vector<Found> found = mentions_.InPhrase(assertion.speaker, true, false);
    return found.empty() ? -1 : found.front().mention;
  }
  return actors_.sentence_speaker.empty() ? -1 : actors_.sentence_speaker[sentence_];
}

// The statuses of an act that say all that an event of `rule` would: "willing to talk" is the offer
// of talks, "threatened to expel" a threatened expulsion. Empty: the event says something itself.
std::set<v1::EventStatus> CoveredBy(const Rule& rule) {
  if (rule.type == "intent_to_cooperate" ||
      (rule.type == "agreement" && rule.cameo.starts_with("03"))) {
    return {v1::OFFERED, v1::PLANNED};
  }
  if (rule.type == "rejection" && rule.subtype.empty()) return {v1::REFUSED};
  if (rule.type == "threat") return {v1::THREATENED};
  return {};
}

// Whether the ontology has a code for the act under its status, such as 122 for aid refused.
bool SentenceMatcher::HasCodeOf(const Candidate& candidate) const {
  const Rule& rule = *candidate.rule;
  const v1::CodeSet* plain = ontology_.CodesFor(rule.type, rule.subtype, v1::OCCURRED);
  const v1::CodeSet* coded =
      ontology_.CodesFor(rule.type, rule.subtype, candidate.assertion.status);
  return plain != nullptr && coded != nullptr && plain->cameo() != coded->cameo();
}

std::string_view SentenceMatcher::CodeOf(const Candidate& candidate) const {
  const v1::CodeSet* codes = CodesOf(*candidate.rule, candidate.assertion.status, ontology_);
  return codes == nullptr ? std::string_view() : codes->cameo();
}

// Whether everybody in `generic` is in `act` as well.
bool SentenceMatcher::HasActorsOf(const Candidate& act, const Candidate& generic) const {
  return std::all_of(generic.fillers.begin(), generic.fillers.end(), [&](const RoleFiller& one) {
    return std::any_of(act.fillers.begin(), act.fillers.end(), [&](const RoleFiller& other) {
      return SameActor(mentions_.mention(one.mention), mentions_.mention(other.mention));
    });
  });
}

// Drops the generic event where the act that it is about is coded with such a status.
void SentenceMatcher::DropGenericIntents() {
  const auto is_below = [&](int t, int ancestor) {
    for (int step = 0; step < tree_.size() && t >= 0; ++step, t = tree_.head(t)) {
      if (t == ancestor) return true;
    }
    return false;
  };
  const auto is_generic = [&](const Candidate& candidate) {
    const std::set<v1::EventStatus> statuses = CoveredBy(*candidate.rule);
    if (statuses.empty()) return false;
    // "agreed with Cuba to return any migrants" is an agreement with Cuba all the same.
    const bool agreed_with =
        std::any_of(candidate.fillers.begin(), candidate.fillers.end(),
                    [](const RoleFiller& filler) { return filler.path.starts_with("obl(with)"); });
    return std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& other) {
      // An auxiliary hangs on its verb.
      const bool modal = candidate.rule->kind == TriggerKind::kModal;
      const int top = modal ? tree_.head(candidate.trigger) : candidate.trigger;
      return statuses.count(other.assertion.status) > 0 && other.trigger != candidate.trigger &&
             is_below(other.trigger, top) &&
             (candidate.rule->subtype.empty() || candidate.rule->type != "threat" ||
              CodeOf(other) == CodeOf(candidate)) &&
             (HasActorsOf(other, candidate)
                  ? candidate.rule->type == "intent_to_cooperate" || HasCodeOf(other)
                  : candidate.rule->type == "intent_to_cooperate" && !agreed_with);
    });
  };
  // "provided money to help Nepal": the help is the purpose of what was done to the same anyway.
  const auto is_purpose = [&](const Candidate& candidate) {
    const int mark = tree_.Child(candidate.trigger, Deprel::kMark);
    if (candidate.assertion.status != v1::PLANNED || mark < 0 || tree_.lemma(mark) != "to") {
      return false;
    }
    const Deprel deprel = tree_.deprel(candidate.trigger);
    if (deprel != Deprel::kAdvcl && deprel != Deprel::kAcl) return false;
    return std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& other) {
      return other.trigger != candidate.trigger && other.rule->type == candidate.rule->type &&
             is_below(candidate.trigger, other.trigger) && HasActorsOf(other, candidate) &&
             !is_generic(other);
    });
  };
  // Decided for all before any goes, since the test looks at the others.
  std::set<int> generic;
  for (const Candidate& candidate : candidates_) {
    if (is_generic(candidate) || is_purpose(candidate)) generic.insert(candidate.trigger);
  }
  std::erase_if(candidates_,
                [&](const Candidate& candidate) { return generic.count(candidate.trigger) > 0; });
}

// Whether `state` is "the country" of the actor.
bool IsOwnState(const ActorMention& actor, const ActorMention& state) {
  if (state.form != MentionForm::kNominal || state.actors.size() != 1) return false;
  return state.actors[0].kind == v1::STATE &&
         std::any_of(actor.actors.begin(), actor.actors.end(),
                     [&](const ActorRef& one) { return one.country == state.actors[0].country; });
}

// Whether the mention may be the other side of an event that names one only.
bool SentenceMatcher::IsOpenTarget(const Candidate& candidate, int32_t m) const {
  const ActorMention& mention = mentions_.mention(m);
  if (mention.actors.empty() || mention.form == MentionForm::kPronoun || IsAnybody(mention)) {
    return false;
  }
  // What a rule took for a word, one's own, and anybody of whom nothing is known.
  const int owner = tree_.Child(mention.head, Deprel::kNmodPoss);
  const bool owned = owner >= 0 && tree_.token(owner).upos == Upos::kPron;
  const bool tells =
      std::any_of(mention.actors.begin(), mention.actors.end(),
                  [](const ActorRef& a) { return !a.country.empty() || !a.sector.empty(); });
  const bool with_word =
      tree_.deprel(mention.head) == Deprel::kConj && consumed_[tree_.head(mention.head)];
  // "shared the minister's concerns": whose the word is has them.
  const bool whose =
      tree_.deprel(mention.head) == Deprel::kNmodPoss && consumed_[tree_.head(mention.head)];
  if (consumed_[mention.head] || with_word || whose || owned || !tells) return false;
  if (m == candidate.speaker_mention || mention.head == candidate.assertion.speaker) return false;
  return std::none_of(candidate.fillers.begin(), candidate.fillers.end(), [&](const RoleFiller& f) {
    const ActorMention& filler = mentions_.mention(f.mention);
    return SameActor(filler, mention) || IsOwnState(filler, mention);
  });
}

// "The coalition and the opposition agreed to hold elections": they agreed with each other.
bool SentenceMatcher::FillFromPartner(const v1::Role& open, Candidate* candidate) const {
  const int governor = tree_.head(candidate->trigger);
  const bool agreed = tree_.lemma(candidate->trigger) == "agree" ||
                      (governor >= 0 && tree_.lemma(governor) == "agree" &&
                       tree_.deprel(candidate->trigger) == Deprel::kXcomp);
  std::vector<RoleFiller>& fillers = candidate->fillers;
  if (!agreed || fillers.size() < 2) return false;
  RoleFiller& partner = fillers.back();
  if (partner.role != fillers.front().role ||
      SameActor(mentions_.mention(partner.mention), mentions_.mention(fillers.front().mention))) {
    return false;
  }
  partner.role = open.id();
  return true;
}

// "called off the strike after the government agreed to pay", "declared a state of siege in the
// north": where the rule's words name one side only, the other is whoever comes first behind them,
// in what the trigger governs. The place of an act of force is whom it is done to.
void SentenceMatcher::FillOpenTarget(Candidate* candidate) const {
  const v1::EventType* type = ontology_.FindType(candidate->rule->type);
  const v1::Role* open = nullptr;
  bool source = false;
  for (const v1::Role& role : type->roles()) {
    const bool filled =
        std::any_of(candidate->fillers.begin(), candidate->fillers.end(),
                    [&](const RoleFiller& filler) { return filler.role == role.id(); });
    if (role.side() == v1::BOTH || (role.side() == v1::TARGET && filled)) return;
    if (role.side() == v1::TARGET && open == nullptr) open = &role;
    source = source || (role.side() == v1::SOURCE && filled);
  }
  if (!source || open == nullptr || candidate->mutual) return;
  if (FillFromPartner(*open, candidate)) return;
  int first = candidate->trigger;
  int last = candidate->trigger;
  tree_.Subtree(candidate->trigger, &first, &last);
  // Troops that leave (CAMEO 087) leave a place.
  const bool force = type->codes().quad_class() == v1::MATERIAL_CONFLICT ||
                     type->codes().cameo().starts_with("087");
  // Who is in a clause beside it ("withdrew from posts in Kosovo, where NATO troops replaced them")
  // comes after the place.
  const std::vector<bool> chain = tree_.ChainBehind(candidate->trigger);
  const auto take = [&](bool place, bool in_chain) {
    for (const int32_t m : mentions_.outermost()) {
      const ActorMention& mention = mentions_.mention(m);
      if (mention.head <= candidate->trigger || mention.head > last) continue;
      if (mention.is_place != place || !IsOpenTarget(*candidate, m)) continue;
      if (in_chain && !chain[mention.head]) continue;
      candidate->fillers.push_back({open->id(), m, "…", kAffectedCost});
      candidate->confidence *= 1 - kAffectedCost;
      return true;
    }
    return false;
  };
  if (force) {
    if (!take(false, true) && !take(true, true) && !take(false, false)) take(true, false);
  } else {
    take(false, false);
  }
}

// Has the model of pairs judge what the rules found, and add what they did not.
void SentenceMatcher::ReadPairs(bool explain) {
  PairReader reader(*pairs_, rules_, ontology_, tree_, mentions_, sentence_, &candidates_);
  reader.ScoreCandidates();
  const size_t found = candidates_.size();
  if (found < kCandidatesMax) reader.AddCandidates(silenced_);
  if (explain) reader.Explain();
  for (size_t i = found; i < candidates_.size(); ++i) {
    Candidate& candidate = candidates_[i];
    const v1::EventType& type = *ontology_.FindType(candidate.rule->type);
    AddQuantities(tree_, rules_, type.detail(), actors_, &candidate);
    candidate.speaker_mention = SpeakerOf(candidate.assertion);
  }
  std::stable_sort(candidates_.begin(), candidates_.end(),
                   [](const Candidate& a, const Candidate& b) { return a.trigger < b.trigger; });
}

// The verb whose dates and places hold for an event noun as well; -1 if there is none.
int SentenceMatcher::CarrierOf(const Candidate& candidate) const {
  if (candidate.rule->kind != TriggerKind::kNoun) return -1;
  const int light = LightVerbOf(tree_, candidate.trigger, rules_);
  const int governor = tree_.head(candidate.trigger);
  if (light >= 0 || governor < 0 || !tree_.IsVerb(governor)) return light;
  return rules_.IsReport(tree_.lemma(governor)) ? -1 : governor;
}

// Gives an expression to the first event on its way up the tree: "said on Monday that he met" is
// the day of saying.
void SentenceMatcher::AssignDate(const DateExpression& date) {
  constexpr int kStepsMax = 5;
  int t = date.first;
  while (tree_.head(t) >= date.first && tree_.head(t) <= date.last) t = tree_.head(t);
  for (int step = 0; step < kStepsMax && t >= 0; ++step, t = tree_.head(t)) {
    Candidate* best = nullptr;
    for (Candidate& candidate : candidates_) {
      if (candidate.when.has_value()) continue;
      const bool own = candidate.trigger == t;
      if (!own && CarrierOf(candidate) != t) continue;
      // Of several nouns under one verb, the one next to the expression.
      if (best == nullptr || own ||
          std::abs(candidate.trigger - date.first) < std::abs(best->trigger - date.first)) {
        best = &candidate;
      }
      if (own) break;
    }
    if (best != nullptr) {
      best->when = date;
      return;
    }
    if (rules_.IsReport(tree_.lemma(t))) return;
  }
}

int32_t SentenceMatcher::PlaceOf(const Candidate& candidate) const {
  constexpr std::array<std::string_view, 7> kIn = {"in",     "at",      "near",  "outside",
                                                   "inside", "through", "across"};
  for (const int holder : {candidate.trigger, CarrierOf(candidate)}) {
    if (holder < 0) continue;
    for (const int child : tree_.children(holder)) {
      const std::string_view preposition = tree_.Preposition(child);
      if (std::find(kIn.begin(), kIn.end(), preposition) == kIn.end()) continue;
      const int32_t m = mentions_.AtHead(child);
      if (m >= 0 && (mentions_.mention(m).is_place || mentions_.mention(m).place >= 0)) return m;
    }
  }
  return -1;
}

}  // namespace

std::vector<Candidate> Matcher::Match(const nlp::Document& document, int32_t sentence,
                                      const DocumentActors& actors, std::optional<Date> published,
                                      bool explain) const {
  return SentenceMatcher(*rules_, *ontology_, pairs_, document, sentence, actors, published)
      .Match(explain);
}

}  // namespace entente::coder
