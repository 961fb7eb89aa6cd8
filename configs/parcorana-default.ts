// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: CC0-1.0

/**
 * Every parameter with its comment, at the values of ParCorAna's default_params (120 Hz detector). Copy it, delete what you do not change.
 * Paths are relative to this file. `parcorana check -c parcorana-default.ts` does the sums below for your numbers.
 */
import { defineConfig, G2AtEnd, makeDelayList } from 'parcorana'

export default defineConfig({
  systemParams: {
    // --- what is read ---

    // Your data, for example:
    //   { format: 'npy', path: 'input.npy', counters: 'times.npy', streams: 'streams.npy', vars: { ipm: 'ipm.npy' } }
    //   { format: 'hdf5', path: 'run.h5', dataset: '/entry/data/data' }
    // or the same as text: 'npy:input.npy?counters=times.npy&vars.ipm=ipm.npy'
    dataset: { format: 'synthetic', shape: [32, 32], events: 5000, seed: 1 },
    // Events pass only when min <= variable <= max, for every entry. ParCorAna: ipimb_srcs, ipimb_threshold_lower.
    //   [{ var: 'ipm', min: 0.05 }]
    filters: [],
    // Positions in the file to leave out, 0-based, ranges inclusive: '0-9,1200'. null = none.
    badEvents: null,
    // .npy of 0 and 1 in the detector's shape, 1 = correlate this element. null = all elements.
    maskNdarrayCoords: null,
    // The mask for --test-main and --test-alt: 10 to 100 elements keep them quick. null = maskNdarrayCoords.
    testMaskNdarrayCoords: null,
    // What servers do with whole frames before masking, in this order. A map is a path (.npy, 'file.h5:/dataset'), a number, or null = none.
    // 'parcorana dark' makes pedestal, noise and badPixels; formulas: docs/physics.md.
    calibration: {
      // Subtracted from the raw values: the mean of dark frames, ADU.
      pedestal: null,
      // Pixels that share a shift of each frame: 'none', 'panel' (the last two axes), 'row', 'column'.
      commonMode: 'none',
      // [rows, columns] of a read-out chip where a panel holds several, each with its own. null = the whole panel.
      asic: null,
      // Values farther than this from the common mode hold photons and take no part, ADU. null = half a photon.
      commonModeLimit: null,
      // Scattering that is not the sample's, ADU.
      background: null,
      // Multiply by gain and gainMap, divide by flat.
      gain: null,
      gainMap: null,
      flat: null,
      // ADU of one photon: results are photons. null = results are ADU.
      adusPerPhoton: null,
      // Results below this become 0. null = off.
      lld: null,
      // Whole photons: 'none', 'round', 'threshold' (the n-th photon counts from n - 1 + lld on; lld null = 0.5).
      photonize: 'none',
      // Standard deviation of dark pixels, ADU: to warn where one photon does not stand out.
      noise: null,
      // Other than 0 = masked out and in no common mode.
      badPixels: null,
    },
    // Checks of every result: [warn, fail], null = not looked at; meanings in docs/physics.md.
    quality: {
      // g2 at the longest delays, contrast against the expected one, g2 at the first delay, per ring.
      baseline: [0.15, 0.5],
      contrast: [5, 50],
      firstDelays: [0.1, 0.3],
      // I(q) from the first to the last tenth, elements without counts, with too many, saturated, per ring.
      profileDrift: [0.05, 0.2],
      deadElements: [0.01, 0.1],
      hotElements: [0.005, 0.05],
      saturatedElements: [0.001, 0.05],
      // Counts per speckle and event, least value.
      photonsPerSpeckle: [0.0001, 0.000001],
      // Intensity and place of the pattern from the first to the last tenth, jumps of I(t), pairs at the longest delay, lost frames.
      intensityDrift: [0.1, 0.5],
      centreDrift: [0.5, 2],
      jumps: [0.001, 0.02],
      longestPairs: [10, 1],
      lostFrames: [0.0001, 0.01],
      // Size of a speckle in pixels where it is not measured, and g2 - 1 to expect at short delays. null = unknown.
      speckleSize: null,
      contrastExpected: null,
    },
    // When events were taken, where counters do not say it yet; examples: docs/physics.md.
    timing: {
      // Trains: pulses of a train when none is missing, and ticks (pulse to pulse) from train to train. null = no trains.
      pulses: null,
      period: null,
      // Pulses to leave out of every train: '0-3,351'. null = none.
      drop: null,
      // Variables (dataset.vars) with train and pulse of every event. null = counters or positions count pulses.
      train: null,
      pulse: null,
      // Variable with the time of every event, one tick in its unit, and how far (in ticks) a stamp may be from a whole tick.
      timestamps: null,
      tick: null,
      tolerance: 0.1,
    },
    // Raw values that are none, beside NaN and the file's own ('max' = the largest of the frames' type): the element is left out of that event.
    // missingPanel: a panel without a valid value: 'hole' = its elements are left out, 'frame' = the frame is dropped.
    holes: {
      values: [],
      missingPanel: 'hole',
    },
    // Use the first N events in order, before filters. 0 = all.
    numEvents: 0,
    // Frames begin to end - 1 of these, by their position in the file; end -1 = to the last.
    begin: 0,
    end: -1,
    // Every so many-th of them, and so many in a row summed into one event; delays then count in stride * average frames.
    stride: 1,
    average: 1,
    // The same for --test-main and --test-alt.
    testNumEvents: 100,

    // --- what is computed ---

    // Events in the rolling buffer of every worker: the `times` largest counters so far. The buffer of all workers together needs
    // times x elements x bytes per value: for a full CSPAD, 50,000 x (32 x 388 x 185) x 8 bytes = 919 GB as float64, 115 GB as uint8.
    times: 50_000,
    // Events between two published results. 0 = only at the end. 2400 = every 20 s at 120 Hz.
    update: 2400,
    // Delays in ticks of the counters. Memory of the sums: 3 x delays x elements x 8 bytes.
    delays: makeDelayList({ start: 1, stop: 25_000, num: 100, spacing: 'log', logbase: Math.E }),
    // The class that correlates: G2AtEnd, G2IncrementalAccumulator (best for live runs), G2IncrementalWindowed, or yours: './myG2.ts'.
    userClass: G2AtEnd,
    // Type of the buffer: 'auto' = the narrowest that holds the values seen, widened without loss. ParCorAna: float32.
    // 'bit' takes an eighth of uint8 for photon counts with few above 1, and becomes uint8 where there are many.
    workerStoreDtype: 'auto',

    // --- who computes ---

    // Ranks that read. With `streams` in the dataset, server k takes the streams at sorted position k, k + numServers, ...
    numServers: 1,
    // Ranks that correlate. 'auto' = one per core, or all other ranks of an MPI job.
    numWorkers: 'auto',
    // Hosts that may run servers. null = any.
    serverHosts: null,
    // With `streams`: take events of the servers in turn; false = the earliest first.
    serversRoundRobin: true,
    // 'auto' = mpi inside an MPI job of more than one rank, else threads.
    transport: 'auto',
    // Events that a server moves at once, 1 to 1024. 'auto' = about 32 MiB. The result does not depend on it.
    blockSize: 'auto',
    // Least serious log lines shown: 'DEBUG', 'INFO', 'WARNING', 'ERROR'.
    verbosity: 'INFO',

    // --- what is written ---

    // Result file. %T = yyyymmddhhmmss, %C = next free number 000, 001, ..., %J = id of the batch job. null = no file.
    h5output: 'g2_%C.h5',
    // Result file of --test-alt.
    testH5output: 'g2_test.h5',
    // When G2, IP, IF of every element are written: 'final', 'every' (each update), 'none'. Above 1 GB this must be said.
    h5arrays: 'final',
    // Further views inside the result: 'apsG2' = the large unnormalized_G2 of the APS layout.
    h5views: [],
    // Replace a result file that exists.
    overwrite: false,

    // --- what is known about the experiment; null = taken from metadataFile or the raw file where they say it ---

    experiment: {
      // Seconds per tick of the counters. Unknown: axes say "frames".
      tickSeconds: 1 / 120,
      exposureSeconds: null,
      energyKev: null,
      // Sample to detector, metres.
      distanceM: null,
      // Direct beam on the detector: [row, column] in pixels.
      beamCenterPx: null,
      pixelSizeM: null,
      // q of every color in 1/Angstrom: { 1: 0.002, 2: 0.003 } or the list for colors 1, 2, ... Unknown: axes say "bin".
      colorQ: null,
      sample: null,
      user: null,
    },
    // JSON file with such values, used where this config says nothing.
    metadataFile: null,
  },

  userParams: {
    // .npy of integer labels 0..16384 in the detector's shape: one curve per color, 0 = not used. null = one color.
    colorNdarrayCoords: null,
    // Labels over which intensities are averaged; > 0 wherever a color is. null = the colors.
    colorFineNdarrayCoords: null,
    // HDF5 q-map with dynamic (color) and static (fine color) partitions, instead of the two files.
    qmap: null,
    // Definition of g2: 'finecolor' (ParCorAna), 'static' (boost_corr), 'ring' (scikit-beam), 'instantaneous' (dynamix).
    normalization: 'finecolor',
    // For 'static': weight of a static bin in its dynamic bin: 'bin', 'pixel', 'photon'.
    weights: 'bin',
    // Beam intensity by whose autocorrelation g2 is divided: 'none', 'frameMean', or a variable of the dataset: 'monitor:ipm'.
    frameNorm: 'none',
    // Errors: 'jackknife' over parts of every color and of the run, 'elements' = spread over elements; null = jackknife where it is cheap.
    errors: null,
    // Also store the covariance of g2 between delays, per color.
    covariance: false,
    // P(k) and speckle contrast against exposure, beside g2: { exposures: 7, every: null, kMax: 15 } = 1, 2, 4, ... 64 ticks; null = off.
    visibility: null,
    // An element that reaches this value once leaves the colors for ever. null = the file's own value, or never. ParCorAna: 32768.
    saturatedValue: 1 << 15,
    // What reaching it costs: 'pixel' = the element for ever, 'event' = the element in that event only, up to so many events. null = no limit.
    saturation: 'pixel',
    saturationLimit: null,
    // Values below this are raised to it before they are stored; null = off. ParCorAna: 1e-5, which turns counts into fractions.
    notzero: null,
    // Log the first ten points of every curve at each update.
    print_delay_curves: false,
  },
})
