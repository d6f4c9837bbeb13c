// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/scenario.h"

#include <algorithm>
#include <cstring>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/registers.h"

namespace spikeloom::rtl {
namespace {

using arch::ChipRegion;
using arch::CoreRegion;

std::uint64_t control(std::uint64_t offset) {
  return arch::chip_address(ChipRegion::kControl, offset);
}
std::uint64_t status(std::uint64_t offset) {
  return arch::chip_address(ChipRegion::kStatus, offset);
}

}  // namespace

Scenario::Scenario(const arch::ChipDescription& chip, Lockstep& lockstep, hw::HostDriver& driver,
                   std::uint64_t seed)
    : chip_(chip), lockstep_(lockstep), driver_(driver), random_(seed) {}

tlm::tlm_response_status Scenario::access(bool config, bool write, std::uint64_t address,
                                          std::vector<std::uint64_t>& words) {
  tlm::tlm_generic_payload payload;
  payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(words.data()));
  payload.set_data_length(static_cast<unsigned>(words.size() * sizeof words[0]));
  payload.set_streaming_width(payload.get_data_length());
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay;
  if (random_.chance(10)) delay = sc_core::sc_time(random_.between(1, 30000), sc_core::SC_PS);
  (config ? driver_.config : driver_.spikes)->b_transport(payload, delay);
  return payload.get_response_status();
}

std::uint64_t Scenario::word(std::uint64_t address) {
  std::vector<std::uint64_t> words(1);
  access(true, false, address, words);
  return words[0];
}

void Scenario::pause(int cycles) {
  if (random_.chance(20)) {
    sc_core::wait(random_.between(1, 20000), sc_core::SC_PS);
  } else {
    lockstep_.wait_cycles(cycles);
  }
}

void Scenario::load() {
  switch (random_.between(0, 4)) {
    case 0:
      lockstep_.pulse_reset(random_.between(1, 3));
      break;
    case 1: {
      // The register with all those before it, which have no effect then.
      std::vector<std::uint64_t> words = {UINT64_MAX, random_.bits(), random_.bits(), 1};
      access(true, true, control(arch::chip_control::kTicksCommitted), words);
      break;
    }
    default:
      driver_.reset();
      break;
  }
  driver_.write(load_.transactions);
  committed_ = 0;
  read_ = 0;
  hw::BusCost cost;
  if (random_.chance(30)) driver_.read_back(load_.transactions, cost);
  if (random_.chance(10)) read_memory(random_.between(0, chip_.grid().cores() - 1));
  if (random_.chance(80)) {
    std::vector<std::uint64_t> enable = {random_.bits()};
    access(true, true, control(arch::chip_control::kInterruptEnable), enable);
  }
}

void Scenario::send() {
  if (load_.inputs.empty()) return;
  std::vector<std::uint64_t> packets;
  for (int i = random_.between(0, 20); i > 0; --i) {
    const arch::Packet packet = load_.inputs[static_cast<std::size_t>(
        random_.between(0, static_cast<int>(load_.inputs.size()) - 1))];
    packets.push_back(packet.with_level(random_.between(0, load_.input_levels - 1))
                          .with_parity(random_.between(0, 1))
                          .bits());
  }
  if (!packets.empty()) access(false, true, arch::host_port::kData, packets);
}

void Scenario::refused_access() {
  std::vector<std::uint64_t> words(static_cast<std::size_t>(random_.between(1, 3)));
  for (std::uint64_t& word : words) word = random_.bits();
  const int cores = chip_.grid().cores();
  const arch::CoreLocation place = chip_.place(random_.between(0, cores - 1));
  switch (random_.between(0, 11)) {
    case 0:  // beyond the end of a region
      for (const CoreRegion region : {CoreRegion::kCounters, CoreRegion::kGroups,
                                      CoreRegion::kRandom, CoreRegion::kPlusPlane}) {
        const std::uint64_t bytes = arch::region_bytes(chip_.core, region);
        access(true, random_.chance(50),
               arch::core_address(place.unit, region, bytes - 8 * (words.size() - 1), place.chip),
               words);
      }
      break;
    case 1:  // the read-only regions
      for (const CoreRegion region : {CoreRegion::kStatus, CoreRegion::kCounters}) {
        access(true, true, arch::core_address(place.unit, region, 0, place.chip), words);
      }
      break;
    case 2:
      access(true, true, status(arch::chip_status::kTicksDone), words);
      break;
    case 3:  // a core or chip that does not exist
      access(true, false, arch::core_address(chip_.mesh.cores(), CoreRegion::kControl, 0, 0),
             words);
      access(true, false, arch::core_address(0, CoreRegion::kControl, 0, chip_.board.chips()),
             words);
      break;
    case 4:  // a commit of ticks that are committed already, and fewer
      words[0] = committed_ - static_cast<std::uint64_t>(random_.between(0, 1));
      words.resize(1);
      access(true, true, control(arch::chip_control::kTicksCommitted), words);
      break;
    case 5:  // a burst that is too long
      words.resize(static_cast<std::size_t>(chip_.bus.max_burst_bytes / 8 + 1));
      access(true, false, arch::core_address(place.unit, CoreRegion::kPlusPlane, 0, place.chip),
             words);
      break;
    case 6:  // misaligned
      access(true, false, control(4), words);
      break;
    case 7:  // reserved bits, another chip's registers
      access(true, false, std::uint64_t{1} << 56 | control(0), words);
      access(true, false, std::uint64_t{1} << 48 | control(0), words);
      break;
    case 8:  // a region that does not exist
      access(true, false, control(0) | std::uint64_t{5} << 28, words);
      access(true, false,
             arch::core_address(place.unit, CoreRegion::kControl, 0, place.chip) | std::uint64_t{15}
                                                                                       << 28,
             words);
      break;
    case 9:  // packets that cannot be delivered, behind some that can
      words.back() = random_.chance(50) ? arch::Packet::to_host(1).bits()
                                        : arch::Packet::to_cores({0, 0, 127, 0}, 0, 0).bits();
      if (!chip_.multicasts(true) && random_.chance(50)) {
        words.back() = arch::Packet::to_cores({0, 0, 0, 1}, 0, 0).bits();
      }
      for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        words[i] = arch::Packet::to_cores({0, 0, 0, 0}, 0, 0).bits();
      }
      access(false, true, arch::host_port::kData, words);
      break;
    case 10:  // registers of the host port
      access(false, random_.chance(50), static_cast<std::uint64_t>(random_.between(0, 40)), words);
      break;
    default:  // more outputs than there are
      words.resize(5000);
      access(false, false, arch::host_port::kData, words);
      break;
  }
}

void Scenario::meddle() {
  std::vector<std::uint64_t> one(1);
  switch (random_.between(0, 6)) {
    case 0:
      send();
      break;
    case 1:
      one.resize(2);
      access(true, false, status(arch::chip_status::kTicksDone), one);
      break;
    case 2:
      one[0] = random_.bits();
      access(true, true, control(arch::chip_control::kInterruptClear), one);
      break;
    case 3:
      one[0] = random_.bits();
      access(true, true, control(arch::chip_control::kInterruptEnable), one);
      break;
    case 4:
      refused_access();
      break;
    case 5:
      access(false, false, arch::host_port::kOutputCount, one);
      break;
    default:
      one.resize(4);
      access(true, false, control(0), one);
      break;
  }
}

void Scenario::read_core() {
  const arch::CoreLocation place = chip_.place(random_.between(0, chip_.grid().cores() - 1));
  std::vector<std::uint64_t> words(arch::kCoreCounters);
  access(true, false, arch::core_address(place.unit, CoreRegion::kCounters, 0, place.chip), words);
  words.resize(1);
  access(true, false, arch::core_address(place.unit, CoreRegion::kStatus, 0, place.chip), words);
}

void Scenario::read_memory(int core) {
  const arch::CoreLocation place = chip_.place(core);
  const auto longest = static_cast<std::uint64_t>(chip_.bus.max_burst_bytes);
  for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
    const std::uint64_t bytes = arch::region_bytes(chip_.core, info.region);
    for (std::uint64_t at = 0; at < bytes; at += longest) {
      std::vector<std::uint64_t> words(std::min(longest, bytes - at) / 8);
      access(true, false, arch::core_address(place.unit, info.region, at, place.chip), words);
    }
  }
}

void Scenario::read_outputs() {
  const std::uint64_t done = word(status(arch::chip_status::kTicksDone));
  for (; read_ < done && !random_.chance(10); ++read_) {
    std::vector<std::uint64_t> words(1);
    access(false, false, arch::host_port::kOutputCount, words);
    std::uint64_t left = words[0];
    while (left != 0 && !random_.chance(10)) {
      words.resize(static_cast<std::size_t>(
          random_.between(1, static_cast<int>(std::min<std::uint64_t>(left, 50)))));
      access(false, false, arch::host_port::kData, words);
      left -= words.size();
    }
    words.assign(1, 0);
    access(false, true, arch::host_port::kNextOutput, words);
  }
}

void Scenario::round() {
  send();
  const auto ticks = static_cast<std::uint64_t>(random_.between(1, 3));
  committed_ += ticks;
  std::vector<std::uint64_t> words = {committed_};
  // Sometimes with registers that follow; the last one would reset the board.
  if (random_.chance(30)) words.resize(static_cast<std::size_t>(random_.between(2, 4)));
  for (std::size_t i = 1; i < words.size(); ++i) words[i] = random_.bits() & ~std::uint64_t{1};
  access(true, true, control(arch::chip_control::kTicksCommitted), words);
  while (true) {
    if (random_.chance(40)) meddle();
    pause(random_.chance(50) ? random_.between(1, 5) : random_.between(5, 100));
    std::vector<std::uint64_t> seen(2);
    access(true, false, status(arch::chip_status::kTicksDone), seen);
    if ((seen[1] & arch::interrupt::kError) != 0 || seen[0] == committed_) break;
    if (random_.chance(3)) {
      // A reset in the middle.
      load();
      return;
    }
  }
  for (int i = random_.between(0, 4); i > 0; --i) read_core();
  read_outputs();
}

void Scenario::run() {
  const bool mapped = random_.chance(30);
  load_ = mapped ? random_mapped_network(chip_, random_)
                 : random_cores(chip_, random_, random_.between(1, 10));
  load();
  for (int i = random_.between(3, 8); i > 0; --i) {
    round();
    if (random_.chance(20)) refused_access();
    // A packet that no core can take stops the board.
    if (random_.chance(2)) {
      std::vector<std::uint64_t> words = {load_.unknown.bits()};
      access(false, true, arch::host_port::kData, words);
    }
  }
  for (int core = 0; core < chip_.grid().cores(); ++core) read_core();
}

}  // namespace spikeloom::rtl
