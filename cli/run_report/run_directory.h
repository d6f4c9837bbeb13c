// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/base/npy.h"
#include "spikeloom/sim/results/csv_table.h"

namespace spikeloom::cli {

/// What `spikeloom run` has written into a directory (docs/running.md).
struct RunDirectory {
  std::string path;
  nlohmann::ordered_json summary;
  sim::CsvTable images;
  std::optional<base::NpyArray> wrong;  ///< wrong.npy: none of a replayed run

  // With timing cycle alone.
  sim::CsvTable energy;
  sim::CsvTable cores;
  sim::CsvTable power;
  sim::CsvTable activity;
  sim::CsvTable links;
  sim::CsvTable timeline;

  bool timed() const { return summary.at("timing") == "cycle"; }

  /// Throws base::UserError for a directory that is none of a run, or not whole.
  static RunDirectory read(const std::string& path);
};

}  // namespace spikeloom::cli
