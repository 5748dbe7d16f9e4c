// SHA-256 (FIPS 180-4), by OpenSSL.
#ifndef ENTENTE_GRAPH_SHA256_H_
#define ENTENTE_GRAPH_SHA256_H_

#include <string>
#include <string_view>

namespace entente::graph {

std::string Sha256(std::string_view bytes);  // 32 bytes

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_SHA256_H_
