/* SPDX-FileCopyrightText: 2026 The parcorana authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a C program pays for scattering and gathering blocks between two MPI processes: the yardstick of bench/mpi.mjs. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int later(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Microseconds of one block, median of `rounds` rounds of `blocks` blocks. */
static double timed(int gather, int rank, char *block, int bytes, int rounds, int blocks) {
  double *times = malloc(rounds * sizeof(double));
  const int counts[2] = {0, bytes}, places[2] = {0, 0};
  for (int round = 0; round < rounds; round++) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    for (int i = 0; i < blocks; i++) {
      const int own = rank == 0 ? 0 : bytes;
      if (gather) MPI_Gatherv(block, own, MPI_BYTE, block, counts, places, MPI_BYTE, 0, MPI_COMM_WORLD);
      else MPI_Scatterv(block, counts, places, MPI_BYTE, block, own, MPI_BYTE, 0, MPI_COMM_WORLD);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    times[round] = (MPI_Wtime() - begin) / blocks * 1e6;
  }
  qsort(times, rounds, sizeof(double), later);
  const double median = times[rounds / 2];
  free(times);
  return median;
}

int main(int count, char **words) {
  int rank;
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const int bytes = atoi(words[1]), rounds = atoi(words[2]), blocks = atoi(words[3]);
  char *block = malloc(bytes);
  memset(block, rank, bytes);
  timed(0, rank, block, bytes, 1, blocks);
  const double scatter = timed(0, rank, block, bytes, rounds, blocks);
  const double gather = timed(1, rank, block, bytes, rounds, blocks);
  if (rank == 0) printf("{\"scatter\":%.1f,\"gather\":%.1f}\n", scatter, gather);
  free(block);
  MPI_Finalize();
  return 0;
}
