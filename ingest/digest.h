// SHA-256 (FIPS 180-4), by OpenSSL's libcrypto.
//
//   HexOf(Sha256("abc"));   // "ba7816bf…"
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_DIGEST_H_
#define ENTENTE_INGEST_DIGEST_H_

#include <string>
#include <string_view>

namespace entente::ingest {

// The 32 bytes of the digest.
std::string Sha256(std::string_view bytes);

// Two lower-case hexadecimal figures a byte.
std::string HexOf(std::string_view bytes);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_DIGEST_H_
