// SPDX-License-Identifier: Apache-2.0
#include "hw/chip/chip.h"

namespace spikeloom::hw {

Chip::Chip(const sc_core::sc_module_name& name, const common::ChipDescription& description,
           Timing timing, std::size_t accounts)
    : sc_module(name),
      config("config"),
      spikes("spikes"),
      interrupt("interrupt"),
      description_(description),
      bus_("bus", description_),
      barrier_("barrier", description_, timing),
      fabric_("fabric", description_, timing, accounts),
      host_port_("host_port", description_),
      cores_("core") {
  cores_.init(static_cast<std::size_t>(description_.mesh.cores()),
              [this](const char* core_name, std::size_t number) {
                return new Core(core_name, description_, static_cast<int>(number));
              });
  config.bind(bus_.host);
  bus_.chip.bind(barrier_.registers);
  spikes.bind(host_port_.stream);
  barrier_.interrupt(interrupt);
  fabric_.tick(barrier_);
  host_port_.tick(barrier_);
  host_port_.fabric(fabric_);
  std::vector<CoreModel*> models;
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    Core& core = cores_[i];
    bus_.cores[i].bind(core.registers);
    core.tick(barrier_);
    core.fabric(fabric_);
    models.push_back(&core.model());
    core_list_.push_back(&core);
  }
  fabric_.connect(std::move(models));
  barrier_.on_tick_done([this](const TickReport& report) { return finish_tick(report); });
}

void Chip::on_tick_done(std::function<void(const TickReport&)> callback) {
  tick_done_ = std::move(callback);
}

std::string Chip::finish_tick(const TickReport& report) {
  host_port_.store_outputs(fabric_.outputs());
  for (const Core* core : core_list_) {
    if (fault_.empty()) fault_ = core->model().fault();
  }
  if (tick_done_) tick_done_(report);
  return fault_;
}

}  // namespace spikeloom::hw
