// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/command_line/run_options.h"
#include "spikeloom/base/error.h"
#include "spikeloom/sim/run/run_vectors.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

CommandLine vectors_line() {
  CommandLine line{{}, {{"run", "RUN.yaml"}}};
  line.options.add_options()("core", options::value<std::string>()->value_name("X,Y"),
                             "the core at this place of the board")(
      "router", options::value<std::string>()->value_name("X,Y"),
      "the router of that core; in a quadtree, LEVEL,X,Y")(
      "from", options::value<std::string>()->value_name("TICK"),
      "first tick, counted from reset (default: the one in which the core receives the run's first "
      "image, or in which that enters)")("to", options::value<std::string>()->value_name("TICK"),
                                         "last tick (default: the one after the first)")(
      "output,o", options::value<std::string>()->required()->value_name("DIR"),
      "directory to write, new or empty");
  add_image_options(line.options);
  add_run_options(line.options);
  add_output_options(line.options);
  return line;
}

std::string line_of_part(const std::string& name, const nlohmann::ordered_json& part) {
  const nlohmann::ordered_json& ticks = part["ticks"];
  return fmt::format("{}: ticks {}..{}, {} cycles, packets: {} in, {} out\n", name,
                     ticks.front()["tick"].get<std::uint64_t>(),
                     ticks.back()["tick"].get<std::uint64_t>(), part["cycles"].get<std::int64_t>(),
                     part["packets_in"].get<std::uint64_t>(),
                     part["packets_out"].get<std::uint64_t>());
}

std::string summary(const nlohmann::ordered_json& written, const std::string& directory) {
  std::string text;
  for (const char* part : {"core", "router"}) {
    if (written.contains(part)) {
      text += line_of_part(written[part]["name"].get<std::string>(), written[part]);
    }
  }
  return text + fmt::format("vectors in {}\n", directory);
}

int run_vectors(const options::variables_map& values) {
  const sim::RunRequest request = run_request(values);
  sim::VectorRequest vectors;
  vectors.core = optional_text(values, "core");
  vectors.router = optional_text(values, "router");
  vectors.from = optional_text(values, "from");
  vectors.to = optional_text(values, "to");
  vectors.directory = values["output"].as<std::string>();
  const nlohmann::ordered_json written =
      sim::write_vectors(request, vectors, progress_sink(values));
  print_result(values, summary(written, vectors.directory), [&] { return written; });
  return 0;
}

}  // namespace

const Command kVectorsCommand = {
    "vectors",
    "Write golden vectors of a core or router for RTL, with a testbench that checks itself",
    "",
    "spikeloom vectors configs/runs/lenet-fashion.yaml --core 3,4 -o vectors\n"
    "cd vectors && iverilog -g2012 -s core_tb -f files.f && vvp a.out",
    vectors_line,
    run_vectors,
};

}  // namespace spikeloom::cli
