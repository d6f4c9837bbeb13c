// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include <sys/mman.h>

namespace spikeloom::explore {

/// A zero-initialized array in shared memory that worker processes, forked later, write for their
/// parent. Untouched pages take no memory.
template <typename T>
class SharedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Throws std::bad_alloc.
  explicit SharedArray(std::size_t size)
      : size_(size),
        data_(::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (data_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~SharedArray() { ::munmap(data_, bytes()); }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;

  T* data() const { return static_cast<T*>(data_); }
  T& operator[](std::size_t index) const { return data()[index]; }
  std::size_t size() const { return size_; }

 private:
  std::size_t bytes() const { return size_ == 0 ? 1 : size_ * sizeof(T); }

  std::size_t size_;
  void* data_;
};

}  // namespace spikeloom::explore
