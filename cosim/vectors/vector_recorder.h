// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/trace/router_list.h"

namespace spikeloom::cosim {

/// Something that a NetworkObserver has seen, in cycles of the tick.
struct NetworkEvent {
  enum class Kind : std::uint8_t { kEntered, kQueued, kLeft, kDeparted };
  Kind kind = Kind::kQueued;
  std::uint32_t router = 0;
  unsigned port = 0;    ///< an input, or the output of kDeparted
  arch::Packet packet;  ///< of kEntered and kDeparted
  std::int64_t cycle = 0;
  std::int64_t arrival = 0;  ///< of kDeparted
  std::int64_t free = 0;     ///< of kDeparted
  std::uint64_t wire = 0;    ///< of kDeparted
};

/// The work of a core in a tick, in cycles of the tick.
struct CoreWork {
  bool enabled = false;
  std::int64_t start = 0;      ///< of the first SCAN
  std::int64_t integrate = 0;  ///< end of INTEGRATE
  std::int64_t busy = 0;       ///< end of FIRE
  std::vector<hw::Emission> emissions;
};

/// The end of a tick.
struct TickEnd {
  std::uint64_t number = 0;
  std::int64_t start_cycle = 0;
  std::int64_t cycles = 0;
  bool packets_late = false;  ///< packets are left that have not arrived
};

/// What was recorded of a tick.
struct RecordedTick {
  TickEnd end;
  std::vector<NetworkEvent> events;  ///< in the order in which the network worked
  CoreWork core;                     ///< of the recorded core
};

/// What to record.
struct VectorScope {
  std::optional<int> core;              ///< by number on the board
  std::optional<std::uint32_t> router;  ///< by number
  std::uint64_t from = 0;               ///< first tick
  std::uint64_t to = 0;                 ///< last tick
};

/// Records what a core and a router of the model do, and what they see of the network, from the
/// tick before `from` to `to`. The board that it observes has CoreModels and cycle timing.
class VectorRecorder : public hw::NetworkObserver {
 public:
  VectorRecorder(const arch::ChipDescription& chip, const VectorScope& scope);

  const VectorScope& scope() const { return scope_; }
  /// Returns the recorded ticks in ascending order.
  const std::vector<RecordedTick>& ticks() const { return ticks_; }

  /// Must be called at the end of each tick with the cores of the board.
  void tick_done(const TickEnd& end, const std::vector<hw::CoreIf*>& cores);

  const std::vector<bool>& observed() const override { return observed_; }
  void tick_started(std::uint64_t number, std::int64_t start_cycle) override;
  void host_sends(std::size_t packets) override;
  void entered(std::uint32_t router, unsigned input, arch::Packet packet,
               std::int64_t cycle) override;
  void queued(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void left(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void departed(const hw::Departure& departure) override;

 private:
  VectorScope scope_;
  std::vector<bool> observed_;
  std::vector<RecordedTick> ticks_;
  bool recording_ = false;
};

}  // namespace spikeloom::cosim
