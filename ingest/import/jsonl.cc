// Entente's own export: a v1.Event as a JSON object a line, as `entente timeline --format jsonl`
// and `entente event --format jsonl` write them.
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

// A summit with its evidence has some ten thousand bytes; the detail of one mention a hundred.
constexpr size_t kRecordBytesMax = size_t{16} << 20;

// An event's number is one's own store's: with what the event is, it is the event's anywhere.
std::string SourceIdOf(const v1::Event& event) {
  constexpr uint64_t kOffset = 0xcbf29ce484222325;  // FNV-1a, 64 bits (RFC draft eastlake-fnv)
  constexpr uint64_t kPrime = 0x100000001b3;
  uint64_t hash = kOffset;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    hash = (hash ^ 0xff) * kPrime;
  };
  add(event.type());
  add(event.date().start());
  for (const v1::Participant& participant : event.participants()) {
    add(participant.role());
    add(participant.actor());
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return Cat("entente:", event.id(), ":", digits);
}

class JsonlReader final : public RowReader {
 public:
  RecordShape FirstShape() const override {
    RecordShape shape;
    shape.limit_bytes = kRecordBytesMax;
    return shape;
  }

  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    MemberShape shape;
    shape.records.limit_bytes = kRecordBytesMax;
    if (Trim(first_record).starts_with('{')) return shape;
    return InvalidArgument("the first line is no JSON object; there should be one event a line");
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    row->kind = ImportedRow::Kind::kWhole;
    v1::Event& event = row->whole;
    event.Clear();
    const google::protobuf::util::Status parsed = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(record.data(), record.size()), &event);
    if (!parsed.ok()) {
      // Its message goes on with the line and a mark under it.
      const std::string message(parsed.message());
      return InvalidArgument(Cat("is no event: ", message.substr(0, message.find('\n'))));
    }
    if (event.type().empty()) return InvalidArgument("has no \"type\"");
    if (event.participants().empty()) return InvalidArgument("has no \"participants\"");
    if (event.source_id().empty()) {
      if (event.id().empty()) return InvalidArgument("has neither \"id\" nor \"source_id\"");
      event.set_source_id(SourceIdOf(event));
    }
    event.clear_id();
    for (v1::Mention& mention : *event.mutable_mentions()) mention.clear_explanation();
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<RowReader> MakeJsonlReader() { return std::make_unique<JsonlReader>(); }

}  // namespace entente::ingest
