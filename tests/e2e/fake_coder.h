// A coder for tests of what stands around coders: a line "PRK meets RUS" is a meeting, "PRK arms
// RUS" an arms deal, "PRK nears RUS" a meeting of confidence 0.1, everything else nothing. Spans
// are exact. A text that contains "FAIL" fails as a broken coder would, and "SLOW" takes a while.
#ifndef ENTENTE_TESTS_E2E_FAKE_CODER_H_
#define ENTENTE_TESTS_E2E_FAKE_CODER_H_

#include <string>
#include <utility>

#include "ingest/coder/coder.h"

namespace entente {

class FakeCoder final : public coder::Coder {
 public:
  // `blind`: it codes nothing.
  explicit FakeCoder(std::string version = "fake/1", bool blind = false)
      : version_(std::move(version)), blind_(blind) {}

  absl::StatusOr<v1::CodedArticle> Code(const v1::Article& article,
                                        const coder::CodeOptions& options) const override;
  std::string Version() const override { return version_; }

 private:
  const std::string version_;
  const bool blind_;
};

}  // namespace entente

#endif  // ENTENTE_TESTS_E2E_FAKE_CODER_H_
