// Every question that the store answers, asked of all that is in a small store: a copy of its state
// as readers see it. Two copies are equal if and only if no question tells them apart.
#ifndef ENTENTE_TESTS_GRAPH_HISTORY_ANSWERS_H_
#define ENTENTE_TESTS_GRAPH_HISTORY_ANSWERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "graph/store.h"

namespace entente::graph {

using Answers = std::map<std::string, std::string>;

class Questions {
 public:
  Questions(std::vector<std::string> actors, std::vector<std::string> articles)
      : actors_(std::move(actors)), articles_(std::move(articles)) {}

  // Asks as of `revision`; 0: now. `events`: how many event numbers to ask for.
  Answers Ask(const Store& store, int64_t revision, int64_t events) const {
    Answers out;
    v1::AsOf as_of;
    as_of.set_revision(revision);
    AskRecords(store, as_of, events, &out);
    AskLists(store, as_of, "", "", &out);
    AskSearch(store, as_of, &out);
    for (const std::string& actor : actors_) {
      AskLists(store, as_of, actor, "", &out);
      AskSummary(store, as_of, actor, "", &out);
      AskPartners(store, as_of, actor, &out);
      for (const std::string& other : actors_) {
        if (other <= actor) continue;
        AskLists(store, as_of, actor, other, &out);
        AskSummary(store, as_of, actor, other, &out);
        AskPair(store, as_of, actor, other, &out);
      }
    }
    return out;
  }

 private:
  template <typename Message>
  static std::string Text(const absl::StatusOr<Message>& answer) {
    return answer.ok() ? answer->DebugString() : std::string(answer.status().ToString());
  }

  // Names have no history.
  static void ForgetNames(v1::Actor* actor) {
    actor->clear_names();
    actor->clear_removed_names();
    actor->clear_display_name();
    actor->clear_discovered();
  }

  void AskRecords(const Store& store, const v1::AsOf& as_of, int64_t events, Answers* out) const {
    for (int64_t id = 1; id <= events; ++id) {
      v1::GetEventRequest request;
      request.set_id(std::to_string(id));
      *request.mutable_as_of() = as_of;
      (*out)[Cat("event ", id)] = Text(store.GetEvent(request));
    }
    for (const std::string& id : articles_) {
      v1::GetArticleRequest request;
      request.set_id(id);
      *request.mutable_as_of() = as_of;
      (*out)[Cat("article ", id)] = Text(store.GetArticle(request));
    }
    for (const std::string& id : actors_) {
      v1::GetActorRequest request;
      request.set_id(id);
      *request.mutable_as_of() = as_of;
      auto actor = store.GetActor(request);
      if (actor.ok()) ForgetNames(&*actor);
      (*out)[Cat("actor ", id)] = Text(actor);
    }
  }

  void AskLists(const Store& store, const v1::AsOf& as_of, const std::string& actor,
                const std::string& other, Answers* out) const {
    v1::ListEventsRequest request;
    request.mutable_filter()->set_actor(actor);
    request.mutable_filter()->set_other_actor(other);
    request.set_include_mentions(true);
    request.set_page_size(7);
    *request.mutable_as_of() = as_of;
    for (const bool newest : {false, true}) {
      request.set_newest_first(newest);
      request.clear_page_token();
      std::string& text = (*out)[Cat("list ", actor, " ", other, newest ? " newest" : "")];
      do {
        const auto page = store.ListEvents(request);
        if (!page.ok()) {
          text += page.status().ToString();
          break;
        }
        for (const v1::Event& event : page->events()) text += event.DebugString();
        request.set_page_token(page->next_page_token());
      } while (!request.page_token().empty());
    }
  }

  void AskSearch(const Store& store, const v1::AsOf& as_of, Answers* out) const {
    v1::SearchEventsRequest request;
    request.set_query("met");
    request.set_page_size(7);
    *request.mutable_as_of() = as_of;
    std::string& text = (*out)["search"];
    do {
      const auto page = store.SearchEvents(request);
      if (!page.ok()) {
        text += page.status().ToString();
        break;
      }
      for (const v1::Event& event : page->events()) text += Cat(event.id(), " ");
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }

  void AskSummary(const Store& store, const v1::AsOf& as_of, const std::string& actor,
                  const std::string& other, Answers* out) const {
    v1::SummarizeTimelineRequest request;
    request.set_actor(actor);
    request.set_other_actor(other);
    *request.mutable_as_of() = as_of;
    for (const v1::BucketSize size : {v1::WEEKLY, v1::MONTHLY, v1::YEARLY}) {
      request.set_bucket(size);
      request.set_start_date(size == v1::YEARLY ? "2023-01-30" : "");
      (*out)[Cat("summary ", size, " ", actor, " ", other)] =
          Text(store.SummarizeTimeline(request));
    }
  }

  void AskPartners(const Store& store, const v1::AsOf& as_of, const std::string& actor,
                   Answers* out) const {
    for (const char* start : {"", "2023-02-01"}) {
      v1::ListRelationshipsRequest request;
      request.set_actor(actor);
      request.set_start_date(start);
      request.set_page_size(1000);
      *request.mutable_as_of() = as_of;
      auto answer = store.ListRelationships(request);
      if (answer.ok()) {
        for (auto& r : *answer->mutable_relationships()) ForgetNames(r.mutable_other_actor());
      }
      (*out)[Cat("partners ", actor, " ", start)] = Text(answer);
    }
  }

  void AskPair(const Store& store, const v1::AsOf& as_of, const std::string& actor,
               const std::string& other, Answers* out) const {
    v1::GetRelationshipRequest request;
    request.set_actor(actor);
    request.set_other_actor(other);
    *request.mutable_as_of() = as_of;
    auto answer = store.GetRelationship(request);
    if (answer.ok()) {
      ForgetNames(answer->mutable_actor());
      ForgetNames(answer->mutable_other_actor());
    }
    (*out)[Cat("pair ", actor, " ", other)] = Text(answer);
    v1::FindPathRequest path;
    path.set_from_actor(actor);
    path.set_to_actor(other);
    *path.mutable_as_of() = as_of;
    auto found = store.FindPath(path);
    if (found.ok()) {
      for (v1::PathHop& hop : *found->mutable_hops()) {
        ForgetNames(hop.mutable_from_actor());
        ForgetNames(hop.mutable_to_actor());
      }
    }
    (*out)[Cat("path ", actor, " ", other)] = Text(found);
  }

  const std::vector<std::string> actors_;
  const std::vector<std::string> articles_;
};

}  // namespace entente::graph

#endif  // ENTENTE_TESTS_GRAPH_HISTORY_ANSWERS_H_
