// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/network_file.h"

#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/converter/onnx_import.h"
#include "spikeloom/sim/inputs/data_folders.h"

namespace spikeloom::sim {

converter::SpikingNetwork load_network(const std::string& path) {
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  if (!base::has_envelope(bytes)) return converter::convert_onnx(path);
  return converter::SpikingNetwork::decode(bytes, path);
}

std::string find_network(const std::string& name, const std::string& path,
                         const std::string& run_path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::path(name).has_parent_path() || fs::exists(path, ignored)) return path;
  std::vector<fs::path> places = data_folders();
  places.push_back(shared_folder(run_path));
  std::vector<std::string> tried;
  for (const fs::path& place : places) {
    const std::string found = (place / "networks" / name).string();
    if (fs::exists(found, ignored)) return found;
    tried.push_back(found);
  }
  throw base::UserError(
      fmt::format("{}: cannot be read; nor is the network in {}; scripts/get-network --list shows "
                  "those that it fetches",
                  path, fmt::join(tried, ", ")));
}

NetworkName NetworkName::of(const converter::SpikingNetwork& network) {
  return {network.name, base::checksum(network.encode())};
}

void NetworkName::check(const std::string& path, const char* made,
                        const converter::SpikingNetwork& used) const {
  const NetworkName wanted = of(used);
  if (checksum == wanted.checksum) return;
  throw base::UserError(
      fmt::format("{}: {} on another network: {} (checksum {:08x}), not {} (checksum {:08x})", path,
                  made, name, checksum, wanted.name, wanted.checksum));
}

}  // namespace spikeloom::sim
