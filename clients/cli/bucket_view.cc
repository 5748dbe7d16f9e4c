#include "clients/cli/bucket_view.h"

#include <algorithm>
#include <cstdint>

#include "base/strings.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr size_t kBarColumns = 30;

std::string Bar(int64_t count, int64_t most) {
  std::string bar;
  const auto length = most == 0 ? 0 : (static_cast<size_t>(count) * kBarColumns + most - 1) / most;
  for (size_t i = 0; i < length; ++i) bar += "█";
  return bar;
}

}  // namespace

std::string TypeCountsText(const google::protobuf::RepeatedPtrField<v1::TypeCount>& types,
                           int limit) {
  std::string text;
  for (int i = 0; i < types.size() && i < limit; ++i) {
    text += Cat(i > 0 ? " · " : "", Humanize(types[i].type()), ' ', types[i].count());
  }
  return types.size() > limit ? text + " · …" : text;
}

Table BucketTable(const google::protobuf::RepeatedPtrField<v1::TimelineBucket>& buckets,
                  size_t start_bytes) {
  Table table({{"FROM"},
               {"EVENTS", Align::kRight},
               {""},
               {"GOLDSTEIN", Align::kRight},
               {"TYPES", Align::kLeft, Fit::kWrap}});
  int64_t most = 0;
  for (const v1::TimelineBucket& bucket : buckets) most = std::max(most, bucket.event_count());
  for (const v1::TimelineBucket& bucket : buckets) {
    table.Add({bucket.start_date().substr(0, start_bytes), Cat(bucket.event_count()),
               Bar(bucket.event_count(), most), Decimal(bucket.goldstein_mean(), 1),
               TypeCountsText(bucket.types(), 3)});
  }
  return table;
}

}  // namespace entente::cli
