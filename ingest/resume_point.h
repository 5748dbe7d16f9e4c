// Where an import was cut short, as the token that the store keeps with each checkpoint.
//
//   ResumePoint point;
//   point.fingerprint = Fingerprint(Fingerprint(kNoInputs, inputs[0]), inputs[1]);
//   const std::string token = point.Encode();
//
// Pure, but for Fingerprint, which asks the file system for sizes and times.
#ifndef ENTENTE_INGEST_RESUME_POINT_H_
#define ENTENTE_INGEST_RESUME_POINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace entente::ingest {

struct ResumePoint {
  std::string format;        // "gdelt"
  uint64_t fingerprint = 0;  // of the inputs up to and with the one in work
  int64_t input = 0;         // index of the one in work
  int64_t member = 0;        // of an archive, counted from 1; 0: none begun
  int64_t records = 0;       // of the member, stored or quarantined

  std::string Encode() const;
  // Nothing for a token that Encode cannot have written, the empty one among them.
  static std::optional<ResumePoint> Decode(std::string_view token);
  bool operator==(const ResumePoint&) const = default;
};

// The fingerprint of inputs to which one more is added: of its name, size and time of change, so
// that a file that was changed or moved gives another. 0 once a pipe is among them: there is no
// coming back to what is read from one.
inline constexpr uint64_t kNoInputs = 0xcbf29ce484222325;
uint64_t Fingerprint(uint64_t before, const std::string& input);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_RESUME_POINT_H_
