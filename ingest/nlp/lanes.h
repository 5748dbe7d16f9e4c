// Vectors of numbers for the loops of matrix.cc and fixed_point.cc, which alone include this.
//
// A kernel is a template over a *width* (Narrow, Middle, Wide, WideDot), always inlined into a
// function compiled for a processor that has registers of this width; ENTENTE_DISPATCH picks the
// widest that this processor has. Wider vectors than the processor's would be taken apart by the
// compiler at a great cost. Operations on lanes are the same on every width, so that results are.
#ifndef ENTENTE_INGEST_NLP_LANES_H_
#define ENTENTE_INGEST_NLP_LANES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

// Compiled for several processors, of which the loader or ENTENTE_DISPATCH takes the best.
// Sanitizers do not bear the loader's choice, and clang writes both otherwise.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ENTENTE_WIDE_VECTORS 1
#endif
#if defined(ENTENTE_WIDE_VECTORS) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ENTENTE_FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define ENTENTE_FOR_EACH_PROCESSOR
#endif
#define ENTENTE_INLINE inline __attribute__((always_inline))

namespace entente::nlp {

// Each width has Lanes: floats; Ints: as many whole numbers; Shorts: as many of two bytes; and
// AddPairs: adds to each lane of `sums` the products of the two shorts that stand in the same lane
// of `a` and of `b`.
struct Narrow {
  using Lanes = float __attribute__((vector_size(16), aligned(4), may_alias));
  using Ints = int32_t __attribute__((vector_size(16), aligned(4), may_alias));
  using Shorts = int16_t __attribute__((vector_size(8), aligned(2), may_alias));
  static constexpr size_t kLanes = 4;

  static ENTENTE_INLINE Ints AddPairs(Ints sums, Ints a, Ints b) {
#if defined(__SSE2__)
    return sums + (Ints)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    return sums + ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
  }
};
#if defined(ENTENTE_WIDE_VECTORS)
// The compiler's own names are used, because the header's functions cannot be inlined into a
// template that is not itself compiled for the processor.
struct Middle {
  using Lanes = float __attribute__((vector_size(32), aligned(4), may_alias));
  using Ints = int32_t __attribute__((vector_size(32), aligned(4), may_alias));
  using Shorts = int16_t __attribute__((vector_size(16), aligned(2), may_alias));
  using AllShorts = short __attribute__((vector_size(32)));  // NOLINT(google-runtime-int)
  static constexpr size_t kLanes = 8;

  static ENTENTE_INLINE Ints AddPairs(Ints sums, Ints a, Ints b) {
    return sums + (Ints)__builtin_ia32_pmaddwd256((AllShorts)a, (AllShorts)b);
  }
};
struct Wide {
  using Lanes = float __attribute__((vector_size(64), aligned(4), may_alias));
  using Ints = int32_t __attribute__((vector_size(64), aligned(4), may_alias));
  using Shorts = int16_t __attribute__((vector_size(32), aligned(2), may_alias));
  using AllShorts = short __attribute__((vector_size(64)));  // NOLINT(google-runtime-int)
  static constexpr size_t kLanes = 16;
  using AllInts = int __attribute__((vector_size(64)));

  static ENTENTE_INLINE Ints AddPairs(Ints sums, Ints a, Ints b) {
    return sums + (Ints)__builtin_ia32_pmaddwd512_mask((AllShorts)a, (AllShorts)b, AllInts{}, -1);
  }
};
struct WideDot : Wide {  // AVX-512 VNNI: product and sum in one
  static ENTENTE_INLINE Ints AddPairs(Ints sums, Ints a, Ints b) {
    return (Ints)__builtin_ia32_vpdpwssd_v16si((AllInts)sums, (AllInts)a, (AllInts)b);
  }
};
#endif

template <typename Width>
ENTENTE_INLINE const typename Width::Lanes& At(const float* values) {
  return *reinterpret_cast<const typename Width::Lanes*>(values);
}
template <typename Width>
ENTENTE_INLINE typename Width::Lanes& At(float* values) {
  return *reinterpret_cast<typename Width::Lanes*>(values);
}

template <typename Width>
ENTENTE_INLINE void Clamp(typename Width::Lanes* x, float low, float high) {
  const typename Width::Lanes lows = typename Width::Lanes{} + low;
  const typename Width::Lanes highs = typename Width::Lanes{} + high;
  *x = *x < lows ? lows : *x;
  *x = *x > highs ? highs : *x;
}

// Adding it to a number of less than 2^22 rounds that to a whole one, which is then in the low
// bits: 1.5 · 2^23.
inline constexpr float kRounder = 12582912.0F;

// e^x by 2^n · p(r), |r| ≤ ln 2 / 2 (Cephes' polynomial), to about 1e-7.
template <typename Width>
ENTENTE_INLINE void Exponential(typename Width::Lanes* x) {
  using Lanes = typename Width::Lanes;
  Clamp<Width>(x, -87.0F, 87.0F);
  const Lanes shifted = *x * 1.44269504F + kRounder;
  const Lanes whole = shifted - kRounder;
  const Lanes r = (*x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  Lanes p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  typename Width::Ints bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits + 127) << 23;  // the low bits of `shifted` are n
  Lanes power;
  std::memcpy(&power, &bits, sizeof(power));
  *x = p * power;
}

template <typename Width>
ENTENTE_INLINE void Sigmoid(typename Width::Lanes* x) {
  *x = -*x;
  Exponential<Width>(x);
  *x = 1.0F / (1.0F + *x);
}

template <typename Width>
ENTENTE_INLINE void Tanh(typename Width::Lanes* x) {
  *x = *x * 2.0F;
  Sigmoid<Width>(x);
  *x = *x * 2.0F - 1.0F;
}

// An LSTM cell's gates: sums before Activate, activations after it.
template <typename Width>
struct CellGates {
  typename Width::Lanes in, forget, open, candidate;

  // Of units i and following, where the gates stand side by side.
  ENTENTE_INLINE void Load(const float* gates, size_t units, size_t i) {
    in = At<Width>(gates + i);
    forget = At<Width>(gates + units + i);
    open = At<Width>(gates + 2 * units + i);
    candidate = At<Width>(gates + 3 * units + i);
  }
  ENTENTE_INLINE void Activate() {
    Sigmoid<Width>(&in);
    Sigmoid<Width>(&forget);
    Sigmoid<Width>(&open);
    Tanh<Width>(&candidate);
  }
};

enum class Processor { kNarrow, kMiddle, kWide, kWideDot };

inline Processor ThisProcessor() {
#if defined(ENTENTE_WIDE_VECTORS)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    return __builtin_cpu_supports("avx512vnni") ? Processor::kWideDot : Processor::kWide;
  }
  if (__builtin_cpu_supports("avx2")) return Processor::kMiddle;
#endif
  return Processor::kNarrow;
}

// Runs a kernel on the widest vectors that this processor has.
#if defined(ENTENTE_WIDE_VECTORS)
#define ENTENTE_RUN_FOR(targets, width, kernel, arguments)                             \
  return [&]() __attribute__((target(targets), noinline)) { kernel<width> arguments; } \
  ()
#define ENTENTE_DISPATCH(kernel, arguments)                                       \
  switch (ThisProcessor()) {                                                      \
    case Processor::kWideDot:                                                     \
      ENTENTE_RUN_FOR("avx512f,avx512bw,avx512vnni", WideDot, kernel, arguments); \
    case Processor::kWide:                                                        \
      ENTENTE_RUN_FOR("avx512f,avx512bw", Wide, kernel, arguments);               \
    case Processor::kMiddle:                                                      \
      ENTENTE_RUN_FOR("avx2", Middle, kernel, arguments);                         \
    case Processor::kNarrow:                                                      \
      return kernel<Narrow> arguments;                                            \
  }
#else
#define ENTENTE_DISPATCH(kernel, arguments) kernel<Narrow> arguments
#endif

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_LANES_H_
