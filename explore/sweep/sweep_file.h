// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/config_file.h"
#include "spikeloom/explore/sweep/axis.h"
#include "spikeloom/explore/sweep/sampling.h"

namespace spikeloom::explore {

/// An SQL expression over the axes' columns. Points for which it holds are excluded.
struct Condition {
  std::string text;
  std::string where;  ///< position in the sweep file, for messages
};

/// What differs between the repetitions of a point.
enum class RepeatOver {
  kImages,      ///< the next images for each repetition
  kSeed,        ///< seed of the mapper, incremented for each repetition
  kFaultsSeed,  ///< seed of the input faults, incremented for each repetition
};

constexpr std::string_view name(RepeatOver value) {
  switch (value) {
    case RepeatOver::kImages:
      return "images";
    case RepeatOver::kSeed:
      return "seed";
    case RepeatOver::kFaultsSeed:
      return "faults.seed";
  }
  return {};
}

struct Repetitions {
  RepeatOver over = RepeatOver::kImages;
  int count = 1;
};

/// A field of summary.json, or with the prefix "mapping." of a mapping's report.json, and its
/// column in tables.
struct Metric {
  std::string field;  ///< "energy_mj_per_image.crossbar"
  std::string column;
  std::string where;
};

/// A sweep file (docs/sweeps.md).
struct SweepFile {
  std::string path;
  std::string source;  ///< the file's text
  std::string name;
  std::string title;  ///< the question that the sweep answers, in one sentence; may be empty
  std::string run;    ///< path of the base run file of all points
  std::vector<base::Override> settings;  ///< common to all points
  std::vector<Axis> axes;
  std::vector<Condition> excluded;
  Sampling sampling;
  Repetitions repetitions;
  std::vector<Metric> metrics;
  double timeout_seconds = 0.0;  ///< per point; 0: none

  /// Returns the keys of all axes, in order.
  std::vector<Axis::Key> keys() const;
  /// Returns the columns of the keys, in order: the last part of a key, preceded by as many parts
  /// as are needed to make it unique among keys and metrics, joined by '_'.
  std::vector<std::string> columns() const;
  /// Returns the override that sets `key` to `text`. Paths are relative to the sweep file.
  base::Override setting(const std::string& key, const std::string& text,
                         const std::string& where) const;
};

/// Reads a sweep file. Checks its keys and values against the chip, energy and run files, and its
/// metrics against the fields that a run reports. Throws base::UserError that lists every error.
SweepFile load_sweep(const std::string& path);

}  // namespace spikeloom::explore
