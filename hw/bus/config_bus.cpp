// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/bus/config_bus.h"

#include "spikeloom/arch/address_map.h"

namespace spikeloom::hw {

ConfigBus::ConfigBus(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
                     BusObserver* observer)
    : sc_module(name),
      host("host"),
      cores("cores", static_cast<std::size_t>(description.grid().cores())),
      board("board"),
      description_(description),
      clock_(description.clock_hz),
      observer_(observer) {
  host.register_b_transport(this, &ConfigBus::b_transport);
  host.register_transport_dbg(this, &ConfigBus::transport_dbg);
}

void ConfigBus::reset() {
  transactions_ = 0;
  bytes_ = 0;
  bytes_written_ = 0;
}

tlm::tlm_response_status ConfigBus::check(const tlm::tlm_generic_payload& payload) const {
  if (!payload.is_read() && !payload.is_write()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  const unsigned length = payload.get_data_length();
  if (length == 0 || length % arch::kBusWordBytes != 0 ||
      length > static_cast<unsigned>(description_.bus.max_burst_bytes) ||
      payload.get_address() % arch::kBusWordBytes != 0 || payload.get_streaming_width() < length) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  return held_ ? tlm::TLM_GENERIC_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
}

ConfigBus::Initiator* ConfigBus::route(std::uint64_t address) {
  const auto decoded = arch::BusAddress::decode(address);
  if (!decoded) return nullptr;
  if (decoded->chip == 0 && decoded->unit == arch::kChipUnit) return &board;
  const auto core = description_.core_at({decoded->chip, decoded->unit});
  if (!core || description_.is_dead(*core)) return nullptr;
  return &cores[static_cast<std::size_t>(*core)];
}

void ConfigBus::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::int64_t start = clock_.cycle(sc_core::sc_time_stamp() + delay);
  if (observer_ != nullptr) {
    observer_->started(
        {payload.is_write(), payload.get_address(), payload.get_data_length(), start});
  }
  const std::int64_t end = access(payload, delay, start);
  if (observer_ != nullptr) observer_->ended(payload.get_response_status(), end);
}

std::int64_t ConfigBus::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                               std::int64_t start_cycle) {
  const tlm::tlm_response_status status = check(payload);
  Initiator* const target = route(payload.get_address());
  payload.set_dmi_allowed(false);
  if (status != tlm::TLM_OK_RESPONSE || target == nullptr) {
    payload.set_response_status(status != tlm::TLM_OK_RESPONSE ? status
                                                               : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return start_cycle;
  }
  const auto length = static_cast<int>(payload.get_data_length());
  const std::int64_t end_cycle =
      start_cycle + description_.bus.latency_cycles +
      (length + description_.bus.bytes_per_cycle - 1) / description_.bus.bytes_per_cycle;
  sc_core::sc_time end_delay = clock_.time(end_cycle) - sc_core::sc_time_stamp();
  const std::uint64_t address = payload.get_address();
  payload.set_address(arch::local_address(address));
  (*target)->b_transport(payload, end_delay);
  payload.set_address(address);
  // Targets refuse an access before they wait.
  if (!payload.is_response_ok()) return start_cycle;
  delay = end_delay;
  ++transactions_;
  bytes_ += payload.get_data_length();
  if (payload.is_write()) bytes_written_ += payload.get_data_length();
  return end_cycle;
}

unsigned ConfigBus::transport_dbg(tlm::tlm_generic_payload& payload) {
  Initiator* const target = route(payload.get_address());
  if (target == nullptr || (!payload.is_read() && !payload.is_write()) ||
      (held_ && payload.is_write()) || payload.get_data_length() == 0 ||
      payload.get_data_length() % arch::kBusWordBytes != 0 ||
      payload.get_address() % arch::kBusWordBytes != 0) {
    return 0;
  }
  const std::uint64_t address = payload.get_address();
  payload.set_address(arch::local_address(address));
  const unsigned count = (*target)->transport_dbg(payload);
  payload.set_address(address);
  return count;
}

}  // namespace spikeloom::hw
