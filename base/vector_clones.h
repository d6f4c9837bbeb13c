// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Put before a function with hot loops. The function is compiled for several instruction sets; the
/// widest that the processor supports is selected when the program starts. All versions give the
/// same bits, since nothing is contracted or reordered. SPIKELOOM_NO_AVX512 leaves AVX-512 out.
/// Sanitizers are not initialized when the selection runs, so their builds use the portable version
/// only.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#ifdef SPIKELOOM_NO_AVX512
#define SPIKELOOM_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SPIKELOOM_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#else
#define SPIKELOOM_VECTOR_CLONES
#endif
