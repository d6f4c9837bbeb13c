// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/inspect/network_inspection.h"
#include "cli/inspect/network_survey.h"
#include "cli/terminal/network_table.h"
#include "spikeloom/base/enum_names.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/converter/onnx_import.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

CommandLine convert_line() {
  CommandLine line{{}, {{"model", "MODEL.onnx"}}};
  line.options.add_options()("output,o", options::value<std::string>()->value_name("FILE"),
                             "write the spiking network, for `spikeloom map`")(
      "first-layer", options::value<std::string>()->default_value("auto")->value_name("WHERE"),
      "who computes the first layer behind a quantized image: auto, host or chip")(
      "scores", options::value<std::string>()->default_value("")->value_name("NAME"),
      "output of the graph that holds the class scores, if it has several")(
      "survey", options::bool_switch(),
      "MODEL is a folder: try all models below it, and count the reasons of refusals");
  add_output_options(line.options);
  return line;
}

int run_convert(const options::variables_map& values) {
  converter::ImportOptions import;
  const std::string first_layer = values["first-layer"].as<std::string>();
  const auto found = base::value_named<converter::FirstLayer>(first_layer);
  if (!found) {
    throw base::UserError(fmt::format("--first-layer: got {}, allowed {}", first_layer,
                                      fmt::join(base::all_names<converter::FirstLayer>(), ", ")));
  }
  import.first_layer = *found;
  import.output = values["scores"].as<std::string>();
  if (values["survey"].as<bool>()) {
    const Inspection survey =
        survey_networks(values["model"].as<std::string>(), import, progress_sink(values));
    print_result(values, survey.text, [&] { return survey.json; });
    return 0;
  }
  const converter::Conversion conversion =
      converter::import_onnx(values["model"].as<std::string>(), import);
  const converter::SpikingNetwork& network = conversion.network;
  const InspectedFile file{network.name, network.encode()};
  if (values.count("output") != 0) {
    base::write_file(values["output"].as<std::string>(), file.bytes);
  }
  std::string text = network_table(network);
  for (const std::string& note : conversion.notes) text += "note: " + note + "\n";
  print_result(values, text, [&] { return inspect_network(file).json; });
  return 0;
}

}  // namespace

const Command kConvertCommand = {
    "convert",    "Convert a quantized ONNX network to a spiking network, spike for spike",
    "",           "spikeloom convert configs/networks/lenet-fashion-k1b2.onnx -o lenet.snn",
    convert_line, run_convert,
};

}  // namespace spikeloom::cli
