// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::cli {

/// File name of the MPI program in the directory of this one.
inline constexpr const char* kMpiProgram = "spikeloom-mpi";

/// Whether this process was started by mpirun, or by srun with PMIx, together with others.
bool started_by_mpi();

/// Returns the number of this process among those that were started with it, before MPI knows it; 0
/// if it was started alone.
int mpi_rank();

/// From now on only the process of rank 0 prints.
void leave_output_to_rank_0();

/// Replaces this process by the MPI program, with the same arguments. Throws base::UserError if
/// that program cannot be run.
[[noreturn]] void become_mpi_program();

/// To be called by the MPI program: what it keeps for later runs is as if this program kept it.
void take_build_of_launcher();

}  // namespace spikeloom::cli
