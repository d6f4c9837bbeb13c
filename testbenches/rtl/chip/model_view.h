// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <vector>

#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/board/board_tracer.h"
#include "testbenches/rtl/chip/rtl_board.h"

namespace spikeloom::rtl {

/// What is late in a tick.
struct LateCounts {
  std::vector<std::uint64_t> cores;
  std::uint64_t host = 0;

  bool operator==(const LateCounts& other) const {
    return cores == other.cores && host == other.host;
  }
};

/// Follows a model of a board, so that its state in each cycle can be asked for.
class ModelView : public hw::NetworkObserver {
 public:
  /// `next` also observes the network, and `tracer` the ticks, unless they are null.
  ModelView(const arch::ChipDescription& chip, hw::NetworkObserver* next, hw::BoardTracer* tracer);

  /// Registers the callbacks of the board.
  void follow(hw::Board& board);

  /// Returns what the RTL should show in `cycle`. To be called once for each cycle, in order, after
  /// all of the model's activity at the cycle's beginning.
  ChipView view(std::int64_t cycle);
  /// Returns what was late in each tick that has ended since the last call.
  std::vector<LateCounts> take_late();
  /// Returns whether no work is left from the last tick.
  bool drained() const;
  /// Returns the number of ticks that have ended.
  std::uint64_t ticks() const { return ticks_; }

  const std::vector<bool>& observed() const override { return observed_; }
  void tick_started(std::uint64_t number, std::int64_t start_cycle) override;
  void host_sends(std::size_t packets) override;
  void entered(std::uint32_t router, unsigned input, arch::Packet packet,
               std::int64_t cycle) override;
  void queued(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void left(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void departed(const hw::Departure& departure) override;

 private:
  void tick_done(const hw::TickReport& report);
  void reset(std::int64_t cycle);

  unsigned ports_;
  std::vector<bool> observed_;
  hw::NetworkObserver* next_;
  hw::BoardTracer* tracer_;
  hw::Board* board_ = nullptr;
  std::uint64_t ticks_ = 0;

  bool running_ = false;
  bool first_cycle_ = false;  ///< of the tick
  std::uint64_t number_ = 0;
  std::int64_t start_ = 0;
  std::vector<std::int64_t> busy_until_;  ///< [core]: 0 if it does not take part
  bool unfinished_ = false;               ///< a core has not finished the last tick
  std::map<std::int64_t, std::bitset<kMaxDepartures>> departures_;  ///< by cycle
  std::vector<LateCounts> late_;
};

}  // namespace spikeloom::rtl
