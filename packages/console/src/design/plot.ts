import Plot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { clockTime, dayOf, decimal, formatted } from './time.ts'

/** What a chart shows. */
export interface ChartProps {
  /** One sentence that says what the chart shows: its name for those who do not see it. */
  readonly summary: string
  /** Instants in ms, in order. */
  readonly times: readonly number[]
  /** A value for each instant; null where none is known. */
  readonly series: readonly { readonly title: string; readonly values: readonly (number | null)[] }[]
  /** Stands at the axis, such as `/s`. */
  readonly unit?: string
  /** Changes of state, at their instants. */
  readonly marks?: readonly { readonly at: number; readonly title: string }[]
  /** In px; 180 without it. */
  readonly height?: number
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]]

/** Draws a chart into an element, and gives what draws it anew and what takes it away. */
export function plotted(
  element: HTMLElement,
  props: ChartProps,
): { readonly draw: (props: ChartProps) => void; readonly stop: () => void } {
  let now = props
  let plot = made(element, now)
  const again = (): void => {
    plot.destroy()
    plot = made(element, now)
  }
  const sizes = new ResizeObserver(() => {
    plot.setSize({ width: element.clientWidth, height: heightOf(now) })
  })
  sizes.observe(element)
  const looks = new MutationObserver(again)
  looks.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', again)
  return {
    draw: (next) => {
      const isAlike = next.series.length === now.series.length && next.unit === now.unit
      now = next
      if (isAlike) plot.setData(dataOf(next))
      else again()
    },
    stop: () => {
      sizes.disconnect()
      looks.disconnect()
      dark.removeEventListener('change', again)
      plot.destroy()
    },
  }
}

const heightOf = ({ height }: ChartProps): number => height ?? 180

function dataOf({ times, series }: ChartProps): Plot.AlignedData {
  return [times.map((at) => at / 1_000), ...series.map(({ values }) => [...values])]
}

function made(element: HTMLElement, props: ChartProps): Plot {
  const colour = colourFinder(element)
  const [ink, line] = [colour('--ink-3'), colour('--line')]
  const font = `11px ${getComputedStyle(element).fontFamily}`
  const options: Plot.Options = {
    width: element.clientWidth,
    height: heightOf(props),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        stroke: ink,
        font,
        size: 28,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_plot, seconds) => timesOf(seconds),
      },
      {
        stroke: ink,
        font,
        size: 52,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_plot, values) =>
          values.map((value) => `${decimal(value)}${props.unit ? ` ${props.unit}` : ''}`),
      },
    ],
    series: [
      {},
      ...props.series.map(({ title }, place) => ({
        label: title,
        stroke: colour(`--s${(place % 8) + 1}`),
        width: 1.75,
        dash: [...(DASHES[place % DASHES.length] ?? [])],
        points: { show: props.times.length < 2 },
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, props, colour('--wait'), font)] },
  }
  return new Plot(options, dataOf(props), element)
}

const TWO_DAYS_S = 172_800
const minuteOf = formatted({ hour: '2-digit', minute: '2-digit' })

/** Days where the axis spans some, else the time of day. */
function timesOf(seconds: readonly number[]): string[] {
  const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0)
  return seconds.map((second) => {
    const at = new Date(second * 1_000)
    if (span >= TWO_DAYS_S) return dayOf(at)
    return span < 300 ? clockTime(at) : minuteOf(at)
  })
}

/** Changes of state: a line with its words at the time it happened. */
function drawMarks(plot: Plot, { marks = [] }: ChartProps, colour: string, font: string): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour
  ctx.fillStyle = colour
  ctx.font = font
  for (const { at, title } of marks) {
    // What happened after the last value stands at its edge.
    const right = bbox.left + bbox.width
    const x = Math.min(plot.valToPos(at / 1_000, 'x', true), right)
    if (x < bbox.left) continue
    const isAtEdge = x + 4 + ctx.measureText(title).width > right
    ctx.textAlign = isAtEdge ? 'right' : 'left'
    ctx.setLineDash([3, 3])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(title, isAtEdge ? x - 4 : x + 4, bbox.top + 12 * devicePixelRatio)
  }
  ctx.restore()
}

/** Colours of the page as the canvas takes them: the variables hold a pair, one for each theme. */
function colourFinder(element: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}
