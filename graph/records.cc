#include "graph/records.h"

#include <cmath>

#include "graph/codec.h"

namespace entente::graph {
namespace {

constexpr int32_t kIntensityMilliMax = 10'000;
constexpr uint32_t kConfidenceStepsMax = 10'000;
constexpr int32_t kIntensityBias = 32'768;

void PutBig16(uint32_t value, std::string* out) {
  out->push_back(static_cast<char>(value >> 8));
  out->push_back(static_cast<char>(value));
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

std::string EventRow::Encode() const {
  std::string out;
  PutVarint(type, &out);
  out.push_back(
      static_cast<char>(static_cast<unsigned>(status) | static_cast<unsigned>(quad_class) << 4));
  out.push_back(static_cast<char>(direction));
  PutBig16(static_cast<uint32_t>(intensity_milli + kIntensityBias), &out);
  PutBig16(confidence_steps, &out);
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
  const std::string body = article.SerializeAsString();
  PutVarint(body.size(), &out);
  out += body;
  PutNumbers(events, &out);
  return out;
}

bool ArticleRecord::Decode(std::string_view bytes) {
  Decoder in(bytes);
  uint64_t size = 0;
  std::string_view body;
  return in.Varint(&size) && in.Bytes(size, &body) &&
         article.ParseFromArray(body.data(), static_cast<int>(body.size())) &&
         GetNumbers(&in, &events) && in.Done();
}

std::string Change::Encode() const {
  std::string out;
  PutVarint(article, &out);
  PutNumbers(created, &out);
  PutNumbers(changed, &out);
  PutSigned(commit_time_micros, &out);
  return out;
}

bool Change::Decode(std::string_view bytes) {
  Decoder in(bytes);
  return in.Varint(&article) && GetNumbers(&in, &created) && GetNumbers(&in, &changed) &&
         in.Signed(&commit_time_micros) && in.Done();
}

}  // namespace entente::graph
