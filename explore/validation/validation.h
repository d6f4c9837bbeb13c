// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/explore/validation/validation_file.h"
#include "spikeloom/sim/results/results.h"

namespace spikeloom::explore {

/// How a figure is shown.
struct FigureUnit {
  const char* symbol;
  double factor;  ///< from the unit of PublishedFigure
};

FigureUnit shown_in(Figure figure);

/// Returns the CRC-32 of the configuration that a deployment writes and of the host's packets. It
/// depends on the mapping but not on the chip's timing.
std::uint32_t mapping_checksum(const arch::Deployment& deployment);

/// Figures of a case's run at one of its activities.
struct CaseRun {
  std::string activity;
  std::size_t images = 0;
  std::optional<double> accuracy;  ///< 0..1; absent if the images have no labels
  double input_spikes = 0.0;       ///< per image
  double spikes = 0.0;
  double paper_sop = 0.0;
  std::uint32_t mapping = 0;
  std::vector<sim::TermShare> energy;  ///< shares of the coefficients
  std::vector<double> figures;         ///< in the order and units of ValidationCase::figures
};

/// Computes the figures of a run. Throws base::UserError if it has too few images for a mean time.
CaseRun measure(const ValidationCase& published, const std::string& activity,
                const sim::Summary& summary, const sim::EnergyReport& energy,
                const arch::Deployment& deployment);

/// Lowest and highest value over the activities of a case.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// The runs of a case under a mechanism.
struct CaseResult {
  ValidationCase published;
  std::vector<CaseRun> runs;  ///< by activity; empty if `refusal` is not
  std::string refusal;        ///< why the case does not run under this mechanism

  /// Values of figure `i` of the case, and their relative errors. There must be runs.
  Interval values(std::size_t i) const;
  Interval errors(std::size_t i) const;
  /// Whether the case runs and the errors of all activities are within the tolerance.
  bool within(std::size_t i) const;
};

struct MechanismResult {
  Mechanism mechanism;
  std::vector<CaseResult> cases;
};

/// What a rule without any model says of a predicted case: its published spikes times the time and
/// the energy of a spike of the fitted case. A model that is no better has explained nothing.
struct SpikeRule {
  std::string of;  ///< the fitted case
  std::string name;
  double seconds = 0.0;
  double joule = 0.0;
  double time_error = 0.0;
  double energy_error = 0.0;
};

/// Returns the rule for each case with predicted time and energy, if the file has the figures.
std::vector<SpikeRule> spike_rules(const Validation& validation);

/// Whether the fitted figures of every mechanism are within their tolerances, unless a parameter is
/// at its bound, and all figures of the favoured mechanism or of the only one.
bool passes(const Validation& validation, const std::vector<MechanismResult>& results);
/// Formats the results as tables of at most 80 columns.
std::string format(const Validation& validation, const std::vector<MechanismResult>& results);
/// Formats by how many percent the energy of each case grows if a coefficient grows by `percent`;
/// rows of less than 0.05 % everywhere are left out.
std::string format_sensitivity(const std::vector<MechanismResult>& results, double percent);
nlohmann::ordered_json to_json(const Validation& validation,
                               const std::vector<MechanismResult>& results);

}  // namespace spikeloom::explore
