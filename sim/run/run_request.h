// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/sim/run/mapping_cache.h"

namespace spikeloom::sim {

/// Request for the waveforms of a run (docs/waveforms.md).
struct WaveRequest {
  std::string path;                  ///< FILE.vcd or FILE.fst
  std::optional<std::string> scope;  ///< signals to trace; default: default_wave_scope()
  std::optional<std::string> from;   ///< number of the first tick; default: from reset on
  std::optional<std::string> to;     ///< number of the last tick; default: to the end
};

/// A run file with settings, and what to record of the run.
struct RunRequest {
  std::string run;  ///< path of the run file
  /// "key=value": overrides of keys of the run file or of a file that it names.
  std::vector<std::string> settings;
  std::string trace;  ///< recorded spike trace that replaces the images; may be empty
  /// Where the mapping is taken from, or kept for later runs; absent: nowhere.
  std::optional<MappingCache> cache;

  std::size_t workers = 1;
  std::size_t share_images =
      0;                  ///< images that a worker takes at a time; 0: as many as suit (share.h)
  bool resume = false;    ///< go on from the shares that an earlier start has finished
  std::string directory;  ///< results directory; empty: results/NAME-TIMING
  bool verify_config = false;                ///< read back all loaded memory and compare
  bool tick_events = false;                  ///< also write each tick's events and energies
  std::optional<std::string> record_levels;  ///< directory for the levels of every layer
  std::optional<std::string> record_spikes;  ///< file for all spikes (.npz)
  std::optional<WaveRequest> waves;
  std::string rtl;  ///< parts that are RTL instead of the model (rtl_parts.h); may be empty
};

}  // namespace spikeloom::sim
