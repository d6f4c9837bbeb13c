// SPDX-License-Identifier: Apache-2.0
#include "hw/trace/bus_tracer.h"

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

BusTracer::BusTracer(VcdWriter& writer, const std::vector<std::string>& scope)
    : writer_(writer),
      command_(writer.add_named(scope, "command", {"idle", "READ", "WRITE"})),
      address_(writer.add(scope, "address", kAddressBits)),
      bytes_(writer.add(scope, "bytes", kBytesBits)),
      response_(writer.add_named(scope, "response",
                                 {"none", "ok", "ADDRESS_ERROR", "COMMAND_ERROR", "BURST_ERROR",
                                  "BYTE_ENABLE_ERROR", "GENERIC_ERROR"})) {}

void BusTracer::accessed(const BusAccess& access) {
  const auto set = [this](VcdWriter::Signal signal, std::int64_t time, auto value) {
    writer_.set(signal, time, static_cast<std::uint64_t>(value));
  };
  set(command_, access.start_ps, access.write ? BusCommand::kWrite : BusCommand::kRead);
  set(address_, access.start_ps, access.address);
  set(bytes_, access.start_ps, access.bytes);
  set(response_, access.end_ps, response_of(access.response));
  set(command_, access.end_ps, BusCommand::kIdle);
}

}  // namespace spikeloom::hw
