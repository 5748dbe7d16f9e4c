#include "clients/cli/coder_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "base/status.h"
#include "clients/cli/parallel.h"

namespace entente::cli {

void AddLexiconFlag(CLI::App* command, std::vector<std::string>* folders) {
  command
      ->add_option("--lexicon", *folders,
                   "Folder of tables of your own, as `entente lexicon import` makes them: they win "
                   "over ours, and a later folder over an earlier one")
      ->type_name("DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void AddMinConfidence(CLI::App* command, double* threshold) {
  command
      ->add_option("--min-confidence", *threshold,
                   Cat("Leave out events less sure than this; ", coder::kDefaultMinConfidence,
                       " if not said (docs/coding.md: what it means)"))
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
}

void AddCoderFlags(CLI::App* command, CoderFlags* flags) {
  AddLexiconFlag(command, &flags->lexicons);
  services::RemoteCoderOptions* remote = &flags->remote;
  CLI::Option* coder =
      command
          ->add_option("--coder", remote->address,
                       "Address of an EventCoder server that codes instead of the built-in coder, "
                       "which steps in where that fails (docs/external_coder.md)")
          ->type_name("HOST:PORT");
  command
      ->add_option("--coder-timeout", flags->timeout_seconds,
                   "Seconds to wait for its answer to one article")
      ->check(CLI::Range(0.001, 3600.0))
      ->type_name("SECONDS")
      ->capture_default_str()
      ->needs(coder);
  command
      ->add_option("--coder-parallel", flags->parallel, "Articles that it is asked about at once")
      ->check(CLI::Range(1, kMaxThreads))
      ->type_name("N")
      ->capture_default_str()
      ->needs(coder);
  command
      ->add_flag("--coder-required", flags->required,
                 "Refuse an article that it does not code, instead of coding it with the built-in "
                 "coder")
      ->needs(coder);
  command->add_flag("--coder-tls", remote->tls, "TLS with the system's certificate authorities")
      ->needs(coder);
  command->add_option("--coder-tls-ca", remote->tls_ca_file, "TLS with this certificate authority")
      ->type_name("PEM")
      ->needs(coder);
  command
      ->add_flag("--coder-insecure", remote->insecure,
                 "Send articles openly to an address that is not this machine's")
      ->needs(coder);
}

absl::StatusOr<std::unique_ptr<LoadedCoder>> LoadedCoder::Load(const std::string& data_dir,
                                                               const CoderFlags& flags,
                                                               const knowledge::Ontology* ontology,
                                                               services::Log* log) {
  std::unique_ptr<LoadedCoder> loaded(new LoadedCoder());
  if (!flags.is_remote() || !flags.required) {
    ENTENTE_ASSIGN_OR_RETURN(loaded->own_, coder::RuleCoder::Load(data_dir, flags.lexicons));
  }
  if (!flags.is_remote()) return loaded;
  services::RemoteCoderOptions options = flags.remote;
  options.timeout =
      std::chrono::milliseconds(static_cast<int64_t>(flags.timeout_seconds * 1000 + 0.5));
  options.backoff = std::min(options.backoff, options.timeout);
  ENTENTE_ASSIGN_OR_RETURN(loaded->remote_,
                           services::RemoteCoder::Make(options, ontology, loaded->own_.get(), log));
  return loaded;
}

const coder::Coder& LoadedCoder::coder() const {
  if (remote_ != nullptr) return *remote_;
  return *own_;
}

std::string LoadedCoder::Summary() const {
  return remote_ == nullptr ? std::string() : remote_->Summary() + "\n";
}

int CodingThreads(const CoderFlags& flags, int wanted) {
  return flags.is_remote() && wanted == 0 ? flags.parallel : ThreadCount(wanted);
}

}  // namespace entente::cli
