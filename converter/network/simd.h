// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Before a function with hot loops: compiled for several instruction sets, the widest that the
/// processor has is picked when the program starts. Since nothing is contracted or reordered, all
/// give the same bits. Sanitizers cannot run before the picking, so their builds take the portable
/// version alone.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SPIKELOOM_TARGET_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SPIKELOOM_TARGET_CLONES
#endif
