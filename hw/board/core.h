// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/hw/board/fabric.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// A core's place on the chip: hands accesses on the configuration bus and the start of a tick on
/// to the core that is there.
class Core : public sc_core::sc_module {
 public:
  /// From the bus, which has checked each access: region and offset of the address alone.
  tlm_utils::simple_target_socket<Core> registers;
  sc_core::sc_port<TickIf> tick;
  sc_core::sc_port<FabricIf> fabric;

  Core(const sc_core::sc_module_name& name, int number, std::unique_ptr<CoreIf> core);

  const char* kind() const override { return "spikeloom::Core"; }

  CoreIf& core() { return *core_; }

 private:
  void on_tick();
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  /// With a `delay`, the access is made at the initiator's time where that makes a difference:
  /// registers, and memory while a tick runs or is committed.
  AccessResult access(tlm::tlm_generic_payload& payload, sc_core::sc_time* delay);

  int number_;
  std::unique_ptr<CoreIf> core_;
};

}  // namespace spikeloom::hw
