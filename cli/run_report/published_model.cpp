// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/published_model.h"

#include <algorithm>
#include <string>

#include "cli/page/resources.h"
#include "cli/run_report/run_directory.h"
#include "spikeloom/base/optional_json.h"
#include "spikeloom/explore/validation/validation.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kPublished = "zou2021.yaml";

/// Returns the published figure; null if the case has none.
ordered_json figure(const explore::ValidationCase& item, explore::Figure figure) {
  const explore::PublishedFigure* const published = item.find(figure);
  if (published == nullptr) return nullptr;
  return {{"published", published->value * explore::shown_in(figure).factor},
          {"fitted", published->fitted}};
}

}  // namespace

ordered_json published_model(const ordered_json& summary) {
  const explore::Validation validation =
      explore::parse_validation(std::string(resources().text(kPublished)), kPublished);
  for (const explore::ValidationCase& item : validation.cases) {
    const bool known = std::find(item.networks.begin(), item.networks.end(),
                                 summary.at("network")) != item.networks.end();
    if (!known || data_set_name(summary) != item.data) continue;
    return {{"source", validation.source},
            {"accuracy", base::optional_json(item.accuracy)},
            {"spikes_per_image", base::optional_json(item.spikes)},
            {"paper_sop_per_image", base::optional_json(item.paper_sop)},
            {"ms_per_image", figure(item, explore::Figure::kTime)},
            {"mj_per_image", figure(item, explore::Figure::kEnergy)}};
  }
  return nullptr;
}

}  // namespace spikeloom::cli
