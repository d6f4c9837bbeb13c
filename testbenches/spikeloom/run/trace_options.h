// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/program_options.hpp>

#include "hw/trace/board_tracer.h"
#include "testbenches/spikeloom/run/prepared_run.h"
#include "testbenches/spikeloom/simulation/trace_files.h"

namespace spikeloom::program {

/// The options of a run's waveforms.
void add_trace_options(boost::program_options::options_description& description);

/// What is shown where the user does not say: host port and bus, and of each layer its first core,
/// with its first neurons, and that core's router.
std::string default_trace_scope(const common::Deployment& deployment);

/// What the options ask to be traced.
class RunTrace {
 public:
  /// Null where --vcd is not given. Throws common::UserError.
  static std::unique_ptr<RunTrace> make(const boost::program_options::variables_map& values,
                                        const PreparedRun& prepared);

  /// Has `simulation` write them; it refers to this.
  void ask(Simulation& simulation) const;
  void finish() { files_.finish(); }

 private:
  RunTrace(const std::string& path, const PreparedRun& prepared, const std::string& scope);

  TraceFiles files_;
  BoardEnergy energy_;
  hw::TraceRequest request_;
};

}  // namespace spikeloom::program
