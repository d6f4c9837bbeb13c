// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/trace_options.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

/// Neurons of a core whose potentials the default scope shows.
constexpr std::size_t kDefaultNeurons = 4;

hw::TraceScope scope_of(const std::string& text, const arch::Deployment& deployment) {
  const hw::RouterList routers = hw::list_routers(deployment.chip);
  hw::TraceableBoard board{deployment.chip, routers, {}};
  for (const arch::CoreLabels& labels : deployment.cores) {
    board.neurons[labels.core] = static_cast<int>(labels.neurons.size());
  }
  return hw::parse_scope(text, board);
}

/// All ticks of a run by one worker, those before its first image included.
std::uint64_t ticks_of(const sim::PreparedRun& prepared) {
  const sim::Schedule schedule = prepared.simulation().schedule();
  return schedule.first_tick() + schedule.entries(prepared.count) * schedule.ticks_per_image();
}

std::optional<std::uint64_t> tick_option(const options::variables_map& values, const char* name,
                                         std::uint64_t ticks) {
  if (values.count(name) == 0) return std::nullopt;
  const auto text = values[name].as<std::string>();
  std::uint64_t tick = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tick);
  if (error != std::errc() || end != text.data() + text.size() || tick >= ticks) {
    throw base::UserError(
        fmt::format("--{}: got {}, allowed 0..{}, the ticks of this run", name, text, ticks - 1));
  }
  return tick;
}

}  // namespace

void add_trace_options(options::options_description& description) {
  description.add_options()("vcd", options::value<std::string>()->value_name("FILE.vcd|FILE.fst"),
                            "write waveforms to this file, and beside it what GTKWave shows "
                            "them by (docs/waveforms.md)")(
      "vcd-scope", options::value<std::string>()->value_name("SCOPE"),
      "what they show, divided by commas: chip0.core[3,4], chip0.core[3,4].neuron[0:7], "
      "chip0.router[*,0], host, bus (default: host, bus, and of each layer one core and its "
      "router)")("vcd-from", options::value<std::string>()->value_name("TICK"),
                 "first tick (default: from reset on, loading included)")(
      "vcd-to", options::value<std::string>()->value_name("TICK"),
      "last tick (default: to the end)");
}

std::string default_trace_scope(const arch::Deployment& deployment) {
  std::string scope = "host,bus";
  const arch::MeshDescription grid = deployment.chip.grid();
  std::set<int> shown;
  for (std::size_t layer = 0; layer < deployment.layers.size(); ++layer) {
    const auto labels = std::find_if(
        deployment.cores.begin(), deployment.cores.end(), [layer](const arch::CoreLabels& core) {
          return std::any_of(core.neurons.begin(), core.neurons.end(),
                             [layer](const auto& neuron) { return neuron.layer == layer; });
        });
    if (labels == deployment.cores.end() || !shown.insert(labels->core).second) continue;
    const int chip = deployment.chip.place(labels->core).chip;
    const int x = grid.x(labels->core);
    const int y = grid.y(labels->core);
    const std::size_t neurons = std::min(kDefaultNeurons, labels->neurons.size());
    scope += fmt::format(",chip{0}.core[{1},{2}].neuron[0:{3}]", chip, x, y, neurons - 1);
    const arch::RouterPlace router = arch::with_topology(
        deployment.chip,
        [&labels](const auto& topology) { return topology.core_place(labels->core); });
    scope += fmt::format(",chip{}.router[{}]", chip, fmt::join(arch::coordinates(router), ","));
  }
  return scope;
}

RunTrace::RunTrace(const std::string& path, const sim::PreparedRun& prepared,
                   const std::string& scope)
    : files_(path), energy_(prepared.config.energy, prepared.deployment) {
  request_.directory = files_.directory();
  request_.stem = files_.stem();
  request_.shown = files_.shown();
  request_.scope = scope_of(scope, prepared.deployment);
  request_.static_watt = energy_.static_watt();
  request_.comment =
      fmt::format("network {}, chip {}, images {}..{}, seed {}\nscope {}", prepared.network.name,
                  prepared.deployment.chip.name, prepared.first,
                  prepared.first + prepared.count - 1, prepared.config.seed, scope);
}

void RunTrace::ask(sim::Simulation& simulation) const {
  simulation.trace = &request_;
  simulation.energy = &energy_;
}

std::unique_ptr<RunTrace> RunTrace::make(const options::variables_map& values,
                                         const sim::PreparedRun& prepared) {
  if (values.count("vcd") == 0) {
    for (const char* name : {"vcd-scope", "vcd-from", "vcd-to"}) {
      if (values.count(name) != 0) {
        throw base::UserError(fmt::format("--{} is for --vcd FILE, which is missing", name));
      }
    }
    return nullptr;
  }
  if (prepared.config.timing != hw::Timing::kCycle) {
    throw base::UserError("--vcd: waveforms are of cycles: allowed with timing cycle alone");
  }
  const std::string scope = values.count("vcd-scope") != 0
                                ? values["vcd-scope"].as<std::string>()
                                : default_trace_scope(prepared.deployment);
  const std::uint64_t ticks = ticks_of(prepared);
  const std::optional<std::uint64_t> from = tick_option(values, "vcd-from", ticks);
  const std::optional<std::uint64_t> to = tick_option(values, "vcd-to", ticks);
  if (from && to && *from > *to) {
    throw base::UserError(fmt::format("--vcd-from: got {}, allowed 0..{}, --vcd-to", *from, *to));
  }
  std::unique_ptr<RunTrace> trace(new RunTrace(values["vcd"].as<std::string>(), prepared, scope));
  trace->request_.from = from;
  trace->request_.to = to;
  return trace;
}

}  // namespace spikeloom::cli
