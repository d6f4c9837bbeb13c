// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::arch {

/// How routers are joined (docs/network.md): one for each class of Topology, in their order
/// (arch/topology/topologies.h).
enum class TopologyKind { kMesh, kQuadtree, kTorus };

}  // namespace spikeloom::arch
