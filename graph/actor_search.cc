#include "graph/actor_search.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kQueryBytesMax = 200;
constexpr size_t kPageSizeDefault = 20;
constexpr size_t kCandidatesMax = 10'000;
constexpr size_t kNameKeyTail = 9;  // 0x00 · actor8

// Adds the actors that have a name which begins with `folded`, in one of the two name ranges.
absl::Status CollectCandidates(const View& view, char tag, const std::string& folded,
                               std::map<ActorNumber, bool>* exact_of) {
  const std::string prefix = Key(tag).Text(folded).str();
  const auto it = view.ScanPrefix(kName, prefix);
  for (it->SeekToFirst(); it->Valid() && exact_of->size() < kCandidatesMax; it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    const std::string_view key = it->key();
    if (key.size() < prefix.size() + kNameKeyTail) return DamagedRecord(kName, key);
    const bool exact = tag == kNameTag && key.size() == prefix.size() + kNameKeyTail;
    const ActorNumber actor = view.CountsFor(ReadU64(key, key.size() - 8));
    if (actor == 0) continue;  // came later than the view
    bool& known = (*exact_of)[actor];
    known = known || exact;
  }
  return it->status();
}

struct Candidate {
  ActorNumber actor = 0;
  bool exact = false;
  int64_t event_count = 0;
};

absl::StatusOr<std::vector<Candidate>> Rank(const View& view,
                                            const std::map<ActorNumber, bool>& exact_of) {
  std::vector<Candidate> ranked;
  std::vector<std::string> totals;
  for (const auto& [actor, exact] : exact_of) {
    ranked.push_back({actor, exact, 0});
    totals.push_back(Key().U64(actor).U64(0).str());
  }
  ENTENTE_ASSIGN_OR_RETURN(const auto counts, view.MultiGet(kNeighbor, totals));
  for (size_t i = 0; i < ranked.size(); ++i) {
    Rollup total;
    if (counts[i] && !total.Decode(*counts[i])) return DamagedRecord(kNeighbor, totals[i]);
    ranked[i].event_count = total.count();
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Candidate& a, const Candidate& b) {
    return a.exact != b.exact ? a.exact : a.event_count > b.event_count;
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
  std::map<ActorNumber, bool> exact_of;
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber by_id, view.FindActor(request.query()));
  if (by_id != 0) exact_of[by_id] = true;
  ENTENTE_RETURN_IF_ERROR(CollectCandidates(view, kNameTag, folded, &exact_of));
  ENTENTE_RETURN_IF_ERROR(CollectCandidates(view, kNameRestTag, folded, &exact_of));
  ENTENTE_ASSIGN_OR_RETURN(std::vector<Candidate> ranked, Rank(view, exact_of));
  if (ranked.size() > page_size) ranked.resize(page_size);
  std::vector<ActorNumber> numbers;
  for (const Candidate& candidate : ranked) numbers.push_back(candidate.actor);
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, view.ReadActors(numbers));
  v1::SearchActorsResponse response;
  for (v1::Actor& actor : actors) *response.add_actors() = std::move(actor);
  return response;
}

}  // namespace entente::graph
