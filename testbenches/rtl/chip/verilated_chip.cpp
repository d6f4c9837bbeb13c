// SPDX-License-Identifier: Apache-2.0
// Built once for each chip, with its Verilated RTL, by verilate_chip.cmake.
#include <type_traits>

#if VM_TRACE
#include <verilated_vcd_sc.h>
#endif

#include "Vchip.h"
#include "testbenches/rtl/chip/rtl_board.h"

namespace spikeloom::rtl {

template <class Port>
using SignalOf = sc_core::sc_signal<std::decay_t<decltype(std::declval<Port>().read())>>;

// Verilator's types of ports: bool, uint32_t, uint64_t, sc_bv.
template <std::size_t kBits>
void copy(bool from, std::bitset<kBits>& to) {
  to = from ? 1 : 0;
}
template <std::size_t kBits, class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
void copy(Integer from, std::bitset<kBits>& to) {
  to = from;
}
template <std::size_t kBits, int kWidth>
void copy(const sc_dt::sc_bv<kWidth>& from, std::bitset<kBits>& to) {
  static_assert(kWidth <= kBits);
  constexpr int kWordBits = 32;
  to.reset();
  for (int word = (kWidth - 1) / kWordBits; word >= 0; --word) {
    to <<= kWordBits;
    to |= std::bitset<kBits>(from.get_word(word));
  }
}

class VerilatedChip : public RtlBoard {
 public:
  VerilatedChip(const sc_core::sc_module_name& name, double frequency_hz)
      : RtlBoard(name, frequency_hz), chip_("chip") {
    chip_.clock(clock);
    chip_.reset(reset);
    bind(config, chip_.config_valid, chip_.config_write, chip_.config_address, chip_.config_words,
         chip_.config_wdata, chip_.config_next, chip_.config_rdata, chip_.config_done,
         chip_.config_response, config_pins_);
    bind(spikes, chip_.spikes_valid, chip_.spikes_write, chip_.spikes_address, chip_.spikes_words,
         chip_.spikes_wdata, chip_.spikes_next, chip_.spikes_rdata, chip_.spikes_done,
         chip_.spikes_response, spikes_pins_);
    chip_.ready(ready_);
    chip_.interrupt_line(interrupt_);
    chip_.tick_running(running_);
    chip_.tick_number(number_);
    chip_.tick_started(started_);
    chip_.fault(fault_);
    chip_.core_firing(firing_);
    chip_.core_late(late_);
    chip_.host_late(host_late_);
    chip_.departures(departures_);
  }
  ~VerilatedChip() override { chip_.final(); }

  ChipView view() const override {
    ChipView result;
    result.ready = ready_.read();
    result.interrupt = interrupt_.read();
    result.running = running_.read();
    result.fault = fault_.read();
    result.number = number_.read();
    result.host_late = host_late_.read();
    copy(firing_.read(), result.firing);
    copy(late_.read(), result.late);
    copy(departures_.read(), result.departures);
    return result;
  }

  bool ready() const override { return ready_.read(); }

#if VM_TRACE
  void trace(const std::string& path) override {
    chip_.trace(&trace_, 99);
    trace_.open(path.c_str());
  }
  void close_trace() override { trace_.close(); }
#else
  void trace(const std::string& /*path*/) override {}
  void close_trace() override {}
#endif

 private:
  /// The signals between an adapter and the chip.
  struct Pins {
    sc_core::sc_signal<bool> valid, write, next, done;
    sc_core::sc_signal<std::uint64_t> address, wdata, rdata;
    sc_core::sc_signal<std::uint32_t> words, response;
  };

  static void bind(PinAdapter& adapter, sc_core::sc_in<bool>& valid, sc_core::sc_in<bool>& write,
                   sc_core::sc_in<std::uint64_t>& address, sc_core::sc_in<std::uint32_t>& words,
                   sc_core::sc_in<std::uint64_t>& wdata, sc_core::sc_out<bool>& next,
                   sc_core::sc_out<std::uint64_t>& rdata, sc_core::sc_out<bool>& done,
                   sc_core::sc_out<std::uint32_t>& response, Pins& pins) {
    connect(adapter.valid, valid, pins.valid);
    connect(adapter.write, write, pins.write);
    connect(adapter.address, address, pins.address);
    connect(adapter.words, words, pins.words);
    connect(adapter.wdata, wdata, pins.wdata);
    connect(adapter.next, next, pins.next);
    connect(adapter.rdata, rdata, pins.rdata);
    connect(adapter.done, done, pins.done);
    connect(adapter.response, response, pins.response);
  }
  template <class First, class Second, class Signal>
  static void connect(First& first, Second& second, Signal& signal) {
    first(signal);
    second(signal);
  }

  Vchip chip_;
  Pins config_pins_;
  Pins spikes_pins_;
  sc_core::sc_signal<bool> ready_, interrupt_, running_, started_, fault_, host_late_;
  sc_core::sc_signal<std::uint64_t> number_;
  SignalOf<decltype(Vchip::core_firing)> firing_;
  SignalOf<decltype(Vchip::core_late)> late_;
  SignalOf<decltype(Vchip::departures)> departures_;
#if VM_TRACE
  VerilatedVcdSc trace_;
#endif
};

}  // namespace spikeloom::rtl

extern "C" spikeloom::rtl::RtlBoard* spikeloom_make_rtl_board(const char* name,
                                                              double frequency_hz) {
  Verilated::traceEverOn(VM_TRACE != 0);
  Verilated::randReset(2);  // random values, the same ones in each run
  return new spikeloom::rtl::VerilatedChip(name, frequency_hz);
}
