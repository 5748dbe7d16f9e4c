#include "graph/change_log.h"

#include <algorithm>
#include <string>

#include "entente/v1/curation.pb.h"
#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kPageSizeDefault = 100;
constexpr size_t kChangedPerPage = 100'000;  // events named in a page, after which it ends
constexpr size_t kForgetBatchRows = 20'000;

absl::Status FillRevision(const View& view, uint64_t number, const Change& change,
                          v1::Revision* out) {
  out->set_revision(static_cast<int64_t>(number));
  out->set_commit_time_micros(change.commit_time_micros);
  if (change.created_count > 0) {
    out->set_first_created_event(
        static_cast<int64_t>(change.last_event - change.created_count + 1));
    out->set_created_event_count(static_cast<int64_t>(change.created_count));
  }
  for (const EventNumber event : change.changed) out->add_changed_event_ids(std::to_string(event));
  if (change.article != 0) {
    const std::string key = Key().U64(change.article).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, view.Get(kArticle, key));
    ArticleRecord record;
    if (!bytes || !record.Decode(*bytes)) return DamagedRecord(kArticle, key);
    out->set_article(record.article.id());
    return absl::OkStatus();
  }
  const std::string key = Key().U64(number).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, view.Get(kCuration, key));
  if (bytes && !out->mutable_curation()->ParseFromString(*bytes)) {
    return DamagedRecord(kCuration, key);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Change> ReadChange(const View& view, uint64_t revision) {
  const std::string key = Key().U64(revision).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, view.Get(kLog, key));
  Change change;
  if (!bytes || !change.Decode(*bytes)) return DamagedRecord(kLog, key);
  return change;
}

absl::StatusOr<v1::ListChangesResponse> ListChanges(const View& view,
                                                    const v1::ListChangesRequest& request,
                                                    uint64_t last) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  if (request.after_revision() < 0) {
    return InvalidArgument(
        Cat("after_revision is ", request.after_revision(), "; it must not be negative"));
  }
  const auto after = static_cast<uint64_t>(request.after_revision());
  v1::ListChangesResponse response;
  if (after >= last) return response;
  const auto it = view.Scan(kLog, Key().U64(after + 1), Key().U64(last + 1));
  size_t changed = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (static_cast<size_t>(response.revisions_size()) == page_size || changed > kChangedPerPage) {
      break;
    }
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    Change change;
    if (it->key().size() != 8 || !change.Decode(it->value())) return DamagedRecord(kLog, it->key());
    changed += change.changed.size();
    ENTENTE_RETURN_IF_ERROR(
        FillRevision(view, ReadU64(it->key(), 0), change, response.add_revisions()));
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return response;
}

absl::StatusOr<uint64_t> RevisionAt(const View& view, int64_t time_micros, uint64_t last) {
  uint64_t low = 0, high = last;  // the answer is in [low, high]
  while (low < high) {
    const uint64_t middle = low + (high - low + 1) / 2;
    ENTENTE_ASSIGN_OR_RETURN(const Change change, ReadChange(view, middle));
    if (change.commit_time_micros <= time_micros) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

absl::Status ForgetHistory(kv::Database* db, const View& view, uint64_t oldest) {
  // First the promise, then the rows: a crash in between leaves rows that nobody reads.
  kv::WriteBatch batch;
  batch.Put(kMeta, kHistoryKey, Key().U64(oldest));
  ENTENTE_RETURN_IF_ERROR(db->Write(batch, /*sync=*/true));
  batch.Clear();
  // A row holds what was until its revision, so that of `oldest` itself is not needed either.
  const auto it = view.Scan(kHistory, "", Key().U64(oldest + 1));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    batch.Delete(kHistory, it->key());
    if (batch.size() < kForgetBatchRows) continue;
    ENTENTE_RETURN_IF_ERROR(db->Write(batch, /*sync=*/false));
    batch.Clear();
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return db->Write(batch, /*sync=*/true);
}

}  // namespace entente::graph
