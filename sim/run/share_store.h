// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "spikeloom/base/spill_file.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/run/run_request.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::sim {

/// Name of the directory, beside a run's results, of what is finished of a run that is not.
inline constexpr const char* kSharesDirectory = "shares";

/// Whether the shares of a run can be kept: not if files need all of its images from one start.
bool keeps_shares(const RunRequest& request);

/// Returns a name for everything that the result of an image of a run depends on.
std::string run_name(const PreparedRun& prepared, const RunRequest& request);

/// The finished shares of a run that is not finished, a file each. They survive however the program
/// ends.
class ShareStore {
 public:
  /// `directory` is that of the run's results. Keeps references to the others.
  ShareStore(const std::filesystem::path& directory, const PreparedRun& prepared,
             const RunRequest& request);

  /// Returns what an earlier start of the same run has finished, with the records of the images in
  /// `records`. Throws base::UserError if the
  /// directory has shares of another run, or of another build of the program.
  ShareResults load(const std::shared_ptr<base::SpillFile>& records);
  /// Throws base::UserError if the share cannot be written.
  void keep(const Share& share, const RangeResult& result);
  /// Removes all shares.
  void remove();

  /// Number of images that are kept.
  std::size_t images() const { return images_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  const std::string& key();  ///< run_name

  std::filesystem::path directory_;
  const PreparedRun& prepared_;
  const RunRequest& request_;
  std::string key_;  ///< empty until it is needed: it takes a pass over all pixels
  std::size_t images_ = 0;
};

}  // namespace spikeloom::sim
