// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/execution_options.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "cli/command_line/output_options.h"
#include "cli/command_line/run_options.h"
#include "cli/terminal/summary_table.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

std::optional<sim::WaveRequest> wave_request(const options::variables_map& values) {
  if (values.count("vcd") == 0) {
    for (const char* name : {"vcd-scope", "vcd-from", "vcd-to"}) {
      if (values.count(name) == 0) continue;
      throw base::UserError(fmt::format("--{} needs --vcd FILE", name));
    }
    return std::nullopt;
  }
  return sim::WaveRequest{values["vcd"].as<std::string>(), optional_text(values, "vcd-scope"),
                          optional_text(values, "vcd-from"), optional_text(values, "vcd-to")};
}

void add_wave_options(options::options_description& description) {
  description.add_options()("vcd", options::value<std::string>()->value_name("FILE.vcd|FILE.fst"),
                            "write waveforms to this file, and settings for GTKWave beside it "
                            "(docs/waveforms.md)")(
      "vcd-scope", options::value<std::string>()->value_name("SCOPE"),
      "what they show, separated by commas: chip0.core_3_4, chip0.core[3:4,4].neuron[0:7], "
      "chip0.router[*,0], host, bus (default: host, bus, and of each layer one core and its "
      "router)")("vcd-from", options::value<std::string>()->value_name("TICK"),
                 "first tick (default: from reset on, loading included)")(
      "vcd-to", options::value<std::string>()->value_name("TICK"),
      "last tick (default: to the end)");
}

/// Returns what there is to say of the mapping's origin before the results' directory, or nothing.
const char* origin_text(sim::MappingOrigin origin) {
  switch (origin) {
    case sim::MappingOrigin::kCache:
      return "mapping from the cache; ";
    case sim::MappingOrigin::kRemapped:
      return "mapped anew, since its file in the cache was damaged; ";
    case sim::MappingOrigin::kMapped:
    case sim::MappingOrigin::kGiven:
      return "";
  }
  return "";
}

std::string resumed_text(const sim::RunResult& result) {
  if (result.resumed == 0) return "";
  return fmt::format("{} {} of an earlier start; ", result.resumed,
                     result.prepared.config.workload ? "ticks" : "images");
}

}  // namespace

void add_execution_options(options::options_description& description) {
  description.add_options()("jobs,j", options::value<unsigned>()->default_value(1)->value_name("N"),
                            "worker processes; the results are the same for any number")(
      "output,o", options::value<std::string>()->value_name("DIR"),
      "directory of the results (default: results/NAME-TIMING)")(
      "record-levels", options::value<std::string>()->value_name("DIR"),
      "also write every layer's spikes of every image to this directory, as NumPy arrays")(
      "record-spikes", options::value<std::string>()->value_name("FILE.npz"),
      "also write every spike, the input's included, as a NumPy archive (docs/waveforms.md)")(
      "tick-events", "also write each tick's events and energies (ticks.csv)")(
      "verify-config", "read back all of the loaded memory over the bus and compare")(
      "rtl", options::value<std::string>()->value_name("PARTS"),
      "simulate these parts in RTL, by Verilator, instead of the model; the results are the same: "
      "core=X,Y, router=X,Y, all of them (core=*, router=*), the whole network of routers and "
      "links "
      "(network), several separated by semicolons (docs/rtl.md)");
  add_wave_options(description);
  add_output_options(description);
}

void read_execution_options(const options::variables_map& values, sim::RunRequest& request) {
  request.workers = values["jobs"].as<unsigned>();
  request.directory = optional_text(values, "output").value_or("");
  request.verify_config = values.count("verify-config") != 0;
  request.tick_events = values.count("tick-events") != 0;
  request.record_levels = optional_text(values, "record-levels");
  request.record_spikes = optional_text(values, "record-spikes");
  request.waves = wave_request(values);
  request.rtl = optional_text(values, "rtl").value_or("");
}

int run_and_print(const options::variables_map& values, const sim::RunRequest& request,
                  const sim::MakeSharePool& make_pool) {
  const sim::RunResult result = sim::run(request, progress_sink(values), make_pool);
  const sim::PreparedRun& prepared = result.prepared;
  print_result(
      values,
      table(result.summary, prepared.config, prepared.deployment) +
          fmt::format("\nseed {}; {}{}results in {}\n", prepared.config.seed,
                      origin_text(prepared.mapping), resumed_text(result), result.directory),
      [&] { return result.json; });
  return 0;
}

}  // namespace spikeloom::cli
