// What a query command talks to: a server at an address, or the same service code in this process
// over a store's directory.
//
//   ConnectionFlags flags;
//   AddConnectionFlags(command, &flags);
//   …
//   ENTENTE_ASSIGN_OR_RETURN(auto connection, Connection::Open(program, flags, Need::kQueries));
//   grpc::ClientContext context;
//   connection->Prepare(&context);
//   v1::Stats stats;
//   ENTENTE_RETURN_IF_ERROR(connection->Check(connection->graph().GetStats(&context, {}, &stats)));
//   return connection->Close();
//
// Private to clients/cli: includes grpc++ headers. Thread safety: stubs from any thread, the rest
// from one.
#ifndef ENTENTE_CLIENTS_CLI_CONNECTION_H_
#define ENTENTE_CLIENTS_CLI_CONNECTION_H_

#include <grpcpp/client_context.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/program.h"
#include "entente/v1/curation.grpc.pb.h"
#include "entente/v1/event_graph.grpc.pb.h"
#include "entente/v1/ingest.grpc.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace entente::cli {

struct ConnectionFlags {
  std::string db;                     // --db, else ENTENTE_DB
  std::string server;                 // --server, else ENTENTE_SERVER, else 127.0.0.1:7474
  bool tls = false;                   // --tls: the system's certificate authorities
  std::string tls_ca_file;            // --tls-ca: this one; implies tls
  double timeout_seconds = 60;        // of one answer
  std::vector<std::string> lexicons;  // --lexicon of commands that code: only with a store
};

void AddConnectionFlags(CLI::App* command, ConnectionFlags* flags);

enum class Need {
  kQueries,    // an existing store; no coder is loaded
  kReasons,    // an existing store; loads the coder, which explains what it coded
  kIngestion,  // creates the store if there is none; loads the coder
};

class Connection {
 public:
  // Errors: INVALID_ARGUMENT (both --db and --server, or a lexicon for a server), UNAVAILABLE (no
  // server answers within 3 seconds; the message says where), those of Store::Open and of the data
  // files' loaders.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Program& program,
                                                          const ConnectionFlags& flags, Need need);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  v1::EventGraph::Stub& graph() { return *graph_; }
  v1::Ingest::Stub& ingest() { return *ingest_; }
  v1::Curation::Stub& curation() { return *curation_; }

  // Sets the deadline of a unary call.
  void Prepare(grpc::ClientContext* context) const;

  // The error of a call, for people: what went wrong, and where for a server that went away.
  absl::Status Check(const grpc::Status& status) const;

  // Calls a method of graph(): Call(&Stub::GetStats, request).
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::EventGraph::Stub::*method)(grpc::ClientContext*,
                                                                             const Request&,
                                                                             Response*),
                                const Request& request) {
    grpc::ClientContext context;
    Prepare(&context);
    Response response;
    absl::Status status = Check((graph().*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // Ends the in-process server and closes its store. Idempotent; nothing to do for an address.
  absl::Status Close();

 private:
  struct Local;  // the store and the server in this process
  Connection();

  absl::Status OpenLocal(const Program& program, const ConnectionFlags& flags,
                         const std::string& directory, Need need);
  absl::Status OpenRemote(const ConnectionFlags& flags, const std::string& address);

  double timeout_seconds_ = 0;
  std::string address_;  // empty: local
  std::unique_ptr<Local> local_;
  std::unique_ptr<v1::EventGraph::Stub> graph_;
  std::unique_ptr<v1::Ingest::Stub> ingest_;
  std::unique_ptr<v1::Curation::Stub> curation_;
};

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_CONNECTION_H_
