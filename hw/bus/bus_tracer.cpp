// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/bus/bus_tracer.h"

namespace spikeloom::hw {
namespace {

constexpr unsigned kAddressBits = 64;
constexpr unsigned kBytesBits = 32;

BusResponse response_of(tlm::tlm_response_status status) {
  switch (status) {
    case tlm::TLM_OK_RESPONSE:
      return BusResponse::kOk;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return BusResponse::kAddressError;
    case tlm::TLM_COMMAND_ERROR_RESPONSE:
      return BusResponse::kCommandError;
    case tlm::TLM_BURST_ERROR_RESPONSE:
      return BusResponse::kBurstError;
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return BusResponse::kByteEnableError;
    default:
      return BusResponse::kGenericError;
  }
}

}  // namespace

BusTracer::BusTracer(VcdWriter& writer, const std::vector<std::string>& scope,
                     const base::PicosecondClock& clock)
    : writer_(writer),
      clock_(clock),
      command_(writer.add_named<BusCommand>(scope, "command")),
      address_(writer.add(scope, "address", kAddressBits)),
      bytes_(writer.add(scope, "bytes", kBytesBits)),
      response_(writer.add_named<BusResponse>(scope, "response")) {}

void BusTracer::started(const BusAccess& access) {
  set(command_, access.start_cycle, access.write ? BusCommand::kWrite : BusCommand::kRead);
  set(address_, access.start_cycle, access.address);
  set(bytes_, access.start_cycle, access.bytes);
}

void BusTracer::ended(tlm::tlm_response_status response, std::int64_t cycle) {
  set(response_, cycle, response_of(response));
  set(command_, cycle, BusCommand::kIdle);
}

}  // namespace spikeloom::hw
