// What an event is made of: the reports of articles, in the order in which they came, and the
// corrections of curators on top. An event that one article reports is its own report; from the
// second on, and once a curator touched it, the reports are kept apart in the report family, so
// that any of them can be taken away or moved and the event made again from the rest.
//
//   ENTENTE_ASSIGN_OR_RETURN(std::vector<KeptReport> reports, ReadReports(db, nullptr, event));
//   v1::Event again = Fold(reports);
//   ApplyCorrections(corrections, &again);
//
// Pure, but for ReadReports.
#ifndef ENTENTE_GRAPH_EVENT_REPORTS_H_
#define ENTENTE_GRAPH_EVENT_REPORTS_H_

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "entente/v1/event.pb.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"

namespace entente::graph {

struct KeptReport {
  ArticleNumber group = 0;    // of the article; 0: imported without one
  ArticleNumber article = 0;  // likewise
  Report report;
};

// event8 · group8 · article8: one look tells whether a group of copies reported the event already.
std::string ReportKey(EventNumber event, const KeptReport& report);

// The reports that are kept apart, by article. Empty for an event that is its own report.
// DATA_LOSS.
absl::StatusOr<std::vector<KeptReport>> ReadReports(const kv::Database& db,
                                                    const kv::Snapshot* snapshot,
                                                    EventNumber event);

// The report that the record of an uncorrected event with a single one is.
v1::Event OwnReport(const v1::Event& record);

// True if a report stands.
bool AnyStands(std::span<const KeptReport> reports);

// The event that the standing reports make, without corrections: the first one, and what the others
// add to it (MergeReport), with article_count and independent_count. REQUIRES: AnyStands, by
// article.
v1::Event Fold(std::span<const KeptReport> reports);

// Fields of v1::Event that a correction may set, as CorrectEventRequest lists them.
bool IsCorrectable(std::string_view field);

// Sets what the corrections say, in order, and keeps them in the event.
void ApplyCorrections(const google::protobuf::RepeatedPtrField<v1::Correction>& corrections,
                      v1::Event* event);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_EVENT_REPORTS_H_
