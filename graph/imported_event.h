// Imported events and mentions on disk: the same messages as others, in a third of the bytes.
//
// What many events of a data set have in common (type, codes, roles, status, …) is a template, kept
// once in `meta`; actors and places are numbers. Records of both forms stand side by side in
// `event` and `mention`: the first byte of these is kImportedRecord, which begins no protocol
// buffer.
//
//   event    01 · template varint · first day signed varint · further days varint
//            · report time in seconds from the first day's midnight, signed varint
//            · intensity in thousandths, signed varint · confidence in 1/10000 varint
//            · for each participant of the template: actor varint
//              · state varint (0: none; 1: the actor itself; n + 1: actor n)
//            · place varint (0: none) · id · facts
//   id       number + 1, varint: the template's source_id with this number behind it;
//            or 00 · length varint · the rest of the source_id
//   facts    mask varint · for each set bit, from the lowest:
//            1 there are facts · 2 mention, source and article counts, 3 varints
//            · 4 tone in thousandths, signed varint · 8 root event · 16 fatalities varint
//            · 32 their low and 64 their high estimate, varints
//   mention  01 · report time in seconds since 1970, signed varint · status 1
//            · confidence in 1/10000 varint · sentence number varint · length varint · URL
//            · sentence text
//
// Pure functions and plain data; ImportTables is thread safe.
#ifndef ENTENTE_GRAPH_IMPORTED_EVENT_H_
#define ENTENTE_GRAPH_IMPORTED_EVENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "base/time.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/event.pb.h"
#include "graph/keys.h"
#include "graph/kv/database.h"

namespace entente::graph {

inline constexpr char kImportedRecord = '\x01';
inline bool IsImportedRecord(std::string_view bytes) {
  return !bytes.empty() && bytes[0] == kImportedRecord;
}

// What sets an imported event apart from others of its template.
struct ImportedEvent {
  uint32_t template_number = 0;
  Date start;
  uint32_t further_days = 0;   // end - start
  int64_t report_seconds = 0;  // since 1970, UTC
  int32_t intensity_milli = 0;
  uint32_t confidence_steps = 0;
  // Actor and state (0: none), in order.
  absl::InlinedVector<std::pair<ActorNumber, ActorNumber>, 2> parties;
  uint64_t place = 0;          // 0: none
  std::string source_id_rest;  // behind the template's source_id
  v1::ImportedFacts facts;
  bool has_facts = false;

  void AppendTo(std::string* out) const;
  // False if the bytes are no record of a template with so many participants.
  bool Decode(std::string_view bytes, size_t party_count);
  // The template's number of a record; nullopt if the bytes are none.
  static std::optional<uint32_t> TemplateOf(std::string_view bytes);
};

// A source id in two parts: "gdelt:881990832" is "gdelt:" and 881990832. The number is what the
// decimal digits at the end say, if they begin with no zero and are at most 18.
struct SourceIdParts {
  std::string_view prefix;
  std::optional<uint64_t> number;
};
SourceIdParts SplitSourceId(std::string_view source_id);

// The key under which an imported event is found by its source_id: prefix · 01 · number8, so that
// ids order as their numbers do; or the id itself. Ids have no control characters.
std::string SourceKey(std::string_view source_id);
// The prefix of a SourceKey that ends with a number; nullopt for others.
std::optional<std::string_view> NumberPrefix(std::string_view source_key);

// A mention that no article in the store backs. Views need to live during AppendTo only.
struct ImportedMention {
  int64_t report_seconds = 0;  // since 1970, UTC
  v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
  uint32_t confidence_steps = 0;
  uint32_t sentence_number = 0;  // at most INT32_MAX
  std::string_view url;
  std::string_view sentence_text;

  void AppendTo(std::string* out) const;
};
// Reads a mention of either form.
bool DecodeMention(std::string_view bytes, v1::Mention* mention);

// What imported events name by number: templates (all in memory), actors and places (in memory as
// far as kCachedMax goes, else read from the database).
//
// Thread safety: all methods may be called from any thread.
class ImportTables {
 public:
  struct Template {
    v1::Event event;  // with participants that have a role and a side alone; source_id: its prefix
    WordNumber type = 0;
    WordNumber subtype = 0;
    std::vector<WordNumber> roles;  // of the participants
  };

  // REQUIRES: the words of `event` have numbers.
  void AddTemplate(uint32_t number, Template added);
  // Null if there is none. Valid as long as the tables.
  const Template* FindTemplate(uint32_t number) const;
  uint32_t last_template() const;

  // To be called with every actor record that was written, after the commit.
  void NoteActor(ActorNumber number, const v1::Actor& actor);

  // The event of a record of either form, without id and mentions. DATA_LOSS.
  absl::Status Decode(const kv::Database& db, const kv::Snapshot* snapshot, EventNumber number,
                      std::string_view bytes, v1::Event* event) const;

  // Decodes many records in less time: all are added, then finished at once.
  //
  //   ImportTables::Batch batch(&tables, records.size());
  //   for (…) ENTENTE_RETURN_IF_ERROR(batch.Add(number, bytes, event));   // `event` is empty
  //   ENTENTE_RETURN_IF_ERROR(batch.Finish(db, snapshot));                // now all are filled
  class Batch {
   public:
    Batch(const ImportTables* tables, size_t count) : tables_(tables) { parsed_.reserve(count); }
    // `bytes` need to live during the call only. DATA_LOSS.
    absl::Status Add(EventNumber number, std::string_view bytes, v1::Event* event);
    absl::Status Finish(const kv::Database& db, const kv::Snapshot* snapshot);

   private:
    const ImportTables* tables_;
    std::vector<ImportedEvent> parsed_;
    std::vector<v1::Event*> events_;  // of the parsed ones
  };

 private:
  // How participants of imported events show an actor.
  struct Label {
    std::string id, display_name, code;
    v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED;
  };
  // What events name by number, as far as it is known. Numbers are dense, so that an index is
  // quicker than a hash.
  template <typename Record>
  class Cache {
   public:
    const Record* Find(uint64_t number) const {
      return number < records_.size() ? records_[number].get() : nullptr;
    }
    // Does nothing when it is full; never drops anything.
    void Add(uint64_t number, const Record& record) {
      if (Find(number) == nullptr) {
        if (count_ == kCachedMax || number >= kNumberMax) return;
        if (records_.size() <= number) records_.resize(number + number / 2 + 64);
        ++count_;
      }
      records_[number] = std::make_unique<const Record>(record);
    }

   private:
    static constexpr uint64_t kNumberMax = 4'000'000;
    size_t count_ = 0;
    std::vector<std::unique_ptr<const Record>> records_;
  };
  struct Names {
    std::unordered_map<ActorNumber, Label> actors;
    std::unordered_map<uint64_t, v1::Place> places;
  };
  static constexpr size_t kCachedMax = 200'000;  // actors, and as many places; never dropped

  static Label LabelOf(const v1::Actor& actor);
  // Reads what `parsed` names and the caches lack. REQUIRES: mutex_ is not held.
  absl::StatusOr<Names> ReadMissing(const kv::Database& db, const kv::Snapshot* snapshot,
                                    std::span<const ImportedEvent> parsed) const;
  // REQUIRES: mutex_ is held, if only shared.
  absl::Status Fill(const ImportedEvent& parsed, const Names& read, v1::Event* event) const;
  const Label* FindLabel(ActorNumber actor, const Names& read) const;

  mutable std::shared_mutex mutex_;                         // guards all below
  std::vector<std::unique_ptr<const Template>> templates_;  // by number
  mutable Cache<Label> labels_;
  mutable Cache<v1::Place> places_;
  uint64_t generation_ = 0;  // of actor records
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_IMPORTED_EVENT_H_
