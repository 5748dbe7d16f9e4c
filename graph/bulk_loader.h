// Takes in events that somebody else coded, by the hundred million: rows are collected in memory,
// sorted for each index, written as table files and handed to the database in one atomic step,
// instead of passing through its log. See Store::AddArticle for articles, one by one.
//
//   BulkLoadOptions options;
//   options.source = "gdelt";
//   ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<BulkLoader> loader, store->StartBulkLoad(options));
//   Skip(&input, loader->resume_token());                  // where the last load was cut short
//   v1::Event kind;                                        // what events of a kind have in common
//   kind.set_type("meeting");
//   kind.set_cameo("036");
//   ENTENTE_ASSIGN_OR_RETURN(const KindHandle meet, loader->InternKind(kind));
//   while (ReadRow(&input, &row)) {
//     ENTENTE_ASSIGN_OR_RETURN(const ActorHandle usa, loader->InternActor(row.actor1));
//     BulkEvent event;
//     event.source_id = row.id;                            // "gdelt:881990832"
//     event.kind = meet;
//     …
//     const absl::Status added = loader->Add(event);       // INVALID_ARGUMENT: to the quarantine
//     if (loader->Full()) ENTENTE_RETURN_IF_ERROR(loader->Checkpoint(input.Position()).status());
//   }
//   ENTENTE_ASSIGN_OR_RETURN(const BulkCounts counts, loader->Finish(input.Position()));
//
// What is added is seen by nobody until the next Checkpoint, which makes all of it visible and
// durable at once, together with the token; after a kill or a power failure the store holds exactly
// what the last token says. An event whose source_id is stored is skipped and counted, so that the
// same file twice changes nothing.
//
// While a loader lives the store has no other writer: AddArticle, Rebuild, Backup and a second
// StartBulkLoad return FAILED_PRECONDITION at once. Readers go on.
//
// Thread safety: one thread at a time. Checkpoint uses threads of its own.
#ifndef ENTENTE_GRAPH_BULK_LOADER_H_
#define ENTENTE_GRAPH_BULK_LOADER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::graph {

struct BulkLoadOptions {
  // Whose data it is ("gdelt"). Each source has its own resume token. Required: 1 to 64 bytes
  // without control characters.
  std::string source;

  // About as much memory is used for what was added since the last checkpoint, and for sorting it.
  // More makes fewer and larger table files, and less to compact. At least 1 MiB.
  // Default: 256 MiB.
  size_t memory_bytes = size_t{256} << 20;

  // Threads that sort and write at a checkpoint, 1 to 64. Default: 2.
  int threads = 2;
};

// What the loader calls actors, kinds and roles: small numbers, valid while it lives. 0 is none.
using ActorHandle = uint64_t;
using KindHandle = uint32_t;
using RoleHandle = uint32_t;

struct BulkParticipant {
  ActorHandle actor = 0;  // required
  ActorHandle state = 0;  // for which it acts (Participant.country); 0: none; may equal `actor`
  RoleHandle role = 0;    // required
  v1::DyadSide side = v1::DYAD_SIDE_UNSPECIFIED;
};

// A place as Event.place has it. Views need to live during the call only.
struct BulkPlace {
  std::string_view name;  // empty name and country: no place
  std::string_view country;
  std::string_view precision;
  bool has_coordinates = false;
  double latitude = 0;  // degrees, -90 to 90
  double longitude = 0;
};

// A report of an event that no article in the store backs.
struct BulkMention {
  std::string_view url;                   // at most Store::kMaxUrlBytes; empty: not known
  int64_t report_time_micros = 0;         // publication, UTC, to the second
  v1::EventStatus status = v1::OCCURRED;  // as asserted there
  double confidence = 0;                  // 0 to 1
  uint32_t sentence_number = 0;           // in the report, from 1; 0: not known
  std::string_view sentence_text;  // evidence, UTF-8, at most kMaxSentenceBytes; may be empty
};

struct BulkEvent {
  std::string_view source_id;  // required, "gdelt:881990832"; at most Store::kMaxIdBytes
  KindHandle kind = 0;         // required
  v1::EventStatus status = v1::OCCURRED;
  double goldstein = 0;                           // -10 to 10, to the thousandth
  double confidence = 0;                          // 0 to 1, to the ten-thousandth
  std::span<const BulkParticipant> participants;  // 1 to Store::kMaxParticipants
  Date start;                                     // required: the event stands at this day
  Date end;                                       // inclusive; not before `start`
  v1::DatePrecision date_precision = v1::DAY;
  bool date_inferred = false;
  BulkPlace place;
  int64_t report_time_micros = 0;  // earliest publication, UTC, to the second
  v1::ImportedFacts facts;         // tone is kept to the thousandth
  // The data set's own reference for the event; null: none. Counts as one mention.
  const BulkMention* mention = nullptr;
};

struct BulkCounts {
  int64_t events = 0;             // stored
  int64_t events_skipped = 0;     // their source_id was stored, or came earlier in this load
  int64_t mentions = 0;           // stored, those of new events included
  int64_t mentions_skipped = 0;   // stored before, or the same twice
  int64_t mentions_orphaned = 0;  // no event has their source_id
  uint64_t revision = 0;          // of the store, after this

  bool operator==(const BulkCounts&) const = default;
};

class BulkLoader {
 public:
  virtual ~BulkLoader() = default;  // drops what was added since the last checkpoint

  // The token of the last checkpoint of this source, in this load or an earlier one; empty: none.
  virtual const std::string& resume_token() const = 0;

  // The actor with this id, made if there is none; what is said of a known one is merged into its
  // record as AddArticle does. Quick for an actor that was interned with the same fields before.
  // INVALID_ARGUMENT: as for the actors of AddArticle.
  virtual absl::StatusOr<ActorHandle> InternActor(const v1::Actor& actor) = 0;
  // The actor that was interned with this id in this load or is in the store; 0: nobody has it.
  virtual absl::StatusOr<ActorHandle> FindActor(std::string_view id) = 0;

  // What events of one kind have in common: type (required), subtype, codes, quad class, and any
  // detail. Fields that BulkEvent has must be empty. Kinds are few: INVALID_ARGUMENT after
  // kMaxKinds.
  virtual absl::StatusOr<KindHandle> InternKind(const v1::Event& kind) = 0;
  virtual absl::StatusOr<RoleHandle> InternRole(std::string_view role) = 0;

  // Takes in one event. INVALID_ARGUMENT names the field; nothing of the event was taken, and the
  // load may go on. RESOURCE_EXHAUSTED: Full() was ignored.
  virtual absl::Status Add(const BulkEvent& event) = 0;

  // Takes in one more report of the event with this source_id, which was stored earlier or was
  // added before or comes later in the same checkpoint. Two with the same URL and sentence number
  // are one. Errors: as Add.
  virtual absl::Status AddMention(std::string_view source_id, const BulkMention& mention) = 0;

  // True if the memory is used up: call Checkpoint at the next place that a token can name.
  virtual bool Full() const = 0;

  // Makes everything added so far visible and durable, with the token (at most kMaxTokenBytes), or,
  // after an error, nothing of it. RESOURCE_EXHAUSTED (disk full; may be tried again once there is
  // space), UNAVAILABLE, DATA_LOSS. Returns the counts of this checkpoint alone.
  virtual absl::StatusOr<BulkCounts> Checkpoint(std::string_view resume_token) = 0;

  // The last checkpoint: the store takes other writers again, and nothing may be added any more.
  // Returns the counts of the whole load.
  virtual absl::StatusOr<BulkCounts> Finish(std::string_view resume_token) = 0;

  static constexpr size_t kMaxTokenBytes = 64 << 10;
  static constexpr size_t kMaxSentenceBytes = 64 << 10;
  static constexpr size_t kMaxKinds = 10'000;  // in one load
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_BULK_LOADER_H_
