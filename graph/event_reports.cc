#include "graph/event_reports.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <set>
#include <utility>

#include "graph/event_merge.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr std::string_view kCorrectable[] = {"type",         "subtype",   "status",     "date",
                                             "place",        "goldstein", "quad_class", "cameo",
                                             "participants", "plover",    "plover_mode"};

void ClearDetail(v1::Event* event) {
  const auto* detail = v1::Event::descriptor()->FindOneofByName("detail");
  event->GetReflection()->ClearOneof(event, detail);
}

// Takes one field of `values` over, absent ones included.
void SetField(const std::string& name, const v1::Event& values, v1::Event* event) {
  const auto* field = v1::Event::descriptor()->FindFieldByName(name);
  v1::Event other = values;
  event->GetReflection()->ClearField(event, field);
  event->GetReflection()->SwapFields(event, &other, {field});
}

}  // namespace

std::string ReportKey(EventNumber event, const KeptReport& report) {
  return Key().U64(event).U64(report.group).U64(report.article).str();
}

absl::StatusOr<std::vector<KeptReport>> ReadReports(const kv::Database& db,
                                                    const kv::Snapshot* snapshot,
                                                    EventNumber event) {
  std::vector<KeptReport> reports;
  const std::string prefix = Key().U64(event).str();
  const auto it = db.NewIterator(kReport, prefix, PrefixEnd(prefix), snapshot);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    KeptReport kept;
    if (it->key().size() != 24 || !kept.report.Decode(it->value())) {
      return DamagedRecord(kReport, it->key());
    }
    kept.group = ReadU64(it->key(), 8);
    kept.article = ReadU64(it->key(), 16);
    reports.push_back(std::move(kept));
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  std::sort(reports.begin(), reports.end(),
            [](const KeptReport& a, const KeptReport& b) { return a.article < b.article; });
  return reports;
}

v1::Event OwnReport(const v1::Event& record) {
  v1::Event report = record;
  report.clear_origin();
  report.clear_article_count();
  report.clear_independent_count();
  return report;
}

bool AnyStands(std::span<const KeptReport> reports) {
  return std::any_of(reports.begin(), reports.end(),
                     [](const KeptReport& kept) { return !kept.report.retracted; });
}

v1::Event Fold(std::span<const KeptReport> reports) {
  v1::Event event;
  std::set<ArticleNumber> groups;
  int32_t count = 0;
  for (const KeptReport& kept : reports) {
    if (kept.report.retracted) continue;
    if (count++ == 0) {
      event = kept.report.event;
    } else {
      MergeReport(kept.report.event, &event);
    }
    groups.insert(kept.group);
  }
  event.set_article_count(count);
  event.set_independent_count(static_cast<int32_t>(groups.size()));
  return event;
}

bool IsCorrectable(std::string_view field) {
  return std::find(std::begin(kCorrectable), std::end(kCorrectable), field) !=
         std::end(kCorrectable);
}

void ApplyCorrections(const google::protobuf::RepeatedPtrField<v1::Correction>& corrections,
                      v1::Event* event) {
  for (const v1::Correction& correction : corrections) {
    for (const std::string& field : correction.fields()) {
      // The detail is of the type that the reports gave.
      if (field == "type" && event->type() != correction.values().type()) ClearDetail(event);
      SetField(field, correction.values(), event);
    }
    *event->add_corrections() = correction;
  }
}

}  // namespace entente::graph
