// The gRPC server: EventGraph and Ingest over one store, with health checks and reflection.
//
//   ServerOptions options;
//   options.address = "127.0.0.1:0";
//   ENTENTE_ASSIGN_OR_RETURN(auto server, Server::Start(options, backend));
//   … server->port() …
//   server->Shutdown();                      // drains, then ends what is left
//
// An address that is not loopback needs a certificate or `insecure`: gRPC 1.51 has public
// advisories, and nothing here asks who a caller is. docs/operations.md says what to put in front.
//
// Thread safety: every method may be called from any thread; Shutdown once.
#ifndef ENTENTE_SERVICES_SERVER_H_
#define ENTENTE_SERVICES_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "entente/v1/ontology.pb.h"
#include "graph/store.h"
#include "ingest/coder/coder.h"
#include "services/error_map.h"
#include "services/log.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace entente::services {

struct ServerOptions {
  // "host:port", "[::1]:port" or "unix:/path". Port 0: the system picks one, see Server::port().
  // Empty: no address at all, only InProcessChannel(). Default: 127.0.0.1:7474.
  std::string address = "127.0.0.1:7474";

  // Allows an address that is not loopback without a certificate. Default: false.
  bool insecure = false;

  // PEM files. Certificate and key together turn TLS on; the client CA also asks every client for a
  // certificate that it signed. Default: none.
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;

  // Calls under way at once; further ones get RESOURCE_EXHAUSTED. 1 to 100,000. Default: 256.
  int max_calls = 256;

  // StreamTimeline and WatchChanges calls under way at once, each of which costs a thread. 1 to
  // 256. Default: 16.
  int max_timeline_streams = 16;

  // Threads that answer queries, and threads that code articles. 0: one for each core. Default: 0.
  int query_threads = 0;
  int coding_threads = 0;

  // Events less sure than this are left out where a request says nothing else, 0 to 1. Default:
  // coder::kDefaultMinConfidence.
  double min_confidence = coder::kDefaultMinConfidence;

  // Largest message that is accepted, in bytes: an article of 1 MiB and its metadata fit.
  // Default: 4 MiB.
  int max_message_bytes = 4 << 20;

  // How long Shutdown lets calls go on before it cancels them. Default: 10 s.
  int drain_seconds = 10;

  // What callers get to see of faults of ours. Default: the clean part.
  ErrorDetail error_detail = ErrorDetail::kClean;
};

// What the server serves. All must outlive it.
struct Backend {
  graph::Store* store = nullptr;
  const coder::Coder* coder = nullptr;  // null: Ingest, ExplainEvent: FAILED_PRECONDITION
  const v1::Ontology* ontology = nullptr;
  Log* log = nullptr;
};

class Server {
 public:
  // Errors: INVALID_ARGUMENT (an option out of range; an address that is none, or not loopback
  // without TLS or `insecure`), NOT_FOUND (a PEM file), UNAVAILABLE (the address is in use or not
  // ours).
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const Backend& backend);
  ~Server();  // shuts down if that has not happened
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The TCP port on which it listens; 0 without one.
  int port() const;

  // A channel to this server without a socket. It must not be used after Shutdown.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Reports NOT_SERVING, accepts no more calls, gives those under way drain_seconds, cancels the
  // rest, and returns when none is left. Idempotent. The store is not closed.
  void Shutdown();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Whether `address` can be reached from this machine only: 127.0.0.0/8, ::1, localhost, unix:.
// INVALID_ARGUMENT if it is not an address with a port.
absl::StatusOr<bool> IsLoopbackAddress(std::string_view address);

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_SERVER_H_
