/* SPDX-FileCopyrightText: 2026 The parcorana authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The yardstick of bench/mpi.mjs: two ranks, MPI_Scatterv and MPI_Gatherv of blocks of `bytes` bytes between rank 0 and rank 1.
 * Both ranks use `buffers` buffers in turn, as the communicator has them on their way at one time. The sender writes every block anew
 * at one place and the receiver reads it, so that no copy can be left out.
 * Prints seconds per block, scatter then gather, one line per sample.  mpi BYTES BLOCKS SAMPLES BUFFERS
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int rank;
  int bytes = atoi(argv[1]), blocks = atoi(argv[2]), samples = atoi(argv[3]), buffers = atoi(argv[4]);
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  unsigned char *memory = malloc((size_t)bytes * buffers);
  int counts[2] = {0, bytes}, offsets[2] = {0, 0};
  long wrong = 0;
  for (size_t i = 0; i < (size_t)bytes * buffers; i++) memory[i] = i % 251;
  for (int sample = 0; sample <= samples; sample++) {
    double seconds[2];
    for (int gather = 0; gather < 2; gather++) {
      MPI_Barrier(MPI_COMM_WORLD);
      double start = MPI_Wtime();
      for (int block = 0; block < blocks; block++) {
        unsigned char *buffer = memory + (size_t)bytes * (block % buffers);
        if (rank == gather) buffer[block % bytes] = (unsigned char)block;
        if (gather)
          MPI_Gatherv(buffer, rank ? bytes : 0, MPI_BYTE, buffer, counts, offsets, MPI_BYTE, 0, MPI_COMM_WORLD);
        else
          MPI_Scatterv(buffer, counts, offsets, MPI_BYTE, buffer, rank ? bytes : 0, MPI_BYTE, 0, MPI_COMM_WORLD);
        if (rank != gather && buffer[block % bytes] != (unsigned char)block) wrong++;
      }
      MPI_Barrier(MPI_COMM_WORLD);
      seconds[gather] = (MPI_Wtime() - start) / blocks;
    }
    if (rank == 0 && sample > 0) printf("%.9f %.9f\n", seconds[0], seconds[1]);
  }
  if (wrong) MPI_Abort(MPI_COMM_WORLD, 1);
  MPI_Finalize();
  return 0;
}
