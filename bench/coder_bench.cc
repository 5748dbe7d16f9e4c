// How fast articles become events, on one core.
//
//   coder_bench [DATA_DIR [ROUNDS]]
//
// Codes the sample articles of DATA_DIR ROUNDS times (default: the source tree's data, 20), each
// article on its own, and prints sentences, words and articles a second of processor time: of the
// whole, and of the median article. The first round warms up and is not counted. Load time and
// memory come first.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/article_reader.h"
#include "ingest/coder/rule_coder.h"
#include "ingest/nlp/pipeline.h"

namespace entente {
namespace {

// Processor time of this process, in seconds: everything here runs on one thread, and what others
// do on the machine counts less than it would by the clock on the wall.
double Seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Sample {
  v1::Article article;
  size_t words = 0;
};

absl::StatusOr<std::vector<Sample>> ReadSamples(const std::string& folder) {
  std::vector<Sample> samples;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    ENTENTE_ASSIGN_OR_RETURN(const auto reader, ingest::OpenArticles(entry.path().string(), {}));
    ENTENTE_ASSIGN_OR_RETURN(const auto record, reader->Next());
    if (!record.has_value()) continue;
    ENTENTE_RETURN_IF_ERROR(record->article.status());
    samples.push_back({*record->article});
  }
  if (samples.empty()) return NotFound(Cat(folder, ": no sample articles"));
  return samples;
}

size_t CountWords(const nlp::Document& document) {
  size_t words = 0;
  for (const nlp::Sentence& sentence : document.sentences) words += sentence.tokens.size();
  return words;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

absl::Status Run(const std::string& data_dir, int64_t rounds) {
  const double load_start = Seconds();
  ENTENTE_ASSIGN_OR_RETURN(const auto coder, coder::RuleCoder::Load(data_dir));
  std::printf("load                  %8.0f ms\n", (Seconds() - load_start) * 1000);
  ENTENTE_ASSIGN_OR_RETURN(std::vector<Sample> samples, ReadSamples(data_dir + "/samples"));
  {
    ENTENTE_ASSIGN_OR_RETURN(const auto pipeline, nlp::Pipeline::Load(data_dir));
    for (Sample& sample : samples) {
      sample.words = CountWords(pipeline->Analyze(sample.article.title())) +
                     CountWords(pipeline->Analyze(sample.article.text()));
    }
  }
  std::vector<double> sentence_rates, word_rates;
  double seconds = 0;
  int64_t sentences = 0, events = 0;
  size_t words = 0;
  for (int64_t round = 0; round <= rounds; ++round) {
    for (const Sample& sample : samples) {
      const double start = Seconds();
      ENTENTE_ASSIGN_OR_RETURN(const v1::CodedArticle coded, coder->Code(sample.article, {}));
      const double taken = Seconds() - start;
      if (round == 0) continue;
      seconds += taken;
      sentences += coded.sentence_count();
      events += coded.events_size();
      words += sample.words;
      sentence_rates.push_back(coded.sentence_count() / taken);
      word_rates.push_back(static_cast<double>(sample.words) / taken);
    }
  }
  const double articles = static_cast<double>(sentence_rates.size());
  std::printf("articles              %8zu, %lld rounds, %.1f events an article\n", samples.size(),
              static_cast<long long>(rounds), static_cast<double>(events) / articles);
  std::printf("sentences a second    %8.0f, of the median article %.0f\n", sentences / seconds,
              Median(sentence_rates));
  std::printf("words a second        %8.0f, of the median article %.0f\n",
              static_cast<double>(words) / seconds, Median(word_rates));
  std::printf("articles a second     %8.0f\n", articles / seconds);
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("resident at most      %8ld MiB\n", usage.ru_maxrss >> 10);
  return absl::OkStatus();
}

}  // namespace
}  // namespace entente

int main(int argc, char** argv) {
  int64_t rounds = 20;
  if (argc > 3 || (argc == 3 && (!entente::ParseInt64(argv[2], &rounds) || rounds < 1))) {
    std::fprintf(stderr, "usage: coder_bench [DATA_DIR [ROUNDS]]\n");
    return 2;
  }
  const absl::Status status =
      entente::Run(argc > 1 ? argv[1] : std::string(ENTENTE_SOURCE_DIR) + "/data", rounds);
  if (!status.ok()) std::fprintf(stderr, "coder_bench: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
