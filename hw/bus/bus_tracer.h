// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/bus/bus_observer.h"
#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// What the bus is doing: the values of the signal `command`.
enum class BusCommand : std::uint8_t { kIdle, kRead, kWrite };
constexpr std::string_view name(BusCommand value) {
  switch (value) {
    case BusCommand::kIdle:
      return "idle";
    case BusCommand::kRead:
      return "READ";
    case BusCommand::kWrite:
      return "WRITE";
  }
  return {};
}

/// How the last access ended: the values of the signal `response`.
enum class BusResponse : std::uint8_t {
  kNone,
  kOk,
  kAddressError,
  kCommandError,
  kBurstError,
  kByteEnableError,
  kGenericError
};
constexpr std::string_view name(BusResponse value) {
  switch (value) {
    case BusResponse::kNone:
      return "none";
    case BusResponse::kOk:
      return "ok";
    case BusResponse::kAddressError:
      return "ADDRESS_ERROR";
    case BusResponse::kCommandError:
      return "COMMAND_ERROR";
    case BusResponse::kBurstError:
      return "BURST_ERROR";
    case BusResponse::kByteEnableError:
      return "BYTE_ENABLE_ERROR";
    case BusResponse::kGenericError:
      return "GENERIC_ERROR";
  }
  return {};
}

/// Traces the configuration bus.
class BusTracer : public BusObserver {
 public:
  BusTracer(VcdWriter& writer, const std::vector<std::string>& scope,
            const base::PicosecondClock& clock);

  void started(const BusAccess& access) override;
  void ended(tlm::tlm_response_status response, std::int64_t cycle) override;

 private:
  template <class T>
  void set(VcdWriter::Signal signal, std::int64_t cycle, T value) {
    writer_.set(signal, clock_.picoseconds(cycle), static_cast<std::uint64_t>(value));
  }

  VcdWriter& writer_;
  base::PicosecondClock clock_;
  VcdWriter::Signal command_;
  VcdWriter::Signal address_;
  VcdWriter::Signal bytes_;
  VcdWriter::Signal response_;
};

}  // namespace spikeloom::hw
