// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/lockstep.h"

#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/sync/has_process.h"

namespace spikeloom::rtl {
namespace {

/// Cycles after which an access without an answer is a difference.
constexpr int kPatience = 100000;

std::string text_of(bool value) { return value ? "1" : "0"; }
std::string text_of(std::uint64_t value) { return fmt::format("{}", value); }
std::string text_of(const std::string& value) { return value; }
std::string text_of(const sc_core::sc_time& value) { return value.to_string(); }

/// A copy of a transaction with data of its own.
struct Copy {
  explicit Copy(const tlm::tlm_generic_payload& from)
      : data(from.get_data_ptr(), from.get_data_ptr() + from.get_data_length()) {
    payload.set_command(from.get_command());
    payload.set_address(from.get_address());
    payload.set_data_ptr(data.data());
    payload.set_data_length(from.get_data_length());
    payload.set_streaming_width(from.get_streaming_width());
    payload.set_byte_enable_ptr(from.get_byte_enable_ptr());
    payload.set_byte_enable_length(from.get_byte_enable_length());
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  std::vector<std::uint8_t> data;
  tlm::tlm_generic_payload payload;
};

}  // namespace

std::string Mismatch::text() const {
  return fmt::format("cycle {}: {}: model {}, RTL {}", cycle, signal, model, rtl);
}

Lockstep::Lockstep(const sc_core::sc_module_name& name, hw::Board& model, ModelView& view,
                   RtlBoard& rtl, const sc_core::sc_in<bool>& model_interrupt)
    : sc_module(name),
      config("config"),
      spikes("spikes"),
      model_(model),
      view_(view),
      rtl_(rtl),
      model_interrupt_(model_interrupt),
      source_("source", model.description().clock_hz),
      clock_("clock"),
      reset_("reset", true),
      model_config_("model_config"),
      model_spikes_("model_spikes"),
      rtl_config_("rtl_config"),
      rtl_spikes_("rtl_spikes") {
  config.register_b_transport(this, &Lockstep::config_transport);
  config.register_transport_dbg(this, &Lockstep::config_debug);
  spikes.register_b_transport(this, &Lockstep::spikes_transport);
  model_config_.bind(model.config);
  model_spikes_.bind(model.spikes);
  rtl_config_.bind(rtl.config.socket);
  rtl_spikes_.bind(rtl.spikes.socket);
  model.reset(reset_);
  rtl.reset(reset_);
  rtl.clock(clock_);
  source_.clock(clock_);
  view.follow(model);
  late_.cores.resize(model.cores().size());
  SPIKELOOM_HAS_PROCESS(Lockstep);
  SC_THREAD(drive_rtl);
  // In the middle of a cycle, when both boards have settled.
  SC_METHOD(compare_cycle);
  sensitive << clock_.negedge_event();
  dont_initialize();
}

void Lockstep::fail(const std::string& signal, const std::string& model, const std::string& rtl) {
  if (mismatch_) return;
  mismatch_ = Mismatch{cycle(), signal, model, rtl};
  sc_core::sc_stop();
}

template <class Value>
void Lockstep::compare(const std::string& signal, const Value& model, const Value& rtl) {
  if (model != rtl) fail(signal, text_of(model), text_of(rtl));
}

void Lockstep::wait_cycles(int cycles) {
  for (int i = 0; i < cycles; ++i) wait(clock_.posedge_event());
  settle();
}

void Lockstep::pulse_reset(int cycles) {
  wait_cycles(1);
  reset_.write(true);
  wait_cycles(cycles);
  reset_.write(false);
  settle();
}

void Lockstep::compare_cycle() {
  if (mismatch_) return;
  const ChipView expected = view_.view(cycle());
  const ChipView seen = rtl_.view();
  compare_late();
  if (!expected.running) late_ = {std::vector<std::uint64_t>(late_.cores.size()), 0};
  if (reset_.read()) return;
  compare("tick_number", expected.number, seen.number);
  compare("tick_running", expected.running, seen.running);
  compare("fault", expected.fault, seen.fault);
  compare("interrupt", model_interrupt_.read(), seen.interrupt);
  if (expected.running) {
    ++compared_.tick_cycles;
    for (std::size_t i = 0; i < late_.cores.size(); ++i) {
      compare(fmt::format("core_firing[{}]", i), bool{expected.firing[i]}, bool{seen.firing[i]});
      late_.cores[i] += seen.late[2 * i] + 2U * seen.late[2 * i + 1];
    }
    late_.host += seen.host_late;
  }
  if (expected.departures != seen.departures) {
    for (std::size_t i = 0; i < kMaxDepartures; ++i) {
      compare(fmt::format("departures[{}]", i), bool{expected.departures[i]},
              bool{seen.departures[i]});
    }
  }
  ++compared_.cycles;
  compared_.departures += seen.departures.count();
}

void Lockstep::compare_late() {
  for (const LateCounts& expected : view_.take_late()) {
    for (std::size_t i = 0; i < late_.cores.size(); ++i) {
      compare(fmt::format("late packets of core {}", i), expected.cores[i], late_.cores[i]);
      compared_.late += expected.cores[i];
    }
    compare("late packets of the host", expected.host, late_.host);
    compared_.late += expected.host;
    ++compared_.ticks;
    late_ = {std::vector<std::uint64_t>(late_.cores.size()), 0};
  }
}

void Lockstep::drive_rtl() {
  while (true) {
    wait(rtl_begin_);
    Initiator& socket = which_ == Which::kConfig ? rtl_config_ : rtl_spikes_;
    socket->b_transport(*rtl_payload_, rtl_delay_);
    rtl_end_ = sc_core::sc_time_stamp() + rtl_delay_;
    rtl_payload_ = nullptr;
    rtl_done_.notify(sc_core::SC_ZERO_TIME);
  }
}

void Lockstep::config_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  transport(Which::kConfig, payload, delay);
}

void Lockstep::spikes_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  transport(Which::kSpikes, payload, delay);
}

unsigned Lockstep::config_debug(tlm::tlm_generic_payload& payload) {
  return model_config_->transport_dbg(payload);
}

bool Lockstep::is_undefined(Which which, const tlm::tlm_generic_payload& payload) const {
  if (which != Which::kConfig || !payload.is_read() || view_.drained()) return false;
  const auto address = arch::BusAddress::decode(payload.get_address());
  if (!address || address->unit == arch::kChipUnit) return false;
  const auto region = static_cast<arch::CoreRegion>(address->region);
  return region == arch::CoreRegion::kStatus || region == arch::CoreRegion::kCounters;
}

void Lockstep::transport(Which which, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  settle();
  while (!rtl_.ready()) wait_cycles(1);
  if (which == Which::kSpikes) {
    // The model serves the host port at any time, the RTL from the next cycle on.
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    const hw::CycleClock clock(model_.description().clock_hz);
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    const sc_core::sc_time start = clock.time(clock.cycle(now));
    if (start != now) wait(start - now);
    settle();
  }
  const bool undefined_before = is_undefined(which, payload);
  const sc_core::sc_time begin = sc_core::sc_time_stamp() + delay;
  Copy copy(payload);
  which_ = which;
  rtl_payload_ = &copy.payload;
  rtl_delay_ = delay;
  rtl_begin_.notify();
  (which == Which::kConfig ? model_config_ : model_spikes_)->b_transport(payload, delay);
  const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
  const sc_core::sc_time limit =
      sc_core::sc_time_stamp() +
      sc_core::sc_time(kPatience / model_.description().clock_hz, sc_core::SC_SEC);
  while (rtl_payload_ != nullptr && sc_core::sc_time_stamp() < limit) {
    wait(limit - sc_core::sc_time_stamp(), rtl_done_);
  }
  delay = sc_core::SC_ZERO_TIME;
  const std::string what = fmt::format(
      "{} of {} bytes at {:#x} of {}, begun at {}", payload.is_write() ? "write" : "read",
      payload.get_data_length(), payload.get_address(),
      which == Which::kConfig ? "config" : "spikes", begin.to_string());
  if (rtl_payload_ != nullptr) {
    fail("end of " + what, text_of(end), "none");
    wait(rtl_done_);
  }
  compare("response of " + what, payload.get_response_string(), copy.payload.get_response_string());
  ++compared_.accesses;
  // The model's host port takes no time.
  if (which == Which::kConfig) compare("end of " + what, end, rtl_end_);
  if (!payload.is_response_ok()) {
    ++compared_.refused;
    return;
  }
  if (which == Which::kSpikes && payload.is_read() &&
      payload.get_address() == arch::host_port::kData) {
    compared_.outputs += payload.get_data_length() / arch::kBusWordBytes;
  }
  if (!payload.is_read() || undefined_before || is_undefined(which, payload)) return;
  for (std::size_t at = 0; at < copy.data.size(); at += arch::kBusWordBytes) {
    std::uint64_t model = 0;
    std::uint64_t rtl = 0;
    std::memcpy(&model, payload.get_data_ptr() + at, sizeof model);
    std::memcpy(&rtl, &copy.data[at], sizeof rtl);
    if (model != rtl) {
      fail(fmt::format("word {} of {}", at / arch::kBusWordBytes, what),
           fmt::format("{:#018x}", model), fmt::format("{:#018x}", rtl));
    }
  }
}

}  // namespace spikeloom::rtl
