// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, RunError } from '../../src/errors.js'
import { chunksFor, encodeDataset } from '../../src/results/hdf5Encode.js'
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import { describeWithPython, pythonJson, runPython } from '../support/python.js'
import { fakeArray, fakeFacts, fakeSummary, fakeUpdateFacts, publishFake } from './fakeRun.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parcorana-result-'))
  path = join(folder, 'out.h5')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Every object as h5py sees it: shape, dtype and flat values (numbers or texts; NaN as null). */
const dump = `
def plain(v):
    v = np.asarray(v)
    if v.dtype.kind in 'OSU':
        return [x.decode() if isinstance(x, bytes) else str(x) for x in v.ravel()]
    return [None if x != x else x for x in v.ravel().tolist()]
out = {}
def walk(group, path):
    for name in group:
        item = group[name]
        here = path + '/' + name
        if isinstance(item, h5py.Group):
            out[here] = {'attrs': {k: plain(a) for k, a in item.attrs.items()}}
            walk(item, here)
        else:
            out[here] = {'shape': item.shape, 'dtype': str(item.dtype), 'values': plain(item[()]),
                'filter': item.compression, 'chunks': item.chunks,
                'attrs': {k: plain(a) for k, a in item.attrs.items()}}
with h5py.File(sys.argv[1], 'r') as f:
    walk(f, '')
    out['/'] = {'attrs': {k: plain(a) for k, a in f.attrs.items()}}
print(json.dumps(out))
`
interface Seen {
  shape?: number[]
  dtype?: string
  values?: (number | string | null)[]
  filter?: string | null
  chunks?: number[] | null
  attrs: Record<string, (number | string | null)[]>
}
const read = (file: string) => pythonJson<Record<string, Seen>>(dump, file)

describeWithPython('the HDF5 result as h5py reads it', () => {
  it('holds every update, the views of the last one, accounting, and no leftovers', async () => {
    const facts = fakeFacts({ experiment: { tickSeconds: 0.5, colorQ: [0, 0.02, 0, 0, 0.05, 0, 0.07], sample: 'gel' } })
    const result = createHdf5Result({ path, h5arrays: 'final' })
    await result.begin(facts)
    result.userGroups()[0]!.dataset('mine', 'from viewerInit')
    result.userGroups()[0]!.dataset('last', 'early')
    await publishFake(result, facts, fakeUpdateFacts(0, 15))
    expect(readdirSync(folder)).toContain('out.h5.inprogress')
    await publishFake(result, facts, fakeUpdateFacts(1, 49, true), { arrays: true, alive: [2, 7] })
    result.userGroups()[0]!.dataset('last', 'after the last update')
    expect(await result.finish(fakeSummary)).toBe(path)
    expect(readdirSync(folder)).toEqual(['out.h5'])

    const file = read(path)
    const update = '/user/G2_results_at_000049'
    expect(file['/user/mine']?.values).toEqual(['from viewerInit'])
    expect(file['/user/last']?.values).toEqual(['after the last update'])
    expect(Object.keys(file).filter((name) => !/^\/(user|system|run|xpcs|entry|$)/.test(name))).toEqual([])
    expect(file[`${update}/delays`]).toMatchObject({ shape: [4], dtype: 'int64', values: [1, 2, 4, 8] })
    expect(file[`${update}/delay_counts`]).toMatchObject({ dtype: 'int64', values: [49, 48, 46, 42] })
    expect(file[`${update}/delay_curve_color_7`]).toMatchObject({ dtype: 'float64', values: [2, 2.1, 2.2, null] })
    expect(file[`${update}/delay_curve_color_5`]).toBeUndefined()
    expect(file['/user/G2_results_at_000015/delay_curve_color_5']?.values).toEqual([1, 1.1, 1.2, null])
    expect(file[`${update}/IF/delay_000008`]).toMatchObject({ shape: [6, 8], dtype: 'float64' })
    expect(file[`${update}/IF/delay_000008`]?.values).toEqual([...fakeArray(facts, 2, 8)])
    expect(file[update]?.attrs).toMatchObject({
      final: [1],
      complete: [1],
      last_counter: [49],
      error_method: ['standard error over elements'],
    })
    expect(file[`${update}/accounting/filtered/a_b`]).toMatchObject({ values: [1], dtype: 'int64' })
    expect(file['/system/accounting/late']?.values).toEqual([3])
    expect(file['/system/accounting/complete']?.values).toEqual([1])
    expect(file['/system/changed/notzero/fraction']).toMatchObject({
      shape: [],
      dtype: 'float64',
      values: [0.25],
      attrs: { units: ['1'], warning_above: [1e-3] },
    })
    expect(file['/system/changed/notzero/changed']).toMatchObject({ dtype: 'int64', values: [3] })
    expect(file['/system/changed/notzero/of']?.values).toEqual([12])

    expect(file['/system/system_params/times']).toMatchObject({ shape: [], dtype: 'int64', values: [100] })
    expect(file['/system/system_params/numWorkers']).toBeUndefined()
    expect(file['/run/system_params/numWorkers']?.values).toEqual([3])
    expect(file['/system/system_params/maskNdarrayCoords']).toMatchObject({ dtype: 'int8', shape: [6, 8] })
    expect(file['/system/user_params/colorNdarrayCoords']).toMatchObject({ dtype: 'int32', shape: [6, 8] })
    expect(file['/system/user_params/notzero']?.values).toEqual(['None'])
    expect(file['/run/hosts']?.values).toEqual(['a', 'b'])
    expect(file['/run/timings/worker/milliseconds']?.values).toEqual([3])
    expect(Object.values(file).every((seen) => seen.filter == null)).toBe(true)
  })

  it('shows the last update in the viewers’ layout', async () => {
    const facts = fakeFacts({ experiment: { tickSeconds: 0.5, colorQ: [0, 0.02, 0, 0, 0.05, 0, 0.07] } })
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 9))
    await publishFake(result, facts, fakeUpdateFacts(1, 49, true), { alive: [2, 7] })
    await result.finish(fakeSummary)
    const file = read(path)
    const dynamic = file['/xpcs/qmap/dynamic_roi_map']!.values as number[]
    const labels = file['/xpcs/qmap/dynamic_labels']!.values as number[]
    const mapping = file['/xpcs/qmap/dynamic_index_mapping']!.values as number[]
    expect(labels).toEqual([2, 5, 7])
    expect(mapping).toEqual([0, 2])
    const color = new Map([...facts.elements].map((pixel, i) => [pixel, facts.analyses[0]!.color[i]!]))
    dynamic.forEach((bin, pixel) => {
      const wanted = pixel === facts.elements[1] ? 0 : [0, 2, 7].indexOf(color.get(pixel) ?? 0)
      expect(bin, `pixel ${pixel}`).toBe(Math.max(0, wanted))
    })
    expect(Math.max(...dynamic)).toBe(2)
    expect(file['/xpcs/qmap/dynamic_v_list_dim0']?.values).toEqual([0.02, 0.05, 0.07])
    expect(file['/xpcs/qmap/map_units']?.values).toEqual(['1/Angstrom', 'deg'])
    expect(file['/xpcs/qmap/dynamic_num_pts']?.values).toEqual([3, 1])
    expect(file['/xpcs/qmap']?.attrs.hash?.[0]).toMatch(/^[0-9a-f]{64}$/)
    const g2 = file['/xpcs/multitau/normalized_g2']!
    expect(g2).toMatchObject({ shape: [4, 2], dtype: 'float32' })
    expect(g2.values?.map((value) => value && Math.round(Number(value) * 1e5) / 1e5)).toEqual([
      1,
      2,
      1.1,
      2.1,
      1.2,
      2.2,
      null,
      null,
    ])
    expect(file['/xpcs/multitau/delay_list']).toMatchObject({ shape: [4], values: [1, 2, 4, 8] })
    expect(file['/xpcs/temporal_mean/scattering_2d']?.shape).toEqual([1, 6, 8])
    expect(file['/xpcs/spatial_mean/intensity_vs_time']).toMatchObject({ shape: [2, 20], dtype: 'float64' })
    const bins = Math.max(...(file['/xpcs/qmap/static_roi_map']!.values as number[]))
    expect(file['/xpcs/temporal_mean/scattering_1d']?.shape).toEqual([1, bins])
    expect(file['/xpcs/temporal_mean/scattering_1d_segments']?.shape).toEqual([1, bins])
    const profile = file['/xpcs/temporal_mean/scattering_1d']!.values as number[]
    const map = file['/xpcs/qmap/static_roi_map']!.values as number[]
    const image = file['/xpcs/temporal_mean/scattering_2d']!.values as number[]
    const inBin = image.filter((_, pixel) => map[pixel] === 1)
    expect(profile[0]).toBeCloseTo(inBin.reduce((a, b) => a + b, 0) / inBin.length, 6)
    expect(file['/entry/data']?.attrs).toMatchObject({ NX_class: ['NXdata'], signal: ['g2'], axes: ['delay', '.'] })
    expect(file['/entry/data/delay']).toMatchObject({ values: [0.5, 1, 2, 4], attrs: { units: ['s'] } })
    expect(file['/']?.attrs).toMatchObject({ default: ['entry'] })
    expect(file['/entry/instrument/detector_1/frame_time']).toMatchObject({
      values: [0.5],
      attrs: { source: ['config'] },
    })
    expect(file['/entry/instrument/incident_beam/incident_energy']?.attrs).toMatchObject({
      placeholder: [1],
      units: ['keV'],
    })
  })

  it('holds everything that viewers require, whatever is unknown', async () => {
    const facts = fakeFacts()
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 49, true))
    await result.finish(fakeSummary)
    const file = read(path)
    const qmap =
      'mask dynamic_roi_map static_roi_map dynamic_v_list_dim0 dynamic_v_list_dim1 static_v_list_dim0 static_v_list_dim1 dynamic_num_pts static_num_pts dynamic_index_mapping static_index_mapping beam_center_x beam_center_y detector_distance pixel_size map_names map_units'
    const others =
      '/entry/start_time /entry/definition /entry/entry_identifier /entry/instrument/detector_1/frame_time /entry/instrument/detector_1/count_time /entry/instrument/detector_1/beam_center_x /entry/instrument/incident_beam/incident_energy /xpcs/temporal_mean/scattering_1d /xpcs/temporal_mean/scattering_1d_segments /xpcs/temporal_mean/scattering_2d /xpcs/spatial_mean/intensity_vs_time /xpcs/multitau/delay_list /xpcs/multitau/normalized_g2 /xpcs/multitau/normalized_g2_err /xpcs/multitau/config/stride_frame /xpcs/multitau/config/avg_frame /entry/data/g2 /entry/instrument/masks/dynamic_roi_map'
    for (const name of [...qmap.split(' ').map((key) => `/xpcs/qmap/${key}`), ...others.split(' ')]) {
      expect(file[name]?.values, name).toBeDefined()
    }
    const classes = Object.entries(file).flatMap(([name, { attrs }]) =>
      attrs.NX_class ? [`${name} ${attrs.NX_class[0]}`] : [],
    )
    expect(classes).toEqual(
      expect.arrayContaining([
        '/entry NXentry',
        '/entry/data NXdata',
        '/entry/instrument NXinstrument',
        '/entry/instrument/incident_beam NXbeam',
        '/entry/instrument/detector_1 NXdetector',
        '/entry/process NXprocess',
      ]),
    )
    expect(file['/xpcs/qmap/map_units']?.values).toEqual(['bin', 'deg'])
    expect(file['/xpcs/qmap/dynamic_v_list_dim0']).toMatchObject({ values: [2, 5, 7], attrs: { placeholder: [1] } })
    const marked = Object.entries(file).filter(([, { attrs }]) => attrs.placeholder?.[0] === 1)
    expect(marked.map(([name]) => name)).toEqual(
      expect.arrayContaining(['/entry/start_time', '/entry/instrument/detector_1/frame_time', '/xpcs/qmap/pixel_size']),
    )
  })

  it('shares one copy through hard links', async () => {
    const facts = fakeFacts()
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 49, true), { arrays: true })
    await result.finish(fakeSummary)
    const pairs = [
      ['/entry/data/g2', '/xpcs/multitau/normalized_g2'],
      ['/entry/data/g2_derr', '/xpcs/multitau/normalized_g2_err'],
      ['/entry/data/delay_difference', '/xpcs/multitau/delay_list'],
      ['/entry/instrument/masks/dynamic_roi_map', '/xpcs/qmap/dynamic_roi_map'],
      ['/user/final', '/user/G2_results_at_000049'],
      ['/user/final/G2/delay_000001', '/user/G2_results_at_000049/G2/delay_000001'],
    ]
    const script =
      'f = h5py.File(sys.argv[1]); print(json.dumps([f[a] == f[b] and f[a].id == f[b].id for a, b in json.loads(sys.argv[2])]))'
    expect(pythonJson(script, path, JSON.stringify(pairs))).toEqual(pairs.map(() => true))
    expect(read(path)['/entry/data']?.attrs.axes).toEqual(['delay_difference', '.'])
  })

  it('compresses large arrays with gzip and nothing else', async () => {
    const facts = fakeFacts({ shape: [360, 400], delays: [1] })
    const result = createHdf5Result({ path, h5views: ['apsG2'] })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 49, true), { arrays: true })
    await result.finish(fakeSummary)
    const file = read(path)
    const array = file['/user/final/G2/delay_000001']!
    expect(array.filter).toBe('gzip')
    expect(array.chunks).toEqual([327, 400])
    expect(array.values).toEqual([...fakeArray(facts, 0, 1)])
    const filters = `
f = h5py.File(sys.argv[1])
seen = set()
def look(name, item):
    if isinstance(item, h5py.Dataset):
        p = item.id.get_create_plist()
        seen.add(tuple(p.get_filter(i)[0] for i in range(p.get_nfilters())))
f.visititems(look)
print(json.dumps(sorted(seen)))`
    expect(pythonJson(filters, path)).toEqual([[], [1]])
    const G2 = file['/xpcs/multitau/unnormalized_G2']!
    expect(G2.shape).toEqual([1, 3, 360, 400])
    const at = 360 * 400
    expect([G2.values![0], G2.values![at], G2.values![2 * at]]).toEqual([1, 2001, 1001])
  })

  it('replaces a group of the same counter as a whole, with other shapes, texts and members', async () => {
    const facts = fakeFacts()
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 20))
    const [first] = await result.openUpdate(fakeUpdateFacts(1, 49))
    first!.dataset('note', 'a long first text')
    first!.dataset('table', new Float64Array(6), { shape: [2, 3], attributes: { old: 1 } })
    first!.dataset('kept', Float64Array.of(1, 2), { attributes: { old: 1 } })
    first!.group('only_before').dataset('x', 1)
    first!.dataset('becomes_group', 1)
    first!.attributes({ stale: 'yes' })
    await result.commit(await publishFake(result, facts, fakeUpdateFacts(1, 49)))
    const [second] = await result.openUpdate(fakeUpdateFacts(2, 49, true))
    second!.dataset('note', 'second')
    second!.dataset('note', 'third')
    second!.dataset('table', new Int32Array(4).fill(3), { shape: [4] })
    second!.dataset('kept', Float64Array.of(5, 6), { attributes: { fresh: 1 } })
    second!.dataset('becomes_group/inside', 7n)
    const published = {
      ...fakeUpdateFacts(2, 49, true),
      analyses: [(await import('./fakeRun.js')).fakePublished(facts, 2)],
    }
    await result.commit(published)
    await result.finish(fakeSummary)
    const file = read(path)
    const group = '/user/G2_results_at_000049'
    expect(file[`${group}/note`]?.values).toEqual(['third'])
    expect(file[`${group}/table`]).toMatchObject({ shape: [4], dtype: 'int32', values: [3, 3, 3, 3], attrs: {} })
    expect(file[`${group}/kept`]).toMatchObject({ values: [5, 6] })
    expect(Object.keys(file[`${group}/kept`]!.attrs)).toEqual(['fresh'])
    expect(file[`${group}/becomes_group/inside`]?.values).toEqual([7])
    expect(file[`${group}/only_before`]).toBeUndefined()
    expect(file[`${group}/delays`]).toBeUndefined()
    expect(file[group]?.attrs.stale).toBeUndefined()
    expect(file['/user/G2_results_at_000020/delays']?.values).toEqual([1, 2, 4, 8])
    expect(file['/.replaced']).toBeUndefined()
    expect(file['/xpcs/multitau/normalized_g2']?.values?.[0]).toBe(2)
  })

  it('gives each of several analyses its own group and shows the first', async () => {
    const facts = fakeFacts({ names: ['rings', 'wedges'] })
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 49, true))
    await result.finish(fakeSummary)
    const file = read(path)
    expect(file['/user/wedges/G2_results_at_000049/delays']?.values).toEqual([1, 2, 4, 8])
    expect(file['/user/rings/final/delays']?.values).toEqual([1, 2, 4, 8])
    expect(file['/xpcs']?.attrs.analysis).toEqual(['rings'])
    expect(file['/system/analyses/wedges/colorNdarrayCoords']?.shape).toEqual([6, 8])
  })

  it('writes a result without any event, and detectors of one and three axes', async () => {
    for (const shape of [[9], [2, 3, 4]]) {
      const facts = fakeFacts({ shape })
      const result = createHdf5Result({ path, overwrite: true })
      await result.begin(facts)
      await publishFake(result, facts, fakeUpdateFacts(0, null, true))
      await result.finish({ ...fakeSummary, complete: false })
      const file = read(path)
      expect(file['/user/G2_results_at_none/delays']?.shape).toEqual([4])
      expect(file['/xpcs/qmap/mask']?.shape).toEqual(shape.length === 1 ? [1, 9] : [6, 4])
      expect(file['/system/accounting/complete']?.values).toEqual([0])
    }
  })

  it('leaves the last complete update readable under .inprogress when the run fails', async () => {
    const facts = fakeFacts()
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 15))
    const [group] = await result.openUpdate(fakeUpdateFacts(1, 30))
    group!.dataset('half', 1)
    await result.abandon()
    expect(readdirSync(folder)).toEqual(['out.h5.inprogress'])
    const names = runPython('print(sorted(h5py.File(sys.argv[1])["/user"]))', `${path}.inprogress`)
    expect(names.trim()).toBe("['G2_results_at_000015', 'final']")
  })
})

describe('files around a result', () => {
  it('removes .inprogress when no update was complete', async () => {
    const facts = fakeFacts()
    const result = createHdf5Result({ path })
    await result.begin(facts)
    expect(readdirSync(folder)).toContain('out.h5.inprogress')
    await result.openUpdate(fakeUpdateFacts(0, 30))
    await result.abandon()
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses existing output and says what to do', async () => {
    writeFileSync(path, 'precious')
    await expect(createHdf5Result({ path }).begin(fakeFacts())).rejects.toThrow(ConfigError)
    await expect(createHdf5Result({ path }).begin(fakeFacts())).rejects.toThrow(/out\.h5 exists: give --overwrite/)
    const blocked = join(folder, 'b.h5')
    writeFileSync(`${blocked}.inprogress`, 'precious')
    const second = createHdf5Result({ path: blocked, overwrite: true })
    await expect(second.begin(fakeFacts())).rejects.toThrow(
      /b\.h5\.inprogress exists: .*rename it to keep .* or delete it/,
    )
    const nowhere = createHdf5Result({ path: join(folder, 'none', 'x.h5') })
    await expect(nowhere.begin(fakeFacts())).rejects.toThrow(/folder .*none of h5output does not exist/)
    expect(readdirSync(folder).sort()).toEqual(['b.h5.inprogress', 'out.h5'])
  })

  it('compresses where that saves, unless told', () => {
    const noise = Float64Array.from({ length: 50_000 }, () => Math.random())
    expect(encodeDataset('x', noise).chunks).toBeNull()
    expect(encodeDataset('x', noise, { compress: true }).chunks).toEqual([50_000])
    expect(encodeDataset('x', new Float64Array(50_000), { shape: [50, 1000] }).chunks).toEqual([50, 1000])
    expect(encodeDataset('x', new Float64Array(50_000), { compress: false }).chunks).toBeNull()
    expect(encodeDataset('x', new Uint8Array(60_000)).chunks).toBeNull()
    expect(() => encodeDataset('x', noise, { shape: [7] })).toThrow(/50000 values but shape 7/)
    expect(chunksFor([3, 2000, 1000], 8)).toEqual([1, 131, 1000])
  })

  it('does not finish while an update is half written', async () => {
    const result = createHdf5Result({ path })
    await result.begin(fakeFacts())
    await result.openUpdate(fakeUpdateFacts(0, 30))
    await expect(result.finish(fakeSummary)).rejects.toThrow(/open update/)
    await result.abandon()
  })

  it('lets only one of two runs that start together have the name', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => createHdf5Result({ path }).begin(fakeFacts())))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConfigError)
  })

  it('keeps the complete result under .inprogress when the final name appears meanwhile', async () => {
    const facts = fakeFacts()
    const result = createHdf5Result({ path })
    await result.begin(facts)
    await publishFake(result, facts, fakeUpdateFacts(0, 15, true))
    writeFileSync(path, 'somebody else')
    await expect(result.finish(fakeSummary)).rejects.toThrow(RunError)
    expect(readdirSync(folder).sort()).toEqual(['out.h5', 'out.h5.inprogress'])
  })

  it('removes hidden files of killed runs, and only those', async () => {
    const own = join(folder, '.out.h5.abc123.parcorana-work')
    const orphan = join(folder, '.gone.h5.abc123.parcorana-next')
    const living = join(folder, '.live.h5.abc123.parcorana-work')
    const young = join(folder, '.young.h5.abc123.parcorana-work')
    for (const name of [own, orphan, living, young, join(folder, 'live.h5.inprogress')]) writeFileSync(name, '')
    const old = new Date(Date.now() - 3_600_000)
    for (const name of [orphan, living]) utimesSync(name, old, old)
    const result = createHdf5Result({ path })
    await result.begin(fakeFacts())
    expect([own, orphan, living, young].map((name) => existsSync(name))).toEqual([false, false, true, true])
    renameSync(living, young)
    await result.abandon()
  })
})
