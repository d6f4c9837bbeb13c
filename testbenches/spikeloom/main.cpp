// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <exception>
#include <iostream>

#include <fmt/format.h>
#include <systemc>

#include "common/error.h"
#include "common/version.h"
#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/workers.h"

namespace spikeloom::program {
namespace {

constexpr std::array kCommands = {&kConvertCommand, &kMapCommand,      &kVerifyCommand,
                                  &kInspectCommand, &kRunCommand,      &kReplayCommand,
                                  &kDiffCommand,    &kValidateCommand, &kRegistersCommand};

void print_help(std::ostream& out) {
  out << "usage: spikeloom COMMAND ...\n\n"
         "A cycle-accurate model of a reconfigurable neuromorphic chip, and the tools that put a\n"
         "quantized network on it without loss.\n\n";
  for (const Command* command : kCommands) {
    out << fmt::format("  {:<11}{}\n", command->name, command->summary);
  }
  out << "\nexample, from a trained network to figures:\n"
         "  spikeloom convert configs/networks/lenet-fashion-k1b2.onnx -o lenet.snn\n"
         "  spikeloom map lenet.snn --chip configs/chips/reference.yaml -o lenet.deployment\n"
         "  spikeloom verify lenet.deployment lenet.snn\n"
         "  spikeloom inspect lenet.deployment\n"
         "  spikeloom run configs/runs/lenet-fashion.yaml --set deployment=lenet.deployment\n"
         "\nspikeloom COMMAND --help explains a command; spikeloom --version prints the version.\n";
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    print_help(std::cerr);
    return common::kUserErrorStatus;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h") {
    print_help(std::cout);
    return 0;
  }
  if (arguments[0] == "--version") {
    std::cout << "spikeloom " << common::kVersion << "\n";
    return 0;
  }
  for (const Command* command : kCommands) {
    if (arguments[0] != command->name) continue;
    return command->run(*command, {arguments.begin() + 1, arguments.end()});
  }
  throw common::UserError(
      fmt::format("spikeloom: no command {}: spikeloom --help lists them", arguments[0]));
}

}  // namespace
}  // namespace spikeloom::program

/// SystemC's library wants it; a simulation is elaborated by the worker process that runs it.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) {
  try {
    return spikeloom::program::run({argv + 1, argv + argc});
  } catch (const spikeloom::common::UserError& error) {
    std::cerr << error.what() << "\n";
    return spikeloom::common::kUserErrorStatus;
  } catch (const spikeloom::program::Stopped& stopped) {
    std::cerr << "spikeloom: " << stopped.what() << "\n";
    return stopped.exit_status();
  } catch (const std::exception& error) {
    std::cerr << "spikeloom: internal error: " << error.what() << "\n";
    return 1;
  }
}
