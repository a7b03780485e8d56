#include "allocation_counter.h"

#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

size_t allocations = 0;
size_t live = 0;

// What the allocator keeps in front of a piece.
constexpr size_t kPieceBytes = sizeof(size_t);

void* Count(void* memory) {
  if (!memory) std::abort();
  ++allocations;
  live += malloc_usable_size(memory) + kPieceBytes;
  return memory;
}

void Free(void* memory) noexcept {
  if (!memory) return;
  live -= malloc_usable_size(memory) + kPieceBytes;
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return Count(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  auto bytes = static_cast<size_t>(alignment);
  return Count(std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes));
}
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { Free(memory); }

namespace millrace {

size_t AllocationCounter::count() { return allocations; }
size_t AllocationCounter::live_bytes() { return live; }

}  // namespace millrace
