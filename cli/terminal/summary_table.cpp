// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/summary_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/base/units.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/sim/results/board_note.h"

namespace spikeloom::cli {

using base::to_milli;

namespace {

/// Width that is left for the note of a line.
constexpr std::size_t kNoteWidth = base::TextTable::kWidth - 37;

std::string receiver(const arch::ChipDescription& chip, const sim::LateCounts& late) {
  return late.core == hw::LateReport::kHost ? "the host" : arch::core_name(chip, late.core);
}

std::string milli(const std::optional<double>& value, const char* nothing = "-") {
  return value ? fmt::format("{:.4f}", to_milli(*value)) : nothing;
}

/// "128 synapses a spike, local, radius 2".
std::string workload_text(const sim::WorkloadConfig& workload) {
  const bool local = workload.destinations == sim::Destinations::kLocal;
  return fmt::format("{} synapses a spike, {}{}", workload.active_synapses,
                     name(workload.destinations),
                     local ? fmt::format(", radius {}", workload.radius) : "");
}

std::string with_confidence(const std::optional<sim::Estimate>& value, double factor) {
  if (!value) return "-";
  if (!value->confidence) return fmt::format("{:.4f}", value->mean * factor);
  return fmt::format("{:.4f} +- {:.4f}", value->mean * factor, *value->confidence * factor);
}
}  // namespace

std::string table(const sim::Summary& summary, const sim::RunConfig& run,
                  const arch::Deployment& deployment) {
  const arch::ChipDescription& chip = deployment.chip;
  std::string text =
      fmt::format("{} on {}: {} cores, {}, {}, {}\n", deployment.network, chip.name,
                  summary.cores_used, base::format_quantity(chip.clock_hz, base::Unit::kHertz),
                  fmt::format("{:g} V", chip.voltage_v), run.energy.name);
  text += sim::grown_board_note(run.chip, chip) + "\n";
  // The ticks of a workload count as images.
  const char* const img = run.workload ? "tick" : "img";
  text += fmt::format("{:<14}{:>7}{:>9}{:>13}{:>14}{:>14}{:>9}\n", "layer", "cores", "neurons",
                      fmt::format("spikes/{}", img), fmt::format("SOP/{}", img),
                      run.workload ? "" : "paper SOP/img", fmt::format("mJ/{}", img));
  const auto paper_sop = [&run](double value) {
    return run.workload ? "" : fmt::format("{:.0f}", value);
  };
  for (const sim::LayerSummary& layer : summary.layers) {
    text += fmt::format("{:<14}{:>7}{:>9}{:>13.1f}{:>14.0f}{:>14}{:>9}\n", layer.name, layer.cores,
                        layer.neurons, layer.spikes_per_image, layer.sop_per_image,
                        paper_sop(layer.paper_sop_per_image), milli(layer.joule_per_image));
  }
  if (summary.chip_joule_per_image) {
    text += fmt::format("{:<14}{:>66}\n", "idle cores", milli(summary.idle_joule_per_image));
    text += fmt::format("{:<14}{:>66}\n", "chip", milli(summary.chip_joule_per_image));
  }
  text += fmt::format("{:<14}{:>7}{:>9}{:>13.1f}{:>14.0f}{:>14}{:>9}\n\n", "total",
                      summary.cores_used, "", summary.total(&sim::LayerSummary::spikes_per_image),
                      summary.total(&sim::LayerSummary::sop_per_image),
                      paper_sop(summary.total(&sim::LayerSummary::paper_sop_per_image)),
                      summary.joule_per_image ? milli(summary.joule_per_image->mean) : "-");
  const auto line = [&text](const char* what, const std::string& value, const std::string& note) {
    text += fmt::format("{:<17}{:>18}  {}\n", what, value, note);
  };
  const double ms_per_cycle = to_milli(chip.seconds(1.0));
  if (run.workload) {
    line("firing rate", fmt::format("{:.4g} % a tick", 100.0 * run.workload->firing_rate),
         workload_text(*run.workload));
  } else if (const auto accuracy = summary.accuracy()) {
    line("accuracy", fmt::format("{:.2f} %", 100.0 * *accuracy),
         base::truncated(
             fmt::format("{} of {} images, {}", *summary.correct, summary.images, run.data.name()),
             kNoteWidth));
  } else {
    line("accuracy", "-",
         base::truncated(
             fmt::format("{} images without labels, {}", summary.images, run.data.name()),
             kNoteWidth));
  }
  line("area mm2", fmt::format("{:.1f}", summary.area.chip() * chip.board.chips()),
       fmt::format("{} chip{} of {} cores of {:.3f}", chip.board.chips(),
                   chip.board.chips() == 1 ? "" : "s", chip.mesh.cores(), summary.area.core()));
  if (!has_cycles(run.timing)) {
    text += "time and energy: not modelled with timing: functional\n";
    return text;
  }
  if (summary.cycles_per_image) {
    line(run.workload ? "ms/tick" : "ms/image",
         with_confidence(summary.cycles_per_image, ms_per_cycle),
         fmt::format("{:.0f} cycles, mean of {} {}", summary.cycles_per_image->mean,
                     summary.steady_ticks,
                     run.workload         ? "ticks"
                     : chip.sync.pipeline ? "full ticks"
                                          : "images, one at a time"));
    line(run.workload ? "mJ/tick" : "mJ/image",
         with_confidence(summary.joule_per_image, base::kMilliPerUnit),
         fmt::format("{:.4g} mJ ms, energy times delay", *summary.energy_delay * 1e6));
    line("power mW", fmt::format("{:.1f}", to_milli(summary.power->average_watt)),
         fmt::format("peak {:.1f}, in {}{}", to_milli(summary.power->peak_watt),
                     run.workload ? "tick " : "the tick of image ", summary.power->peak_image));
  } else {
    text +=
        fmt::format("ms/image, mJ/image: none: every layer holds an image only from {} images on\n",
                    deployment.layers.back().depth + 1);
  }
  if (summary.latency_cycles) {
    line("latency ms", with_confidence(summary.latency_cycles, ms_per_cycle),
         chip.sync.pipeline ? "first image alone, from its first packet on"
                            : "mean, from an image's first packet to its last output");
  }
  if (!summary.late.empty()) {
    const sim::LateCounts& first =
        *std::min_element(summary.late.begin(), summary.late.end(),
                          [](const sim::LateCounts& a, const sim::LateCounts& b) {
                            return a.first_tick < b.first_tick;
                          });
    line("late spikes", fmt::format("{}", summary.late_spikes()),
         fmt::format("first late: {} in tick {}", receiver(chip, first), first.first_tick));
  }
  line("configuration ms",
       fmt::format("{:.3f}", ms_per_cycle * static_cast<double>(summary.load.cycles)),
       fmt::format("{} transactions, {:.1f} kB, {:.4f} mJ", summary.load.transactions,
                   static_cast<double>(summary.load.bytes) / 1e3, to_milli(summary.load_joule)));
  if (summary.verification) {
    line("verification ms",
         fmt::format("{:.3f}", ms_per_cycle * static_cast<double>(summary.verification->cycles)),
         fmt::format("{:.1f} kB read back as written, {:.4f} mJ",
                     static_cast<double>(summary.verification->bytes) / 1e3,
                     to_milli(summary.verification_joule)));
  }
  return text;
}
}  // namespace spikeloom::cli
