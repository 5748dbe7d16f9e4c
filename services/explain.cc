#include "services/explain.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/status.h"
#include "base/strings.h"

namespace entente::services {
namespace {

// An article coded again, once for all its mentions.
struct Recoded {
  absl::StatusOr<v1::Article> article = absl::UnknownError("not read yet");
  absl::StatusOr<v1::CodedArticle> coded = absl::UnknownError("not coded yet");
};

absl::StatusOr<int> FirstMention(const v1::ExplainEventRequest& request, int mention_count) {
  if (request.page_token().empty()) return 0;
  int64_t first = 0;
  if (!ParseInt64(request.page_token(), &first) || first < 0 || first >= mention_count) {
    return InvalidArgument("the page token is none of this event: ask without one");
  }
  return static_cast<int>(first);
}

absl::StatusOr<int> PageSize(const v1::ExplainEventRequest& request) {
  if (request.page_size() == 0) return kExplainPageDefault;
  if (request.page_size() >= 1 && request.page_size() <= kExplainPageMax) {
    return request.page_size();
  }
  return InvalidArgument(
      Cat("page_size is ", request.page_size(), "; it must be 1 to ", kExplainPageMax));
}

Recoded CodeAgain(const graph::Store& store, const coder::Coder& coder, const std::string& id,
                  const graph::Stop& stop) {
  Recoded recoded;
  v1::GetArticleRequest request;
  request.set_id(id);
  recoded.article = store.GetArticle(request, stop);
  if (!recoded.article.ok() || recoded.article->text().empty()) return recoded;
  recoded.coded = coder.Code(*recoded.article, {.explain = true, .min_confidence = 0});
  return recoded;
}

bool Overlap(const v1::TextSpan& a, const v1::TextSpan& b) {
  return a.begin() < b.end() && b.begin() < a.end();
}

// The mention that the coder makes of the same words today; null if there is none. The one with the
// same rule and trigger before any other.
const v1::Mention* FindAgain(const v1::CodedArticle& coded, const v1::Event& event,
                             const v1::Mention& mention) {
  const v1::Mention* best = nullptr;
  int best_score = -1;
  for (const v1::Event& other : coded.events()) {
    if (other.type() != event.type()) continue;
    for (const v1::Mention& candidate : other.mentions()) {
      if (candidate.section() != mention.section() ||
          !Overlap(candidate.trigger(), mention.trigger())) {
        continue;
      }
      const bool same_trigger = candidate.trigger().begin() == mention.trigger().begin() &&
                                candidate.trigger().end() == mention.trigger().end();
      const int score = (candidate.rule() == mention.rule() ? 2 : 0) + (same_trigger ? 1 : 0);
      if (score <= best_score) continue;
      best = &candidate;
      best_score = score;
    }
  }
  return best;
}

void SetOutcome(v1::ExplanationOutcome outcome, std::string note, v1::ExplainedMention* explained) {
  explained->set_outcome(outcome);
  explained->set_note(std::move(note));
}

void Explain(const Recoded& recoded, const v1::Event& event, v1::ExplainedMention* explained) {
  const v1::Mention& mention = explained->mention();
  if (recoded.article.status().code() == absl::StatusCode::kNotFound ||
      (recoded.article.ok() && recoded.article->text().empty())) {
    return SetOutcome(v1::TEXT_NOT_KEPT, "the store does not have the article's text", explained);
  }
  const absl::Status failed =
      recoded.article.ok() ? recoded.coded.status() : recoded.article.status();
  if (!failed.ok()) {
    return SetOutcome(v1::CODING_FAILED, std::string(MessageOf(failed)), explained);
  }
  const v1::Mention* again = FindAgain(*recoded.coded, event, mention);
  if (again == nullptr) {
    return SetOutcome(v1::NOT_CODED_AGAIN,
                      Cat("it was coded by ", mention.coder(), "; ", recoded.coded->coder(),
                          " makes no event of that type of these words"),
                      explained);
  }
  if (!again->has_explanation()) {
    return SetOutcome(v1::NO_REASONS, Cat(again->coder(), " gives no reasons"), explained);
  }
  *explained->mutable_mention()->mutable_explanation() = again->explanation();
  if (again->coder() != mention.coder()) {
    return SetOutcome(
        v1::OTHER_CODER,
        Cat("it was coded by ", mention.coder(), "; these are the reasons of ", again->coder()),
        explained);
  }
  SetOutcome(v1::EXPLAINED,
             again->rule() == mention.rule() ? std::string()
                                             : Cat("it was coded by the rule ", mention.rule(),
                                                   "; today that is ", again->rule()),
             explained);
}

}  // namespace

absl::StatusOr<v1::ExplainEventResponse> ExplainEvent(const graph::Store& store,
                                                      const coder::Coder* coder,
                                                      const v1::ExplainEventRequest& request,
                                                      const graph::Stop& stop) {
  if (coder == nullptr) {
    return FailedPrecondition("this server has no coder, without which it cannot explain");
  }
  ENTENTE_ASSIGN_OR_RETURN(const int page_size, PageSize(request));
  v1::GetEventRequest get;
  get.set_id(request.id());
  ENTENTE_ASSIGN_OR_RETURN(v1::Event event, store.GetEvent(get, stop));
  ENTENTE_ASSIGN_OR_RETURN(const int first, FirstMention(request, event.mentions_size()));
  const int end = std::min(first + page_size, event.mentions_size());
  v1::ExplainEventResponse response;
  response.set_coder(coder->Version());
  std::map<std::string, Recoded> articles;
  for (int i = first; i < end; ++i) {
    v1::ExplainedMention* explained = response.add_mentions();
    *explained->mutable_mention() = event.mentions(i);
    const std::string& article = event.mentions(i).article();
    if (article.empty()) {
      SetOutcome(v1::IMPORTED, "it was imported, coded by others: there is no article", explained);
      continue;
    }
    auto [known, added] = articles.try_emplace(article);
    if (added) {
      ENTENTE_RETURN_IF_ERROR(stop.Check());
      known->second = CodeAgain(store, *coder, article, stop);
    }
    Explain(known->second, event, explained);
  }
  if (end < event.mentions_size()) response.set_next_page_token(std::to_string(end));
  event.clear_mentions();
  *response.mutable_event() = std::move(event);
  return response;
}

}  // namespace entente::services
