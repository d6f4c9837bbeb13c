// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "spikeloom/explore/sweep/sweep_file.h"

namespace spikeloom::explore {

/// A point of a sweep, or one of its repetitions.
struct PlannedRun {
  std::int64_t point = 0;
  std::int64_t repetition = 0;
  Sample texts;                       ///< of the axes' keys
  std::vector<std::string> settings;  ///< "key=value", all that it changes of the run file
  std::string network;                ///< content of the network, a key of SweepPlan::networks
  std::string mapping;                ///< names its mapping; empty where the run has its own
  std::string refused;                ///< why it cannot be run at all, or empty
};

/// A file that results hang on.
struct SweepInput {
  std::string role;     ///< "run", "network", "chip", "energy", "deployment", "data"
  std::string path;     ///< of a data set its name
  std::string content;  ///< content_hash()
};

/// All runs of a sweep, checked.
struct SweepPlan {
  SweepFile file;
  std::vector<PlannedRun> runs;                               ///< by point, then repetition
  std::vector<SweepInput> inputs;                             ///< by role and path
  std::map<std::string, std::vector<std::uint8_t>> networks;  ///< converted, as files, by content

  std::size_t points() const;
  /// Of all runs that can be run.
  std::size_t mappings() const;
  /// What makes two sweeps the same: their question, not how it is written down, nor metrics and
  /// timeout, which change no result.
  nlohmann::ordered_json identity() const;
};

/// Draws the points and prepares each: configuration, network, images. Where a combination of
/// values is not allowed, its run is refused; a value that no run can have is an error. Throws
/// base::UserError with every problem.
SweepPlan plan_sweep(SweepFile file);

}  // namespace spikeloom::explore
