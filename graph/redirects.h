// Who was merged into whom. A merge is a redirect: records and ids of the merged actor stay, and
// everything that is counted for it counts for the actor at the end of the chain.
//
//   ENTENTE_ASSIGN_OR_RETURN(const Redirects now, Redirects::Load(db, snapshot));
//   now.Resolve(number);                    // itself, if it was not merged
//   const Redirects then = now.At(41);      // as merges stood after revision 41
//
// Merges are few, made by hand: they are kept in memory. Thread safety: immutable.
#ifndef ENTENTE_GRAPH_REDIRECTS_H_
#define ENTENTE_GRAPH_REDIRECTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "graph/keys.h"
#include "graph/kv/database.h"

namespace entente::graph {

class Redirects {
 public:
  struct Merge {
    ActorNumber actor = 0;
    ActorNumber into = 0;
    std::string actor_id;
    std::string into_id;
    uint64_t since = 0;  // the revision that merged them
    uint64_t until = 0;  // the revision that undid it; 0: it holds
  };

  Redirects() = default;
  // As all of `merges` stood after `revision`. REQUIRES: no cycles.
  Redirects(std::vector<Merge> merges, uint64_t revision);

  // Reads the merges of all revisions from the curation family. DATA_LOSS.
  static absl::StatusOr<Redirects> Load(const kv::Database& db, const kv::Snapshot* snapshot);

  Redirects At(uint64_t revision) const { return Redirects(merges_, revision); }

  bool empty() const { return numbers_.empty(); }
  ActorNumber Resolve(ActorNumber actor) const;
  const std::string& Resolve(const std::string& id) const;
  // Ids that lead to `id`, in order.
  std::vector<std::string> LeadingTo(const std::string& id) const;
  // Every merge there ever was, oldest first.
  const std::vector<Merge>& merges() const { return merges_; }

 private:
  std::vector<Merge> merges_;
  std::map<ActorNumber, ActorNumber> numbers_;  // to the end of the chain
  std::map<std::string, std::string> ids_;      // likewise
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_REDIRECTS_H_
