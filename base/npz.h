// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "spikeloom/base/npy.h"

namespace spikeloom::base {

/// Writes a NumPy archive (.npz), a ZIP file of deflated arrays. Equal arrays give equal bytes. For
/// each array call begin, then write for each piece of its data, then end. Throws UserError if the
/// file cannot be written, or an array or the archive reaches 4 GiB.
class NpzWriter {
 public:
  explicit NpzWriter(std::string path);
  ~NpzWriter();
  NpzWriter(const NpzWriter&) = delete;
  NpzWriter& operator=(const NpzWriter&) = delete;

  void begin(const std::string& name, const std::string& type,
             const std::vector<std::size_t>& shape);
  void write(const void* data, std::size_t bytes);
  void end();
  /// Writes a one-dimensional array.
  template <typename T>
  void add(const std::string& name, const std::string& type, const std::vector<T>& values) {
    begin(name, type, {values.size()});
    write(values.data(), values.size() * sizeof(T));
    end();
  }
  /// Completes the archive and closes the file.
  void finish();

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;
  };

  void put(const void* data, std::size_t bytes);
  void deflate(const void* data, std::size_t bytes, int flush);
  std::string local_header(const Entry& entry) const;
  [[noreturn]] void fail() const;

  std::string path_;
  std::FILE* file_;
  std::uint64_t offset_ = 0;
  std::vector<Entry> entries_;
  std::vector<std::uint8_t> packed_;
  void* stream_ = nullptr;  ///< zlib's z_stream while an array is open, else null
};

/// Reads the arrays of a .npz file, stored or deflated, by name. Throws UserError if the file
/// cannot be read or has another format.
std::map<std::string, NpyArray> read_npz(const std::string& path);

/// Reads one array of a .npz file; without a name the only one. Throws UserError likewise, and if
/// there is no such array: then with the names of those that there are.
NpyArray read_npz_array(const std::string& path, const std::string& name);

}  // namespace spikeloom::base
