// The one file of the language model: a header that a person can read, and named sections.
//
//   absl::StatusOr<ModelFile> file = ModelFile::Load("data/model/english.entmodel");
//   file->Field("licence");                                   // "CC BY-SA 4.0; …"
//   absl::StatusOr<std::string_view> tagger = file->Section("tagger");
//
// The bytes, integers little-endian:
//
//   offset  size  what
//        0     8  "ENTMODEL"
//        8     4  format version, now 2
//       12     4  H, the size of the header
//       16     H  the header: UTF-8 lines "field: value\n"; `head` shows it
//     16+H     4  the number of sections
//              …  a section: name (varint length, bytes), raw size (8), stored size (8), then the
//                 stored bytes, one zstd frame that carries a checksum of its contents
//      end-8   8  checksum of all bytes before it (Checksum64)
//
// The header says what a reader of the file must know: model version, date, training data with
// licences and attribution, figures. A ModelFile is immutable and safe to share between threads.
#ifndef ENTENTE_INGEST_NLP_MODEL_FILE_H_
#define ENTENTE_INGEST_NLP_MODEL_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace entente::nlp {

inline constexpr uint32_t kModelFormatVersion = 2;
inline constexpr std::string_view kModelFileName = "english.entmodel";

// The section names in use; a section's own bytes are described where it is read.
inline constexpr std::string_view kWordsSection = "words";    // word_table.h
inline constexpr std::string_view kTaggerSection = "tagger";  // tagger.h
inline constexpr std::string_view kParserSection = "parser";  // parser.h
inline constexpr std::string_view kLemmasSection = "lemmas";  // lemmatizer.h
inline constexpr std::string_view kNamesSection = "names";    // names.h

// A fast 64-bit checksum against accidental damage; not a cryptographic hash.
uint64_t Checksum64(std::string_view bytes);

class ModelFile {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  // Reads and unpacks a whole file. Errors: NOT_FOUND, DATA_LOSS (not a model, cut off, damaged),
  // FAILED_PRECONDITION (another format version), RESOURCE_EXHAUSTED (over 256 MiB unpacked).
  static absl::StatusOr<ModelFile> Load(const std::string& path);
  // The same from bytes; `name` stands in messages.
  static absl::StatusOr<ModelFile> Parse(std::string_view bytes, std::string_view name);

  // The header's fields in their order.
  const Fields& fields() const { return fields_; }
  // The first field of that name; empty if there is none.
  std::string_view Field(std::string_view name) const;

  // The unpacked bytes of a section, valid as long as the ModelFile. NOT_FOUND if there is none.
  absl::StatusOr<std::string_view> Section(std::string_view name) const;
  bool HasSection(std::string_view name) const;
  // Names and unpacked bytes of all sections, in file order.
  const std::vector<std::pair<std::string, std::string>>& sections() const { return sections_; }

 private:
  std::string name_;
  Fields fields_;
  std::vector<std::pair<std::string, std::string>> sections_;
};

// Puts a file together; the same input gives the same bytes.
class ModelFileWriter {
 public:
  // REQUIRES: no ':' or line break in `name`, no line break in `value`.
  void AddField(std::string_view name, std::string_view value);
  void AddSection(std::string_view name, std::string bytes);
  // The file's bytes. INTERNAL if zstd fails.
  absl::StatusOr<std::string> Finish() const;

 private:
  ModelFile::Fields fields_;
  std::vector<std::pair<std::string, std::string>> sections_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_MODEL_FILE_H_
