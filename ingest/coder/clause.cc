#include "ingest/coder/clause.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

constexpr int kClimbMax = 4;
constexpr size_t kOpenMax = 256;        // tokens that a search below a predicate looks at
constexpr double kNearCost = 0.05;      // one sure step: conjunct, relative clause
constexpr double kInferredCost = 0.15;  // an attachment that may be the parser's error
constexpr double kFarCost = 0.3;

bool IsOblique(Deprel deprel) {
  return deprel == Deprel::kObl || deprel == Deprel::kNmod || deprel == Deprel::kOblTmod;
}

bool IsNominal(Upos upos) {
  return upos == Upos::kNoun || upos == Upos::kPropn || upos == Upos::kPron;
}

// Collects the arguments of one predicate.
class Collector {
 public:
  Collector(const SentenceTree& tree, const RuleSet& rules) : tree_(tree), rules_(rules) {}

  std::vector<Argument> Collect(int t, TriggerKind kind) {
    if (kind == TriggerKind::kModal) t = tree_.head(t) < 0 ? t : tree_.head(t);
    if (kind == TriggerKind::kNoun) {
      AddNoun(t);
    } else {
      AddVerb(t);
    }
    return std::move(arguments_);
  }

  // Subjects of the verb or adjective `v`, found in its clause or handed down from governors.
  std::vector<Argument> Subjects(int v, int depth);
  // Objects of `v` in its own clause, relative clauses undone.
  std::vector<Argument> Objects(int v);

 private:
  void AddShiftedObjects(int v, std::vector<Argument>* objects) const;
  void AddDeepAgent(int v, std::vector<Argument>* subjects) const;
  static void PreferNearest(int v, std::vector<Argument>* subjects);
  int NotADay(int v, int subject) const;
  int MainOfReport(int v) const;
  int VerbOfReceiver(int v, int noun) const;
  void AddVerb(int v);
  void AddNoun(int n);
  bool AddUndergone(int n);
  void AddLightVerb(int n, int verb, double cost);
  void AddObliques(int t, std::string_view path, double cost, int depth);
  bool IsPartyOfNoun(int phrase, std::string_view preposition, int t) const;
  void AddDistantObliques(int t);
  void AddSharedObjects(int v);
  void AddFusedRecipient(int v, int object);
  std::vector<Argument> InheritedSubjects(int v, int depth);
  std::vector<Argument> OwnersOf(int noun, int depth);
  std::vector<Argument> ObliqueController(int v) const;
  void Add(SlotRelation relation, int head, std::string_view preposition, std::string_view path,
           double cost) {
    arguments_.push_back({relation, head, preposition, std::string(path), cost});
  }
  void AddAll(const std::vector<Argument>& arguments, double cost) {
    for (Argument argument : arguments) {
      argument.cost += cost;
      arguments_.push_back(std::move(argument));
    }
  }

  const SentenceTree& tree_;
  const RuleSet& rules_;
  std::vector<Argument> arguments_;
};

// Puts `step` before each path, and `cost` on top.
std::vector<Argument> Through(std::vector<Argument> arguments, std::string_view step, double cost) {
  for (Argument& argument : arguments) {
    argument.path = Cat(step, ">", argument.path);
    argument.cost += cost;
  }
  return arguments;
}

// "condemned as a violation of sovereignty the shelling of a resort", "deplored in a letter the
// silence of the government": the object behind another phrase.
void Collector::AddShiftedObjects(int v, std::vector<Argument>* objects) const {
  for (const int child : tree_.children(v)) {
    const int mark = std::max(tree_.Child(child, Deprel::kMark), tree_.Child(child, Deprel::kCase));
    if (child < v || mark < 0) continue;
    const bool as = tree_.form(mark) == "as";
    if (!as && tree_.deprel(child) != Deprel::kObl) continue;
    const int object = tree_.Child(child, Deprel::kObj);
    if (as && object > child && !tree_.IsVerb(child)) {
      objects->push_back({SlotRelation::kObject, object, {}, "as>obj", kNearCost});
    }
    // The parser takes it for an apposition, which would stand behind a comma.
    const int same = tree_.Child(child, Deprel::kAppos);
    int first = same;
    int last = same;
    if (same > child) tree_.Subtree(same, &first, &last);
    // "with his counterpart Wang" has no comma either.
    const bool phrase =
        as || (same >= 0 && tree_.token(same).upos == Upos::kNoun &&
               (tree_.HasChild(same, Deprel::kDet) || tree_.HasChild(same, Deprel::kNmodPoss) ||
                tree_.HasChild(same, Deprel::kNummod)));
    if (phrase && same > child && tree_.token(first - 1).upos != Upos::kPunct) {
      objects->push_back({SlotRelation::kObject, same, {}, "shifted", kInferredCost});
    }
  }
}

std::vector<Argument> Collector::Objects(int v) {
  std::vector<Argument> objects;
  const bool passive = tree_.IsPassive(v);
  for (const int child : tree_.children(v)) {
    const Deprel deprel = tree_.deprel(child);
    const bool subject_of_passive =
        deprel == Deprel::kNsubjPass || (passive && deprel == Deprel::kNsubj);
    if (deprel != Deprel::kObj && deprel != Deprel::kIobj && !subject_of_passive) continue;
    if (tree_.IsRelativePronoun(child) && tree_.deprel(v) == Deprel::kAclRelcl) continue;
    objects.push_back({SlotRelation::kObject, child, {}, std::string(nlp::DeprelName(deprel)), 0});
  }
  if (objects.empty()) AddShiftedObjects(v, &objects);
  const int governor = tree_.head(v);
  // "was taken from his home and arrested"
  if (objects.empty() && passive && governor >= 0 && tree_.deprel(v) == Deprel::kConj &&
      tree_.IsVerb(governor) && tree_.IsPassive(governor)) {
    return Through(Objects(governor), "conj", kNearCost);
  }
  if (governor < 0 || !IsNominal(tree_.token(governor).upos)) return objects;
  if (tree_.deprel(v) == Deprel::kAcl && passive) {
    objects.push_back({SlotRelation::kObject, governor, {}, "acl", kNearCost});
  }
  if (tree_.deprel(v) == Deprel::kAclRelcl && objects.empty()) {
    const int subject =
        std::max(tree_.Child(v, Deprel::kNsubj), tree_.Child(v, Deprel::kNsubjPass));
    const bool gap = subject < 0 ? passive : (passive || !tree_.IsRelativePronoun(subject));
    if (gap) objects.push_back({SlotRelation::kObject, governor, {}, "acl:relcl", kNearCost});
  }
  return objects;
}

std::vector<Argument> Collector::Subjects(int v, int depth) {
  std::vector<Argument> subjects;
  const bool passive = tree_.IsPassive(v);
  for (const int child : tree_.children(v)) {
    const Deprel deprel = tree_.deprel(child);
    if (!passive && deprel == Deprel::kNsubj) {
      if (tree_.IsRelativePronoun(child) && tree_.deprel(v) == Deprel::kAclRelcl) {
        subjects.push_back({SlotRelation::kSubject, tree_.head(v), {}, "acl:relcl", kNearCost});
        // "carried out a strike that hit", "passed a law that strips": what a thing does, whoever
        // it comes from does.
        if (tree_.deprel(tree_.head(v)) == Deprel::kObj) {
          for (Argument& owner : OwnersOf(tree_.head(v), depth)) {
            owner.cost += kInferredCost;
            subjects.push_back(std::move(owner));
          }
        }
      } else {
        subjects.push_back({SlotRelation::kSubject, NotADay(v, child), {}, "nsubj", 0});
      }
    }
    if (passive && IsOblique(deprel) && tree_.Preposition(child) == "by") {
      subjects.push_back({SlotRelation::kSubject, child, {}, "obl(by)", 0});
    }
    // "was set free by the court": the agent hangs on what the passive says of its subject.
    if (passive && deprel == Deprel::kXcomp && !tree_.IsVerb(child)) {
      for (const int phrase : tree_.children(child)) {
        if (!IsOblique(tree_.deprel(phrase)) || tree_.Preposition(phrase) != "by") continue;
        subjects.push_back({SlotRelation::kSubject, phrase, {}, "xcomp>obl(by)", kNearCost});
      }
    }
  }
  if (passive && subjects.empty()) AddDeepAgent(v, &subjects);
  PreferNearest(v, &subjects);
  if (!subjects.empty() || passive || depth >= kClimbMax) return subjects;
  return InheritedSubjects(v, depth);
}

// "was prevented from leaving the country by the police": the agent hangs on the last phrase or
// clause before it.
void Collector::AddDeepAgent(int v, std::vector<Argument>* subjects) const {
  for (int t = v + 1; t < tree_.size(); ++t) {
    if (tree_.Preposition(t) != "by" || !IsOblique(tree_.deprel(t))) continue;
    if (rules_.Has("calendar", tree_.lemma(t)) || tree_.token(t).upos == Upos::kNum) continue;
    int above = tree_.head(t);
    bool own = true;
    for (int step = 0; step < kClimbMax && above >= 0 && above != v; ++step) {
      const Deprel deprel = tree_.deprel(above);
      own = own && !tree_.HasChild(above, Deprel::kNsubj) && !tree_.IsPassive(above) &&
            (deprel == Deprel::kXcomp || deprel == Deprel::kAdvcl || deprel == Deprel::kObj ||
             deprel == Deprel::kObl);
      above = tree_.head(above);
    }
    const bool noun = rules_.HasRule(tree_.lemma(tree_.head(t)), TriggerKind::kNoun);
    if (above != v || !own || noun) continue;
    subjects->push_back({SlotRelation::kSubject, t, {}, "…>obl(by)", kInferredCost});
    return;
  }
}

// "On the eve of a visit by the president, Hassan Rouhani, the authorities freed": of two subjects
// before the verb, the nearer one.
void Collector::PreferNearest(int v, std::vector<Argument>* subjects) {
  int nearest = -1;
  for (const Argument& subject : *subjects) {
    if (subject.head < v) nearest = std::max(nearest, subject.head);
  }
  for (Argument& subject : *subjects) {
    if (subject.head < nearest) subject.cost += kInferredCost;
  }
}

// "Indonesia's donors Friday said": where the parser takes the day for the subject, it is the
// phrase before it.
int Collector::NotADay(int v, int subject) const {
  if (!rules_.Has("calendar", tree_.lemma(subject))) return subject;
  for (const int child : tree_.children(v)) {
    if (child >= subject) break;
    if (IsNominal(tree_.token(child).upos) && tree_.Preposition(child).empty()) return child;
  }
  return subject;
}

// The owner of a noun that an infinitive depends on: "Russia's decision to", "made a decision to".
std::vector<Argument> Collector::OwnersOf(int noun, int depth) {
  std::vector<Argument> owners;
  for (const int child : tree_.children(noun)) {
    if (tree_.deprel(child) == Deprel::kNmodPoss ||
        (IsOblique(tree_.deprel(child)) && tree_.Preposition(child) == "by")) {
      owners.push_back({SlotRelation::kSubject, child, {}, "nmod:poss", kNearCost});
    }
  }
  const int governor = tree_.head(noun);
  if (owners.empty() && governor >= 0 && tree_.deprel(noun) == Deprel::kObj) {
    owners = Through(Subjects(governor, depth + 1), "obj", kNearCost);
  }
  return owners;
}

// "called on Iran to leave": whoever is called on is to do it.
std::vector<Argument> Collector::ObliqueController(int v) const {
  const int mark = tree_.Child(v, Deprel::kMark);
  if (mark < 0 || tree_.lemma(mark) != "to") return {};
  // The parser may hang the clause on the phrase itself.
  int verb = tree_.head(v);
  if (!tree_.IsVerb(verb) && IsOblique(tree_.deprel(verb))) verb = tree_.head(verb);
  if (verb < 0) return {};
  for (const int child : tree_.children(verb)) {
    if (child > v || child < verb || !IsOblique(tree_.deprel(child))) continue;
    const std::string link = Cat(tree_.lemma(verb), "_", tree_.Preposition(child));
    // "called Macron on Monday to thank him"
    const bool day = rules_.Has("calendar", tree_.lemma(child));
    if (day || !rules_.Has("oblique_control", link)) continue;
    return {{SlotRelation::kSubject, child, {}, "control", kNearCost}};
  }
  return {};
}

// "Fighters overran a base, officials said Tuesday, killing 17": the verb that a participle behind
// a report set in between belongs to; -1 if there is none.
int Collector::MainOfReport(int v) const {
  const int report = tree_.head(v);
  if (tree_.token(v).xpos != "VBG" || tree_.HasChild(v, Deprel::kMark) ||
      !rules_.IsReport(tree_.lemma(report))) {
    return -1;
  }
  if (tree_.deprel(report) == Deprel::kParataxis) return tree_.head(report);
  for (const int child : tree_.children(report)) {
    const bool said =
        tree_.deprel(child) == Deprel::kCcomp || tree_.deprel(child) == Deprel::kParataxis;
    if (said && child < report && tree_.IsVerb(child)) return child;
  }
  return -1;
}

// The verb that `noun`, on which a participle of saying hangs, is told something by: "wrote to the
// government asking for". -1 if it is no receiver of words.
int Collector::VerbOfReceiver(int v, int noun) const {
  if (tree_.token(v).xpos != "VBG" || !IsOblique(tree_.deprel(noun)) ||
      tree_.Preposition(noun) != "to" || !rules_.Has("telling", tree_.lemma(v))) {
    return -1;
  }
  int verb = tree_.head(noun);
  if (verb >= 0 && tree_.deprel(verb) == Deprel::kObj) verb = tree_.head(verb);
  return verb >= 0 && tree_.IsVerb(verb) ? verb : -1;
}

std::vector<Argument> Collector::InheritedSubjects(int v, int depth) {
  const int governor = tree_.head(v);
  if (governor < 0) return {};
  if (std::vector<Argument> controller = ObliqueController(v); !controller.empty()) {
    return controller;
  }
  const bool has_marker_to = tree_.HasChild(v, Deprel::kMark);
  // "called Putin to congratulate him": whoever calls does so, and not whoever is called.
  const bool told = rules_.Has("contact", tree_.lemma(governor)) &&
                    rules_.Has("telling", tree_.lemma(v)) && tree_.HasChild(v, Deprel::kMark);
  switch (tree_.deprel(v)) {
    case Deprel::kConj:
      if (IsNominal(tree_.token(governor).upos)) return {};
      return Through(Subjects(governor, depth + 1), "conj", kNearCost);
    case Deprel::kXcomp: {
      std::vector<Argument> objects = Objects(governor);
      const bool subject_control = told || rules_.Has("subject_control", tree_.lemma(governor));
      if (!objects.empty() && !subject_control && objects.back().head < v) {
        objects.back().relation = SlotRelation::kSubject;
        return Through({objects.back()}, "xcomp", kNearCost);
      }
      return Through(Subjects(governor, depth + 1), "xcomp", kNearCost);
    }
    case Deprel::kAdvcl:
    case Deprel::kCcomp:
    case Deprel::kParataxis: {
      if (tree_.deprel(v) == Deprel::kParataxis && tree_.token(v).xpos != "VBG") return {};
      std::vector<Argument> objects = Objects(governor);
      // "After meeting the king, Macron urged Iran": what stands before the verb is its subject's.
      const bool before = v < governor;
      if (!objects.empty() && !told && !before &&
          rules_.Has("object_control", tree_.lemma(governor))) {
        objects.front().relation = SlotRelation::kSubject;
        return Through({objects.front()}, "advcl", kNearCost);
      }
      if (const int main = MainOfReport(v); main >= 0) {
        return Through(Subjects(main, depth + 1), "advcl>report", kInferredCost);
      }
      return Through(Subjects(governor, depth + 1), "advcl", kInferredCost);
    }
    case Deprel::kAcl:
      // "Norway was the first country to recognise Lithuania"
      if (tree_.HasChild(governor, Deprel::kCop) && tree_.HasChild(governor, Deprel::kNsubj)) {
        return {{SlotRelation::kSubject,
                 tree_.Child(governor, Deprel::kNsubj),
                 {},
                 "cop>nsubj",
                 kNearCost}};
      }
      // "sent a letter to the chairman threatening to": whoever wrote it, not whoever got it.
      if (const int verb = VerbOfReceiver(v, governor); verb >= 0) {
        return Through(Subjects(verb, depth + 1), "acl>obl", kInferredCost);
      }
      if (tree_.token(v).xpos == "VBG" || tree_.IsStrandedVerb(v)) {
        // "passed a resolution criticizing the president": what is written says what its author
        // does.
        std::vector<Argument> subjects = OwnersOf(governor, depth);
        subjects.insert(subjects.begin(), {SlotRelation::kSubject, governor, {}, "acl", kNearCost});
        return subjects;
      }
      return has_marker_to ? OwnersOf(governor, depth) : std::vector<Argument>{};
    default:
      return {};
  }
}

// Prepositional phrases of `t`, and those of its phrases in turn, at a cost: the parser attaches
// "talks in Geneva with Iran" either way.
void Collector::AddObliques(int t, std::string_view path, double cost, int depth) {
  for (const int child : tree_.children(t)) {
    if (!IsOblique(tree_.deprel(child))) continue;
    const std::string_view preposition = tree_.Preposition(child);
    const std::string here = Cat(path, nlp::DeprelName(tree_.deprel(child)), "(", preposition, ")");
    if (!preposition.empty()) Add(SlotRelation::kOblique, child, preposition, here, cost);
    // Not into what stands before a verb: "Despite warnings from Washington, Turkey bought".
    const bool before = child < t && tree_.IsVerb(t);
    if (depth > 0 && !before) AddObliques(child, here + ">", cost + kInferredCost, depth - 1);
  }
}

// "took place amid concerns about cooperation between North Korea and Russia": the two cooperate,
// and need not have met.
bool Collector::IsPartyOfNoun(int phrase, std::string_view preposition, int t) const {
  if (preposition != "between" && preposition != "with") return false;
  const int noun = tree_.head(phrase);
  if (noun == t || tree_.IsVerb(noun)) return false;
  return rules_.HasRule(tree_.lemma(noun), TriggerKind::kNoun);
}

// The phrases further down, at a higher cost: "returned a pendant engraved with a portrait of the
// tsar to Russia". Clauses with a verb of their own are not entered, participles are.
void Collector::AddDistantObliques(int t) {
  std::vector<int> open = {t};
  std::vector<int> found;
  for (size_t i = 0; i < open.size() && open.size() < kOpenMax; ++i) {
    for (const int child : tree_.children(open[i])) {
      const Deprel deprel = tree_.deprel(child);
      const bool clause = deprel == Deprel::kAclRelcl || deprel == Deprel::kCcomp ||
                          deprel == Deprel::kAdvcl || deprel == Deprel::kParataxis ||
                          deprel == Deprel::kNsubj || deprel == Deprel::kNsubjPass ||
                          deprel == Deprel::kXcomp ||
                          (deprel == Deprel::kConj && tree_.IsVerb(child));
      if (clause) continue;
      open.push_back(child);
      if (IsOblique(deprel) && child > t && !tree_.Preposition(child).empty()) {
        found.push_back(child);
      }
    }
  }
  for (const int head : found) {
    const bool known = std::any_of(arguments_.begin(), arguments_.end(), [&](const Argument& a) {
      return a.relation == SlotRelation::kOblique && a.head == head;
    });
    const std::string_view preposition = tree_.Preposition(head);
    if (known || preposition == "by" || preposition == "of") continue;
    if (IsPartyOfNoun(head, preposition, t)) continue;
    Add(SlotRelation::kOblique, head, preposition, Cat("…nmod(", preposition, ")"), kFarCost);
  }
}

void Collector::AddSharedObjects(int v) {
  // "condemned and rejected the plan": the object hangs on one of the verbs.
  for (const int child : tree_.children(v)) {
    if (tree_.deprel(child) != Deprel::kConj || tree_.HasChild(child, Deprel::kNsubj)) continue;
    if (child - v <= 3) AddAll(Through(Objects(child), "conj", kInferredCost), 0);
  }
  const int governor = tree_.head(v);
  if (tree_.deprel(v) == Deprel::kConj && governor >= 0 && v - governor <= 3) {
    AddAll(Through(Objects(governor), "conj", kInferredCost), 0);
  }
}

// "will send Libya military advisers": a name in front of what is given, which the parser takes for
// part of it.
void Collector::AddFusedRecipient(int v, int object) {
  if (object < v || !rules_.Has("giving", tree_.lemma(v))) return;
  const int name = tree_.Child(object, Deprel::kCompound);
  if (name != v + 1 || tree_.token(name).upos != Upos::kPropn) return;
  for (const std::string_view preposition : {"to", "for"}) {
    Add(SlotRelation::kOblique, name, preposition, "obj>compound", kInferredCost);
  }
}

void Collector::AddVerb(int v) {
  AddAll(Subjects(v, 0), 0);
  const std::vector<Argument> objects = Objects(v);
  AddAll(objects, 0);
  if (objects.empty()) AddSharedObjects(v);
  AddObliques(v, "", 0, 1);
  const std::string_view particle = tree_.Particle(v);
  for (const Argument& object : objects) {
    if (!particle.empty()) {
      Add(SlotRelation::kOblique, object.head, particle, object.path, kNearCost);
    }
    if (object.path == "acl" || object.path == "acl:relcl") continue;
    AddObliques(object.head, object.path + ">", kNearCost, 1);
    AddFusedRecipient(v, object.head);
  }
  for (const int child : tree_.children(v)) {
    const Deprel deprel = tree_.deprel(child);
    const std::string path(nlp::DeprelName(deprel));
    if (deprel == Deprel::kCcomp || deprel == Deprel::kXcomp) {
      const int mark = tree_.Child(child, Deprel::kMark);
      const std::string_view word = mark < 0 ? std::string_view() : tree_.lemma(mark);
      Add(SlotRelation::kComplement, child, word, path, 0);
      // "ended bombing": a gerund is the object that a noun would be.
      const bool gerund = deprel == Deprel::kXcomp && mark < 0 && tree_.token(child).xpos == "VBG";
      if (gerund) Add(SlotRelation::kObject, child, {}, path, kInferredCost);
    }
    if (deprel == Deprel::kAdvcl || deprel == Deprel::kAcl) {
      const int mark = tree_.Child(child, Deprel::kMark);
      const std::string_view word = mark < 0 ? std::string_view() : tree_.lemma(mark);
      constexpr std::array<std::string_view, 10> kMarks = {
          "to", "of", "for", "from", "over", "about", "against", "on", "into", "towards"};
      if (std::find(kMarks.begin(), kMarks.end(), word) != kMarks.end()) {
        Add(SlotRelation::kComplement, child, word, path, kNearCost);
      }
    }
  }
  AddDistantObliques(v);
  if (tree_.deprel(v) == Deprel::kAclRelcl && tree_.head(v) >= 0) {
    for (const int child : tree_.children(v)) {
      if (!IsOblique(tree_.deprel(child)) || !tree_.IsRelativePronoun(child)) continue;
      Add(SlotRelation::kOblique, tree_.head(v), tree_.Preposition(child), "acl:relcl", kNearCost);
    }
  }
}

void Collector::AddLightVerb(int n, int verb, double cost) {
  for (Argument& subject : Subjects(verb, 0)) {
    if (subject.head == n) continue;
    subject.path = Cat(nlp::DeprelName(tree_.deprel(n)), ">", subject.path);
    subject.cost += cost;
    arguments_.push_back(std::move(subject));
  }
  for (const Argument& object : Objects(verb)) {
    if (object.head == n) continue;
    Add(SlotRelation::kObject, object.head, {}, Cat("light>", object.path), cost);
  }
  for (const int child : tree_.children(verb)) {
    if (child == n || !IsOblique(tree_.deprel(child))) continue;
    const std::string_view preposition = tree_.Preposition(child);
    if (!preposition.empty()) {
      Add(SlotRelation::kOblique, child, preposition, Cat("light>obl(", preposition, ")"), cost);
    }
    AddObliques(child, Cat("light>obl(", preposition, ")>"), cost + kInferredCost, 0);
  }
}

// "is under investigation by the court", "came under fire from gunmen": the subject is whom it is
// done to, for any preposition that brings him in behind the noun. Returns whether it is so.
bool Collector::AddUndergone(int n) {
  if (tree_.Preposition(n) != "under") return false;
  std::vector<Argument> patients;
  std::vector<int> holders = {n};
  if (tree_.HasChild(n, Deprel::kCop)) {
    const int subject = tree_.Child(n, Deprel::kNsubj);
    if (subject >= 0) patients.push_back({SlotRelation::kSubject, subject, {}, "nsubj", 0});
  } else if (tree_.head(n) >= 0 && tree_.IsVerb(tree_.head(n))) {
    const int verb = tree_.head(n);
    holders.push_back(verb);
    patients = Objects(verb);
    if (patients.empty()) patients = Subjects(verb, 0);
  }
  if (patients.empty()) return false;
  for (const Argument& patient : patients) {
    for (const std::string_view preposition : {"of", "on", "against", "into"}) {
      Add(SlotRelation::kOblique, patient.head, preposition, Cat("under>", patient.path),
          kNearCost);
    }
  }
  for (const int holder : holders) {
    for (const int child : tree_.children(holder)) {
      const std::string_view preposition = tree_.Preposition(child);
      if (!IsOblique(tree_.deprel(child)) || (preposition != "by" && preposition != "from"))
        continue;
      Add(SlotRelation::kSubject, child, {}, Cat("obl(", preposition, ")"), kNearCost);
    }
  }
  return true;
}

void Collector::AddNoun(int n) {
  if (AddUndergone(n)) return;
  // "Albania is a supporter of Kosovo"
  const int subject = tree_.HasChild(n, Deprel::kCop) ? tree_.Child(n, Deprel::kNsubj) : -1;
  if (subject >= 0) Add(SlotRelation::kSubject, subject, {}, "cop>nsubj", kNearCost);
  const int light = LightVerbOf(tree_, n, rules_);
  for (const int child : tree_.children(n)) {
    switch (tree_.deprel(child)) {
      case Deprel::kNmodPoss:
        Add(SlotRelation::kSubject, child, {}, "nmod:poss", 0);
        break;
      case Deprel::kAmod:
        Add(SlotRelation::kSubject, child, {}, "amod", kNearCost);
        break;
      case Deprel::kCompound:
        Add(SlotRelation::kSubject, child, {}, "compound", kNearCost);
        break;
      case Deprel::kAcl:
      case Deprel::kAclRelcl:
        // "an attack carried out by", "the sanctions imposed on"
        // Not so "carry out attacks on schools run by the military".
        if (tree_.IsVerb(child) && tree_.IsPassive(child) &&
            (light < 0 || light == child || rules_.IsLight(tree_.lemma(child)))) {
          AddLightVerb(n, child, kNearCost);
        }
        break;
      default:
        break;
    }
  }
  AddObliques(n, "", 0, 1);
  for (size_t i = 0, count = arguments_.size(); i < count; ++i) {
    const std::string_view preposition = arguments_[i].preposition;
    if (arguments_[i].relation != SlotRelation::kOblique) continue;
    if (preposition != "by" && preposition != "of" && preposition != "from") continue;
    Argument agent = arguments_[i];
    agent.relation = SlotRelation::kSubject;
    agent.cost += preposition == "by" ? 0 : kInferredCost;
    arguments_.push_back(std::move(agent));
  }
  if (light >= 0) {
    AddLightVerb(n, light, kNearCost);
    AddDistantObliques(light);
    return;
  }
  AddDistantObliques(n);
  // "called for joint efforts during a meeting with the ambassador": the one who called took part.
  const int governor = tree_.head(n);
  const bool oblique = governor >= 0 && IsOblique(tree_.deprel(n));
  // "is in Algiers for consultations with officials"
  const int visitor = oblique && tree_.HasChild(governor, Deprel::kCop)
                          ? tree_.Child(governor, Deprel::kNsubj)
                          : -1;
  if (visitor >= 0 && tree_.Preposition(n) == "for") {
    Add(SlotRelation::kSubject, visitor, {}, "obl>nsubj", kInferredCost);
  }
  if (oblique && !IsNominal(tree_.token(governor).upos)) {
    // Not so "condemned Iraq after the invasion".
    constexpr std::array<std::string_view, 4> kDuring = {"during", "at", "in", "for"};
    const std::string_view preposition = tree_.Preposition(n);
    const bool talks = rules_.Has("talks", tree_.lemma(n)) &&
                       (preposition == "after" || preposition == "following");
    // "voiced outrage at the bombing": who says so did not bomb.
    if (preposition == "at" && n > governor && tree_.HasChild(governor, Deprel::kObj)) return;
    if (talks || std::find(kDuring.begin(), kDuring.end(), preposition) != kDuring.end()) {
      AddAll(Through(Subjects(governor, 0), "obl", kFarCost), 0);
    }
  }
}

}  // namespace

SentenceTree::SentenceTree(const nlp::Document& document, const nlp::Sentence& sentence)
    : document_(&document), sentence_(&sentence), children_(sentence.tokens.size()) {
  const int count = size();
  lemmas_.reserve(count);
  forms_.reserve(count);
  for (int t = 0; t < count; ++t) {
    lemmas_.push_back(AsciiLower(token(t).lemma));
    forms_.push_back(AsciiLower(document.Text(token(t).span)));
    if (head(t) >= 0 && head(t) < count && head(t) != t) children_[head(t)].push_back(t);
  }
}

int SentenceTree::Child(int t, Deprel deprel_wanted) const {
  for (const int child : children_[t]) {
    if (deprel(child) == deprel_wanted) return child;
  }
  return -1;
}

std::string_view SentenceTree::Preposition(int t) const {
  const int preposition = Child(t, Deprel::kCase);
  return preposition < 0 ? std::string_view() : std::string_view(forms_[preposition]);
}

std::string_view SentenceTree::Particle(int t) const {
  for (const int child : children_[t]) {
    const bool particle = deprel(child) == Deprel::kCompoundPrt ||
                          (deprel(child) == Deprel::kAdvmod && token(child).xpos == "RP");
    if (particle) return forms_[child];
  }
  return {};
}

std::vector<std::string_view> SentenceTree::WordsBefore(int t) const {
  constexpr int kWordsMax = 3;
  std::vector<std::string_view> words;
  for (int i = std::max(0, t - kWordsMax); i <= t; ++i) {
    if (token(i).upos == Upos::kPunct && forms_[i] == "-") continue;
    words.push_back(lemmas_[i]);
  }
  return words;
}

bool SentenceTree::Matches(const WordSet& words, int t) const {
  std::vector<std::string_view> before = WordsBefore(t);
  if (words.MatchEnd(before) > 0) return true;
  before.back() = forms_[t];
  return words.MatchEnd(before) > 0;
}

bool SentenceTree::IsPassive(int verb) const {
  if (HasChild(verb, Deprel::kAuxPass) || HasChild(verb, Deprel::kNsubjPass)) return true;
  if (token(verb).xpos != "VBN") return false;
  // "was taken away and arrested": one auxiliary for both.
  if (deprel(verb) == Deprel::kConj && head(verb) >= 0 && IsVerb(head(verb)) &&
      !HasChild(verb, Deprel::kAux) && !HasChild(verb, Deprel::kNsubj) &&
      !HasChild(verb, Deprel::kObj)) {
    return IsPassive(head(verb));
  }
  // A bare participle that modifies a noun is a passive without its auxiliary.
  return !HasChild(verb, Deprel::kAux) && deprel(verb) == Deprel::kAcl && !IsStrandedVerb(verb);
}

bool SentenceTree::IsStrandedVerb(int t) const {
  if (deprel(t) != Deprel::kAcl || (token(t).xpos != "VBN" && token(t).xpos != "VBD")) return false;
  const bool after_comma = t > 0 && forms_[t - 1] == ",";
  if (!after_comma && !HasChild(t, Deprel::kObj)) return false;
  int noun = head(t);
  while (noun >= 0 && deprel(noun) == Deprel::kAppos) noun = head(noun);
  return noun >= 0 && head(noun) < 0;
}

bool SentenceTree::IsRelativePronoun(int t) const {
  const std::string& xpos = token(t).xpos;
  if (xpos == "WDT" || xpos == "WP" || xpos == "WP$") return true;
  return token(t).upos == Upos::kPron && lemmas_[t] == "that";
}

std::vector<bool> SentenceTree::ChainBehind(int t) const {
  // What these bring in is spoken of, or stands beside the event.
  constexpr std::array<std::string_view, 18> kAside = {
      "about",     "as",      "by",   "after",   "before",    "during",
      "since",     "like",    "than", "despite", "unlike",    "including",
      "according", "without", "over", "amid",    "following", "because"};
  std::vector<bool> chain(size(), false);
  std::vector<int> open = {t};
  for (size_t i = 0; i < open.size(); ++i) {
    for (const int child : children_[open[i]]) {
      if (child < t) continue;
      bool clause = false;
      switch (deprel(child)) {
        case Deprel::kAcl:
        case Deprel::kAdvcl:
        case Deprel::kXcomp: {
          const int mark = Child(child, Deprel::kMark);
          clause = mark < 0 || lemmas_[mark] != "to";
          break;
        }
        case Deprel::kAclRelcl:
        case Deprel::kCcomp:
        case Deprel::kParataxis:
        case Deprel::kNsubj:
        case Deprel::kNsubjPass:
          clause = true;
          break;
        case Deprel::kConj:
          clause = IsVerb(child) || open[i] == t;
          break;
        default:
          break;
      }
      const std::string_view preposition = Preposition(child);
      if (clause || std::find(kAside.begin(), kAside.end(), preposition) != kAside.end()) continue;
      chain[child] = true;
      open.push_back(child);
    }
  }
  return chain;
}

std::vector<bool> SentenceTree::ClausesBeside(int t) const {
  std::vector<bool> beside(size(), false);
  std::vector<int> open = {t};
  for (size_t i = 0; i < open.size(); ++i) {
    for (const int child : children_[open[i]]) {
      const bool clause = deprel(child) == Deprel::kAdvcl && HasChild(child, Deprel::kMark) &&
                          (HasChild(child, Deprel::kNsubj) || HasChild(child, Deprel::kNsubjPass));
      beside[child] = beside[open[i]] || clause;
      open.push_back(child);
    }
  }
  return beside;
}

void SentenceTree::Subtree(int t, int* first, int* last) const {
  *first = std::min(*first, t);
  *last = std::max(*last, t);
  for (const int child : children_[t]) Subtree(child, first, last);
}

std::vector<int> Coordinated(const SentenceTree& tree, int t) {
  std::vector<int> tokens = {t};
  for (size_t i = 0; i < tokens.size() && tokens.size() < 64; ++i) {
    for (const int child : tree.children(tokens[i])) {
      if (tree.deprel(child) != Deprel::kConj || tree.IsVerb(child)) continue;
      tokens.push_back(child);
    }
  }
  std::sort(tokens.begin() + 1, tokens.end());
  return tokens;
}

// "imposed sanctions over the invasion": what brings in the cause or the time of what is done is
// not done by the verb's subject.
bool IsAside(const SentenceTree& tree, int t) {
  constexpr std::array<std::string_view, 16> kAside = {
      "over",  "after", "following", "amid",   "because",    "due",      "despite", "since",
      "until", "for",   "during",    "before", "concerning", "response", "about",   "against"};
  const std::string_view preposition = tree.Preposition(t);
  return std::find(kAside.begin(), kAside.end(), preposition) != kAside.end();
}

int LightVerbOf(const SentenceTree& tree, int t, const RuleSet& rules) {
  // "talks and a visit" share their verb; "a series of attacks" hands it on.
  for (int step = 0; step < kClimbMax && tree.head(t) >= 0; ++step) {
    const Deprel deprel = tree.deprel(t);
    const int governor = tree.head(t);
    if (deprel == Deprel::kConj || (deprel == Deprel::kNmod && tree.Preposition(t) == "of" &&
                                    rules.Has("quantity", tree.lemma(governor)))) {
      t = governor;
      continue;
    }
    const bool carried = deprel == Deprel::kObj || deprel == Deprel::kNsubjPass ||
                         (deprel == Deprel::kObl && !IsAside(tree, t)) || deprel == Deprel::kNsubj;
    return carried && rules.IsLight(tree.lemma(governor)) ? governor : -1;
  }
  return -1;
}

std::vector<Argument> ArgumentsOf(const SentenceTree& tree, int t, TriggerKind kind,
                                  const RuleSet& rules) {
  return Collector(tree, rules).Collect(t, kind);
}

}  // namespace entente::coder
