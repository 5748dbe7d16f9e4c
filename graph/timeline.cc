#include "graph/timeline.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace entente::graph {
namespace {

constexpr int32_t kPageSizeMax = 1000;
constexpr size_t kPageSizeDefault = 50;
constexpr size_t kStreamMessageEvents = 256;
constexpr size_t kEntriesExpected = 128;  // of a page; more is allocated when it comes
constexpr size_t kSuffixBytes = 16;       // time8 · event8, at the end of every index key
constexpr int kFilterListMax = 1000;

absl::StatusOr<std::optional<Date>> ParseBound(std::string_view text, std::string_view field) {
  if (text.empty()) return std::optional<Date>();
  const absl::StatusOr<Date> date = ParseDate(text);
  if (!date.ok()) return Annotate(date.status(), field);
  return std::optional<Date>(*date);
}

std::string_view Suffix(std::string_view key) { return key.substr(key.size() - kSuffixBytes); }

// Sets what the filter's lists ask for: types, statuses and quad classes.
absl::Status ParseLists(const View& view, const v1::EventFilter& filter, EventQuery* query) {
  if (filter.types_size() > kFilterListMax || filter.statuses_size() > kFilterListMax ||
      filter.quad_classes_size() > kFilterListMax) {
    return InvalidArgument(Cat("a filter may list at most ", kFilterListMax, " values"));
  }
  query->any_type = filter.types_size() == 0;
  for (const std::string& type : filter.types()) {
    if (const WordNumber number = view.words().Find(type); number != 0) {
      query->types.push_back(number);
    }
  }
  std::sort(query->types.begin(), query->types.end());
  query->types.erase(std::unique(query->types.begin(), query->types.end()), query->types.end());
  for (const int status : filter.statuses()) {
    if (!v1::EventStatus_IsValid(status)) return InvalidArgument(Cat("no status ", status));
    query->status_mask |= 1u << status;
  }
  for (const int quad : filter.quad_classes()) {
    if (!v1::QuadClass_IsValid(quad)) return InvalidArgument(Cat("no quad class ", quad));
    query->quad_mask |= 1u << quad;
  }
  return absl::OkStatus();
}

// Sets how sure and how intense events must be.
absl::Status ParseNumbers(const v1::EventFilter& filter, EventQuery* query) {
  query->min_confidence = filter.min_confidence();
  if (!(query->min_confidence >= 0 && query->min_confidence <= 1)) {
    return InvalidArgument(
        Cat("min_confidence is ", query->min_confidence, "; it must be from 0 to 1"));
  }
  if (filter.has_min_goldstein()) query->min_goldstein = filter.min_goldstein();
  if (filter.has_max_goldstein()) query->max_goldstein = filter.max_goldstein();
  for (const double bound : {query->min_goldstein, query->max_goldstein}) {
    if (!(bound >= -kGoldsteinMax && bound <= kGoldsteinMax)) {
      return InvalidArgument(
          Cat("min_goldstein or max_goldstein is ", bound, "; it must be from -10 to 10"));
    }
  }
  if (query->min_goldstein > query->max_goldstein) {
    return InvalidArgument(Cat("min_goldstein ", query->min_goldstein, " is above max_goldstein ",
                               query->max_goldstein, "; exchange them"));
  }
  return absl::OkStatus();
}

// Sets whose events the filter asks for.
absl::Status ParseActors(const View& view, const v1::EventFilter& filter, EventQuery* query) {
  if (filter.actor().empty() && !filter.other_actor().empty()) {
    return InvalidArgument("filter.other_actor needs filter.actor");
  }
  if (filter.directed() && filter.other_actor().empty()) {
    return InvalidArgument("filter.directed needs filter.actor and filter.other_actor");
  }
  if (filter.actor().empty()) return absl::OkStatus();
  ENTENTE_ASSIGN_OR_RETURN(query->actor, view.ResolveActor(filter.actor(), "filter.actor"));
  if (filter.other_actor().empty()) return absl::OkStatus();
  ENTENTE_ASSIGN_OR_RETURN(query->other_actor,
                           view.ResolveActor(filter.other_actor(), "filter.other_actor"));
  if (query->actor == query->other_actor) {
    return InvalidArgument(
        Cat("filter.actor and filter.other_actor are both '", filter.actor(), "'; give two"));
  }
  if (filter.directed()) {
    query->required_direction = query->actor < query->other_actor ? kForward : kBackward;
  }
  return absl::OkStatus();
}

// Shows `use` the cursor at each row of a page. Returns the token of the next page; empty: there is
// none.
template <typename Use>
absl::StatusOr<std::string> WalkPage(const View& view, const v1::ListEventsRequest& request,
                                     const Use& use) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery query, ParseFilter(view, request.filter()));
  std::optional<PageToken> resume;
  if (!request.page_token().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(resume, PageToken::Decode(request.page_token(), QuestionOf(request)));
  }
  TimelineCursor cursor(view, query, request.newest_first(), resume);
  PageToken last;
  for (size_t rows = 0;; ++rows) {
    ENTENTE_ASSIGN_OR_RETURN(const bool more, cursor.Next());
    if (!more) return std::string();
    if (rows == page_size) return last.Encode(QuestionOf(request));
    use(cursor);
    last = {cursor.time_micros(), cursor.event()};
  }
}

TimelineEntry EntryOf(const TimelineCursor& cursor, TypeNames* types) {
  const EventRow& row = cursor.row();
  TimelineEntry entry;
  entry.event = cursor.event();
  entry.day = Date::FromMicros(cursor.time_micros());
  entry.type = (*types)[row.type];
  entry.status = row.status;
  entry.quad_class = row.quad_class;
  entry.goldstein = IntensityOf(row.intensity_milli);
  entry.confidence = ConfidenceOf(row.confidence_steps);
  entry.forward = (row.direction & kForward) != 0;
  entry.backward = (row.direction & kBackward) != 0;
  return entry;
}

}  // namespace

std::string DayWindow::LowerTime(std::string_view prefix) const {
  return first ? Key().Text(prefix).Time(first->Micros()).str() : std::string(prefix);
}
std::string DayWindow::UpperTime(std::string_view prefix) const {
  return last ? Key().Text(prefix).Time(last->AddDays(1).Micros()).str() : PrefixEnd(prefix);
}
std::string DayWindow::LowerDay(std::string_view prefix) const {
  return first ? Key().Text(prefix).Day(*first).str() : std::string(prefix);
}
std::string DayWindow::UpperDay(std::string_view prefix) const {
  return last ? Key().Text(prefix).Day(last->AddDays(1)).str() : PrefixEnd(prefix);
}

absl::StatusOr<DayWindow> ParseWindow(std::string_view start_date, std::string_view end_date) {
  DayWindow window;
  ENTENTE_ASSIGN_OR_RETURN(window.first, ParseBound(start_date, "start_date"));
  ENTENTE_ASSIGN_OR_RETURN(window.last, ParseBound(end_date, "end_date"));
  if (window.first && window.last && *window.first > *window.last) {
    return InvalidArgument(
        Cat("start_date ", start_date, " is later than end_date ", end_date, "; exchange them"));
  }
  return window;
}

absl::StatusOr<size_t> PageSize(int32_t requested, size_t default_size) {
  if (requested < 0 || requested > kPageSizeMax) {
    return InvalidArgument(
        Cat("page_size is ", requested, "; it must be from 1 to ", kPageSizeMax));
  }
  return requested == 0 ? default_size : static_cast<size_t>(requested);
}

bool EventQuery::Matches(const EventRow& row) const {
  if (status_mask != 0 && (status_mask >> row.status & 1) == 0) return false;
  if (quad_mask != 0 && (quad_mask >> row.quad_class & 1) == 0) return false;
  if ((row.direction & required_direction) != required_direction) return false;
  if (ConfidenceOf(row.confidence_steps) < min_confidence) return false;
  const double goldstein = IntensityOf(row.intensity_milli);
  if (goldstein < min_goldstein || goldstein > max_goldstein) return false;
  return any_type || std::binary_search(types.begin(), types.end(), row.type);
}

bool EventQuery::MatchesAll() const {
  return any_type && status_mask == 0 && quad_mask == 0 && !NeedsRows() &&
         required_direction == 0 && window.unbounded();
}

bool EventQuery::NeedsRows() const {
  return min_confidence > 0 || min_goldstein > -kGoldsteinMax || max_goldstein < kGoldsteinMax;
}

absl::StatusOr<EventQuery> ParseFilter(const View& view, const v1::EventFilter& filter,
                                       bool actor_fields_allowed) {
  EventQuery query;
  ENTENTE_ASSIGN_OR_RETURN(query.window, ParseWindow(filter.start_date(), filter.end_date()));
  const bool has_actors = !filter.actor().empty() || !filter.other_actor().empty();
  if (has_actors && !actor_fields_allowed) {
    return InvalidArgument("filter.actor and filter.other_actor must be empty here");
  }
  ENTENTE_RETURN_IF_ERROR(ParseLists(view, filter, &query));
  ENTENTE_RETURN_IF_ERROR(ParseNumbers(filter, &query));
  if (actor_fields_allowed) ENTENTE_RETURN_IF_ERROR(ParseActors(view, filter, &query));
  return query;
}

TimelineCursor::TimelineCursor(const View& view, const EventQuery& query, bool newest_first,
                               std::optional<PageToken> resume)
    : view_(view), query_(query), newest_first_(newest_first) {
  if (query.other_actor != 0) {
    family_ = kPairTime;
    const auto [low, high] = std::minmax(query.actor, query.other_actor);
    AddSource(kPairTime, Key().U64(low).U64(high).str(), resume);
  } else if (query.actor != 0) {
    family_ = kActorTime;
    AddSource(kActorTime, Key().U64(query.actor).str(), resume);
  } else {
    family_ = kTypeTime;
    for (const WordNumber type : query.any_type ? view.words().All() : query.types) {
      AddSource(kTypeTime, Key().U32(type).str(), resume);
    }
  }
}

void TimelineCursor::AddSource(StoreFamily family, const std::string& prefix,
                               std::optional<PageToken> resume) {
  std::string lower = query_.window.LowerTime(prefix);
  std::string upper = query_.window.UpperTime(prefix);
  if (resume) {
    const std::string last = Key().Text(prefix).Time(resume->time_micros).U64(resume->event).str();
    // The bounds are half-open: the key itself as upper bound, and the one behind it as lower.
    if (newest_first_) {
      upper = std::min(upper, last);
    } else {
      lower = std::max(lower, last + '\0');
    }
  }
  if (lower < upper) sources_.push_back(view_.Scan(family, lower, upper));
}

bool TimelineCursor::After(size_t a, size_t b) const {
  const std::string_view left = Suffix(sources_[a]->key());
  const std::string_view right = Suffix(sources_[b]->key());
  return newest_first_ ? left < right : left > right;
}

void TimelineCursor::Push(size_t source) {
  if (!sources_[source]->Valid()) return;
  heap_.push_back(source);
  std::push_heap(heap_.begin(), heap_.end(), [this](size_t a, size_t b) { return After(a, b); });
}

absl::Status TimelineCursor::Take(kv::Iterator* it) {
  ENTENTE_RETURN_IF_ERROR(view_.Tick());
  ENTENTE_RETURN_IF_ERROR(DecodeRow(family_, *it, &row_));
  const std::string_view suffix = Suffix(it->key());
  time_micros_ = ReadTime(suffix, 0);
  event_ = ReadU64(suffix, 8);
  newest_first_ ? it->Prev() : it->Next();
  return it->Valid() ? absl::OkStatus() : it->status();  // a cursor with a key has no error
}

absl::Status TimelineCursor::Start() {
  started_ = true;
  for (size_t i = 0; i < sources_.size(); ++i) {
    newest_first_ ? sources_[i]->SeekToLast() : sources_[i]->SeekToFirst();
    ENTENTE_RETURN_IF_ERROR(sources_[i]->status());
    Push(i);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> TimelineCursor::Next() {
  if (!started_) ENTENTE_RETURN_IF_ERROR(Start());
  if (sources_.size() == 1) {  // nothing to be merged
    kv::Iterator& it = *sources_.front();
    while (it.Valid()) {
      ENTENTE_RETURN_IF_ERROR(Take(&it));
      if (query_.Matches(row_)) return true;
    }
    return false;
  }
  const auto after = [this](size_t a, size_t b) { return After(a, b); };
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), after);
    const size_t source = heap_.back();
    heap_.pop_back();
    ENTENTE_RETURN_IF_ERROR(Take(sources_[source].get()));
    Push(source);
    if (query_.Matches(row_)) return true;
  }
  return false;
}

absl::Status ListEvents(const View& view, const v1::ListEventsRequest& request,
                        v1::ListEventsResponse* response) {
  std::vector<EventNumber> page;
  ENTENTE_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                           WalkPage(view, request, [&](const TimelineCursor& cursor) {
                             page.push_back(cursor.event());
                           }));
  return view.AppendEvents(page, request.include_mentions(), response->mutable_events());
}

absl::StatusOr<TimelinePage> ListTimeline(const View& view, const v1::ListEventsRequest& request) {
  TimelinePage page;
  TypeNames types(view.words());
  page.entries.reserve(kEntriesExpected);
  ENTENTE_ASSIGN_OR_RETURN(page.next_page_token,
                           WalkPage(view, request, [&](const TimelineCursor& cursor) {
                             page.entries.push_back(EntryOf(cursor, &types));
                           }));
  return page;
}

absl::Status StreamTimeline(const View& view, const v1::ListEventsRequest& request,
                            const std::function<bool(v1::ListEventsResponse&&)>& sink) {
  if (request.limit() < 0) {
    return InvalidArgument(Cat("limit is ", request.limit(), "; it must not be negative"));
  }
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery query, ParseFilter(view, request.filter()));
  std::optional<PageToken> resume;
  if (!request.page_token().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(resume, PageToken::Decode(request.page_token(), QuestionOf(request)));
  }
  TimelineCursor cursor(view, query, request.newest_first(), resume);
  int64_t left = request.limit() == 0 ? std::numeric_limits<int64_t>::max() : request.limit();
  std::vector<EventNumber> numbers;
  for (bool more = true; more;) {
    numbers.clear();
    while (left > 0 && numbers.size() < kStreamMessageEvents) {
      ENTENTE_ASSIGN_OR_RETURN(more, cursor.Next());
      if (!more) break;
      numbers.push_back(cursor.event());
      --left;
    }
    if (numbers.empty()) break;
    v1::ListEventsResponse message;
    ENTENTE_RETURN_IF_ERROR(
        view.AppendEvents(numbers, request.include_mentions(), message.mutable_events()));
    if (!sink(std::move(message))) {
      return MakeStatus(absl::StatusCode::kCancelled, "the receiver went away");
    }
  }
  return absl::OkStatus();
}

}  // namespace entente::graph
