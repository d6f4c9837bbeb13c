// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/hw/board/fabric.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// Module of one core: forwards accesses on the configuration bus and starts of ticks to the CoreIf
/// that it holds.
class Core : public sc_core::sc_module {
 public:
  /// Accesses from the bus, which has checked them. Their addresses have only region and offset.
  tlm_utils::simple_target_socket<Core> registers;
  sc_core::sc_port<TickIf> tick;
  sc_core::sc_port<FabricIf> fabric;

  /// Calls `enabled` when an access lets the core take part in ticks.
  Core(const sc_core::sc_module_name& name, int number, std::unique_ptr<CoreIf> core,
       std::function<void()> enabled);

  const char* kind() const override { return "spikeloom::Core"; }

  CoreIf& core() { return *core_; }
  /// Starts the tick that is running in the CoreIf, which must be enabled.
  void begin_tick();

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  /// Accesses the core, after waiting until the initiator's time if that matters: for registers,
  /// and for memory while a tick runs or is committed. `delay` is null for a debug access, which
  /// never waits.
  AccessResult access(tlm::tlm_generic_payload& payload, sc_core::sc_time* delay);

  int number_;
  std::unique_ptr<CoreIf> core_;
  std::function<void()> enabled_;
};

}  // namespace spikeloom::hw
