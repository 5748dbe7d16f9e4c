// entente parse: what the language core sees in a text.
#include <memory>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "clients/cli/commands.h"
#include "clients/cli/text.h"
#include "clients/cli/tree_view.h"
#include "ingest/nlp/conllu.h"
#include "ingest/nlp/pipeline.h"

namespace entente::cli {
namespace {

constexpr size_t kMaxBytes = size_t{16} << 20;

enum class ParseFormat { kTree, kConllu };

struct ParseFlags {
  std::string file;
  ParseFormat format = ParseFormat::kTree;
};

absl::StatusOr<int> ParseFile(Program* program, const ParseFlags& flags) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.file, kMaxBytes));
  if (LooksBinary(text)) return InvalidArgument(Cat(flags.file, " is a binary file, not text"));
  if (Trim(text).empty()) return InvalidArgument(Cat(flags.file, " is empty"));
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto pipeline, nlp::Pipeline::Load(data_dir));
  const nlp::Document document = pipeline->Analyze(text);
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      flags.format == ParseFormat::kConllu ? nlp::WriteConllu(document) : TreeText(document)));
  return kExitOk;
}

}  // namespace

void AddParse(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "parse", "Show how the language core reads a text: words, tags, trees, names",
                 "  echo 'Kim met Putin in Vladivostok.' | entente parse -\n"
                 "  entente parse article.txt --format conllu > article.conllu");
  const auto flags = std::make_shared<ParseFlags>();
  command->add_option("FILE", flags->file, "Plain text; - is standard input")
      ->type_name("")
      ->required();
  command->add_option("--format", flags->format, "tree, or conllu (Universal Dependencies)")
      ->transform(OneOf({{"tree", static_cast<int>(ParseFormat::kTree)},
                         {"conllu", static_cast<int>(ParseFormat::kConllu)}})
                      .description("FORMAT"));
  command->callback([program, flags] {
    program->action = [program, flags] { return ParseFile(program, *flags); };
  });
}

}  // namespace entente::cli
