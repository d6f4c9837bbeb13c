// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/core/core_waves.h"

#include <utility>

#include <fmt/format.h>

#include "spikeloom/hw/trace/gtkwave_save.h"

namespace spikeloom::rtl {
namespace {

struct ShownPin {
  std::string_view name;
  unsigned bits;
};

constexpr ShownPin kPins[] = {{"integrating", 1},
                              {"firing", 1},
                              {"busy", 1},
                              {"receiving", 1},
                              {"in_ready", 1},
                              {"out_valid", 1},
                              {"out_packet", arch::Packet::kBits},
                              {"activity_fire", 1},
                              {"activity_first_neuron", 16},
                              {"activity_axon_write", 1},
                              {"activity_axon_group", 8},
                              {"activity_axon", 16},
                              {"late", 2},
                              {"waiting_next", 2},
                              {"fault", 1}};

}  // namespace

CoreWaves::CoreWaves(const arch::ChipDescription& chip, std::string directory, std::string stem)
    : clock_(chip.clock_hz),
      directory_(std::move(directory)),
      stem_(std::move(stem)),
      writer_(fmt::format("{}/{}.vcd", directory_, stem_)),
      pairs_([this] {
        std::vector<Pair> pairs;
        for (const ShownPin& pin : kPins) {
          const std::vector<std::string> scope = {"lockstep", std::string(pin.name)};
          pairs.push_back({pin.name, writer_.add(scope, "model", pin.bits),
                           writer_.add(scope, "rtl", pin.bits)});
        }
        return pairs;
      }()),
      tracer_(writer_, {"model"}, chip, 0, {}) {}

void CoreWaves::open(cosim::VerilatedModule& module) {
  writer_.begin("a core in RTL beside its model");
  writer_.open(0);
  hw::write_gtkwave_save(directory_, stem_, stem_ + ".vcd", writer_.declarations());
  module.open_waves(fmt::format("{}/{}-rtl.vcd", directory_, stem_));
}

void CoreWaves::show(std::string_view pin, std::int64_t cycle, std::uint64_t model,
                     std::uint64_t rtl) {
  for (const Pair& pair : pairs_) {
    if (pair.pin != pin) continue;
    writer_.set(pair.model, clock_.picoseconds(cycle), model);
    writer_.set(pair.rtl, clock_.picoseconds(cycle), rtl);
  }
}

void CoreWaves::show_tick(const hw::CoreModel& model, std::int64_t start_cycle) {
  tracer_.trace(model, start_cycle);
}

void CoreWaves::show_rtl(cosim::VerilatedModule& module, std::int64_t cycle, int half) {
  const std::int64_t begin = clock_.picoseconds(cycle);
  const std::int64_t middle = begin + (clock_.picoseconds(cycle + 1) - begin) / 2;
  module.dump_waves(static_cast<std::uint64_t>(half == 0 ? begin : middle));
}

void CoreWaves::close(cosim::VerilatedModule& module, std::int64_t end_cycle) {
  writer_.close(clock_.picoseconds(end_cycle));
  module.close_waves();
}

}  // namespace spikeloom::rtl
