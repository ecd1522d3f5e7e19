import type { WriteStream } from 'node:tty'
import Table from 'cli-table3'
import { createLogUpdate } from 'log-update'

/** Where the story is shown: a terminal, or lines that are kept. */
export interface Screen {
  /** Whether what was shown can be drawn over. */
  readonly live: boolean
  say(...lines: string[]): void
  /** Lines in the place of those drawn before. Without a terminal: nothing. */
  draw(lines: readonly string[]): void
  /** What was drawn stays. */
  settle(): void
}

/** The part of a stream that a screen needs. */
export type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean }

export function terminalScreen(output: Output): Screen {
  const live = output.isTTY === true
  const update = live ? createLogUpdate(output as WriteStream, { showCursor: true }) : undefined
  return {
    live,
    say(...lines) {
      update?.done()
      output.write(`${lines.join('\n')}\n`)
    },
    draw(lines) {
      update?.(lines.join('\n'))
    },
    settle() {
      update?.done()
    },
  }
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const

/** Columns under their heads: the first to the left, numbers to the right. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const numeric = heads.map(
    (_, column) =>
      column > 0 &&
      rows.every((row) => typeof row[column] === 'number' || NUMBER_LIKE.test(String(row[column]))),
  )
  const drawn = new Table({
    head: [...heads],
    chars: NO_LINES,
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  drawn.push(...rows.map((row) => row.map(String)))
  return drawn.toString()
}

const NUMBER_LIKE = /^[–−-]?[\d.,]*( ?%)?$/
