// Events as people and scripts get to see them.
//
//   WhoText(event)      "Kim Jong Un (PRK), Vladimir Putin (RUS)", "United States → North Korea"
//   EventCsvFields(e)   the fields under EventCsvColumns()
//   MarkedSentence(m, color)   the evidence, with the words that count marked
//
// Everything for people is Printable. Thread safety: pure.
#ifndef ENTENTE_CLIENTS_CLI_EVENT_VIEW_H_
#define ENTENTE_CLIENTS_CLI_EVENT_VIEW_H_

#include <string>
#include <utility>
#include <vector>

#include "clients/cli/output.h"
#include "entente/v1/event.pb.h"
#include "google/protobuf/message.h"

namespace entente::cli {

// "Kim Jong Un (person:kim-jong-un)"; the id alone where it is the name.
std::string ActorText(const v1::Actor& actor);

// "Kim Jong Un (PRK)"; a state without brackets: "North Korea".
std::string ParticipantText(const v1::Participant& participant);

// Sources → targets, or equal parties with "–" between them ("A – B – C"), or all with commas if no
// side is known. Roles outside the dyad follow in brackets: "(venue: Geneva)".
std::string WhoText(const v1::Event& event);

// "2023-09-13", "2023-09", "2023", "2023-09-11 to 2023-09-17"; "unknown" without a date.
std::string WhenText(const v1::EventDate& date);

// "Arms deal", "Aid (military)".
std::string TypeText(const v1::Event& event);

// The name without its enum prefix, for people: "called for", "verbal cooperation"; "unknown".
std::string StatusText(v1::EventStatus status);
std::string QuadClassText(v1::QuadClass quad_class);

// The sentence with the trigger and the participants' phrases that lie in it marked: in bold and
// cyan with `color`, else as »trigger« and [phrase].
std::string MarkedSentence(const v1::Mention& mention, bool color);

// What the type's detail says, as label and value, in the order of the fields: {"Materiel",
// "ammunition"}.
std::vector<std::pair<std::string, std::string>> DetailTexts(const v1::Event& event);

// "CAMEO 0332 · PLOVER AID · Goldstein 5.2 · material cooperation".
std::string CodesText(const v1::Event& event);

// "3 mentions · 2 publishers · tone -1.5 · fatalities 4 (2 to 9)"; empty if there is nothing.
std::string ImportedText(const v1::ImportedFacts& facts);

// A table of events: date, event, who, status, id.
Table EventTable();
void AddEventRow(const v1::Event& event, Table* table);

// CSV. Lists within a field are parted by ';'. docs/operations.md describes the columns.
std::vector<std::string> EventCsvColumns();
std::vector<std::string> EventCsvFields(const v1::Event& event);

// One line of JSON, with the field names of the proto files, ended by "\n".
std::string JsonLine(const google::protobuf::Message& message);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_EVENT_VIEW_H_
