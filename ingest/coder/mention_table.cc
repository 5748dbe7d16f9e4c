#include "ingest/coder/mention_table.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/strings.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

constexpr int kReachDepthMax = 3;
constexpr size_t kFillersMax = 48;

// "Hurricane Irma" and "Covid-19" are names of nobody.
bool IsNoActor(const ActorMention& mention, const SentenceTree& tree, const RuleSet& rules) {
  // "the initial troop withdrawal": an act, by nobody that it names.
  const bool nobodys =
      std::all_of(mention.actors.begin(), mention.actors.end(), [](const ActorRef& a) {
        return a.kind == v1::UNNAMED_ROLE && (a.country.empty() || a.country == "UNK");
      });
  const bool name = tree.token(mention.head).upos == Upos::kPropn;  // "The Movement for Change"
  if (nobodys && !name && mention.head > mention.first &&
      rules.Has("act", tree.lemma(mention.head))) {
    return true;
  }
  if (mention.actors.size() != 1 || !mention.actors[0].discovered) return false;
  const std::string& last = tree.form(mention.last);
  const bool money =
      last.ends_with("illion") && last.find_first_of("0123456789") != std::string::npos;
  return money || rules.Has("no_actor", tree.form(mention.first)) || rules.Has("no_actor", last);
}

}  // namespace

bool SameActor(const ActorMention& a, const ActorMention& b) {
  if (&a == &b) return true;
  for (const ActorRef& one : a.actors) {
    for (const ActorRef& other : b.actors) {
      const bool unknown = one.country.empty() || one.country == "UNK";
      if (one.id == other.id && !(unknown && one.kind == v1::UNNAMED_ROLE)) return true;
    }
  }
  return false;
}

bool IsUnknown(const ActorMention& mention) {
  return std::all_of(mention.actors.begin(), mention.actors.end(), [](const ActorRef& actor) {
    return actor.kind == v1::UNNAMED_ROLE && (actor.country.empty() || actor.country == "UNK");
  });
}

bool IsAnybody(const ActorMention& mention) {
  return std::all_of(mention.actors.begin(), mention.actors.end(), [](const ActorRef& actor) {
    return actor.discovered && actor.country.empty() && actor.sector.empty();
  });
}

bool IsOfKind(const Slot& slot, const ActorMention& mention) {
  if (slot.kinds.empty()) return true;
  const bool any =
      std::any_of(mention.actors.begin(), mention.actors.end(), [&](const ActorRef& actor) {
        return std::any_of(slot.kinds.begin(), slot.kinds.end(), [&](const std::string& kind) {
          const bool state = actor.kind == v1::STATE && kind == "STATE";
          return state || actor.sector == kind || actor.country == kind;
        });
      });
  return any != slot.not_kinds;
}

bool IsVictim(const SentenceTree& tree, const RuleSet& rules, int t) {
  const int preposition = tree.Child(t, Deprel::kCase);
  if (preposition < 1) return false;
  const std::string& word = tree.form(preposition);
  if (word != "on" && word != "against") return false;
  return rules.Has("attack_noun", tree.lemma(preposition - 1));
}

bool MentionTable::IsPartOfName(int t) const {
  const int head = tree_->head(t);
  if (tree_->deprel(t) != Deprel::kCompound || head < 0) return false;
  const char first = tree_->document().Text(tree_->token(head).span).front();
  return first >= 'A' && first <= 'Z' && rules_->Has("named_thing", tree_->lemma(head));
}

MentionTable::MentionTable(const SentenceTree& tree, int32_t sentence, const DocumentActors& actors,
                           const RuleSet& rules)
    : tree_(&tree), actors_(&actors), rules_(&rules), at_head_(tree.size(), -1) {
  const auto by_sentence = [](const ActorMention& m, int32_t s) { return m.sentence < s; };
  auto it = std::lower_bound(actors.mentions.begin(), actors.mentions.end(), sentence, by_sentence);
  for (; it != actors.mentions.end() && it->sentence == sentence; ++it) {
    const int32_t m = static_cast<int32_t>(it - actors.mentions.begin());
    const bool nobody = it->actors.empty() && it->place < 0;
    if (it->head < 0 || it->head >= tree.size() || nobody) continue;
    // "on Friday" looks like a name to the name tagger.
    if (rules.Has("calendar", tree.lemma(it->head)) || IsNoActor(*it, tree, rules)) continue;
    if (IsPartOfName(it->head)) continue;
    if (at_head_[it->head] < 0) at_head_[it->head] = m;
    if (outermost_.empty() || !IsNested(m)) outermost_.push_back(m);
  }
}

void MentionTable::Reach(int t, bool subject, bool place, const std::string& path, int depth,
                         std::vector<Found>* found) const {
  // Possessors and modifiers say best whose the thing is; then its own phrases, nearest first.
  constexpr std::array<std::string_view, 4> kOwners = {"of", "by", "from", "between"};
  constexpr std::array<std::string_view, 12> kAny = {
      "of", "by", "against", "on", "with", "to", "from", "between", "for", "in", "at", "over"};
  for (const bool modifiers : {true, false}) {
    if (!modifiers && !subject && ReachContents(t, path, depth, found)) return;
    for (const int child : tree_->children(t)) {
      const Deprel deprel = tree_->deprel(child);
      const bool is_modifier = deprel == Deprel::kNmodPoss || deprel == Deprel::kAmod ||
                               deprel == Deprel::kCompound || deprel == Deprel::kFlat;
      if (is_modifier != modifiers) continue;
      std::string step(nlp::DeprelName(deprel));
      if (!modifiers) {
        if (deprel != Deprel::kNmod && deprel != Deprel::kObl && deprel != Deprel::kAppos) continue;
        const std::string_view preposition = tree_->Preposition(child);
        const bool allowed =
            deprel == Deprel::kAppos ||
            (subject ? std::find(kOwners.begin(), kOwners.end(), preposition) != kOwners.end()
                     : std::find(kAny.begin(), kAny.end(), preposition) != kAny.end());
        if (!allowed) continue;
        step = Cat(step, "(", preposition, ")");
      }
      for (const int part : Coordinated(*tree_, child)) {
        const int32_t m = AtHead(part);
        const double cost = kReachCost * depth + (Usable(m, false) ? 0 : kPlaceCost);
        if (Usable(m, place)) found->push_back({m, Cat(path, ">", step), cost});
      }
      if (found->empty() && depth < kReachDepthMax) {
        Reach(child, subject, place, Cat(path, ">", step), depth + 1, found);
      }
      if (!found->empty()) {
        // "over North Korea's arms deal with Russia" is about both.
        if (!subject && modifiers) ReachPartner(t, place, path, depth, found);
        return;
      }
    }
  }
  if (subject) {
    ReachAgent(t, path, depth, found);
  } else {
    ReachClause(t, place, path, depth, found);
  }
}

// "a grenade thrown by separatists injured": what a thing does, whoever used it does.
void MentionTable::ReachAgent(int t, const std::string& path, int depth,
                              std::vector<Found>* found) const {
  for (const int clause : tree_->children(t)) {
    if (tree_->deprel(clause) != Deprel::kAcl || !tree_->IsPassive(clause)) continue;
    for (const int child : tree_->children(clause)) {
      const bool agent = tree_->deprel(child) == Deprel::kObl && tree_->Preposition(child) == "by";
      const int32_t m = agent ? AtHead(child) : -1;
      if (!Usable(m, false)) continue;
      found->push_back({m, Cat(path, ">by"), kReachCost * (depth + 1)});
      return;
    }
  }
}

// "a bus carrying pilgrims in Egypt": who is in it, before where it is.
bool MentionTable::ReachContents(int t, const std::string& path, int depth,
                                 std::vector<Found>* found) const {
  for (const int clause : tree_->children(t)) {
    const bool contains =
        tree_->deprel(clause) == Deprel::kAcl && rules_->Has("containing", tree_->lemma(clause));
    const int contents = contains ? tree_->Child(clause, Deprel::kObj) : -1;
    if (contents < 0) continue;
    for (const int part : Coordinated(*tree_, contents)) {
      if (const int32_t m = AtHead(part); Usable(m, false)) {
        found->push_back({m, Cat(path, ">contents"), kReachCost * depth});
      }
    }
    if (!found->empty()) return true;
  }
  return false;
}

void MentionTable::ReachPartner(int t, bool place, const std::string& path, int depth,
                                std::vector<Found>* found) const {
  for (const int child : tree_->children(t)) {
    if (tree_->deprel(child) != Deprel::kNmod || tree_->Preposition(child) != "with") continue;
    for (const int part : Coordinated(*tree_, child)) {
      const int32_t m = AtHead(part);
      if (Usable(m, place)) found->push_back({m, Cat(path, ">nmod(with)"), kReachCost * depth});
    }
  }
}

// "the request filed by the bank", "the announcement that Keita had won".
void MentionTable::ReachClause(int t, bool place, const std::string& path, int depth,
                               std::vector<Found>* found) const {
  for (const int clause : tree_->children(t)) {
    const Deprel deprel = tree_->deprel(clause);
    if (deprel != Deprel::kAcl && deprel != Deprel::kAclRelcl && deprel != Deprel::kCcomp) continue;
    for (const int child : tree_->children(clause)) {
      const Deprel inner = tree_->deprel(child);
      const bool agent = inner == Deprel::kObl && tree_->Preposition(child) == "by";
      if (inner != Deprel::kNsubj && inner != Deprel::kNsubjPass && inner != Deprel::kObj &&
          !agent) {
        continue;
      }
      if (const int32_t m = AtHead(child); Usable(m, place)) {
        found->push_back({m, Cat(path, ">", nlp::DeprelName(deprel)), kReachCost * (depth + 1)});
        return;
      }
    }
  }
}

std::vector<Found> MentionTable::InPhrase(int t, bool subject, bool place, bool direct) const {
  std::vector<Found> all;
  for (const int part : Coordinated(*tree_, t)) {
    const std::string step = part == t ? "" : "conj";
    // "a missile fired by rebels hit": rather than a thing that is a role of nobody's.
    std::vector<Found> agents;
    if (subject && AtHead(part) >= 0 && IsUnknown(mention(AtHead(part)))) {
      ReachAgent(part, step, 1, &agents);
    }
    if (!agents.empty()) {
      all.insert(all.end(), agents.begin(), agents.end());
      continue;
    }
    if (const int32_t m = AtHead(part); Usable(m, false)) {
      all.push_back({m, step, 0});
      // "North Korea's arms deal" may have been resolved to its owner as a whole.
      const bool owned = tree_->HasChild(part, Deprel::kNmodPoss);
      if (!subject && !direct && owned) ReachPartner(part, place, step, 1, &all);
    } else if (Usable(m, place)) {
      all.push_back({m, step, kPlaceCost});
    } else if (!direct) {
      std::vector<Found> inside;
      Reach(part, subject, place, step, 1, &inside);
      all.insert(all.end(), inside.begin(), inside.end());
    }
    if (all.size() > kFillersMax) break;
  }
  return all;
}

}  // namespace entente::coder
