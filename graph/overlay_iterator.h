// A cursor over rows of today with others laid over them: some of today's are hidden, and those of
// the overlay are added, or, where both have a key, combined.
//
// Thread safety: one thread. The overlay must outlive it and not change.
#ifndef ENTENTE_GRAPH_OVERLAY_ITERATOR_H_
#define ENTENTE_GRAPH_OVERLAY_ITERATOR_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "graph/kv/database.h"

namespace entente::graph {

class OverlayIterator : public kv::Iterator {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;
  // True if a row of today is not to be seen. An error ends the walk.
  using Hides = std::function<absl::StatusOr<bool>(std::string_view key)>;
  using Combine = std::function<std::string(std::string_view today, std::string_view over)>;

  // `today` and `over` are both within [lower, upper), an empty upper being the end. `hides` may be
  // null: nothing is hidden.
  OverlayIterator(std::unique_ptr<kv::Iterator> today, const Rows* over, std::string_view lower,
                  std::string_view upper, Hides hides, Combine combine);

  bool Valid() const override { return valid_; }
  void SeekToFirst() override;
  void SeekToLast() override;
  void Seek(std::string_view target) override;
  void SeekForPrev(std::string_view target) override;
  void Next() override;
  void Prev() override;
  std::string_view key() const override;
  std::string_view value() const override { return value_; }
  absl::Status status() const override { return error_.ok() ? today_->status() : error_; }

 private:
  void SkipHidden();  // in the direction of the walk
  void Choose();      // the row to stand on, of the two cursors

  std::unique_ptr<kv::Iterator> today_;
  const Rows* over_;
  const Rows::const_iterator begin_, end_;  // of the overlay's rows within the bounds
  const Hides hides_;
  const Combine combine_;
  bool forward_ = true;
  bool valid_ = false;
  bool on_today_ = false;  // the row comes from today's rows, or from both
  bool on_over_ = false;
  std::optional<Rows::const_iterator> over_at_;
  absl::Status error_;
  std::string key_;
  std::string value_;
};

// No rows, but an error.
class FailedIterator : public kv::Iterator {
 public:
  explicit FailedIterator(absl::Status status) : status_(std::move(status)) {}

  bool Valid() const override { return false; }
  void SeekToFirst() override {}
  void SeekToLast() override {}
  void Seek(std::string_view) override {}
  void SeekForPrev(std::string_view) override {}
  void Next() override {}
  void Prev() override {}
  std::string_view key() const override { return {}; }
  std::string_view value() const override { return {}; }
  absl::Status status() const override { return status_; }

 private:
  const absl::Status status_;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_OVERLAY_ITERATOR_H_
