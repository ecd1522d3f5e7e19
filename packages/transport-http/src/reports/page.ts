/** Markup that may stand in a page as it is. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Markup | null | undefined | readonly Part[]

/** Markup in which every given text is text: none can become an element or leave an attribute. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + textOf(values[index - 1]) + part))
}

function textOf(value: Part): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return String(value).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1b19; --quiet: #5d5a54; --line: #d8d4cc; --ground: #fff; --good: #1f6f43; --bad: #a3261d; --mark: #2a5db0 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceae5; --quiet: #a9a59c; --line: #45423c; --ground: #1c1b19; --good: #6cc995; --bad: #f08a80; --mark: #8ab4f8 }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 86rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
caption { text-align: start; font-weight: 600; padding: .25rem 0 }
th, td { text-align: start; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: middle }
td.n, th.n { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap }
.quiet { color: var(--quiet) } .good { color: var(--good) } .bad { color: var(--bad) }
svg { display: block; max-width: 100% } td svg { max-width: none } svg text { font: 12px system-ui, sans-serif; fill: var(--quiet) }
svg .axis { stroke: var(--line) } svg .zero { stroke: var(--quiet); stroke-dasharray: 3 3 }
svg .bar { stroke: var(--mark); stroke-width: 4 } svg .dot { fill: var(--mark) } svg .other { fill: none; stroke: var(--ink); stroke-width: 2 }
svg .line { fill: none; stroke: var(--mark); stroke-width: 2 } svg .alone { fill: none; stroke: var(--quiet); stroke-width: 2; stroke-dasharray: 5 4 }
.wide { overflow-x: auto }
`

/** One file: no script, and nothing that is fetched. */
export function page(title: string, body: Markup): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`.text
}

/** A figure to three digits; a dash for none. */
export function figure(value: number | null): string {
  if (value === null) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size >= 0.001 && size < 1e6 ? Number(value.toPrecision(3)).toString() : value.toExponential(2)
}

/** The same with its sign. */
export function signed(value: number | null): string {
  return value !== null && value > 0 ? `+${figure(value)}` : figure(value)
}

/** A moment as people and machines read it. */
export function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A value with its interval on a line from `from` to `to`, with a dashed mark; `other` is a second value, as a ring. */
export function intervalPicture(
  told: { readonly value: number; readonly low: number; readonly high: number; readonly other?: number },
  [from, to]: readonly [number, number],
  mark: number | null,
  label: string,
): Markup {
  const [width, height, middle] = [220, 24, 12]
  const at = (value: number): string =>
    (8 + (to === from ? 0.5 : (value - from) / (to - from)) * (width - 16)).toFixed(1)
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">
<line class="axis" x1="8" x2="${width - 8}" y1="${middle}" y2="${middle}"/>
${mark === null ? null : html`<line class="zero" x1="${at(mark)}" x2="${at(mark)}" y1="2" y2="${height - 2}"/>`}
<line class="bar" x1="${at(told.low)}" x2="${at(told.high)}" y1="${middle}" y2="${middle}"/>
<circle class="dot" cx="${at(told.value)}" cy="${middle}" r="5"/>
${told.other === undefined ? null : html`<circle class="other" cx="${at(told.other)}" cy="${middle}" r="5"/>`}
</svg>`
}

/** Lines through points, in a frame of both axes. */
export function linesPicture(
  lines: readonly {
    readonly look: 'line' | 'alone'
    readonly points: readonly (readonly [number, number])[]
  }[],
  axes: {
    readonly x: readonly [number, number]
    readonly y: readonly [number, number]
    readonly xTitle: string
    readonly yTitle: string
  },
  label: string,
  extra: Markup | null = null,
): Markup {
  const { x, y, xTitle, yTitle } = axes
  const across = (value: number): string => scale(value, x, 48, 412)
  const up = (value: number): string => scale(value, y, 170, 10)
  return html`<svg viewBox="0 0 420 210" width="420" height="210" role="img" aria-label="${label}">
<line class="axis" x1="48" x2="412" y1="170" y2="170"/><line class="axis" x1="48" x2="48" y1="10" y2="170"/>
<text x="48" y="186">${figure(x[0])}</text><text x="412" y="186" text-anchor="end">${figure(x[1])}</text>
<text x="44" y="172" text-anchor="end">${figure(y[0])}</text><text x="44" y="18" text-anchor="end">${figure(y[1])}</text>
<text x="230" y="203" text-anchor="middle">${xTitle}</text><text x="412" y="18" text-anchor="end">${yTitle}</text>
${lines.map(({ look, points }) => html`<polyline class="${look}" points="${points.map(([a, b]) => `${across(a)},${up(b)}`).join(' ')}"/>`)}
${extra}
</svg>`
}

/** A value between two ends, as a coordinate between two others. */
export function scale(
  value: number,
  [from, to]: readonly [number, number],
  start: number,
  end: number,
): string {
  return (start + (to === from ? 0.5 : (value - from) / (to - from)) * (end - start)).toFixed(1)
}
