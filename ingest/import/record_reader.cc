#include "ingest/import/record_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/status.h"

namespace entente::ingest {
namespace {

constexpr size_t kNone = std::string::npos;
constexpr char kOpenQuote[] = "has a quote that is never closed";

}  // namespace

absl::StatusOr<bool> RecordReader::Fill() {
  if (member_over_) return false;
  ENTENTE_ASSIGN_OR_RETURN(std::optional<BlockStream::Block> block, stream_->Next());
  if (!block || block->begins_member) {
    member_over_ = true;
    stream_over_ = !block.has_value();
    if (block) {
      member_waits_ = true;
      next_member_ = std::move(block->member);
      next_bytes_ = std::move(block->bytes);
      packed_position_ = block->packed_position;
    }
    return false;
  }
  packed_position_ = block->packed_position;
  buffer_.erase(0, std::exchange(begin_, 0));
  buffer_.append(block->bytes);
  stream_->Recycle(std::move(block->bytes));
  return true;
}

absl::StatusOr<bool> RecordReader::BeginMember() {
  if (stream_over_) return false;
  if (!member_waits_) {
    ENTENTE_ASSIGN_OR_RETURN(std::optional<BlockStream::Block> block, stream_->Next());
    if (!block) {
      stream_over_ = true;
      return false;
    }
    next_member_ = std::move(block->member);
    next_bytes_ = std::move(block->bytes);
    packed_position_ = block->packed_position;
  }
  member_waits_ = false;
  member_over_ = false;
  member_ = std::move(next_member_);
  buffer_ = std::move(next_bytes_);
  begin_ = buffer_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  ++member_count_;
  record_count_ = 0;
  line_ = 1;
  return true;
}

// A quote opens a field only at its beginning; within, "" stands for one quote.
size_t RecordReader::FindQuotedEnd(int64_t* lines, bool* quote_open) const {
  bool quoted = false;
  bool field_begins = true;
  for (size_t i = begin_; i < buffer_.size(); ++i) {
    const char c = buffer_[i];
    if (quoted) {
      if (c == '\n') ++*lines;
      if (c != '"') continue;
      if (i + 1 < buffer_.size() && buffer_[i + 1] == '"') {
        ++i;
      } else {
        quoted = false;
      }
      field_begins = false;
      continue;
    }
    if (c == '\n') return i;
    quoted = c == '"' && field_begins;
    field_begins = c == shape_.delimiter;
  }
  *quote_open = quoted;
  return kNone;
}

size_t RecordReader::FindEnd(int64_t* lines, bool* quote_open) const {
  if (shape_.quoted) return FindQuotedEnd(lines, quote_open);
  const void* end = std::memchr(buffer_.data() + begin_, '\n', buffer_.size() - begin_);
  return end == nullptr ? kNone
                        : static_cast<size_t>(static_cast<const char*>(end) - buffer_.data());
}

void RecordReader::Give(size_t end, int64_t lines, const char* fault, Record* record) {
  std::string_view text(buffer_.data() + begin_, end - begin_);
  if (text.ends_with('\r')) text.remove_suffix(1);
  record->text = text;
  record->line = line_;
  record->fault = fault;
  record->begins_member = record_count_ == 0;
  ++record_count_;
  line_ += lines + 1;
  begin_ = std::min(end + 1, buffer_.size());
}

// Passes over a line that is longer than the limit, but for its beginning.
absl::StatusOr<bool> RecordReader::SkipLongLine(Record* record) {
  kept_.assign(buffer_, begin_, kKeptBytes);
  for (;;) {
    const size_t end = buffer_.find('\n', begin_);
    begin_ = end == kNone ? buffer_.size() : end;
    if (end != kNone) break;
    ENTENTE_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) break;
  }
  Give(begin_, 0, "is longer than a row may be", record);
  record->text = kept_;
  return true;
}

absl::StatusOr<bool> RecordReader::Next(Record* record) {
  for (;;) {
    int64_t lines = 0;
    bool quote_open = false;
    const size_t end = FindEnd(&lines, &quote_open);
    if (end != kNone && end - begin_ <= shape_.limit_bytes) {
      const bool empty = end == begin_ || (end == begin_ + 1 && buffer_[begin_] == '\r');
      if (empty) {
        ++line_;
        begin_ = end + 1;
        continue;
      }
      Give(end, lines, nullptr, record);
      return true;
    }
    if (end == kNone && !OverLimit()) {
      ENTENTE_ASSIGN_OR_RETURN(const bool more, Fill());
      if (more) continue;
    }
    const size_t line_end = buffer_.find('\n', begin_);
    if (begin_ < buffer_.size() && line_end == kNone && !OverLimit()) {
      // The last line may do without its break.
      Give(buffer_.size(), 0, quote_open ? kOpenQuote : nullptr, record);
      return true;
    }
    if (begin_ < buffer_.size()) {
      if (line_end == kNone || line_end - begin_ > shape_.limit_bytes) return SkipLongLine(record);
      Give(line_end, 0, kOpenQuote, record);
      return true;
    }
    ENTENTE_ASSIGN_OR_RETURN(const bool more, BeginMember());
    if (!more) return false;
  }
}

}  // namespace entente::ingest
