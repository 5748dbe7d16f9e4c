// A coder for tests of what stands around coders: a line "PRK meets RUS" is a meeting, "PRK arms
// RUS" an arms deal, everything else nothing. Spans are exact. A text that contains "FAIL" fails as
// a broken coder would, and "SLOW" takes a while.
#ifndef ENTENTE_TESTS_E2E_FAKE_CODER_H_
#define ENTENTE_TESTS_E2E_FAKE_CODER_H_

#include <string>

#include "ingest/coder/coder.h"

namespace entente {

class FakeCoder final : public coder::Coder {
 public:
  absl::StatusOr<v1::CodedArticle> Code(const v1::Article& article,
                                        const coder::CodeOptions& options) const override;
  std::string Version() const override { return "fake/1"; }
};

}  // namespace entente

#endif  // ENTENTE_TESTS_E2E_FAKE_CODER_H_
