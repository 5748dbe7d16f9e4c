// Any bytes as a packed file, and as text in records: an error or records, never a crash or a hang,
// and each record lies within the limit.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "ingest/import/block_stream.h"
#include "ingest/import/record_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string path = [] {
    std::string name = "/tmp/entente_unpack_fuzz_XXXXXX";
    if (mkstemp(name.data()) < 0) std::abort();
    return name;
  }();
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr || std::fwrite(data, 1, size, file) != size) std::abort();
  std::fclose(file);
  entente::ingest::UnpackLimits limits;
  limits.bytes_max = 16 << 20;
  const auto stream = entente::ingest::BlockStream::Open(path, limits);
  if (!stream.ok()) return 0;
  entente::ingest::RecordShape shape{
      .quoted = size % 2 == 1, .delimiter = ',', .limit_bytes = 4096};
  entente::ingest::RecordReader records(stream->get(), shape);
  entente::ingest::Record record;
  for (;;) {
    const auto more = records.Next(&record);
    if (!more.ok() || !*more) return 0;
    if (record.fault == nullptr && record.text.size() > shape.limit_bytes) std::abort();
  }
}
