// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/base/npy.h"
#include "spikeloom/sim/results/csv_table.h"

namespace spikeloom::cli {

/// The results of `spikeloom run` in a directory (docs/running.md).
struct RunDirectory {
  std::string path;
  nlohmann::ordered_json summary;
  sim::CsvTable images;
  std::optional<base::NpyArray> wrong;  ///< wrong.npy; absent for a replayed run and without labels

  // Only with timing cycle.
  sim::CsvTable energy;
  sim::CsvTable cores;
  sim::CsvTable power;
  sim::CsvTable activity;
  sim::CsvTable links;
  sim::CsvTable timeline;

  bool timed() const { return summary.at("timing") == "cycle"; }
  bool labelled() const { return images.size() != 0 && images.number(0, "label").has_value(); }

  /// Reads a results directory. Throws base::UserError if it is not one or is incomplete.
  static RunDirectory read(const std::string& path);
};

/// Returns the name of a summary's data set; empty for images of files.
std::string data_set_name(const nlohmann::ordered_json& summary);

}  // namespace spikeloom::cli
