// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace spikeloom::cli {

/// A positional argument.
struct Operand {
  const char* name;   ///< key of its value in the variables map
  const char* value;  ///< value name, as for an option
  bool many = false;  ///< one or more, as std::vector<std::string>; last operand only
};

/// The arguments of a sub-command. Help, manual and shell completion are generated from them; the
/// value names tell which values are accepted (ValueKind).
struct CommandLine {
  boost::program_options::options_description options;
  std::vector<Operand> operands;  ///< all are required
};

/// A sub-command: `spikeloom NAME ...`.
struct Command {
  const char* name;
  const char* summary;  ///< one line, for the list of commands, without a full stop
  const char* notes;    ///< further sentences of its help; may be empty
  const char* example;  ///< lines of at most 78 columns
  CommandLine (*line)();
  /// Returns the exit status; throws base::UserError.
  int (*run)(const boost::program_options::variables_map& values);
};

/// Returns the arguments of a command, including the options that all commands have.
CommandLine line_of(const Command& command);

}  // namespace spikeloom::cli
