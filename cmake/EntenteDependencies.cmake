# Every library that Entente uses, found in one place. All are Debian 12 packages; `./dev setup`
# installs them. Versions are those that the code was built and measured with.
find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf MODULE REQUIRED)  # Debian's protobuf 3.21 has no config package
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
# Debian's libstemmer (Snowball) has neither a CMake nor a pkg-config file.
find_library(STEMMER_LIBRARY stemmer REQUIRED)
find_path(STEMMER_INCLUDE_DIR libstemmer.h REQUIRED)
add_library(Stemmer::stemmer UNKNOWN IMPORTED)
set_target_properties(Stemmer::stemmer PROPERTIES
  IMPORTED_LOCATION "${STEMMER_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${STEMMER_INCLUDE_DIR}")
# Nor has LIBLINEAR.
find_library(LINEAR_LIBRARY linear REQUIRED)
find_path(LINEAR_INCLUDE_DIR linear.h REQUIRED)
add_library(Linear::linear UNKNOWN IMPORTED)
set_target_properties(Linear::linear PROPERTIES
  IMPORTED_LOCATION "${LINEAR_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${LINEAR_INCLUDE_DIR}")
if(ENTENTE_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()
