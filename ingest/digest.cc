#include "ingest/digest.h"

#include <openssl/sha.h>

namespace entente::ingest {

std::string Sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string HexOf(std::string_view bytes) {
  constexpr char kFigures[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    hex += kFigures[static_cast<unsigned char>(c) >> 4];
    hex += kFigures[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

}  // namespace entente::ingest
