// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>

#include <systemc>
#include <tlm>

#include "testbenches/rtl/chip/pin_adapter.h"

namespace spikeloom::rtl {

constexpr std::size_t kMaxCores = 64;
constexpr std::size_t kMaxDepartures = 1024;  ///< routers times ports

/// What observers see of the chip in a cycle.
struct ChipView {
  bool ready = false;
  bool interrupt = false;
  bool running = false;
  bool fault = false;
  std::uint64_t number = 0;
  std::bitset<kMaxCores> firing;
  std::bitset<2 * kMaxCores> late;  ///< a number of two bits for each core
  bool host_late = false;
  std::bitset<kMaxDepartures> departures;
};

/// The RTL of a board (rtl/chip/chip.sv), with the sockets of hw::Board.
class RtlBoard : public sc_core::sc_module {
 public:
  PinAdapter config;
  PinAdapter spikes;
  sc_core::sc_in<bool> clock;
  sc_core::sc_in<bool> reset;

  RtlBoard(const sc_core::sc_module_name& name, double frequency_hz)
      : sc_module(name),
        config("config", frequency_hz),
        spikes("spikes", frequency_hz),
        clock("clock"),
        reset("reset") {
    config.clock(clock);
    spikes.clock(clock);
  }

  /// Returns the values of the current cycle.
  virtual ChipView view() const = 0;
  virtual bool ready() const = 0;
  /// Begins a trace of all signals. The simulation must have started.
  virtual void trace(const std::string& path) = 0;
  virtual void close_trace() = 0;
};

/// What a library of verilate_chip.cmake exports, and by which name.
using RtlBoardFactory = RtlBoard*(const char* name, double frequency_hz);
inline constexpr const char* kRtlBoardFactory = "spikeloom_make_rtl_board";

/// Makes the board of a library. Throws base::UserError if it cannot be loaded.
std::unique_ptr<RtlBoard> load_rtl_board(const std::string& library, const char* name,
                                         double frequency_hz);

}  // namespace spikeloom::rtl
