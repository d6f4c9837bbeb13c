// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace spikeloom::hw {

class MemoryPool;

/// The contents of a memory, 0 at first. Copies share them until one is written.
class MemoryBytes {
 public:
  MemoryBytes() = default;
  explicit MemoryBytes(std::uint64_t size);

  std::uint64_t size() const { return size_; }
  /// Returns the contents, aligned to a cache line. A line more may be read behind them.
  const std::uint8_t* data() const;
  const std::uint64_t* words() const;
  /// Returns the contents to be written, which are then of this memory alone.
  std::uint8_t* writable();
  /// Makes the memory larger; what is new is 0. Does nothing if it has the size already.
  void extend(std::uint64_t size);

 private:
  friend class MemoryPool;
  struct alignas(64) Line {
    std::uint64_t words[8];
  };
  using Lines = std::vector<Line>;
  static std::size_t lines(std::uint64_t size) {
    return static_cast<std::size_t>((size + sizeof(Line) - 1) / sizeof(Line)) + 1;
  }

  std::uint64_t size_ = 0;
  std::shared_ptr<Lines> lines_;
};

/// Makes equal memories share their contents. The cores of a convolution mostly hold the weights of
/// others, and replicated networks everything but the routes.
class MemoryPool {
 public:
  void share(MemoryBytes& bytes);

 private:
  std::unordered_multimap<std::size_t, std::weak_ptr<MemoryBytes::Lines>> by_hash_;
};

}  // namespace spikeloom::hw
