#include "graph/relationship.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kRelationshipsDefault = 25;
constexpr int32_t kLatestMax = 100;
constexpr size_t kLatestDefault = 10;
constexpr double kDaysPerYear = 365.2425;  // mean of the Gregorian calendar

std::string PairPrefix(ActorNumber a, ActorNumber b) {
  const auto [low, high] = std::minmax(a, b);
  return Key().U64(low).U64(high).str();
}

using UseRollup = std::function<void(Date, const Rollup&)>;

// Calls `use` with every row of a roll-up family under `prefix`, oldest first.
absl::Status ForEachRow(const View& view, StoreFamily family, const std::string& prefix,
                        const DayWindow& window, const UseRollup& use) {
  const auto it = view.Scan(family, window.LowerDay(prefix), window.UpperDay(prefix));
  Rollup rollup;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    ENTENTE_RETURN_IF_ERROR(DecodeRollup(family, *it, &rollup));
    if (!rollup.cells().empty()) use(ReadDay(it->key(), prefix.size()), rollup);
  }
  return it->status();
}

// Whose roll-ups.
struct Owner {
  StoreFamily days;
  StoreFamily months;
  std::string prefix;
};

Owner ActorOwner(ActorNumber actor) { return {kActorDay, kActorMonth, Key().U64(actor).str()}; }
Owner PairOwner(ActorNumber a, ActorNumber b) { return {kPairDay, kPairMonth, PairPrefix(a, b)}; }

// The same in as few rows as cover the window: whole months, and days at its edges. A month's row
// is given with the month's first day.
absl::Status ForEachMonth(const View& view, const Owner& owner, const DayWindow& window,
                          const UseRollup& use) {
  const auto days = [&](const DayWindow& part) {
    return ForEachRow(view, owner.days, owner.prefix, part, use);
  };
  DayWindow months;
  if (window.first && *window.first != MonthOf(*window.first)) {
    months.first = MonthOf(*window.first).AddMonths(1);
    if (window.last && *window.last < *months.first) return days(window);
    ENTENTE_RETURN_IF_ERROR(days({window.first, months.first->AddDays(-1)}));
  } else {
    months.first = window.first;
  }
  DayWindow edge;  // the days behind the whole months; there are none unless it has a first one
  if (window.last) {
    const Date behind = window.last->AddDays(1);
    const Date month = MonthOf(behind);
    if (month != behind) edge = {month, window.last};
    months.last = month.AddDays(-1);
  }
  const bool has_months = !months.first || !months.last || *months.first <= *months.last;
  if (has_months) {
    ENTENTE_RETURN_IF_ERROR(ForEachRow(view, owner.months, owner.prefix, months, use));
  }
  return edge.first ? days(edge) : absl::OkStatus();
}

// What was counted, named; most frequent first, ties in the order of the names. Names are views or
// numbers: thousands of them are sorted for a year of a busy pair.
template <typename Counts, typename Name>
auto ByCount(const Counts& counts, const Name& name) {
  std::vector<std::pair<decltype(name(counts.begin()->first)), int64_t>> sorted;
  sorted.reserve(counts.size());
  for (const auto& [key, n] : counts) {
    if (n != 0) sorted.emplace_back(name(key), n);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return sorted;
}

// Sums of cells over a stretch of time, in the terms of the API.
struct Totals {
  int64_t count = 0;
  int64_t intensity_milli_sum = 0;
  int64_t quads[v1::QuadClass_MAX + 1] = {};
  int64_t forward = 0;
  int64_t backward = 0;
  std::vector<std::pair<WordNumber, int64_t>> types;  // by type; few, and asked for at each cell
  int64_t statuses[v1::EventStatus_MAX + 1] = {};

  void Add(const Rollup& rollup) {
    for (const RollupCell& cell : rollup.cells()) {
      count += cell.count;
      intensity_milli_sum += cell.intensity_milli_sum;
      if (v1::QuadClass_IsValid(cell.quad_class())) quads[cell.quad_class()] += cell.count;
      if (cell.direction() & kForward) forward += cell.count;
      if (cell.direction() & kBackward) backward += cell.count;
      if (v1::EventStatus_IsValid(cell.status())) statuses[cell.status()] += cell.count;
      AddType(cell.type(), cell.count);
    }
  }

  void AddType(WordNumber type, int64_t n) {
    // The cells of a row come by type, so that most calls are for the last one or for the next.
    if (types.empty() || types.back().first < type) {
      types.emplace_back(type, n);
      return;
    }
    if (types.back().first == type) {
      types.back().second += n;
      return;
    }
    const auto at =
        std::lower_bound(types.begin(), types.end(), type,
                         [](const auto& entry, WordNumber wanted) { return entry.first < wanted; });
    if (at != types.end() && at->first == type) {
      at->second += n;
    } else {
      types.emplace(at, type, n);
    }
  }

  void Add(const Totals& other) {
    count += other.count;
    intensity_milli_sum += other.intensity_milli_sum;
    for (int q = 0; q <= v1::QuadClass_MAX; ++q) quads[q] += other.quads[q];
    forward += other.forward;
    backward += other.backward;
    for (int status = 0; status <= v1::EventStatus_MAX; ++status) {
      statuses[status] += other.statuses[status];
    }
    for (const auto& [type, n] : other.types) AddType(type, n);
  }

  double Mean() const {
    return count == 0 ? 0 : IntensityOf(intensity_milli_sum) / static_cast<double>(count);
  }

  // Fills the fields that TimelineBucket and Relationship have in common.
  template <typename Message>
  void Fill(TypeNames* names, Message* out) const {
    out->set_event_count(count);
    out->set_goldstein_mean(Mean());
    out->set_verbal_cooperation_count(quads[v1::VERBAL_COOPERATION]);
    out->set_material_cooperation_count(quads[v1::MATERIAL_COOPERATION]);
    out->set_verbal_conflict_count(quads[v1::VERBAL_CONFLICT]);
    out->set_material_conflict_count(quads[v1::MATERIAL_CONFLICT]);
    const auto sorted = ByCount(types, [&](WordNumber type) { return (*names)[type]; });
    out->mutable_types()->Reserve(static_cast<int>(sorted.size()));
    for (const auto& [name, n] : sorted) {
      v1::TypeCount* entry = out->add_types();
      entry->set_type(name.data(), name.size());
      entry->set_count(n);
    }
  }
};

using Buckets = std::map<Date, Totals>;

// The first day behind a bucket.
Date NextBucket(Date start, v1::BucketSize size) {
  switch (size) {
    case v1::DAILY:
      return start.AddDays(1);
    case v1::WEEKLY:
      return start.AddDays(7);
    case v1::YEARLY:
      return start.AddMonths(12);
    default:
      return start.AddMonths(1);
  }
}

absl::StatusOr<Buckets> Collect(const View& view, const Owner& owner, const DayWindow& window,
                                v1::BucketSize size) {
  Buckets buckets;
  Date next;
  Totals* bucket = nullptr;  // rows come in order: most are in the last one's bucket
  const auto use = [&](Date day, const Rollup& rollup) {
    if (bucket == nullptr || day >= next) {
      const Date start = BucketStart(day, size);
      next = NextBucket(start, size);
      bucket = &buckets[start];
    }
    bucket->Add(rollup);
  };
  const bool by_day = size == v1::DAILY || size == v1::WEEKLY;
  ENTENTE_RETURN_IF_ERROR(by_day ? ForEachRow(view, owner.days, owner.prefix, window, use)
                                 : ForEachMonth(view, owner, window, use));
  std::erase_if(buckets, [](const auto& entry) { return entry.second.count == 0; });
  return buckets;
}

void FillBucket(Date start, const Totals& totals, TypeNames* names, v1::TimelineBucket* out) {
  out->set_start_date(FormatDate(start));
  totals.Fill(names, out);
}

// Slope of the least-squares line through (bucket, mean intensity), per year. 0 below two buckets.
double TrendPerYear(const Buckets& buckets) {
  if (buckets.size() < 2) return 0;
  const auto n = static_cast<double>(buckets.size());
  const Date origin = buckets.begin()->first;
  double x_sum = 0, y_sum = 0, xx_sum = 0, xy_sum = 0;
  for (const auto& [start, totals] : buckets) {
    const double x = (start.days - origin.days) / kDaysPerYear;
    const double y = totals.Mean();
    x_sum += x;
    y_sum += y;
    xx_sum += x * x;
    xy_sum += x * y;
  }
  return (n * xy_sum - x_sum * y_sum) / (n * xx_sum - x_sum * x_sum);
}

// Numbers of the first or last events of a pair, in walking order.
absl::StatusOr<std::vector<EventNumber>> Edge(const View& view, const EventQuery& query,
                                              bool newest_first, size_t count) {
  std::vector<EventNumber> events;
  TimelineCursor cursor(view, query, newest_first, std::nullopt);
  while (events.size() < count) {
    ENTENTE_ASSIGN_OR_RETURN(const bool more, cursor.Next());
    if (!more) break;
    events.push_back(cursor.event());
  }
  return events;
}

// Adds the first event of a pair and its latest ones.
absl::Status AddEdges(const View& view, const EventQuery& query, size_t latest_count,
                      v1::Relationship* out) {
  ENTENTE_ASSIGN_OR_RETURN(const auto first, Edge(view, query, false, 1));
  ENTENTE_ASSIGN_OR_RETURN(const auto latest, Edge(view, query, true, latest_count));
  ENTENTE_ASSIGN_OR_RETURN(auto first_events, view.ReadEvents(first, false));
  ENTENTE_ASSIGN_OR_RETURN(auto latest_events, view.ReadEvents(latest, false));
  if (!first_events.empty()) *out->mutable_first_event() = std::move(first_events[0]);
  for (v1::Event& event : latest_events) *out->add_latest_events() = std::move(event);
  return absl::OkStatus();
}

// The day of the first or last event of a pair in a window. REQUIRES: there is one.
absl::StatusOr<std::string> EdgeDate(const View& view, const EventQuery& query, bool newest) {
  TimelineCursor cursor(view, query, newest, std::nullopt);
  ENTENTE_ASSIGN_OR_RETURN(const bool found, cursor.Next());
  if (!found) return DataLoss("a pair with a count has no events; run verify");
  return FormatDate(Date::FromMicros(cursor.time_micros()));
}

struct Neighbor {
  ActorNumber actor = 0;
  int64_t count = 0;
  int64_t intensity_milli_sum = 0;
};

// Everyone with whom `actor` shares an event in the window.
absl::StatusOr<std::vector<Neighbor>> FindNeighbors(const View& view, ActorNumber actor,
                                                    const DayWindow& window) {
  std::vector<Neighbor> neighbors;
  const auto it = view.Scan(kNeighbor, Key().U64(actor).U64(1), Key().U64(actor + 1));
  Rollup rollup;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    ENTENTE_RETURN_IF_ERROR(DecodeRollup(kNeighbor, *it, &rollup));
    Neighbor neighbor{ReadU64(it->key(), 8), rollup.count(), rollup.intensity_milli_sum()};
    if (!window.unbounded() && neighbor.count > 0) {
      neighbor.count = neighbor.intensity_milli_sum = 0;
      ENTENTE_RETURN_IF_ERROR(ForEachMonth(
          view, PairOwner(actor, neighbor.actor), window, [&](Date, const Rollup& part) {
            neighbor.count += part.count();
            neighbor.intensity_milli_sum += part.intensity_milli_sum();
          }));
    }
    if (neighbor.count > 0) neighbors.push_back(neighbor);
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return neighbors;
}

absl::StatusOr<std::pair<ActorNumber, ActorNumber>> ResolvePair(const View& view,
                                                                std::string_view actor,
                                                                std::string_view other_actor) {
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber a, view.ResolveActor(actor, "actor"));
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber b, view.ResolveActor(other_actor, "other_actor"));
  if (a == b) {
    return InvalidArgument(Cat("actor and other_actor are both '", actor, "'; give two"));
  }
  return std::pair(a, b);
}

}  // namespace

Date BucketStart(Date day, v1::BucketSize size) {
  switch (size) {
    case v1::DAILY:
      return day;
    case v1::WEEKLY:
      return day.AddDays(-day.Weekday());
    case v1::YEARLY:
      return Date::FromCivil(day.Year(), 1, 1);
    default:
      return Date::FromCivil(day.Year(), day.Month(), 1);
  }
}

absl::Status SummarizeTimeline(const View& view, const v1::SummarizeTimelineRequest& request,
                               v1::SummarizeTimelineResponse* response) {
  ENTENTE_ASSIGN_OR_RETURN(const DayWindow window,
                           ParseWindow(request.start_date(), request.end_date()));
  if (!v1::BucketSize_IsValid(request.bucket())) {
    return InvalidArgument(Cat("no bucket size ", request.bucket()));
  }
  Owner owner;
  if (request.other_actor().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(const ActorNumber actor, view.ResolveActor(request.actor(), "actor"));
    owner = ActorOwner(actor);
  } else {
    ENTENTE_ASSIGN_OR_RETURN(const auto pair,
                             ResolvePair(view, request.actor(), request.other_actor()));
    owner = PairOwner(pair.first, pair.second);
  }
  ENTENTE_ASSIGN_OR_RETURN(const Buckets buckets, Collect(view, owner, window, request.bucket()));
  TypeNames names(view.words());
  response->mutable_buckets()->Reserve(static_cast<int>(buckets.size()));
  for (const auto& [start, totals] : buckets) {
    FillBucket(start, totals, &names, response->add_buckets());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Relationship> GetRelationship(const View& view,
                                                 const v1::GetRelationshipRequest& request) {
  if (request.latest_count() < 0 || request.latest_count() > kLatestMax) {
    return InvalidArgument(
        Cat("latest_count is ", request.latest_count(), "; it must be from 0 to ", kLatestMax));
  }
  EventQuery query;
  ENTENTE_ASSIGN_OR_RETURN(query.window, ParseWindow(request.start_date(), request.end_date()));
  ENTENTE_ASSIGN_OR_RETURN(const auto pair,
                           ResolvePair(view, request.actor(), request.other_actor()));
  query.actor = pair.first;
  query.other_actor = pair.second;
  ENTENTE_ASSIGN_OR_RETURN(const Buckets buckets, Collect(view, PairOwner(pair.first, pair.second),
                                                          query.window, v1::MONTHLY));
  v1::Relationship out;
  ENTENTE_ASSIGN_OR_RETURN(*out.mutable_actor(), view.ReadActor(pair.first));
  ENTENTE_ASSIGN_OR_RETURN(*out.mutable_other_actor(), view.ReadActor(pair.second));
  Totals all;
  TypeNames names(view.words());
  for (const auto& [start, totals] : buckets) {
    FillBucket(start, totals, &names, out.add_buckets());
    all.Add(totals);
  }
  all.Fill(&names, &out);
  const bool actor_is_low = pair.first < pair.second;
  out.set_forward_count(actor_is_low ? all.forward : all.backward);
  out.set_backward_count(actor_is_low ? all.backward : all.forward);
  out.set_goldstein_trend_per_year(TrendPerYear(buckets));
  std::vector<std::pair<v1::EventStatus, int64_t>> statuses;
  for (int status = 0; status <= v1::EventStatus_MAX; ++status) {
    statuses.emplace_back(static_cast<v1::EventStatus>(status), all.statuses[status]);
  }
  for (const auto& [status, n] : ByCount(statuses, [](v1::EventStatus same) { return same; })) {
    v1::StatusCount* entry = out.add_statuses();
    entry->set_status(status);
    entry->set_count(n);
  }
  const size_t latest_count =
      request.latest_count() == 0 ? kLatestDefault : static_cast<size_t>(request.latest_count());
  ENTENTE_RETURN_IF_ERROR(AddEdges(view, query, latest_count, &out));
  return out;
}

absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
    const View& view, const v1::ListRelationshipsRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size,
                           PageSize(request.page_size(), kRelationshipsDefault));
  EventQuery query;
  ENTENTE_ASSIGN_OR_RETURN(query.window, ParseWindow(request.start_date(), request.end_date()));
  ENTENTE_ASSIGN_OR_RETURN(query.actor, view.ResolveActor(request.actor(), "actor"));
  ENTENTE_ASSIGN_OR_RETURN(std::vector<Neighbor> neighbors,
                           FindNeighbors(view, query.actor, query.window));
  const size_t kept = std::min(page_size, neighbors.size());
  std::partial_sort(neighbors.begin(), neighbors.begin() + static_cast<ptrdiff_t>(kept),
                    neighbors.end(), [](const Neighbor& a, const Neighbor& b) {
                      return a.count != b.count ? a.count > b.count : a.actor < b.actor;
                    });
  neighbors.resize(kept);
  v1::ListRelationshipsResponse response;
  for (const Neighbor& neighbor : neighbors) {
    query.other_actor = neighbor.actor;
    v1::RelationshipSummary* out = response.add_relationships();
    ENTENTE_ASSIGN_OR_RETURN(*out->mutable_other_actor(), view.ReadActor(neighbor.actor));
    out->set_event_count(neighbor.count);
    out->set_goldstein_mean(IntensityOf(neighbor.intensity_milli_sum) /
                            static_cast<double>(neighbor.count));
    ENTENTE_ASSIGN_OR_RETURN(*out->mutable_first_date(), EdgeDate(view, query, false));
    ENTENTE_ASSIGN_OR_RETURN(*out->mutable_last_date(), EdgeDate(view, query, true));
  }
  return response;
}

}  // namespace entente::graph
