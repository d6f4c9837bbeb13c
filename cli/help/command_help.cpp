// SPDX-License-Identifier: Apache-2.0
#include "cli/help/command_help.h"

#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "cli/help/about.h"
#include "cli/help/option_info.h"
#include "spikeloom/base/text_table.h"

namespace spikeloom::cli {
namespace {

constexpr std::size_t kIndent = 2;
/// Column in which explanations begin.
constexpr std::size_t kColumn = 26;

/// Wraps `text` to lines of the full width, each indented by `indent` spaces.
std::string paragraph(const std::string& text, std::size_t indent) {
  std::string lines;
  for (const std::string& line : base::wrap(text, base::TextTable::kWidth - indent)) {
    lines += fmt::format("{:{}}{}\n", "", indent, line);
  }
  return lines;
}

/// Formats a term and its meaning side by side, or on separate lines if the term is long.
std::string entry(const std::string& term, const std::string& meaning, std::size_t column) {
  const std::string lines = paragraph(meaning, column);
  const std::string head = fmt::format("{:{}}{}", "", kIndent, term);
  if (head.size() + kIndent > column) return head + "\n" + lines;
  return head + lines.substr(head.size());
}

std::string indented(const std::string& lines) {
  std::string text(kIndent, ' ');
  for (const char c : lines) {
    text += c;
    if (c == '\n') text.append(kIndent, ' ');
  }
  return text + "\n";
}

}  // namespace

std::string program_help() {
  std::string text = fmt::format("usage: {}\n\n", kProgramUsage) + paragraph(kAbout, 0) + "\n" +
                     paragraph(kInputs, 0) + "\n";
  for (const Command* command : commands()) {
    constexpr std::size_t kNames = 14;
    text += entry(command->name, command->summary, kNames);
  }
  text += fmt::format("\n{}:\n{}", kWorkflowTitle, indented(kWorkflow));
  text += "\nexit status:\n";
  for (const auto& [status, meaning] : kExitStatuses) text += entry(status, meaning, 9);
  text += "\nenvironment:\n";
  for (const auto& [name, meaning] : kEnvironment) text += entry(name, meaning, kColumn);
  return text + "\nspikeloom COMMAND --help explains a command; --version prints the version.\n";
}

std::string usage(const Command& command) {
  const CommandLine line = line_of(command);
  std::string text = fmt::format("spikeloom {}", command.name);
  for (const Operand& operand : line.operands) {
    text += fmt::format(" {}{}", operand.value, operand.many ? "..." : "");
  }
  for (const OptionInfo& option : list_options(line.options)) {
    if (option.required) text += fmt::format(" --{} {}", option.name, option.value);
  }
  return text + " [OPTION]...";
}

std::string command_help(const Command& command) {
  std::string text = fmt::format("usage: {}\n\n", usage(command)) +
                     paragraph(fmt::format("{}.", command.summary), 0);
  if (*command.notes != '\0') text += paragraph(command.notes, 0);
  text += "\noptions:\n";
  for (const OptionInfo& option : list_options(line_of(command).options)) {
    text += entry(signature(option), explanation(option), kColumn);
  }
  return text + "\nexample:\n" + indented(command.example);
}

}  // namespace spikeloom::cli
