// entente code: what would be coded from articles; nothing is stored.
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/coded_record.h"
#include "clients/cli/coder_flags.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/explanation_view.h"
#include "clients/cli/parallel.h"
#include "clients/cli/text.h"
#include "ingest/article_reader.h"
#include "ingest/knowledge/ontology.h"
#include "ingest/validation.h"
#include "services/log.h"

namespace entente::cli {
namespace {

constexpr size_t kBatchArticles = 256;  // coded in parallel, then printed in order

struct CodeFlags {
  std::string file;
  std::string input;
  std::string output;
  std::string date;
  Format format = Format::kPeople;
  double min_confidence = coder::kDefaultMinConfidence;
  int threads = 0;
  bool explain = false;
  bool both_directions = false;
  CoderFlags coder;
};

// An article with what was made of it.
struct Work {
  ingest::SourceRecord record;
  absl::StatusOr<v1::CodedArticle> coded = absl::UnknownError("not coded yet");
};

// Up to kBatchArticles records; none at the end of the source.
absl::StatusOr<std::vector<Work>> ReadBatch(ingest::ArticleReader* reader) {
  std::vector<Work> batch;
  while (batch.size() < kBatchArticles) {
    ENTENTE_ASSIGN_OR_RETURN(std::optional<ingest::SourceRecord> record, reader->Next());
    if (!record.has_value()) break;
    batch.push_back(Work{std::move(*record)});
  }
  return batch;
}

void CodeOne(const coder::Coder& coder, const coder::CodeOptions& options, Work* work) {
  const absl::StatusOr<v1::Article>& article = work->record.article;
  work->coded = article.ok() ? coder.Code(*article, options)
                             : absl::StatusOr<v1::CodedArticle>(article.status());
}

// --- for people -------------------------------------------------------------------------------

void AppendWrapped(std::string_view text, size_t width, std::string* out) {
  constexpr std::string_view kIndent = "   ";
  const size_t room = width > 30 ? width - kIndent.size() : 0;
  for (const std::string& line : Wrap(text, room)) out->append(kIndent).append(line).append("\n");
}

std::string CodedEventText(const v1::Event& event, int number, const Terminal& terminal) {
  const std::string when =
      Cat(WhenText(event.date()), event.date().inferred() ? " (of the report)" : "");
  std::string out = Cat(number, ". ", Styled(TypeText(event), "1", terminal.color), ", ",
                        StatusText(event.status()), ", ", when, '\n');
  AppendWrapped(WhoText(event), terminal.width, &out);
  for (const auto& [label, value] : DetailTexts(event)) {
    AppendWrapped(Cat(label, ": ", value), terminal.width, &out);
  }
  AppendWrapped(Cat(CodesText(event), " · confidence ", Decimal(event.confidence(), 2)),
                terminal.width, &out);
  for (const v1::Mention& mention : event.mentions()) {
    std::string speaker;
    if (!mention.speaker().empty()) speaker = Cat(" — said by ", Printable(mention.speaker()));
    AppendWrapped(Cat("“", MarkedSentence(mention, terminal.color), "”", speaker),
                  terminal.color ? 0 : terminal.width, &out);
    if (mention.has_explanation()) {
      AppendExplanation(mention.explanation(), "   ", terminal.width, &out);
    }
  }
  return out;
}

std::string ArticleText(const std::string& file, const v1::Article& article,
                        const v1::CodedArticle& coded, double min_confidence,
                        const Terminal& terminal) {
  std::string events;
  int count = 0;
  for (const v1::Event& event : coded.events()) {
    if (event.confidence() < min_confidence) continue;
    events += "\n" + CodedEventText(event, ++count, terminal);
  }
  const std::string title = article.title().empty() ? file : article.title();
  const std::string date = article.publish_date().empty() ? "no date" : article.publish_date();
  return Cat(Styled(Printable(title), "1", terminal.color), "\n", date, ", ",
             coded.sentence_count(), coded.sentence_count() == 1 ? " sentence, " : " sentences, ",
             count, count == 1 ? " event\n" : " events\n", events);
}

// --- the formats ------------------------------------------------------------------------------

std::string CsvRows(const v1::CodedArticle& coded, double min_confidence) {
  std::string rows;
  for (const v1::Event& event : coded.events()) {
    if (event.confidence() < min_confidence) continue;
    std::vector<std::string> fields = EventCsvFields(event);
    fields.front() = coded.article();  // before storing an event has no id of its own
    rows += CsvLine(fields);
  }
  return rows;
}

std::string CsvHeader() {
  std::vector<std::string> columns = EventCsvColumns();
  columns.front() = "article";
  return CsvLine(columns);
}

std::string Rendered(const Work& work, const CodeFlags& flags, const Terminal& terminal) {
  switch (flags.format) {
    case Format::kPeople:
      return ArticleText(work.record.file, *work.record.article, *work.coded, flags.min_confidence,
                         terminal);
    case Format::kJsonl:
      return CodedRecordLine(*work.coded, work.record.article->id(), flags.min_confidence,
                             flags.both_directions);
    case Format::kCsv:
      return CsvRows(*work.coded, flags.min_confidence);
  }
  return "";
}

using Writer = std::function<absl::Status(std::string_view)>;

absl::StatusOr<int> CodeAll(Program* program, const CodeFlags& flags, const std::string& path,
                            const Writer& write) {
  ingest::ReaderOptions reader_options;
  reader_options.default_date = flags.date;
  if (!flags.input.empty()) reader_options.format = ingest::InputFormat::kJsonLines;
  ENTENTE_ASSIGN_OR_RETURN(const auto reader, ingest::OpenArticles(path, reader_options));
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto ontology, knowledge::Ontology::Load(data_dir));
  services::Log log(program->err);
  ENTENTE_ASSIGN_OR_RETURN(const auto coder,
                           LoadedCoder::Load(data_dir, flags.coder, ontology.get(), &log));
  const coder::CodeOptions options{.explain = flags.explain,
                                   .min_confidence = flags.min_confidence};
  if (flags.format == Format::kCsv) ENTENTE_RETURN_IF_ERROR(write(CsvHeader()));
  int exit_code = kExitOk;
  for (;;) {
    ENTENTE_ASSIGN_OR_RETURN(std::vector<Work> batch, ReadBatch(reader.get()));
    if (batch.empty()) break;
    ForEachInParallel(CodingThreads(flags.coder, flags.threads), batch.size(),
                      [&](size_t i) { CodeOne(coder->coder(), options, &batch[i]); });
    for (const Work& work : batch) {
      if (work.coded.ok()) {
        ENTENTE_RETURN_IF_ERROR(write(Rendered(work, flags, program->output->terminal())));
        continue;
      }
      *program->err << "entente: " << Printable(MessageOf(work.coded.status())) << '\n';
      exit_code = kExitError;
    }
  }
  *program->err << coder->Summary();
  return exit_code;
}

absl::StatusOr<int> CodeToFile(Program* program, const CodeFlags& flags) {
  // Written beside the target and renamed over it: an interrupted run leaves no half of a result.
  const std::string part = flags.output + ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  if (!out) return NotFound(Cat("cannot write ", part, ": is its folder there and writable?"));
  const auto write = [&](std::string_view text) -> absl::Status {
    out << text;
    if (out.good()) return absl::OkStatus();
    return MakeStatus(absl::StatusCode::kUnavailable, Cat("cannot write to ", part));
  };
  absl::StatusOr<int> code = CodeAll(program, flags, flags.input, write);
  out.close();
  if (code.ok() && !out.fail() && std::rename(part.c_str(), flags.output.c_str()) == 0) return code;
  std::remove(part.c_str());
  if (!code.ok()) return code;
  return MakeStatus(absl::StatusCode::kUnavailable, Cat("cannot write ", flags.output));
}

absl::StatusOr<int> Code(Program* program, CodeFlags flags) {
  if (flags.file.empty() == flags.input.empty()) {
    return UsageError(program->err, "give either a FILE or --input with a file of records");
  }
  if (!flags.date.empty()) {
    if (absl::Status date = ingest::NormalizeDate(flags.date).status(); !date.ok()) {
      return UsageError(program->err, Cat("--date: ", MessageOf(date)));
    }
  }
  const auto to_stdout = [program](std::string_view text) { return program->output->Write(text); };
  if (flags.input.empty()) return CodeAll(program, flags, flags.file, to_stdout);
  flags.format = Format::kJsonl;
  if (flags.output.empty() || flags.output == "-") {
    return CodeAll(program, flags, flags.input, to_stdout);
  }
  return CodeToFile(program, flags);
}

}  // namespace

void AddCode(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "code", "Show what would be coded from articles; nothing is stored",
                 "  entente code article.txt --date 2023-09-22\n"
                 "  entente code - --format jsonl < article.txt\n"
                 "  entente code --input records.jsonl --output coded.jsonl\n"
                 "A record of the input: {\"id\": …, \"text\": …, \"date\": …}. Spans count bytes "
                 "of the text.");
  const auto flags = std::make_shared<CodeFlags>();
  command->add_option("FILE", flags->file, "Plain text or JSON lines; - is standard input")
      ->type_name("");
  command
      ->add_option("--date", flags->date, "Day of publication, where the article does not say it")
      ->type_name("YYYY-MM-DD");
  command->add_option("--input", flags->input, "Records, one JSON object a line")
      ->type_name("JSONL");
  command
      ->add_option("--output", flags->output,
                   "Where the coded records go; standard output if not said")
      ->type_name("JSONL")
      ->needs("--input");
  AddMinConfidence(command, &flags->min_confidence);
  command->add_option("--threads", flags->threads, "Threads; 0: one a core")
      ->check(CLI::Range(0, kMaxThreads))
      ->type_name("N");
  command->add_flag("--explain", flags->explain,
                    "Add why: the rule, the paths, how each actor was resolved, the parse");
  command->add_flag("--both-directions", flags->both_directions,
                    "In jsonl, give the dyads of equal parties (a meeting) both ways round");
  AddCoderFlags(command, &flags->coder);
  AddFormatFlag(command, &flags->format);
  command->callback(
      [program, flags] { program->action = [program, flags] { return Code(program, *flags); }; });
}

}  // namespace entente::cli
