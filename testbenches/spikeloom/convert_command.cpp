// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <vector>

#include "common/envelope.h"
#include "converter/onnx_import.h"
#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/network_table.h"

namespace spikeloom::program {
namespace {

int run_convert(const Command& command, const std::vector<std::string>& arguments) {
  namespace options = boost::program_options;
  options::options_description description("options");
  description.add_options()("output,o", options::value<std::string>()->value_name("FILE"),
                            "write the spiking network, for `spikeloom map`");
  options::positional_options_description positional;
  positional.add("model", 1);
  const auto values = parse_arguments(command, description, positional, arguments);
  if (values.count("help") != 0) return 0;
  const converter::SpikingNetwork network =
      converter::convert_onnx(values["model"].as<std::string>());
  if (values.count("output") != 0) {
    common::write_file(values["output"].as<std::string>(), network.encode());
  }
  std::cout << network_table(network);
  return 0;
}

}  // namespace

const Command kConvertCommand = {
    "convert",
    "Convert a quantized ONNX network to a spiking network, spike for spike",
    "spikeloom convert MODEL.onnx [-o FILE]",
    "spikeloom convert configs/networks/lenet-fashion-k1b2.onnx -o lenet.snn",
    &run_convert,
};

}  // namespace spikeloom::program
