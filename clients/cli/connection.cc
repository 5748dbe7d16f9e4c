#include "clients/cli/connection.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "graph/store.h"
#include "ingest/coder/rule_coder.h"
#include "ingest/knowledge/ontology.h"
#include "services/error_map.h"
#include "services/log.h"
#include "services/server.h"

namespace entente::cli {
namespace {

constexpr char kDefaultServer[] = "127.0.0.1:7474";
constexpr int kConnectSeconds = 3;
constexpr size_t kMaxPemBytes = size_t{1} << 20;

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const ConnectionFlags& flags) {
  if (!flags.tls && flags.tls_ca_file.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (!flags.tls_ca_file.empty()) {
    ENTENTE_ASSIGN_OR_RETURN(options.pem_root_certs, ReadFile(flags.tls_ca_file, kMaxPemBytes));
  }
  return grpc::SslCredentials(options);
}

}  // namespace

struct Connection::Local {
  services::Log log{nullptr};
  std::unique_ptr<const knowledge::Ontology> ontology;
  std::unique_ptr<coder::Coder> coder;
  std::unique_ptr<graph::Store> store;
  std::unique_ptr<services::Server> server;  // ends first
};

void AddConnectionFlags(CLI::App* command, ConnectionFlags* flags) {
  CLI::Option* db =
      command
          ->add_option("--db", flags->db,
                       "Directory of a store, opened by this process (else ENTENTE_DB)")
          ->type_name("DIR");
  command
      ->add_option("--server", flags->server,
                   "Address of a server (else ENTENTE_SERVER, else 127.0.0.1:7474)")
      ->type_name("HOST:PORT")
      ->excludes(db);
  command->add_flag("--tls", flags->tls, "Use TLS with the system's certificate authorities");
  command->add_option("--tls-ca", flags->tls_ca_file, "Use TLS with this certificate authority")
      ->type_name("PEM");
  command->add_option("--timeout", flags->timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::Range(0.001, 86400.0))
      ->type_name("SECONDS")
      ->capture_default_str();
}

Connection::Connection() = default;

Connection::~Connection() { Close().IgnoreError(); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Program& program,
                                                             const ConnectionFlags& flags,
                                                             Need need) {
  std::string db = flags.db;
  std::string server = flags.server;
  if (db.empty() && server.empty()) {
    db = Environment("ENTENTE_DB");
    server = Environment("ENTENTE_SERVER");
    if (!db.empty() && !server.empty()) {
      return InvalidArgument("ENTENTE_DB and ENTENTE_SERVER are both set: say --db or --server");
    }
  }
  std::unique_ptr<Connection> connection(new Connection());
  connection->timeout_seconds_ = flags.timeout_seconds;
  if (!db.empty()) {
    ENTENTE_RETURN_IF_ERROR(connection->OpenLocal(program, flags, db, need));
  } else {
    if (!flags.lexicons.empty()) {
      return InvalidArgument(
          "--lexicon needs a store of this process (--db): a server has its own, `entente serve "
          "--lexicon`");
    }
    ENTENTE_RETURN_IF_ERROR(
        connection->OpenRemote(flags, server.empty() ? std::string(kDefaultServer) : server));
  }
  return connection;
}

absl::Status Connection::OpenLocal(const Program& program, const ConnectionFlags& flags,
                                   const std::string& directory, Need need) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(program));
  auto local = std::make_unique<Local>();
  graph::StoreOptions store_options;
  store_options.path = directory;
  store_options.create_if_missing = need == Need::kIngestion;
  ENTENTE_ASSIGN_OR_RETURN(local->ontology, knowledge::Ontology::Load(data_dir));
  if (need != Need::kQueries) {
    ENTENTE_ASSIGN_OR_RETURN(local->coder, coder::RuleCoder::Load(data_dir, flags.lexicons));
  }
  ENTENTE_ASSIGN_OR_RETURN(local->store, graph::Store::Open(store_options));
  services::ServerOptions options;
  options.address.clear();
  options.error_detail = services::ErrorDetail::kWhole;
  const services::Backend backend{local->store.get(), local->coder.get(), &local->ontology->Proto(),
                                  &local->log};
  ENTENTE_ASSIGN_OR_RETURN(local->server, services::Server::Start(options, backend));
  const std::shared_ptr<grpc::Channel> channel = local->server->InProcessChannel();
  graph_ = v1::EventGraph::NewStub(channel);
  ingest_ = v1::Ingest::NewStub(channel);
  curation_ = v1::Curation::NewStub(channel);
  local_ = std::move(local);
  return absl::OkStatus();
}

absl::Status Connection::OpenRemote(const ConnectionFlags& flags, const std::string& address) {
  address_ = address;
  ENTENTE_ASSIGN_OR_RETURN(auto credentials, Credentials(flags));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(address, credentials, arguments);
  const auto give_up = std::chrono::system_clock::now() + std::chrono::seconds(kConnectSeconds);
  if (!channel->WaitForConnected(give_up)) {
    return MakeStatus(absl::StatusCode::kUnavailable,
                      Cat("no server answers at ", address, " (tried for ", kConnectSeconds,
                          " s): is `entente serve` running there? --db DIR asks a store directly"));
  }
  graph_ = v1::EventGraph::NewStub(channel);
  ingest_ = v1::Ingest::NewStub(channel);
  curation_ = v1::Curation::NewStub(channel);
  return absl::OkStatus();
}

void Connection::Prepare(grpc::ClientContext* context) const {
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::microseconds(static_cast<int64_t>(timeout_seconds_ * 1e6)));
}

absl::Status Connection::Check(const grpc::Status& status) const {
  absl::Status error = services::FromGrpc(status);
  if (error.code() == absl::StatusCode::kDeadlineExceeded) {
    return MakeStatus(error.code(), Cat("no answer within ", timeout_seconds_,
                                        " s: narrow the question or give a longer --timeout"));
  }
  if (error.code() == absl::StatusCode::kUnavailable && !address_.empty()) {
    return Annotate(error, Cat("the server at ", address_, " went away"));
  }
  return error;
}

absl::Status Connection::Close() {
  if (local_ == nullptr) return absl::OkStatus();
  graph_.reset();
  ingest_.reset();
  curation_.reset();
  local_->server->Shutdown();
  absl::Status closed = local_->store->Close();
  local_.reset();
  return closed;
}

}  // namespace entente::cli
