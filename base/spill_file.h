// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "spikeloom/base/cbor.h"

namespace spikeloom::base {

/// Bytes that are written once and read later. What exceeds kMaxMemory is in a file without a name,
/// which the system removes however the program ends.
class SpillFile {
 public:
  static constexpr std::size_t kMaxMemory = std::size_t{4} << 20;

  /// Makes the file, when it is needed, in `directory`; if that is empty, in the system's directory
  /// for temporary files.
  explicit SpillFile(std::filesystem::path directory) : directory_(std::move(directory)) {}
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  /// Appends bytes. Returns where they begin. Throws UserError if the file cannot be written.
  std::size_t append(ByteView bytes);
  /// Returns `size` bytes from `offset` on. Throws UserError if the file cannot be read.
  std::vector<std::uint8_t> read(std::size_t offset, std::size_t size) const;

 private:
  void open();
  std::string name() const;

  std::filesystem::path directory_;
  std::vector<std::uint8_t> memory_;  ///< all bytes, until there is a file
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

}  // namespace spikeloom::base
