// SPDX-License-Identifier: Apache-2.0
// Configuration files, beside the project's own, which they may name.
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/explore/sweep/sweep_file.h"
#include "spikeloom/explore/validation/validation_file.h"
#include "spikeloom/hw/energy/energy_description.h"
#include "spikeloom/sim/inputs/run_config.h"
#include "testbenches/fuzz/scratch.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

namespace fs = std::filesystem;

/// Settings of run files are comments of this form, since they come from the command line.
constexpr std::string_view kSetting = "#--set ";

/// Returns the path of the input as a file in a folder beside those of configs/.
std::string config_file(base::ByteView input) {
  static const bool kMade = [] {
    const fs::path folder(scratch_folder());
    fs::create_directory(folder / "fuzz");
    for (const char* kind : {"chips", "energy", "networks", "runs", "sweeps", "validation"}) {
      fs::create_directory_symlink(fs::path(SPIKELOOM_SOURCE_DIR) / "configs" / kind,
                                   folder / kind);
    }
    return true;
  }();
  static_cast<void>(kMade);
  return write_scratch("fuzz/input.yaml", input);
}

std::vector<std::string> settings_of(base::ByteView input) {
  std::vector<std::string> settings;
  const std::string text = text_of(input);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (text.compare(begin, kSetting.size(), kSetting) == 0) {
      settings.push_back(text.substr(begin + kSetting.size(), end - begin - kSetting.size()));
    }
    begin = end + 1;
  }
  return settings;
}

}  // namespace

void read_chip_file(base::ByteView input) { arch::load_chip(config_file(input)); }

void read_energy_file(base::ByteView input) { hw::load_energy(config_file(input)); }

void read_run_file(base::ByteView input) { sim::load_run(config_file(input), settings_of(input)); }

void read_sweep_file(base::ByteView input) { explore::load_sweep(config_file(input)); }

void read_validation_file(base::ByteView input) { explore::load_validation(config_file(input)); }

}  // namespace spikeloom::fuzz
