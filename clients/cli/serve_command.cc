// entente serve: answers gRPC clients over one store until SIGTERM or SIGINT.
#include <memory>
#include <optional>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/coder_flags.h"
#include "clients/cli/commands.h"
#include "clients/cli/signals.h"
#include "graph/store.h"
#include "ingest/knowledge/ontology.h"
#include "services/log.h"
#include "services/server.h"

namespace entente::cli {
namespace {

struct ServeFlags {
  std::string db;
  bool create = false;
  int cache_mib = 256;
  services::ServerOptions server;
  CoderFlags coder;
};

std::string AddressText(const services::ServerOptions& options, int port) {
  if (options.address.starts_with("unix:")) return options.address;
  return Cat(options.address.substr(0, options.address.rfind(':')), ':', port);
}

absl::StatusOr<int> Serve(Program* program, const ServeFlags& flags) {
  const std::optional<std::string> db = StoreDirectory(*program, flags.db);
  if (!db.has_value()) return kExitUsage;
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  TerminationSignals signals;
  services::Log log(program->err);

  graph::StoreOptions store_options;
  store_options.path = *db;
  store_options.create_if_missing = flags.create;
  store_options.cache_bytes = static_cast<size_t>(flags.cache_mib) << 20;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store,
                           graph::Store::Open(store_options));
  ENTENTE_ASSIGN_OR_RETURN(const auto ontology, knowledge::Ontology::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(const auto coder,
                           LoadedCoder::Load(data_dir, flags.coder, ontology.get(), &log));
  const services::Backend backend{store.get(), &coder->coder(), &ontology->Proto(), &log};
  services::ServerOptions server_options = flags.server;
  if (flags.coder.is_remote()) {
    server_options.coding_threads = CodingThreads(flags.coder, server_options.coding_threads);
  }
  ENTENTE_ASSIGN_OR_RETURN(const auto server, services::Server::Start(server_options, backend));
  log.Info(Cat("entente ", ENTENTE_VERSION, " serves ", *db, ", listening on ",
               AddressText(flags.server, server->port())));

  const std::string_view signal = signals.Await();
  log.Info(Cat(signal, ": finishing calls, for at most ", flags.server.drain_seconds, " s"));
  server->Shutdown();
  if (flags.coder.is_remote()) log.Info(Trim(coder->Summary()));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  log.Info("the store is closed");
  return kExitOk;
}

void AddTlsFlags(CLI::App* command, services::ServerOptions* server) {
  CLI::Option* certificate = command
                                 ->add_option("--tls-cert", server->tls_certificate_file,
                                              "Certificate chain: turns TLS on")
                                 ->type_name("PEM");
  CLI::Option* key =
      command->add_option("--tls-key", server->tls_key_file, "Its private key")->type_name("PEM");
  certificate->needs(key);
  key->needs(certificate);
  command
      ->add_option("--tls-client-ca", server->tls_client_ca_file,
                   "Ask clients for a certificate signed by this authority")
      ->type_name("PEM")
      ->needs(certificate);
  command->add_flag("--insecure", server->insecure,
                    "Allow an address that other machines can reach without TLS");
}

}  // namespace

void AddServe(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(app, "serve", "Answer gRPC clients over a store until SIGTERM",
                                 "  entente serve --db news.db --create &\n"
                                 "  entente timeline PRK RUS\n"
                                 "With TLS:\n"
                                 "  entente serve --db news.db --listen 0.0.0.0:7474 --tls-cert "
                                 "server.pem --tls-key server.key");
  const auto flags = std::make_shared<ServeFlags>();
  services::ServerOptions* server = &flags->server;
  command->add_option("--db", flags->db, "Directory of the store (else ENTENTE_DB)")
      ->type_name("DIR");
  command->add_flag("--create", flags->create, "Make the store if there is none");
  command->add_option("--listen", server->address, "Address; port 0 takes any that is free")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  AddTlsFlags(command, server);
  command->add_option("--cache-mib", flags->cache_mib, "Memory for what is read from disk")
      ->check(CLI::Range(8, 1 << 20))
      ->type_name("MIB")
      ->capture_default_str();
  command->add_option("--max-calls", server->max_calls, "Calls under way at once")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--max-timeline-streams", server->max_timeline_streams,
                   "Exports under way at once")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--query-threads", server->query_threads, "Threads for queries; 0: one a core")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--coding-threads", server->coding_threads, "Threads for coding; 0: one a core")
      ->type_name("N")
      ->capture_default_str();
  AddMinConfidence(command, &server->min_confidence);
  AddCoderFlags(command, &flags->coder);
  command->add_option("--drain", server->drain_seconds, "How long calls may go on after SIGTERM")
      ->type_name("SECONDS")
      ->capture_default_str();
  command->callback(
      [program, flags] { program->action = [program, flags] { return Serve(program, *flags); }; });
}

}  // namespace entente::cli
