#include "ingest/nlp/model_file.h"

#include <zstd.h>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

constexpr std::string_view kMagic = "ENTMODEL";
constexpr size_t kFileBytesMax = size_t{64} << 20;
constexpr size_t kUnpackedBytesMax = size_t{256} << 20;
constexpr size_t kChecksumBytes = 8;
constexpr int kCompressionLevel = 19;

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

absl::StatusOr<ModelFile::Fields> ParseFields(std::string_view header, std::string_view name) {
  ModelFile::Fields fields;
  for (std::string_view line : Split(header, '\n')) {
    if (line.empty()) continue;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      return DataLoss(Cat(name, ": header line \"", line, "\" has no colon"));
    }
    fields.emplace_back(line.substr(0, colon), Trim(line.substr(colon + 1)));
  }
  return fields;
}

absl::StatusOr<std::string> Unpack(std::string_view stored, uint64_t raw_size,
                                   std::string_view what) {
  std::string raw(raw_size, '\0');
  const size_t got = ZSTD_decompress(raw.data(), raw.size(), stored.data(), stored.size());
  if (ZSTD_isError(got)) return DataLoss(Cat(what, " is damaged: ", ZSTD_getErrorName(got)));
  if (got != raw_size) return DataLoss(Cat(what, ": ", got, " bytes instead of ", raw_size));
  return raw;
}

absl::StatusOr<std::string> Pack(std::string_view raw) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kCompressionLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string stored(ZSTD_compressBound(raw.size()), '\0');
  const size_t size = ZSTD_compress2(context, stored.data(), stored.size(), raw.data(), raw.size());
  ZSTD_freeCCtx(context);
  if (ZSTD_isError(size)) return Internal(Cat("zstd: ", ZSTD_getErrorName(size)));
  stored.resize(size);
  return stored;
}

}  // namespace

uint64_t Checksum64(std::string_view bytes) {
  uint64_t hash = bytes.size();
  size_t pos = 0;
  for (; pos + 8 <= bytes.size(); pos += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + pos, 8);
    hash = Mix(hash, word);
  }
  for (; pos < bytes.size(); ++pos) hash = Mix(hash, static_cast<uint8_t>(bytes[pos]));
  return hash;
}

absl::StatusOr<ModelFile> ModelFile::Load(const std::string& path) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytesMax));
  return Parse(bytes, path);
}

absl::StatusOr<ModelFile> ModelFile::Parse(std::string_view bytes, std::string_view name) {
  ByteReader reader(bytes);
  if (reader.Raw(kMagic.size()) != kMagic) {
    return DataLoss(Cat(name, " is not a language model: it does not begin with ", kMagic));
  }
  const uint32_t version = reader.U32();
  if (reader.ok() && version != kModelFormatVersion) {
    return FailedPrecondition(Cat(name, " has format version ", version, ", this program reads ",
                                  kModelFormatVersion,
                                  ": use the model that belongs to it, or train one anew"));
  }
  if (bytes.size() < kMagic.size() + kChecksumBytes) return DataLoss(Cat(name, " is cut off"));
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (ByteReader(bytes.substr(body.size())).U64() != Checksum64(body)) {
    return DataLoss(Cat(name, ": the checksum is wrong: the file is cut off or damaged"));
  }
  ModelFile file;
  file.name_ = std::string(name);
  const std::string_view header = reader.Raw(reader.U32());
  ENTENTE_ASSIGN_OR_RETURN(file.fields_, ParseFields(header, name));
  const uint32_t count = reader.U32();
  size_t unpacked = 0;
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const std::string_view section = reader.String();
    const uint64_t raw_size = reader.U64();
    const std::string_view stored = reader.Raw(reader.U64());
    if (!reader.ok()) break;
    if (raw_size > kUnpackedBytesMax - unpacked) {
      return ResourceExhausted(Cat(name, ": over ", kUnpackedBytesMax, " bytes when unpacked"));
    }
    unpacked += raw_size;
    ENTENTE_ASSIGN_OR_RETURN(std::string raw,
                             Unpack(stored, raw_size, Cat(name, ": section ", section)));
    file.sections_.emplace_back(section, std::move(raw));
  }
  if (!reader.ok()) return DataLoss(Cat(name, " is cut off in its list of sections"));
  return file;
}

std::string_view ModelFile::Field(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (key == name) return value;
  }
  return {};
}

absl::StatusOr<std::string_view> ModelFile::Section(std::string_view name) const {
  for (const auto& [key, bytes] : sections_) {
    if (key == name) return std::string_view(bytes);
  }
  return NotFound(Cat(name_, " has no section \"", name, "\""));
}

bool ModelFile::HasSection(std::string_view name) const { return Section(name).ok(); }

void ModelFileWriter::AddField(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

void ModelFileWriter::AddSection(std::string_view name, std::string bytes) {
  sections_.emplace_back(name, std::move(bytes));
}

absl::StatusOr<std::string> ModelFileWriter::Finish() const {
  std::string header;
  for (const auto& [name, value] : fields_) header += Cat(name, ": ", value, "\n");
  ByteWriter writer;
  writer.Raw(kMagic);
  writer.U32(kModelFormatVersion);
  writer.U32(static_cast<uint32_t>(header.size()));
  writer.Raw(header);
  writer.U32(static_cast<uint32_t>(sections_.size()));
  for (const auto& [name, raw] : sections_) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string stored, Pack(raw));
    writer.String(name);
    writer.U64(raw.size());
    writer.U64(stored.size());
    writer.Raw(stored);
  }
  writer.U64(Checksum64(writer.bytes()));
  return writer.Release();
}

}  // namespace entente::nlp
