// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/cosim/verilated_library.h"

namespace spikeloom::cosim {

/// The pins of rtl/core/core.sv, which explains them.
struct CorePins {
  explicit CorePins(const VerilatedModule& module) : module_(&module) {}

 private:
  const VerilatedModule* module_;
  VerilatedPin pin(const char* name) const { return module_->pin(name); }

 public:
  VerilatedPin clock = pin("clock");
  VerilatedPin reset = pin("reset");
  VerilatedPin ready = pin("ready");

  VerilatedPin config_valid = pin("config_valid");
  VerilatedPin config_write = pin("config_write");
  VerilatedPin config_region = pin("config_region");
  VerilatedPin config_offset = pin("config_offset");
  VerilatedPin config_wdata = pin("config_wdata");
  VerilatedPin config_rdata = pin("config_rdata");
  VerilatedPin config_result = pin("config_result");

  VerilatedPin tick_start = pin("tick_start");
  VerilatedPin tick_parity = pin("tick_parity");
  VerilatedPin tick_late = pin("tick_late");
  VerilatedPin hold = pin("hold");
  VerilatedPin enabled = pin("enabled");
  VerilatedPin integrating = pin("integrating");
  VerilatedPin firing = pin("firing");
  VerilatedPin busy = pin("busy");
  VerilatedPin receiving = pin("receiving");
  VerilatedPin integrating_next = pin("integrating_next");
  VerilatedPin firing_next = pin("firing_next");
  VerilatedPin waiting_next = pin("waiting_next");
  VerilatedPin fault_next = pin("fault_next");

  VerilatedPin in_valid = pin("in_valid");
  VerilatedPin in_packet = pin("in_packet");
  VerilatedPin in_ready = pin("in_ready");
  VerilatedPin out_valid = pin("out_valid");
  VerilatedPin out_packet = pin("out_packet");
  VerilatedPin out_ready = pin("out_ready");

  VerilatedPin late = pin("late");
  VerilatedPin fault = pin("fault");
  VerilatedPin fault_code = pin("fault_code");

  VerilatedPin activity_scan = pin("activity_scan");
  VerilatedPin activity_read = pin("activity_read");
  VerilatedPin activity_group = pin("activity_group");
  VerilatedPin activity_row = pin("activity_row");
  VerilatedPin activity_nonzeros = pin("activity_nonzeros");
  VerilatedPin activity_axon_write = pin("activity_axon_write");
  VerilatedPin activity_axon_expanded = pin("activity_axon_expanded");
  VerilatedPin activity_axon_group = pin("activity_axon_group");
  VerilatedPin activity_axon = pin("activity_axon");
  VerilatedPin activity_fire = pin("activity_fire");
  VerilatedPin activity_first_neuron = pin("activity_first_neuron");
  VerilatedPin activity_levels = pin("activity_levels");
  VerilatedPin activity_gathers = pin("activity_gathers");
  VerilatedPin activity_thresholds = pin("activity_thresholds");
  VerilatedPin activity_potentials = pin("activity_potentials");
};

}  // namespace spikeloom::cosim
