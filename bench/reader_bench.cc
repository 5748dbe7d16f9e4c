// How fast rows of event data are read, without and with the store. Run as:
//
//   reader_bench [FILE [FORMAT]]
//
// Default: 200,000 rows like GDELT 2.0's, written to a temporary file. Prints for one thread, in
// processor time: rows cut into lines; rows read into ImportedEvent (the parser alone); and, in
// elapsed time, a whole import into a new store in the same temporary folder, with its own threads.
#include <stdlib.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "base/status.h"
#include "ingest/import/block_stream.h"
#include "ingest/import/record_reader.h"
#include "ingest/import_job.h"

namespace entente::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kRows = 200'000;
constexpr int kRounds = 5;  // of the parser, so that there is something to measure

double ProcessorSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Actors by Zipf's law, and the widths of fields that the real export has.
void WriteRows(const std::string& path) {
  const char* const countries[] = {"USA", "RUS", "CHN", "GBR", "FRA", "SYR", "TUR", "PRK",
                                   "IRN", "ISR", "UKR", "DEU", "JPN", "IND", "PAK", "BRA"};
  const char* const sectors[] = {"", "GOV", "", "MIL", "COP", "", "OPP", "LEG"};
  const char* const codes[] = {"010", "042", "043", "051", "020",
                               "036", "190", "173", "112", "0331"};
  std::mt19937 random(1);
  const auto zipf = [&random](size_t n) { return n / (1 + random() % n) - 1; };
  std::ofstream out(path, std::ios::binary);
  for (int i = 0; i < kRows; ++i) {
    out << 900000000 + i << "\t20210305\t202103\t2021\t2021.1753";
    for (int side = 0; side < 2; ++side) {
      const std::string country = countries[zipf(std::size(countries))];
      const std::string sector = sectors[random() % std::size(sectors)];
      out << '\t' << country << sector << "\tSOMEBODY\t" << country << "\t\t\t\t\t" << sector
          << "\t\t";
    }
    const std::string code = codes[random() % std::size(codes)];
    out << "\t1\t" << code << '\t' << code.substr(0, 3) << '\t' << code.substr(0, 2) << "\t1\t2.8\t"
        << 1 + random() % 20 << "\t1\t" << 1 + random() % 20 << "\t-2.2026431718061"
        << (random() % 10);
    for (int geo = 0; geo < 3; ++geo) {
      out << "\t4\tMoscow, Moskva, Russia\tRS\tRS48\t25106\t55.7522\t37.6156\t-2960561";
    }
    out << "\t20210305121500\thttps://www.example.org/news/world/a-story-of-the-day-" << i / 3
        << '\n';
  }
}

// Reads the file once; `parse` or only cuts it. Rows and seconds of this thread.
bool ReadOnce(const std::string& path, ImportFormat format, CodeMap* codes, bool parse,
              int64_t* rows, double* seconds) {
  const auto stream = BlockStream::Open(path, {});
  if (!stream.ok()) {
    std::fprintf(stderr, "%s\n", std::string(MessageOf(stream.status())).c_str());
    return false;
  }
  const std::unique_ptr<RowReader> reader = MakeRowReader(format, codes);
  RecordReader records(stream->get(), reader->FirstShape());
  Record record;
  ImportedRow row;
  const double begin = ProcessorSeconds();
  for (;;) {
    const absl::StatusOr<bool> more = records.Next(&record);
    if (!more.ok() || !*more) break;
    if (record.begins_member) {
      const auto shape = reader->BeginMember(record.text);
      if (!shape.ok()) return false;
      records.set_shape(shape->records);
      if (shape->header) continue;
    }
    if (parse && !IsAscii(record.text)) row.kind = ImportedRow::Kind::kNothing;
    if (parse) reader->Read(record.text, &row).IgnoreError();
    ++*rows;
  }
  *seconds += ProcessorSeconds() - begin;
  return true;
}

bool Measure(const std::string& path, ImportFormat format, const std::string& folder) {
  const auto ontology = knowledge::Ontology::Load(ENTENTE_SOURCE_DIR "/data");
  const auto lexicon = knowledge::Lexicon::Load(ENTENTE_SOURCE_DIR "/data", {});
  if (!ontology.ok() || !lexicon.ok()) return false;
  const auto codes = CodeMap::Load(ENTENTE_SOURCE_DIR "/data", ontology->get(), lexicon->get());
  if (!codes.ok()) return false;
  for (const bool parse : {false, true}) {
    int64_t rows = 0;
    double seconds = 0;
    for (int round = 0; round < kRounds; ++round) {
      if (!ReadOnce(path, format, codes->get(), parse, &rows, &seconds)) return false;
    }
    std::printf("%-28s %12.0f rows/s of one core\n", parse ? "cut and read" : "cut into lines",
                static_cast<double>(rows) / seconds);
  }
  graph::StoreOptions options;
  options.path = folder + "/store";
  options.create_if_missing = true;
  const auto store = graph::Store::Open(options);
  if (!store.ok()) return false;
  ImportOptions import;
  import.format = format;
  import.inputs = {path};
  const ImportReport report = RunImport(import, codes->get(), store->get());
  if (!report.status.ok()) return false;
  std::printf("%-28s %12.0f rows/s elapsed, %lld events, %lld rejected\n", "into a store",
              report.progress.RowsPerSecond(), static_cast<long long>(report.progress.events),
              static_cast<long long>(report.progress.quarantined));
  return (*store)->Close().ok();
}

int Main(int argc, char** argv) {
  std::string folder = (fs::temp_directory_path() / "entente_reader_bench_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const std::string path = argc > 1 ? argv[1] : folder + "/rows.CSV";
  const auto format = argc > 2 ? FormatOfName(argv[2]) : ImportFormat::kGdelt;
  if (argc < 2) WriteRows(path);
  const bool measured = format.has_value() && Measure(path, *format, folder);
  if (!measured) std::fprintf(stderr, "reader_bench: cannot read %s\n", path.c_str());
  std::error_code error;
  fs::remove_all(folder, error);
  return measured ? 0 : 1;
}

}  // namespace
}  // namespace entente::ingest

int main(int argc, char** argv) { return entente::ingest::Main(argc, argv); }
