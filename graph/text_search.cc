#include "graph/text_search.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/event_text.h"
#include "graph/page_token.h"
#include "graph/text_query.h"
#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kPageSizeDefault = 50;
constexpr int kStepsBeforeSeek = 4;  // a seek costs about as much as some steps

// The place behind another. REQUIRES: not the last one there can be.
std::string PlaceBehind(std::string place) {
  for (size_t i = place.size(); i-- > 0;) {
    place[i] = static_cast<char>(static_cast<unsigned char>(place[i]) + 1);
    if (place[i] != '\0') break;
  }
  return place;
}

// A list of events in the order of their places, that only moves forward.
class Postings {
 public:
  virtual ~Postings() = default;
  // Moves to the first event at or behind `place`; no further if it is there.
  virtual absl::Status SeekTo(std::string_view place) = 0;
  // False behind the last one. REQUIRES: SeekTo was called.
  bool valid() const { return valid_; }
  // REQUIRES: valid().
  const std::string& place() const { return place_; }

 protected:
  std::string place_;
  bool valid_ = true;
};

// The events of one term.
class TermPostings : public Postings {
 public:
  TermPostings(const View& view, const std::string& term)
      : view_(view), prefix_(Key().Text(term).Zero().str()), it_(view.ScanPrefix(kText, prefix_)) {}

  absl::Status SeekTo(std::string_view place) override {
    if (!valid_ || (started_ && place_ >= place)) return absl::OkStatus();
    for (int step = 0; started_ && step < kStepsBeforeSeek; ++step) {
      if (!it_->Valid() || PlaceOf(it_->key()) >= place) return Settle();
      ENTENTE_RETURN_IF_ERROR(view_.Tick());
      it_->Next();
    }
    started_ = true;
    ENTENTE_RETURN_IF_ERROR(view_.Tick());
    it_->Seek(Key().Text(prefix_).Text(place));
    return Settle();
  }

  // Where the term stands in each report of the event at place(). Walks behind its rows, so it can
  // be asked once for a place. REQUIRES: valid().
  absl::Status Read(std::map<ArticleNumber, std::vector<uint32_t>>* positions) {
    positions->clear();
    for (; it_->Valid() && PlaceOf(it_->key()) == place_; it_->Next()) {
      ENTENTE_RETURN_IF_ERROR(view_.Tick());
      const std::string_view key = it_->key();
      if (!DecodePositions(it_->value(), &(*positions)[ReadU64(key, key.size() - 8)])) {
        return DamagedRecord(kText, key);
      }
    }
    return it_->status();
  }

 private:
  std::string_view PlaceOf(std::string_view key) const {
    return key.substr(prefix_.size(), kPlaceBytes);
  }

  absl::Status Settle() {
    valid_ = it_->Valid();
    if (!valid_) return it_->status();
    if (it_->key().size() != prefix_.size() + kPlaceBytes + 8) {
      return DamagedRecord(kText, it_->key());
    }
    place_ = PlaceOf(it_->key());
    return absl::OkStatus();
  }

  const View& view_;
  const std::string prefix_;
  const std::unique_ptr<kv::Iterator> it_;
  bool started_ = false;
};

// Moves all lists to their first common place at or behind `place`. False if there is none.
template <typename List>
absl::StatusOr<bool> LeapTogether(const std::vector<List>& lists, std::string* place) {
  for (size_t agreed = 0, i = 0; agreed < lists.size(); i = (i + 1) % lists.size()) {
    ENTENTE_RETURN_IF_ERROR(lists[i]->SeekTo(*place));
    if (!lists[i]->valid()) return false;
    agreed = lists[i]->place() == *place ? agreed + 1 : 1;
    *place = lists[i]->place();
  }
  return true;
}

// The events that have all terms one behind the other in one report.
class PhrasePostings : public Postings {
 public:
  PhrasePostings(const View& view, const std::vector<std::string>& terms) {
    for (const std::string& term : terms) {
      terms_.push_back(std::make_unique<TermPostings>(view, term));
    }
  }

  absl::Status SeekTo(std::string_view place) override {
    if (!valid_ || (started_ && place_ >= place)) return absl::OkStatus();
    started_ = true;
    std::string at(place);
    while (true) {
      ENTENTE_ASSIGN_OR_RETURN(valid_, LeapTogether(terms_, &at));
      if (!valid_) return absl::OkStatus();
      ENTENTE_ASSIGN_OR_RETURN(const bool found, Matches());
      if (found) break;
      at = PlaceBehind(std::move(at));
    }
    place_ = std::move(at);
    return absl::OkStatus();
  }

 private:
  // REQUIRES: all terms are at the same place.
  absl::StatusOr<bool> Matches() {
    std::map<ArticleNumber, std::vector<uint32_t>> ends, next;
    ENTENTE_RETURN_IF_ERROR(terms_[0]->Read(&ends));
    for (size_t i = 1; i < terms_.size(); ++i) {
      ENTENTE_RETURN_IF_ERROR(terms_[i]->Read(&next));
      for (auto& [article, positions] : next) {
        const auto& before = ends[article];
        std::erase_if(positions, [&](uint32_t position) {
          return position == 0 || !std::binary_search(before.begin(), before.end(), position - 1);
        });
      }
      ends.swap(next);
    }
    return std::any_of(ends.begin(), ends.end(),
                       [](const auto& report) { return !report.second.empty(); });
  }

  std::vector<std::unique_ptr<TermPostings>> terms_;
  bool started_ = false;
};

// The events that have any of the terms.
class AnyPostings : public Postings {
 public:
  AnyPostings(const View& view, const std::vector<std::string>& terms) {
    for (const std::string& term : terms) {
      terms_.push_back(std::make_unique<TermPostings>(view, term));
    }
  }

  absl::Status SeekTo(std::string_view place) override {
    if (!valid_ || (started_ && place_ >= place)) return absl::OkStatus();
    started_ = true;
    const std::string* first = nullptr;
    for (const auto& term : terms_) {
      ENTENTE_RETURN_IF_ERROR(term->SeekTo(place));
      if (term->valid() && (first == nullptr || term->place() < *first)) first = &term->place();
    }
    valid_ = first != nullptr;
    if (valid_) place_ = *first;
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<TermPostings>> terms_;
  bool started_ = false;
};

// The terms of the index that a beginning stands for.
absl::StatusOr<std::vector<std::string>> Expand(const View& view, const TextClause& clause) {
  std::vector<std::string> terms(clause.terms.begin() + 1, clause.terms.end());
  const std::string& beginning = clause.terms[0];
  const auto it = view.ScanPrefix(kText, beginning);
  for (it->SeekToFirst(); it->Valid();) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    const size_t end = it->key().find('\0');
    if (end == std::string_view::npos) return DamagedRecord(kText, it->key());
    terms.emplace_back(it->key().substr(0, end));
    if (terms.size() > kTextExpansionMax) {
      return ResourceExhausted(Cat("query: '", beginning, "*' stands for more than ",
                                   kTextExpansionMax, " words; give more letters"));
    }
    it->Seek(Key().Text(terms.back()).U8(1));
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

absl::StatusOr<std::unique_ptr<Postings>> Open(const View& view, const TextClause& clause) {
  if (clause.kind == TextClause::Kind::kBeginning) {
    ENTENTE_ASSIGN_OR_RETURN(const std::vector<std::string> terms, Expand(view, clause));
    return std::unique_ptr<Postings>(std::make_unique<AnyPostings>(view, terms));
  }
  if (clause.terms.size() == 1) {
    return std::unique_ptr<Postings>(std::make_unique<TermPostings>(view, clause.terms[0]));
  }
  return std::unique_ptr<Postings>(std::make_unique<PhrasePostings>(view, clause.terms));
}

// Holds events against a filter, by their rows.
class RowFilter {
 public:
  RowFilter(const View& view, const EventQuery& query) : view_(view), query_(query) {
    if (query.MatchesAll() && query.actor == 0) return;
    rows_ = view.Scan(kText, Key().Zero(), Key().U8(1));
    if (query.actor == 0) return;
    family_ = query.other_actor == 0 ? kActorTime : kPairTime;
    const auto [low, high] = std::minmax(query.actor, query.other_actor);
    prefix_ = family_ == kActorTime ? Key().U64(query.actor).str() : Key().U64(low).U64(high).str();
    actors_ = view.ScanPrefix(family_, prefix_);
  }

  absl::StatusOr<bool> Passes(const std::string& place) {
    if (rows_ == nullptr) return true;
    ENTENTE_RETURN_IF_ERROR(view_.Tick());
    const std::string key = Key().Zero().Text(place).str();
    rows_->Seek(key);
    ENTENTE_RETURN_IF_ERROR(rows_->status());
    TextRow row;
    if (!rows_->Valid() || rows_->key() != key || !row.Decode(rows_->value())) {
      return DamagedRecord(kText, key);
    }
    if (query_.window.first && row.day < *query_.window.first) return false;
    if (query_.window.last && row.day > *query_.window.last) return false;
    if (actors_ == nullptr) return query_.Matches(row.row);
    EventQuery any_direction = query_;
    any_direction.required_direction = 0;
    if (!any_direction.Matches(row.row)) return false;
    return HasActors(row.day, TextPlaceEvent(place));
  }

 private:
  absl::StatusOr<bool> HasActors(Date day, EventNumber event) {
    ENTENTE_RETURN_IF_ERROR(view_.Tick());
    const std::string key = Key().Text(prefix_).Time(day.Micros()).U64(event).str();
    actors_->Seek(key);
    ENTENTE_RETURN_IF_ERROR(actors_->status());
    if (!actors_->Valid() || actors_->key() != key) return false;
    EventRow row;
    ENTENTE_RETURN_IF_ERROR(DecodeRow(family_, *actors_, &row));
    return query_.Matches(row);
  }

  const View& view_;
  const EventQuery& query_;
  std::unique_ptr<kv::Iterator> rows_;  // null: everything passes
  StoreFamily family_ = kActorTime;
  std::string prefix_;
  std::unique_ptr<kv::Iterator> actors_;  // null: anybody
};

// Walks the events that match.
class Matches {
 public:
  Matches(const View& view, const EventQuery& filter, std::string start)
      : filter_(view, filter), next_(std::move(start)) {}

  absl::Status Open(const View& view, const TextQuery& query) {
    for (const TextClause& clause : query.clauses) {
      ENTENTE_ASSIGN_OR_RETURN(auto postings, graph::Open(view, clause));
      (clause.excluded ? excluded_ : wanted_).push_back(std::move(postings));
    }
    return absl::OkStatus();
  }

  // Steps to the next match; false at the end.
  absl::StatusOr<bool> Next() {
    while (true) {
      place_ = next_;
      ENTENTE_ASSIGN_OR_RETURN(const bool found, LeapTogether(wanted_, &place_));
      if (!found) return false;
      next_ = PlaceBehind(place_);
      ENTENTE_ASSIGN_OR_RETURN(const bool excluded, Excluded());
      if (excluded) continue;
      ENTENTE_ASSIGN_OR_RETURN(const bool passes, filter_.Passes(place_));
      if (passes) return true;
    }
  }

  // REQUIRES: Next() was true.
  PageToken token() const { return {TextPlaceTime(place_), TextPlaceEvent(place_)}; }

 private:
  absl::StatusOr<bool> Excluded() {
    for (const auto& postings : excluded_) {
      ENTENTE_RETURN_IF_ERROR(postings->SeekTo(place_));
      if (postings->valid() && postings->place() == place_) return true;
    }
    return false;
  }

  RowFilter filter_;
  std::vector<std::unique_ptr<Postings>> wanted_, excluded_;
  std::string place_, next_;
};

std::string QuestionOf(const v1::SearchEventsRequest& request) {
  v1::SearchEventsRequest question = request;
  question.clear_page_size();
  question.clear_page_token();
  question.clear_include_mentions();
  return "search" + question.SerializeAsString();
}

}  // namespace

absl::StatusOr<v1::SearchEventsResponse> SearchEvents(const View& view,
                                                      const v1::SearchEventsRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  const TextIndexer indexer;
  ENTENTE_ASSIGN_OR_RETURN(const TextQuery query, ParseTextQuery(request.query(), indexer));
  ENTENTE_ASSIGN_OR_RETURN(const EventQuery filter, ParseFilter(view, request.filter()));
  std::string start(kPlaceBytes, '\0');
  if (!request.page_token().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(const PageToken last,
                             PageToken::Decode(request.page_token(), QuestionOf(request)));
    start = PlaceBehind(TextPlace(last.time_micros, last.event));
  }
  Matches matches(view, filter, std::move(start));
  ENTENTE_RETURN_IF_ERROR(matches.Open(view, query));
  std::vector<EventNumber> page;
  PageToken last;
  bool more = false;
  while (true) {
    ENTENTE_ASSIGN_OR_RETURN(more, matches.Next());
    if (!more || page.size() == page_size) break;
    last = matches.token();
    page.push_back(last.event);
  }
  v1::SearchEventsResponse response;
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Event> events,
                           view.ReadEvents(page, request.include_mentions()));
  for (v1::Event& event : events) *response.add_events() = std::move(event);
  if (more) response.set_next_page_token(last.Encode(QuestionOf(request)));
  return response;
}

}  // namespace entente::graph
