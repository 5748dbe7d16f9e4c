#include "clients/cli/coded_record.h"

#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace entente::cli {
namespace {

using Json = nlohmann::ordered_json;

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

bool MakeDyad(const DyadSideMention& source, const DyadSideMention& target, bool both_directions) {
  if (source.participant->actor() == target.participant->actor()) return false;
  const v1::DyadSide source_side = source.participant->side();
  const v1::DyadSide target_side = target.participant->side();
  if (!IsSource(source_side) || !IsTarget(target_side)) return false;
  if (source_side == v1::BOTH && target_side == v1::BOTH && !both_directions) {
    return ComesFirst(source, target);
  }
  return true;
}

Json SideJson(const DyadSideMention& side) {
  return Json{{"code", side.participant->code()},  {"start", side.mention->span().begin()},
              {"end", side.mention->span().end()}, {"actor", side.participant->actor()},
              {"role", side.participant->role()},  {"text", side.mention->text()}};
}

Json EventJson(const v1::Event& event, bool both_directions) {
  Json dyads = Json::array();
  for (const Dyad& dyad : DyadsOf(event, both_directions)) {
    dyads.push_back(Json{{"section", v1::TextSection_Name(dyad.mention->section())},
                         {"source", SideJson(dyad.source)},
                         {"target", SideJson(dyad.target)}});
  }
  Json participants = Json::array();
  for (const v1::Participant& participant : event.participants()) {
    participants.push_back(Json{{"role", participant.role()},
                                {"actor", participant.actor()},
                                {"name", participant.display_name()},
                                {"code", participant.code()}});
  }
  Json triggers = Json::array();
  for (const v1::Mention& mention : event.mentions()) {
    triggers.push_back(Json{{"start", mention.trigger().begin()},
                            {"end", mention.trigger().end()},
                            {"rule", mention.rule()}});
  }
  return Json{{"type", event.type()},
              {"subtype", event.subtype()},
              {"status", v1::EventStatus_Name(event.status())},
              {"plover", event.plover()},
              {"mode", event.plover_mode()},
              {"cameo", event.cameo()},
              {"goldstein", event.goldstein()},
              {"confidence", event.confidence()},
              {"start_date", event.date().start()},
              {"end_date", event.date().end()},
              {"participants", std::move(participants)},
              {"dyads", std::move(dyads)},
              {"triggers", std::move(triggers)}};
}

}  // namespace

std::vector<Dyad> DyadsOf(const v1::Event& event, bool both_directions) {
  std::vector<Dyad> dyads;
  // Section, spans and actors of those that are there already.
  std::set<std::tuple<int, uint32_t, uint32_t, std::string, std::string>> seen;
  for (const v1::Mention& mention : event.mentions()) {
    std::vector<DyadSideMention> sides;
    for (int i = 0; i < mention.participants_size(); ++i) {
      const v1::MentionParticipant& named = mention.participants(i);
      const v1::Participant* participant = ParticipantOf(event, named);
      if (participant != nullptr) sides.push_back({participant, &named, i});
    }
    for (const DyadSideMention& source : sides) {
      for (const DyadSideMention& target : sides) {
        if (!MakeDyad(source, target, both_directions)) continue;
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

std::string CodedRecordLine(const v1::CodedArticle& coded, std::string_view id,
                            double min_confidence, bool both_directions) {
  Json events = Json::array();
  for (const v1::Event& event : coded.events()) {
    if (event.confidence() >= min_confidence) events.push_back(EventJson(event, both_directions));
  }
  const Json record{{"id", std::string(id)}, {"coder", coded.coder()}, {"events", events}};
  // Text of an article is UTF-8 by then; what is not is replaced rather than thrown about.
  return record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace entente::cli
