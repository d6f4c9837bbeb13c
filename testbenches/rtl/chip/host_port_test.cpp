// SPDX-License-Identifier: Apache-2.0
// What the lockstep of a chip does not reach: FIFOs of the host port that are full, or whose places
// are used many times.
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/registers.h"
#include "spikeloom/cosim/rtl_sources.h"
#include "spikeloom/cosim/verilated_library.h"
#include "testbenches/rtl/rtl_files.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {
namespace {

using Parameters = std::vector<std::pair<std::string, std::int64_t>>;

/// A module of a chip with a clock.
class Clocked {
 public:
  Clocked(const std::string& chip, const std::string& top, int host_packets,
          const Parameters& parameters = {})
      : module_(cosim::VerilatedLibrary::load(source(chip, top, host_packets, parameters))) {}

  void set(const char* pin, std::uint64_t value) { module_.pin(pin).set(value); }
  /// Returns a pin's value in this cycle.
  std::uint64_t get(const char* pin) {
    module_.eval();
    return module_.pin(pin).get();
  }
  /// Ends the cycle.
  void step(const std::vector<const char*>& clocks) {
    for (const std::uint64_t level : {1U, 0U}) {
      module_.eval();
      for (const char* clock : clocks) set(clock, level);
      module_.eval();
    }
  }

 private:
  static cosim::VerilatedSource source(const std::string& chip, const std::string& top,
                                       int host_packets, const Parameters& parameters) {
    cosim::RtlOptions options;
    options.host_packets = host_packets;
    cosim::VerilatedSource source;
    source.files = cosim::rtl_sources(chip_of(chip), options, top);
    source.top = top;
    source.parameters = parameters;
    return replace_modules(std::move(source));
  }

  cosim::VerilatedModule module_;
};

#define SKIP_WITHOUT_VERILATOR()                                                        \
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) { \
    GTEST_SKIP() << reason;                                                             \
  }

TEST(StoredFifo, KeepsWordsInOrder) {
  SKIP_WITHOUT_VERILATOR();
  for (const int depth : {1, 5}) {
    SCOPED_TRACE(depth);
    Clocked fifo("chip_mesh", "stored_fifo", 16, {{"WIDTH", 16}, {"DEPTH", depth}});
    const auto places = static_cast<std::size_t>(depth);
    std::deque<std::uint64_t> kept;
    std::vector<std::uint64_t> held;
    test::Random random(static_cast<std::uint64_t>(depth));
    fifo.set("reset", 1);
    for (const char* pin : {"write", "keep", "undo", "skip", "write_data"}) fifo.set(pin, 0);
    fifo.step({"clock"});
    fifo.set("reset", 0);
    std::uint64_t full = 0;
    for (int cycle = 0; cycle < 20000; ++cycle) {
      const bool ready = kept.size() + held.size() < places;
      full += !ready;
      ASSERT_EQ(fifo.get("ready"), ready) << cycle;
      ASSERT_EQ(fifo.get("valid"), !kept.empty()) << cycle;
      if (!kept.empty()) {
        ASSERT_EQ(fifo.get("data"), kept.front()) << cycle;
      }
      const bool write = ready && random.chance(60);
      const std::uint64_t word = random.bits() & 0xffff;
      const int what = random.between(0, 9);
      const bool keep = what < 4;
      const bool undo = what == 9;
      const int skip = random.chance(15) ? random.between(0, static_cast<int>(kept.size())) : 0;
      fifo.set("write", write);
      fifo.set("write_data", word);
      fifo.set("keep", keep);
      fifo.set("undo", undo);
      fifo.set("skip", static_cast<std::uint64_t>(skip));
      fifo.step({"clock"});
      kept.erase(kept.begin(), kept.begin() + skip);
      if (write) held.push_back(word);
      if (keep) kept.insert(kept.end(), held.begin(), held.end());
      if (keep || undo) held.clear();
    }
    EXPECT_GT(full, 1000U);
  }
}

/// The host port of a chip, with a network that takes all packets at once.
class HostPort {
 public:
  explicit HostPort(int host_packets) : pins_("chip_mesh", "host_port", host_packets) {
    for (const char* pin : {"refuse", "spikes_valid", "spikes_write", "spikes_address",
                            "spikes_words", "spikes_wdata", "running", "tick_end", "restart",
                            "tick_number", "committed", "out_valid", "out_packet"}) {
      pins_.set(pin, 0);
    }
    pins_.set("in_ready", 1);
    pins_.set("reset", 1);
    step();
    pins_.set("reset", 0);
  }

  void set(const char* pin, std::uint64_t value) { pins_.set(pin, value); }
  std::uint64_t get(const char* pin) { return pins_.get(pin); }
  void step() { pins_.step({"clock", "network_clock"}); }

  /// Returns whether the port takes a burst.
  bool write(std::uint64_t address, const std::vector<std::uint64_t>& words) {
    return access(true, address, words);
  }
  /// Returns the words of a burst, or none if it is refused.
  std::vector<std::uint64_t> read(std::uint64_t address, std::size_t count) {
    std::vector<std::uint64_t> words(count);
    if (!access(false, address, words))
      words.clear();
    else
      words = read_;
    return words;
  }
  /// A tick in which `packets` leave the network for the host, without a limit to their rate.
  /// Returns whether it ends with a fault.
  bool tick(const std::vector<std::uint64_t>& packets) {
    set("running", 1);
    for (const std::uint64_t packet : packets) {
      set("out_valid", 1);
      set("out_packet", packet);
      while (get("out_ready") == 0) step();
      step();
      set("out_valid", 0);
    }
    set("tick_end", 1);
    const bool fault = get("fault_next") != 0;
    step();
    set("tick_end", 0);
    set("running", 0);
    set("tick_number", ++ticks_);
    return fault;
  }

 private:
  bool access(bool write, std::uint64_t address, const std::vector<std::uint64_t>& words) {
    set("spikes_valid", 1);
    set("spikes_write", write);
    set("spikes_address", address);
    set("spikes_words", words.size());
    read_.clear();
    bool done = false;
    bool ok = false;
    for (std::size_t i = 0; !done; ++i) {
      if (write) set("spikes_wdata", words.at(i));
      done = get("spikes_done") != 0;
      ok = get("spikes_response") == 1;
      step();
      if (!write) read_.push_back(get("spikes_rdata"));
    }
    set("spikes_valid", 0);
    return ok;
  }

  Clocked pins_;
  std::uint64_t ticks_ = 0;
  std::vector<std::uint64_t> read_;
};

std::uint64_t input(int axon) { return arch::Packet::to_cores({0, 0, 0, 0}, 0, axon).bits(); }
std::uint64_t output(int number, int parity) {
  return arch::Packet::to_host(number).with_parity(parity).bits();
}

TEST(HostPort, RefusesInputsThatItCannotStore) {
  SKIP_WITHOUT_VERILATOR();
  HostPort port(3);
  EXPECT_TRUE(port.write(arch::host_port::kData, {input(0), input(1)}));
  // The first one of these would fit.
  EXPECT_FALSE(port.write(arch::host_port::kData, {input(2), input(3)}));
  EXPECT_TRUE(port.write(arch::host_port::kData, {input(4)}));
  EXPECT_FALSE(port.write(arch::host_port::kData, {input(5)}));
  port.set("committed", 1);
  port.set("running", 1);
  std::vector<std::uint64_t> sent;
  for (int cycle = 0; cycle < 20; ++cycle) {
    if (port.get("in_valid") != 0) sent.push_back(port.get("in_packet"));
    port.step();
  }
  EXPECT_EQ(sent, (std::vector<std::uint64_t>{input(0), input(1), input(4)}));
  EXPECT_TRUE(port.write(arch::host_port::kData, {input(6), input(7), input(8)}));
}

TEST(HostPort, MoreOutputsThanItCanStoreAreAFault) {
  SKIP_WITHOUT_VERILATOR();
  HostPort port(3);
  EXPECT_FALSE(port.tick({output(0, 0), output(1, 0)}));
  EXPECT_FALSE(port.tick({output(2, 1)}));
  EXPECT_EQ(port.read(arch::host_port::kOutputCount, 1), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(port.read(arch::host_port::kData, 2),
            (std::vector<std::uint64_t>{output(0, 0), output(1, 0)}));
  EXPECT_TRUE(port.write(arch::host_port::kNextOutput, {0}));
  EXPECT_FALSE(port.tick({output(3, 0), output(4, 0)}));
  EXPECT_TRUE(port.tick({output(5, 1)}));
  // What was stored before can still be read.
  EXPECT_EQ(port.read(arch::host_port::kData, 1), (std::vector<std::uint64_t>{output(2, 1)}));
}

TEST(HostPort, MoreTicksThanItCanCountAreAFault) {
  SKIP_WITHOUT_VERILATOR();
  HostPort port(3);
  for (int tick = 0; tick < 3; ++tick) EXPECT_FALSE(port.tick({}));
  EXPECT_TRUE(port.tick({}));
  HostPort read(3);
  for (int tick = 0; tick < 20; ++tick) {
    EXPECT_FALSE(read.tick({output(tick, tick % 2)}));
    EXPECT_EQ(read.read(arch::host_port::kData, 1),
              (std::vector<std::uint64_t>{output(tick, tick % 2)}));
    EXPECT_TRUE(read.write(arch::host_port::kNextOutput, {0}));
  }
}

}  // namespace
}  // namespace spikeloom::rtl
