# Functions with which every folder declares its targets.
#
#   entente_library(NAME SOURCES a.cc … [PUBLIC dep …] [PRIVATE dep …])   the target entente::NAME
#   entente_test(NAME SOURCES a_test.cc … [DEPS dep …] [LABELS l …] [TIMEOUT s])
#   entente_fuzz(NAME SOURCES a_fuzz.cc … [DEPS dep …])
#
# PUBLIC is what a folder's headers need, PRIVATE what only its sources need: RocksDB and Boost are
# PRIVATE to graph, grpc++ to services and clients.

add_library(entente_options INTERFACE)
target_include_directories(entente_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(entente_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
  -Wno-missing-field-initializers)
if(ENTENTE_WERROR)
  target_compile_options(entente_options INTERFACE -Werror)
endif()
target_compile_definitions(entente_options INTERFACE
  ENTENTE_VERSION="${PROJECT_VERSION}")

if(ENTENTE_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(ENTENTE_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()
if(ENTENTE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(ENTENTE_CCACHE ccache)
if(ENTENTE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ENTENTE_CCACHE}")
endif()
find_program(ENTENTE_LLD ld.lld)
if(ENTENTE_LLD)
  add_link_options(-fuse-ld=lld)
endif()

function(entente_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  string(REPLACE "::" "_" flat "${name}")
  add_library(entente_${flat} STATIC ${ARG_SOURCES})
  add_library(entente::${name} ALIAS entente_${flat})
  target_link_libraries(entente_${flat} PUBLIC entente_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

function(entente_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE entente_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    ENTENTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    ENTENTE_TESTDATA_DIR="${PROJECT_SOURCE_DIR}/tests/testdata"
    ENTENTE_DATA_DIR="${PROJECT_SOURCE_DIR}/data")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

function(entente_fuzz name)
  if(NOT ENTENTE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE entente_options ${ARG_DEPS})
  target_compile_definitions(${name} PRIVATE ENTENTE_DATA_DIR="${PROJECT_SOURCE_DIR}/data")
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
