// The commands of `entente`. Each function adds one to the parser; see program.h.
//
// Private to clients/cli: includes CLI11, whose exceptions Run() catches.
#ifndef ENTENTE_CLIENTS_CLI_COMMANDS_H_
#define ENTENTE_CLIENTS_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "clients/cli/program.h"

namespace entente::cli {

// Each needs `program` to live until its action has run.
void AddServe(CLI::App* app, Program* program);
void AddIngest(CLI::App* app, Program* program);
void AddImport(CLI::App* app, Program* program);
void AddCode(CLI::App* app, Program* program);
void AddEval(CLI::App* app, Program* program);
void AddParse(CLI::App* app, Program* program);
void AddTypes(CLI::App* app, Program* program);
void AddLexicon(CLI::App* app, Program* program);  // import, check
void AddActors(CLI::App* app, Program* program);   // search, resolve
void AddTimeline(CLI::App* app, Program* program);
void AddSearch(CLI::App* app, Program* program);
void AddSummary(CLI::App* app, Program* program);
void AddRelationship(CLI::App* app, Program* program);
void AddPartners(CLI::App* app, Program* program);
void AddPath(CLI::App* app, Program* program);
void AddRank(CLI::App* app, Program* program);
void AddCommunities(CLI::App* app, Program* program);
void AddEvent(CLI::App* app, Program* program);
void AddArticle(CLI::App* app, Program* program);
void AddStats(CLI::App* app, Program* program);
void AddVerify(CLI::App* app, Program* program);
void AddCurate(CLI::App* app, Program* program);
void AddLog(CLI::App* app, Program* program);
void AddRebuild(CLI::App* app, Program* program);
void AddCompact(CLI::App* app, Program* program);
void AddUpgrade(CLI::App* app, Program* program);
void AddBackup(CLI::App* app, Program* program);
void AddBackups(CLI::App* app, Program* program);
void AddRestore(CLI::App* app, Program* program);

// Adds --format to a command; the flag's value goes to `*format`.
void AddFormatFlag(CLI::App* command, Format* format);

// For an option that is an enum, given to CLI::Option::transform: accepts the names of `values` in
// any case; the error lists them.
CLI::Validator OneOf(const std::map<std::string, int>& values);

// For an option whose text goes into a request, given to CLI::Option::check: refuses what is not
// UTF-8, which a request cannot carry.
CLI::Validator Utf8Text();

// A sub-command with a description, and an example that ends its help.
CLI::App* AddCommand(CLI::App* app, const std::string& name, const std::string& description,
                     const std::string& example);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_COMMANDS_H_
