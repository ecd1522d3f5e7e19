import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** Beginnings that make programs which calculate take a cell for a formula. */
const FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /[",\r\n]/

/** A value that a cell can hold. */
export type Cell = string | number | Date | null | undefined

/** A cell as RFC 4180 has it; one that would be a formula is text by the apostrophe in front of it. Numbers stay as they are. */
export function cellOf(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const said = value instanceof Date ? value.toISOString() : value
  const isFormula = FORMULA.test(said)
  const text = isFormula ? `'${said}` : said
  return isFormula || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Answers with a table, produced as fast as the client reads. */
export function sendTable(
  reply: FastifyReply,
  columns: readonly string[],
  rows: AsyncIterable<readonly Cell[]>,
): FastifyReply {
  async function* lines(): AsyncIterable<string> {
    yield `${columns.join(',')}\r\n`
    for await (const row of rows) yield `${row.map(cellOf).join(',')}\r\n`
  }
  return reply.type('text/csv; charset=utf-8').send(Readable.from(lines()))
}
