// Counts of events, by time and by type, as people get to see them.
//
//   BucketTable(response.buckets(), 7).Render(80)    // a row a month, with a bar
//   TypeCountsText(bucket.types(), 3)                // "meeting 12 · visit 4 · aid 1 · …"
//
// Thread safety: pure.
#ifndef ENTENTE_CLIENTS_CLI_BUCKET_VIEW_H_
#define ENTENTE_CLIENTS_CLI_BUCKET_VIEW_H_

#include <cstddef>
#include <string>

#include "clients/cli/output.h"
#include "entente/v1/event_graph.pb.h"

namespace entente::cli {

// The first `limit` types with their counts, in the order given; "…" stands for the rest.
std::string TypeCountsText(const google::protobuf::RepeatedPtrField<v1::TypeCount>& types,
                           int limit);

// A row a bucket: the first `start_bytes` bytes of its date (4 give the year, 7 the month, 10 the
// day), how many events, a bar against the largest bucket, mean intensity, the commonest types.
Table BucketTable(const google::protobuf::RepeatedPtrField<v1::TimelineBucket>& buckets,
                  size_t start_bytes);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_BUCKET_VIEW_H_
