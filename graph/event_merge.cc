#include "graph/event_merge.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <set>

#include "base/utf8.h"

namespace entente::graph {
namespace {

constexpr uint8_t kRealKind = 0x80;  // above every v1::EventStatus

uint8_t StatusKind(const v1::Event& event) {
  switch (event.status()) {
    case v1::OCCURRED:
    case v1::ONGOING:
    case v1::ALLEGED:
    case v1::DENIED:
      return kRealKind;
    case v1::PLANNED:
      return event.date().inferred() ? static_cast<uint8_t>(v1::PLANNED) : kRealKind;
    default:
      return static_cast<uint8_t>(event.status());
  }
}

// The detail alone, the same bytes for the same content (General has a map).
std::string DetailBytes(const v1::Event& event) {
  v1::Event only = event;
  const google::protobuf::Descriptor* type = v1::Event::descriptor();
  const google::protobuf::OneofDescriptor* detail = type->FindOneofByName("detail");
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->containing_oneof() != detail) {
      only.GetReflection()->ClearField(&only, type->field(i));
    }
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    only.SerializeToCodedStream(&out);
  }
  return bytes;
}

bool HasDetail(const v1::Event& event) { return event.detail_case() != v1::Event::DETAIL_NOT_SET; }

// Takes the detail of `report` over, without touching anything else.
void TakeDetail(const v1::Event& report, v1::Event* event) {
  event->MergeFromString(DetailBytes(report));
}

}  // namespace

std::string EventKey(const v1::Event& event, const EventKeyParts& parts) {
  const auto day = [](const std::string& text) { return ParseDate(text).value_or(Date{}); };
  Key key;
  key.U32(parts.type)
      .Day(day(event.date().start()))
      .Day(day(event.date().end()))
      .U8(static_cast<uint8_t>(event.date().precision()))
      .U8(StatusKind(event))
      .U32(parts.subtype);
  auto roles = parts.roles;
  std::sort(roles.begin(), roles.end());
  std::set<ActorNumber> actors;
  for (const auto& [role, actor] : roles) {
    key.U32(role).U64(actor);
    actors.insert(actor);
  }
  if (actors.size() < 2) key.U8(0xFF).Text(DetailBytes(event));
  return key.str();
}

bool PlacesAgree(const v1::Event& a, const v1::Event& b) {
  if (!a.place().country().empty() && !b.place().country().empty() &&
      a.place().country() != b.place().country()) {
    return false;
  }
  return a.place().name().empty() || b.place().name().empty() ||
         FoldName(a.place().name()) == FoldName(b.place().name());
}

void MergeReport(const v1::Event& report, v1::Event* event) {
  for (const v1::StatusReport& status : report.status_history()) {
    *event->add_status_history() = status;
  }
  NormalizeHistory(event);
  if (event->place().name().empty() && report.has_place()) *event->mutable_place() = report.place();
  if (!HasDetail(*event) && HasDetail(report)) TakeDetail(report, event);
  if (event->date().inferred() && !report.date().inferred()) {
    event->mutable_date()->set_inferred(false);
    event->mutable_date()->set_text(report.date().text());
  }
  event->set_report_time_micros(std::min(event->report_time_micros(), report.report_time_micros()));
  event->set_confidence(std::max(event->confidence(), report.confidence()));
}

void NormalizeHistory(v1::Event* event) {
  std::vector<v1::StatusReport> all(event->status_history().begin(), event->status_history().end());
  if (all.empty()) return;
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.report_time_micros() < b.report_time_micros();
  });
  event->clear_status_history();
  for (size_t i = 0; i < all.size(); ++i) {
    const bool inside = i > 0 && i + 1 < all.size() && all[i - 1].status() == all[i].status() &&
                        all[i + 1].status() == all[i].status();
    if (!inside) *event->add_status_history() = all[i];
  }
  event->set_status(all.back().status());
}

}  // namespace entente::graph
