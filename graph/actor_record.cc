#include "graph/actor_record.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "graph/store.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

using google::protobuf::util::MessageDifferencer;

// Appends the entries of `from` that `to` does not have yet, up to the limit of names.
template <typename Entries>
void UnionOf(const Entries& from, Entries* to) {
  for (const auto& entry : from) {
    const bool known = std::any_of(to->begin(), to->end(), [&](const auto& have) {
      return MessageDifferencer::Equals(have, entry);
    });
    if (!known && to->size() < Store::kMaxNames) *to->Add() = entry;
  }
}

}  // namespace

v1::Actor NewActor(const v1::Actor& said) {
  v1::Actor actor = said;
  actor.clear_event_count();
  actor.clear_merged_into();
  actor.clear_merged_actors();
  actor.clear_removed_names();
  if (actor.display_name().empty()) actor.set_display_name(actor.id());
  return actor;
}

void MergeActor(const v1::Actor& said, v1::Actor* actor) {
  const bool unnamed = actor->display_name().empty() || actor->display_name() == actor->id();
  if (unnamed && !said.display_name().empty()) {
    actor->set_display_name(said.display_name());
    actor->set_kind(said.kind());
  } else if (!said.display_name().empty() && said.display_name() != actor->display_name()) {
    google::protobuf::RepeatedPtrField<v1::ActorName> alias;
    alias.Add()->set_text(said.display_name());
    UnionOf(alias, actor->mutable_names());
  }
  if (actor->kind() == v1::ACTOR_KIND_UNSPECIFIED) actor->set_kind(said.kind());
  if (actor->country().empty()) actor->set_country(said.country());
  if (actor->sector().empty()) actor->set_sector(said.sector());
  if (actor->code().empty()) actor->set_code(said.code());
  actor->set_discovered(actor->discovered() && said.discovered());
  UnionOf(said.names(), actor->mutable_names());
  // What a curator took away stays away.
  auto* names = actor->mutable_names();
  names->erase(std::remove_if(names->begin(), names->end(),
                              [&](const v1::ActorName& name) {
                                return std::find(actor->removed_names().begin(),
                                                 actor->removed_names().end(),
                                                 name.text()) != actor->removed_names().end();
                              }),
               names->end());
  UnionOf(said.affiliations(), actor->mutable_affiliations());
}

void PutActorRows(ActorNumber number, const v1::Actor& before, const v1::Actor& after,
                  kv::WriteBatch* batch) {
  if (MessageDifferencer::Equals(before, after)) return;
  batch->Put(kActor, Key().U64(number), after.SerializeAsString());
  batch->Put(kName, Key(kIdTag).Text(after.id()), Key().U64(number));
  const std::vector<std::string> old_names = NamesOf(before);
  std::set<std::string> keys;
  for (const std::string& name : NamesOf(after)) {
    if (std::find(old_names.begin(), old_names.end(), name) != old_names.end()) continue;
    for (std::string& key : NameKeys(name, number)) keys.insert(std::move(key));
  }
  for (const std::string& key : keys) batch->Put(kName, key, "");
}

}  // namespace entente::graph
