#include "graph/overlay_iterator.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace entente::graph {

OverlayIterator::OverlayIterator(std::unique_ptr<kv::Iterator> today, const Rows* over,
                                 std::string_view lower, std::string_view upper, Hides hides,
                                 Combine combine)
    : today_(std::move(today)),
      over_(over),
      begin_(over->lower_bound(lower)),
      end_(upper.empty() ? over->end() : over->lower_bound(std::max(lower, upper))),
      hides_(std::move(hides)),
      combine_(std::move(combine)) {}

void OverlayIterator::SeekToFirst() {
  forward_ = true;
  today_->SeekToFirst();
  over_at_.reset();
  if (begin_ != end_) over_at_ = begin_;
  SkipHidden();
  Choose();
}

void OverlayIterator::SeekToLast() {
  forward_ = false;
  today_->SeekToLast();
  over_at_.reset();
  if (begin_ != end_) over_at_ = std::prev(end_);
  SkipHidden();
  Choose();
}

void OverlayIterator::Seek(std::string_view target) {
  forward_ = true;
  today_->Seek(target);
  over_at_.reset();
  if (begin_ != end_) {
    const bool behind_all = end_ != over_->end() && target >= end_->first;
    const auto at = target <= begin_->first ? begin_
                    : behind_all            ? end_
                                            : over_->lower_bound(target);
    if (at != end_) over_at_ = at;
  }
  SkipHidden();
  Choose();
}

void OverlayIterator::SeekForPrev(std::string_view target) {
  forward_ = false;
  today_->SeekForPrev(target);
  over_at_.reset();
  if (begin_ != end_ && begin_->first <= target) {
    const bool behind_all = end_ != over_->end() && target >= end_->first;
    over_at_ = std::prev(behind_all ? end_ : over_->upper_bound(target));
  }
  SkipHidden();
  Choose();
}

void OverlayIterator::Next() {
  if (!forward_) {
    const std::string at = key_;
    Seek(at);  // stands on the same key again, with both cursors ahead
  }
  if (on_today_) today_->Next();
  if (on_over_ && ++*over_at_ == end_) over_at_.reset();
  SkipHidden();
  Choose();
}

void OverlayIterator::Prev() {
  if (forward_) {
    const std::string at = key_;
    SeekForPrev(at);
  }
  if (on_today_) today_->Prev();
  if (on_over_) {
    if (*over_at_ == begin_) {
      over_at_.reset();
    } else {
      --*over_at_;
    }
  }
  SkipHidden();
  Choose();
}

std::string_view OverlayIterator::key() const { return key_; }

void OverlayIterator::SkipHidden() {
  if (hides_ == nullptr) return;
  while (error_.ok() && today_->Valid()) {
    const absl::StatusOr<bool> hidden = hides_(today_->key());
    error_ = hidden.status();
    if (!hidden.ok() || !*hidden) return;
    forward_ ? today_->Next() : today_->Prev();
  }
}

void OverlayIterator::Choose() {
  // An error of today's rows must not look like their end.
  valid_ = status().ok() && (today_->Valid() || over_at_);
  on_today_ = valid_ && today_->Valid();
  on_over_ = valid_ && over_at_;
  if (!valid_) return;
  if (on_today_ && on_over_) {
    const int order = today_->key().compare((*over_at_)->first);
    const bool today_first = forward_ ? order < 0 : order > 0;
    on_over_ = order == 0 || !today_first;
    on_today_ = order == 0 || today_first;
  }
  key_ = on_today_ ? std::string(today_->key()) : (*over_at_)->first;
  if (on_today_ && on_over_) {
    value_ = combine_(today_->value(), (*over_at_)->second);
  } else {
    value_ = on_today_ ? std::string(today_->value()) : (*over_at_)->second;
  }
}

}  // namespace entente::graph
