// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/waveforms.h"

#include <filesystem>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/file.h"
#include "spikeloom/hw/trace/router_list.h"
#include "testbenches/rtl/chip/vcd_pair.h"

namespace spikeloom::rtl {

Waveforms::Waveforms(const arch::ChipDescription& chip, const std::string& directory)
    : chip_(chip), directory_(directory) {
  std::filesystem::create_directories(directory);
  hw::TraceRequest request;
  request.directory = directory;
  request.stem = "model";
  request.shown = "model.vcd";
  request.scope.bus = true;
  request.scope.host = true;
  std::set<int> neurons;
  for (int neuron = 0; neuron < chip.core.max_neurons(); ++neuron) neurons.insert(neuron);
  for (int core = 0; core < chip.grid().cores(); ++core) request.scope.cores[core] = neurons;
  const auto routers = static_cast<std::uint32_t>(hw::list_routers(chip).routers.size());
  for (std::uint32_t router = 0; router < routers; ++router) request.scope.routers.insert(router);
  tracer_ = std::make_unique<hw::BoardTracer>(chip, request);
}

void Waveforms::finish(RtlBoard& rtl, std::int64_t mismatch_ps) {
  tracer_->finish(mismatch_ps);
  rtl.close_trace();
  const MergedVcd signals = merge_vcd(path("model.vcd"), path("rtl.vcd"), path("lockstep.vcd"));
  // The outermost scope of the RTL is whatever the simulator calls it.
  std::string top;
  for (const VcdSignal& signal : signals.second) {
    const std::string& scope = signal.scope;
    if (signal.name.rfind("tick_number", 0) == 0 && scope.size() >= 4 &&
        scope.substr(scope.size() - 4) == "chip") {
      top = scope;
    }
  }
  std::vector<ScopePair> pairs = {
      {"tick", "board", top},
      {"bus", "board.bus", top + ".bus"},
      {"barrier", "", top + ".barrier"},
      {"host port", "board.host", top + ".host"},
  };
  const arch::MeshDescription grid = chip_.grid();
  for (int core = 0; core < grid.cores(); ++core) {
    const std::string scope = fmt::format("board.{}.{}", arch::chip_name(chip_.place(core).chip),
                                          arch::local_core_name(grid.x(core), grid.y(core)));
    pairs.push_back(
        {fmt::format("core {}", core), scope, fmt::format("{}.g_core[{}].core", top, core)});
  }
  const hw::RouterList routers = hw::list_routers(chip_);
  for (std::size_t i = 0; i < routers.routers.size(); ++i) {
    const hw::ListedRouter& router = routers.routers[i];
    const std::string part =
        router.chip == hw::ListedRouter::kBoard ? "" : arch::chip_name(router.chip) + ".";
    pairs.push_back({fmt::format("router {}", i),
                     fmt::format("board.{}router_{}", part, fmt::join(router.coordinates, "_")),
                     fmt::format("{}.network.g_router[{}].node", top, i)});
  }
  base::write_file(path("lockstep.gtkw"),
                   paired_save_file("lockstep.vcd", signals, pairs, mismatch_ps));
}

}  // namespace spikeloom::rtl
