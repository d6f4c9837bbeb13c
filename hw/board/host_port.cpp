// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/host_port.h"

#include <cstring>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/sync/has_process.h"
#include "spikeloom/hw/sync/synchronize.h"

namespace spikeloom::hw {
namespace {

constexpr unsigned kWord = arch::kBusWordBytes;

}  // namespace

HostPort::HostPort(const sc_core::sc_module_name& name, const arch::ChipDescription& chip)
    : sc_module(name), stream("stream"), tick("tick"), fabric("fabric"), chip_(chip) {
  stream.register_b_transport(this, &HostPort::b_transport);
  SPIKELOOM_HAS_PROCESS(HostPort);
  SC_METHOD(on_tick);
  sensitive << tick;
  dont_initialize();
}

void HostPort::reset() {
  inputs_.clear();
  current_.clear();
  outputs_.clear();
  next_output_ = 0;
}

void HostPort::on_tick() {
  if (!tick->running()) return;
  current_.clear();
  if (const auto found = inputs_.find(tick->number()); found != inputs_.end()) {
    current_ = std::move(found->second);
    inputs_.erase(found);
  }
  const int parity = static_cast<int>(tick->number() & 1);
  for (Emission& emission : current_) emission.packet = emission.packet.with_parity(parity);
  fabric->inject_from_host(current_);
}

void HostPort::store_outputs(const std::vector<arch::Packet>& outputs) {
  std::vector<std::uint64_t>& words = outputs_.emplace_back();
  words.reserve(outputs.size());
  for (const arch::Packet packet : outputs) words.push_back(packet.bits());
}

void HostPort::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_dmi_allowed(false);
  const unsigned length = payload.get_data_length();
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  } else if (length == 0 || length % kWord != 0 || payload.get_streaming_width() < length) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  } else if (held_) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  } else if (payload.is_write()) {
    synchronize(delay);
    payload.set_response_status(write(payload.get_address(), payload.get_data_ptr(), length));
  } else if (payload.is_read()) {
    synchronize(delay);
    payload.set_response_status(read(payload.get_address(), payload.get_data_ptr(), length));
  } else {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  }
}

tlm::tlm_response_status HostPort::write(std::uint64_t address, const std::uint8_t* data,
                                         unsigned length) {
  if (address == arch::host_port::kNextOutput) {
    if (outputs_.empty()) return tlm::TLM_GENERIC_ERROR_RESPONSE;
    outputs_.pop_front();
    next_output_ = 0;
    return tlm::TLM_OK_RESPONSE;
  }
  if (address != arch::host_port::kData) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  std::vector<Emission> packets;
  for (unsigned at = 0; at < length; at += kWord) {
    std::uint64_t word;
    std::memcpy(&word, data + at, sizeof word);
    const arch::Packet packet(word);
    if (!packet.valid() || packet.addresses_host() || !chip_.can_deliver_to(packet.region())) {
      return tlm::TLM_GENERIC_ERROR_RESPONSE;
    }
    packets.push_back({packet, 0, 0});
  }
  std::vector<Emission>& input = inputs_[tick->committed()];
  input.insert(input.end(), packets.begin(), packets.end());
  return tlm::TLM_OK_RESPONSE;
}

tlm::tlm_response_status HostPort::read(std::uint64_t address, std::uint8_t* data,
                                        unsigned length) {
  const std::size_t left = outputs_.empty() ? 0 : outputs_.front().size() - next_output_;
  if (address == arch::host_port::kOutputCount && length == kWord) {
    const std::uint64_t count = left;
    std::memcpy(data, &count, sizeof count);
    return tlm::TLM_OK_RESPONSE;
  }
  if (address != arch::host_port::kData) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (length / kWord > left) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  std::memcpy(data, &outputs_.front()[next_output_], length);
  next_output_ += length / kWord;
  return tlm::TLM_OK_RESPONSE;
}

}  // namespace spikeloom::hw
