// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "spikeloom/base/directory.h"

namespace spikeloom::sim {

/// The waveform files of a run: FILE.vcd, or FILE.fst converted from it by GTKWave's vcd2fst, and
/// the GTKWave save files. They are written to a temporary directory and moved to their final names
/// when `finish` is called.
class TraceFiles {
 public:
  /// Throws base::UserError for another file name extension, a directory that cannot be written, or
  /// an .fst file if vcd2fst is not installed.
  explicit TraceFiles(const std::string& path);

  /// Directory in which stem().vcd and the other files are to be written.
  std::string directory() const { return temporary_.path().string(); }
  std::string stem() const { return path_.stem().string(); }
  /// File name of the waveforms, without the directory.
  std::string shown() const { return path_.filename().string(); }
  /// Converts the file if needed and moves all files to their final names. Throws base::UserError.
  void finish();

 private:
  void convert() const;

  std::filesystem::path path_;
  std::string converter_;  ///< path of vcd2fst; empty for a .vcd file
  base::TemporaryDirectory temporary_;
};

}  // namespace spikeloom::sim
