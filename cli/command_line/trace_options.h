// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/program_options.hpp>

#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/trace_files.h"

namespace spikeloom::cli {

/// The options of a run's waveforms.
void add_trace_options(boost::program_options::options_description& description);

/// What is shown where the user does not say: host port and bus, and of each layer its first core,
/// with its first neurons, and that core's router.
std::string default_trace_scope(const arch::Deployment& deployment);

/// What the options ask to be traced.
class RunTrace {
 public:
  /// Null where --vcd is not given. Throws base::UserError.
  static std::unique_ptr<RunTrace> make(const boost::program_options::variables_map& values,
                                        const sim::PreparedRun& prepared);

  /// Has `simulation` write them; it refers to this.
  void ask(sim::Simulation& simulation) const;
  void finish() { files_.finish(); }

 private:
  RunTrace(const std::string& path, const sim::PreparedRun& prepared, const std::string& scope);

  sim::TraceFiles files_;
  sim::BoardEnergy energy_;
  hw::TraceRequest request_;
};

}  // namespace spikeloom::cli
