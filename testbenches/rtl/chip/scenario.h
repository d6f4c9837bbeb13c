// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/host/host_driver.h"
#include "testbenches/rtl/chip/lockstep.h"
#include "testbenches/rtl/chip/random_board.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {

/// A host that does with a board all that a host may do, at random: it resets and loads it, reads
/// back, sends packets before and during ticks, commits one or several ticks, waits for the
/// interrupt or polls, reads outputs and counters, tries what is refused, and resets the board
/// while it works.
class Scenario {
 public:
  Scenario(const arch::ChipDescription& chip, Lockstep& lockstep, hw::HostDriver& driver,
           std::uint64_t seed);

  /// Runs to the end, or until the chip stops with a fault. To be called in the driver's thread.
  void run();

 private:
  void load();
  void round();
  void send();
  /// Does something while ticks may run.
  void meddle();
  void refused_access();
  void read_core();
  /// Reads the outputs of all ticks that have ended, sometimes not all of them.
  void read_outputs();
  /// Waits a few cycles, or until a time within a cycle.
  void pause(int cycles);

  tlm::tlm_response_status access(bool config, bool write, std::uint64_t address,
                                  std::vector<std::uint64_t>& words);
  std::uint64_t word(std::uint64_t address);

  const arch::ChipDescription& chip_;
  Lockstep& lockstep_;
  hw::HostDriver& driver_;
  test::Random random_;
  BoardLoad load_;
  std::uint64_t committed_ = 0;
  std::uint64_t read_ = 0;  ///< ticks whose outputs have been read
};

}  // namespace spikeloom::rtl
