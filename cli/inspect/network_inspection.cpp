// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/network_inspection.h"

#include <fmt/format.h>

#include "cli/terminal/network_table.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::cli {
namespace {

/// Returns the body with each list of numbers replaced by its length.
nlohmann::ordered_json without_bytes(const nlohmann::json& value) {
  if (value.is_binary()) return {{"bytes", value.get_binary().size()}};
  if (!value.is_structured()) return value;
  nlohmann::ordered_json result =
      value.is_array() ? nlohmann::ordered_json::array() : nlohmann::ordered_json::object();
  for (const auto& item : value.items()) {
    if (value.is_array()) {
      result.push_back(without_bytes(item.value()));
    } else {
      result[item.key()] = without_bytes(item.value());
    }
  }
  return result;
}

}  // namespace

Inspection inspect_network(const InspectedFile& file) {
  const converter::SpikingNetwork network =
      converter::SpikingNetwork::decode(file.bytes, file.path);
  const base::Envelope envelope = base::decode_envelope(file.bytes, file.path);
  Inspection result;
  result.text = fmt::format("spiking network, version {}, {} bytes\n\n", envelope.version,
                            file.bytes.size()) +
                network_table(network);
  result.json = {{"kind", "spiking network"},
                 {"version", envelope.version},
                 {"bytes", file.bytes.size()},
                 {"body", without_bytes(envelope.body)}};
  return result;
}

}  // namespace spikeloom::cli
