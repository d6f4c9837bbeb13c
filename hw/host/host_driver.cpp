// SPDX-License-Identifier: Apache-2.0
#include "hw/host/host_driver.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "common/address_map.h"
#include "hw/board/board.h"

namespace spikeloom::hw {

namespace registers = common::chip_control;

namespace {

/// A script is ordinary code, with arrays and deep calls: the kernel's default is small.
constexpr std::size_t kStackBytes = std::size_t{8} << 20;

}  // namespace

std::string ConfigMismatch::text() const {
  return fmt::format("address {:#018x} ({}) holds {:#018x}, written was {:#018x}", address,
                     common::describe_address(address), found, expected);
}

HostDriver::HostDriver(const sc_core::sc_module_name& name, std::function<void(HostDriver&)> script)
    : sc_module(name),
      config("config"),
      spikes("spikes"),
      interrupt("interrupt"),
      script_(std::move(script)),
      interrupt_line_("interrupt_line") {
  SC_HAS_PROCESS(HostDriver);
  SC_THREAD(run);
  set_stack_size(kStackBytes);
}

void HostDriver::connect(Board& board) {
  config.bind(board.config);
  spikes.bind(board.spikes);
  interrupt(interrupt_line_);
  board.interrupt(interrupt_line_);
}

void HostDriver::run() {
  try {
    write_register(common::chip_address(common::ChipRegion::kControl, registers::kInterruptEnable),
                   common::interrupt::kAll);
    script_(*this);
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // the kernel's own
  } catch (...) {
    failure_ = std::current_exception();
  }
  sc_core::sc_stop();
}

void HostDriver::rethrow_failure() const {
  if (failure_) std::rethrow_exception(failure_);
}

void HostDriver::access(tlm_utils::simple_initiator_socket<HostDriver>& socket, bool write,
                        std::uint64_t address, std::uint8_t* data, std::size_t length,
                        sc_core::sc_time& delay) {
  tlm::tlm_generic_payload payload;
  payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(static_cast<unsigned>(length));
  payload.set_streaming_width(static_cast<unsigned>(length));
  socket->b_transport(payload, delay);
  if (payload.is_response_error()) {
    throw std::logic_error(fmt::format("{} of {} bytes at {:#018x}: {}", write ? "write" : "read",
                                       length, address, payload.get_response_string()));
  }
}

BusCost HostDriver::load(const std::vector<common::Transaction>& transactions) {
  BusCost cost;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  for (const common::Transaction& transaction : transactions) {
    // A write leaves its data alone, but TLM's payload wants a plain pointer.
    access(config, true, transaction.address, const_cast<std::uint8_t*>(transaction.data.data()),
           transaction.data.size(), delay);
    ++cost.transactions;
    cost.bytes += transaction.data.size();
  }
  cost.seconds = delay.to_seconds();
  wait(delay);
  return cost;
}

std::optional<ConfigMismatch> HostDriver::verify(
    const std::vector<common::Transaction>& transactions, BusCost& cost) {
  std::optional<ConfigMismatch> mismatch;
  std::vector<std::uint8_t> found;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  for (const common::Transaction& transaction : transactions) {
    found.resize(transaction.data.size());
    access(config, false, transaction.address, found.data(), found.size(), delay);
    ++cost.transactions;
    cost.bytes += found.size();
    const auto differs = std::mismatch(found.begin(), found.end(), transaction.data.begin()).first;
    if (differs == found.end()) continue;
    const auto at = static_cast<std::size_t>(differs - found.begin()) / common::kBusWordBytes *
                    common::kBusWordBytes;
    mismatch.emplace();
    mismatch->address = transaction.address + at;
    std::memcpy(&mismatch->found, &found[at], sizeof mismatch->found);
    std::memcpy(&mismatch->expected, &transaction.data[at], sizeof mismatch->expected);
    break;
  }
  cost.seconds += delay.to_seconds();
  wait(delay);
  return mismatch;
}

void HostDriver::send(const std::vector<std::uint64_t>& packets) {
  if (packets.empty()) return;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  access(spikes, true, common::host_port::kData,
         reinterpret_cast<std::uint8_t*>(const_cast<std::uint64_t*>(packets.data())),
         packets.size() * sizeof(std::uint64_t), delay);
}

void HostDriver::commit(std::uint64_t ticks) {
  committed_ += ticks;
  write_register(common::chip_address(common::ChipRegion::kControl, registers::kTicksCommitted),
                 committed_);
}

bool HostDriver::wait_until_done(std::uint64_t ticks) {
  const std::uint64_t done =
      common::chip_address(common::ChipRegion::kStatus, common::chip_status::kTicksDone);
  const std::uint64_t pending =
      common::chip_address(common::ChipRegion::kStatus, common::chip_status::kInterruptStatus);
  while (true) {
    if ((read_register(pending) & common::interrupt::kError) != 0) return false;
    if (read_register(done) >= ticks) return true;
    if (!interrupt.read()) wait(interrupt.posedge_event());
    write_register(common::chip_address(common::ChipRegion::kControl, registers::kInterruptClear),
                   common::interrupt::kTickDone);
  }
}

std::vector<std::uint64_t> HostDriver::receive() {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  std::uint64_t count = 0;
  access(spikes, false, common::host_port::kOutputCount, reinterpret_cast<std::uint8_t*>(&count),
         sizeof count, delay);
  std::vector<std::uint64_t> packets(count);
  if (count != 0) {
    access(spikes, false, common::host_port::kData, reinterpret_cast<std::uint8_t*>(packets.data()),
           count * sizeof(std::uint64_t), delay);
  }
  std::uint64_t ignored = 0;
  access(spikes, true, common::host_port::kNextOutput, reinterpret_cast<std::uint8_t*>(&ignored),
         sizeof ignored, delay);
  return packets;
}

std::uint64_t HostDriver::read_register(std::uint64_t address) {
  std::uint64_t value = 0;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  access(config, false, address, reinterpret_cast<std::uint8_t*>(&value), sizeof value, delay);
  wait(delay);
  return value;
}

void HostDriver::write_register(std::uint64_t address, std::uint64_t value) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  access(config, true, address, reinterpret_cast<std::uint8_t*>(&value), sizeof value, delay);
  wait(delay);
}

}  // namespace spikeloom::hw
