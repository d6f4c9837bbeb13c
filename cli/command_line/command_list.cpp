// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/command_list.h"

namespace spikeloom::cli {

const std::vector<const Command*>& commands() {
  static const std::vector<const Command*> kCommands = {
      &kConvertCommand,   &kMapCommand,    &kVerifyCommand,  &kInspectCommand,    &kRunCommand,
      &kReplayCommand,    &kReportCommand, &kDiffCommand,    &kValidateCommand,   &kSweepCommand,
      &kRegistersCommand, &kRtlCommand,    &kVectorsCommand, &kCompletionCommand, &kManualCommand};
  return kCommands;
}

}  // namespace spikeloom::cli
