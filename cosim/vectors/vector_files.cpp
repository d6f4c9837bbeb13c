// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/vectors/vector_files.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/base/version.h"
#include "spikeloom/cosim/chip_package.h"

namespace spikeloom::cosim {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;  ///< version of the files

/// The text of a package of constants.
class VectorPackage {
 public:
  explicit VectorPackage(const std::string& name)
      : name_(name),
        text_(fmt::format("// SPDX-License-Identifier: Apache-2.0\n"
                          "// Sizes and columns of the vectors.\n"
                          "/* verilator lint_off UNUSED */\npackage {};\n",
                          name)) {}

  void add(const std::string& name, std::int64_t value) {
    text_ += fmt::format("  localparam longint {} = {};\n", name, value);
  }
  /// Adds the number of lines of a file, their bits, and the lowest bit of each column.
  void add(const std::string& prefix, const PinTrack& track, std::size_t lines) {
    add_int(prefix + "_LINES", static_cast<std::int64_t>(lines));
    add_int(prefix + "_BITS", track.bits());
    add_int(prefix + "_CYCLES_LSB", track.lowest_bit(track.pins().size()));
    for (std::size_t i = 0; i < track.pins().size(); ++i) {
      add_int(upper_case(track.pins()[i].name) + "_LSB", track.lowest_bit(i));
    }
  }
  /// Adds a number that sizes are made of.
  void add_int(const std::string& name, std::int64_t value) {
    text_ += fmt::format("  localparam int {} = {};\n", name, value);
  }
  std::string finish() { return text_ + fmt::format("endpackage : {}\n", name_); }

 private:
  std::string name_;
  std::string text_;
};

std::string config_text(const std::vector<ConfigWord>& words) {
  std::string text = "// Configuration of the core.\n// region(4 bits)offset(28 bits)_data\n";
  for (const ConfigWord& word : words)
    text += fmt::format("{:08x}_{:016x}\n", word.address, word.data);
  return text;
}

Json to_json(const VectorTick& tick) {
  return {{"tick", tick.number},
          {"preload", tick.preload},
          {"first_cycle", tick.first_cycle},
          {"cycles", tick.cycles},
          {"integrate_cycles", tick.integrate_cycles},
          {"busy_cycles", tick.busy_cycles},
          {"packets_in", tick.packets_in},
          {"packets_out", tick.packets_out}};
}

Json to_json(const RouterTick& tick) {
  return {{"tick", tick.number},
          {"first_cycle", tick.first_cycle},
          {"cycles", tick.cycles},
          {"packets_in", tick.packets_in},
          {"packets_out", tick.packets_out}};
}

}  // namespace

VectorFiles::VectorFiles(const arch::ChipDescription& chip, Json run) : chip_(chip) {
  description_ = {{"format", kFormat},
                  {"version", base::kVersion},
                  {"run", std::move(run)},
                  {"chip", chip.name},
                  {"files", Json::array()}};
}

void VectorFiles::add_track(const std::string& name, const PinTrack& track,
                            const std::vector<PinTrack::Line>& lines, const std::string& content) {
  files_[name] = track.text(lines, content);
  Json columns = {{{"name", "cycles"},
                   {"bits", PinTrack::kCountBits},
                   {"lowest_bit", track.lowest_bit(track.pins().size())}}};
  for (std::size_t i = 0; i < track.pins().size(); ++i) {
    columns.push_back({{"name", track.pins()[i].name},
                       {"bits", track.pins()[i].bits},
                       {"lowest_bit", track.lowest_bit(i)}});
  }
  description_["files"].push_back({{"name", name},
                                   {"content", content},
                                   {"lines", lines.size()},
                                   {"bits", track.bits()},
                                   {"columns", columns}});
}

void VectorFiles::add(const CoreVectors& vectors, int number) {
  const std::vector<PinTrack::Line> inputs = vectors.inputs.lines(vectors.cycles);
  const std::vector<PinTrack::Line> expected = vectors.expected.lines(vectors.cycles);
  files_["core_config.hex"] = config_text(vectors.configuration);
  description_["files"].push_back({{"name", "core_config.hex"},
                                   {"content", "configuration of the core, in order"},
                                   {"lines", vectors.configuration.size()},
                                   {"bits", 96},
                                   {"columns",
                                    {{{"name", "address"}, {"bits", 32}, {"lowest_bit", 64}},
                                     {{"name", "data"}, {"bits", 64}, {"lowest_bit", 0}}}}});
  add_track("core_inputs.hex", vectors.inputs, inputs, "inputs of the core");
  add_track("core_expected.hex", vectors.expected, expected, "expected outputs of the core");

  VectorPackage package("core_vectors");
  package.add("FIRST_TICK", static_cast<std::int64_t>(vectors.ticks.front().number));
  package.add("TICKS", static_cast<std::int64_t>(vectors.ticks.size()));
  package.add("CYCLES", vectors.cycles);
  package.add_int("CONFIG_WORDS", static_cast<std::int64_t>(vectors.configuration.size()));
  package.add("INPUT", vectors.inputs, inputs.size());
  package.add("EXPECTED", vectors.expected, expected.size());
  files_["core_vectors.sv"] = package.finish();
  packages_.emplace_back("core_vectors.sv");
  testbenches_.emplace_back("core_tb");

  Json ticks = Json::array();
  for (const VectorTick& tick : vectors.ticks) ticks.push_back(to_json(tick));
  const arch::MeshDescription grid = chip_.grid();
  description_["core"] = {{"name", arch::core_name(chip_, number)},
                          {"x", grid.x(number)},
                          {"y", grid.y(number)},
                          {"testbench", "core_tb"},
                          {"cycles", vectors.cycles},
                          {"packets_in", vectors.packets_in},
                          {"packets_out", vectors.packets_out},
                          {"words_read", vectors.words_read},
                          {"ticks", ticks}};
}

void VectorFiles::add(const RouterVectors& vectors, std::uint32_t number) {
  const std::vector<PinTrack::Line> inputs = vectors.inputs.lines(vectors.cycles);
  const std::vector<PinTrack::Line> expected = vectors.expected.lines(vectors.cycles);
  add_track("router_inputs.hex", vectors.inputs, inputs, "inputs of the router");
  add_track("router_expected.hex", vectors.expected, expected, "expected outputs of the router");

  VectorPackage package("router_vectors");
  package.add("FIRST_TICK", static_cast<std::int64_t>(vectors.ticks.front().number));
  package.add("TICKS", static_cast<std::int64_t>(vectors.ticks.size()));
  package.add("CYCLES", vectors.cycles);
  package.add_int("X", vectors.x);
  package.add_int("Y", vectors.y);
  package.add_int("LEVEL", vectors.level);
  package.add_int("LINKS", static_cast<std::int64_t>(vectors.links));
  package.add_int("SOURCES", static_cast<std::int64_t>(vectors.sources));
  package.add("INPUT", vectors.inputs, inputs.size());
  package.add("EXPECTED", vectors.expected, expected.size());
  files_["router_vectors.sv"] = package.finish();
  packages_.emplace_back("router_vectors.sv");
  testbenches_.emplace_back("router_tb");

  Json ticks = Json::array();
  for (const RouterTick& tick : vectors.ticks) ticks.push_back(to_json(tick));
  const arch::RouterPlace place = arch::with_topology(chip_, [number](const auto& topology) {
    return topology.router_place(topology.place(number));
  });
  description_["router"] = {
      {"name", fmt::format("router_{}", fmt::join(arch::coordinates(place), "_"))},
      {"testbench", "router_tb"},
      {"cycles", vectors.cycles},
      {"packets_in", vectors.packets_in},
      {"packets_out", vectors.packets_out},
      {"ticks", ticks}};
}

std::string VectorFiles::readme() const {
  std::string text =
      "# Golden vectors\n\n"
      "Inputs and expected outputs of each cycle, from a cycle-accurate model of the chip. Run in "
      "this\n"
      "directory, in Icarus Verilog or Verilator:\n\n";
  for (const std::string& testbench : testbenches_) {
    text += fmt::format(
        "    iverilog -g2012 -s {0} -f files.f -o {0}.vvp && vvp -n {0}.vvp\n"
        "    verilator --binary --timing --top-module {0} -f files.f && obj_dir/V{0}\n\n",
        testbench);
  }
  return text +
         "The testbench prints PASS, or FAIL with the first cycle and pin that differ, and then "
         "its status is not 0.\n"
         "`vectors.json` describes the files. A line of `_inputs.hex` and `_expected.hex` holds "
         "for as many cycles\n"
         "as its first column says.\n\n"
         "Another design with the same pins takes the place of the module under test: put its "
         "files into `files.f`.\n";
}

Files VectorFiles::files(const Files& rtl, const std::string& file_list) const {
  Files result = rtl;
  for (const auto& [name, text] : files_) result[name] = text;
  std::string list;
  for (const std::string& package : packages_) list += package + "\n";
  result[file_list] = list + rtl.at(file_list);
  Json description = description_;
  description["chip_description"] = arch::to_json(chip_);
  result["vectors.json"] = base::json_text(description, 2) + "\n";
  result["README.md"] = readme();
  return result;
}

}  // namespace spikeloom::cosim
