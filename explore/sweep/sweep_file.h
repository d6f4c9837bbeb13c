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

/// Points for which it holds are left out: an expression of SQL over the axes' columns.
struct Condition {
  std::string text;
  std::string where;
};

/// What differs between the repetitions of a point.
enum class RepeatOver {
  kImages,      ///< the next images each time
  kSeed,        ///< seed of the mapper, one more each time
  kFaultsSeed,  ///< seed of the input faults, one more each time
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

/// A field of summary.json, or after "mapping." of a mapping's report.json, and its column in
/// tables.
struct Metric {
  std::string field;  ///< "energy_mj_per_image.crossbar"
  std::string column;
  std::string where;
};

/// A sweep file (docs/sweeps.md): a question to the design space.
struct SweepFile {
  std::string path;
  std::string source;  ///< its text
  std::string name;
  std::string title;                     ///< the question in a sentence, or empty
  std::string run;                       ///< path of the run file that all points start from
  std::vector<base::Override> settings;  ///< of all points
  std::vector<Axis> axes;
  std::vector<Condition> excluded;
  Sampling sampling;
  Repetitions repetitions;
  std::vector<Metric> metrics;
  double timeout_seconds = 0.0;  ///< of a point; 0: none

  /// Keys of all axes, in their order.
  std::vector<Axis::Key> keys() const;
  /// Columns of the keys, in their order: a key's last part, and as many before it as tell it from
  /// the other keys and from the metrics, joined by '_'.
  std::vector<std::string> columns() const;
  /// `text` for `key`; a path is relative to the sweep file.
  base::Override setting(const std::string& key, const std::string& text,
                         const std::string& where) const;
};

/// Reads a sweep file. Its keys and values are checked against chip, energy and run files, its
/// metrics against what a run reports. Throws base::UserError with every problem.
SweepFile load_sweep(const std::string& path);

}  // namespace spikeloom::explore
