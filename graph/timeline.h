// Events in the order of time that match a filter: the cursor over the indexes, and the calls that
// return events.
//
//   ENTENTE_ASSIGN_OR_RETURN(EventQuery query, ParseFilter(view, filter));
//   TimelineCursor cursor(view, query, /*newest_first=*/true, std::nullopt);
//   while (true) {
//     ENTENTE_ASSIGN_OR_RETURN(const bool more, cursor.Next());
//     if (!more) break;
//     Use(cursor.event());
//   }
//
// Thread safety: as the View that they read through.
#ifndef ENTENTE_GRAPH_TIMELINE_H_
#define ENTENTE_GRAPH_TIMELINE_H_

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "entente/v1/event_graph.pb.h"
#include "graph/page_token.h"
#include "graph/timeline_page.h"
#include "graph/view.h"

namespace entente::graph {

// Days [first, last]; unbounded by default.
struct DayWindow {
  std::optional<Date> first;
  std::optional<Date> last;

  // Bounds of keys: `prefix` then the first moment in the window, and the first one behind it.
  std::string LowerTime(std::string_view prefix) const;
  std::string UpperTime(std::string_view prefix) const;
  std::string LowerDay(std::string_view prefix) const;
  std::string UpperDay(std::string_view prefix) const;
  bool unbounded() const { return !first && !last; }
};

// Empty text leaves a side open. INVALID_ARGUMENT: no date, or the first is later than the last.
absl::StatusOr<DayWindow> ParseWindow(std::string_view start_date, std::string_view end_date);

inline constexpr double kGoldsteinMax = 10;

// A filter, checked, with numbers for names.
struct EventQuery {
  ActorNumber actor = 0;        // 0: any
  ActorNumber other_actor = 0;  // 0: any
  DayWindow window;
  bool any_type = true;
  std::vector<WordNumber> types;  // sorted; used unless any_type
  uint32_t status_mask = 0;       // bit s: status s is wanted; 0: any
  uint32_t quad_mask = 0;         // bit q: quad class q is wanted; 0: any
  double min_confidence = 0;
  double min_goldstein = -kGoldsteinMax;
  double max_goldstein = kGoldsteinMax;
  uint8_t required_direction = 0;  // Direction flags of the pair's row that must be set

  // True if the row passes everything but window and actors.
  bool Matches(const EventRow& row) const;
  // True if every event of the actors passes.
  bool MatchesAll() const;
  // True if what passes depends on more of an event than roll-ups know.
  bool NeedsRows() const;
};

// Also used with `actor_fields_allowed` false, where the actors are given otherwise (FindPath).
// INVALID_ARGUMENT, NOT_FOUND.
absl::StatusOr<EventQuery> ParseFilter(const View& view, const v1::EventFilter& filter,
                                       bool actor_fields_allowed = true);

// Walks the best index for a query: pair_time for two actors, actor_time for one, and for none the
// type_time ranges of the wanted types, merged.
class TimelineCursor {
 public:
  // Starts behind `resume` if there is one. `view` must outlive the cursor.
  TimelineCursor(const View& view, const EventQuery& query, bool newest_first,
                 std::optional<PageToken> resume);

  // Steps to the next match; false at the end. Errors: those of View::Tick, DATA_LOSS.
  absl::StatusOr<bool> Next();

  // REQUIRES: Next() was true.
  EventNumber event() const { return event_; }
  int64_t time_micros() const { return time_micros_; }
  const EventRow& row() const { return row_; }

 private:
  void AddSource(StoreFamily family, const std::string& prefix, std::optional<PageToken> resume);
  bool After(size_t a, size_t b) const;  // source a's key comes after b's in the walking order
  void Push(size_t source);
  absl::Status Start();
  // Reads the row on which `it` stands, and steps behind it.
  absl::Status Take(kv::Iterator* it);

  const View& view_;
  const EventQuery query_;
  const bool newest_first_;
  StoreFamily family_;
  std::vector<std::unique_ptr<kv::Iterator>> sources_;
  std::vector<size_t> heap_;  // sources that have a key, the next one on top
  bool started_ = false;
  EventNumber event_ = 0;
  int64_t time_micros_ = 0;
  EventRow row_;
};

// `response` must be empty.
absl::Status ListEvents(const View& view, const v1::ListEventsRequest& request,
                        v1::ListEventsResponse* response);

absl::StatusOr<TimelinePage> ListTimeline(const View& view, const v1::ListEventsRequest& request);

absl::Status StreamTimeline(const View& view, const v1::ListEventsRequest& request,
                            const std::function<bool(v1::ListEventsResponse&&)>& sink);

// The value of a page_size field. INVALID_ARGUMENT unless 0 (the default) or 1 to 1000.
absl::StatusOr<size_t> PageSize(int32_t requested, size_t default_size);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_TIMELINE_H_
