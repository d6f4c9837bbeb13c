// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/profile_file.h"

#include <filesystem>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {

arch::SpikeProfile make_profile(const converter::SpikingNetwork& network,
                                const RangeResult& result) {
  arch::SpikeProfile profile;
  const NetworkName name = NetworkName::of(network);
  profile.network = name.name;
  profile.network_crc = name.checksum;
  profile.images = result.images.size();
  profile.layers.push_back({network.encoder.name, result.spikes[kInputCategory]});
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    profile.layers.push_back({network.layers[l].name, result.spikes[layer_category(l)]});
  }
  return profile;
}

arch::SpikeProfile load_profile(const std::string& directory,
                                const converter::SpikingNetwork& network) {
  const std::filesystem::path path = std::filesystem::path(directory) / kProfileFile;
  if (!std::filesystem::exists(path)) {
    throw base::UserError(fmt::format(
        "{}: contains no {}; --profile needs the results of a `spikeloom run` of the same network",
        directory, kProfileFile));
  }
  arch::SpikeProfile profile =
      arch::SpikeProfile::decode(base::read_file(path.string()), path.string());
  NetworkName{profile.network, profile.network_crc}.check(path.string(), "was measured", network);
  return profile;
}

}  // namespace spikeloom::sim
