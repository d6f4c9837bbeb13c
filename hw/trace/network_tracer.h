// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/trace/core_tracer.h"
#include "spikeloom/hw/trace/router_list.h"
#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// The signals of routers and of the host port, and those of cores that depend on the network.
class NetworkTracer : public NetworkObserver {
 public:
  using Scope = std::vector<std::string>;

  NetworkTracer(VcdWriter& writer, const arch::ChipDescription& chip, const RouterList& routers);

  // Declarations.
  void add_host(const Scope& scope);
  void add_router(const Scope& scope, std::uint32_t router);
  void add_core(const CoreTracer& core);
  void add_tick(VcdWriter::Signal number, VcdWriter::Signal running);

  const std::vector<bool>& observed() const override { return observed_; }
  void tick_started(std::uint64_t number, std::int64_t start_cycle) override;
  void host_sends(std::size_t packets) override;
  void entered(std::uint32_t router, unsigned input, arch::Packet packet,
               std::int64_t cycle) override;
  void queued(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void left(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void departed(const Departure& departure) override;

 private:
  /// Signals of a router port. Signals that are not shown are VcdWriter::kNone.
  struct Port {
    VcdWriter::Signal fill = VcdWriter::kNone;
    VcdWriter::Signal busy = VcdWriter::kNone;
    VcdWriter::Signal packet = VcdWriter::kNone;
    // Signals of the core or the host at this port.
    VcdWriter::Signal waiting = VcdWriter::kNone;
    VcdWriter::Signal sent = VcdWriter::kNone;
    VcdWriter::Signal arrived = VcdWriter::kNone;
    VcdWriter::Signal received = VcdWriter::kNone;
  };
  Port& port(std::uint32_t router, unsigned number) {
    return ports_[router * routers_.inputs + number];
  }
  void set(VcdWriter::Signal signal, std::int64_t cycle, std::uint64_t value);
  void add(VcdWriter::Signal signal, std::int64_t cycle, std::int64_t difference);

  VcdWriter& writer_;
  const RouterList& routers_;
  base::PicosecondClock clock_;
  std::uint64_t fifo_depth_;
  std::int64_t start_cycle_ = 0;
  std::vector<Port> ports_;
  std::vector<bool> observed_;
  VcdWriter::Signal tick_ = VcdWriter::kNone;
  VcdWriter::Signal running_ = VcdWriter::kNone;
};

}  // namespace spikeloom::hw
