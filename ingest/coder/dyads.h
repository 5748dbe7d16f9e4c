// The projection of an event to source → target dyads, as CAMEO and its descendants have them, each
// side with the phrase of the text that names it.
//
//   for (const Dyad& dyad : coder::DyadsOf(event, /*both_directions=*/false)) …
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_CODER_DYADS_H_
#define ENTENTE_INGEST_CODER_DYADS_H_

#include <vector>

#include "entente/v1/event.pb.h"

namespace entente::coder {

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
// they are on both sides of that too. An event that is only called for, hypothetical or denied has
// none: in the field's data a dyad is something done. No actor stands to itself, and no pair of
// spans comes twice. O(participants² · mentions). The result points into `event`.
std::vector<Dyad> DyadsOf(const v1::Event& event, bool both_directions);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_DYADS_H_
