// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/results/results.h"

namespace spikeloom::explore {

/// A published figure and the tolerance of the model.
struct PublishedFigure {
  double value = 0.0;      ///< s/image or J/image
  bool fitted = false;     ///< a parameter of the chip or energy file was fitted to it
  double tolerance = 0.0;  ///< maximum absolute value of the model's relative error
};

/// A network on published silicon.
struct ValidationCase {
  std::string name;
  std::string run;  ///< path of its run file
  /// Names, as in summaries, of the networks that the figures apply to: the run's and others
  /// trained in the same way.
  std::vector<std::string> networks;
  std::string data;  ///< name of the data set, as in summaries
  std::int64_t images = 0;
  std::uint32_t mapping = 0;  ///< mapping_checksum() of the mapping used for the figures
  double spikes = 0.0;        ///< published, per image
  double paper_sop = 0.0;     ///< published, per image
  double accuracy = 0.0;      ///< published, 0..1
  PublishedFigure time;
  PublishedFigure energy;
};

/// A validation file: cases with their published figures, and the mapper settings that all cases
/// share.
struct Validation {
  std::string source;
  std::vector<std::string> settings;  ///< overrides ("key=value") of the run files
  std::vector<ValidationCase> cases;
};

/// Reads the cases of a validation file that are named in `only`; all if it is empty. Throws
/// base::UserError that lists every error.
Validation load_validation(const std::string& path, const std::vector<std::string>& only = {});

/// Likewise from a file's text; `path` is its name in messages.
Validation parse_validation(const std::string& text, const std::string& path,
                            const std::vector<std::string>& only = {});

/// Returns the CRC-32 of the configuration that a deployment writes and of the host's packets. It
/// depends on the mapping but not on the chip's timing.
std::uint32_t mapping_checksum(const arch::Deployment& deployment);

/// A figure of the model compared with the published one.
struct ComparedFigure {
  PublishedFigure published;
  double own = 0.0;     ///< at the model's number of spikes
  double scaled = 0.0;  ///< own * published spikes / own spikes, at the published activity
  /// Relative error of `scaled`.
  double error() const { return scaled / published.value - 1.0; }
  bool within() const { return error() <= published.tolerance && -error() <= published.tolerance; }
};

/// Figures of a case's run.
struct CaseResult {
  ValidationCase published;
  std::size_t images = 0;
  std::optional<double> accuracy;  ///< 0..1; absent if the images have no labels
  double spikes = 0.0;
  double paper_sop = 0.0;
  std::uint32_t mapping = 0;
  ComparedFigure time;
  ComparedFigure energy;
};

/// Compares a case with its run. Throws base::UserError if the run has too few images for a mean
/// time.
CaseResult compare(const ValidationCase& published, const sim::Summary& summary,
                   const arch::Deployment& deployment);

/// Whether all figures are within their tolerances.
bool passes(const std::vector<CaseResult>& results);
/// Formats the results as tables of at most 80 columns.
std::string format(const Validation& validation, const std::vector<CaseResult>& results);
nlohmann::ordered_json to_json(const Validation& validation,
                               const std::vector<CaseResult>& results);

}  // namespace spikeloom::explore
