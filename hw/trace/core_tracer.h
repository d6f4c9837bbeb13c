// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// What a core is doing: the values of the signal `state`.
enum class CoreState : std::uint8_t { kIdle, kScan, kRead, kFire };
constexpr std::string_view name(CoreState value) {
  switch (value) {
    case CoreState::kIdle:
      return "idle";
    case CoreState::kScan:
      return "SCAN";
    case CoreState::kRead:
      return "READ";
    case CoreState::kFire:
      return "FIRE";
  }
  return {};
}

/// The signals of one core. The signals of its work are set from the model at the end of a tick.
/// The model knows each cycle then, so tracing costs it no extra work.
class CoreTracer {
 public:
  using Scope = std::vector<std::string>;

  CoreTracer(VcdWriter& writer, const Scope& scope, const arch::ChipDescription& chip, int core,
             const std::set<int>& neurons);

  int core() const { return core_; }
  /// Traces a tick that began at `start_cycle`.
  void trace(const CoreModel& model, std::int64_t start_cycle);

  // Signals that the network's tracer sets.
  VcdWriter::Signal waiting() const { return waiting_; }
  VcdWriter::Signal sent() const { return sent_; }
  VcdWriter::Signal arrived() const { return arrived_; }

 private:
  struct Neuron {
    int number;
    VcdWriter::Signal potential;
    VcdWriter::Signal fired;
  };

  void set(VcdWriter::Signal signal, std::int64_t cycle, std::uint64_t value) {
    writer_.set(signal, clock_.picoseconds(cycle), value);
  }
  void trace_integrate(const CoreModel& model, std::int64_t start);
  void trace_fire(const CoreModel& model, std::int64_t start_cycle);
  void trace_batch(const CoreModel& model, std::size_t begin, std::size_t end, std::int64_t cycle);

  VcdWriter& writer_;
  base::PicosecondClock clock_;
  int core_;
  VcdWriter::Signal state_;
  VcdWriter::Signal axons_;
  VcdWriter::Signal group_;
  VcdWriter::Signal row_;
  VcdWriter::Signal neuron_;
  VcdWriter::Signal spikes_;
  VcdWriter::Signal waiting_;
  VcdWriter::Signal sent_;
  VcdWriter::Signal arrived_;
  std::vector<Neuron> neurons_;  ///< in ascending order
  std::vector<int> rows_;
};

}  // namespace spikeloom::hw
