// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::explore {

/// A figure of silicon that publications state and the model predicts.
enum class Figure {
  kTime,          ///< s/image
  kEnergy,        ///< J/image
  kPower,         ///< W
  kEnergyPerSop,  ///< J per synaptic operation, all energy included
  kEfficiency,    ///< synaptic operations per J
  kSopRate,       ///< synaptic operations per s
  kTickRate,      ///< ticks per s
  kArea,          ///< mm^2 of a chip
};

constexpr std::string_view name(Figure value) {
  switch (value) {
    case Figure::kTime:
      return "time";
    case Figure::kEnergy:
      return "energy";
    case Figure::kPower:
      return "power";
    case Figure::kEnergyPerSop:
      return "energy_per_sop";
    case Figure::kEfficiency:
      return "efficiency";
    case Figure::kSopRate:
      return "sop_rate";
    case Figure::kTickRate:
      return "tick_rate";
    case Figure::kArea:
      return "area_mm2";
  }
  return {};
}

/// A published figure and the tolerance of the model.
struct PublishedFigure {
  Figure figure = Figure::kTime;
  double value = 0.0;
  bool fitted = false;      ///< parameters were fitted to it; if false, it is predicted
  double tolerance = 0.0;   ///< maximum absolute value of the model's relative error
  std::string source = {};  ///< where it is published; empty: the validation file's source
};

/// Settings ("key=value") of a case's run under which its activity is one of those that are
/// compatible with the publication.
struct Activity {
  std::string name;
  std::vector<std::string> settings;
};

/// A run that is compared with published figures.
struct ValidationCase {
  std::string name;
  std::string run;  ///< path of its run file
  std::vector<std::string> settings;
  std::vector<Activity> activities;  ///< at least one, which may have no name and no settings
  /// Names, as in summaries, of the networks that the figures apply to, and of their data set: the
  /// run's and others trained in the same way. Reports find a run's published figures by them.
  std::vector<std::string> networks;
  std::string data;
  // Published, per image.
  std::optional<double> spikes;
  std::optional<double> paper_sop;
  std::optional<double> accuracy;  ///< 0..1
  std::vector<PublishedFigure> figures;

  const PublishedFigure* find(Figure figure) const;
};

/// A key of the chip or energy file that was fitted to a figure.
struct Parameter {
  std::string key;
  std::string fitted_to;  ///< name of the case
  Figure figure = Figure::kTime;
  double value = 0.0;
  double minimum = 0.0;
  double maximum = 0.0;
  double step = 0.0;  ///< resolution of the fit
  std::string unit;   ///< of the value in the file; empty if it has none

  /// Returns "key=value unit".
  std::string setting() const;
  /// Whether the fit ended at a bound, so that no allowed value explains the figure.
  bool at_bound() const { return value <= minimum || value >= maximum; }
};

/// A hypothesis about how the silicon works: settings of all runs, and the parameters fitted under
/// it.
struct Mechanism {
  std::string name;   ///< empty if a file has no mechanisms
  std::string title;  ///< for a table
  int rank = 0;       ///< by plausibility, before it predicted anything; 1 is the most plausible
  std::vector<std::string> settings;
  std::vector<Parameter> parameters;

  bool at_bound() const;
};

/// A validation file.
struct Validation {
  std::string source;
  std::vector<std::string> settings;  ///< of all runs
  std::vector<Mechanism> mechanisms;  ///< at least one
  std::string favoured;               ///< name of the mechanism that the chip file has, or empty
  std::vector<ValidationCase> cases;
};

/// Parts of a validation file to be read; empty lists stand for all.
struct ValidationSelection {
  std::vector<std::string> cases;
  std::vector<std::string> mechanisms;
};

/// Reads a validation file. Throws base::UserError that lists every error.
Validation load_validation(const std::string& path, const ValidationSelection& only = {});

/// Likewise from a file's text; `path` is its name in messages.
Validation parse_validation(const std::string& text, const std::string& path,
                            const ValidationSelection& only = {});

}  // namespace spikeloom::explore
