// The bytes inside a model's sections: little-endian integers, varints and counted strings.
//
//   ByteWriter writer;                       ByteReader reader(bytes);
//   writer.Varint(words.size());             const uint64_t count = reader.Varint();
//   writer.String("the");                    const std::string_view word = reader.String();
//                                            if (!reader.ok()) return DataLoss("…");
//
// A reader never reads past its end: the first read that would do so makes ok() false, and that
// read and all later ones give zeros and empty strings, so that a caller checks once at the end
// (and checks a count against remaining() before it reserves memory for it). Not thread-safe.
#ifndef ENTENTE_INGEST_NLP_BYTE_CODING_H_
#define ENTENTE_INGEST_NLP_BYTE_CODING_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace entente::nlp {

class ByteWriter {
 public:
  void U8(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void U16(uint16_t value) { Fixed(value, 2); }
  void U32(uint32_t value) { Fixed(value, 4); }
  void U64(uint64_t value) { Fixed(value, 8); }
  void F32(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    U32(bits);
  }
  // Seven bits a byte, lowest first, the top bit set on all but the last: 1 to 10 bytes.
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) U8(static_cast<uint8_t>(value | 0x80));
    U8(static_cast<uint8_t>(value));
  }
  // The length as a varint, then the bytes.
  void String(std::string_view value) {
    Varint(value.size());
    bytes_.append(value);
  }
  void Raw(std::string_view value) { bytes_.append(value); }

  const std::string& bytes() const { return bytes_; }
  std::string Release() { return std::move(bytes_); }

 private:
  void Fixed(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) U8(static_cast<uint8_t>(value >> (8 * i)));
  }

  std::string bytes_;
};

class ByteReader {
 public:
  // `bytes` must outlive the reader and the strings that it returns.
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return bytes_.size() - pos_; }

  uint8_t U8() { return static_cast<uint8_t>(Fixed(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Fixed(2)); }
  uint32_t U32() { return static_cast<uint32_t>(Fixed(4)); }
  uint64_t U64() { return Fixed(8); }
  float F32() {
    const uint32_t bits = U32();
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = U8();
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::string_view String() { return Raw(Varint()); }
  std::string_view Raw(uint64_t size) {
    if (!ok_ || size > remaining()) {
      ok_ = false;
      return {};
    }
    const std::string_view value = bytes_.substr(pos_, size);
    pos_ += size;
    return value;
  }

 private:
  uint64_t Fixed(int size) {
    if (!ok_ || remaining() < static_cast<size_t>(size)) {
      ok_ = false;
      return 0;
    }
    uint64_t value = 0;
    for (int i = 0; i < size; ++i) {
      value |= uint64_t{static_cast<uint8_t>(bytes_[pos_ + i])} << (8 * i);
    }
    pos_ += size;
    return value;
  }

  std::string_view bytes_;
  size_t pos_ = 0;
  bool ok_ = true;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_BYTE_CODING_H_
