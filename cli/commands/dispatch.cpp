// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/dispatch.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/help/command_help.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cli {

namespace options = boost::program_options;

namespace {

/// Returns the values of all arguments. With --help, returns before checking them.
options::variables_map parse(const CommandLine& line, const std::vector<std::string>& arguments) {
  options::options_description all;
  all.add(line.options);
  options::positional_options_description positional;
  for (const Operand& operand : line.operands) {
    if (operand.many) {
      all.add_options()(operand.name, options::value<std::vector<std::string>>());
    } else {
      all.add_options()(operand.name, options::value<std::string>());
    }
    positional.add(operand.name, operand.many ? -1 : 1);
  }
  options::variables_map values;
  options::store(options::command_line_parser(arguments)
                     .options(all)
                     .positional(positional)
                     .style(options::command_line_style::default_style &
                            ~options::command_line_style::allow_guessing)
                     .run(),
                 values);
  if (values.count("help") != 0) return values;
  options::notify(values);
  for (const Operand& operand : line.operands) {
    if (values.count(operand.name) == 0) {
      throw options::error(fmt::format("{} is missing", operand.name));
    }
  }
  return values;
}

/// Returns the library's text of an error. The library replaces names between percent signs in it,
/// also in what the user wrote, and may never end: then the arguments themselves stand for it.
std::string text_of(const options::error& error, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (std::count(argument.begin(), argument.end(), '%') < 2) continue;
    return fmt::format("wrong arguments: {}", fmt::join(arguments, " "));
  }
  return error.what();
}

}  // namespace

options::variables_map parse_arguments(const Command& command,
                                       const std::vector<std::string>& arguments) {
  try {
    return parse(line_of(command), arguments);
  } catch (const options::error& error) {
    throw base::UserError(fmt::format("spikeloom {}: {}\nusage: {}", command.name,
                                      text_of(error, arguments), usage(command)));
  }
}

int dispatch(const Command& command, const std::vector<std::string>& arguments) {
  const options::variables_map values = parse_arguments(command, arguments);
  if (values.count("help") == 0) return command.run(values);
  std::cout << command_help(command);
  return 0;
}

}  // namespace spikeloom::cli
