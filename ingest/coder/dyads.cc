#include "ingest/coder/dyads.h"

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace entente::coder {
namespace {

// The event's participant that a mention's phrase stands for; null if there is none.
const v1::Participant* ParticipantOf(const v1::Event& event, const v1::MentionParticipant& named) {
  for (const v1::Participant& participant : event.participants()) {
    if (participant.role() == named.role() && participant.actor() == named.actor()) {
      return &participant;
    }
  }
  return nullptr;
}

bool IsSource(v1::DyadSide side) { return side == v1::SOURCE || side == v1::BOTH; }
bool IsTarget(v1::DyadSide side) { return side == v1::TARGET || side == v1::BOTH; }

// Of two parties of a symmetric role, whether `a` is named first.
bool ComesFirst(const DyadSideMention& a, const DyadSideMention& b) {
  const auto place = [](const DyadSideMention& side) {
    return std::make_pair(side.mention->span().begin(), side.mention->span().end());
  };
  if (place(a) != place(b)) return place(a) < place(b);
  // One phrase for both ("the two leaders"): the order of the mention.
  return a.index < b.index;
}

// What is only called for, supposed or denied was done by nobody to anybody, and so was an act of
// force that is refused. The call or refusal itself is an event of its own.
bool IsMereWords(const v1::Event& event) {
  const v1::EventStatus status = event.status();
  return status == v1::CALLED_FOR || status == v1::HYPOTHETICAL || status == v1::DENIED ||
         (status == v1::REFUSED && event.quad_class() == v1::MATERIAL_CONFLICT);
}

// "The president held talks with Jin and Modi" says nothing of talks between Jin and Modi: where
// parties of a symmetric role stand on both sides of the trigger, those on one side are partners of
// the others only.
class Sides {
 public:
  Sides(const v1::Mention& mention, const std::vector<DyadSideMention>& sides)
      : trigger_(mention.trigger().begin()) {
    for (const DyadSideMention& side : sides) {
      if (side.participant->side() == v1::BOTH) (IsBefore(side) ? before_ : after_) = true;
    }
  }
  bool AreApart(const DyadSideMention& a, const DyadSideMention& b) const {
    return !before_ || !after_ || IsBefore(a) != IsBefore(b);
  }

 private:
  bool IsBefore(const DyadSideMention& side) const {
    return side.mention->span().begin() < trigger_;
  }

  uint32_t trigger_;
  bool before_ = false;
  bool after_ = false;
};

// Two phrases for the unnamed role of a state, such as a court and a lawyer.
bool AreTwoOfOneRole(const DyadSideMention& a, const DyadSideMention& b) {
  return a.participant->kind() == v1::UNNAMED_ROLE &&
         a.participant->role() != b.participant->role() &&
         a.mention->span().begin() != b.mention->span().begin();
}

bool MakeDyad(const DyadSideMention& source, const DyadSideMention& target, const Sides& sides,
              bool both_directions) {
  if (source.participant->actor() == target.participant->actor() &&
      !AreTwoOfOneRole(source, target)) {
    return false;
  }
  const v1::DyadSide source_side = source.participant->side();
  const v1::DyadSide target_side = target.participant->side();
  if (!IsSource(source_side) || !IsTarget(target_side)) return false;
  if (source_side == v1::BOTH && target_side == v1::BOTH && !sides.AreApart(source, target)) {
    return false;
  }
  if (source_side == v1::BOTH && target_side == v1::BOTH && !both_directions) {
    return ComesFirst(source, target);
  }
  return true;
}

}  // namespace

std::vector<Dyad> DyadsOf(const v1::Event& event, bool both_directions) {
  std::vector<Dyad> dyads;
  if (IsMereWords(event)) return dyads;
  // Section, spans and actors of those that are there already.
  std::set<std::tuple<int, uint32_t, uint32_t, std::string, std::string>> seen;
  for (const v1::Mention& mention : event.mentions()) {
    std::vector<DyadSideMention> sides;
    for (int i = 0; i < mention.participants_size(); ++i) {
      const v1::MentionParticipant& named = mention.participants(i);
      const v1::Participant* participant = ParticipantOf(event, named);
      if (participant != nullptr) sides.push_back({participant, &named, i});
    }
    const Sides on_sides(mention, sides);
    for (const DyadSideMention& source : sides) {
      for (const DyadSideMention& target : sides) {
        if (!MakeDyad(source, target, on_sides, both_directions)) continue;
        const bool is_new = seen.emplace(mention.section(), source.mention->span().begin(),
                                         target.mention->span().begin(),
                                         source.participant->actor(), target.participant->actor())
                                .second;
        if (is_new) dyads.push_back({&mention, source, target});
      }
    }
  }
  return dyads;
}

}  // namespace entente::coder
