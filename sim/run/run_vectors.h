// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/run/run_request.h"

namespace spikeloom::sim {

/// Request for golden vectors of a run (docs/rtl.md): of a core, a router, or both.
struct VectorRequest {
  std::optional<std::string> core;    ///< "X,Y" on the board
  std::optional<std::string> router;  ///< "X,Y", or "LEVEL,X,Y" in a quadtree
  std::optional<std::string> from;    ///< number of the first tick; default: when the core of the
                                      ///< run's first image receives its packets
  std::optional<std::string> to;      ///< number of the last tick; default: the one after `from`
  std::string directory;              ///< must not exist, or be empty
};

/// Runs as many images of a run as the ticks need, and writes the vectors. Returns the content of
/// vectors.json. Of `run`, the run file, its settings and the trace are used. Throws
/// base::UserError, ChipStopped and base::Stopped; nothing is written then.
nlohmann::ordered_json write_vectors(const RunRequest& run, const VectorRequest& request,
                                     base::ProgressSink* progress);

}  // namespace spikeloom::sim
