// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <utility>

namespace spikeloom::cli {

/// Description of the program for help and manual.
inline constexpr const char* kProgramUsage = "spikeloom COMMAND ...";
inline constexpr const char* kAbout =
    "A cycle-accurate model of a reconfigurable neuromorphic chip, and the tools that put a "
    "quantized network on it without loss.";

inline constexpr const char* kInputs =
    "Networks come as ONNX models; chips, technologies and runs are YAML files, and --set changes "
    "any key of them. Results do not depend on the number of worker processes.";

inline constexpr const char* kWorkflowTitle = "example, from a trained network to figures";
inline constexpr const char* kWorkflow =
    "spikeloom convert configs/networks/lenet-fashion-k1b2.onnx -o lenet.snn\n"
    "spikeloom map lenet.snn --chip configs/chips/reference.yaml \\\n"
    "    -o lenet.deployment\n"
    "spikeloom verify lenet.deployment lenet.snn\n"
    "spikeloom inspect lenet.deployment\n"
    "spikeloom run configs/runs/lenet-fashion.yaml \\\n"
    "    --set deployment=lenet.deployment";

using Explained = std::pair<const char*, const char*>;

inline constexpr std::array kExitStatuses = {
    Explained{"0", "done"},
    Explained{"1", "what was compared differs, or is outside its tolerance"},
    Explained{"2", "invalid command line or input; the message is on standard error"},
    Explained{
        "128+N",
        "stopped by signal N; nothing was written, except finished images for run --resume and the "
        "completed runs of a sweep"},
};

inline constexpr std::array kEnvironment = {
    Explained{"SPIKELOOM_DATA", "directory of the data sets, searched first"},
    Explained{"XDG_CACHE_HOME",
              "directory in which mappings, and what --rtl builds, are kept (default: ~/.cache)"},
    Explained{"SPIKELOOM_CACHE_MIB",
              "size of the cache of mappings in MiB (default: 2048); 0: none"},
    Explained{"SPIKELOOM_MAX_STOP",
              "seconds for which a worker may be stopped (SIGSTOP) before it counts as lost "
              "(default: 60)"},
    Explained{"CXX", "C++ compiler of --rtl (default: c++)"},
};

}  // namespace spikeloom::cli
