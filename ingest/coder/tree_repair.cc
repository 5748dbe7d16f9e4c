#include "ingest/coder/tree_repair.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

// Edits the tree of one sentence.
class Repairer {
 public:
  Repairer(const RuleSet& rules, const nlp::Document& document, nlp::Sentence* sentence)
      : rules_(rules), document_(document), sentence_(*sentence), tokens_(sentence->tokens) {}

  void Run() {
    RepairAuxiliaryInName();
    for (int t = 2; t < static_cast<int>(tokens_.size()); ++t) RepairNameTaggedVerb(t);
    for (int t = 1; t + 2 < static_cast<int>(tokens_.size()); ++t) RepairUpTo(t);
    for (nlp::Token& token : tokens_) RepairLemma(&token);
    for (nlp::Token& token : tokens_) RepairOwnerOfAuxiliary(&token);
    for (nlp::Token& token : tokens_) RepairMarkOfNoun(&token);
    for (nlp::Token& token : tokens_) RepairContentClause(&token);
    for (int t = 2; t < static_cast<int>(tokens_.size()); ++t) RepairReducedRelative(t);
    for (int t = 1; t < static_cast<int>(tokens_.size()); ++t) RepairBareOblique(t);
    for (int t = 1; t < static_cast<int>(tokens_.size()); ++t) RepairFalsePassive(t);
    const int count = static_cast<int>(tokens_.size());
    for (int t = 1; t + 1 < count; ++t) {
      RepairVerbTaggedNoun(t);
      RepairInfinitive(t);
      RepairSubjectOfNoun(t);
      RepairNounWithObject(t);
      RepairNounWithInfinitive(t);
      RepairPerfect(t);
      RepairNounBesideVerb(t);
      RepairVerbAsSubject(t);
    }
    RepairStrandedRoot();
    for (int t = 0; t + 1 < count; ++t) RepairParticle(t);
    for (int t = 1; t + 1 < count; ++t) {
      RepairNoParticle(t);
      RepairNameBeforeObject(t);
    }
    for (int t = 1; t < static_cast<int>(tokens_.size()); ++t) {
      if (tokens_[t].upos == Upos::kVerb) {
        RepairNounTaggedVerb(t);
        RepairBetween(t);
        RepairParticipleOfObject(t);
        RepairLabel(t);
        RepairBareInfinitive(t);
      }
    }
    for (int t = 2; t < static_cast<int>(tokens_.size()); ++t) {
      RepairOtherOfTwo(t);
      RepairSubjectBehindComma(t);
    }
    for (int t = 2; t < static_cast<int>(tokens_.size()); ++t) {
      RepairHyphenatedPair(t);
      RepairJoinedGerund(t);
      RepairGerundOfNoun(t);
      RepairInfinitiveOfNoun(t);
      RepairCrimeTaggedVerb(t);
      RepairGoingTo(t);
      RepairNameBehindRole(t);
      RepairPhraseOfNoun(t);
      RepairAppositionOfPair(t);
    }
    for (int t = 0; t + 3 < count; ++t) RepairJoinedAdjective(t);
    for (int t = 0; t < count; ++t) {
      RepairNamedSo(t);
      RepairWantedOf(t);
    }
    RepairHeadlineVerb();
    for (int t = 2; t < static_cast<int>(tokens_.size()); ++t) RepairPlaceOfObject(t);
  }

 private:
  int Child(int t, Deprel deprel) const {
    for (int i = 0; i < static_cast<int>(tokens_.size()); ++i) {
      if (tokens_[i].head == t && tokens_[i].deprel == deprel) return i;
    }
    return -1;
  }
  bool IsBelow(int t, int ancestor) const {
    for (size_t step = 0; t >= 0 && step <= tokens_.size(); ++step, t = tokens_[t].head) {
      if (t == ancestor) return true;
    }
    return false;
  }
  void Attach(int t, int head, Deprel deprel) {
    tokens_[t].head = head;
    tokens_[t].deprel = deprel;
  }
  void MoveChildren(int from, int to, Deprel only = Deprel::kNone) {
    for (int i = 0; i < static_cast<int>(tokens_.size()); ++i) {
      const bool wanted = only == Deprel::kNone || tokens_[i].deprel == only;
      if (tokens_[i].head == from && i != to && wanted) tokens_[i].head = to;
    }
  }
  void Relabel(int head, Deprel from, Deprel to) {
    for (nlp::Token& token : tokens_) {
      if (token.head == head && token.deprel == from) token.deprel = to;
    }
  }
  void RepairLemma(nlp::Token* token) const;
  void RepairOwnerOfAuxiliary(nlp::Token* token) const;
  void RepairMarkOfNoun(nlp::Token* token) const;
  bool HasRule(int t, TriggerKind kind) const;
  bool IsEventCompound(int first, int second) const;
  bool IsClause(int verb) const;
  void RepairFalsePassive(int verb);
  void RepairBareOblique(int t);
  void RepairPlaceOfObject(int place);
  void RepairNounTaggedVerb(int t);
  void RepairBetween(int verb);
  void RepairOtherOfTwo(int one);
  void RepairSubjectBehindComma(int verb);
  bool IsNominal(int t) const {
    const Upos upos = tokens_[t].upos;
    return upos == Upos::kNoun || upos == Upos::kPropn || upos == Upos::kPron;
  }
  bool IsKnownVerb(int t) const;
  void MakeVerb(int t, std::string_view xpos);
  void MakeRoot(int verb, int old_root);
  void RepairVerbTaggedNoun(int t);
  void RepairInfinitive(int t);
  void RepairSubjectOfNoun(int t);
  void RepairNounWithObject(int t);
  void RepairNounWithInfinitive(int t);
  int ReporterOf(int report, int not_who) const;
  void RepairNamedSo(int what);
  void RepairNounBesideVerb(int t);
  void RepairVerbAsSubject(int t);
  void RepairWantedOf(int t);
  void RepairPerfect(int have);
  void RepairStrandedRoot();
  int FollowingPhrase(int verb) const;
  void RepairParticle(int verb);
  void RepairHyphenatedPair(int second);
  void RepairJoinedGerund(int t);
  void RepairInfinitiveOfNoun(int t);
  void RepairCrimeTaggedVerb(int t);
  void RepairGoingTo(int t);
  void RepairNameBehindRole(int t);
  void RepairPhraseOfNoun(int t);
  void RepairJoinedAdjective(int t);
  void RepairHeadlineVerb();
  void RepairAuxiliaryInName();
  void RepairNameTaggedVerb(int t);
  void RepairNoParticle(int t);
  void RepairNameBeforeObject(int t);
  void RepairLabel(int verb);
  void RepairUpTo(int up);
  void RepairParticipleOfObject(int t);
  void RepairGerundOfNoun(int t);
  void RepairAppositionOfPair(int t);
  void RepairBareInfinitive(int verb);
  void RepairContentClause(nlp::Token* token) const;
  void RepairReducedRelative(int verb);
  void HangAsPhrase(int noun, int mark);

  const RuleSet& rules_;
  const nlp::Document& document_;
  nlp::Sentence& sentence_;
  std::vector<nlp::Token>& tokens_;
};

// "announced a halt to attacks": before a noun "to" is a preposition.
void Repairer::RepairMarkOfNoun(nlp::Token* token) const {
  if (token->deprel != Deprel::kMark || token->xpos != "TO" || token->head < 0) return;
  const nlp::Token& noun = tokens_[token->head];
  if (noun.upos != Upos::kNoun || noun.deprel != Deprel::kNmod) return;
  token->deprel = Deprel::kCase;
  token->upos = Upos::kAdp;
  token->xpos = "IN";
}

// "accusations that it had attacked tankers": a clause that "that" merely introduces tells what the
// noun says, and nothing of the noun.
void Repairer::RepairContentClause(nlp::Token* token) const {
  if (token->deprel != Deprel::kMark || token->head < 0) return;
  nlp::Token& clause = tokens_[token->head];
  if (clause.deprel == Deprel::kAclRelcl && AsciiLower(document_.Text(token->span)) == "that") {
    clause.deprel = Deprel::kAcl;
  }
}

// "Medicine sent to Syria by Algeria reached Aleppo" with "sent" as the root: of a participle
// without an auxiliary that somebody is the agent of, and a finite verb without a subject behind
// it, the second is the sentence's.
void Repairer::RepairReducedRelative(int verb) {
  const nlp::Token& second = tokens_[verb];
  const int first = second.head;
  const bool finite = second.xpos == "VBD" || second.xpos == "VBZ" || second.xpos == "VBP";
  if (!finite || second.deprel != Deprel::kAdvcl || first < 1 || first > verb) return;
  if (tokens_[first].xpos != "VBN" || tokens_[first].deprel != Deprel::kRoot) return;
  int subject = -1;
  bool agent = false;
  for (int i = 0; i < verb; ++i) {
    const nlp::Token& token = tokens_[i];
    if (token.head == verb && token.deprel != Deprel::kAdvmod) return;  // a subject, a mark
    const bool phrase = token.head >= first && token.deprel == Deprel::kCase;
    if (phrase && tokens_[token.head].head == first &&
        AsciiLower(document_.Text(token.span)) == "by") {
      agent = true;
    }
    if (token.head != first) continue;
    if (token.deprel == Deprel::kAux || token.deprel == Deprel::kAuxPass) return;
    if (token.deprel == Deprel::kNsubj || token.deprel == Deprel::kNsubjPass) subject = i;
  }
  if (!agent || subject < 0 || subject + 1 != first) return;
  MakeRoot(verb, first);
  Attach(subject, verb, Deprel::kNsubj);
  Attach(first, subject, Deprel::kAcl);
}

// "troops had massacred": what hangs on an auxiliary belongs to its verb.
void Repairer::RepairOwnerOfAuxiliary(nlp::Token* token) const {
  if (token->head < 0 || token->deprel == Deprel::kFixed || token->deprel == Deprel::kConj) return;
  const nlp::Token& above = tokens_[token->head];
  const bool auxiliary = above.deprel == Deprel::kAux || above.deprel == Deprel::kAuxPass ||
                         above.deprel == Deprel::kCop;
  if (auxiliary && above.upos == Upos::kAux && above.head >= 0) token->head = above.head;
}

// "bombed" is of "bomb", whatever verb the tagger made up.
void Repairer::RepairLemma(nlp::Token* token) const {
  if (token->upos != Upos::kVerb || rules_.IsKnownVerb(AsciiLower(token->lemma))) return;
  const std::string_view verb = rules_.VerbOfForm(AsciiLower(document_.Text(token->span)));
  if (!verb.empty()) token->lemma = verb;
}

// Whether some rule starts from the word as such a trigger.
// "Troops pulled out of Kherson.": a passive without an auxiliary is a headline's, and a headline
// has neither a full stop nor, as a passive, an object.
void Repairer::RepairFalsePassive(int verb) {
  nlp::Token& token = tokens_[verb];
  const int subject = Child(verb, Deprel::kNsubjPass);
  if (token.upos != Upos::kVerb || subject < 0 || subject > verb) return;
  if (token.xpos != "VBN" && token.xpos != "VBD") return;
  const bool clause = token.deprel == Deprel::kRoot || token.deprel == Deprel::kConj ||
                      token.deprel == Deprel::kCcomp || token.deprel == Deprel::kParataxis ||
                      token.deprel == Deprel::kAclRelcl;
  if (!clause || Child(verb, Deprel::kAuxPass) >= 0 || Child(verb, Deprel::kAux) >= 0) return;
  for (int i = verb + 1; i < static_cast<int>(tokens_.size()); ++i) {
    const std::string lower = AsciiLower(document_.Text(tokens_[i].span));
    if (lower == "by" && tokens_[i].head >= 0 && tokens_[tokens_[i].head].head == verb) return;
  }
  const bool stop =
      std::any_of(tokens_.rbegin(), tokens_.rbegin() + std::min<size_t>(2, tokens_.size()),
                  [](const nlp::Token& last) { return last.xpos == "."; });
  if (!stop && Child(verb, Deprel::kObj) < 0) return;
  token.xpos = "VBD";
  Relabel(verb, Deprel::kNsubjPass, Deprel::kNsubj);
}

// "killed more than 300 people", "arrested in Istanbul two Syrians": a phrase behind a verb without
// an object that has no preposition is the object, unless it says when, how far or how.
void Repairer::RepairBareOblique(int t) {
  static constexpr std::string_view kMeasures[] = {
      "afternoon", "century", "cent",    "day",       "decade",    "degree", "evening",  "foot",
      "fold",      "hour",    "inch",    "kilometer", "kilometre", "meter",  "metre",    "mile",
      "minute",    "moment",  "month",   "morning",   "night",     "noon",   "percent",  "quarter",
      "season",    "second",  "spring",  "summer",    "time",      "today",  "tomorrow", "tonight",
      "way",       "week",    "weekend", "winter",    "year",      "yard",   "yesterday"};
  nlp::Token& token = tokens_[t];
  const int verb = token.head;
  if (token.deprel != Deprel::kObl || token.upos != Upos::kNoun || verb < 0 || verb > t) return;
  if (tokens_[verb].upos != Upos::kVerb || Child(verb, Deprel::kObj) >= 0) return;
  if (Child(verb, Deprel::kNsubjPass) >= 0 || Child(verb, Deprel::kAuxPass) >= 0) return;
  if (Child(t, Deprel::kCase) >= 0 || Child(t, Deprel::kMark) >= 0) return;
  const std::string lemma = AsciiLower(token.lemma);
  if (std::find(std::begin(kMeasures), std::end(kMeasures), lemma) != std::end(kMeasures)) return;
  for (int i = verb + 1; i < t; ++i) {
    int phrase = i;  // the phrase of the verb that stands in between
    while (tokens_[phrase].head >= 0 && tokens_[phrase].head != verb) phrase = tokens_[phrase].head;
    const bool between = tokens_[phrase].head == verb && tokens_[phrase].deprel == Deprel::kObl &&
                         (Child(phrase, Deprel::kCase) >= 0 ||
                          rules_.Has("calendar", AsciiLower(tokens_[phrase].lemma)));
    if (phrase != t && !between) return;
  }
  token.deprel = Deprel::kObj;
}

// "Soldiers killed villagers in Congo": where it happened is also where those are whom it happened
// to, so that "in Congo", right behind the object, is read as the object's.
void Repairer::RepairPlaceOfObject(int place) {
  nlp::Token& token = tokens_[place];
  const int mark = Child(place, Deprel::kCase);
  if (token.deprel != Deprel::kObl || token.upos != Upos::kPropn || mark < 1 || mark > place)
    return;
  if (AsciiLower(document_.Text(tokens_[mark].span)) != "in") return;
  const int object = mark - 1;
  // The agent of a passive as well: "were abducted by militants in Pakistan".
  const int by = Child(object, Deprel::kCase);
  const bool agent = tokens_[object].deprel == Deprel::kObl && by >= 0 &&
                     AsciiLower(document_.Text(tokens_[by].span)) == "by";
  if (tokens_[object].head != token.head || (tokens_[object].deprel != Deprel::kObj && !agent)) {
    return;
  }
  if (tokens_[object].upos == Upos::kNoun) Attach(place, object, Deprel::kNmod);
}

bool Repairer::HasRule(int t, TriggerKind kind) const {
  return rules_.HasRule(AsciiLower(tokens_[t].lemma), kind);
}

// Whether the rules know the word as a verb, by its form as well where its lemma is a noun's.
bool Repairer::IsKnownVerb(int t) const {
  const std::string lemma = AsciiLower(tokens_[t].lemma);
  return HasRule(t, TriggerKind::kVerb) ||
         !rules_.VerbOfForm(AsciiLower(document_.Text(tokens_[t].span))).empty() ||
         rules_.IsKnownVerb(lemma);
}

void Repairer::MakeVerb(int t, std::string_view xpos) {
  tokens_[t].upos = Upos::kVerb;
  tokens_[t].xpos = xpos;
  tokens_[t].lemma = AsciiLower(tokens_[t].lemma);
  RepairLemma(&tokens_[t]);
}

// `verb` takes the place of the sentence's root, and what stood behind it goes along.
void Repairer::MakeRoot(int verb, int old_root) {
  Attach(verb, tokens_[old_root].head, tokens_[old_root].deprel);
  for (int i = 0; i < static_cast<int>(tokens_.size()); ++i) {
    const bool closing = i > verb || tokens_[i].deprel == Deprel::kPunct;
    if (tokens_[i].head == old_root && i != verb && closing) tokens_[i].head = verb;
  }
}

// "rejected U.S. calls for a ceasefire": a plural that was read as the verb of a clause without any
// word between it and its governor that begins a clause.
void Repairer::RepairVerbTaggedNoun(int t) {
  const nlp::Token& token = tokens_[t];
  const int governor = token.head;
  if (token.upos != Upos::kVerb || token.xpos != "VBZ" || governor < 0 || governor >= t) return;
  if (token.deprel != Deprel::kCcomp || tokens_[governor].upos != Upos::kVerb) return;
  if (!HasRule(t, TriggerKind::kNoun) || rules_.IsReport(AsciiLower(tokens_[governor].lemma))) {
    return;
  }
  if (Child(t, Deprel::kMark) >= 0 || Child(t, Deprel::kObj) >= 0 || Child(t, Deprel::kAux) >= 0 ||
      Child(governor, Deprel::kObj) >= 0) {
    return;
  }
  for (int i = governor + 1; i < t; ++i) {
    const Upos upos = tokens_[i].upos;
    const bool inside = upos == Upos::kDet || upos == Upos::kAdj || upos == Upos::kNum ||
                        upos == Upos::kNoun || upos == Upos::kPropn || upos == Upos::kPart;
    if (!inside) return;
  }
  tokens_[t].upos = Upos::kNoun;
  tokens_[t].xpos = "NNS";
  tokens_[t].deprel = Deprel::kObj;
  Relabel(t, Deprel::kNsubj, Deprel::kCompound);
  Relabel(t, Deprel::kObl, Deprel::kNmod);
}

// "threatened to blockade Ukraine": an infinitive that was read as a phrase.
void Repairer::RepairInfinitive(int t) {
  const int mark = t - 1;
  const bool noun = tokens_[t].xpos == "NN" && tokens_[t].deprel == Deprel::kCompound;
  // "vowed to free prisoners"
  const bool adjective = tokens_[t].xpos == "JJ" && tokens_[t].deprel == Deprel::kAmod &&
                         HasRule(t, TriggerKind::kVerb);
  if ((!noun && !adjective) || tokens_[t].head < t || !IsKnownVerb(t)) return;
  if (AsciiLower(document_.Text(tokens_[mark].span)) != "to") return;
  int object = tokens_[t].head;
  if (tokens_[mark].head == tokens_[object].head && tokens_[mark].head > object) {
    object = tokens_[mark].head;  // "free President Bazoum"
  }
  const int governor = tokens_[object].head;
  if (governor < 0 || governor > mark || tokens_[mark].head != object ||
      rules_.FindEmbedding(AsciiLower(tokens_[governor].lemma)) == nullptr) {
    return;
  }
  MakeVerb(t, "VB");
  Attach(t, governor, Deprel::kXcomp);
  Attach(mark, t, Deprel::kMark);
  Attach(object, t, Deprel::kObj);
}

// "The US military trains Iraqi pilots": a plural as the subject of a noun without a copula is the
// verb, and the word before it the subject.
void Repairer::RepairSubjectOfNoun(int t) {
  const nlp::Token& token = tokens_[t];
  const int object = token.head;
  if (token.xpos != "NNS" || token.deprel != Deprel::kNsubj || object <= t) return;
  if (!IsNominal(object) || Child(object, Deprel::kCop) >= 0 || !HasRule(t, TriggerKind::kVerb)) {
    return;
  }
  const int subject = t - 1;
  const bool noun_phrase = tokens_[subject].head == t && tokens_[subject].upos != Upos::kDet &&
                           tokens_[subject].upos != Upos::kPunct &&
                           tokens_[subject].deprel != Deprel::kCase;
  if (!noun_phrase) return;
  MakeVerb(t, "VBZ");
  Attach(t, tokens_[object].head, tokens_[object].deprel);
  MoveChildren(t, subject);
  Attach(object, t, Deprel::kObj);
  Attach(subject, t, Deprel::kNsubj);
  if (!IsNominal(subject)) tokens_[subject].upos = Upos::kNoun;
}

// "Germany and UNICEF hand over 30 vehicles", "The US military trains pilots": what has an object
// is a verb, and the word before it the subject or the last of several.
void Repairer::RepairNounWithObject(int t) {
  const int object = Child(t, Deprel::kObj);
  if (tokens_[t].upos != Upos::kNoun || object <= t || !HasRule(t, TriggerKind::kVerb)) return;
  const int subject = t - 1;
  const Deprel relation = tokens_[subject].deprel;
  if (tokens_[subject].head != t ||
      (relation != Deprel::kCompound && (relation != Deprel::kAmod || tokens_[t].xpos != "NNS"))) {
    return;
  }
  const int first = tokens_[t].head;
  const bool joined = tokens_[t].deprel == Deprel::kConj && first >= 0 && IsNominal(first);
  if (!joined && first >= 0) return;
  MakeVerb(t, tokens_[t].xpos == "NNS" ? "VBZ" : "VBP");
  if (!IsNominal(subject)) tokens_[subject].upos = Upos::kNoun;
  for (int i = 0; i < subject; ++i) {
    if (tokens_[i].head == t) tokens_[i].head = subject;
  }
  if (joined) {
    MakeRoot(t, first);
    Attach(subject, first, Deprel::kConj);
    Attach(first, t, Deprel::kNsubj);
  } else {
    Attach(subject, t, Deprel::kNsubj);
  }
}

// "The UN plans to send food": a plural with an infinitive behind it and no verb above it.
void Repairer::RepairNounWithInfinitive(int t) {
  const bool plural = tokens_[t].xpos == "NNS" || tokens_[t].xpos == "VBZ";
  if (t == 0 || !plural) return;
  // "The government plans to buy jets, the minister said": the report stands behind.
  const int report = tokens_[t].head;
  const Deprel deprel = tokens_[t].deprel;
  if (report >= 0) {
    const int reporter = report > t ? ReporterOf(report, t) : -1;
    if (reporter < 0 ||
        (deprel != Deprel::kCcomp && deprel != Deprel::kNsubj && deprel != Deprel::kParataxis)) {
      return;
    }
  }
  if (rules_.FindEmbedding(AsciiLower(tokens_[t].lemma)) == nullptr || !IsKnownVerb(t)) return;
  const int clause = Child(t, Deprel::kAcl);
  const int subject = t - 1;
  if (clause < t || Child(clause, Deprel::kMark) != t + 1 || tokens_[subject].head != t ||
      (tokens_[subject].deprel != Deprel::kCompound && tokens_[subject].deprel != Deprel::kAmod)) {
    return;
  }
  MakeVerb(t, "VBZ");
  if (!IsNominal(subject)) tokens_[subject].upos = Upos::kNoun;
  for (int i = 0; i < subject; ++i) {
    if (tokens_[i].head == t) tokens_[i].head = subject;
  }
  Attach(subject, t, Deprel::kNsubj);
  tokens_[clause].deprel = Deprel::kXcomp;
  if (report >= 0) tokens_[t].deprel = Deprel::kCcomp;
}

// Who reports by the verb `report` what is told before it, other than `not_who`; -1 if nobody does.
int Repairer::ReporterOf(int report, int not_who) const {
  if (!rules_.IsReport(AsciiLower(tokens_[report].lemma))) return -1;
  for (int i = not_who + 1; i < static_cast<int>(tokens_.size()); ++i) {
    if (tokens_[i].head == report && tokens_[i].deprel == Deprel::kNsubj && i != not_who) return i;
  }
  return -1;
}

// "condemned what it called an aggression", "over what he described as a breach": what it is called
// is what the outer verb is about, whoever calls it so.
void Repairer::RepairNamedSo(int what) {
  if (AsciiLower(tokens_[what].lemma) != "what" || tokens_[what].head < 0) return;
  const int naming = Child(what, Deprel::kAclRelcl);
  if (naming < 0 || Child(naming, Deprel::kNsubj) < 0) return;
  const std::string lemma = AsciiLower(tokens_[naming].lemma);
  int called = -1;
  if (rules_.Has("naming", lemma)) {
    called = std::max(Child(naming, Deprel::kObj), Child(naming, Deprel::kXcomp));
  }
  if (called < 0 && rules_.Has("naming_as", lemma)) {
    for (int i = naming + 1; i < static_cast<int>(tokens_.size()); ++i) {
      const int as = tokens_[i].head == naming ? Child(i, Deprel::kCase) : -1;
      if (as < 0 || AsciiLower(document_.Text(tokens_[as].span)) != "as") continue;
      called = i;
      tokens_[as].deprel = Deprel::kMark;
      break;
    }
  }
  if (called < naming || !IsNominal(called)) return;
  Attach(called, tokens_[what].head, tokens_[what].deprel);
  MoveChildren(what, called, Deprel::kCase);
  Attach(naming, called, Deprel::kDep);
  Attach(what, naming, Deprel::kDep);
}

// "Gunmen shot and killed a shopkeeper": a noun with a subject, joined to a verb.
void Repairer::RepairNounBesideVerb(int t) {
  if (tokens_[t].upos != Upos::kNoun || Child(t, Deprel::kCop) >= 0) return;
  const int subject = Child(t, Deprel::kNsubj);
  const int other = Child(t, Deprel::kConj);
  if (subject < 0 || subject > t || other < t || tokens_[other].upos != Upos::kVerb) return;
  const std::string form = AsciiLower(document_.Text(tokens_[t].span));
  const std::string_view verb = rules_.VerbOfForm(form);
  if (verb.empty() || Child(other, Deprel::kNsubj) >= 0) return;
  tokens_[t].lemma = verb;
  tokens_[t].upos = Upos::kVerb;
  tokens_[t].xpos = tokens_[other].xpos;
  Relabel(t, Deprel::kNmod, Deprel::kObl);
}

// "honoured murdered mayor Adamowicz": a verb is no subject of the participle behind it.
void Repairer::RepairVerbAsSubject(int t) {
  const int verb = t - 1;
  const bool participle = tokens_[t].xpos == "VBN" || tokens_[t].xpos == "VBD";
  if (!participle || tokens_[verb].head != t || tokens_[verb].deprel != Deprel::kNsubj ||
      tokens_[verb].upos != Upos::kVerb) {
    return;
  }
  const int object = Child(t, Deprel::kObj);
  if (object < t || Child(verb, Deprel::kNsubj) < 0) return;
  Attach(verb, tokens_[t].head, tokens_[t].deprel);
  MoveChildren(t, verb);
  Attach(object, verb, Deprel::kObj);
  Attach(t, object, Deprel::kAmod);
}

// "wants the gangs to release two nuns": the gangs are to do it.
void Repairer::RepairWantedOf(int t) {
  const int who = tokens_[t].head;
  const int mark = Child(t, Deprel::kMark);
  if (tokens_[t].deprel != Deprel::kAcl || tokens_[t].xpos != "VB" || who < 0 || mark < 0) return;
  const int verb = tokens_[who].head;
  if (verb < 0 || verb > who || tokens_[who].deprel != Deprel::kObj || mark < who) return;
  const std::string lemma = AsciiLower(tokens_[verb].lemma);
  const bool wants = lemma == "want" || rules_.Has("object_control", lemma);
  if (!wants || rules_.Has("infinitive_noun", AsciiLower(tokens_[who].lemma))) return;
  Attach(t, verb, Deprel::kXcomp);
}

// "The bank has frozen aid to Tanzania": nobody has frozen aid who has not frozen it.
void Repairer::RepairPerfect(int have) {
  const int t = have + 1;
  if (t >= static_cast<int>(tokens_.size()) || AsciiLower(tokens_[have].lemma) != "have") return;
  const int object = tokens_[t].head;
  const std::string form = AsciiLower(document_.Text(tokens_[t].span));
  const bool adjective =
      tokens_[t].xpos == "JJ" && form.ends_with("ed") && !rules_.VerbOfForm(form).empty();
  if ((tokens_[t].xpos != "VBN" && !adjective) || tokens_[t].deprel != Deprel::kAmod ||
      object <= t || tokens_[object].head != have || tokens_[object].deprel != Deprel::kObj ||
      (!adjective && !HasRule(t, TriggerKind::kVerb))) {
    return;
  }
  if (adjective) tokens_[t].lemma = rules_.VerbOfForm(form);
  tokens_[t].upos = Upos::kVerb;
  tokens_[t].xpos = "VBN";
  Attach(t, tokens_[have].head, tokens_[have].deprel);
  MoveChildren(have, t);
  Attach(have, t, Deprel::kAux);
  Attach(object, t, Deprel::kObj);
}

// "Iranian security forces cracked down on protesters" with the forces as the root and "cracked" as
// a participle of theirs; "Syrian police tortured prisoners" with the prisoners as the root.
void Repairer::RepairStrandedRoot() {
  int root = -1;
  for (int t = 0; t < static_cast<int>(tokens_.size()); ++t) {
    if (tokens_[t].head < 0) root = t;
    const bool finite = tokens_[t].upos == Upos::kAux || tokens_[t].deprel == Deprel::kNsubj;
    if (finite) return;
  }
  if (root < 0 || !IsNominal(root)) return;
  for (int t = 1; t + 1 < static_cast<int>(tokens_.size()); ++t) {
    const nlp::Token& token = tokens_[t];
    const bool participle = token.xpos == "VBN" || token.xpos == "VBD" ||
                            (token.xpos == "JJ" && token.lemma.ends_with("ed"));
    const bool hangs =
        token.head == root && (token.deprel == Deprel::kAcl || token.deprel == Deprel::kAmod);
    if (!participle || !hangs || !IsKnownVerb(t)) continue;
    if (t < root) {
      const int subject = t - 1;
      const bool noun = tokens_[subject].upos == Upos::kNoun && tokens_[subject].head == root;
      if (!noun) continue;
      MakeVerb(t, "VBD");
      for (int i = 0; i < t; ++i) {
        if (tokens_[i].head == root && i != subject) tokens_[i].head = subject;
      }
      MakeRoot(t, root);
      Attach(root, t, Deprel::kObj);
      Attach(subject, t, Deprel::kNsubj);
      return;
    }
    const int object = t > root ? FollowingPhrase(t) : -1;
    const bool governs = Child(t, Deprel::kObj) >= 0 || Child(t, Deprel::kXcomp) >= 0 ||
                         Child(t, Deprel::kCcomp) >= 0 || Child(t, Deprel::kCompoundPrt) >= 0 ||
                         object >= 0;
    if (!governs) continue;
    MakeVerb(t, "VBD");
    MakeRoot(t, root);
    Attach(root, t, Deprel::kNsubj);
    if (object >= 0) tokens_[object].deprel = Deprel::kObj;
    return;
  }
}

// The head of a phrase without a preposition right behind `verb` that was made an oblique of it, or
// one that a particle was taken for the preposition of ("called off a march"); -1 if there is none.
int Repairer::FollowingPhrase(int verb) const {
  for (int i = verb + 1; i < static_cast<int>(tokens_.size()); ++i) {
    if (tokens_[i].head != verb || tokens_[i].deprel != Deprel::kObl) continue;
    const int preposition = Child(i, Deprel::kCase);
    if (preposition < 0) return i;
    const bool particle =
        preposition == verb + 1 &&
        rules_.HasPhrasal(AsciiLower(tokens_[verb].lemma), AsciiLower(tokens_[preposition].lemma));
    return particle ? i : -1;
  }
  return -1;
}

// "took in refugees", "handed over the suspects": the particle was taken for a preposition, or
// "back" for an adverb.
void Repairer::RepairParticle(int verb) {
  const int particle = verb + 1;
  if (tokens_[verb].upos != Upos::kVerb) return;
  if (!rules_.HasPhrasal(AsciiLower(tokens_[verb].lemma),
                         AsciiLower(document_.Text(tokens_[particle].span)))) {
    return;
  }
  if (tokens_[particle].deprel == Deprel::kAdvmod && tokens_[particle].head == verb) {
    tokens_[particle].deprel = Deprel::kCompoundPrt;
    return;
  }
  const int phrase = tokens_[particle].head;
  const int object = Child(verb, Deprel::kObj);
  if (tokens_[particle].deprel != Deprel::kCase || phrase < 0 || tokens_[phrase].head != verb ||
      (object >= 0 && object != phrase)) {
    return;
  }
  tokens_[phrase].deprel = Deprel::kObj;
  Attach(particle, verb, Deprel::kCompoundPrt);
}

// Whether a noun rule wants `first` right before `second`: "arms deal", "missile strike".
bool Repairer::IsEventCompound(int first, int second) const {
  const std::string lemma = AsciiLower(tokens_[first].lemma);
  const std::string form = AsciiLower(document_.Text(tokens_[first].span));
  const std::vector<int32_t>* indices = rules_.RulesFor(AsciiLower(tokens_[second].lemma));
  if (indices == nullptr) return false;
  return std::any_of(indices->begin(), indices->end(), [&](int32_t index) {
    const Rule& rule = rules_.rules()[index];
    if (rule.kind != TriggerKind::kNoun) return false;
    return std::any_of(rule.slots.begin(), rule.slots.end(), [&](const Slot& slot) {
      if (slot.relation != SlotRelation::kModifier) return false;
      return slot.words.MatchEnd({lemma}) > 0 || slot.words.MatchEnd({form}) > 0;
    });
  });
}

// Whether the word has what only a verb has.
bool Repairer::IsClause(int verb) const {
  const std::string& xpos = tokens_[verb].xpos;
  if (xpos == "VBN" || xpos == "VBG" || xpos == "VBD") return true;
  return std::any_of(tokens_.begin(), tokens_.end(), [&](const nlp::Token& token) {
    if (token.head != verb) return false;
    const bool marks_clause = token.deprel == Deprel::kMark && token.upos != Upos::kAdp;
    return token.deprel == Deprel::kObj || token.deprel == Deprel::kIobj ||
           token.deprel == Deprel::kAux || token.deprel == Deprel::kAuxPass ||
           token.deprel == Deprel::kXcomp || token.deprel == Deprel::kCcomp || marks_clause;
  });
}

// Hangs a clause that turned out to be a noun phrase on the object before its preposition
// ("expressed concern over"), else on the clause's own governor.
void Repairer::HangAsPhrase(int noun, int mark) {
  tokens_[mark].deprel = Deprel::kCase;
  const int governor = tokens_[noun].head;
  if (governor < 0) return;
  const bool object_before =
      mark > 0 && tokens_[mark - 1].head == governor && tokens_[mark - 1].deprel == Deprel::kObj;
  if (object_before) {
    Attach(noun, mark - 1, Deprel::kNmod);
  } else {
    tokens_[noun].deprel = tokens_[governor].upos == Upos::kVerb ? Deprel::kObl : Deprel::kNmod;
  }
}

void Repairer::RepairNounTaggedVerb(int t) {
  const int before = t - 1;
  if (tokens_[before].upos != Upos::kNoun || IsClause(t) || !IsEventCompound(before, t)) return;
  const bool modified = Child(before, Deprel::kNmodPoss) >= 0 ||
                        Child(before, Deprel::kAmod) >= 0 || Child(before, Deprel::kCase) >= 0 ||
                        Child(before, Deprel::kDet) >= 0;
  if (!modified) return;
  if (tokens_[before].head != t) {
    // A headline: the subject governs the phrase of which this is the head, and is the root.
    const int subject = Child(t, Deprel::kNsubj);
    if (subject < 0 || !IsBelow(before, subject) || subject == before) return;
    const nlp::Token old = tokens_[t];
    Attach(t, tokens_[before].head, tokens_[before].deprel);
    Attach(subject, old.head, old.deprel);
    MoveChildren(t, subject, Deprel::kPunct);
  } else if (const int mark = Child(t, Deprel::kMark); mark >= 0) {
    HangAsPhrase(t, mark);
  }
  tokens_[t].upos = Upos::kNoun;
  tokens_[t].xpos = "NN";
  MoveChildren(before, t);
  Attach(before, t, Deprel::kCompound);
  Relabel(t, Deprel::kObl, Deprel::kNmod);
}

// "[The meeting between Xi] and [Putin took place]": one of two is no "between".
void Repairer::RepairBetween(int verb) {
  const int other = Child(verb, Deprel::kNsubj);
  const int conjunction = Child(verb, Deprel::kCc);
  if (tokens_[verb].deprel != Deprel::kConj || other < 0 || conjunction < 0) return;
  if (conjunction > other) return;
  int noun = tokens_[verb].head;
  for (int step = 0; step < 2 && noun >= 0; ++step, noun = tokens_[noun].head) {
    if (tokens_[noun].upos != Upos::kNoun) continue;
    for (int one = noun + 1; one < conjunction; ++one) {
      if (tokens_[one].head != noun || tokens_[one].deprel != Deprel::kNmod) continue;
      const int preposition = Child(one, Deprel::kCase);
      if (preposition < 0 || tokens_[preposition].lemma != "between") continue;
      if (const int conj = Child(one, Deprel::kConj); conj >= 0 && conj != verb) continue;
      Attach(verb, tokens_[noun].head, tokens_[noun].deprel);
      Attach(noun, verb, Deprel::kNsubj);
      Attach(other, one, Deprel::kConj);
      Attach(conjunction, other, Deprel::kCc);
      MoveChildren(noun, verb, Deprel::kPunct);
      return;
    }
  }
}

// "[The meeting between Xi] and [the leader]": the other of two is not coordinated with what is
// between them.
void Repairer::RepairOtherOfTwo(int one) {
  const int noun = tokens_[one].head;
  if (noun < 0 || noun > one || tokens_[one].deprel != Deprel::kNmod) return;
  const int preposition = Child(one, Deprel::kCase);
  if (preposition < 0 || tokens_[preposition].lemma != "between") return;
  if (Child(one, Deprel::kConj) >= 0) return;
  const int other = Child(noun, Deprel::kConj);
  if (other < one || !IsNominal(other) || Child(other, Deprel::kCc) < one) return;
  Attach(other, one, Deprel::kConj);
}

// "To protect peace, [Seoul and Tokyo] must cooperate": what stands between a comma and a finite
// verb without a subject is its subject, not one more of what stands before the comma.
void Repairer::RepairSubjectBehindComma(int verb) {
  const bool main =
      tokens_[verb].deprel == Deprel::kRoot || tokens_[verb].deprel == Deprel::kParataxis;
  if (!main || tokens_[verb].upos != Upos::kVerb) return;
  const int passive = Child(verb, Deprel::kNsubjPass);
  const int auxiliary = Child(verb, Deprel::kAux);
  if (passive >= 0 || Child(verb, Deprel::kNsubj) >= 0 || auxiliary < 2 || auxiliary > verb) return;
  int subject = auxiliary - 1;
  if (!IsNominal(subject)) return;
  int comma = subject;
  while (comma >= 0 && tokens_[comma].lemma != ",") {
    if (tokens_[comma].upos == Upos::kVerb) return;
    --comma;
  }
  if (comma < 0) return;
  while (tokens_[subject].head > comma && tokens_[subject].head < auxiliary) {
    subject = tokens_[subject].head;
  }
  const int before = tokens_[subject].head;
  if (before < 0 || before > comma || !IsNominal(before)) return;
  Attach(subject, verb, Child(verb, Deprel::kAuxPass) >= 0 ? Deprel::kNsubjPass : Deprel::kNsubj);
}

// "U.S.-China talks": the two before an event noun are coordinated, whichever governs the other.
void Repairer::RepairHyphenatedPair(int second) {
  const int first = second - 2;
  const bool names = tokens_[first].upos == Upos::kPropn && tokens_[second].upos == Upos::kPropn;
  if (!names || document_.Text(tokens_[second - 1].span) != "-") return;
  // "al-Shabab talks" are those of one.
  if (tokens_[first].span.size() < 2 || AsciiLower(document_.Text(tokens_[first].span)) == "al") {
    return;
  }
  int noun = tokens_[first].head == second ? tokens_[second].head : tokens_[first].head;
  while (noun >= 0 && noun <= second) noun = tokens_[noun].head;
  if (noun < 0 || noun - second > 3 || !HasRule(noun, TriggerKind::kNoun)) return;
  if (tokens_[second].head != noun && tokens_[first].head != noun) return;
  Attach(first, noun, Deprel::kCompound);
  Attach(second, first, Deprel::kConj);
  tokens_[second - 1].head = second;
}

// "accused Azerbaijan of shelling a village and wounding civilians": a gerund is joined to a
// gerund, not to the finite verb above it.
void Repairer::RepairJoinedGerund(int t) {
  const int head = tokens_[t].head;
  const bool joined = tokens_[t].deprel == Deprel::kConj && tokens_[t].xpos == "VBG" && head >= 0 &&
                      head < t && tokens_[head].upos == Upos::kVerb && tokens_[head].xpos != "VBG";
  if (!joined || Child(t, Deprel::kAux) >= 0) return;
  for (int other = t - 1; other > head; --other) {
    if (tokens_[other].xpos != "VBG" || tokens_[other].upos != Upos::kVerb) continue;
    const Deprel deprel = tokens_[other].deprel;
    const bool clause = deprel == Deprel::kAdvcl || deprel == Deprel::kAcl ||
                        deprel == Deprel::kXcomp || deprel == Deprel::kCcomp;
    if (!clause || !IsBelow(other, head)) continue;
    tokens_[t].head = other;
    return;
  }
}

// "declined a request from the agency to comment": what was not done is the granting.
void Repairer::RepairInfinitiveOfNoun(int t) {
  const int verb = tokens_[t].head;
  const Deprel deprel = tokens_[t].deprel;
  if (tokens_[t].xpos != "VB" || verb < 0 || verb > t || Child(t, Deprel::kMark) < 0) return;
  if (deprel != Deprel::kAdvcl && deprel != Deprel::kXcomp) return;
  if (tokens_[Child(t, Deprel::kMark)].xpos != "TO") return;
  const int noun = Child(verb, Deprel::kObj);
  if (noun < verb || noun > t || rules_.IsLight(AsciiLower(tokens_[verb].lemma))) return;
  if (rules_.Has("infinitive_noun", AsciiLower(tokens_[noun].lemma))) {
    Attach(t, noun, Deprel::kAcl);
  }
}

// "investigating officials over money laundering": behind a preposition and with a noun compounded
// it is a noun.
void Repairer::RepairCrimeTaggedVerb(int t) {
  nlp::Token& token = tokens_[t];
  if (token.xpos != "VBG" || token.deprel != Deprel::kAdvcl) return;
  const int compound = Child(t, Deprel::kCompound);
  if (compound < 0 || Child(t, Deprel::kObj) >= 0 || Child(t, Deprel::kMark) >= 0) return;
  MoveChildren(compound, t, Deprel::kCase);
  if (Child(t, Deprel::kCase) < 0) return;
  token.upos = Upos::kNoun;
  token.xpos = "NN";
  token.lemma = AsciiLower(document_.Text(token.span));
  token.deprel = Deprel::kObl;
  Relabel(t, Deprel::kObl, Deprel::kNmod);
}

// "is going to send troops": nobody goes anywhere, somebody will send them.
void Repairer::RepairGoingTo(int t) {
  const int going = tokens_[t].head;
  if (tokens_[t].xpos != "VB" || tokens_[t].deprel != Deprel::kXcomp || going < 0 || going > t) {
    return;
  }
  const int to = Child(t, Deprel::kMark);
  const int be = Child(going, Deprel::kAux);
  const bool future =
      tokens_[going].xpos == "VBG" && tokens_[going].lemma == "go" && be >= 0 && to == going + 1;
  if (!future) return;
  Attach(t, tokens_[going].head, tokens_[going].deprel);
  MoveChildren(going, t);
  Attach(going, t, Deprel::kAux);
  tokens_[going].upos = Upos::kAux;
}

// "spoke with his counterpart Wang Yi": a name right behind the noun of a phrase says who that is.
void Repairer::RepairNameBehindRole(int t) {
  const int role = t - 1;
  const bool beside = tokens_[t].upos == Upos::kPropn && tokens_[t].deprel == Deprel::kObl &&
                      tokens_[role].upos == Upos::kNoun && tokens_[role].head == tokens_[t].head &&
                      tokens_[role].deprel == Deprel::kObl;
  if (!beside || Child(t, Deprel::kCase) >= 0 || Child(role, Deprel::kCase) < 0) return;
  if (rules_.Has("calendar", AsciiLower(tokens_[t].lemma))) return;
  Attach(t, role, Deprel::kAppos);
}

// "launched an investigation into abuses by Belarus", "condemned her visit to Taiwan": the phrase
// of the noun right before it. Of a verb with an object nobody else does it.
void Repairer::RepairPhraseOfNoun(int t) {
  const int verb = tokens_[t].head;
  const int mark = Child(t, Deprel::kCase);
  if (tokens_[t].deprel != Deprel::kObl || mark < 1 || verb < 0 || verb >= mark - 1) return;
  const int noun = mark - 1;
  if (tokens_[noun].upos != Upos::kNoun || tokens_[verb].upos != Upos::kVerb) return;
  if (!IsBelow(noun, verb) || !IsNominal(t)) return;
  const std::string preposition = AsciiLower(document_.Text(tokens_[mark].span));
  const std::string link = Cat(AsciiLower(tokens_[noun].lemma), "_", preposition);
  const bool passive = Child(verb, Deprel::kAuxPass) >= 0 || tokens_[verb].xpos == "VBN";
  const bool agent = preposition == "by" && Child(verb, Deprel::kObj) >= 0 &&
                     (!passive || Child(verb, Deprel::kAux) >= 0) &&
                     !rules_.Has("calendar", AsciiLower(tokens_[t].lemma));
  if (agent || rules_.Has("noun_link", link)) Attach(t, noun, Deprel::kNmod);
}

// "Swiss and EU negotiators": an adjective beside a noun is no party of its own.
void Repairer::RepairJoinedAdjective(int t) {
  const int noun = Child(t, Deprel::kConj);
  if (tokens_[t].xpos != "JJ" || noun < t + 3 || tokens_[noun].upos != Upos::kNoun) return;
  const Deprel deprel = tokens_[t].deprel;
  if (deprel != Deprel::kNsubj && deprel != Deprel::kObj && deprel != Deprel::kObl) return;
  const int cc = Child(noun, Deprel::kCc);
  const bool joined =
      cc == t + 1 && tokens_[noun - 1].head == noun &&
      (tokens_[noun - 1].deprel == Deprel::kCompound || tokens_[noun - 1].deprel == Deprel::kAmod);
  if (!joined || Child(t, Deprel::kDet) >= 0) return;
  const int head = tokens_[t].head;
  MoveChildren(t, noun, Deprel::kCase);
  Attach(noun, head, deprel);
  Attach(t, noun, Deprel::kAmod);
  Attach(noun - 1, t, Deprel::kConj);
  tokens_[cc].head = noun - 1;
}

// "Theresa May met": the second word of a person's name is no auxiliary.
void Repairer::RepairAuxiliaryInName() {
  for (const nlp::Name& name : sentence_.names) {
    if (name.kind != nlp::NameKind::kPerson) continue;
    for (int t = name.first + 1; t <= name.last; ++t) {
      if (tokens_[t].upos != Upos::kAux) continue;
      tokens_[t].upos = Upos::kPropn;
      tokens_[t].xpos = "NNP";
      Attach(t, t - 1, Deprel::kFlat);
    }
  }
}

// "a complaint against Boeing in a court": behind a preposition and with a capital letter it is no
// verb, whatever it ends in.
void Repairer::RepairNameTaggedVerb(int t) {
  const int mark = Child(t, Deprel::kMark);
  const int head = tokens_[t].head;
  if (tokens_[t].xpos != "VBG" || mark != t - 1 || head < 0 || Child(t, Deprel::kObj) >= 0) return;
  const auto is_capital = [&](int i) {
    const char first = document_.Text(tokens_[i].span).front();
    return first >= 'A' && first <= 'Z';
  };
  if (!is_capital(t) || is_capital(mark) || sentence_.kind == nlp::BlockKind::kHeadline) return;
  tokens_[t].upos = Upos::kPropn;
  tokens_[t].xpos = "NNP";
  tokens_[t].lemma = std::string(document_.Text(tokens_[t].span));
  tokens_[t].deprel = IsNominal(head) ? Deprel::kNmod : Deprel::kObl;
  tokens_[mark].deprel = Deprel::kCase;
  tokens_[mark].upos = Upos::kAdp;
  Relabel(t, Deprel::kObl, Deprel::kNmod);
}

// "broke into the headquarters", "were locked in discussions": what is no particle brings in the
// phrase behind it.
void Repairer::RepairNoParticle(int t) {
  const int verb = tokens_[t].head;
  if (tokens_[t].deprel != Deprel::kCompoundPrt || verb < 0 || verb >= t) return;
  const std::string word = AsciiLower(document_.Text(tokens_[t].span));
  const int object = Child(verb, Deprel::kObj);
  const bool passive = Child(verb, Deprel::kAuxPass) >= 0;
  const bool never = word == "into" || word == "of" || word == "against" || word == "to";
  if (object < t || !(never || (passive && word == "in"))) return;
  if (rules_.HasPhrasal(AsciiLower(tokens_[verb].lemma), word)) return;
  Attach(t, object, Deprel::kCase);
  tokens_[object].deprel = Deprel::kObl;
}

// "damaged an African Union vehicle": a name with "a" before it is no object of its own, but says
// whose the next noun is.
void Repairer::RepairNameBeforeObject(int t) {
  const int verb = tokens_[t].head;
  const bool object = tokens_[t].deprel == Deprel::kObj || tokens_[t].deprel == Deprel::kIobj;
  const int article = Child(t, Deprel::kDet);
  if (!object || tokens_[t].upos != Upos::kPropn || article < 0 || article > t) return;
  const std::string word = AsciiLower(document_.Text(tokens_[article].span));
  if (word != "a" && word != "an") return;
  for (int noun = t + 1; noun < static_cast<int>(tokens_.size()); ++noun) {
    const bool next = tokens_[noun].head == verb && tokens_[noun].deprel == Deprel::kObj;
    if (!next) {
      if (tokens_[noun].head <= noun && tokens_[noun].head != t) return;
      continue;
    }
    if (tokens_[noun].upos != Upos::kNoun || Child(noun, Deprel::kDet) >= 0 ||
        Child(noun, Deprel::kNummod) >= 0) {
      return;
    }
    Attach(t, noun, Deprel::kCompound);
    tokens_[article].head = noun;
    return;
  }
}

// "called the decision illegal", "branded them a gang", "called him 'a liar'": what stands behind
// the object of such a verb is said of it, and is no second object, adjective or apposition of it.
void Repairer::RepairLabel(int verb) {
  if (!rules_.Has("labelling", AsciiLower(tokens_[verb].lemma))) return;
  std::vector<int> objects;
  const int count = static_cast<int>(tokens_.size());
  for (int t = verb + 1; t < count; ++t) {
    const bool object = tokens_[t].deprel == Deprel::kObj || tokens_[t].deprel == Deprel::kIobj;
    if (tokens_[t].head == verb && object) objects.push_back(t);
  }
  if (objects.empty()) return;
  const int object = objects.front();
  int label = objects.size() > 1 ? objects[1] : -1;
  for (int t = object + 1; t < count && label < 0; ++t) {
    if (tokens_[t].head != object) continue;
    int first = t;
    while (first - 1 > object && IsBelow(first - 1, t)) --first;
    const bool adjective = tokens_[t].deprel == Deprel::kAmod && tokens_[t].upos == Upos::kAdj;
    const bool quoted = tokens_[t].deprel == Deprel::kAppos &&
                        document_.Text(tokens_[first].span).find_first_of("\"'“‘") == 0;
    if (adjective || quoted) label = t;
  }
  if (label < 0) return;
  tokens_[object].deprel = Deprel::kObj;
  Attach(label, verb, Deprel::kXcomp);
}

// "gave medicine and drinking water to the villagers": a noun with a gerund before it, and no
// second verb.
void Repairer::RepairGerundOfNoun(int t) {
  const int verb = tokens_[t].head;
  const int noun = t + 1;
  const int first = t - 2;
  const bool joined = tokens_[t].deprel == Deprel::kConj && tokens_[t].xpos == "VBG" && verb >= 0 &&
                      verb < first && tokens_[verb].upos == Upos::kVerb &&
                      noun < static_cast<int>(tokens_.size()) &&
                      tokens_[noun].upos == Upos::kNoun && tokens_[noun].head == t &&
                      tokens_[noun].deprel == Deprel::kObj;
  if (!joined || tokens_[verb].xpos == "VBG" || HasRule(t, TriggerKind::kVerb)) return;
  if (tokens_[t - 1].deprel != Deprel::kCc || tokens_[first].head != verb ||
      tokens_[first].deprel != Deprel::kObj) {
    return;
  }
  MoveChildren(t, verb);
  Attach(noun, first, Deprel::kConj);
  Attach(t, noun, Deprel::kCompound);
  Attach(t - 1, noun, Deprel::kCc);
}

// "treated wounded soldiers": a participle right behind the verb says what the object is, and is no
// verb of its own.
void Repairer::RepairParticipleOfObject(int t) {
  const int verb = tokens_[t].head;
  const Deprel deprel = tokens_[t].deprel;
  const bool behind = verb >= 0 && verb == t - 1 && tokens_[verb].upos == Upos::kVerb &&
                      (deprel == Deprel::kXcomp || deprel == Deprel::kCcomp);
  // "had workers fired", "got elected"
  const std::string lemma = verb < 0 ? std::string() : AsciiLower(tokens_[verb].lemma);
  // "promised striking nurses"
  const bool told =
      tokens_[t].xpos == "VBG" && (rules_.Has("telling", lemma) || rules_.Has("contact", lemma));
  const bool participle = told || ((tokens_[t].xpos == "VBN" || tokens_[t].xpos == "VBD") &&
                                   AsciiLower(document_.Text(tokens_[t].span)).ends_with("ed"));
  const int object = Child(t, Deprel::kObj);
  if (!behind || !participle || object <= t || lemma == "get" || lemma == "have") return;
  if (Child(t, Deprel::kMark) >= 0 || Child(t, Deprel::kAux) >= 0 ||
      Child(t, Deprel::kNsubj) >= 0 || Child(verb, Deprel::kObj) >= 0) {
    return;
  }
  MoveChildren(t, verb);
  Attach(object, verb, Deprel::kObj);
  Attach(t, object, Deprel::kAmod);
}

// "accept up to 4,000 refugees": a number of them, and nobody that something goes up to.
void Repairer::RepairUpTo(int up) {
  const int to = up + 1;
  const int number = up + 2;
  const bool words = AsciiLower(document_.Text(tokens_[up].span)) == "up" &&
                     AsciiLower(document_.Text(tokens_[to].span)) == "to" &&
                     tokens_[number].upos == Upos::kNum;
  const int noun = tokens_[to].head;
  if (!words || tokens_[to].deprel != Deprel::kCase || noun <= number) return;
  Attach(up, number, Deprel::kAdvmod);
  Attach(to, up, Deprel::kFixed);
  const int verb = tokens_[noun].head;
  const bool object = verb >= 0 && verb < up && tokens_[verb].upos == Upos::kVerb &&
                      tokens_[noun].deprel == Deprel::kObl && Child(verb, Deprel::kObj) < 0;
  if (object) tokens_[noun].deprel = Deprel::kObj;
}

// "Ghana and Ivory Coast, the top growers, agreed": behind the last of a list stands no further
// one.
void Repairer::RepairAppositionOfPair(int t) {
  const int first = tokens_[t].head;
  const bool phrase = tokens_[t].deprel == Deprel::kConj && tokens_[t].upos == Upos::kNoun &&
                      first >= 0 && first < t && Child(t, Deprel::kCc) < 0 &&
                      (Child(t, Deprel::kDet) >= 0 || Child(t, Deprel::kNmodPoss) >= 0);
  if (!phrase) return;
  for (int other = first + 1; other < t; ++other) {
    if (tokens_[other].head != first || tokens_[other].deprel != Deprel::kConj) continue;
    if (Child(other, Deprel::kCc) < 0) continue;
    tokens_[t].deprel = Deprel::kAppos;
    return;
  }
}

// "let the convoys pass": the convoys are the object, and what they do is its complement.
void Repairer::RepairBareInfinitive(int verb) {
  const std::string lemma = AsciiLower(tokens_[verb].lemma);
  if (lemma != "let" && lemma != "make" && lemma != "help") return;
  const int object = Child(verb, Deprel::kObj);
  for (int t = verb + 2; t < static_cast<int>(tokens_.size()); ++t) {
    const bool bare = tokens_[t].upos == Upos::kVerb && Child(t, Deprel::kMark) < 0 &&
                      Child(t, Deprel::kAux) < 0 &&
                      (tokens_[t].xpos == "VB" || tokens_[t].xpos == "VBP");
    if (!bare) continue;
    const Deprel deprel = tokens_[t].deprel;
    if (tokens_[t].head == verb && (deprel == Deprel::kXcomp || deprel == Deprel::kCcomp)) {
      const int subject = Child(t, Deprel::kNsubj);
      if (subject < verb || subject > t) continue;
      Attach(subject, verb, Deprel::kObj);
      tokens_[t].deprel = Deprel::kXcomp;
      return;
    }
    if (object >= 0 && tokens_[t].head == object && deprel == Deprel::kAcl) {
      Attach(t, verb, Deprel::kXcomp);
      return;
    }
  }
}

// "Abe calls for talks": a person's name and a plural that is a verb's form as well.
void Repairer::RepairHeadlineVerb() {
  for (const nlp::Name& name : sentence_.names) {
    const int t = name.last + 1;
    if (name.kind != nlp::NameKind::kPerson || t >= static_cast<int>(tokens_.size())) continue;
    if (tokens_[t].head >= 0 || tokens_[t].xpos != "NNS") continue;
    const bool verb = HasRule(t, TriggerKind::kVerb);
    const int subject = Child(t, Deprel::kCompound);
    if (!verb || subject < name.first || subject > name.last) continue;
    tokens_[t].upos = Upos::kVerb;
    tokens_[t].xpos = "VBZ";
    tokens_[subject].deprel = Deprel::kNsubj;
    Relabel(t, Deprel::kNmod, Deprel::kObl);
    return;
  }
}

}  // namespace

void RepairTrees(const RuleSet& rules, nlp::Document* document) {
  for (nlp::Sentence& sentence : document->sentences) Repairer(rules, *document, &sentence).Run();
}

}  // namespace entente::coder
