// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "testbenches/spikeloom/files/npy.h"
#include "testbenches/spikeloom/results/csv_table.h"

namespace spikeloom::program {

/// What `spikeloom run` has written into a directory (docs/running.md).
struct RunDirectory {
  std::string path;
  nlohmann::ordered_json summary;
  CsvTable images;
  std::optional<NpyArray> wrong;  ///< wrong.npy: none of a replayed run

  // With timing cycle alone.
  CsvTable energy;
  CsvTable cores;
  CsvTable power;
  CsvTable activity;
  CsvTable links;
  CsvTable timeline;

  bool timed() const { return summary.at("timing") == "cycle"; }

  /// Throws common::UserError for a directory that is none of a run, or not whole.
  static RunDirectory read(const std::string& path);
};

}  // namespace spikeloom::program
