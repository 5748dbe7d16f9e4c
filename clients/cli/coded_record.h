// What `entente code --output` writes for each record: the coded events with their source → target
// dyads, each with the bytes of the text that name its two sides.
//
//   {"id": "r1", "events": [{"type": "meeting", "status": "OCCURRED", "plover": "CONSULT",
//     "cameo": "043", "confidence": 0.85, "dyads": [{"section": "BODY",
//       "source": {"actor": "person:kim-jong-un", "code": "PRKGOV", "start": 0, "end": 12, "text":
//       …}, "target": {…}}], …}]}
//
// Thread safety: pure.
#ifndef ENTENTE_CLIENTS_CLI_CODED_RECORD_H_
#define ENTENTE_CLIENTS_CLI_CODED_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::cli {

// One side of a dyad: an actor of the event and the phrase that names it.
struct DyadSideMention {
  const v1::Participant* participant = nullptr;
  const v1::MentionParticipant* mention = nullptr;
  int index = 0;  // of `mention` in its Mention
};

struct Dyad {
  const v1::Mention* mention = nullptr;
  DyadSideMention source;
  DyadSideMention target;
};

// The dyads of an event, mention by mention: each source with each target. Participants of a
// symmetric role (DyadSide BOTH) stand to each other once, the one that is named first as the
// source; with `both_directions` also the other way round. With a source or a target beside them
// they are on both sides of that too. No actor stands to itself, and no pair of spans comes twice.
// O(participants² · mentions). The result points into `event`.
std::vector<Dyad> DyadsOf(const v1::Event& event, bool both_directions);

// The record's line, ended by "\n". Events with a lower confidence are left out.
std::string CodedRecordLine(const v1::CodedArticle& coded, std::string_view id,
                            double min_confidence, bool both_directions);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_CODED_RECORD_H_
