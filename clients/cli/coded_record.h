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

#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::cli {

// The record's line, ended by "\n". Events with a lower confidence are left out.
std::string CodedRecordLine(const v1::CodedArticle& coded, std::string_view id,
                            double min_confidence, bool both_directions);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_CODED_RECORD_H_
