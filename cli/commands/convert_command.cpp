// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/inspect/network_inspection.h"
#include "cli/terminal/network_table.h"
#include "spikeloom/base/file.h"
#include "spikeloom/converter/onnx_import.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

CommandLine line() {
  CommandLine line{{}, {{"model", "MODEL.onnx"}}};
  line.options.add_options()("output,o", options::value<std::string>()->value_name("FILE"),
                             "write the spiking network, for `spikeloom map`");
  add_output_options(line.options);
  return line;
}

int run(const options::variables_map& values) {
  const converter::SpikingNetwork network =
      converter::convert_onnx(values["model"].as<std::string>());
  const InspectedFile file{network.name, network.encode()};
  if (values.count("output") != 0) {
    base::write_file(values["output"].as<std::string>(), file.bytes);
  }
  print_result(values, network_table(network), [&] { return inspect_network(file).json; });
  return 0;
}

}  // namespace

const Command kConvertCommand = {
    "convert", "Convert a quantized ONNX network to a spiking network, spike for spike",
    "",        "spikeloom convert configs/networks/lenet-fashion-k1b2.onnx -o lenet.snn",
    line,      run,
};

}  // namespace spikeloom::cli
