// Goal: each column of each format lands where docs/import.md says, and each malformed row is
// refused with a reason. Method: every file of tests/testdata/import/FORMAT is read whole; what its
// rows become stands in the file beside it that ends in .expect, one line a row:
//
//   2 event {"source_id": …}      the v1.Event that would be stored, with its mention
//   3 mention gdelt:9 {…}         a mention of an event that is elsewhere
//   4 refused: SQLDATE '…' is no date
//
// To make the .expect of a new file, run the test with ENTENTE_WRITE_EXPECTED=1, read what it
// wrote, and correct the code where it is wrong.
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/status.h"
#include "ingest/import/block_stream.h"
#include "ingest/import/code_map.h"
#include "ingest/import/record_reader.h"
#include "ingest/import/row_reader.h"
#include "ingest/import/to_event.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::ingest {
namespace {

namespace fs = std::filesystem;

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

std::string Describe(const ImportedRow& row, const CodeMap& codes) {
  switch (row.kind) {
    case ImportedRow::Kind::kNothing:
      return "nothing";
    case ImportedRow::Kind::kEvent: {
      v1::Event event = ToEvent(row.event, codes);
      // Where a code leads is the ontology's, and tested there; here, that it is looked up at all.
      if (!event.source_id().starts_with("polecat")) {
        event.clear_plover_mode();
        event.clear_plover_contexts();
      }
      return Cat("event ", Json(event));
    }
    case ImportedRow::Kind::kMention: {
      ImportedEvent event = row.event;
      return Cat("mention ", event.source_id, " ", event.mention.url, " sentence ",
                 event.mention.sentence_number, " at ", event.mention.report_time_micros,
                 " confidence ", event.mention.confidence);
    }
    case ImportedRow::Kind::kWhole:
      return Cat("whole ", Json(row.whole));
  }
  return "";
}

// What a file's rows become.
std::string ReadCorpusFile(const fs::path& path, ImportFormat format, CodeMap* codes) {
  const std::unique_ptr<RowReader> reader = MakeRowReader(format, codes);
  auto stream = BlockStream::Open(path.string(), {});
  if (!stream.ok()) return Cat("cannot be opened: ", MessageOf(stream.status()), "\n");
  RecordReader records(stream->get(), reader->FirstShape());
  Record record;
  ImportedRow row;
  std::string out;
  bool header = false;
  for (;;) {
    const absl::StatusOr<bool> more = records.Next(&record);
    if (!more.ok()) return Cat(out, "cut short: ", MessageOf(more.status()), "\n");
    if (!*more) return out;
    if (record.begins_member) {
      const absl::StatusOr<MemberShape> shape = reader->BeginMember(record.text);
      if (!shape.ok()) return Cat(out, "refused whole: ", MessageOf(shape.status()), "\n");
      records.set_shape(shape->records);
      header = shape->header;
      if (header) continue;
    }
    absl::Status status =
        record.fault == nullptr ? reader->Read(record.text, &row) : InvalidArgument(record.fault);
    out += Cat(record.line, " ",
               status.ok() ? Describe(row, *codes) : Cat("refused: ", MessageOf(status)), "\n");
  }
}

std::string FileText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class FormatCorpusTest : public ::testing::TestWithParam<ImportFormat> {};

TEST_P(FormatCorpusTest, RowsBecomeWhatIsExpected) {
  const auto ontology = knowledge::Ontology::Load(ENTENTE_DATA_DIR);
  const auto lexicon = knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {});
  ASSERT_TRUE(ontology.ok() && lexicon.ok());
  const auto codes = CodeMap::Load(ENTENTE_DATA_DIR, ontology->get(), lexicon->get());
  ASSERT_TRUE(codes.ok()) << codes.status();
  const fs::path folder =
      fs::path(ENTENTE_TESTDATA_DIR) / "import" / std::string(NameOf(GetParam()));
  size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".expect") continue;
    ++files;
    const std::string got = ReadCorpusFile(entry.path(), GetParam(), codes->get());
    const fs::path expected = entry.path().string() + ".expect";
    if (std::getenv("ENTENTE_WRITE_EXPECTED") != nullptr) std::ofstream(expected) << got;
    EXPECT_EQ(got, FileText(expected)) << entry.path();
  }
  EXPECT_GT(files, 0u) << folder;
}

INSTANTIATE_TEST_SUITE_P(All, FormatCorpusTest,
                         ::testing::Values(ImportFormat::kGdelt, ImportFormat::kGdeltMentions,
                                           ImportFormat::kIcews, ImportFormat::kPolecat,
                                           ImportFormat::kAcled, ImportFormat::kUcdpGed,
                                           ImportFormat::kJsonl),
                         [](const auto& tested) {
                           std::string name(NameOf(tested.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace entente::ingest
