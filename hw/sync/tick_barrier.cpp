// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/sync/tick_barrier.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/sync/has_process.h"
#include "spikeloom/hw/sync/synchronize.h"

namespace spikeloom::hw {

using arch::ChipRegion;

namespace {

/// Returns an address as the bus forwards it: region and offset only.
std::uint64_t address(ChipRegion region, std::uint64_t offset) {
  return arch::BusAddress{0, 0, static_cast<int>(region), offset}.encode();
}

const std::uint64_t kCommitted = address(ChipRegion::kControl, arch::chip_control::kTicksCommitted);
const std::uint64_t kEnable = address(ChipRegion::kControl, arch::chip_control::kInterruptEnable);
const std::uint64_t kClear = address(ChipRegion::kControl, arch::chip_control::kInterruptClear);
const std::uint64_t kReset = address(ChipRegion::kControl, arch::chip_control::kReset);
const std::uint64_t kDone = address(ChipRegion::kStatus, arch::chip_status::kTicksDone);
const std::uint64_t kPending = address(ChipRegion::kStatus, arch::chip_status::kInterruptStatus);

template <std::size_t kCount>
bool has_writable(ChipRegion region, const std::array<arch::Register, kCount>& registers,
                  std::uint64_t at) {
  return std::any_of(registers.begin(), registers.end(), [&](const arch::Register& reg) {
    return reg.writable() && address(region, reg) == at;
  });
}

}  // namespace

TickBarrier::TickBarrier(const sc_core::sc_module_name& name, const arch::ChipDescription& chip,
                         Timing timing)
    : sc_module(name),
      registers("registers"),
      interrupt("interrupt"),
      clock_(chip.clock_hz),
      timing_(timing),
      barrier_cycles_(chip.sync.barrier_cycles),
      length_(has_cycles(timing) ? chip.sync.tick_cycles : 0) {
  registers.register_b_transport(this, &TickBarrier::b_transport);
  registers.register_transport_dbg(this, &TickBarrier::transport_dbg);
  SPIKELOOM_HAS_PROCESS(TickBarrier);
  SC_THREAD(run);
  SC_METHOD(drive_interrupt);
  sensitive << interrupt_event_;
}

void TickBarrier::on_tick_done(std::function<std::string(const TickReport&)> callback) {
  tick_done_ = std::move(callback);
}

void TickBarrier::on_reset(std::function<void()> callback) { reset_written_ = std::move(callback); }

void TickBarrier::reset() {
  reset_ = true;
  running_ = false;
  committed_ = 0;
  done_ = 0;
  interrupt_status_ = 0;
  interrupt_enable_ = 0;
  busy_until_ = 0;
  reset_event_.notify(sc_core::SC_ZERO_TIME);
  interrupt_event_.notify(sc_core::SC_ZERO_TIME);
}

void TickBarrier::run() {
  while (true) {
    while (!reset_) run_tick();
    reset_ = false;
    // No tick starts in the delta cycle of the reset, since processes that were notified of the
    // last tick may still have to run.
    wait(sc_core::SC_ZERO_TIME);
  }
}

bool TickBarrier::wait_for(const sc_core::sc_event& event) {
  wait(event | reset_event_);
  return !reset_;
}

bool TickBarrier::wait_for(const sc_core::sc_time& time) {
  wait(time, reset_event_);
  return !reset_;
}

void TickBarrier::run_tick() {
  while (committed_ <= done_) {
    if (!wait_for(committed_event_)) return;
  }
  TickReport report;
  report.number = done_;
  if (has_cycles(timing_)) {
    report.start_cycle = clock_.cycle(sc_core::sc_time_stamp());
    const sc_core::sc_time start = clock_.time(report.start_cycle);
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    if (start > now && !wait_for(start - now)) return;
  }
  busy_until_ = 0;
  running_ = true;
  started_.notify(sc_core::SC_ZERO_TIME);
  if (!wait_for(network_done_)) return;
  if (has_cycles(timing_)) {
    report.cycles = length_ != 0 ? length_ : busy_until_ + barrier_cycles_;
    if (ends_in_time(report)) {
      const sc_core::sc_time end = clock_.time(report.start_cycle + report.cycles);
      if (!wait_for(end - sc_core::sc_time_stamp())) return;
    }
  }
  running_ = false;
  // SystemC never destroys what a thread holds that waits for ever: no strings.
  const bool fault = tick_done_ && !tick_done_(report).empty();
  if (reset_) return;
  ++done_;
  raise(arch::interrupt::kTickDone);
  if (!fault) return;
  raise(arch::interrupt::kError);
  while (!reset_) wait(reset_event_);
}

void TickBarrier::busy_until(std::int64_t cycle) { busy_until_ = std::max(busy_until_, cycle); }

void TickBarrier::network_done(std::int64_t cycle) {
  busy_until(cycle);
  network_done_.notify(sc_core::SC_ZERO_TIME);
}

void TickBarrier::raise(std::uint64_t bits) {
  interrupt_status_ |= bits;
  interrupt_event_.notify(sc_core::SC_ZERO_TIME);
}

void TickBarrier::drive_interrupt() {
  interrupt.write((interrupt_status_ & interrupt_enable_) != 0);
}

bool TickBarrier::writable(std::uint64_t at) const {
  return has_writable(ChipRegion::kControl, arch::chip_control::kRegisters, at) ||
         has_writable(ChipRegion::kStatus, arch::chip_status::kRegisters, at);
}

void TickBarrier::write(std::uint64_t at, std::uint64_t value) {
  if (at == kCommitted) {
    committed_ = std::max(committed_, value);
    committed_event_.notify(sc_core::SC_ZERO_TIME);
  } else if (at == kEnable) {
    interrupt_enable_ = value & arch::interrupt::kAll;
  } else if (at == kClear) {
    interrupt_status_ &= ~value;
  } else if ((value & 1) != 0 && reset_written_) {
    reset_written_();
  }
  interrupt_event_.notify(sc_core::SC_ZERO_TIME);
}

bool TickBarrier::read(std::uint64_t at, std::uint64_t& value) const {
  if (at == kCommitted) {
    value = committed_;
  } else if (at == kEnable) {
    value = interrupt_enable_;
  } else if (at == kClear || at == kReset) {
    value = 0;
  } else if (at == kDone) {
    value = done_;
  } else if (at == kPending) {
    value = interrupt_status_;
  } else {
    return false;
  }
  return true;
}

tlm::tlm_response_status TickBarrier::check(const tlm::tlm_generic_payload& payload) const {
  std::uint64_t value = 0;
  const auto words = payload.get_data_length() / arch::kBusWordBytes;
  for (unsigned i = 0; i < words; ++i) {
    const std::uint64_t at = payload.get_address() + std::uint64_t{i} * arch::kBusWordBytes;
    if (!read(at, value)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    if (!payload.is_write()) continue;
    if (!writable(at)) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    if (at != kCommitted) continue;
    std::memcpy(&value, payload.get_data_ptr() + std::uint64_t{i} * arch::kBusWordBytes,
                sizeof value);
    if (value < committed_) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

void TickBarrier::access(tlm::tlm_generic_payload& payload) {
  std::uint64_t value = 0;
  const auto words = payload.get_data_length() / arch::kBusWordBytes;
  for (unsigned i = 0; i < words; ++i) {
    const std::uint64_t at = payload.get_address() + std::uint64_t{i} * arch::kBusWordBytes;
    std::uint8_t* const data = payload.get_data_ptr() + std::uint64_t{i} * arch::kBusWordBytes;
    if (payload.is_write()) {
      std::memcpy(&value, data, sizeof value);
      write(at, value);
    } else {
      read(at, value);
      std::memcpy(data, &value, sizeof value);
    }
  }
}

void TickBarrier::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_response_status(check(payload));
  if (!payload.is_response_ok()) return;
  synchronize(delay);
  access(payload);
}

unsigned TickBarrier::transport_dbg(tlm::tlm_generic_payload& payload) {
  // A debug access only reads and changes nothing.
  if (!payload.is_read() || check(payload) != tlm::TLM_OK_RESPONSE) return 0;
  access(payload);
  return payload.get_data_length();
}

}  // namespace spikeloom::hw
