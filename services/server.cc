#include "services/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "services/call.h"
#include "services/curation_service.h"
#include "services/event_graph_service.h"
#include "services/ingest_service.h"

namespace entente::services {
namespace {

constexpr size_t kMaxPemBytes = size_t{1} << 20;
constexpr int kMaxThreads = 256;
constexpr int kMaxStreamsPerConnection = 128;
constexpr int kMaxMetadataBytes = 16 << 10;
constexpr int kHandshakeSeconds = 20;
constexpr int kMinutes = 60 * 1000;               // in ms, as gRPC's arguments are
constexpr int kIdleConnectionMs = 30 * kMinutes;  // then it is closed; clients reconnect
constexpr int kKeepaliveMs = 2 * kMinutes;        // a dead peer is noticed after that
constexpr int kKeepaliveTimeoutMs = 20 * 1000;
constexpr int kMinClientPingMs = kMinutes / 2;       // a client that pings more often is cut off
constexpr size_t kTransportBytes = size_t{1} << 30;  // for all connections together

absl::Status CheckRange(std::string_view name, int value, int min, int max) {
  if (min <= value && value <= max) return absl::OkStatus();
  return InvalidArgument(Cat(name, " is ", value, ": must be from ", min, " to ", max));
}

absl::Status Validate(const ServerOptions& options) {
  ENTENTE_RETURN_IF_ERROR(CheckRange("max_calls", options.max_calls, 1, 100'000));
  ENTENTE_RETURN_IF_ERROR(
      CheckRange("max_timeline_streams", options.max_timeline_streams, 1, kMaxThreads));
  ENTENTE_RETURN_IF_ERROR(CheckRange("query_threads", options.query_threads, 0, kMaxThreads));
  ENTENTE_RETURN_IF_ERROR(CheckRange("coding_threads", options.coding_threads, 0, kMaxThreads));
  ENTENTE_RETURN_IF_ERROR(
      CheckRange("max_message_bytes", options.max_message_bytes, 1 << 10, 64 << 20));
  ENTENTE_RETURN_IF_ERROR(CheckRange("drain_seconds", options.drain_seconds, 0, 3600));
  if (!(options.min_confidence >= 0 && options.min_confidence <= 1)) {
    return InvalidArgument(
        Cat("min_confidence is ", options.min_confidence, ": must be from 0 to 1"));
  }
  if (options.tls_certificate_file.empty() != options.tls_key_file.empty()) {
    return InvalidArgument("TLS needs both a certificate file and a key file");
  }
  if (!options.tls_client_ca_file.empty() && options.tls_certificate_file.empty()) {
    return InvalidArgument("a client CA needs a certificate and a key of the server as well");
  }
  if (options.address.empty() || !options.tls_certificate_file.empty() || options.insecure) {
    return absl::OkStatus();
  }
  ENTENTE_ASSIGN_OR_RETURN(const bool loopback, IsLoopbackAddress(options.address));
  if (loopback) return absl::OkStatus();
  return InvalidArgument(
      Cat("refusing to listen on ", options.address,
          ", which other machines can reach, without TLS: give a certificate and "
          "a key, or --insecure if something in front protects it"));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(const ServerOptions& options) {
  if (options.tls_certificate_file.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls;
  if (!options.tls_client_ca_file.empty()) {
    tls = grpc::SslServerCredentialsOptions(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    ENTENTE_ASSIGN_OR_RETURN(tls.pem_root_certs,
                             ReadFile(options.tls_client_ca_file, kMaxPemBytes));
  }
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ENTENTE_ASSIGN_OR_RETURN(pair.cert_chain, ReadFile(options.tls_certificate_file, kMaxPemBytes));
  ENTENTE_ASSIGN_OR_RETURN(pair.private_key, ReadFile(options.tls_key_file, kMaxPemBytes));
  tls.pem_key_cert_pairs.push_back(std::move(pair));
  return grpc::SslServerCredentials(tls);
}

void SetLimits(const ServerOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(options.max_message_bytes);
  builder->SetMaxSendMessageSize(-1);  // answers are bounded by page sizes, not by bytes
  builder->SetResourceQuota(grpc::ResourceQuota("entente").Resize(kTransportBytes));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleConnectionMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              kMinClientPingMs);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeSeconds * 1000);
  // Without this a second server could silently share the port of the first.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

int ThreadCount(int wanted) {
  if (wanted > 0) return wanted;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
}

bool IsLoopbackHost(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  const std::vector<std::string_view> parts = Split(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    uint64_t value = 0;
    return ParseUint64(part, &value) && value <= 255;
  });
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, const Backend& backend)
      : options_(options),
        errors_(backend.log, options.error_detail),
        gate_("calls", options.max_calls),
        stream_gate_("streams", options.max_timeline_streams),
        queries_(ThreadCount(options.query_threads)),
        streams_(options.max_timeline_streams),
        coders_(ThreadCount(options.coding_threads)),
        event_graph_(
            MakeEventGraphService(backend.store, backend.coder, backend.ontology, runtime())),
        curation_(MakeCurationService(backend.store, runtime())),
        ingest_(MakeIngestService(backend.store, backend.coder, runtime())) {}

  absl::Status Listen() {
    ENTENTE_ASSIGN_OR_RETURN(auto credentials, Credentials(options_));
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    SetLimits(options_, &builder);
    builder.RegisterService(event_graph_.get());
    builder.RegisterService(curation_.get());
    builder.RegisterService(ingest_.get());
    if (!options_.address.empty()) {
      builder.AddListeningPort(options_.address, credentials, &port_);
    }
    server_ = builder.BuildAndStart();
    const bool listening = options_.address.empty() || port_ != 0;
    if (server_ == nullptr || !listening) {
      return MakeStatus(absl::StatusCode::kUnavailable,
                        Cat("cannot listen on ", options_.address,
                            ": it is in use, or not an address of this machine, or the certificate "
                            "and key do not fit"));
    }
    SetServing(true);
    return absl::OkStatus();
  }

  int port() const { return port_; }

  std::shared_ptr<grpc::Channel> InProcessChannel() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return server_->InProcessChannel(arguments);
  }

  void Shutdown() {
    const std::lock_guard<std::mutex> lock(shutdown_mutex_);
    if (server_ == nullptr) return;
    SetServing(false);
    server_->Shutdown(std::chrono::system_clock::now() +
                      std::chrono::seconds(options_.drain_seconds));
    server_ = nullptr;
  }

 private:
  Runtime runtime() {
    return Runtime{&errors_,  &gate_,   &stream_gate_,          &queries_,
                   &streams_, &coders_, options_.min_confidence};
  }

  void SetServing(bool serving) {
    grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
    if (health == nullptr) return;
    for (const char* service :
         {"", "entente.v1.EventGraph", "entente.v1.Curation", "entente.v1.Ingest"}) {
      health->SetServingStatus(service, serving);
    }
  }

  const ServerOptions options_;
  ErrorMap errors_;
  CallGate gate_;
  CallGate stream_gate_;
  // The pools end after the server, whose calls use them, and before what those calls stand on.
  WorkerPool queries_;
  WorkerPool streams_;
  WorkerPool coders_;
  std::unique_ptr<grpc::Service> event_graph_;
  std::unique_ptr<grpc::Service> curation_;
  std::unique_ptr<grpc::Service> ingest_;
  int port_ = 0;
  std::mutex shutdown_mutex_;
  std::unique_ptr<grpc::Server> server_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Shutdown(); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const Backend& backend) {
  ENTENTE_RETURN_IF_ERROR(Validate(options));
  auto impl = std::make_unique<Impl>(options, backend);
  ENTENTE_RETURN_IF_ERROR(impl->Listen());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::port() const { return impl_->port(); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() { return impl_->InProcessChannel(); }

void Server::Shutdown() { impl_->Shutdown(); }

absl::StatusOr<bool> IsLoopbackAddress(std::string_view address) {
  if (address.starts_with("unix:")) return true;
  const size_t colon = address.rfind(':');
  uint64_t port = 0;
  if (colon == std::string_view::npos || colon == 0 ||
      !ParseUint64(address.substr(colon + 1), &port) || port > 65535) {
    return InvalidArgument(
        Cat("'", address, "' is not an address: give host:port, such as 127.0.0.1:7474"));
  }
  std::string_view host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return IsLoopbackHost(host);
}

}  // namespace entente::services
