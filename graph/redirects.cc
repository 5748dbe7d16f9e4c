#include "graph/redirects.h"

#include <limits>
#include <optional>
#include <utility>

#include "entente/v1/curation.pb.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

// Finds actors' numbers by id; from the records if a rebuild that was cut short took the index.
class Numbers {
 public:
  Numbers(const kv::Database& db, const kv::Snapshot* snapshot) : db_(db), snapshot_(snapshot) {}

  absl::StatusOr<ActorNumber> Of(const std::string& id) {
    const std::string key = Key(kIdTag).Text(id).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto value, db_.Get(kName, key, snapshot_));
    if (value && value->size() == 8) return ReadU64(*value, 0);
    if (numbers_.empty()) ENTENTE_RETURN_IF_ERROR(ReadRecords());
    const auto it = numbers_.find(id);
    if (it == numbers_.end()) return DamagedRecord(kName, key);
    return it->second;
  }

 private:
  absl::Status ReadRecords() {
    const auto it = db_.NewIterator(kActor, "", "", snapshot_);
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      v1::Actor actor;
      if (it->key().size() != 8 ||
          !actor.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
        return DamagedRecord(kActor, it->key());
      }
      numbers_[actor.id()] = ReadU64(it->key(), 0);
    }
    return it->status();
  }

  const kv::Database& db_;
  const kv::Snapshot* snapshot_;
  std::map<std::string, ActorNumber> numbers_;
};

template <typename T>
T EndOfChain(const std::map<T, T>& next, T at) {
  for (auto it = next.find(at); it != next.end(); it = next.find(at)) at = it->second;
  return at;
}

}  // namespace

Redirects::Redirects(std::vector<Merge> merges, uint64_t revision) : merges_(std::move(merges)) {
  std::map<ActorNumber, ActorNumber> numbers;
  std::map<std::string, std::string> ids;
  for (const Merge& merge : merges_) {
    if (merge.since > revision || (merge.until != 0 && merge.until <= revision)) continue;
    numbers[merge.actor] = merge.into;
    ids[merge.actor_id] = merge.into_id;
  }
  for (const auto& [actor, into] : numbers) numbers_[actor] = EndOfChain(numbers, into);
  for (const auto& [actor, into] : ids) ids_[actor] = EndOfChain(ids, into);
}

absl::StatusOr<Redirects> Redirects::Load(const kv::Database& db, const kv::Snapshot* snapshot) {
  std::vector<Merge> merges;
  Numbers numbers(db, snapshot);
  const auto it = db.NewIterator(kCuration, "", "", snapshot);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    v1::CurationRecord record;
    if (!record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return DamagedRecord(kCuration, it->key());
    }
    if (!record.has_merge_actors()) continue;
    Merge merge;
    merge.actor_id = record.merge_actors().actor();
    merge.into_id = record.merge_actors().into_actor();
    ENTENTE_ASSIGN_OR_RETURN(merge.actor, numbers.Of(merge.actor_id));
    ENTENTE_ASSIGN_OR_RETURN(merge.into, numbers.Of(merge.into_id));
    merge.since = static_cast<uint64_t>(record.revision());
    merge.until = static_cast<uint64_t>(record.undone_by_revision());
    merges.push_back(std::move(merge));
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return Redirects(std::move(merges), std::numeric_limits<uint64_t>::max());
}

ActorNumber Redirects::Resolve(ActorNumber actor) const {
  const auto it = numbers_.find(actor);
  return it == numbers_.end() ? actor : it->second;
}

const std::string& Redirects::Resolve(const std::string& id) const {
  const auto it = ids_.find(id);
  return it == ids_.end() ? id : it->second;
}

std::vector<std::string> Redirects::LeadingTo(const std::string& id) const {
  std::vector<std::string> out;
  for (const auto& [actor, into] : ids_) {
    if (into == id) out.push_back(actor);
  }
  return out;
}

}  // namespace entente::graph
