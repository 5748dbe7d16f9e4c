// An allocator for large tables that are read at random: it asks the kernel for huge pages, so that
// a look-up costs a cache miss but hardly ever a miss of the address translation as well.
//
//   std::vector<Slot, HugePageAllocator<Slot>> slots_;
//
// Asking is only advice (madvise(2), MADV_HUGEPAGE): where the kernel does not grant it, the memory
// is ordinary. Blocks under 4 MiB are ordinary in any case. Thread safety: as std::allocator.
#ifndef ENTENTE_BASE_HUGE_PAGES_H_
#define ENTENTE_BASE_HUGE_PAGES_H_

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace entente {

template <typename T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;
  template <typename U>
  HugePageAllocator(const HugePageAllocator<U>&) {}  // NOLINT: allocators convert

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < kSmallestBytes) return static_cast<T*>(::operator new(bytes));
    void* memory = ::operator new (bytes, std::align_val_t{kPageBytes});
    madvise(memory, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t count) {
    if (count * sizeof(T) < kSmallestBytes) {
      ::operator delete(memory);
    } else {
      ::operator delete (memory, std::align_val_t{kPageBytes});
    }
  }

  template <typename U>
  bool operator==(const HugePageAllocator<U>&) const {
    return true;
  }

 private:
  static constexpr size_t kPageBytes = size_t{2} << 20;
  static constexpr size_t kSmallestBytes = 2 * kPageBytes;
};

}  // namespace entente

#endif  // ENTENTE_BASE_HUGE_PAGES_H_
