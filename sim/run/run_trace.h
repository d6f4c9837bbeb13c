// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/run/run_request.h"
#include "spikeloom/sim/simulation/trace_files.h"

namespace spikeloom::sim {

/// What is shown where the user does not say: host port and bus, and of each layer its first core,
/// with its first neurons, and that core's router.
std::string default_wave_scope(const arch::Deployment& deployment);

/// The waveforms of a run.
class RunTrace {
 public:
  /// Throws base::UserError.
  RunTrace(const WaveRequest& request, const PreparedRun& prepared);

  /// Has `simulation` write them; it refers to this.
  void ask(Simulation& simulation) const;
  void finish() { files_.finish(); }

 private:
  TraceFiles files_;
  BoardEnergy energy_;
  hw::TraceRequest request_;
};

}  // namespace spikeloom::sim
