// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/command_line/command.h"

namespace spikeloom::cli {

extern const Command kConvertCommand;
extern const Command kMapCommand;
extern const Command kVerifyCommand;
extern const Command kInspectCommand;
extern const Command kRunCommand;
extern const Command kReplayCommand;
extern const Command kReportCommand;
extern const Command kDiffCommand;
extern const Command kValidateCommand;
extern const Command kSweepCommand;
extern const Command kVectorsCommand;
extern const Command kRegistersCommand;
extern const Command kRtlCommand;
extern const Command kCompletionCommand;
extern const Command kManualCommand;

/// All sub-commands, in the order of help and manual.
const std::vector<const Command*>& commands();

}  // namespace spikeloom::cli
