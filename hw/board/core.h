// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/board/fabric.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// A core on the chip: its registers on the configuration bus, its work at each tick.
class Core : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Core> registers;
  sc_core::sc_port<TickIf> tick;
  sc_core::sc_port<FabricIf> fabric;

  Core(const sc_core::sc_module_name& name, const arch::ChipDescription& chip, int number);

  CoreModel& model() { return model_; }
  const CoreModel& model() const { return model_; }
  /// Cycles by which its work exceeds the tick's fixed length; the next tick's begins after them.
  std::int64_t overrun() const { return overrun_; }
  void reset();

 private:
  void on_tick();
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  /// With a `delay`, the access is made at the initiator's time where that makes a difference:
  /// registers, and memory while a tick runs or is committed.
  AccessResult access(tlm::tlm_generic_payload& payload, sc_core::sc_time* delay);

  int number_;
  CoreModel model_;
  std::int64_t overrun_ = 0;
};

}  // namespace spikeloom::hw
