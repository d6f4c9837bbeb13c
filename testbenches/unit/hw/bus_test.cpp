// SPDX-License-Identifier: Apache-2.0
// Tests the configuration bus of a chip: which accesses it grants and refuses, and how long they
// take.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using arch::BusAddress;
using arch::ChipRegion;
using arch::CoreRegion;
using test::Access;
using test::Host;

hw::Board* g_chip = nullptr;
Host* g_host = nullptr;

arch::ChipDescription bus_chip() {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = 100e6;  // 10 ns
  chip.bus = {16, 4, 256};
  return chip;
}

Access write_of(std::uint64_t address, std::size_t bytes, std::uint8_t fill = 0xaa) {
  return {tlm::TLM_WRITE_COMMAND, address, std::vector<std::uint8_t>(bytes, fill), false,
          UINT32_MAX};
}

Access read_of(std::uint64_t address, std::size_t bytes) {
  return {tlm::TLM_READ_COMMAND, address, std::vector<std::uint8_t>(bytes, 0x55), false,
          UINT32_MAX};
}

sc_core::sc_time cycles(int count) { return sc_core::sc_time(10.0 * count, sc_core::SC_NS); }

/// Returns the whole memory of a core, read through the debug interface.
std::vector<std::uint8_t> content(int core) {
  std::vector<std::uint8_t> all;
  for (const auto& info : arch::kCoreRegions) {
    const auto bytes = arch::region_bytes(g_chip->description().core, info.region);
    if (bytes == 0) continue;
    Access access = read_of(arch::core_address(core, info.region, 0), bytes);
    EXPECT_EQ(g_host->debug(g_host->config, access), bytes) << name(info.region);
    all.insert(all.end(), access.data.begin(), access.data.end());
  }
  return all;
}

TEST(Bus, SingleAndBurstWritesReadBack) {
  for (const int core : {0, 5}) {
    for (const auto& info : arch::kCoreRegions) {
      if (!info.writable || info.region == CoreRegion::kControl) continue;
      for (const std::size_t bytes : {8U, 64U, 256U}) {
        const std::uint64_t size = arch::region_bytes(g_chip->description().core, info.region);
        if (size < bytes) continue;
        for (const std::uint64_t offset : {std::uint64_t{0}, size - bytes}) {
          SCOPED_TRACE(testing::Message() << name(info.region) << " " << offset << " " << bytes);
          Access write = write_of(arch::core_address(core, info.region, offset), bytes);
          for (std::size_t i = 0; i < bytes; ++i) {
            write.data[i] = static_cast<std::uint8_t>(7 * i + bytes + static_cast<unsigned>(core));
          }
          const std::vector<std::uint8_t> sent = write.data;
          EXPECT_EQ(g_host->transport(g_host->config, write).status, tlm::TLM_OK_RESPONSE);
          EXPECT_EQ(write.data, sent);
          Access read = read_of(write.address, bytes);
          EXPECT_EQ(g_host->transport(g_host->config, read).status, tlm::TLM_OK_RESPONSE);
          EXPECT_EQ(read.data, sent);
          Access debug = read_of(write.address, bytes);
          EXPECT_EQ(g_host->debug(g_host->config, debug), bytes);
          EXPECT_EQ(debug.data, sent);
        }
      }
    }
  }
}

TEST(Bus, CoresAreApart) {
  const auto before = content(2);
  Access write = write_of(arch::core_address(1, CoreRegion::kThresholds, 0), 256, 0x3c);
  EXPECT_EQ(g_host->transport(g_host->config, write).status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(content(2), before);
}

TEST(Bus, DelaysAreLatencyAndDataCycles) {
  // docs/timing.md, "Configuration bus": 4 + ceil(bytes / 16) cycles.
  const std::uint64_t address = arch::core_address(0, CoreRegion::kRoutes, 0);
  for (const auto& [bytes, expected] :
       std::vector<std::pair<std::size_t, int>>{{8, 5}, {16, 5}, {24, 6}, {256, 20}}) {
    Access write = write_of(address, bytes);
    EXPECT_EQ(g_host->transport(g_host->config, write).delay, cycles(expected));
    Access read = read_of(address, bytes);
    // The access waits for the next clock cycle.
    const sc_core::sc_time ahead(7, sc_core::SC_NS);
    EXPECT_EQ(g_host->transport(g_host->config, read, ahead).delay, cycles(1 + expected));
    EXPECT_EQ(g_host->transport(g_host->config, read, cycles(2)).delay, cycles(2 + expected));
  }
}

TEST(Bus, CountsWhatItGrants) {
  const hw::ConfigBus& bus = g_chip->bus();
  const std::uint64_t transactions = bus.transactions();
  const std::uint64_t bytes = bus.bytes();
  const std::uint64_t written = bus.bytes_written();
  Access write = write_of(arch::core_address(0, CoreRegion::kRoutes, 0), 64);
  Access read = read_of(arch::core_address(0, CoreRegion::kRoutes, 0), 24);
  g_host->transport(g_host->config, write);
  g_host->transport(g_host->config, read);
  g_host->debug(g_host->config, read);
  EXPECT_EQ(bus.transactions(), transactions + 2);
  EXPECT_EQ(bus.bytes(), bytes + 88);
  EXPECT_EQ(bus.bytes_written(), written + 64);
}

TEST(Bus, MemoryIsAccessedAhead) {
  const sc_core::sc_time before = sc_core::sc_time_stamp();
  Access write = write_of(arch::core_address(0, CoreRegion::kRoutes, 0), 256);
  g_host->transport(g_host->config, write, cycles(1000));
  EXPECT_EQ(sc_core::sc_time_stamp(), before);
}

TEST(Bus, RegistersAreAccessedInTime) {
  const std::vector<std::uint64_t> registers = {
      arch::chip_address(ChipRegion::kControl, arch::chip_control::kInterruptEnable),
      arch::chip_address(ChipRegion::kStatus, arch::chip_status::kTicksDone),
      arch::core_address(0, CoreRegion::kControl, arch::core_control::kGroups),
      arch::core_address(0, CoreRegion::kStatus, arch::core_status::kState),
      arch::core_address(0, CoreRegion::kCounters, 0)};
  for (const std::uint64_t address : registers) {
    for (const int ahead : {0, 1000}) {
      SCOPED_TRACE(testing::Message() << std::hex << address << " " << ahead);
      const sc_core::sc_time before = sc_core::sc_time_stamp();
      Access read = read_of(address, 8);
      const test::Answer answer = g_host->transport(g_host->config, read, cycles(ahead));
      EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
      EXPECT_EQ(answer.delay, sc_core::SC_ZERO_TIME);
      EXPECT_EQ(sc_core::sc_time_stamp(), before + cycles(ahead + 5));
    }
  }
}

struct Refused {
  std::string what;
  Access access;
  tlm::tlm_response_status status;
};

std::vector<Refused> refused_accesses() {
  const auto at = [](int core, CoreRegion region, std::uint64_t offset) {
    return arch::core_address(core, region, offset);
  };
  const std::uint64_t routes = at(0, CoreRegion::kRoutes, 0);
  const std::uint64_t routes_bytes =
      arch::region_bytes(g_chip->description().core, CoreRegion::kRoutes);
  const int cores = g_chip->description().mesh.cores();
  std::vector<Refused> list;
  const auto add = [&](const std::string& what, const Access& access,
                       tlm::tlm_response_status status) {
    const Refused refused{what, access, status};
    list.push_back(refused);
  };
  for (const bool is_write : {false, true}) {
    const std::string kind = is_write ? "write " : "read ";
    const auto access = [&](std::uint64_t address, std::size_t bytes) {
      return is_write ? write_of(address, bytes) : read_of(address, bytes);
    };
    using namespace tlm;
    add(kind + "a core that is not there", access(at(cores, CoreRegion::kRoutes, 0), 8),
        TLM_ADDRESS_ERROR_RESPONSE);
    add(kind + "the last unit before the chip's", access(at(0xfffe, CoreRegion::kRoutes, 0), 8),
        TLM_ADDRESS_ERROR_RESPONSE);
    add(kind + "another chip", access(BusAddress{1, 0, 9, 0}.encode(), 8),
        TLM_ADDRESS_ERROR_RESPONSE);
    for (const int region : {10, 15}) {
      add(kind + "an unmapped region", access(BusAddress{0, 0, region, 0}.encode(), 8),
          TLM_ADDRESS_ERROR_RESPONSE);
    }
    for (const int region : {2, 15}) {
      add(kind + "an unmapped region of the chip",
          access(BusAddress{0, arch::kChipUnit, region, 0}.encode(), 8),
          TLM_ADDRESS_ERROR_RESPONSE);
    }
    for (const int bit : {56, 60, 63}) {
      add(kind + "reserved bits", access(routes | std::uint64_t{1} << bit, 8),
          TLM_ADDRESS_ERROR_RESPONSE);
    }
    add(kind + "behind a region", access(routes + routes_bytes, 8), TLM_ADDRESS_ERROR_RESPONSE);
    add(kind + "across a region's end", access(routes + routes_bytes - 8, 16),
        TLM_ADDRESS_ERROR_RESPONSE);
    add(kind + "far behind a region", access(routes + 0x0ffffff8, 8), TLM_ADDRESS_ERROR_RESPONSE);
    add(kind + "behind the chip's control",
        access(arch::chip_address(ChipRegion::kControl, 0x20), 8), TLM_ADDRESS_ERROR_RESPONSE);
    add(kind + "across the chip's control's end",
        access(arch::chip_address(ChipRegion::kControl, 0x18), 16), TLM_ADDRESS_ERROR_RESPONSE);
    for (const unsigned offset : {1U, 4U, 7U}) {
      add(kind + "misaligned", access(routes + offset, 8), TLM_BURST_ERROR_RESPONSE);
    }
    for (const std::size_t bytes : {0U, 1U, 7U, 12U, 264U, 1024U}) {
      add(kind + "of " + std::to_string(bytes) + " bytes", access(routes, bytes),
          TLM_BURST_ERROR_RESPONSE);
    }
    Access narrow = access(routes, 16);
    narrow.streaming_width = 8;
    add(kind + "streaming", narrow, TLM_BURST_ERROR_RESPONSE);
    Access masked = access(routes, 16);
    masked.byte_enables = true;
    add(kind + "with byte enables", masked, TLM_BYTE_ENABLE_ERROR_RESPONSE);
  }
  add("ignore", {tlm::TLM_IGNORE_COMMAND, routes, std::vector<std::uint8_t>(8), false, UINT32_MAX},
      tlm::TLM_COMMAND_ERROR_RESPONSE);
  for (const CoreRegion region : {CoreRegion::kStatus, CoreRegion::kCounters}) {
    add("write what is read only", write_of(at(0, region, 0), 8), tlm::TLM_COMMAND_ERROR_RESPONSE);
  }
  add("write the chip's status", write_of(arch::chip_address(ChipRegion::kStatus, 0), 8),
      tlm::TLM_COMMAND_ERROR_RESPONSE);
  return list;
}

TEST(Bus, RefusedAccessesChangeNothing) {
  // Content that a refused access must not change.
  Access fill = write_of(arch::core_address(0, CoreRegion::kRoutes, 0), 256, 0x77);
  ASSERT_EQ(g_host->transport(g_host->config, fill).status, tlm::TLM_OK_RESPONSE);
  const auto before = content(0);
  const std::uint64_t transactions = g_chip->bus().transactions();
  for (Refused& refused : refused_accesses()) {
    SCOPED_TRACE(refused.what);
    const std::vector<std::uint8_t> data = refused.access.data;
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    const test::Answer answer = g_host->transport(g_host->config, refused.access, cycles(3));
    EXPECT_EQ(answer.status, refused.status);
    EXPECT_EQ(answer.delay, cycles(3));
    EXPECT_EQ(sc_core::sc_time_stamp(), start);
    EXPECT_EQ(refused.access.data, data);
  }
  EXPECT_EQ(content(0), before);
  EXPECT_EQ(g_chip->bus().transactions(), transactions);
  EXPECT_EQ(g_host->read(arch::chip_address(ChipRegion::kControl, 0)), 0U);
}

TEST(Bus, RefusedDebugAccesses) {
  const std::uint64_t routes = arch::core_address(0, CoreRegion::kRoutes, 0);
  const auto before = content(0);
  for (Access access : {read_of(routes + 4, 8), read_of(routes, 12), read_of(routes, 0),
                        read_of(routes | std::uint64_t{1} << 60, 8),
                        read_of(arch::core_address(6, CoreRegion::kRoutes, 0), 8),
                        read_of(BusAddress{0, 0, 12, 0}.encode(), 8),
                        write_of(arch::core_address(0, CoreRegion::kCounters, 0), 8),
                        write_of(arch::chip_address(ChipRegion::kControl, 0), 8),
                        Access{tlm::TLM_IGNORE_COMMAND, routes, std::vector<std::uint8_t>(8, 0x11),
                               false, UINT32_MAX}}) {
    const std::vector<std::uint8_t> data = access.data;
    EXPECT_EQ(g_host->debug(g_host->config, access), 0U) << access.address;
    EXPECT_EQ(access.data, data);
  }
  EXPECT_EQ(content(0), before);
}

TEST(Bus, DebugReadsTheChipsRegisters) {
  Access access = read_of(arch::chip_address(ChipRegion::kStatus, 0), 16);
  EXPECT_EQ(g_host->debug(g_host->config, access), 16U);
  EXPECT_EQ(Host::word(access.data), 0U);
}

TEST(Bus, DirectMemoryIsRefused) {
  for (Host::Socket* socket : {&g_host->config, &g_host->spikes}) {
    tlm::tlm_generic_payload payload;
    payload.set_read();
    payload.set_address(arch::core_address(0, CoreRegion::kRoutes, 0));
    tlm::tlm_dmi dmi;
    EXPECT_FALSE((*socket)->get_direct_mem_ptr(payload, dmi));
    EXPECT_FALSE(payload.is_dmi_allowed());
  }
}

TEST(Clock, CyclesAndTimesAgreeAtEveryFrequency) {
  for (const double frequency : {1e3, 32768.0, 252e6, 1e9, 2.3e9, 3e9, 5.7e9, 7e10, 1e11}) {
    const hw::CycleClock clock(frequency);
    for (std::int64_t cycle = 0; cycle < 2000; ++cycle) {
      for (const std::int64_t base : {std::int64_t{0}, std::int64_t{1000000}}) {
        ASSERT_EQ(clock.cycle(clock.time(base + cycle)), base + cycle) << frequency;
      }
    }
    const sc_core::sc_time within = clock.time(10) + (clock.time(11) - clock.time(10)) * 0.5;
    EXPECT_EQ(clock.cycle(within), 11) << frequency;
  }
  // 633 cycles take exactly a million picoseconds, at any time.
  const base::PicosecondClock clock(633e6);
  for (const std::int64_t millions :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{8999999999999}}) {
    for (std::int64_t cycle = 0; cycle < 633; ++cycle) {
      const std::int64_t begin = millions * 1000000 + (cycle * 2000000 + 633) / (2 * 633);
      ASSERT_EQ(clock.picoseconds(millions * 633 + cycle), begin);
      ASSERT_EQ(clock.cycle(static_cast<std::uint64_t>(begin)), millions * 633 + cycle);
      ASSERT_EQ(clock.cycle(static_cast<std::uint64_t>(begin + 1)), millions * 633 + cycle + 1);
    }
  }
  // Half picoseconds are rounded up.
  EXPECT_EQ(base::PicosecondClock(16e9).picoseconds(3), 188);
  EXPECT_EQ(base::PicosecondClock(1e3).last_cycle(), 9223372036);
  EXPECT_EQ(base::PicosecondClock(1e3).picoseconds(9223372036), 9223372036000000000);
  EXPECT_EQ(base::PicosecondClock(1e3).picoseconds(9223372037), INT64_MAX);
  EXPECT_EQ(hw::CycleClock(1e3).time(9223372037).value(), 9223372037000000000U);
  // One cycle is not a whole number of picoseconds, but a million cycles are exact as well.
  EXPECT_EQ(hw::CycleClock(252e6).time(252000000), sc_core::sc_time(1, sc_core::SC_SEC));
  EXPECT_EQ(hw::CycleClock(252e6).time(1), sc_core::sc_time(3968, sc_core::SC_PS));
}

}  // namespace

int sc_main(int, char*[]) {
  hw::Board chip("chip", bus_chip(), hw::Timing::kCycle, 1);
  Host host("host", chip);
  test::TestThread tests("tests");
  g_chip = &chip;
  g_host = &host;
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
