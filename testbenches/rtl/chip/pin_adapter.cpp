// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/pin_adapter.h"

#include <cstring>

namespace spikeloom::rtl {
namespace {

constexpr unsigned kWord = 8;

std::uint64_t word_of(const tlm::tlm_generic_payload& payload, std::uint32_t index) {
  std::uint64_t word;
  std::memcpy(&word, payload.get_data_ptr() + std::size_t{index} * kWord, sizeof word);
  return word;
}

/// Returns why the pins cannot express an access, or TLM_OK_RESPONSE.
tlm::tlm_response_status refusal(const tlm::tlm_generic_payload& payload) {
  const unsigned length = payload.get_data_length();
  if (!payload.is_read() && !payload.is_write()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (length == 0 || length % kWord != 0 || payload.get_streaming_width() < length) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

}  // namespace

void settle() {
  // The clock's edge, the chip's evaluation, its outputs, and logic behind them.
  for (int delta = 0; delta < 4; ++delta) sc_core::wait(sc_core::SC_ZERO_TIME);
}

PinAdapter::PinAdapter(const sc_core::sc_module_name& name, double frequency_hz)
    : sc_module(name),
      socket("socket"),
      clock("clock"),
      valid("valid"),
      write("write"),
      address("address"),
      words("words"),
      wdata("wdata"),
      next("next"),
      rdata("rdata"),
      done("done"),
      response("response"),
      cycles_(frequency_hz) {
  socket.register_b_transport(this, &PinAdapter::b_transport);
}

tlm::tlm_response_status PinAdapter::status() const {
  // The three bits are those of TLM's status, a small signed number.
  const int value = static_cast<int>(response.read());
  return static_cast<tlm::tlm_response_status>(value < 4 ? value : value - 8);
}

bool PinAdapter::refused() {
  settle();
  return done.read() && status() != tlm::TLM_OK_RESPONSE;
}

void PinAdapter::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_dmi_allowed(false);
  payload.set_response_status(refusal(payload));
  if (!payload.is_response_ok()) return;
  if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  busy_.lock();
  access(payload);
  busy_.unlock();
}

void PinAdapter::access(tlm::tlm_generic_payload& payload) {
  const std::uint32_t count = payload.get_data_length() / kWord;
  const bool writes = payload.is_write();
  settle();
  valid.write(true);
  write.write(writes);
  address.write(payload.get_address());
  words.write(count);
  wdata.write(writes ? word_of(payload, 0) : 0);
  bool finished = refused();
  payload.set_response_status(status());
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const sc_core::sc_time start = cycles_.time(cycles_.cycle(now));
  if (!finished && start != now) {
    // Cycles begin at edges, so the chip has not seen the request yet.
    valid.write(false);
    sc_core::wait(start - now);
    settle();
    valid.write(true);
    settle();
  }
  for (std::uint32_t index = 0; !finished;) {
    // In the delta cycle of the edge, the pins show the values of the cycle that it ends.
    sc_core::wait(clock.posedge_event());
    finished = done.read();
    payload.set_response_status(status());
    const bool transferred = next.read();
    if (finished) valid.write(false);
    if (!transferred) continue;
    if (writes) {
      if (index + 1 < count) wdata.write(word_of(payload, index + 1));
    } else {
      settle();
      const std::uint64_t word = rdata.read();
      std::memcpy(payload.get_data_ptr() + std::size_t{index} * kWord, &word, sizeof word);
    }
    ++index;
  }
  valid.write(false);
}

}  // namespace spikeloom::rtl
