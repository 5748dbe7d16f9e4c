#include "graph/records.h"

#include <google/protobuf/message_lite.h>

#include <cmath>
#include <utility>

#include "graph/codec.h"

namespace entente::graph {
namespace {

constexpr int32_t kIntensityMilliMax = 10'000;
constexpr uint32_t kConfidenceStepsMax = 10'000;
constexpr int32_t kIntensityBias = 32'768;
constexpr char kHasEvent = 1;  // flags of OldVersion
constexpr char kHasMentions = 2;

void PutBig16(uint32_t value, std::string* out) {
  out->push_back(static_cast<char>(value >> 8));
  out->push_back(static_cast<char>(value));
}

void PutMessage(const google::protobuf::MessageLite& message, std::string* out) {
  PutVarint(message.ByteSizeLong(), out);
  message.AppendToString(out);
}

bool GetMessage(Decoder* in, google::protobuf::MessageLite* message) {
  uint64_t size = 0;
  std::string_view body;
  return in->Varint(&size) && in->Bytes(size, &body) &&
         message->ParseFromArray(body.data(), static_cast<int>(body.size()));
}

void PutNumbers(const std::vector<EventNumber>& numbers, std::string* out) {
  PutVarint(numbers.size(), out);
  for (const EventNumber number : numbers) PutVarint(number, out);
}

bool GetNumbers(Decoder* in, std::vector<EventNumber>* numbers) {
  uint64_t count = 0;
  if (!in->Varint(&count)) return false;
  numbers->clear();
  for (uint64_t i = 0; i < count; ++i) {
    EventNumber number = 0;
    if (!in->Varint(&number)) return false;
    numbers->push_back(number);
  }
  return true;
}

}  // namespace

int32_t IntensityMilli(double goldstein) {
  return static_cast<int32_t>(std::lround(goldstein * 1000));
}

uint32_t ConfidenceSteps(double confidence) {
  return static_cast<uint32_t>(std::lround(confidence * 10000));
}

void EventRow::AppendTo(std::string* out) const {
  PutVarint(type, out);
  out->push_back(
      static_cast<char>(static_cast<unsigned>(status) | static_cast<unsigned>(quad_class) << 4));
  out->push_back(static_cast<char>(direction));
  PutBig16(static_cast<uint32_t>(intensity_milli + kIntensityBias), out);
  PutBig16(confidence_steps, out);
}

std::string EventRow::Encode() const {
  std::string out;
  AppendTo(&out);
  return out;
}

bool EventRow::Decode(std::string_view bytes) {
  Decoder in(bytes);
  uint64_t number = 0;
  std::string_view rest;
  if (!in.Varint(&number) || !in.Bytes(6, &rest) || !in.Done()) return false;
  type = static_cast<WordNumber>(number);
  const auto flags = static_cast<unsigned char>(rest[0]);
  status = static_cast<v1::EventStatus>(flags & 0xF);
  quad_class = static_cast<v1::QuadClass>(flags >> 4);
  direction = static_cast<uint8_t>(rest[1]);
  intensity_milli = static_cast<int32_t>(ReadFixed(rest, 2, 2)) - kIntensityBias;
  confidence_steps = static_cast<uint32_t>(ReadFixed(rest, 4, 2));
  return number <= UINT32_MAX && v1::EventStatus_IsValid(flags & 0xF) &&
         v1::QuadClass_IsValid(flags >> 4) && direction <= (kForward | kBackward) &&
         std::abs(intensity_milli) <= kIntensityMilliMax && confidence_steps <= kConfidenceStepsMax;
}

EventRow RowOf(const v1::Event& event, WordNumber type) {
  EventRow row;
  row.type = type;
  row.status = event.status();
  row.quad_class = event.quad_class();
  row.intensity_milli = IntensityMilli(event.goldstein());
  row.confidence_steps = ConfidenceSteps(event.confidence());
  return row;
}

Date DayOf(const v1::Event& event) {
  const absl::StatusOr<Date> date = ParseDate(event.date().start());
  return date.ok() ? *date : Date::FromMicros(event.report_time_micros());
}

std::string Counters::Encode() const {
  std::string out;
  for (const uint64_t value : {revision, last_event, last_actor, last_article, last_word,
                               event_count, mention_count, article_count}) {
    PutVarint(value, &out);
  }
  return out;
}

bool Counters::Decode(std::string_view bytes) {
  Decoder in(bytes);
  for (uint64_t* value : {&revision, &last_event, &last_actor, &last_article, &last_word,
                          &event_count, &mention_count, &article_count}) {
    if (!in.Varint(value)) return false;
  }
  return in.Done();
}

std::string ArticleRecord::Encode() const {
  std::string out;
  PutMessage(article, &out);
  PutVarint(group, &out);
  PutNumbers(events, &out);
  return out;
}

bool ArticleRecord::Decode(std::string_view bytes) {
  Decoder in(bytes);
  return GetMessage(&in, &article) && in.Varint(&group) && GetNumbers(&in, &events) && in.Done();
}

std::string Change::Encode() const {
  std::string out;
  for (const uint64_t value : {article, created_count, last_event, last_actor, last_article}) {
    PutVarint(value, &out);
  }
  PutNumbers(changed, &out);
  PutSigned(commit_time_micros, &out);
  return out;
}

bool Change::Decode(std::string_view bytes) {
  Decoder in(bytes);
  for (uint64_t* value : {&article, &created_count, &last_event, &last_actor, &last_article}) {
    if (!in.Varint(value)) return false;
  }
  return created_count <= last_event && GetNumbers(&in, &changed) &&
         in.Signed(&commit_time_micros) && in.Done();
}

std::string OldVersion::Encode() const {
  std::string out(1, static_cast<char>((event ? kHasEvent : 0) | (mentions ? kHasMentions : 0)));
  if (event) PutMessage(*event, &out);
  if (!mentions) return out;
  PutVarint(mentions->size(), &out);
  for (const OldMention& old : *mentions) {
    PutVarint(old.article, &out);
    PutVarint(old.n, &out);
    PutMessage(old.mention, &out);
  }
  return out;
}

bool OldVersion::Decode(std::string_view bytes) {
  event.reset();
  mentions.reset();
  Decoder in(bytes);
  std::string_view flags;
  if (!in.Bytes(1, &flags) || (flags[0] & ~(kHasEvent | kHasMentions)) != 0) return false;
  if ((flags[0] & kHasEvent) && !GetMessage(&in, &event.emplace())) return false;
  if ((flags[0] & kHasMentions) == 0) return in.Done();
  uint64_t count = 0;
  if (!in.Varint(&count)) return false;
  mentions.emplace();
  for (uint64_t i = 0; i < count; ++i) {
    OldMention old;
    uint64_t n = 0;
    if (!in.Varint(&old.article) || !in.Varint(&n) || !GetMessage(&in, &old.mention)) return false;
    old.n = static_cast<uint32_t>(n);
    mentions->push_back(std::move(old));
  }
  return in.Done();
}

std::string Report::Encode() const {
  return std::string(1, retracted ? '\1' : '\0') + event.SerializeAsString();
}

bool Report::Decode(std::string_view bytes) {
  if (bytes.empty() || static_cast<unsigned char>(bytes[0]) > 1) return false;
  retracted = bytes[0] == '\1';
  return event.ParseFromArray(bytes.data() + 1, static_cast<int>(bytes.size() - 1));
}

}  // namespace entente::graph
