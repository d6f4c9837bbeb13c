// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace spikeloom::cli {

/// An argument without a name in front.
struct Operand {
  const char* name;   ///< by which its value is found
  const char* value;  ///< what it takes, as the value name of an option
  bool many = false;  ///< one or more of them, as std::vector<std::string>; the last operand only
};

/// What may follow a sub-command's name. Help, manual and shell completion are made from it: the
/// value names say what is taken (ValueKind).
struct CommandLine {
  boost::program_options::options_description options;
  std::vector<Operand> operands;  ///< all are needed
};

/// A sub-command: `spikeloom NAME ...`.
struct Command {
  const char* name;
  const char* summary;  ///< one line, for the list of commands, without a full stop
  const char* notes;    ///< what else its help says, in whole sentences; may be empty
  const char* example;  ///< lines of at most 78 columns
  CommandLine (*line)();
  /// Returns the exit status; throws base::UserError.
  int (*run)(const boost::program_options::variables_map& values);
};

/// Its line, with the options that all commands have.
CommandLine line_of(const Command& command);

}  // namespace spikeloom::cli
