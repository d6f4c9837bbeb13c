// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace spikeloom::program {

/// A sub-command: `spikeloom NAME ...`.
struct Command {
  const char* name;
  const char* summary;  ///< one line, for the list of commands
  const char* usage;    ///< "spikeloom convert MODEL.onnx [-o FILE]"
  const char* example;  ///< shown under its options
  int (*run)(const Command& command, const std::vector<std::string>& arguments);
};

/// Parses `arguments` by `options` and `positional`; "--help" is added and, where given, printed:
/// then the result is empty but for "help". Throws common::UserError for a wrong command line.
boost::program_options::variables_map parse_arguments(
    const Command& command, boost::program_options::options_description options,
    const boost::program_options::positional_options_description& positional,
    const std::vector<std::string>& arguments);

extern const Command kConvertCommand;
extern const Command kMapCommand;
extern const Command kVerifyCommand;
extern const Command kInspectCommand;
extern const Command kRunCommand;
extern const Command kReplayCommand;
extern const Command kDiffCommand;
extern const Command kValidateCommand;
extern const Command kRegistersCommand;

}  // namespace spikeloom::program
