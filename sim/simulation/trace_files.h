// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "spikeloom/base/directory.h"

namespace spikeloom::sim {

/// The files of a run's waveforms: FILE.vcd, or FILE.fst made from it by GTKWave's vcd2fst, and
/// what GTKWave shows it by. They are written to a directory beside them and get their places only
/// when `finish` is called.
class TraceFiles {
 public:
  /// Throws base::UserError for a name that ends otherwise, a place that cannot be written, or an
  /// .fst file where there is no vcd2fst.
  explicit TraceFiles(const std::string& path);

  /// Where stem().vcd and the others are to be written.
  std::string directory() const { return temporary_.path().string(); }
  std::string stem() const { return path_.stem().string(); }
  /// The trace's name without its directory.
  std::string shown() const { return path_.filename().string(); }
  /// Throws base::UserError.
  void finish();

 private:
  void convert() const;

  std::filesystem::path path_;
  std::string converter_;  ///< vcd2fst, where it is needed
  base::TemporaryDirectory temporary_;
};

}  // namespace spikeloom::sim
