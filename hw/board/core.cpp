// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/core.h"

#include <utility>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/sync/synchronize.h"

namespace spikeloom::hw {
namespace {

/// Whether ticks change the region, or writing it has a side effect.
bool is_register(int region) {
  const auto which = static_cast<arch::CoreRegion>(region);
  return which == arch::CoreRegion::kControl || which == arch::CoreRegion::kStatus ||
         which == arch::CoreRegion::kCounters;
}

}  // namespace

Core::Core(const sc_core::sc_module_name& name, int number, std::unique_ptr<CoreIf> core,
           std::function<void()> enabled)
    : sc_module(name),
      registers("registers"),
      tick("tick"),
      fabric("fabric"),
      number_(number),
      core_(std::move(core)),
      enabled_(std::move(enabled)) {
  registers.register_b_transport(this, &Core::b_transport);
  registers.register_transport_dbg(this, &Core::transport_dbg);
}

void Core::begin_tick() {
  const auto parity = static_cast<int>(tick->number() & 1);
  fabric->core_begins(number_, core_->begin_tick(parity, tick->length()));
}

AccessResult Core::access(tlm::tlm_generic_payload& payload, sc_core::sc_time* delay) {
  const auto address = arch::BusAddress::decode(payload.get_address());
  if (!address) return AccessResult::kUnmapped;
  const AccessResult result =
      core_->check(address->region, address->offset, payload.get_data_length(), payload.is_write());
  if (result != AccessResult::kOk) return result;
  if (delay != nullptr && (is_register(address->region) || tick->committed() != tick->number())) {
    synchronize(*delay);
  }
  const bool was_enabled = core_->enabled();
  const AccessResult done = core_->access(address->region, address->offset, payload.get_data_ptr(),
                                          payload.get_data_length(), payload.is_write());
  if (core_->enabled() && !was_enabled) enabled_();
  return done;
}

void Core::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  switch (access(payload, &delay)) {
    case AccessResult::kOk:
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
      return;
    case AccessResult::kUnmapped:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    case AccessResult::kReadOnly:
      payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
      return;
  }
}

unsigned Core::transport_dbg(tlm::tlm_generic_payload& payload) {
  return access(payload, nullptr) == AccessResult::kOk ? payload.get_data_length() : 0;
}

}  // namespace spikeloom::hw
