// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/mapper.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/network_check.h"
#include "spikeloom/mapper/does_not_fit.h"
#include "spikeloom/mapper/emit/emission.h"
#include "spikeloom/mapper/place/annealer.h"
#include "spikeloom/mapper/plan/fit_error.h"
#include "spikeloom/mapper/plan/plan_selection.h"
#include "spikeloom/mapper/report/report_builder.h"

namespace spikeloom::mapper {
namespace {

using base::UserError;

constexpr int kRouteTries = 16;

void check(const converter::SpikingNetwork& network) {
  try {
    converter::check_network(network);
  } catch (const std::invalid_argument& error) {
    throw UserError(fmt::format("{}: {}", network.name, error.what()));
  }
  const converter::SpikingLayer& last = network.layers.back();
  const long long outputs = static_cast<long long>(last.output.size()) * last.levels();
  if (outputs > arch::Packet::kMaxOutputs) {
    throw DoesNotFit(
        fmt::format("layer \"{}\": {} outputs to the host; packets can number at most {}",
                    last.name, outputs, arch::Packet::kMaxOutputs));
  }
}

void check_neurons(const arch::ChipDescription& chip) {
  if (chip.core.neuron == arch::Neuron::kThreshold) return;
  throw UserError(
      fmt::format("chip.core.neuron: got {}, allowed {}: a network's neurons compare their "
                  "potentials; the others are for the workload of a run file",
                  name(chip.core.neuron), name(arch::Neuron::kThreshold)));
}

/// Thrown to restart the mapping on a board with enough cores.
struct BoardTooSmall {
  arch::BoardDescription larger;
};

void check_profile(const converter::SpikingNetwork& network, const arch::SpikeProfile& profile) {
  std::vector<int> sizes{network.encoder.output.size()};
  for (const converter::SpikingLayer& layer : network.layers) sizes.push_back(layer.output.size());
  bool same = profile.images > 0 && profile.layers.size() == sizes.size();
  for (std::size_t l = 0; same && l < sizes.size(); ++l) {
    same = profile.layers[l].spikes.size() == static_cast<std::size_t>(sizes[l]);
  }
  if (!same) {
    throw UserError(fmt::format("the spike profile was measured on {}; its layers differ from {}",
                                profile.network, network.name));
  }
}

/// Plans, placement and routes of a network. Later steps do not change them.
struct FoundLayout {
  MappedNetwork mapped;
  Traffic traffic;
  Slots start;  ///< placement before annealing
  Slots slots;
  PlanReport plans;
};

/// Finds the layout of a network.
class Layout {
 public:
  Layout(const converter::SpikingNetwork& network, const arch::ChipDescription& chip,
         const MapOptions& options)
      : network_(network), chip_(chip), usable_(chip), options_(options) {
    for (const converter::SpikingLayer& layer : network.layers) {
      const LayerGeometry geometry = make_geometry(layer, chip.core);
      choices_.push_back(make_choice(geometry, chip.core));
      if (choices_.back().candidates.empty()) {
        throw DoesNotFit(explain_no_plan(layer.name, geometry, chip.core));
      }
    }
  }

  /// First plans as if all receivers formed whole rectangles. If placement has to split some of
  /// them and the routes of a core no longer fit, plans that core's layer again with fewer route
  /// entries.
  FoundLayout find() {
    const PlanSelection walk(choices_, chip_, usable_.count(), options_.objective, options_.energy);
    for (int i = 0;; ++i) {
      Placed placed = place(walk);
      const std::optional<Overflow> overflow = worst_overflow(placed.mapped);
      if (!overflow) return annealed(std::move(placed));
      if (i == kRouteTries) fail_for_routes(*overflow, placed.mapped.layers);
      int& entries = choices_[overflow->layer].route_entries;
      entries = std::max(1, static_cast<int>(static_cast<long long>(entries) *
                                             chip_.core.route_entries / overflow->routes));
    }
  }

 private:
  struct Placed {
    MappedNetwork mapped;
    Traffic traffic;
    PieceLayout pieces;
    PlanReport plans;
  };

  struct Overflow {
    std::size_t layer = 0;  ///< layer that takes the most route entries in the core
    int core = 0;
    long long routes = 0;
  };

  Placed place(const PlanSelection& walk) const {
    std::optional<Placed> placed;
    const PlanSelection::Result result =
        walk.choose([&](const std::vector<LayerMap>& layers, Sharing sharing) {
          Traffic traffic(layers, spikes(layers));
          std::optional<PieceLayout> pieces =
              place_pieces(layers, traffic, chip_, usable_, options_.seed, sharing);
          if (!pieces) return false;
          placed = {mapped(layers, pieces->occupancy), std::move(traffic), std::move(*pieces), {}};
          return true;
        });
    if (result.front.points.empty()) {
      const auto layer = static_cast<std::size_t>(result.front.failed_layer);
      throw DoesNotFit(fmt::format(
          "layer \"{}\": one neuron's packets need {} route entries; chip.core.route_entries is {}",
          network_.layers[layer].name, result.front.routes_needed, chip_.core.route_entries));
    }
    if (!placed) fail_for_cores(walk.maps(result.point));
    placed->plans = report_plans(choices_, walk, result, options_.objective);
    return std::move(*placed);
  }

  SpikeCounts spikes(const std::vector<LayerMap>& layers) const {
    if (options_.profile == nullptr) return uniform_spikes(layers);
    SpikeCounts counts;
    for (const arch::ProfiledLayer& layer : options_.profile->layers) {
      counts.push_back(layer.spikes);
    }
    return counts;
  }

  MappedNetwork mapped(const std::vector<LayerMap>& layers, const Occupancy& occupancy) const {
    const Placement placement = occupancy.placement();
    return {layers, placement, NetworkRoutes(layers, placement, chip_)};
  }

  FoundLayout annealed(Placed placed) const {
    const Slots start = placed.pieces.occupancy.slots();
    const Occupancy occupancy = anneal(std::move(placed.pieces), placed.traffic, chip_,
                                       {options_.seed, options_.effort, options_.progress});
    return {mapped(placed.mapped.layers, occupancy), std::move(placed.traffic), start,
            occupancy.slots(), std::move(placed.plans)};
  }

  std::optional<Overflow> worst_overflow(const MappedNetwork& mapped) const {
    const auto cores = static_cast<std::size_t>(chip_.grid().cores());
    std::vector<std::vector<long long>> routes(mapped.layers.size(), std::vector<long long>(cores));
    for (std::size_t l = 0; l < mapped.layers.size(); ++l) {
      const std::vector<long long> of_blocks =
          block_routes(mapped.layers[l], static_cast<int>(l), mapped.routes);
      for (std::size_t b = 0; b < of_blocks.size(); ++b) {
        routes[l][static_cast<std::size_t>(mapped.placement[l].core[b])] += of_blocks[b];
      }
    }
    std::optional<Overflow> worst;
    for (std::size_t core = 0; core < cores; ++core) {
      Overflow found{0, static_cast<int>(core), 0};
      for (std::size_t l = 0; l < routes.size(); ++l) {
        found.routes += routes[l][core];
        if (routes[l][core] > routes[found.layer][core]) found.layer = l;
      }
      if (found.routes <= chip_.core.route_entries) continue;
      if (!worst || found.routes > worst->routes) worst = found;
    }
    return worst;
  }

  /// Returns the smallest larger board that suffices. If the board may grow, restarts with it.
  arch::BoardDescription grow_or_name_board(const std::vector<LayerMap>& layers) const {
    const arch::BoardDescription board = min_board(layers);
    if (chip_.board.grow && board.chips() != 0) throw BoardTooSmall{board};
    return board;
  }

  [[noreturn]] void fail_for_cores(const std::vector<LayerMap>& layers) const {
    throw DoesNotFit(explain_too_many_cores(layers, grow_or_name_board(layers)));
  }

  /// Throws DoesNotFit. Names a larger board if there is one: it may have room for whole
  /// rectangles.
  [[noreturn]] void fail_for_routes(const Overflow& overflow,
                                    const std::vector<LayerMap>& layers) const {
    const arch::BoardDescription board = grow_or_name_board(layers);
    std::string text = fmt::format(
        "layer \"{}\": {} needs {} route entries because its receivers form no rectangle; "
        "chip.core.route_entries is {}",
        network_.layers[overflow.layer].name, arch::core_name(chip_, overflow.core),
        overflow.routes, chip_.core.route_entries);
    if (board.chips() != 0) {
      text += fmt::format("; a board of {} x {} such chips may have room for rectangles",
                          board.columns, board.rows);
    }
    throw DoesNotFit(text);
  }

  std::string explain_too_many_cores(const std::vector<LayerMap>& layers,
                                     const arch::BoardDescription& board) const {
    int blocks = 0;
    std::size_t largest = 0;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      blocks += layers[l].blocks();
      if (layers[l].blocks() > layers[largest].blocks()) largest = l;
    }
    std::string text = fmt::format(
        "the network needs {} cores, {} of them for layer \"{}\"; chip.mesh has {} x {} = {}",
        blocks, layers[largest].blocks(), network_.layers[largest].name, chip_.mesh.columns,
        chip_.mesh.rows, chip_.mesh.cores());
    if (chip_.board.chips() > 1) {
      text += fmt::format(", chip.board {} x {} of them", chip_.board.columns, chip_.board.rows);
    }
    if (chip_.defects.any()) {
      text += fmt::format(", of which {} can be used: {}", usable_.count(), usable_.missing(chip_));
    }
    const int side = min_mesh_side(layers);
    if (side != 0) {
      text += fmt::format("; the smallest square mesh that is large enough is {0} x {0}{1}", side,
                          chip_.defects.any() ? " without defects" : "");
    }
    if (board.chips() != 0) {
      text +=
          fmt::format("; the smallest board of such chips is {} x {}", board.columns, board.rows);
    }
    return side + board.chips() != 0 ? text
                                     : text + "; no mesh that packets can address is large enough";
  }

  /// Whether the network fits a chip that has more usable cores.
  bool fits(const std::vector<LayerMap>& layers, arch::ChipDescription larger) const {
    const arch::MeshDescription grid = larger.grid();
    if (grid.cores() <= usable_.count()) return false;
    larger.host_port.x = std::min(chip_.host_port.x, grid.columns - 1);
    larger.host_port.y = std::min(chip_.host_port.y, grid.rows - 1);
    const Traffic traffic(layers, uniform_spikes(layers));
    const arch::UsableCores usable(larger);
    return usable.count() > usable_.count() &&
           place_pieces(layers, traffic, larger, usable, options_.seed).has_value();
  }

  /// Returns the side of the smallest square mesh of one chip that suffices and that the topology
  /// allows, or 0 if there is none. A chip with another mesh is another chip, without defects.
  int min_mesh_side(const std::vector<LayerMap>& layers) const {
    arch::ChipDescription larger = chip_;
    larger.board = {};
    larger.defects = {};
    for (int side = 1; side <= arch::Packet::kMaxCoordinate + 1; ++side) {
      larger.mesh = {side, side};
      if (!arch::refusal(chip_.topology, larger.mesh) && fits(layers, larger)) return side;
    }
    return 0;
  }

  /// Returns the smallest board of unchanged chips that suffices: either square or with one column
  /// more than rows, and containing the host port's router and all defects, which stay where they
  /// are. Returns 0 x 0 if there is none.
  arch::BoardDescription min_board(const std::vector<LayerMap>& layers) const {
    arch::ChipDescription larger = chip_;
    for (larger.board = {1, 1}; larger.board.chips() <= arch::kMaxChips;) {
      const arch::MeshDescription grid = larger.grid();
      if (std::max(grid.columns, grid.rows) > arch::Packet::kMaxCoordinate + 1) break;
      const bool has_port = chip_.host_port.x < grid.columns && chip_.host_port.y < grid.rows;
      if (has_port && has_defects(larger.board) && fits(layers, larger)) return larger.board;
      ++(larger.board.columns > larger.board.rows ? larger.board.rows : larger.board.columns);
    }
    return {0, 0};
  }

  /// Whether a board contains the present one, and so all defects, or there are none.
  bool has_defects(const arch::BoardDescription& board) const {
    return !chip_.defects.any() ||
           (board.columns >= chip_.board.columns && board.rows >= chip_.board.rows);
  }

  const converter::SpikingNetwork& network_;
  const arch::ChipDescription& chip_;
  arch::UsableCores usable_;
  const MapOptions& options_;
  std::vector<LayerChoice> choices_;
};

/// Finds the layout, enlarging chip.board if it may grow and has too few cores.
FoundLayout lay_out(const converter::SpikingNetwork& network, arch::ChipDescription& chip,
                    const MapOptions& options) {
  for (;;) {
    try {
      return Layout(network, chip, options).find();
    } catch (const BoardTooSmall& small) {
      chip.board.columns = small.larger.columns;
      chip.board.rows = small.larger.rows;
    }
  }
}

}  // namespace

arch::ChipDescription mapped_subset(const arch::ChipDescription& chip) {
  arch::ChipDescription part = chip;
  part.name.clear();
  part.clock_hz = 1.0;
  part.voltage_v = 1.0;
  part.idle_core = arch::IdleCore::kNone;
  part.core.protection = arch::Protection::kNone;
  part.sync = {1};
  part.router = {1, 1, chip.router.packet_link_cycles()};
  part.router.multicast = chip.router.multicast;
  return part;
}

arch::Deployment map_network(const converter::SpikingNetwork& network,
                             const std::vector<std::uint8_t>& network_file,
                             const arch::ChipDescription& chip, const MapOptions& options,
                             MappingReport* report) {
  check(network);
  check_neurons(chip);
  if (options.profile != nullptr) check_profile(network, *options.profile);
  arch::Deployment deployment;
  deployment.network = network.name;
  arch::ChipDescription part = mapped_subset(chip);
  const FoundLayout found = lay_out(network, part, options);
  deployment.chip = chip;
  deployment.chip.board = part.board;
  deployment.chip.board.grow = false;
  deployment.seed = options.seed;
  deployment.spiking_network = network_file;
  const std::vector<EmissionCounts> counts = emit_network(network, found.mapped, deployment);
  if (report != nullptr) {
    *report = build_report(found.mapped, counts, deployment, found.plans);
    report->traffic =
        report_traffic(found.traffic, found.start, found.slots, deployment.chip, options.seed,
                       options.profile == nullptr ? 0 : options.profile->images);
  }
  return deployment;
}

}  // namespace spikeloom::mapper
