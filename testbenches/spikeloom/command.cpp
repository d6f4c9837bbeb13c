// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/command.h"

#include <iostream>

#include <fmt/format.h>

#include "common/error.h"

namespace spikeloom::program {

namespace options = boost::program_options;

options::variables_map parse_arguments(const Command& command,
                                       options::options_description description,
                                       const options::positional_options_description& positional,
                                       const std::vector<std::string>& arguments) {
  // Positional arguments are options of the parser, but not of the help text.
  options::options_description all;
  description.add_options()("help,h", "print this help");
  all.add(description);
  for (unsigned i = 0; i < positional.max_total_count(); ++i) {
    const std::string& name = positional.name_for_position(i);
    if (all.find_nothrow(name, false) == nullptr) {
      all.add_options()(name.c_str(), options::value<std::string>());
    }
  }
  options::variables_map values;
  try {
    options::store(options::command_line_parser(arguments)
                       .options(all)
                       .positional(positional)
                       .style(options::command_line_style::default_style &
                              ~options::command_line_style::allow_guessing)
                       .run(),
                   values);
    if (values.count("help") != 0) {
      std::cout << fmt::format("usage: {}\n\n{}.\n\n", command.usage, command.summary)
                << description << fmt::format("\nexample:\n  {}\n", command.example);
      options::variables_map help;
      help.insert({"help", options::variable_value()});
      return help;
    }
    options::notify(values);
  } catch (const options::error& error) {
    throw common::UserError(
        fmt::format("spikeloom {}: {}\nusage: {}", command.name, error.what(), command.usage));
  }
  for (unsigned i = 0; i < positional.max_total_count(); ++i) {
    const std::string& name = positional.name_for_position(i);
    if (values.count(name) == 0) {
      throw common::UserError(
          fmt::format("spikeloom {}: {} is missing\nusage: {}", command.name, name, command.usage));
    }
  }
  return values;
}

}  // namespace spikeloom::program
