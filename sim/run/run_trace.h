// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/run/run_request.h"
#include "spikeloom/sim/simulation/trace_files.h"

namespace spikeloom::sim {

/// Returns the default scope: host port, bus, and for each layer its first core with the first
/// neurons and the router of that core. Cores in `without` are left out, but not their routers.
std::string default_wave_scope(const arch::Deployment& deployment,
                               const std::set<int>& without = {});

/// Writes the waveforms of a run.
class RunTrace {
 public:
  /// `rtl_cores` are cores that are no CoreModels, whose work cannot be traced. Throws
  /// base::UserError for a request that is not valid for this run.
  RunTrace(const WaveRequest& request, const PreparedRun& prepared, const std::set<int>& rtl_cores);

  /// Makes `simulation` write the waveforms. It then refers to this object.
  void attach(Simulation& simulation) const;
  /// Moves the files to their final names. Throws base::UserError.
  void finish() { files_.finish(); }

 private:
  TraceFiles files_;
  BoardEnergy energy_;
  hw::TraceRequest request_;
};

}  // namespace spikeloom::sim
