// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/cosim/core_pins.h"
#include "spikeloom/cosim/verilated_library.h"
#include "spikeloom/hw/core/core_model.h"
#include "testbenches/rtl/core/core_waves.h"
#include "testbenches/rtl/core/random_core.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {

/// The first difference between model and RTL.
struct Mismatch {
  std::int64_t cycle;  ///< of the tick
  std::uint64_t tick;
  std::string signal;
  std::string model;
  std::string rtl;

  std::string text() const;
};

/// What has been compared.
struct Compared {
  std::uint64_t cores = 0;
  std::uint64_t ticks = 0;
  std::uint64_t cycles = 0;
  std::uint64_t packets = 0;   ///< sent
  std::uint64_t received = 0;  ///< packets received
  std::uint64_t axons = 0;     ///< set by them
  std::uint64_t late = 0;      ///< packets that arrived late
  std::uint64_t overrun = 0;   ///< ticks whose work went on in the next one
  std::uint64_t faults = 0;

  Compared& operator+=(const Compared& other);
};

/// A random core in RTL beside its model, cycle by cycle at the pins: its states, the packets that
/// it sends under random back-pressure, the axons that it sets, and after each tick its counters.
/// What the RTL must do in a cycle follows from the model's numbers of a whole tick and
/// docs/timing.md.
class CoreLockstep {
 public:
  /// `seed` decides everything. `waves` may be null.
  CoreLockstep(const arch::ChipDescription& chip,
               std::shared_ptr<const cosim::VerilatedLibrary> library, std::uint64_t seed,
               CoreWaves* waves = nullptr);

  /// Runs `ticks` ticks, or up to a fault. Returns the first difference.
  std::optional<Mismatch> run(int ticks);
  const Compared& compared() const { return compared_; }

 private:
  /// Thrown at the first difference.
  struct Differs {};

  /// A packet that the core has fired. Times count from the start of the first tick, in cycles in
  /// which the core is not held.
  struct Firing {
    arch::Packet packet;
    std::int64_t ready;
    std::uint64_t tick;
  };
  /// A packet on its way to the core.
  struct Incoming {
    arch::Packet packet;
    std::int64_t departure;
    std::int64_t arrival;
    std::int64_t end;   ///< the arrival, or the last write of a list
    std::int64_t free;  ///< first cycle in which the next packet may depart
    bool late;
    std::vector<arch::ExpansionEntry> axons;  ///< that it sets
    std::size_t written = 0;                  ///< of them
  };
  /// Neurons that are updated together.
  struct Batch {
    std::int64_t end;
    std::size_t first;
    std::vector<std::uint64_t> levels;
    std::vector<std::int32_t> potentials;
  };

  /// A packet that the core cannot take, and the fault's code.
  struct BadPacket {
    arch::Packet packet;
    std::uint64_t fault_code;
  };

  void write_both(const RandomCore::Write& write);
  void reset();
  void live_before();
  void load();
  void check_memory();
  void check_refusals();

  void run_tick();
  /// Runs the last cycle before a tick, in which the RTL sees tick_start, and begins the tick.
  void start_tick();
  void begin_in_model();
  /// Chooses the packets that arrive from this tick on.
  void plan_packets();
  void plan(arch::Packet packet, std::int64_t departure);
  /// Whether this cycle may be the last one of the tick.
  bool is_last() const;

  /// Whether axons of a tick of fixed length are left to read at its end: a fault if another
  /// starts.
  bool still_integrates() const;

  /// Runs a cycle; `starts_tick`: the next one is the first of a tick.
  void cycle(bool starts_tick);
  void check_states();
  bool check_packet();
  void check_batch();
  void check_arrivals();
  void check_write(Incoming& incoming);
  void check_next();
  /// Runs a cycle in which the core is held.
  void held_cycle(bool starts_tick);
  /// Compares the counters, if neither has work left.
  void check_counters();
  /// A tick in which the model finds a fault.
  void run_to_fault();
  /// Sends two packets, after which the core has the fault of the first one.
  void receive_bad_packets();
  /// Breaks the tables, and runs a tick that finds it.
  void run_broken_tick();
  BadPacket random_bad_packet();
  /// Waits until no packet is on its way into the core.
  void wait_for_port();
  void receive_bad_packet(const BadPacket& bad, std::uint64_t fault_code);
  std::uint64_t access(arch::CoreRegion region, std::uint64_t offset, bool write,
                       std::uint64_t value);
  void clock();
  void expect(std::string_view signal, std::uint64_t model, std::uint64_t rtl);

  const arch::ChipDescription& chip_;
  test::Random random_;
  hw::CoreModel model_;
  cosim::VerilatedModule module_;
  cosim::CorePins pins_;
  RandomCore core_;
  CoreWaves* waves_;

  std::int64_t link_;
  std::int64_t length_;
  std::int64_t clocks_ = 0;  ///< all cycles since reset
  std::int64_t now_ =
      -1;  ///< cycles in which the core was not held, from the first tick's start on
  std::int64_t start_ = -1;  ///< of the tick
  std::int64_t start_clocks_ = 0;
  std::uint64_t tick_ = UINT64_MAX;  ///< the first one is 0
  std::int64_t idle_cycles_ = 0;     ///< at the end of a tick that a barrier ends
  int ready_percent_ = 100;          ///< of the cycles in which the router takes a packet

  std::deque<Firing> fired_;
  std::int64_t may_send_ = 0;  ///< first cycle in which the next packet may leave
  std::deque<Incoming> planned_;
  std::deque<Incoming> incoming_;  ///< departed, and not at its end
  std::int64_t port_free_ = 0;     ///< after all planned packets
  std::int64_t in_ready_ = 0;      ///< first cycle in which the next packet may depart
  std::deque<Batch> batches_;
  std::vector<arch::Packet> overdue_;  ///< arrive in the next tick
  std::uint64_t late_ = 0;             ///< late packets of this tick
  std::optional<Mismatch> mismatch_;
  Compared compared_;
};

}  // namespace spikeloom::rtl
