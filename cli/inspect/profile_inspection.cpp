// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/profile_inspection.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "spikeloom/arch/spike_profile.h"

namespace spikeloom::cli {

Inspection inspect_profile(const InspectedFile& file) {
  const arch::SpikeProfile profile = arch::SpikeProfile::decode(file.bytes, file.path);
  Inspection result;
  result.text = fmt::format(
      "spike profile, version {}, {} bytes\n\nnetwork {} (checksum {:08x}), {} images\n\n",
      arch::SpikeProfile::kVersion, file.bytes.size(), profile.network, profile.network_crc,
      profile.images);
  result.json = {{"kind", "spike profile"},
                 {"version", arch::SpikeProfile::kVersion},
                 {"bytes", file.bytes.size()},
                 {"network", profile.network},
                 {"network_crc", profile.network_crc},
                 {"images", profile.images},
                 {"layers", nlohmann::ordered_json::array()}};
  base::TextTable table({"layer", "neurons", "silent", "spikes", "an image"});
  for (const arch::ProfiledLayer& layer : profile.layers) {
    const auto spikes = std::accumulate(layer.spikes.begin(), layer.spikes.end(), std::uint64_t{0});
    const auto silent = std::count(layer.spikes.begin(), layer.spikes.end(), 0U);
    table.add(
        {layer.name, fmt::format("{}", layer.spikes.size()), fmt::format("{}", silent),
         fmt::format("{}", spikes),
         fmt::format("{:.1f}", static_cast<double>(spikes) / static_cast<double>(profile.images))});
    result.json["layers"].push_back({{"name", layer.name}, {"spikes", layer.spikes}});
  }
  result.text += table.text();
  return result;
}

}  // namespace spikeloom::cli
