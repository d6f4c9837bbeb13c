// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/simulation/simulation.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "common/error.h"
#include "converter/host_layers.h"
#include "converter/reference.h"
#include "hw/energy/event_collector.h"
#include "testbenches/spikeloom/simulation/schedule.h"
#include "testbenches/spikeloom/simulation/spike_trace.h"

namespace spikeloom::program {
namespace {

/// Adds numbers place by place; `sums` grows where it is shorter.
template <typename T, typename Other>
void add(std::vector<T>& sums, const std::vector<Other>& values) {
  if (sums.size() < values.size()) sums.resize(values.size());
  std::transform(values.begin(), values.end(), sums.begin(), sums.begin(), std::plus<>());
}

/// Follows the images through the chip: at the end of each tick, books what each layer did for the
/// image that it held.
class Recorder {
 public:
  Recorder(const Simulation& simulation, const Share& share, hw::Board& board)
      : simulation_(simulation),
        share_(share),
        board_(board),
        layers_(simulation.network.layers),
        depth_(static_cast<std::size_t>(simulation.network.depth())),
        schedule_(simulation.deployment.chip.sync.pipeline, depth_),
        cores_(simulation.deployment.cores.size()),
        core_use_(simulation.deployment.cores.size()) {
    depths_.push_back(0);
    for (const int depth : simulation.network.depths()) {
      depths_.push_back(static_cast<std::size_t>(depth));
    }
    list_receivers();
    for (std::size_t i = 0; i < share.count; ++i) {
      ImageRecord& image = images_.emplace_back();
      image.index = share.first + i;
      image.label = simulation.data.labels[image.index];
      image.layers.resize(accounts());
    }
    spikes_.resize(accounts());
    spikes_[kInputAccount].resize(
        static_cast<std::size_t>(simulation.network.encoder.output.size()));
    levels_.resize(layers_.size());
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      levels_[l].resize(static_cast<std::size_t>(layers_[l].output.size()));
      spikes_[layer_account(l)].resize(levels_[l].size());
    }
    for (const common::CoreLabels& labels : simulation.deployment.cores) {
      std::vector<std::uint16_t> groups;
      for (const std::uint16_t layer : labels.group_layers) {
        groups.push_back(static_cast<std::uint16_t>(layer_account(layer)));
      }
      std::vector<std::uint16_t> neurons;
      for (const common::NeuronLabel& label : labels.neurons) {
        neurons.push_back(static_cast<std::uint16_t>(layer_account(label.layer)));
      }
      board.cores()[static_cast<std::size_t>(labels.core)]->model().set_accounts(
          std::move(groups), std::move(neurons));
      std::set<std::size_t> accounts;
      for (const common::NeuronLabel& label : labels.neurons) {
        accounts.insert(layer_account(label.layer));
      }
      core_accounts_.emplace_back(accounts.begin(), accounts.end());
    }
  }

  /// From now on, image `share.first - share.preload` is the one of tick `tick`.
  void start(std::uint64_t tick) { start_ = tick; }

  /// The host has encoded an image.
  void input(std::size_t position, const std::vector<std::uint8_t>& levels,
             const std::vector<InputSpike>& spikes) {
    ImageRecord* const image = record(position);
    if (image == nullptr) return;
    for (std::size_t j = 0; j < levels.size(); ++j)
      book_spikes(*image, kInputAccount, j, levels[j]);
    observe(*image, kInputAccount, *start_ + position * schedule_.ticks_per_image(), levels,
            spikes);
  }

  /// `events` by account, `core_events` by core of the board.
  void tick_done(const hw::TickReport& report, const std::vector<hw::EventCounts>& events,
                 const std::vector<hw::EventCounts>& core_events) {
    reports_.push_back({report, board_.fabric().last_output()});
    if (!start_ || report.number < *start_) return;
    const std::size_t tick = report.number - *start_;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (ImageRecord* const image = held(tick, layer_account(l)); image != nullptr) {
        LayerCounts& counts = image->layers[layer_account(l)];
        counts.synaptic_operations += events[layer_account(l)][hw::Event::kAccumulate];
        counts.row_word_reads += events[layer_account(l)][hw::Event::kRowWordRead];
      }
    }
    for (std::size_t account = 0; account < accounts(); ++account) {
      ImageRecord* const image = held(tick, account);
      if (image == nullptr) continue;
      const hw::NetworkActivity& sent = board_.fabric().activity()[account];
      LayerCounts& counts = image->layers[account];
      counts.packets += account == kInputAccount ? sent.host_packets : sent.packets;
      counts.deliveries += sent.deliveries;
    }
    // Axons are written as their sources fire, of which all are at the depth before.
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const std::size_t account = layer_account(l);
      ImageRecord* const image = at_depth(tick, depths_[account] - 1);
      if (image == nullptr) continue;
      image->layers[account].axon_writes += events[account][hw::Event::kAxonWrite];
    }
    collect_levels();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      ImageRecord* const image = held(tick, layer_account(l));
      if (image == nullptr) continue;
      for (std::size_t j = 0; j < levels_[l].size(); ++j) {
        book_spikes(*image, layer_account(l), j, levels_[l][j]);
      }
      observe(*image, layer_account(l), report.number, levels_[l], {});
    }
    book_tick(tick, report, events, core_events);
    for (const hw::LateReport::Receiver& receiver : board_.late().receivers) {
      LateCounts& counts =
          late_.try_emplace(receiver.core, LateCounts{receiver.core, 0, 0, tick}).first->second;
      counts.spikes += receiver.spikes;
      counts.unfinished_ticks += receiver.unfinished ? 1 : 0;
    }
  }

  /// From the start of tick `first`, counted from the chip's reset, to the host's last packet of an
  /// image that entered then.
  std::int64_t latency(std::size_t first) const {
    const Tick& last = reports_[first + depth_];
    return last.report.start_cycle + last.last_output - reports_[first].report.start_cycle;
  }

  /// The record of the image that the last layer holds in tick `tick`, or null.
  ImageRecord* leaving(std::size_t tick) { return at_depth(tick, depth_); }

  /// Which image the host was sending in the last tick, for messages.
  std::string last_entry() const {
    if (reports_.empty()) return "before the first tick";
    const std::uint64_t number = reports_.back().report.number;
    if (!start_ || number < *start_) {
      return share_.measure_latency ? fmt::format("image {} alone on the chip", share_.first)
                                    : "before the first image";
    }
    const std::size_t entry = schedule_.booked(number - *start_);
    const std::size_t entries = share_.preload + share_.count;
    const std::size_t first = share_.first - share_.preload;
    return entry < entries ? fmt::format("image {} entering", first + entry)
                           : fmt::format("image {} the last to enter", first + entries - 1);
  }

  const Schedule& schedule() const { return schedule_; }
  const std::vector<hw::EventCounts>& cores() const { return cores_; }
  const std::vector<std::uint64_t>& links() const { return links_; }
  std::vector<CoreUse> core_use() const {
    std::vector<CoreUse> result = core_use_;
    for (std::size_t i = 0; i < result.size(); ++i) {
      for (const common::GroupEntry& group : model(i).groups()) {
        result[i].dendrites += static_cast<std::uint64_t>(group.dendrites);
      }
    }
    return result;
  }
  std::vector<ImageRecord>& images() { return images_; }
  std::vector<std::vector<std::uint32_t>>& spikes() { return spikes_; }
  std::vector<LateCounts> late() const {
    std::vector<LateCounts> result;
    for (const auto& [core, counts] : late_) result.push_back(counts);
    return result;
  }

 private:
  struct Tick {
    hw::TickReport report;
    std::int64_t last_output;
  };

  /// A term that takes an account's spikes.
  struct Receiver {
    std::size_t layer;
    std::vector<std::uint32_t> fan_out;  ///< [neuron of the account]
  };

  void list_receivers() {
    receivers_.resize(accounts());
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (const converter::Term& term : layers_[l].terms) {
        const std::size_t account = term.source == converter::kEncoder
                                        ? kInputAccount
                                        : layer_account(static_cast<std::size_t>(term.source));
        receivers_[account].push_back({l, converter::fan_out(term, layers_[l].output)});
      }
    }
  }

  std::size_t accounts() const { return layer_account(layers_.size()); }

  /// The record of the image that layers of `depth` hold in tick `tick`, or null.
  ImageRecord* at_depth(std::size_t tick, std::size_t depth) {
    const std::optional<std::size_t> position = schedule_.image(tick, depth);
    return position ? record(*position) : nullptr;
  }
  /// Likewise of an account.
  ImageRecord* held(std::size_t tick, std::size_t account) {
    return at_depth(tick, depths_[account]);
  }

  /// The record of an image by its position, 0 being the first preloaded one, or null.
  ImageRecord* record(std::size_t position) {
    if (position < share_.preload) return nullptr;
    const std::size_t image = position - share_.preload;
    return image < images_.size() ? &images_[image] : nullptr;
  }

  void book_tick(std::size_t tick, const hw::TickReport& report,
                 const std::vector<hw::EventCounts>& events,
                 const std::vector<hw::EventCounts>& core_events) {
    const std::size_t position = schedule_.booked(tick);
    ImageRecord* const image = record(position);
    if (image == nullptr) return;
    image->ticks.push_back({report.cycles, board_.fabric().last_output(), events, part_timings()});
    image->steady = schedule_.steady(position);
    if (image->steady) {
      for (std::size_t i = 0; i < cores_.size(); ++i) {
        cores_[i] += core_events[static_cast<std::size_t>(simulation_.deployment.cores[i].core)];
        const hw::CoreModel& core = model(i);
        core_use_[i].busy_cycles += static_cast<std::uint64_t>(core.busy_cycles());
        for (const std::uint64_t fired : core.fired()) {
          core_use_[i].spikes += static_cast<std::uint64_t>(__builtin_popcountll(fired));
        }
      }
      add(links_, board_.fabric().link_packets());
    }
    if (!simulation_.deployment.chip.sync.pipeline && schedule_.image(tick, depth_)) {
      image->latency_cycles = latency(report.number - depth_);
    }
  }

  /// Of the tick just done.
  std::vector<PartTiming> part_timings() const {
    std::vector<PartTiming> parts(accounts());
    for (std::size_t a = 0; a < parts.size(); ++a) {
      parts[a].packet_cycles = board_.fabric().activity()[a].last_event;
    }
    for (std::size_t i = 0; i < core_accounts_.size(); ++i) {
      const std::int64_t cycles = model(i).busy_cycles();
      for (const std::size_t account : core_accounts_[i]) {
        if (cycles <= parts[account].core_cycles) continue;
        parts[account].core_cycles = cycles;
        parts[account].core = simulation_.deployment.cores[i].core;
      }
    }
    return parts;
  }

  /// Of the deployment's core `i`.
  const hw::CoreModel& model(std::size_t i) const {
    return board_.cores()[static_cast<std::size_t>(simulation_.deployment.cores[i].core)]->model();
  }

  void book_spikes(ImageRecord& image, std::size_t account, std::size_t neuron,
                   std::uint8_t spikes) {
    image.layers[account].spikes += spikes;
    spikes_[account][neuron] += spikes;
    for (const Receiver& receiver : receivers_[account]) {
      image.layers[layer_account(receiver.layer)].paper_sop +=
          std::uint64_t{spikes} * receiver.fan_out[neuron] *
          static_cast<std::uint64_t>(layers_[receiver.layer].levels()) * 2;
    }
  }

  void collect_levels() {
    for (std::vector<std::uint8_t>& levels : levels_) std::fill(levels.begin(), levels.end(), 0);
    for (const common::CoreLabels& labels : simulation_.deployment.cores) {
      const std::vector<std::uint64_t>& fired =
          board_.cores()[static_cast<std::size_t>(labels.core)]->model().fired();
      for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
        if (fired[j] == 0) continue;
        std::uint8_t& level = levels_[labels.neurons[j].layer][labels.neurons[j].neuron];
        level = static_cast<std::uint8_t>(level + __builtin_popcountll(fired[j]));
      }
    }
  }

  void observe(const ImageRecord& image, std::size_t account, std::uint64_t tick,
               const std::vector<std::uint8_t>& levels, const std::vector<InputSpike>& input) {
    if (!simulation_.observe) return;
    simulation_.observe({image.index, account, tick, levels, input, board_});
  }

  const Simulation& simulation_;
  const Share& share_;
  hw::Board& board_;
  const std::vector<converter::SpikingLayer>& layers_;
  std::size_t depth_;                              ///< of the last layer
  std::vector<std::size_t> depths_;                ///< by account
  std::vector<std::vector<Receiver>> receivers_;   ///< by account
  std::vector<std::vector<std::uint8_t>> levels_;  ///< [layer][neuron], of the tick just done
  Schedule schedule_;
  std::vector<ImageRecord> images_;
  std::vector<std::vector<std::uint32_t>> spikes_;  ///< [account][neuron]
  std::vector<hw::EventCounts> cores_;              ///< ShareResult::cores
  std::vector<CoreUse> core_use_;                   ///< ShareResult::core_use, but the dendrites
  std::vector<std::vector<std::size_t>> core_accounts_;  ///< [of the deployment's cores]
  std::vector<std::uint64_t> links_;
  std::map<int, LateCounts> late_;
  std::vector<Tick> reports_;
  std::optional<std::uint64_t> start_;
};

/// The host's side of a run.
class Host {
 public:
  Host(const Simulation& simulation, const Share& share, Recorder& recorder, ShareResult& result)
      : simulation_(simulation),
        share_(share),
        recorder_(recorder),
        result_(result),
        depth_(static_cast<std::size_t>(simulation.network.depth())),
        encoder_(simulation.network.encoder),
        readout_(simulation.network.readout, simulation.network.layers.back().quantizer),
        levels_(static_cast<std::size_t>(encoder_.outputs())) {}

  void run(hw::HostDriver& driver) {
    result_.load = driver.load(simulation_.deployment.transactions);
    if (simulation_.verify_config) verify(driver);
    // First one image alone, or none: whoever runs the first images finds the pipeline as it is
    // after empty ticks, neurons that always fire included.
    if (share_.measure_latency) {
      driver.send(encode(share_.first));
    }
    // All ticks at once, so that none waits for the host.
    const std::uint64_t done = recorder_.schedule().first_tick();
    driver.commit(done);
    if (!driver.wait_until_done(done)) return;
    for (std::uint64_t i = 0; i < done; ++i) driver.receive();
    if (share_.measure_latency) recorder_.images().front().latency_cycles = recorder_.latency(0);
    recorder_.start(done);
    const std::size_t images = share_.preload + share_.count;
    const std::size_t step = recorder_.schedule().ticks_per_image();
    const std::size_t entries = recorder_.schedule().entries(images);
    for (std::size_t entry = 0; entry <= entries; ++entry) {
      // One entry ahead of the chip, which then never waits for the host.
      if (entry < entries) {
        if (entry < images) {
          const auto packets = encode(share_.first - share_.preload + entry);
          recorder_.input(entry, levels_, spikes_);
          driver.send(packets);
        }
        driver.commit(step);
      }
      if (entry == 0) continue;
      if (!driver.wait_until_done(done + entry * step)) return;
      for (std::size_t i = 0; i < step; ++i) read_out((entry - 1) * step + i, driver.receive());
    }
  }

 private:
  void verify(hw::HostDriver& driver) {
    const auto mismatch =
        driver.verify(simulation_.deployment.transactions, result_.verification.emplace());
    if (mismatch) {
      throw common::UserError("the configuration does not read back: " + mismatch->text());
    }
  }

  /// The image's packets; its spikes are in spikes_, and counted by neuron in levels_.
  std::vector<std::uint64_t> encode(std::size_t image) {
    const common::InputRoutes& routes = simulation_.deployment.input;
    if (simulation_.recorded != nullptr) {
      spikes_ = simulation_.recorded->spikes[image - simulation_.recorded->first];
    } else {
      encoder_.encode(simulation_.data.image(image).data(), levels_.data());
      spikes_ = input_spikes(levels_, routes.levels, simulation_.faults, image);
    }
    std::fill(levels_.begin(), levels_.end(), std::uint8_t{0});
    std::vector<std::uint64_t> packets;
    for (const InputSpike& spike : spikes_) {
      ++levels_[spike.neuron];
      routes.append(spike.neuron, spike.level, packets);
    }
    return packets;
  }

  void read_out(std::size_t tick, const std::vector<std::uint64_t>& outputs) {
    ImageRecord* const image = recorder_.leaving(tick);
    if (image == nullptr) return;
    const std::vector<std::uint8_t> last = simulation_.deployment.output_levels(outputs);
    image->predicted = converter::Readout::best(readout_.scores(last.data()));
    if (simulation_.progress) simulation_.progress();
  }

  const Simulation& simulation_;
  const Share& share_;
  Recorder& recorder_;
  ShareResult& result_;
  std::size_t depth_;  ///< of the last layer
  converter::Encoder encoder_;
  converter::Readout readout_;
  std::vector<std::uint8_t> levels_;
  std::vector<InputSpike> spikes_;
};

}  // namespace

void ShareResult::append(ShareResult&& next) {
  std::move(next.images.begin(), next.images.end(), std::back_inserter(images));
  for (std::size_t account = 0; account < spikes.size(); ++account) {
    add(spikes[account], next.spikes[account]);
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    cores[i] += next.cores[i];
    core_use[i].spikes += next.core_use[i].spikes;
    core_use[i].busy_cycles += next.core_use[i].busy_cycles;
  }
  add(links, next.links);
}

ShareResult simulate(const Simulation& simulation, const Share& share) {
  const std::size_t accounts = layer_account(simulation.deployment.layers.size());
  std::optional<hw::BoardTracer> tracer;
  if (simulation.trace != nullptr) tracer.emplace(simulation.deployment.chip, *simulation.trace);
  hw::Board board("board", simulation.deployment.chip, simulation.timing, accounts,
                  tracer ? tracer->observers() : hw::Observers{});
  Recorder recorder(simulation, share, board);
  ShareResult result;
  Host host(simulation, share, recorder, result);
  // An exception may not cross the SystemC kernel.
  std::exception_ptr failure;
  const auto guarded = [&failure](const auto& action) {
    try {
      action();
    } catch (...) {
      if (!failure) failure = std::current_exception();
      sc_core::sc_stop();
    }
  };
  board.on_tick_done([&](const hw::TickReport& report) {
    guarded([&] {
      std::vector<hw::EventCounts> events(accounts);
      std::vector<hw::EventCounts> core_events(board.cores().size());
      hw::collect_events(board, events, core_events);
      if (tracer) {
        const auto cycles = static_cast<double>(report.cycles);
        tracer->tick_done(report, board.cores(), simulation.energy->watt(events, cycles));
      }
      recorder.tick_done(report, events, core_events);
    });
  });
  hw::HostDriver driver("host", [&](hw::HostDriver& self) { host.run(self); });
  driver.connect(board);
  // Its note that the simulation was stopped is no news.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
  sc_core::sc_start();
  if (tracer) tracer->finish();
  if (failure) std::rethrow_exception(failure);
  driver.rethrow_failure();
  if (!board.fault().empty()) {
    throw ChipStopped(
        fmt::format("the chip stopped, {}: {}", recorder.last_entry(), board.fault()));
  }
  result.images = std::move(recorder.images());
  result.spikes = std::move(recorder.spikes());
  result.late = recorder.late();
  result.cores = recorder.cores();
  result.core_use = recorder.core_use();
  result.links = recorder.links();
  return result;
}

}  // namespace spikeloom::program
