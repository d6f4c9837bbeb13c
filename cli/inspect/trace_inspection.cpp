// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/trace_inspection.h"

#include <map>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/npz.h"

namespace spikeloom::cli {

bool is_archive(const InspectedFile& file) { return file.begins_with("PK\x03\x04"); }

Inspection inspect_trace(const InspectedFile& file) {
  const std::map<std::string, base::NpyArray> arrays = base::read_npz(file.path);
  for (const char* name : {"tick", "core", "neuron", "images"}) {
    if (arrays.count(name) == 0) {
      throw base::UserError(fmt::format(
          "{}: a NumPy archive, but not a spike trace of run --record-spikes: it has no {}",
          file.path, name));
    }
  }
  const std::size_t spikes = arrays.at("tick").size();
  const std::size_t images = arrays.at("images").size();
  base::TextTable table({"array", "type", "shape"}, 2);
  nlohmann::ordered_json described = nlohmann::ordered_json::object();
  for (const auto& [name, array] : arrays) {
    table.add({name, array.type, fmt::format("{}", fmt::join(array.shape, " x "))});
    described[name] = {{"type", array.type}, {"shape", array.shape}};
  }
  Inspection result;
  result.text = fmt::format(
      "spike trace of run --record-spikes: NumPy archive\n\nspikes {}\nimages {}\n\n{}"
      "\nspike i: tick[i], core[i] (-1: input from the host), neuron[i]\n",
      spikes, images, table.text());
  result.json = {{"kind", "spike trace"},
                 {"bytes", file.bytes.size()},
                 {"spikes", spikes},
                 {"images", images},
                 {"arrays", described}};
  return result;
}

}  // namespace spikeloom::cli
