// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** g2 against delay as an SVG picture: one panel, one color and mark per ring, error bars, known values as lines. */
import { logScale, robustScale, type Scale, type Tick } from './axes.js'
import { agreement, curveNames, delayAxis, type CurveFacts, type CurveSet, type Truth } from './curveText.js'

export interface PlotOptions {
  /** Default 'g2 against delay'. */
  readonly title?: string
  /** Known g2, drawn as a line through every delay. */
  readonly truth?: Truth
  /** Pixels; default 900 x 560. */
  readonly width?: number
  readonly height?: number
}

/** Distinct also for color-blind eyes and on paper; marks repeat with another shape. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#333333']
const legendRows = 18
const margin = { left: 86, right: 210, top: 64, bottom: 74 }
/** Pixels from one line below the title to the next, and of one of its letters. */
const noteHeight = 17
const noteLetter = 6.5
const font = 'font-family="Helvetica, Arial, sans-serif"'

interface Frame {
  readonly x: Scale
  readonly y: Scale
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

interface Point {
  readonly x: number
  readonly y: number
  readonly error: number
}

/** A complete SVG document. Delays 0 and undefined points are left out; points off the scale are counted in a note. */
export function curvesSvg(set: CurveSet, facts: CurveFacts, options: PlotOptions = {}): string {
  const width = options.width ?? 900
  const height = options.height ?? 560
  const { scale, unit } = delayAxis(facts)
  const curves = pointsOf(set, scale)
  const scales = scalesOf(curves, truthValues(set, options.truth))
  const notes = wrapped(subtitle(set, curves, scales.y, options.truth), width - margin.left)
  const frame = frameOf(scales, width, height, notes.length)
  const names = curveNames(set, facts)
  const shapes = curves.map((points, c) => curve(points, frame, c, options.truth === undefined))
  const lines = options.truth === undefined ? [] : truthLines(set, options.truth, scale, frame)
  const right = frame.left + frame.width
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(options.title ?? 'g2 against delay')}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<clipPath id="panel"><rect x="${frame.left}" y="${frame.top}" width="${frame.width}" height="${frame.height}"/></clipPath>`,
    text(frame.left, 34, escaped(options.title ?? 'g2 against delay'), 'font-size="20" font-weight="bold"'),
    ...notes.map((note, n) => text(frame.left, 54 + n * noteHeight, escaped(note), 'font-size="13" fill="#555"')),
    ...axes(frame, unit),
    `<g clip-path="url(#panel)">${[...shapes, ...lines].join('\n')}</g>`,
    legend(names, right + 18, frame.top + 8, options.truth !== undefined),
    '</svg>',
  ].join('\n')
}

function pointsOf({ curves, counts }: CurveSet, scale: number): Point[][] {
  return [...curves.colors].map((_, c) =>
    [...curves.delays].flatMap((delay, d) => {
      const y = curves.g2[c * curves.delays.length + d] ?? Number.NaN
      const error = curves.error[c * curves.delays.length + d] ?? Number.NaN
      const defined = delay > 0 && Number.isFinite(y) && (counts[d] ?? 0) > 0
      return defined ? [{ x: delay * scale, y, error }] : []
    }),
  )
}

function truthValues({ curves }: CurveSet, truth: Truth | undefined): number[] {
  if (truth === undefined) return []
  return [...curves.colors].flatMap((color) => [...curves.delays].map((delay) => truth(color, delay)))
}

function scalesOf(curves: readonly Point[][], known: readonly number[]): Pick<Frame, 'x' | 'y'> {
  const all = curves.flat()
  const ys = all.flatMap(({ y, error }) => (Number.isFinite(error) ? [y - error, y + error] : [y]))
  return {
    x: logScale(all.length > 0 ? all.map(({ x }) => x) : [1, 10]),
    y: robustScale([...ys, ...known]),
  }
}

/** The panel below title and `notes` lines. */
function frameOf(scales: Pick<Frame, 'x' | 'y'>, width: number, height: number, notes: number): Frame {
  const top = margin.top + (notes - 1) * noteHeight
  const panel = { width: width - margin.left - margin.right, height: height - top - margin.bottom }
  return { ...scales, left: margin.left, top, ...panel }
}

function subtitle(set: CurveSet, curves: readonly Point[][], y: Scale, truth: Truth | undefined): string[] {
  const parts = [`normalization ${set.curves.normalization}`, `error bars: ${set.curves.errorMethod.split(':')[0]}`]
  const outside = curves.flat().filter((point) => y.at(point.y) < 0 || y.at(point.y) > 1).length
  if (outside > 0) parts.push(`${outside} points off the scale`)
  if (truth !== undefined) {
    const { inside, points, errors } = agreement(set, truth)
    parts.push(`${inside} of ${points} points within ${errors} errors of the known g2`)
  }
  return parts
}

/** `parts` in lines of at most `width` pixels, where one alone is not wider. */
function wrapped(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const longer = lines.length === 0 ? part : `${lines.at(-1)}; ${part}`
    if (lines.length > 0 && longer.length * noteLetter <= width) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines
}

function axes(frame: Frame, unit: string): string[] {
  const { left, top, width, height } = frame
  const bottom = top + height
  const xTicks = frame.x.ticks.map((tick) => xTick(tick, left + frame.x.at(tick.value) * width, top, bottom))
  const yTicks = frame.y.ticks.map(({ value, label }) => {
    const y = round(bottom - frame.y.at(value) * height)
    const grid = `<path d="M${left} ${y}H${left + width}" stroke="#e4e4e4"/>`
    return grid + text(left - 10, y + 5, label?.text ?? '', 'font-size="15" text-anchor="end"')
  })
  const middle = top + height / 2
  const g2 = 'g<tspan dy="5" font-size="13">2</tspan><tspan dy="-5">(τ)</tspan>'
  return [
    ...yTicks,
    ...xTicks,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#222" stroke-width="1.2"/>`,
    text(left + width / 2, bottom + 54, `delay τ (${unit})`, 'font-size="18" text-anchor="middle"'),
    text(24, middle, g2, `font-size="18" text-anchor="middle" transform="rotate(-90 24 ${middle})"`),
  ]
}

function xTick({ label }: Tick, x: number, top: number, bottom: number): string {
  const at = round(x)
  if (label === null) return `<path d="M${at} ${bottom}v-5" stroke="#222"/>`
  const exponent = label.exponent === undefined ? '' : `<tspan dy="-7" font-size="11">${label.exponent}</tspan>`
  const grid = `<path d="M${at} ${top}V${bottom}" stroke="#e4e4e4"/><path d="M${at} ${bottom}v-9" stroke="#222"/>`
  return grid + text(at, bottom + 24, label.text + exponent, 'font-size="15" text-anchor="middle"')
}

/** `joined`: a faint line guides the eye from point to point. */
function curve(points: readonly Point[], frame: Frame, index: number, joined: boolean): string {
  const color = palette[index % palette.length]
  const bars = points.filter(({ error }) => error > 0).map((point) => errorBar(point, frame))
  const marks = points.map(({ x, y }) => mark(place(frame, x, y), index))
  const places = joined ? points.map(({ x, y }) => place(frame, x, y).join(' ')) : []
  const guide = places.length < 2 ? '' : `<path d="M${places.join('L')}" fill="none" opacity="0.4"/>`
  return `<g stroke="${color}" fill="${color}">${guide}<path d="${bars.join('')}" fill="none" stroke-width="1.2"/>${marks.join('')}</g>`
}

function errorBar({ x, y, error }: Point, frame: Frame): string {
  const [at, high] = place(frame, x, y + error)
  const [, low] = place(frame, x, y - error)
  return `M${at} ${low}V${high}M${at - 3} ${high}h6M${at - 3} ${low}h6`
}

/** Circle, square, triangle, diamond: another shape for every round through the palette. */
function mark([x, y]: readonly [number, number], index: number): string {
  const shapes = [
    `<circle cx="${x}" cy="${y}" r="3.6"/>`,
    `<rect x="${x - 3.3}" y="${y - 3.3}" width="6.6" height="6.6"/>`,
    `<path d="M${x} ${y - 4.6}l4.3 7.6h-8.6z"/>`,
    `<path d="M${x} ${y - 4.8}l4.4 4.8l-4.4 4.8l-4.4 -4.8z"/>`,
  ]
  return shapes[Math.floor(index / palette.length) % shapes.length] as string
}

function truthLines({ curves }: CurveSet, truth: Truth, scale: number, frame: Frame): string[] {
  return [...curves.colors].map((color, c) => {
    const known = [...curves.delays].filter((delay) => delay > 0 && Number.isFinite(truth(color, delay)))
    const places = known.map((delay) => place(frame, delay * scale, truth(color, delay)).join(' '))
    const line = places.length === 0 ? '' : `M${places.join('L')}`
    return `<path d="${line}" fill="none" stroke="${palette[c % palette.length]}" stroke-width="1.6" opacity="0.75"/>`
  })
}

function legend(names: readonly string[], x: number, top: number, withTruth: boolean): string {
  const rows = names.slice(0, legendRows).map((name, c) => {
    const y = top + 22 * c
    const color = palette[c % palette.length]
    return `<g stroke="${color}" fill="${color}">${mark([x, y - 5], c)}</g>${text(x + 14, y, escaped(name), 'font-size="15"')}`
  })
  const end = top + 22 * rows.length
  if (names.length > legendRows) {
    rows.push(text(x + 14, end, `and ${names.length - legendRows} more`, 'font-size="15" fill="#555"'))
  }
  if (withTruth) {
    const y = end + (names.length > legendRows ? 30 : 8)
    rows.push(
      `<path d="M${x - 8} ${y - 5}h18" stroke="#555" stroke-width="1.6"/>`,
      text(x + 14, y, 'known g2', 'font-size="15"'),
    )
  }
  return rows.join('\n')
}

function place(frame: Frame, x: number, y: number): [x: number, y: number] {
  return [
    round(frame.left + frame.x.at(x) * frame.width),
    round(frame.top + frame.height - frame.y.at(y) * frame.height),
  ]
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${font} ${attributes}>${content}</text>`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
