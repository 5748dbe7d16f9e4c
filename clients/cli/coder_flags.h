// Which coder a command uses: the built-in one, or somebody else's at an address (--coder) with the
// built-in one to fall back on.
//
//   CoderFlags flags;
//   AddCoderFlags(command, &flags);
//   …
//   ENTENTE_ASSIGN_OR_RETURN(auto coder, LoadedCoder::Load(data_dir, flags, &ontology, &log));
//   coder->coder().Code(article, {});
//   *program->err << coder->Summary();
//
// Private to clients/cli. Thread safety: that of coder::Coder once loaded.
#ifndef ENTENTE_CLIENTS_CLI_CODER_FLAGS_H_
#define ENTENTE_CLIENTS_CLI_CODER_FLAGS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/coder/rule_coder.h"
#include "ingest/knowledge/ontology.h"
#include "services/log.h"
#include "services/remote_coder.h"

namespace CLI {
class App;
}  // namespace CLI

namespace entente::cli {

struct CoderFlags {
  services::RemoteCoderOptions remote;  // of --coder; without an address the built-in coder is used
  double timeout_seconds = 30;          // of one article
  int parallel = 8;                     // articles that the remote coder is asked about at once
  bool required = false;                // no fall-back
  std::vector<std::string> lexicons;    // --lexicon: folders of a user's tables

  bool is_remote() const { return !remote.address.empty(); }
};

// Adds --lexicon, --coder, --coder-timeout, --coder-parallel, --coder-required and the TLS flags.
void AddCoderFlags(CLI::App* command, CoderFlags* flags);

// Adds --lexicon, which may be given several times.
void AddLexiconFlag(CLI::App* command, std::vector<std::string>* folders);

// Adds --min-confidence, which leaves `*threshold` as it is if not given.
void AddMinConfidence(CLI::App* command, double* threshold);

class LoadedCoder {
 public:
  // `ontology` and `log` must outlive the result. Errors: those of the loaders and of
  // services::RemoteCoder::Make.
  static absl::StatusOr<std::unique_ptr<LoadedCoder>> Load(const std::string& data_dir,
                                                           const CoderFlags& flags,
                                                           const knowledge::Ontology* ontology,
                                                           services::Log* log);

  const coder::Coder& coder() const;

  // A line of what became of the articles, ended by "\n"; empty for the built-in coder.
  std::string Summary() const;

 private:
  LoadedCoder() = default;

  std::unique_ptr<coder::RuleCoder> own_;          // null if a remote one is required
  std::unique_ptr<services::RemoteCoder> remote_;  // null for the built-in one
};

// How many threads shall code: waiting for a remote coder costs none of this machine's time.
int CodingThreads(const CoderFlags& flags, int wanted);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_CODER_FLAGS_H_
