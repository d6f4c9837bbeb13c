// SPDX-License-Identifier: Apache-2.0
// Two boards in a small virtual platform. A processor with a quantum keeper accesses them over an
// interconnect, and each board signals finished ticks on an interrupt line. The processor runs a
// network on each board, then resets the first board and runs the second network there.
//
//   spikeloom map lenet.onnx --chip reference.yaml -o lenet.deployment
//   platform_example FIRST.deployment SECOND.deployment TICKS QUANTUM_NS
//
// Both deployments must be for the same chip. The input is random noise and is the same in each
// run. The program prints a line for each tick; the quantum does not affect these lines.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <spikeloom/arch/address_map.h>
#include <spikeloom/arch/deployment.h>
#include <spikeloom/base/error.h>
#include <spikeloom/hw/board/board.h>
#include <spikeloom/hw/sync/report_ids.h>

namespace {

using namespace spikeloom;

constexpr std::size_t kBoards = 2;

/// The platform's address map: bits 63 to 56, which the boards do not use, select the device.
enum class Device : std::uint64_t { kConfig, kSpikes };

std::uint64_t device(std::size_t board, Device which) {
  return 2 * board + static_cast<std::uint64_t>(which);
}

/// Forwards accesses to the device selected by the highest byte of the address.
class Interconnect : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Interconnect> processor;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket<Interconnect>> devices;

  explicit Interconnect(const sc_core::sc_module_name& name)
      : sc_module(name), processor("processor"), devices("devices", 2 * kBoards) {
    processor.register_b_transport(this, &Interconnect::b_transport);
    processor.register_get_direct_mem_ptr(this, &Interconnect::get_direct_mem_ptr);
  }

  const char* kind() const override { return "Interconnect"; }

 private:
  static constexpr int kShift = 56;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t address = payload.get_address();
    const std::uint64_t selected = address >> kShift;
    if (selected >= devices.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    payload.set_address(address & ((std::uint64_t{1} << kShift) - 1));
    devices[selected]->b_transport(payload, delay);
    payload.set_address(address);
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const std::uint64_t selected = payload.get_address() >> kShift;
    return selected < devices.size() && devices[selected]->get_direct_mem_ptr(payload, dmi);
  }
};

/// A processor that runs the test program. It runs ahead of SystemC time by at most the global
/// quantum.
class Processor : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Processor> bus;
  sc_core::sc_vector<sc_core::sc_in<bool>> interrupts;

  Processor(const sc_core::sc_module_name& name,
            const std::array<arch::Deployment, kBoards>& deployments, std::uint64_t ticks)
      : sc_module(name),
        bus("bus"),
        interrupts("interrupt", kBoards),
        deployments_(deployments),
        ticks_(ticks) {
    SC_HAS_PROCESS(Processor);
    SC_THREAD(run);
    keeper_.reset();
  }

  const char* kind() const override { return "Processor"; }

  /// Must be called after the simulation has ended, because an exception must not propagate through
  /// the SystemC kernel.
  void rethrow_failure() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  std::uint64_t accesses() const { return accesses_; }
  std::uint64_t synchronizations() const { return synchronizations_; }

  /// Called with the board, the deployment, the tick and the number of output packets.
  std::function<void(std::size_t, std::size_t, std::uint64_t, std::size_t)> on_tick;

 private:
  void run() {
    try {
      for (std::size_t board = 0; board < kBoards; ++board) {
        look_for_dmi(board);
        run_network(board, board);
      }
      run_network(0, 1);
    } catch (const sc_core::sc_unwind_exception&) {
      throw;  // the kernel uses it to end processes
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  /// Requests DMI once, as a processor would. If it is refused, every access is a transaction.
  void look_for_dmi(std::size_t board) {
    for (const Device which : {Device::kConfig, Device::kSpikes}) {
      tlm::tlm_generic_payload payload;
      payload.set_command(tlm::TLM_READ_COMMAND);
      payload.set_address(device(board, which) << 56);
      tlm::tlm_dmi dmi;
      std::cerr << "board " << board << ' ' << (which == Device::kConfig ? "config" : "spikes")
                << ": DMI " << (bus->get_direct_mem_ptr(payload, dmi) ? "granted" : "refused")
                << '\n';
    }
  }

  void run_network(std::size_t board, std::size_t number) {
    const arch::Deployment& deployment = deployments_[number];
    write(board, arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kReset), 1);
    for (const arch::Transaction& transaction : deployment.transactions) {
      std::vector<std::uint8_t> data(transaction.data.begin(), transaction.data.end());
      access(tlm::TLM_WRITE_COMMAND, device(board, Device::kConfig), transaction.address,
             data.data(), data.size());
    }
    write(board,
          arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kInterruptEnable),
          arch::interrupt::kAll);
    std::mt19937 random(1);
    for (std::uint64_t tick = 0; tick < ticks_; ++tick) {
      send_noise(board, deployment, random);
      write(board,
            arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kTicksCommitted),
            tick + 1);
      wait_for_tick(board, tick);
      on_tick(board, number, tick, receive(board));
    }
  }

  void send_noise(std::size_t board, const arch::Deployment& deployment, std::mt19937& random) {
    std::vector<std::uint8_t> levels(deployment.input.first.size() - 1);
    for (std::uint8_t& level : levels) {
      level = static_cast<std::uint8_t>(random() % (deployment.input.levels + 1));
    }
    // The computation of the program takes simulated time.
    keeper_.inc(sc_core::sc_time(static_cast<double>(levels.size()), sc_core::SC_NS));
    std::vector<std::uint64_t> packets = deployment.input.spikes(levels);
    if (packets.empty()) return;
    access(tlm::TLM_WRITE_COMMAND, device(board, Device::kSpikes), arch::host_port::kData,
           reinterpret_cast<std::uint8_t*>(packets.data()), packets.size() * sizeof(std::uint64_t));
  }

  void wait_for_tick(std::size_t board, std::uint64_t tick) {
    const auto status = [this, board](std::uint64_t offset) {
      return read(board, Device::kConfig, arch::chip_address(arch::ChipRegion::kStatus, offset));
    };
    while (true) {
      const std::uint64_t pending = status(arch::chip_status::kInterruptStatus);
      if ((pending & arch::interrupt::kError) != 0) {
        throw base::UserError("a board reports an error");
      }
      if (status(arch::chip_status::kTicksDone) > tick) break;
      // The processor synchronizes with SystemC time before it waits.
      keeper_.sync();
      if (!interrupts[board].read()) wait(interrupts[board].posedge_event());
    }
    write(board,
          arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kInterruptClear),
          arch::interrupt::kTickDone);
  }

  /// Reads the outputs of the oldest unread tick; returns their number.
  std::size_t receive(std::size_t board) {
    const std::uint64_t count = read(board, Device::kSpikes, arch::host_port::kOutputCount);
    for (std::uint64_t i = 0; i < count; ++i) read(board, Device::kSpikes, arch::host_port::kData);
    std::uint64_t ignored = 0;
    access(tlm::TLM_WRITE_COMMAND, device(board, Device::kSpikes), arch::host_port::kNextOutput,
           reinterpret_cast<std::uint8_t*>(&ignored), sizeof ignored);
    return count;
  }

  std::uint64_t read(std::size_t board, Device which, std::uint64_t address) {
    std::uint64_t value = 0;
    access(tlm::TLM_READ_COMMAND, device(board, which), address,
           reinterpret_cast<std::uint8_t*>(&value), sizeof value);
    return value;
  }

  void write(std::size_t board, std::uint64_t address, std::uint64_t value) {
    access(tlm::TLM_WRITE_COMMAND, device(board, Device::kConfig), address,
           reinterpret_cast<std::uint8_t*>(&value), sizeof value);
  }

  void access(tlm::tlm_command command, std::uint64_t selected, std::uint64_t address,
              std::uint8_t* data, std::size_t length) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(selected << 56 | address);
    payload.set_data_ptr(data);
    payload.set_data_length(static_cast<unsigned>(length));
    payload.set_streaming_width(static_cast<unsigned>(length));
    sc_core::sc_time delay = keeper_.get_local_time();
    bus->b_transport(payload, delay);
    ++accesses_;
    if (!payload.is_response_ok()) throw base::UserError(payload.get_response_string());
    keeper_.set(delay);
    if (!keeper_.need_sync()) return;
    keeper_.sync();
    ++synchronizations_;
  }

  const std::array<arch::Deployment, kBoards>& deployments_;
  std::uint64_t ticks_;
  tlm_utils::tlm_quantumkeeper keeper_;
  std::uint64_t accesses_ = 0;
  std::uint64_t synchronizations_ = 0;
  std::exception_ptr failure_;
};

struct Platform {
  Processor processor;
  Interconnect interconnect{"interconnect"};
  sc_core::sc_vector<sc_core::sc_signal<bool>> lines{"interrupt_line", kBoards};
  std::vector<std::unique_ptr<hw::Board>> boards;
  std::array<hw::TickReport, kBoards> last;

  Platform(const std::array<arch::Deployment, kBoards>& deployments, std::uint64_t ticks)
      : processor("processor", deployments, ticks) {
    processor.bus.bind(interconnect.processor);
    for (std::size_t i = 0; i < kBoards; ++i) {
      boards.push_back(std::make_unique<hw::Board>(("board" + std::to_string(i)).c_str(),
                                                   deployments[0].chip, hw::Timing::kCycle, 1));
      interconnect.devices[device(i, Device::kConfig)].bind(boards[i]->config);
      interconnect.devices[device(i, Device::kSpikes)].bind(boards[i]->spikes);
      boards[i]->interrupt(lines[i]);
      processor.interrupts[i](lines[i]);
      boards[i]->on_tick_done([this, i](const hw::TickReport& report) { last[i] = report; });
    }
    processor.on_tick = [this](std::size_t board, std::size_t deployment, std::uint64_t tick,
                               std::size_t outputs) {
      std::cout << board << ',' << deployment << ',' << tick << ',' << last[board].start_cycle
                << ',' << last[board].cycles << ',' << outputs << '\n';
    };
  }
};

int simulate(const std::array<arch::Deployment, kBoards>& deployments, std::uint64_t ticks) {
  Platform platform(deployments, ticks);
  std::cout << "board,deployment,tick,start_cycle,cycles,outputs\n";
  // Returns when the program has finished, because no other events are pending then.
  sc_core::sc_start();
  platform.processor.rethrow_failure();
  std::cerr << platform.processor.accesses() << " accesses, "
            << platform.processor.synchronizations() << " synchronizations\n";
  return 0;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  if (argc != 5) {
    std::cerr << "usage: platform_example FIRST.deployment SECOND.deployment TICKS QUANTUM_NS\n";
    return base::kUserErrorStatus;
  }
  try {
    // Turns errors of the boards into exceptions of the platform; by default SystemC only prints
    // them.
    sc_core::sc_report_handler::set_actions(hw::report_id::kCore, sc_core::SC_THROW);
    std::array<arch::Deployment, kBoards> deployments;
    for (std::size_t i = 0; i < kBoards; ++i) {
      deployments[i] = arch::Deployment::load(argv[i + 1]);
    }
    tlm_utils::tlm_quantumkeeper::set_global_quantum(
        sc_core::sc_time(std::strtod(argv[4], nullptr), sc_core::SC_NS));
    return simulate(deployments, std::strtoull(argv[3], nullptr, 10));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return base::kUserErrorStatus;
  }
}
