// A folder that is there as long as the object, for tests that need files.
#ifndef ENTENTE_TESTS_INGEST_TEMP_FOLDER_H_
#define ENTENTE_TESTS_INGEST_TEMP_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace entente::ingest {

class TempFolder {
 public:
  TempFolder() {
    std::string name = ::testing::TempDir() + "/entente_ingest_XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Path(const std::string& name) const { return (path_ / name).string(); }

  // Writes a file and returns its path.
  std::string Write(const std::string& name, std::string_view contents) const {
    std::ofstream(Path(name), std::ios::binary) << contents;
    return Path(name);
  }

  // A file's contents; empty if it is not there.
  std::string Read(const std::string& name) const {
    std::ostringstream contents;
    contents << std::ifstream(Path(name), std::ios::binary).rdbuf();
    return contents.str();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace entente::ingest

#endif  // ENTENTE_TESTS_INGEST_TEMP_FOLDER_H_
