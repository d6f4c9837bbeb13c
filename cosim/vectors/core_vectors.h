// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/cosim/vectors/pin_track.h"
#include "spikeloom/cosim/vectors/vector_recorder.h"

namespace spikeloom::cosim {

/// A word of a core's configuration.
struct ConfigWord {
  std::uint32_t address = 0;  ///< region in bits 31..28, offset in bytes in bits 27..0
  std::uint64_t data = 0;
};

/// A tick in vectors.
struct VectorTick {
  std::uint64_t number = 0;
  bool preload = false;          ///< holds only the packets of the tick before the first one
  std::int64_t first_cycle = 0;  ///< of the vectors: cycle 0 of the tick
  std::int64_t cycles = 0;
  std::int64_t integrate_cycles = 0;
  std::int64_t busy_cycles = 0;
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
};

/// What drives the pins of a core.
enum class CoreInput : std::uint8_t {
  kTickStart,
  kTickParity,
  kTickLate,
  kInValid,
  kInPacket,
  kOutReady,
  kConfigValid,
  kConfigWrite,
  kConfigAddress,  ///< region and offset, as in ConfigWord
  kConfigData,
};
constexpr std::string_view name(CoreInput value) {
  switch (value) {
    case CoreInput::kTickStart:
      return "tick_start";
    case CoreInput::kTickParity:
      return "tick_parity";
    case CoreInput::kTickLate:
      return "tick_late";
    case CoreInput::kInValid:
      return "in_valid";
    case CoreInput::kInPacket:
      return "in_packet";
    case CoreInput::kOutReady:
      return "out_ready";
    case CoreInput::kConfigValid:
      return "config_valid";
    case CoreInput::kConfigWrite:
      return "config_write";
    case CoreInput::kConfigAddress:
      return "config_address";
    case CoreInput::kConfigData:
      return "config_wdata";
  }
  return {};
}

/// What is expected of the pins of a core.
enum class CoreOutput : std::uint8_t {
  kInReady,
  kOutValid,
  kOutPacket,  ///< where out_valid is expected
  kEnabled,
  kIntegrating,
  kBusy,
  kFiring,
  kReceiving,
  kLate,
  kFault,
  kReadValid,  ///< config_rdata is compared
  kReadData,
};
constexpr std::string_view name(CoreOutput value) {
  switch (value) {
    case CoreOutput::kInReady:
      return "in_ready";
    case CoreOutput::kOutValid:
      return "out_valid";
    case CoreOutput::kOutPacket:
      return "out_packet";
    case CoreOutput::kEnabled:
      return "enabled";
    case CoreOutput::kIntegrating:
      return "integrating";
    case CoreOutput::kBusy:
      return "busy";
    case CoreOutput::kFiring:
      return "firing";
    case CoreOutput::kReceiving:
      return "receiving";
    case CoreOutput::kLate:
      return "late";
    case CoreOutput::kFault:
      return "fault";
    case CoreOutput::kReadValid:
      return "config_rvalid";
    case CoreOutput::kReadData:
      return "config_rdata";
  }
  return {};
}

/// The vectors of a core: its pins in each cycle, from the first one after its configuration.
struct CoreVectors {
  CoreVectors();

  std::vector<ConfigWord> configuration;
  PinTrack inputs;    ///< by CoreInput
  PinTrack expected;  ///< by CoreOutput
  std::int64_t cycles = 0;
  std::vector<VectorTick> ticks;
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t words_read = 0;  ///< counters and states
};

/// Returns the vectors of core `number` of a board, from what was recorded of it in the ticks from
/// `from` on; `transactions` load the board. If `from` is not 0, the vectors begin with the packets
/// of the tick before, which the core receives without its neurons, and so with its axons set.
/// Where the core rests between two ticks, its counters are read.
///
/// Throws base::UserError if the core has work left, or packets wait, at the start of tick `from`.
CoreVectors core_vectors(const arch::ChipDescription& chip,
                         const std::vector<arch::Transaction>& transactions, int number,
                         const std::vector<RecordedTick>& ticks, std::uint64_t from);

}  // namespace spikeloom::cosim
