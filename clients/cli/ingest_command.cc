// entente ingest: codes and stores the articles of files, through the Ingest service of a server or
// of this process.
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/coder_flags.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/event_view.h"
#include "clients/cli/progress.h"
#include "clients/cli/signals.h"
#include "clients/cli/text.h"
#include "ingest/job.h"
#include "ingest/validation.h"

namespace entente::cli {
namespace {

constexpr int kRejectionsShown = 20;
constexpr int kSignalPollMs = 100;

struct IngestFlags {
  ConnectionFlags connection;
  Format format = Format::kPeople;
  std::vector<std::string> files;
  std::string date;
  std::string title;
  std::string source;
  std::string url;
  std::string quarantine;
  double min_confidence = -1;  // --min-confidence; negative: not given
  bool quiet = false;
};

// An IngestArticles stream as the job sees it.
class StreamSink final : public ingest::ArticleSink {
 public:
  StreamSink(Connection* connection, const IngestFlags& flags)
      : connection_(connection),
        flags_(flags),
        stream_(connection->ingest().IngestArticles(&context_)) {}

  absl::Status Put(v1::Article article) override {
    if (!flags_.title.empty()) article.set_title(flags_.title);
    if (!flags_.url.empty()) article.set_url(flags_.url);
    // An id made from the fields no longer fits once they change: the server makes it anew.
    if (article.id().starts_with("sha256:")) article.clear_id();
    v1::IngestArticleRequest request;
    *request.mutable_article() = std::move(article);
    if (flags_.min_confidence >= 0) request.set_min_confidence(flags_.min_confidence);
    if (stream_->Write(request)) return absl::OkStatus();
    return MakeStatus(absl::StatusCode::kUnavailable, "the stream has ended");
  }

  void Close() override { stream_->WritesDone(); }

  absl::StatusOr<v1::IngestArticleResponse> Take() override {
    v1::IngestArticleResponse response;
    if (stream_->Read(&response)) {
      if (response.outcome() == v1::STORED) threshold_ = response.min_confidence();
      return response;
    }
    const absl::Status ended = connection_->Check(stream_->Finish());
    if (!ended.ok()) return ended;
    return MakeStatus(absl::StatusCode::kUnavailable, "the stream has ended");
  }

  void Cancel() override { context_.TryCancel(); }

  // The threshold that the server held the stored articles to; nothing as long as none was stored.
  std::optional<double> threshold() const { return threshold_; }

 private:
  Connection* const connection_;
  const IngestFlags& flags_;
  std::optional<double> threshold_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::IngestArticleRequest, v1::IngestArticleResponse>>
      stream_;
};

std::string ProgressText(const ingest::IngestProgress& progress) {
  return Cat(progress.articles, progress.articles == 1 ? " article" : " articles", ": ",
             progress.stored, " stored, ", progress.already_stored, " known, ", progress.rejected,
             " rejected; ", progress.events, " events, ", progress.new_events, " of them new; ",
             Decimal(progress.seconds, 1), " s, ", Decimal(progress.ArticlesPerSecond(), 1),
             " articles/s");
}

// --title and --url are one article's: an input that may hold several takes neither.
absl::Status CheckFlags(const IngestFlags& flags) {
  if (!flags.date.empty()) {
    ENTENTE_RETURN_IF_ERROR(Annotate(ingest::NormalizeDate(flags.date).status(), "--date"));
  }
  if (flags.title.empty() && flags.url.empty()) return absl::OkStatus();
  const std::string& file = flags.files.front();
  if (flags.files.size() == 1 && !file.ends_with(".jsonl") && !file.ends_with(".ndjson")) {
    return absl::OkStatus();
  }
  return InvalidArgument(
      "--title and --url need one file of plain text, since they are one article's");
}

ingest::IngestJobOptions JobOptions(Program* program, const IngestFlags& flags,
                                    ProgressLine* progress, int64_t* rejections) {
  ingest::IngestJobOptions options;
  options.inputs = flags.files;
  options.reader.default_date = flags.date;
  options.reader.default_source = flags.source;
  if (!flags.title.empty() || !flags.url.empty()) {
    options.reader.format = ingest::InputFormat::kText;
  }
  options.quarantine_path = flags.quarantine;
  options.on_progress = [progress](const ingest::IngestProgress& now) {
    progress->Show(ProgressText(now));
  };
  options.on_rejected = [=](const ingest::IngestRejection& rejection) {
    if (++*rejections > kRejectionsShown) return;
    progress->Clear();
    *program->err << "entente: " << Printable(rejection.reason) << '\n';
  };
  return options;
}

absl::Status PrintSummary(Program* program, Format format, const ingest::IngestProgress& progress,
                          std::optional<double> threshold) {
  if (format == Format::kPeople) {
    const std::string text =
        threshold ? Cat("; events of confidence ", *threshold, " and more") : std::string();
    return program->output->Write(Cat(ProgressText(progress), text, '\n'));
  }
  const std::pair<const char*, std::string> fields[] = {
      {"articles", Cat(progress.articles)},
      {"stored", Cat(progress.stored)},
      {"known", Cat(progress.already_stored)},
      {"rejected", Cat(progress.rejected)},
      {"events", Cat(progress.events)},
      {"new_events", Cat(progress.new_events)},
      {"seconds", Decimal(progress.seconds, 3)},
      {"min_confidence", threshold ? Cat(*threshold) : std::string()}};
  std::vector<std::string> names;
  std::vector<std::string> values;
  std::string object;
  for (const auto& [name, value] : fields) {
    names.emplace_back(name);
    values.push_back(value);
    if (value.empty()) continue;
    object += Cat(object.empty() ? "{" : ",", '"', name, "\":", value);
  }
  return program->output->Write(format == Format::kCsv ? CsvLine(names) + CsvLine(values)
                                                       : object + "}\n");
}

absl::StatusOr<int> Ingest(Program* program, const IngestFlags& flags) {
  if (absl::Status wrong = CheckFlags(flags); !wrong.ok()) {
    return UsageError(program->err, MessageOf(wrong));
  }
  TerminationSignals signals;
  ENTENTE_ASSIGN_OR_RETURN(const auto connection,
                           Connection::Open(*program, flags.connection, Need::kIngestion));
  std::atomic<bool> interrupted{false};
  std::jthread watcher([&](const std::stop_token& over) {
    while (!over.stop_requested() && !interrupted) interrupted = signals.AwaitFor(kSignalPollMs);
  });
  ProgressLine progress(program->err, flags.quiet);
  int64_t rejections = 0;
  ingest::IngestJobOptions options = JobOptions(program, flags, &progress, &rejections);
  options.stop = [&interrupted] { return interrupted.load(); };
  StreamSink sink(connection.get(), flags);
  const ingest::IngestReport report = ingest::RunIngestJob(options, &sink);
  progress.Clear();
  if (rejections > kRejectionsShown) {
    *program->err << "entente: and " << rejections - kRejectionsShown << " more were rejected\n";
  }
  ENTENTE_RETURN_IF_ERROR(PrintSummary(program, flags.format, report.progress, sink.threshold()));
  if (interrupted) {
    return MakeStatus(absl::StatusCode::kCancelled,
                      "interrupted: what is counted above is stored; run the same again to go on");
  }
  ENTENTE_RETURN_IF_ERROR(report.status);
  ENTENTE_RETURN_IF_ERROR(connection->Close());
  return report.progress.rejected > 0 ? kExitError : kExitOk;
}

}  // namespace

void AddIngest(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "ingest", "Code articles and store their events",
      "  entente ingest --db news.db --date 2023-09-22 article.txt\n"
      "  entente ingest --db news.db --quarantine bad.jsonl nightly/*.jsonl\n"
      "A plain text is one article, and may begin with lines Title:, Date:, Source:, URL:. A "
      ".jsonl\n"
      "file has an object a line: {\"id\", \"url\", \"title\", \"text\", \"date\", \"source\"}.\n"
      "Articles that are stored already change nothing, so a job may be run again.");
  const auto flags = std::make_shared<IngestFlags>();
  command->add_option("FILE", flags->files, "Plain text or JSON lines; - is standard input")
      ->type_name("")
      ->required();
  command
      ->add_option("--date", flags->date, "Day of publication of articles that do not say theirs")
      ->type_name("YYYY-MM-DD");
  command->add_option("--title", flags->title, "Title of a plain text")
      ->check(Utf8Text())
      ->type_name("TEXT");
  command->add_option("--source", flags->source, "Publisher of articles that do not name theirs")
      ->check(Utf8Text())
      ->type_name("NAME");
  command->add_option("--url", flags->url, "Address of a plain text")
      ->check(Utf8Text())
      ->type_name("URL");
  command->add_option("--quarantine", flags->quarantine, "File to which rejected records are added")
      ->type_name("JSONL");
  AddMinConfidence(command, &flags->min_confidence);
  AddLexiconFlag(command, &flags->connection.lexicons);
  command->add_flag("--quiet", flags->quiet, "No progress line");
  AddConnectionFlags(command, &flags->connection);
  AddFormatFlag(command, &flags->format);
  command->callback(
      [program, flags] { program->action = [program, flags] { return Ingest(program, *flags); }; });
}

}  // namespace entente::cli
