// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/results/results.h"

namespace spikeloom::explore {

/// A published figure, and how near the model should come to it.
struct PublishedFigure {
  double value = 0.0;      ///< second or joule an image
  bool fitted = false;     ///< a parameter of the chip or energy file was set by it
  double tolerance = 0.0;  ///< of the model's relative error
};

/// A network on published silicon.
struct ValidationCase {
  std::string name;
  std::string run;  ///< path of its run file
  /// Of which the figures are, as summaries call them: that of its run, and others trained alike.
  std::vector<std::string> networks;
  std::string data;  ///< likewise
  std::int64_t images = 0;
  std::uint32_t mapping = 0;  ///< mapping_checksum() that its figures belong to
  double spikes = 0.0;        ///< published, an image
  double paper_sop = 0.0;     ///< likewise
  double accuracy = 0.0;      ///< likewise, 0..1
  PublishedFigure time;
  PublishedFigure energy;
};

/// A validation file: cases with their published figures, and how all of them are mapped.
struct Validation {
  std::string source;
  std::vector<std::string> settings;  ///< "key=value" of the run files
  std::vector<ValidationCase> cases;
};

/// Reads a validation file; of its cases those named in `only`, or all. Throws base::UserError
/// with every problem.
Validation load_validation(const std::string& path, const std::vector<std::string>& only = {});

/// Likewise from the text of such a file, `path` being what it is called in messages.
Validation parse_validation(const std::string& text, const std::string& path,
                            const std::vector<std::string>& only = {});

/// CRC-32 of what a deployment puts on the chip and of the host's packets: the mapping alone, not
/// the chip's timing.
std::uint32_t mapping_checksum(const arch::Deployment& deployment);

/// A figure of the model beside the published one.
struct ComparedFigure {
  PublishedFigure published;
  double own = 0.0;     ///< at the model's own number of spikes
  double scaled = 0.0;  ///< times published / own spikes: at the published activity
  double error() const { return scaled / published.value - 1.0; }
  bool within() const { return error() <= published.tolerance && -error() <= published.tolerance; }
};

struct CaseResult {
  ValidationCase published;
  std::size_t images = 0;
  std::size_t correct = 0;
  double spikes = 0.0;
  double paper_sop = 0.0;
  std::uint32_t mapping = 0;
  ComparedFigure time;
  ComparedFigure energy;
};

/// What the run of a case has come to. Throws base::UserError for too few images to have times.
CaseResult compare(const ValidationCase& published, const sim::Summary& summary,
                   const arch::Deployment& deployment);

/// Whether each figure is within its tolerance.
bool passes(const std::vector<CaseResult>& results);
/// Tables of at most 80 columns.
std::string format(const Validation& validation, const std::vector<CaseResult>& results);
nlohmann::ordered_json to_json(const Validation& validation,
                               const std::vector<CaseResult>& results);

}  // namespace spikeloom::explore
