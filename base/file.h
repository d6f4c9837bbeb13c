// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "spikeloom/base/cbor.h"
#include "spikeloom/base/error.h"

namespace spikeloom::base {

/// Returns the contents of a file. Throws UserError if it cannot be read.
std::vector<std::uint8_t> read_file(const std::string& path);

/// A file that is read where the system keeps it, without a copy.
class MappedFile {
 public:
  /// Throws UserError if it cannot be read.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const ByteView& bytes() const { return bytes_; }

 private:
  ByteView bytes_;
};

/// Writes a temporary file beside `path` and renames it, so that `path` is never incomplete. A
/// symbolic link is followed, and what is no regular file, such as /dev/null or a pipe, is written
/// to. Throws UserError on failure.
void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes);
void write_file(const std::string& path, std::string_view text);
/// Likewise of what `write` gives to its sink.
void write_file(const std::string& path, const std::function<void(const ByteSink&)>& write);

/// Writes to a descriptor, at `offset` or where it stands. `path` names the file in the UserError
/// that is thrown on failure.
void write_all(int descriptor, const void* data, std::size_t count, const std::string& path,
               std::optional<std::size_t> offset = std::nullopt);

/// Returns the error to throw if a file cannot be written, because of `cause` or of errno.
UserError unwritable(const std::string& path, std::error_code cause);
UserError unwritable(const std::string& path);

}  // namespace spikeloom::base
