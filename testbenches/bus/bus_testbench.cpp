// SPDX-License-Identifier: Apache-2.0
// Exercises the configuration bus alone. It shows which accesses are granted or refused, and the
// throughput of bursts.
#include <iostream>
#include <vector>

#include <fmt/format.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/sync/has_process.h"
#include "testbenches/testbench_main.h"

namespace spikeloom {
namespace {

/// Makes single accesses and prints their results.
class Initiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Initiator> socket;
  /// The testbench sends no spikes, but the socket of the board must be bound.
  tlm_utils::simple_initiator_socket<Initiator> spikes;

  Initiator(const sc_core::sc_module_name& name, const arch::ChipDescription& chip)
      : sc_module(name), socket("socket"), spikes("spikes"), chip_(chip) {
    SPIKELOOM_HAS_PROCESS(Initiator);
    SC_THREAD(run);
  }

 private:
  struct Outcome {
    std::string response;
    double cycles;
  };

  Outcome access(tlm::tlm_command command, std::uint64_t address, std::size_t bytes,
                 bool byte_enable = false) {
    std::vector<std::uint8_t> data(bytes);
    std::uint8_t enabled = TLM_BYTE_ENABLED;
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    if (byte_enable) {
      payload.set_byte_enable_ptr(&enabled);
      payload.set_byte_enable_length(1);
    }
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    socket->b_transport(payload, delay);
    wait(delay);
    return {payload.get_response_string(),
            (sc_core::sc_time_stamp() - start).to_seconds() * chip_.clock_hz};
  }

  void show(const char* what, tlm::tlm_command command, std::uint64_t address, std::size_t bytes,
            bool byte_enable = false) {
    const Outcome outcome = access(command, address, bytes, byte_enable);
    std::cout << fmt::format("{:<28}{:#018x}{:>7}{:>7.0f}  {}\n", what, address, bytes,
                             outcome.cycles, outcome.response);
  }

  void run() {
    const auto at = [&](arch::CoreRegion region, std::uint64_t offset) {
      return arch::core_address(0, region, offset);
    };
    const std::uint64_t plane = at(arch::CoreRegion::kPlusPlane, 0);
    const auto largest = static_cast<std::size_t>(chip_.bus.max_burst_bytes);
    std::cout << fmt::format("{:<28}{:<18}{:>7}{:>7}  {}\n", "access", "address", "bytes", "cycles",
                             "response");
    show("single write", tlm::TLM_WRITE_COMMAND, plane, 8);
    show("single read", tlm::TLM_READ_COMMAND, plane, 8);
    show("largest burst", tlm::TLM_WRITE_COMMAND, plane, largest);
    show("beyond the largest burst", tlm::TLM_WRITE_COMMAND, plane, largest + 8);
    show("misaligned", tlm::TLM_WRITE_COMMAND, plane + 4, 8);
    show("byte enables", tlm::TLM_WRITE_COMMAND, plane, 8, true);
    show("no such region", tlm::TLM_READ_COMMAND, plane | 0xf0000000, 8);
    show("beyond the region", tlm::TLM_READ_COMMAND,
         at(arch::CoreRegion::kGroups, arch::region_bytes(chip_.core, arch::CoreRegion::kGroups)),
         8);
    show("write to read-only", tlm::TLM_WRITE_COMMAND, at(arch::CoreRegion::kStatus, 0), 8);
    show("neither read nor write", tlm::TLM_IGNORE_COMMAND, plane, 8);

    std::cout << fmt::format("\n{:>12}{:>9}{:>14}{:>10}\n", "burst bytes", "cycles", "bytes/cycle",
                             "MB/s");
    for (std::size_t bytes = 8; bytes <= largest; bytes *= 2) {
      const Outcome outcome = access(tlm::TLM_WRITE_COMMAND, plane, bytes);
      const double rate = static_cast<double>(bytes) / outcome.cycles;
      std::cout << fmt::format("{:>12}{:>9.0f}{:>14.3f}{:>10.1f}\n", bytes, outcome.cycles, rate,
                               rate * chip_.clock_hz / 1e6);
    }
    sc_core::sc_stop();
  }

  const arch::ChipDescription& chip_;
};

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1 || arguments[0] == "--help") {
    std::cout << "usage: spikeloom_bus_testbench CHIP.yaml\n";
    return arguments.size() == 1 ? 0 : base::kUserErrorStatus;
  }
  const arch::ChipDescription chip = arch::load_chip(arguments[0]);
  hw::Board board("board", chip, hw::Timing::kCycle, 1);
  Initiator initiator("initiator", chip);
  initiator.socket.bind(board.config);
  initiator.spikes.bind(board.spikes);
  sc_core::sc_signal<bool> interrupt("interrupt");
  board.interrupt(interrupt);
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
  sc_core::sc_start();
  return 0;
}

}  // namespace
}  // namespace spikeloom

/// Required by the SystemC library.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) { return spikeloom::testbench_main(argc, argv, spikeloom::run); }
