// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/hw/sync/cycle_clock.h"

namespace spikeloom::rtl {

/// Turns TLM-2.0 transactions into accesses at the pins of rtl/chip/chip.sv: of its configuration
/// bus, or of the stream of its host port, whose pins are the same. An access begins with the first
/// clock cycle that does not begin before the initiator's time; b_transport returns at its end with
/// a delay of zero. What pins cannot express is refused here, as hw::ConfigBus does.
class PinAdapter : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<PinAdapter> socket;

  sc_core::sc_in<bool> clock;
  sc_core::sc_out<bool> valid;
  sc_core::sc_out<bool> write;
  sc_core::sc_out<std::uint64_t> address;
  sc_core::sc_out<std::uint32_t> words;
  sc_core::sc_out<std::uint64_t> wdata;
  sc_core::sc_in<bool> next;
  sc_core::sc_in<std::uint64_t> rdata;
  sc_core::sc_in<bool> done;
  sc_core::sc_in<std::uint32_t> response;

  PinAdapter(const sc_core::sc_module_name& name, double frequency_hz);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void access(tlm::tlm_generic_payload& payload);
  /// Returns whether the chip refuses the request at once, without a clock edge.
  bool refused();
  tlm::tlm_response_status status() const;

  hw::CycleClock cycles_;
  sc_core::sc_mutex busy_;  ///< the pins serve one access at a time
};

/// Waits until what happens at this time has reached the pins: the clock, the chip's registers, and
/// the outputs that depend on them.
void settle();

}  // namespace spikeloom::rtl
