// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/cosim/verilated_library.h"
#include "spikeloom/hw/core/core_if.h"

namespace spikeloom::cosim {

/// Returns what VerilatedLibrary builds for the cores of a chip. Throws base::UserError if there is
/// no RTL of them.
VerilatedSource rtl_core_source(const arch::ChipDescription& chip);

/// A core in RTL: the Verilated module `core`, clocked by the calls of the fabric. Its cycles,
/// packets, events and results are those of the RTL; it works cycle by cycle, for Timing::kCycle
/// only.
///
/// The clock edge that ends a cycle comes as late as possible: the network works through a cycle
/// after the cores, and a packet that leaves its router then is at the pins of the core in the same
/// cycle. Between ticks, and while a core without work waits for packets, its clock stands still.
///
/// A core that has not finished at the end of a tick of fixed length runs ahead to know what is
/// left, returns to its state, and does that work again in the next tick.
class RtlCore final : public hw::CoreIf {
 public:
  /// `library` is that of rtl_core_source(chip). Both must outlive the core.
  RtlCore(const arch::ChipDescription& chip, int core,
          std::shared_ptr<const VerilatedLibrary> library);
  ~RtlCore() override;

  hw::AccessResult access(int region, std::uint64_t offset, std::uint8_t* data,
                          std::uint64_t length, bool write) override;
  hw::AccessResult check(int region, std::uint64_t offset, std::uint64_t length,
                         bool write) const override;
  void reset() override;
  bool enabled() const override;

  bool follows_link() const override { return true; }
  void depart(arch::Packet packet, std::int64_t arrival) override;
  void receive(arch::Packet /*packet*/, std::int64_t /*cycle*/) override {}  // it follows the link
  std::int64_t port_cycles(arch::Packet packet) override;

  std::int64_t begin_tick(int parity, std::int64_t length) override;
  std::int64_t run(std::int64_t limit) override;
  const std::vector<hw::Emission>& emissions() const override;

  std::int64_t busy_cycles() const override;
  std::int64_t integrate_cycles() const override;
  std::uint64_t late_spikes() const override;
  const std::string& fault() const override;

  void set_categories(std::vector<std::uint16_t> groups,
                      std::vector<std::uint16_t> neurons) override;
  void add_events(std::vector<hw::EventCounts>& categories, hw::EventCounts& all) const override;
  const std::vector<std::uint64_t>& fired() const override;
  int dendrites() const override;

 private:
  class Twin;

  std::unique_ptr<Twin> twin_;
};

/// Returns a factory of cores for a board: RtlCores for the numbers in `cores`, with `library` as
/// in RtlCore, and CoreModels for the others.
hw::CoreFactory mixed_cores(std::set<int> cores, std::shared_ptr<const VerilatedLibrary> library);

}  // namespace spikeloom::cosim
