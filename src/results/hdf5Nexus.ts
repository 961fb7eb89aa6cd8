// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The group `/entry`: instrument facts for viewers, the NXxpcs view as hard links into `/xpcs`, and default plots. */
import type { Attributes, DatasetValue } from '../correlators/resultGroup.js'
import { beamCenter, delayTick, numberOf, textOf, type Known } from './experiment.js'
import type { ApsInput } from './hdf5Aps.js'
import { g2Definition } from './definitions.js'
import type { ResultFile } from './hdf5File.js'

/** Needs `/xpcs` and `/system` written before. */
export function writeNexus(file: ResultFile, input: ApsInput): void {
  const { experiment } = input.facts
  file.attributes('/', { default: 'entry', NX_class: 'NXroot', creator: 'parcorana' })
  group(file, '/entry', 'NXentry', { default: 'data' })
  file.write('/entry/definition', 'NXxpcs')
  file.write('/entry/schema_version', '1.0')
  put(file, '/entry/entry_identifier', textOf(experiment, 'entryIdentifier', 'unknown'))
  put(file, '/entry/start_time', textOf(experiment, 'startTime', '1970-01-01T00:00:00'))
  writeInstrument(file, input)
  writeMasks(file)
  writeData(file, input)
  writeScattering(file)
  group(file, '/entry/sample', 'NXsample')
  put(file, '/entry/sample/name', textOf(experiment, 'sample', 'unknown'))
  group(file, '/entry/user', 'NXuser')
  put(file, '/entry/user/name', textOf(experiment, 'user', 'unknown'))
  group(file, '/entry/process', 'NXprocess', { definition: g2Definition(input.published.curves.normalization) })
  file.link('/system/program', '/entry/process/program')
  file.link('/system/version', '/entry/process/version')
}

function writeInstrument(file: ResultFile, { facts: { experiment } }: ApsInput): void {
  group(file, '/entry/instrument', 'NXinstrument')
  group(file, '/entry/instrument/bluesky/metadata', 'NXcollection')
  const beam = group(file, '/entry/instrument/incident_beam', 'NXbeam')
  put(file, `${beam}/incident_energy`, numberOf(experiment, 'energyKev', 1, 'keV'))
  const detector = group(file, '/entry/instrument/detector_1', 'NXdetector')
  const tick = numberOf(experiment, 'tickSeconds', 1, 's')
  const center = beamCenter(experiment)
  put(file, `${detector}/frame_time`, tick)
  put(file, `${detector}/count_time`, numberOf(experiment, 'exposureSeconds', tick.value, 's'))
  put(file, `${detector}/distance`, numberOf(experiment, 'distanceM', 1, 'm'))
  put(file, `${detector}/x_pixel_size`, numberOf(experiment, 'pixelSizeM', 1, 'm'))
  put(file, `${detector}/y_pixel_size`, numberOf(experiment, 'pixelSizeM', 1, 'm'))
  put(file, `${detector}/beam_center_x`, center.column)
  put(file, `${detector}/beam_center_y`, center.row)
}

function writeMasks(file: ResultFile): void {
  const masks = group(file, '/entry/instrument/masks', 'NXnote')
  file.link('/xpcs/qmap/mask', `${masks}/mask`)
  file.link('/xpcs/qmap/dynamic_roi_map', `${masks}/dynamic_roi_map`)
  file.link('/xpcs/qmap/static_roi_map', `${masks}/static_roi_map`)
  file.link('/xpcs/qmap/dynamic_v_list_dim0', `${masks}/dynamic_q_list`)
  file.link('/xpcs/qmap/dynamic_v_list_dim1', `${masks}/dynamic_phi_list`)
  file.link('/xpcs/qmap/static_v_list_dim0', `${masks}/static_q_list`)
}

function writeData(file: ResultFile, { facts, published }: ApsInput): void {
  const tick = delayTick(facts.experiment)
  const known = tick.attributes.placeholder === undefined
  const data = group(file, '/entry/data', 'NXdata', {
    signal: 'g2',
    axes: [known ? 'delay' : 'delay_difference', '.'],
    title: 'g2 against delay',
  })
  file.link('/xpcs/multitau/normalized_g2', `${data}/g2`)
  file.link('/xpcs/multitau/normalized_g2_err', `${data}/g2_derr`)
  file.link('/xpcs/multitau/normalized_g2_err', `${data}/g2_errors`)
  file.link('/xpcs/multitau/delay_list', `${data}/delay_difference`)
  file.link('/xpcs/temporal_mean/scattering_2d', `${data}/frame_average`)
  if (!known) return
  const delay = published.curves.delays.map((ticks) => ticks * tick.value)
  file.write(`${data}/delay`, delay, { attributes: { units: 's', long_name: 'delay (s)' } })
}

function writeScattering(file: ResultFile): void {
  const scattering = group(file, '/entry/scattering', 'NXdata', { signal: 'scattering_2d', interpretation: 'image' })
  file.attributes('/xpcs/temporal_mean/scattering_2d', { interpretation: 'image' })
  file.link('/xpcs/temporal_mean/scattering_2d', `${scattering}/scattering_2d`)
}

function group(file: ResultFile, path: string, nexusClass: string, attributes: Attributes = {}): string {
  file.group(path).attributes({ NX_class: nexusClass, ...attributes })
  return path
}

function put(file: ResultFile, path: string, known: Known<DatasetValue>): void {
  file.write(path, known.value, { attributes: known.attributes })
}
