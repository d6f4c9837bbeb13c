// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/base/npy.h"

namespace spikeloom::base {

/// Location of an array: a .npy or IDX file, or an array in a .npz file.
struct ArrayFile {
  std::string path;
  std::string key;  ///< name of the array in a .npz file; empty: its only array

  /// Splits "FILE.npz:KEY"; any other text is a path.
  static ArrayFile parse(const std::string& text);
  /// The inverse of parse.
  std::string text() const;
  bool operator==(const ArrayFile& other) const { return path == other.path && key == other.key; }

  /// Reads the array. The file's content decides its format: .npy, .npz, or IDX, plain or
  /// compressed by gzip. Throws UserError if the file cannot be read or has another format.
  NpyArray read() const;
};

}  // namespace spikeloom::base
