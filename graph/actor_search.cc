#include "graph/actor_search.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "graph/fuzzy_names.h"
#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kQueryBytesMax = 200;
constexpr size_t kPageSizeDefault = 20;
constexpr size_t kCandidatesMax = 10'000;
constexpr size_t kNameKeyTail = 9;  // 0x00 · actor8

// How far a name is from the query.
constexpr int kExact = 0;
constexpr int kBeginning = 1;
constexpr int kErrors = 1;  // and as many more as there are errors; at least one

using Candidates = std::map<ActorNumber, int>;  // the least distance of a name

void Note(ActorNumber actor, int distance, Candidates* candidates) {
  const auto [it, is_new] = candidates->try_emplace(actor, distance);
  if (!is_new) it->second = std::min(it->second, distance);
}

// Adds the actors that have a name which begins with `folded`, in one of the two name ranges.
absl::Status CollectCandidates(const View& view, char tag, const std::string& folded,
                               Candidates* candidates) {
  const std::string prefix = Key(tag).Text(folded).str();
  const auto it = view.ScanPrefix(kName, prefix);
  for (it->SeekToFirst(); it->Valid() && candidates->size() < kCandidatesMax; it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    const std::string_view key = it->key();
    if (key.size() < prefix.size() + kNameKeyTail) return DamagedRecord(kName, key);
    const bool exact = tag == kNameTag && key.size() == prefix.size() + kNameKeyTail;
    const ActorNumber actor = view.CountsFor(ReadU64(key, key.size() - 8));
    if (actor == 0) continue;  // came later than the view
    Note(actor, exact ? kExact : kBeginning, candidates);
  }
  return it->status();
}

// Adds those that have a name which is spelt nearly so, in one of the two name ranges. `keys_left`
// is how many keys may be looked at.
absl::Status CollectNearNames(const View& view, char tag, const std::string& folded,
                              int64_t* keys_left, Candidates* candidates) {
  FuzzyPattern pattern(folded);
  const auto it = view.ScanPrefix(kName, std::string(1, tag));
  for (it->SeekToFirst(); it->Valid() && *keys_left > 0; --*keys_left) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    const std::string_view key = it->key();
    if (key.size() < 1 + kNameKeyTail) return DamagedRecord(kName, key);
    const std::string_view name = key.substr(1, key.size() - 1 - kNameKeyTail);
    if (const std::optional<int> errors = pattern.Distance(name)) {
      const ActorNumber actor = view.CountsFor(ReadU64(key, key.size() - 8));
      if (actor != 0) Note(actor, kErrors + std::max(*errors, 1), candidates);
      if (candidates->size() >= kCandidatesMax) break;
      it->Next();
    } else if (pattern.dead_bytes() < name.size()) {
      it->Seek(PrefixEnd(key.substr(0, 1 + pattern.dead_bytes())));
    } else {
      it->Next();
    }
  }
  return it->status();
}

struct Candidate {
  ActorNumber actor = 0;
  int distance = 0;
  int64_t event_count = 0;
};

absl::StatusOr<std::vector<Candidate>> Rank(const View& view, const Candidates& candidates) {
  std::vector<Candidate> ranked;
  std::vector<std::string> totals;
  for (const auto& [actor, distance] : candidates) {
    ranked.push_back({actor, distance, 0});
    totals.push_back(Key().U64(actor).U64(0).str());
  }
  ENTENTE_ASSIGN_OR_RETURN(const auto counts, view.MultiGet(kNeighbor, totals));
  for (size_t i = 0; i < ranked.size(); ++i) {
    Rollup total;
    if (counts[i] && !total.Decode(*counts[i])) return DamagedRecord(kNeighbor, totals[i]);
    ranked[i].event_count = total.count();
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Candidate& a, const Candidate& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.event_count > b.event_count;
  });
  return ranked;
}

}  // namespace

absl::StatusOr<v1::SearchActorsResponse> SearchActors(const View& view,
                                                      const v1::SearchActorsRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  if (request.query().size() > kQueryBytesMax) {
    return InvalidArgument(Cat("query has ", request.query().size(), " bytes; at most ",
                               kQueryBytesMax, " are allowed"));
  }
  const std::string folded = FoldName(request.query());
  if (folded.empty()) {
    return InvalidArgument("query has no letters or digits; give a name or its beginning");
  }
  Candidates candidates;
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber by_id, view.FindActor(request.query()));
  if (by_id != 0) Note(by_id, kExact, &candidates);
  ENTENTE_RETURN_IF_ERROR(CollectCandidates(view, kNameTag, folded, &candidates));
  ENTENTE_RETURN_IF_ERROR(CollectCandidates(view, kNameRestTag, folded, &candidates));
  if (candidates.size() < page_size && FuzzyPattern(folded).allows_errors()) {
    int64_t keys_left = kFuzzyKeysMax;
    ENTENTE_RETURN_IF_ERROR(CollectNearNames(view, kNameTag, folded, &keys_left, &candidates));
    ENTENTE_RETURN_IF_ERROR(CollectNearNames(view, kNameRestTag, folded, &keys_left, &candidates));
  }
  ENTENTE_ASSIGN_OR_RETURN(std::vector<Candidate> ranked, Rank(view, candidates));
  if (ranked.size() > page_size) ranked.resize(page_size);
  std::vector<ActorNumber> numbers;
  for (const Candidate& candidate : ranked) numbers.push_back(candidate.actor);
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, view.ReadActors(numbers));
  v1::SearchActorsResponse response;
  for (v1::Actor& actor : actors) *response.add_actors() = std::move(actor);
  return response;
}

}  // namespace entente::graph
