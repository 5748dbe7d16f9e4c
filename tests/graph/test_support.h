// What the tests of the store share: temporary folders, and short ways to write articles and
// events.
#ifndef ENTENTE_TESTS_GRAPH_TEST_SUPPORT_H_
#define ENTENTE_TESTS_GRAPH_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "entente/v1/event.pb.h"
#include "graph/store.h"
#include "tests/graph/temp_folder.h"

namespace entente::graph {

inline StoreOptions DiskOptions(const std::string& path) {
  StoreOptions options;
  options.path = path;
  options.create_if_missing = true;
  options.free_space_reserve_bytes = 0;
  options.cache_bytes = 8 << 20;
  options.write_buffer_bytes = 4 << 20;
  return options;
}

inline std::unique_ptr<Store> OpenOrDie(const StoreOptions& options) {
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(options);
  if (!store.ok()) {
    ADD_FAILURE() << store.status();
    std::abort();
  }
  return *std::move(store);
}

inline std::unique_ptr<Store> MemoryStore() {
  StoreOptions options;
  options.in_memory = true;
  return OpenOrDie(options);
}

struct Who {
  std::string role;
  std::string actor;
  std::string country;
  v1::DyadSide side = v1::BOTH;
};

inline v1::Event MakeEvent(const std::string& type, v1::EventStatus status, const std::string& date,
                           const std::vector<Who>& participants) {
  v1::Event event;
  event.set_type(type);
  event.set_status(status);
  event.set_confidence(0.8);
  if (!date.empty()) event.mutable_date()->set_start(date);
  for (const Who& who : participants) {
    v1::Participant* participant = event.add_participants();
    participant->set_role(who.role);
    participant->set_actor(who.actor);
    participant->set_country(who.country);
    participant->set_side(who.side);
  }
  v1::Mention* mention = event.add_mentions();
  mention->set_status(status);
  mention->set_sentence_text("They met.");
  return event;
}

inline v1::Article MakeArticle(const std::string& id, const std::string& date) {
  v1::Article article;
  article.set_id(id);
  article.set_publish_date(date);
  article.set_text("The text of " + id);
  return article;
}

inline v1::CodedArticle Coded(const std::vector<v1::Event>& events) {
  v1::CodedArticle coded;
  for (const v1::Event& event : events) *coded.add_events() = event;
  return coded;
}

}  // namespace entente::graph

#endif  // ENTENTE_TESTS_GRAPH_TEST_SUPPORT_H_
