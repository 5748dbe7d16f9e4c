#include "clients/cli/coded_record.h"

#include <nlohmann/json.hpp>

#include "ingest/coder/dyads.h"

namespace entente::cli {
namespace {

using Json = nlohmann::ordered_json;

Json SideJson(const coder::DyadSideMention& side) {
  return Json{{"code", side.participant->code()},  {"start", side.mention->span().begin()},
              {"end", side.mention->span().end()}, {"actor", side.participant->actor()},
              {"role", side.participant->role()},  {"text", side.mention->text()}};
}

Json EventJson(const v1::Event& event, bool both_directions) {
  Json dyads = Json::array();
  for (const coder::Dyad& dyad : coder::DyadsOf(event, both_directions)) {
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
