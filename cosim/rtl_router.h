// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/cosim/verilated_library.h"
#include "spikeloom/hw/network/router_if.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::cosim {

/// Returns what VerilatedLibrary builds for the routers of a board.
VerilatedSource rtl_router_source(const arch::ChipDescription& chip);

/// A router in RTL: the Verilated module `router`. While the router is empty its clock stands
/// still, but for the cycles in which anything in it changes.
class RtlRouter final : public hw::RouterIf {
 public:
  /// `library` is that of rtl_router_source(chip).
  RtlRouter(const arch::ChipDescription& chip, std::uint32_t router,
            std::shared_ptr<const VerilatedLibrary> library);
  ~RtlRouter() override;

  void restart() override;
  void arrive(unsigned input, std::uint64_t wire, std::uint32_t cycle) override;
  void free(unsigned output, unsigned channel, std::uint32_t cycle) override;
  void offer(unsigned input, arch::Packet packet) override;
  const hw::RouterStep& step(std::uint32_t cycle, unsigned ready) override;

 private:
  /// A packet at an input.
  struct Arrival {
    unsigned input;
    std::uint64_t wire;
    std::uint32_t cycle;
  };
  /// A place that is freed at the end of a link.
  struct Freed {
    unsigned number;  ///< output * channels + channel
    std::uint32_t cycle;
  };
  struct Pins;

  template <class Topology>
  void connect(const Topology& topology, std::uint32_t router);
  /// Takes it through all cycles before `cycle`.
  void catch_up(std::uint32_t cycle);
  /// Ends cycle `next_`: a rising edge of the clock.
  void end_cycle();
  void read_copies(unsigned departing);

  VerilatedModule module_;
  std::unique_ptr<Pins> pins_;
  unsigned ports_ = 0;
  unsigned channels_ = 1;
  std::uint32_t settling_;       ///< cycles after which an empty router changes no more
  std::uint32_t next_ = 0;       ///< cycle that ends with the next edge
  bool in_cycle_ = false;        ///< the packets of that cycle are at the pins
  bool fresh_ = false;           ///< nothing has happened since `restart`
  std::vector<Arrival> offers_;  ///< for the next step
  std::vector<Arrival> arrivals_;
  std::deque<Freed> freed_;  ///< by cycle
  hw::RouterStep step_;
};

/// Returns a factory of networks: the routers with the numbers in `routers` are RtlRouters, with
/// `library` as there, and all else is hw::RouterNetwork.
hw::NetworkFactory mixed_network(std::set<std::uint32_t> routers,
                                 std::shared_ptr<const VerilatedLibrary> library);

}  // namespace spikeloom::cosim
