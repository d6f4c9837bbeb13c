// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "spikeloom/base/frozen_files.h"
#include "spikeloom/explore/sweep/sweep_file.h"

namespace spikeloom::explore {

/// A run of a sweep: one repetition of a point.
struct PlannedRun {
  std::int64_t point = 0;
  std::int64_t repetition = 0;
  Sample texts;                       ///< values of the axes' keys
  std::vector<std::string> settings;  ///< "key=value": all overrides of the run file
  std::string data;                   ///< content of its images; empty for a workload
  std::string network;  ///< content hash, a key of SweepPlan::networks; empty for a workload
  std::string given;    ///< content of the deployment that the run file names; may be empty
  std::string mapping;  ///< name; empty if the run file names a deployment or has a workload
  std::string refused;  ///< why it cannot be run; empty if it can
};

/// An input that the results depend on.
struct SweepInput {
  std::string role;     ///< "data" for a data set, else the key of the run file, or "run"
  std::string path;     ///< for a data set its name
  std::string content;  ///< base::content_hash()
};

/// All runs of a sweep, validated.
struct SweepPlan {
  SweepFile file;
  std::vector<PlannedRun> runs;    ///< sorted by point, then by repetition
  std::vector<SweepInput> inputs;  ///< sorted by role and path
  std::map<std::string, std::vector<std::uint8_t>>
      networks;                    ///< encoded spiking networks, by content hash
  base::FrozenFiles::Texts files;  ///< the run file and those that it names

  /// Number of points.
  std::size_t points() const;
  /// Number of mappings that the runs which are not refused need.
  std::size_t mappings() const;
  /// Returns what identifies a sweep: its points and settings, but neither the formatting of the
  /// file nor metrics and timeout, which do not affect results.
  nlohmann::ordered_json identity() const;
};

/// Draws the points and prepares the configuration, network and images of each. A run with an
/// invalid combination of values is refused; a value that is invalid in every run is an error.
/// Throws base::UserError that lists every error. Configuration files that change while this runs,
/// or later, do not matter.
SweepPlan plan_sweep(const std::string& path);

}  // namespace spikeloom::explore
