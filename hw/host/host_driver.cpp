// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/host/host_driver.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/sync/has_process.h"

namespace spikeloom::hw {

namespace registers = arch::chip_control;

namespace {

/// A script is ordinary code with arrays and deep calls, for which the kernel's default stack is
/// small.
constexpr std::size_t kStackBytes = std::size_t{8} << 20;

/// Waits for the end of memory accesses. For accesses to registers, the bus itself has waited.
void catch_up(const sc_core::sc_time& delay) {
  if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
}

}  // namespace

std::string ConfigMismatch::text(const arch::ChipDescription& chip) const {
  const std::string holds = fmt::format("address {:#018x} ({}) holds {:#018x}", address,
                                        arch::describe_address(chip, address), found);
  return written ? fmt::format("{}; {:#018x} was written", holds, expected)
                 : holds + "; nothing was written there";
}

HostDriver::HostDriver(const sc_core::sc_module_name& name, std::function<void(HostDriver&)> script)
    : sc_module(name),
      config("config"),
      spikes("spikes"),
      interrupt("interrupt"),
      script_(std::move(script)),
      interrupt_line_("interrupt_line") {
  SPIKELOOM_HAS_PROCESS(HostDriver);
  SC_THREAD(run);
  set_stack_size(kStackBytes);
}

void HostDriver::connect(Board& board) { connect(board, board.config, board.spikes); }

void HostDriver::connect(Board& board, tlm::tlm_target_socket<>& to_config,
                         tlm::tlm_target_socket<>& to_spikes) {
  clock_.emplace(board.description().clock_hz);
  config.bind(to_config);
  spikes.bind(to_spikes);
  interrupt(interrupt_line_);
  board.interrupt(interrupt_line_);
}

void HostDriver::run() {
  try {
    script_(*this);
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // belongs to the kernel
  } catch (...) {
    failure_ = std::current_exception();
  }
  finished_ = true;
  finished_event_.notify(sc_core::SC_ZERO_TIME);
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
    throw std::logic_error(fmt::format("{} of {} bytes at {:#018x} failed: {}",
                                       write ? "write" : "read", length, address,
                                       payload.get_response_string()));
  }
}

void HostDriver::reset() {
  write_register(arch::chip_address(arch::ChipRegion::kControl, registers::kReset), 1);
  committed_ = 0;
  interrupts_enabled_ = false;
}

std::int64_t HostDriver::cycle(const sc_core::sc_time& delay) const {
  return clock_->cycle(sc_core::sc_time_stamp() + delay);
}

BusCost HostDriver::load(const std::vector<arch::Transaction>& transactions) {
  reset();
  return write(transactions);
}

BusCost HostDriver::write(const std::vector<arch::Transaction>& transactions) {
  BusCost cost;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const std::int64_t start = cycle(delay);
  for (const arch::Transaction& transaction : transactions) {
    // A write does not change its data, but the payload of TLM requires a pointer to non-const.
    access(config, true, transaction.address, const_cast<std::uint8_t*>(transaction.data.data()),
           transaction.data.size(), delay);
    ++cost.transactions;
    cost.bytes += transaction.data.size();
  }
  cost.cycles = cycle(delay) - start;
  catch_up(delay);
  return cost;
}

std::optional<ConfigMismatch> HostDriver::read_back(
    const std::vector<arch::Transaction>& transactions, BusCost& cost) {
  std::optional<ConfigMismatch> mismatch;
  std::vector<std::uint8_t> found;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const std::int64_t start = cycle(delay);
  for (const arch::Transaction& transaction : transactions) {
    found.resize(transaction.data.size());
    access(config, false, transaction.address, found.data(), found.size(), delay);
    ++cost.transactions;
    cost.bytes += found.size();
    const auto differs = std::mismatch(found.begin(), found.end(), transaction.data.begin()).first;
    if (differs == found.end()) continue;
    const auto at = static_cast<std::size_t>(differs - found.begin()) / arch::kBusWordBytes *
                    arch::kBusWordBytes;
    mismatch.emplace();
    mismatch->address = transaction.address + at;
    std::memcpy(&mismatch->found, &found[at], sizeof mismatch->found);
    std::memcpy(&mismatch->expected, &transaction.data[at], sizeof mismatch->expected);
    break;
  }
  cost.cycles += cycle(delay) - start;
  catch_up(delay);
  return mismatch;
}

std::optional<ConfigMismatch> HostDriver::verify(const arch::ChipDescription& chip,
                                                 const std::vector<arch::Transaction>& transactions,
                                                 BusCost& cost) {
  std::optional<ConfigMismatch> mismatch = read_back(transactions, cost);
  if (mismatch) return mismatch;
  Written written;
  for (const arch::Transaction& transaction : transactions) {
    written.emplace(transaction.address, transaction.data.size());
  }
  for (int core = 0; core < chip.grid().cores() && !mismatch; ++core) {
    if (chip.is_dead(core)) continue;
    const arch::CoreLocation place = chip.place(core);
    for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
      const std::uint64_t bytes = arch::region_bytes(chip.core, info.region);
      if (!info.writable || bytes == 0 || mismatch) continue;
      mismatch = find_unwritten(arch::core_address(place.unit, info.region, 0, place.chip), bytes,
                                written);
    }
  }
  return mismatch;
}

std::optional<ConfigMismatch> HostDriver::find_unwritten(std::uint64_t address, std::uint64_t bytes,
                                                         const Written& written) {
  std::vector<std::uint8_t> found = peek(address, bytes);
  for (auto next = written.lower_bound(address); next != written.lower_bound(address + bytes);
       ++next) {
    std::memset(&found[next->first - address], 0, next->second);
  }
  const auto stray = std::find_if(found.begin(), found.end(), [](auto byte) { return byte != 0; });
  if (stray == found.end()) return std::nullopt;
  const auto at =
      static_cast<std::size_t>(stray - found.begin()) / arch::kBusWordBytes * arch::kBusWordBytes;
  ConfigMismatch mismatch{address + at, 0, 0, false};
  std::memcpy(&mismatch.found, &found[at], sizeof mismatch.found);
  return mismatch;
}

std::vector<std::uint8_t> HostDriver::peek(std::uint64_t address, std::uint64_t bytes) {
  std::vector<std::uint8_t> data(bytes);
  debug_access(false, address, data);
  return data;
}

void HostDriver::poke(std::uint64_t address, std::vector<std::uint8_t> data) {
  debug_access(true, address, data);
}

void HostDriver::debug_access(bool write, std::uint64_t address, std::vector<std::uint8_t>& data) {
  tlm::tlm_generic_payload payload;
  payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(data.data());
  payload.set_data_length(static_cast<unsigned>(data.size()));
  payload.set_streaming_width(static_cast<unsigned>(data.size()));
  if (config->transport_dbg(payload) != data.size()) {
    throw std::logic_error(fmt::format("debug {} of {} bytes at {:#018x} was refused",
                                       write ? "write" : "read", data.size(), address));
  }
}

void HostDriver::send(const std::vector<std::uint64_t>& packets) {
  if (packets.empty()) return;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  access(spikes, true, arch::host_port::kData,
         reinterpret_cast<std::uint8_t*>(const_cast<std::uint64_t*>(packets.data())),
         packets.size() * sizeof(std::uint64_t), delay);
}

void HostDriver::commit(std::uint64_t ticks) {
  committed_ += ticks;
  write_register(arch::chip_address(arch::ChipRegion::kControl, registers::kTicksCommitted),
                 committed_);
}

bool HostDriver::wait_until_done(std::uint64_t ticks) {
  const std::uint64_t done =
      arch::chip_address(arch::ChipRegion::kStatus, arch::chip_status::kTicksDone);
  const std::uint64_t pending =
      arch::chip_address(arch::ChipRegion::kStatus, arch::chip_status::kInterruptStatus);
  if (!interrupts_enabled_) {
    write_register(arch::chip_address(arch::ChipRegion::kControl, registers::kInterruptEnable),
                   arch::interrupt::kAll);
    interrupts_enabled_ = true;
  }
  while (true) {
    if ((read_register(pending) & arch::interrupt::kError) != 0) return false;
    if (read_register(done) >= ticks) return true;
    if (!interrupt.read()) wait(interrupt.posedge_event());
    write_register(arch::chip_address(arch::ChipRegion::kControl, registers::kInterruptClear),
                   arch::interrupt::kTickDone);
  }
}

std::vector<std::uint64_t> HostDriver::receive() {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  std::uint64_t count = 0;
  access(spikes, false, arch::host_port::kOutputCount, reinterpret_cast<std::uint8_t*>(&count),
         sizeof count, delay);
  std::vector<std::uint64_t> packets(count);
  if (count != 0) {
    access(spikes, false, arch::host_port::kData, reinterpret_cast<std::uint8_t*>(packets.data()),
           count * sizeof(std::uint64_t), delay);
  }
  std::uint64_t ignored = 0;
  access(spikes, true, arch::host_port::kNextOutput, reinterpret_cast<std::uint8_t*>(&ignored),
         sizeof ignored, delay);
  return packets;
}

std::uint64_t HostDriver::read_register(std::uint64_t address) {
  std::uint64_t value = 0;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  access(config, false, address, reinterpret_cast<std::uint8_t*>(&value), sizeof value, delay);
  catch_up(delay);
  return value;
}

void HostDriver::write_register(std::uint64_t address, std::uint64_t value) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  access(config, true, address, reinterpret_cast<std::uint8_t*>(&value), sizeof value, delay);
  catch_up(delay);
}

}  // namespace spikeloom::hw
