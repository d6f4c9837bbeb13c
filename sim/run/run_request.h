// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::sim {

/// Waveforms of a run (docs/waveforms.md).
struct WaveRequest {
  std::string path;                  ///< FILE.vcd or FILE.fst
  std::optional<std::string> scope;  ///< what is shown; default: default_wave_scope()
  std::optional<std::string> from;   ///< first tick, a number; default: from reset on
  std::optional<std::string> to;     ///< last tick, a number; default: to the end
};

/// A run file, changed, and what to record of its run.
struct RunRequest {
  std::string run;  ///< path of the run file
  /// "key=value": keys of the run file, or of a file that it names.
  std::vector<std::string> settings;
  std::string trace;  ///< path of a recorded spike trace whose input replaces images, or empty

  std::size_t workers = 1;
  std::string directory;                     ///< of the results; empty: results/NAME-TIMING
  bool verify_config = false;                ///< read back all of the loaded memory and compare
  bool tick_events = false;                  ///< also write each tick's events and energies
  std::optional<std::string> record_levels;  ///< directory for every layer's spikes
  std::optional<std::string> record_spikes;  ///< file for every spike (.npz)
  std::optional<WaveRequest> waves;
};

}  // namespace spikeloom::sim
