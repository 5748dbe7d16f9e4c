// Writing and reading the variable-length integers of the store's records.
//
//   std::string bytes;
//   PutVarint(300, &bytes);                 // ac 02
//   PutSigned(-2, &bytes);                  // 03
//   Decoder in(bytes);
//   uint64_t n; int64_t d;
//   if (!in.Varint(&n) || !in.Signed(&d) || !in.Done()) return DataLoss("…");
//
// Base 128, least significant group first, as in Protocol Buffers; signed numbers zig-zag.
#ifndef ENTENTE_GRAPH_CODEC_H_
#define ENTENTE_GRAPH_CODEC_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace entente::graph {

inline void PutVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

inline void PutSigned(int64_t value, std::string* out) {
  PutVarint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63), out);
}

// Reads from the front of a view. Every method is false, and the decoder spent, once bytes run out.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  bool Done() const { return ok_ && bytes_.empty(); }
  std::string_view Rest() const { return bytes_; }

  bool Varint(uint64_t* value) {
    if (!bytes_.empty() && static_cast<unsigned char>(bytes_.front()) < 0x80) {  // most are
      *value = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      return ok_;
    }
    *value = 0;
    for (int shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      *value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return ok_;
    }
    bytes_ = {};
    return ok_ = false;
  }
  bool Signed(int64_t* value) {
    uint64_t zigzag = 0;
    if (!Varint(&zigzag)) return false;
    *value = static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
    return true;
  }
  bool Bytes(size_t count, std::string_view* value) {
    if (count > bytes_.size()) {
      bytes_ = {};
      return ok_ = false;
    }
    *value = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return ok_;
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_CODEC_H_
