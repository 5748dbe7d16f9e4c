// Somebody else's coder (an LLM, a transformer) behind the seam of ingest/coder/coder.h: a client
// of the EventCoder gRPC service. docs/external_coder.md tells how to write such a server.
//
//   RemoteCoderOptions options;
//   options.address = "127.0.0.1:7575";
//   ENTENTE_ASSIGN_OR_RETURN(auto coder, RemoteCoder::Make(options, &ontology, &rule_coder, &log));
//   coder->Code(article, {});   // asks the server; if that fails, rule_coder
//
// What comes back is checked and completed (ingest/coder/foreign_coding.h). An answer that is none,
// or no answer in time, is counted and logged, and the fall-back codes the article. After
// kFailuresInRow such failures in a row the server is left alone for kPause, so that a dead one
// does not hold everything up.
//
// Thread safety: Code may be called from many threads at once; each waits for its answer, so as
// many calls are under way as there are threads.
#ifndef ENTENTE_SERVICES_REMOTE_CODER_H_
#define ENTENTE_SERVICES_REMOTE_CODER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/coder/coder.h"
#include "ingest/knowledge/ontology.h"
#include "services/log.h"

namespace entente::services {

struct RemoteCoderOptions {
  // "host:port" or "unix:/path". Required.
  std::string address;

  // TLS with the system's certificate authorities, or with that of the PEM file. Default: none;
  // then an address that is not loopback needs `insecure`, since articles travel openly.
  bool tls = false;
  std::string tls_ca_file;
  bool insecure = false;

  // For one article, all attempts together. Default: 30 s.
  std::chrono::milliseconds timeout{30'000};

  // Calls for one article at most, if the server is UNAVAILABLE or ABORTED. 1 to 10. Default: 3.
  int attempts = 3;

  // Before the second attempt; doubled before each further one. Default: 200 ms.
  std::chrono::milliseconds backoff{200};

  // Largest answer that is accepted, in bytes. Default: 16 MiB.
  int max_message_bytes = 16 << 20;
};

// What became of the articles so far.
struct RemoteCoderCounts {
  int64_t answered = 0;     // by the server, soundly
  int64_t retries = 0;      // calls beyond an article's first
  int64_t failed = 0;       // no answer, none in time, or a refusal
  int64_t unsound = 0;      // answers that were thrown away
  int64_t passed_over = 0;  // not asked about while the server was left alone
  // Of the last three together: coded by the fall-back instead, or an error without one.
  int64_t NotAnswered() const { return failed + unsound + passed_over; }
};

class RemoteCoder final : public coder::Coder {
 public:
  static constexpr int kFailuresInRow = 5;
  static constexpr std::chrono::seconds kPause{10};

  // `ontology`, `fallback` and `log` must outlive the coder. Without a fall-back (null) an article
  // that the server does not code is an error. The server need not be there yet. Errors:
  // INVALID_ARGUMENT (an option out of range; an address that is none, or not loopback without TLS
  // or `insecure`), NOT_FOUND (the PEM file).
  static absl::StatusOr<std::unique_ptr<RemoteCoder>> Make(const RemoteCoderOptions& options,
                                                           const knowledge::Ontology* ontology,
                                                           const coder::Coder* fallback, Log* log);
  ~RemoteCoder() override;

  // Waits at most options.timeout for the server. Errors without a fall-back: ABORTED, with what
  // the server said, was unsound, or did not do; the article is the one that is refused, so that a
  // job goes on. With one: what it returns.
  absl::StatusOr<v1::CodedArticle> Code(const v1::Article& article,
                                        const coder::CodeOptions& options) const override;

  // "remote:" and the address. Mentions have what the server calls itself, if it does.
  std::string Version() const override;

  RemoteCoderCounts counts() const;

  // "120 of 130 articles coded by 127.0.0.1:7575, 10 by entente-rules/0.1 instead (…)".
  std::string Summary() const;

 private:
  struct State;
  explicit RemoteCoder(std::unique_ptr<State> state);

  absl::StatusOr<v1::CodedArticle> Ask(const v1::Article& article) const;
  absl::StatusOr<v1::CodedArticle> AskAndCheck(const v1::Article& article) const;

  std::unique_ptr<State> state_;
};

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_REMOTE_CODER_H_
