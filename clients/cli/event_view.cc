#include "clients/cli/event_view.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out.append(separator);
    out.append(parts[i]);
  }
  return out;
}

std::string EnumText(std::string_view name) {
  return name.empty() || name.ends_with("_UNSPECIFIED") ? "unknown" : Humanize(name);
}

// Participants of the event, by side.
std::map<v1::DyadSide, std::vector<std::string>> BySide(const v1::Event& event) {
  std::map<v1::DyadSide, std::vector<std::string>> sides;
  for (const v1::Participant& participant : event.participants()) {
    sides[participant.side()].push_back(ParticipantText(participant));
  }
  return sides;
}

// What of a mention's sentence is marked, relative to its first byte.
struct Mark {
  size_t begin;
  size_t end;
  bool trigger;
};

std::vector<Mark> MarksOf(const v1::Mention& mention) {
  std::vector<Mark> marks;
  const auto add = [&](const v1::TextSpan& span, bool trigger) {
    const v1::TextSpan& sentence = mention.sentence();
    const bool inside = sentence.begin() <= span.begin() && span.begin() < span.end() &&
                        span.end() - sentence.begin() <= mention.sentence_text().size();
    if (inside) {
      marks.push_back({span.begin() - sentence.begin(), span.end() - sentence.begin(), trigger});
    }
  };
  add(mention.trigger(), true);
  for (const auto& participant : mention.participants()) add(participant.span(), false);
  // Where marks overlap the earlier, then the longer one stands.
  std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  size_t free_from = 0;
  std::erase_if(marks, [&free_from](const Mark& mark) {
    if (mark.begin < free_from) return true;
    free_from = mark.end;
    return false;
  });
  return marks;
}

std::string MarkedWords(std::string_view words, bool trigger, bool color) {
  const std::string text = Printable(words);
  if (color) return Styled(text, trigger ? "1;33" : "36", true);
  return trigger ? Cat("»", text, "«") : Cat('[', text, ']');
}

// Printable, but with the spaces that part the text from its neighbours.
std::string PrintablePart(std::string_view text) {
  std::string out = Printable(text);
  if (!out.empty() && text.back() == ' ') out.push_back(' ');
  if (out.empty() && !text.empty()) return " ";
  if (text.starts_with(' ') && !out.starts_with(' ')) out.insert(out.begin(), ' ');
  return out;
}

std::string ValueText(const Message& message, const FieldDescriptor* field, int index) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection->GetRepeatedString(message, field, index)
                      : reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(repeated ? reflection->GetRepeatedEnum(message, field, index)->name()
                               : reflection->GetEnum(message, field)->name());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Decimal(reflection->GetDouble(message, field), 2);
    default:
      return "";
  }
}

// Money and casualties are messages within a detail; Money's own words say it best.
void AppendDetail(const Message& message, std::vector<std::pair<std::string, std::string>>* out) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string label = Capitalized(Humanize(field->name()));
    if (field->is_map()) {
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        const Message& entry = reflection->GetRepeatedMessage(message, field, i);
        const auto* descriptor = entry.GetDescriptor();
        out->emplace_back(
            Capitalized(Printable(ValueText(entry, descriptor->FindFieldByNumber(1), 0))),
            Printable(ValueText(entry, descriptor->FindFieldByNumber(2), 0)));
      }
    } else if (field->message_type() == v1::Money::descriptor()) {
      const auto& money = static_cast<const v1::Money&>(reflection->GetMessage(message, field));
      out->emplace_back(label, Printable(money.text()));
    } else if (field->message_type() != nullptr) {
      AppendDetail(reflection->GetMessage(message, field), out);
    } else {
      std::vector<std::string> values;
      const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i) values.push_back(Printable(ValueText(message, field, i)));
      out->emplace_back(label, Join(values, ", "));
    }
  }
}

// The participants' codes on one side for CSV; BOTH stands on each.
std::string SideCodes(const v1::Event& event, v1::DyadSide side) {
  std::vector<std::string> codes;
  for (const v1::Participant& participant : event.participants()) {
    if (participant.side() == side || participant.side() == v1::BOTH) {
      codes.push_back(participant.code().empty() ? participant.actor() : participant.code());
    }
  }
  return Join(codes, ";");
}

}  // namespace

std::string ActorText(const v1::Actor& actor) {
  const std::string name =
      Printable(actor.display_name().empty() ? actor.id() : actor.display_name());
  return name == actor.id() ? name : Cat(name, " (", Printable(actor.id()), ')');
}

std::string ParticipantText(const v1::Participant& participant) {
  const std::string name = Printable(
      participant.display_name().empty() ? participant.actor() : participant.display_name());
  const bool says_itself = participant.country().empty() || participant.kind() == v1::STATE ||
                           participant.actor() == participant.country();
  return says_itself ? name : Cat(name, " (", Printable(participant.country()), ')');
}

std::string WhoText(const v1::Event& event) {
  auto sides = BySide(event);
  std::vector<std::string> sources = sides[v1::SOURCE];
  const std::vector<std::string>& both = sides[v1::BOTH];
  const std::vector<std::string>& targets = sides[v1::TARGET];
  if (!both.empty()) sources.push_back(Join(both, " – "));
  const bool has_dyad = !sources.empty() || !targets.empty();
  if (!has_dyad) return Join(sides[v1::DYAD_SIDE_UNSPECIFIED], ", ");
  std::string who = Join(sources, ", ");
  if (!targets.empty()) who += Cat(who.empty() ? "→ " : " → ", Join(targets, ", "));
  for (const v1::Participant& participant : event.participants()) {
    if (participant.side() != v1::DYAD_SIDE_UNSPECIFIED) continue;
    who += Cat(" (", Humanize(participant.role()), ": ", ParticipantText(participant), ')');
  }
  return who;
}

std::string WhenText(const v1::EventDate& date) {
  if (date.start().empty()) return "unknown";
  switch (date.precision()) {
    case v1::MONTH:
      return date.start().substr(0, 7);
    case v1::YEAR:
      return date.start().substr(0, 4);
    default:
      break;
  }
  if (date.end().empty() || date.end() == date.start()) return date.start();
  return Cat(date.start(), " to ", date.end());
}

std::string TypeText(const v1::Event& event) {
  const std::string type = Capitalized(Humanize(event.type()));
  return event.subtype().empty() ? type : Cat(type, " (", Humanize(event.subtype()), ')');
}

std::string StatusText(v1::EventStatus status) { return EnumText(v1::EventStatus_Name(status)); }

std::string QuadClassText(v1::QuadClass quad_class) {
  return EnumText(v1::QuadClass_Name(quad_class));
}

std::string MarkedSentence(const v1::Mention& mention, bool color) {
  const std::string_view sentence = mention.sentence_text();
  std::string out;
  size_t at = 0;
  for (const Mark& mark : MarksOf(mention)) {
    out += PrintablePart(sentence.substr(at, mark.begin - at));
    out += MarkedWords(sentence.substr(mark.begin, mark.end - mark.begin), mark.trigger, color);
    at = mark.end;
  }
  return out + PrintablePart(sentence.substr(at));
}

std::vector<std::pair<std::string, std::string>> DetailTexts(const v1::Event& event) {
  std::vector<std::pair<std::string, std::string>> texts;
  const FieldDescriptor* field = event.GetReflection()->GetOneofFieldDescriptor(
      event, v1::Event::descriptor()->FindOneofByName("detail"));
  if (field != nullptr) AppendDetail(event.GetReflection()->GetMessage(event, field), &texts);
  return texts;
}

std::string CodesText(const v1::Event& event) {
  std::vector<std::string> parts;
  if (!event.cameo().empty()) parts.push_back("CAMEO " + Printable(event.cameo()));
  if (!event.plover().empty()) {
    std::string plover = "PLOVER " + Printable(event.plover());
    if (!event.plover_mode().empty()) plover += " (" + Printable(event.plover_mode()) + ")";
    parts.push_back(plover);
  }
  parts.push_back("Goldstein " + Decimal(event.goldstein(), 1));
  if (event.quad_class() != v1::QUAD_CLASS_UNSPECIFIED) {
    parts.push_back(QuadClassText(event.quad_class()));
  }
  return Join(parts, " · ");
}

std::string ImportedText(const v1::ImportedFacts& facts) {
  std::vector<std::string> parts;
  const auto count = [&parts](int64_t n, const char* one) {
    if (n > 0) parts.push_back(Cat(n, " ", one, n == 1 ? "" : "s"));
  };
  count(facts.mention_count(), "mention");
  count(facts.source_count(), "publisher");
  count(facts.article_count(), "article");
  if (facts.has_tone()) parts.push_back("tone " + Decimal(facts.tone(), 1));
  if (facts.root_event()) parts.push_back("in the lead paragraph");
  if (facts.has_fatalities()) {
    std::string deaths = Cat("fatalities ", facts.fatalities());
    if (facts.has_fatalities_low() && facts.has_fatalities_high()) {
      deaths += Cat(" (", facts.fatalities_low(), " to ", facts.fatalities_high(), ")");
    }
    parts.push_back(deaths);
  }
  return Join(parts, " · ");
}

Table EventTable() {
  return Table({{"DATE", Align::kLeft, Fit::kWrapFirst},
                {"EVENT", Align::kLeft, Fit::kWrap},
                {"WHO", Align::kLeft, Fit::kWrap},
                {"STATUS"},
                {"ID", Align::kRight}});
}

void AddEventRow(const v1::Event& event, Table* table) {
  table->Add({WhenText(event.date()), TypeText(event), WhoText(event), StatusText(event.status()),
              Printable(event.id())});
}

std::vector<std::string> EventCsvColumns() {
  return {"id",     "start_date", "end_date",   "date_precision", "type",  "subtype",
          "status", "source",     "target",     "participants",   "cameo", "plover",
          "mode",   "goldstein",  "quad_class", "confidence",     "place", "country"};
}

std::vector<std::string> EventCsvFields(const v1::Event& event) {
  std::vector<std::string> participants;
  for (const v1::Participant& participant : event.participants()) {
    participants.push_back(Cat(participant.role(), '=', participant.actor()));
  }
  return {event.id(),
          event.date().start(),
          event.date().end(),
          v1::DatePrecision_Name(event.date().precision()),
          event.type(),
          event.subtype(),
          v1::EventStatus_Name(event.status()),
          SideCodes(event, v1::SOURCE),
          SideCodes(event, v1::TARGET),
          Join(participants, ";"),
          event.cameo(),
          event.plover(),
          event.plover_mode(),
          Decimal(event.goldstein(), 1),
          v1::QuadClass_Name(event.quad_class()),
          Decimal(event.confidence(), 3),
          event.place().name(),
          event.place().country()};
}

std::string JsonLine(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  // Printing a message of our own schema to a string has no way to fail.
  static_cast<void>(google::protobuf::util::MessageToJsonString(message, &line, options));
  line.push_back('\n');
  return line;
}

}  // namespace entente::cli
