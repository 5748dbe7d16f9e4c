#include "graph/check_input.h"

#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/utf8.h"
#include "graph/store.h"

namespace entente::graph {
namespace {

// A text field that is not UTF-8 can be written but not read back.
template <typename Message>
absl::Status CheckReadsBack(const Message& message, std::string_view what) {
  Message copy;
  if (copy.ParseFromString(message.SerializeAsString())) return absl::OkStatus();
  return InvalidArgument(Cat(what, " has a text field that is not UTF-8"));
}

absl::Status CheckCount(int count, int limit, std::string_view field) {
  if (count <= limit) return absl::OkStatus();
  return InvalidArgument(Cat("there are ", count, " ", field, "; at most ", limit, " are allowed"));
}

}  // namespace

// Ids stand in keys before a zero byte, and in messages: no control characters.
absl::Status CheckId(std::string_view id, std::string_view field) {
  if (id.empty()) return InvalidArgument(Cat(field, " is empty"));
  if (id.size() > Store::kMaxIdBytes) {
    return InvalidArgument(
        Cat(field, " has ", id.size(), " bytes; at most ", Store::kMaxIdBytes, " are allowed"));
  }
  bool control = false;  // asked once, so that the loop takes many bytes at a time
  for (const char c : id) control |= static_cast<unsigned char>(c) < 0x20;
  if (control) return InvalidArgument(Cat(field, " has a control character"));
  if (!IsValidUtf8(id)) return InvalidArgument(Cat(field, " is not UTF-8"));
  return absl::OkStatus();
}

absl::Status CheckActor(const v1::Actor& actor) {
  ENTENTE_RETURN_IF_ERROR(CheckId(actor.id(), "id"));
  ENTENTE_RETURN_IF_ERROR(CheckCount(actor.names_size(), Store::kMaxNames, "names"));
  if (actor.display_name().size() > Store::kMaxNameBytes) {
    return InvalidArgument(Cat("display_name is longer than ", Store::kMaxNameBytes, " bytes"));
  }
  for (const v1::ActorName& name : actor.names()) {
    if (name.text().size() > Store::kMaxNameBytes) {
      return InvalidArgument(Cat("a name is longer than ", Store::kMaxNameBytes, " bytes"));
    }
  }
  if (actor.code().size() > Store::kMaxIdBytes) {
    return InvalidArgument(Cat("code is longer than ", Store::kMaxIdBytes, " bytes"));
  }
  return absl::OkStatus();
}

namespace {

absl::Status CheckOptionalDate(std::string_view date, std::string_view field) {
  return date.empty() ? absl::OkStatus() : Annotate(ParseDate(date).status(), field);
}

absl::Status CheckRange(double value, double low, double high, std::string_view field) {
  if (value >= low && value <= high) return absl::OkStatus();
  return InvalidArgument(Cat(field, " is ", value, "; it must be from ", low, " to ", high));
}

absl::Status CheckStatus(int status) {
  if (v1::EventStatus_IsValid(status)) return absl::OkStatus();
  return InvalidArgument(Cat("no status ", status));
}

absl::Status CheckArticle(const v1::Article& article) {
  ENTENTE_RETURN_IF_ERROR(CheckId(article.id(), "article.id"));
  if (article.url().size() > Store::kMaxUrlBytes) {
    return InvalidArgument(Cat("article.url has ", article.url().size(), " bytes; at most ",
                               Store::kMaxUrlBytes, " are allowed"));
  }
  return CheckOptionalDate(article.publish_date(), "article.publish_date");
}

absl::Status CheckDate(const v1::EventDate& date) {
  ENTENTE_RETURN_IF_ERROR(CheckOptionalDate(date.start(), "date.start"));
  ENTENTE_RETURN_IF_ERROR(CheckOptionalDate(date.end(), "date.end"));
  if (date.start().empty() && !date.end().empty()) {
    return InvalidArgument("date.end is given without date.start");
  }
  if (!date.end().empty() && *ParseDate(date.end()) < *ParseDate(date.start())) {
    return InvalidArgument(Cat("date.end ", date.end(), " is before date.start ", date.start()));
  }
  return absl::OkStatus();
}

absl::Status CheckMention(const v1::Mention& mention, const std::string& article) {
  if (!mention.article().empty() && mention.article() != article) {
    return InvalidArgument(Cat("article is '", mention.article(), "', not '", article, "'"));
  }
  return CheckStatus(mention.status());
}

absl::Status CheckEvent(const v1::Event& event, const std::string& article) {
  if (!event.id().empty()) return InvalidArgument("id is set; the store gives the ids of events");
  ENTENTE_RETURN_IF_ERROR(CheckId(event.type(), "type"));
  if (!event.subtype().empty()) ENTENTE_RETURN_IF_ERROR(CheckId(event.subtype(), "subtype"));
  if (!event.source_id().empty()) ENTENTE_RETURN_IF_ERROR(CheckId(event.source_id(), "source_id"));
  if (event.participants_size() == 0) return InvalidArgument("there are no participants");
  ENTENTE_RETURN_IF_ERROR(
      CheckCount(event.participants_size(), Store::kMaxParticipants, "participants"));
  ENTENTE_RETURN_IF_ERROR(CheckCount(event.mentions_size(), Store::kMaxMentions, "mentions"));
  for (const v1::Participant& participant : event.participants()) {
    ENTENTE_RETURN_IF_ERROR(CheckId(participant.role(), "participant.role"));
    ENTENTE_RETURN_IF_ERROR(CheckId(participant.actor(), "participant.actor"));
    if (!participant.country().empty()) {
      ENTENTE_RETURN_IF_ERROR(CheckId(participant.country(), "participant.country"));
    }
  }
  ENTENTE_RETURN_IF_ERROR(CheckStatus(event.status()));
  for (const v1::StatusReport& report : event.status_history()) {
    ENTENTE_RETURN_IF_ERROR(CheckStatus(report.status()));
  }
  ENTENTE_RETURN_IF_ERROR(CheckDate(event.date()));
  if (!v1::QuadClass_IsValid(event.quad_class())) {
    return InvalidArgument(Cat("no quad class ", event.quad_class()));
  }
  if (!v1::DatePrecision_IsValid(event.date().precision())) {
    return InvalidArgument(Cat("no date precision ", event.date().precision()));
  }
  ENTENTE_RETURN_IF_ERROR(CheckRange(event.goldstein(), -10, 10, "goldstein"));
  ENTENTE_RETURN_IF_ERROR(CheckRange(event.confidence(), 0, 1, "confidence"));
  for (int i = 0; i < event.mentions_size(); ++i) {
    ENTENTE_RETURN_IF_ERROR(
        Annotate(CheckMention(event.mentions(i), article), Cat("mention ", i + 1)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInput(const v1::Article& article, const v1::CodedArticle& coded) {
  ENTENTE_RETURN_IF_ERROR(CheckArticle(article));
  if (!coded.article().empty() && coded.article() != article.id()) {
    return InvalidArgument(
        Cat("coded.article is '", coded.article(), "', not '", article.id(), "'"));
  }
  ENTENTE_RETURN_IF_ERROR(CheckCount(coded.events_size(), Store::kMaxEvents, "events"));
  for (int i = 0; i < coded.actors_size(); ++i) {
    ENTENTE_RETURN_IF_ERROR(
        Annotate(CheckActor(coded.actors(i)), Cat(article.id(), ": actor ", i + 1)));
  }
  std::set<std::string_view> source_ids;
  for (int i = 0; i < coded.events_size(); ++i) {
    const std::string& source_id = coded.events(i).source_id();
    if (!source_id.empty() && !source_ids.insert(source_id).second) {
      return InvalidArgument(
          Cat(article.id(), ": event ", i + 1, ": source_id is that of an earlier event"));
    }
    ENTENTE_RETURN_IF_ERROR(
        Annotate(CheckEvent(coded.events(i), article.id()), Cat(article.id(), ": event ", i + 1)));
  }
  ENTENTE_RETURN_IF_ERROR(CheckReadsBack(article, Cat(article.id(), ": article")));
  return CheckReadsBack(coded, Cat(article.id(), ": coded"));
}

}  // namespace entente::graph
