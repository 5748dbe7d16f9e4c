#include "ingest/eval/records.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/coder/dyads.h"

namespace entente::eval {
namespace {

using Json = nlohmann::json;

absl::StatusOr<Json> ParseObject(std::string_view text) {
  if (text.size() > kLineBytesMax) {
    return InvalidArgument(Cat("the line has over ", kLineBytesMax >> 20, " MiB"));
  }
  if (!IsValidUtf8(text)) return InvalidArgument("the line is not UTF-8");
  try {
    Json json = Json::parse(text.begin(), text.end());
    if (json.is_object()) return json;
    return InvalidArgument(Cat("the line is JSON ", json.type_name(), "; an object is expected"));
  } catch (const Json::exception& fault) {
    // "[json.exception.parse_error.101] parse error at line 1, column 8: syntax error …"
    std::string_view what = fault.what();
    if (const size_t close = what.find("] "); close != what.npos) what.remove_prefix(close + 2);
    return InvalidArgument(Cat("not JSON: ", what.substr(0, 200)));
  }
}

// The value of `name`; null if there is none or it is null.
const Json* Find(const Json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

absl::Status TakeText(const Json& object, const char* name, std::string* out) {
  const Json* value = Find(object, name);
  if (value == nullptr) return absl::OkStatus();
  if (!value->is_string()) {
    return InvalidArgument(Cat('"', name, "\" is ", value->type_name(), "; a string is expected"));
  }
  *out = value->get<std::string>();
  return absl::OkStatus();
}

absl::Status TakeRequiredText(const Json& object, const char* name, std::string* out) {
  ENTENTE_RETURN_IF_ERROR(TakeText(object, name, out));
  if (out->empty()) return InvalidArgument(Cat("no \"", name, '"'));
  return absl::OkStatus();
}

absl::Status TakeId(const Json& object, std::string* out) {
  ENTENTE_RETURN_IF_ERROR(TakeRequiredText(object, "id", out));
  if (out->size() <= kIdBytesMax) return absl::OkStatus();
  return InvalidArgument(Cat("\"id\" has over ", kIdBytesMax, " bytes"));
}

// Null if there is no such list.
absl::StatusOr<const Json*> FindList(const Json& object, const char* name) {
  const Json* list = Find(object, name);
  if (list == nullptr) return list;
  if (!list->is_array()) {
    return InvalidArgument(Cat('"', name, "\" is ", list->type_name(), "; a list is expected"));
  }
  if (list->size() > kItemsMax) {
    return InvalidArgument(Cat('"', name, "\" has over ", kItemsMax, " elements"));
  }
  for (const Json& element : *list) {
    if (!element.is_object()) {
      return InvalidArgument(
          Cat('"', name, "\" has ", element.type_name(), " in it; objects are expected"));
    }
  }
  return list;
}

bool IsByteOffset(const Json& value) {
  return value.is_number_unsigned() &&
         value.get<uint64_t>() <= std::numeric_limits<uint32_t>::max();
}

bool IsBoundary(std::string_view text, int64_t offset) {
  const size_t at = static_cast<size_t>(offset);
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

absl::Status TakeSpan(const Json& item, const char* name, std::string_view text, ByteSpan* span) {
  const Json* value = Find(item, name);
  if (value == nullptr) return InvalidArgument(Cat("no \"", name, '"'));
  if (!value->is_array() || value->size() != 2 || !IsByteOffset((*value)[0]) ||
      !IsByteOffset((*value)[1])) {
    return InvalidArgument(Cat('"', name, "\" is no span: [begin, end] in bytes is expected"));
  }
  *span = {(*value)[0].get<int64_t>(), (*value)[1].get<int64_t>()};
  if (span->empty() || span->end > static_cast<int64_t>(text.size())) {
    return InvalidArgument(Cat('"', name, "\" [", span->begin, ", ", span->end, "] is ",
                               span->empty() ? "empty" : "outside of the text", ", which has ",
                               text.size(), " bytes"));
  }
  if (!IsBoundary(text, span->begin) || !IsBoundary(text, span->end)) {
    return InvalidArgument(Cat('"', name, "\" [", span->begin, ", ", span->end,
                               "] cuts a character in two: spans count bytes of UTF-8"));
  }
  return absl::OkStatus();
}

std::string Root(std::string root) {
  return root == "CONCEDE" || root == "RETREAT" ? std::string(kYield) : root;
}

absl::Status TakeRoot(const Json& item, const std::set<std::string>& roots, GoldItem* gold) {
  std::string root;
  ENTENTE_RETURN_IF_ERROR(TakeRequiredText(item, "root", &root));
  if (root != kYield && roots.count(root) == 0) {
    std::string names(kYield);
    for (const std::string& name : roots) names += ", " + name;
    return InvalidArgument(Cat("\"root\" is \"", root, "\"; it must be one of ", names));
  }
  gold->root = Root(std::move(root));
  return absl::OkStatus();
}

absl::Status TakeCameo(const Json& item, std::string* out) {
  ENTENTE_RETURN_IF_ERROR(TakeRequiredText(item, "cameo", out));
  const bool figures = out->find_first_not_of("0123456789") == std::string::npos;
  if (figures && out->size() >= 2 && out->size() <= 4) return absl::OkStatus();
  return InvalidArgument(Cat("\"cameo\" is \"", *out, "\"; 2 to 4 figures are expected"));
}

absl::StatusOr<GoldItem> ParseItem(const Json& item, const GoldRecord& record,
                                   const std::set<std::string>& roots) {
  GoldItem gold;
  switch (record.kind) {
    case GoldKind::kPair:
      ENTENTE_RETURN_IF_ERROR(TakeSpan(item, "source_span", record.text, &gold.source_span));
      ENTENTE_RETURN_IF_ERROR(TakeSpan(item, "target_span", record.text, &gold.target_span));
      ENTENTE_RETURN_IF_ERROR(TakeRoot(item, roots, &gold));
      break;
    case GoldKind::kTriple:
      ENTENTE_RETURN_IF_ERROR(TakeText(item, "source", &gold.source));
      ENTENTE_RETURN_IF_ERROR(TakeText(item, "target", &gold.target));
      ENTENTE_RETURN_IF_ERROR(TakeCameo(item, &gold.cameo));
      break;
    case GoldKind::kCode:
      ENTENTE_RETURN_IF_ERROR(TakeCameo(item, &gold.cameo));
      break;
  }
  return gold;
}

absl::StatusOr<GoldKind> ParseKind(const Json& json) {
  std::string kind;
  ENTENTE_RETURN_IF_ERROR(TakeRequiredText(json, "kind", &kind));
  if (kind == "pair") return GoldKind::kPair;
  if (kind == "triple") return GoldKind::kTriple;
  if (kind == "code") return GoldKind::kCode;
  return InvalidArgument(Cat("\"kind\" is \"", kind, "\"; it must be pair, triple or code"));
}

// A side of a predicted dyad. Without "start" and "end" it has a code alone.
absl::Status TakeSide(const Json& dyad, const char* name, std::string* code, ByteSpan* span) {
  const Json* side = Find(dyad, name);
  if (side == nullptr) return absl::OkStatus();
  if (!side->is_object()) {
    return InvalidArgument(Cat('"', name, "\" is ", side->type_name(), "; an object is expected"));
  }
  ENTENTE_RETURN_IF_ERROR(TakeText(*side, "code", code));
  const Json* start = Find(*side, "start");
  const Json* end = Find(*side, "end");
  if (start == nullptr || end == nullptr) return absl::OkStatus();
  if (!IsByteOffset(*start) || !IsByteOffset(*end)) {
    return InvalidArgument(Cat("\"start\" and \"end\" of \"", name, "\" must count bytes"));
  }
  *span = {start->get<int64_t>(), end->get<int64_t>()};
  return absl::OkStatus();
}

absl::StatusOr<PredictedEvent> ParseEvent(const Json& json) {
  PredictedEvent event;
  ENTENTE_RETURN_IF_ERROR(TakeText(json, "plover", &event.root));
  event.root = Root(std::move(event.root));
  ENTENTE_RETURN_IF_ERROR(TakeText(json, "cameo", &event.cameo));
  if (const Json* confidence = Find(json, "confidence"); confidence != nullptr) {
    if (!confidence->is_number()) return InvalidArgument("\"confidence\" is no number");
    event.confidence = confidence->get<double>();
    if (!(event.confidence >= 0 && event.confidence <= 1)) {
      return InvalidArgument("\"confidence\" is not between 0 and 1");
    }
  }
  ENTENTE_ASSIGN_OR_RETURN(const Json* dyads, FindList(json, "dyads"));
  if (dyads == nullptr) return event;
  for (const Json& item : *dyads) {
    PredictedDyad& dyad = event.dyads.emplace_back();
    ENTENTE_RETURN_IF_ERROR(TakeSide(item, "source", &dyad.source_code, &dyad.source));
    ENTENTE_RETURN_IF_ERROR(TakeSide(item, "target", &dyad.target_code, &dyad.target));
  }
  return event;
}

}  // namespace

absl::StatusOr<GoldRecord> ParseGoldRecord(std::string_view json,
                                           const std::set<std::string>& roots) {
  ENTENTE_ASSIGN_OR_RETURN(const Json object, ParseObject(json));
  GoldRecord record;
  ENTENTE_RETURN_IF_ERROR(TakeId(object, &record.id));
  ENTENTE_RETURN_IF_ERROR(TakeRequiredText(object, "text", &record.text));
  ENTENTE_RETURN_IF_ERROR(TakeText(object, "date", &record.date));
  ENTENTE_ASSIGN_OR_RETURN(record.kind, ParseKind(object));
  ENTENTE_ASSIGN_OR_RETURN(const Json* gold, FindList(object, "gold"));
  if (gold == nullptr) return InvalidArgument("no \"gold\"; an empty list means: no event");
  for (size_t i = 0; i < gold->size(); ++i) {
    absl::StatusOr<GoldItem> item = ParseItem((*gold)[i], record, roots);
    if (!item.ok()) return Annotate(item.status(), Cat("\"gold\"[", i, "]"));
    record.items.push_back(*std::move(item));
  }
  return record;
}

absl::StatusOr<Prediction> ParsePrediction(std::string_view json) {
  ENTENTE_ASSIGN_OR_RETURN(const Json object, ParseObject(json));
  Prediction prediction;
  ENTENTE_RETURN_IF_ERROR(TakeId(object, &prediction.id));
  ENTENTE_ASSIGN_OR_RETURN(const Json* events, FindList(object, "events"));
  if (events == nullptr) return prediction;
  for (size_t i = 0; i < events->size(); ++i) {
    absl::StatusOr<PredictedEvent> event = ParseEvent((*events)[i]);
    if (!event.ok()) return Annotate(event.status(), Cat("\"events\"[", i, "]"));
    prediction.events.push_back(*std::move(event));
  }
  return prediction;
}

Prediction PredictionOf(const v1::CodedArticle& coded, std::string_view id, double min_confidence,
                        bool both_directions, const FeaturesOfMention& features) {
  Prediction prediction;
  prediction.id = std::string(id);
  for (const v1::Event& event : coded.events()) {
    if (event.confidence() < min_confidence) continue;
    PredictedEvent& predicted = prediction.events.emplace_back();
    predicted.root = Root(event.plover());
    predicted.cameo = event.cameo();
    predicted.confidence = event.confidence();
    for (const coder::Dyad& dyad : coder::DyadsOf(event, both_directions)) {
      const auto span = [](const coder::DyadSideMention& side) {
        return ByteSpan{side.mention->span().begin(), side.mention->span().end()};
      };
      predicted.dyads.push_back(
          {dyad.source.participant->code(), dyad.target.participant->code(), span(dyad.source),
           span(dyad.target),
           features == nullptr ? std::vector<double>() : features(*dyad.mention)});
    }
  }
  return prediction;
}

}  // namespace entente::eval
