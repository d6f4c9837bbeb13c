// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/run_trace.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/error.h"
#include "spikeloom/sim/run/run_ticks.h"

namespace spikeloom::sim {
namespace {

/// Number of neurons of a core whose potentials the default scope shows.
constexpr std::size_t kDefaultNeurons = 4;

hw::TraceScope scope_of(const std::string& text, const arch::Deployment& deployment) {
  const hw::RouterList routers = hw::list_routers(deployment.chip);
  hw::TraceableBoard board{deployment.chip, routers, {}};
  for (const arch::CoreLabels& labels : deployment.cores) {
    board.neurons[labels.core] = static_cast<int>(labels.neurons.size());
  }
  return hw::parse_scope(text, board);
}

}  // namespace

std::string default_wave_scope(const arch::Deployment& deployment, const std::set<int>& without) {
  std::string scope = "host,bus";
  std::set<int> shown;
  for (std::size_t layer = 0; layer < deployment.layers.size(); ++layer) {
    const auto labels = std::find_if(
        deployment.cores.begin(), deployment.cores.end(), [layer](const arch::CoreLabels& core) {
          return std::any_of(core.neurons.begin(), core.neurons.end(),
                             [layer](const auto& neuron) { return neuron.layer == layer; });
        });
    if (labels == deployment.cores.end() || !shown.insert(labels->core).second) continue;
    const std::size_t neurons = std::min(kDefaultNeurons, labels->neurons.size());
    if (without.count(labels->core) == 0) {
      scope += fmt::format(",{}.neuron[0:{}]", arch::core_name(deployment.chip, labels->core),
                           neurons - 1);
    }
    const arch::RouterPlace router = arch::with_topology(
        deployment.chip,
        [&labels](const auto& topology) { return topology.core_place(labels->core); });
    scope += fmt::format(",{}.router_{}", arch::chip_name(deployment.chip.place(labels->core).chip),
                         fmt::join(arch::coordinates(router), "_"));
  }
  return scope;
}

RunTrace::RunTrace(const WaveRequest& request, const PreparedRun& prepared,
                   const std::set<int>& rtl_cores)
    : files_(request.path), energy_(prepared.config.energy, prepared.deployment) {
  if (!has_cycles(prepared.config.timing)) {
    throw base::UserError("--vcd: got timing functional, allowed only with timing cycle");
  }
  const std::string scope =
      request.scope ? *request.scope : default_wave_scope(prepared.deployment, rtl_cores);
  const std::uint64_t ticks = ticks_of(prepared);
  request_.from = tick_number(request.from, "vcd-from", ticks);
  request_.to = tick_number(request.to, "vcd-to", ticks);
  if (request_.from && request_.to && *request_.from > *request_.to) {
    throw base::UserError(
        fmt::format("--vcd-from: got {}, allowed 0..{} (--vcd-to)", *request_.from, *request_.to));
  }
  request_.directory = files_.directory();
  request_.stem = files_.stem();
  request_.shown = files_.shown();
  request_.scope = scope_of(scope, prepared.deployment);
  for (const auto& [core, neurons] : request_.scope.cores) {
    if (rtl_cores.count(core) == 0) continue;
    throw base::UserError(
        fmt::format("--vcd-scope: {} is in RTL (--rtl), and only cores of the model have "
                    "waveforms; allowed are "
                    "those, all routers, host and bus",
                    arch::core_name(prepared.deployment.chip, core)));
  }
  request_.static_watt = energy_.static_watt();
  request_.comment =
      fmt::format("network {}, chip {}, {} {}..{}, seed {}\nscope {}", prepared.deployment.network,
                  prepared.deployment.chip.name, prepared.config.workload ? "ticks" : "images",
                  prepared.first, prepared.first + prepared.count - 1, prepared.config.seed, scope);
}

void RunTrace::attach(Simulation& simulation) const {
  simulation.trace = &request_;
  simulation.energy = &energy_;
}

}  // namespace spikeloom::sim
