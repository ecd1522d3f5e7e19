import type { Logger } from '@muster/core/ports'

/** Control characters and the other two ends of a line: a text from outside makes no line of its own. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]+/gu

/** Warnings and errors, one line each on standard error: the time, the level, the message, the fields and where an error was thrown. The default. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => console.error(lineOf('warn', fields, message)),
  error: (fields, message) => console.error(lineOf('error', fields, message)),
}

function lineOf(level: string, fields: object, message: string): string {
  const told = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return []
    return value instanceof Error ? errorOf(value, message) : [`${name}=${textOf(value)}`]
  })
  const line = [new Date().toISOString(), `muster ${level}:`, message, ...told].join(' ')
  return line.replace(UNPRINTABLE, ' ')
}

/** The parts of an error that its message lacks, and the place that threw it. */
function errorOf({ name, message, stack }: Error, told: string): string[] {
  const place = stack?.split('\n').find((frame) => /^\s+at /.test(frame))
  return [
    ...(told.includes(message) ? [] : [`${name}: ${message}`]),
    ...(place === undefined ? [] : [`(${place.trim()})`]),
  ]
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return /[\s="]/.test(value) ? JSON.stringify(value) : value
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
