import { bodiesOf, deepField, field, objectsIn } from './thrown.ts'

/** Longest wait that another side's `Retry-After` is granted. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000

/** Where clients keep the headers of the answer, or the metadata of a call. */
const HEADERS = [
  'headers',
  'responseHeaders',
  'response.headers',
  'rawResponse.headers',
  '$response.headers',
  'metadata',
]

/** Headers that name a wait in milliseconds, which wins over one in seconds. The last is gRPC's. */
const MS_HEADERS = ['retry-after-ms', 'x-ms-retry-after-ms', 'grpc-retry-pushback-ms']

/**
 * How long the other side asked to be left alone, in ms, at most {@link MAX_RETRY_AFTER_MS}; `undefined` if it did not ask, or not readably. Read from
 * `retryAfterSeconds`, from the headers of the answer (`Retry-After` in seconds or as a date of RFC 9110, `retry-after-ms`), and from a
 * `google.rpc.RetryInfo` in its body or in gRPC's trailers. When a limit is full again (`x-ratelimit-reset-*`) is no such wish.
 */
export function retryAfterMs(error: unknown, now: Date): number | undefined {
  return granted(fromFields(error) ?? fromHeaders(error, now) ?? fromBody(error) ?? fromTrailers(error))
}

function granted(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) || ms < 0
    ? undefined
    : Math.min(Math.ceil(ms), MAX_RETRY_AFTER_MS)
}

function fromFields(error: unknown): number | undefined {
  const seconds = field(error, 'retryAfterSeconds') ?? deepField(error, 'details.retryAfterSeconds')
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1_000 : undefined
}

function fromHeaders(error: unknown, now: Date): number | undefined {
  const all = HEADERS.map((path) => deepField(error, path))
  for (const headers of all) {
    for (const name of MS_HEADERS) {
      const ms = numberIn(header(headers, name))
      if (ms !== undefined) return ms
    }
    const asked = header(headers, 'retry-after')
    const seconds = numberIn(asked)
    if (seconds !== undefined) return seconds * 1_000
    const at = asked === undefined ? undefined : dateIn(asked, now)
    if (at !== undefined) return Math.max(at - now.getTime(), 0)
  }
  return undefined
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : undefined
}

/** A date of RFC 9110, 5.6.7, in its three forms, or of ISO 8601, in ms since the epoch. */
function dateIn(text: string, now: Date): number | undefined {
  const trimmed = text.trim()
  const at = ISO_DATE.test(trimmed) ? Date.parse(trimmed) : httpDate(trimmed, now)
  return Number.isNaN(at) ? undefined : at
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i
/** `Sun, 06 Nov 1994 08:49:37 GMT`, and `Sunday, 06-Nov-94 08:49:37 GMT` of RFC 850. */
const HTTP_DATE =
  /^[A-Z]+, (?<day>\d\d?)[ -](?<month>[A-Z]{3})[ -](?<year>\d{4}|\d\d) (?<time>\d\d:\d\d:\d\d) (GMT|UTC|\+0000)$/i
/** `Sun Nov  6 08:49:37 1994` of C, which is UTC too. */
const C_DATE = /^[A-Z]{3} (?<month>[A-Z]{3}) +(?<day>\d\d?) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/i

function httpDate(text: string, now: Date): number {
  const { day, month, year, time } = (HTTP_DATE.exec(text) ?? C_DATE.exec(text))?.groups ?? {}
  if (day === undefined || month === undefined || year === undefined || time === undefined) return Number.NaN
  const at = (inYear: number): number => Date.parse(`${day} ${month} ${inYear} ${time} GMT`)
  if (year.length === 4) return at(Number(year))
  // A year of two digits that seems more than 50 years ahead is the latest past one that ends so.
  const century = now.getUTCFullYear() - (now.getUTCFullYear() % 100)
  const then = at(century + Number(year))
  return new Date(then).getUTCFullYear() > now.getUTCFullYear() + 50 ? at(century - 100 + Number(year)) : then
}

/** The value of a header in a Headers, a Map, gRPC's metadata, a list of names and values in turn, or a plain record of any case. */
function header(headers: unknown, wanted: string): string | undefined {
  try {
    for (const [name, value] of pairsOf(headers, wanted)) {
      const first: unknown = Array.isArray(value) ? value[0] : value
      if (String(name).toLowerCase() === wanted && (typeof first === 'string' || typeof first === 'number')) {
        return String(first)
      }
    }
  } catch {
    // Something foreign that throws when it is looked at has no headers.
  }
  return undefined
}

function pairsOf(headers: unknown, wanted: string): Iterable<readonly unknown[]> {
  if (typeof headers !== 'object' || headers === null) return []
  if (Array.isArray(headers)) {
    return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : []))
  }
  if (Symbol.iterator in headers) return headers as Iterable<readonly unknown[]>
  const get = field(headers, 'get')
  return typeof get === 'function' ? [[wanted, get.call(headers, wanted)]] : Object.entries(headers)
}

/** `retryDelay` of a `google.rpc.RetryInfo` among the details of an answer: `"34.5s"`, or seconds and nanos. */
function fromBody(error: unknown): number | undefined {
  // Google's client gives the body as the error's message alone.
  for (const body of [...bodiesOf(error), ...objectsIn(field(error, 'message'))]) {
    for (const details of [field(body, 'details'), field(body, 'statusDetails')]) {
      for (const detail of Array.isArray(details) ? details : []) {
        const ms = durationMs(field(detail, 'retryDelay') ?? deepField(detail, 'debug.retryDelay'))
        if (ms !== undefined) return ms
      }
    }
  }
  return undefined
}

function durationMs(delay: unknown): number | undefined {
  if (typeof delay === 'string') {
    const seconds = delay.endsWith('s') ? numberIn(delay.slice(0, -1)) : undefined
    return seconds === undefined ? undefined : seconds * 1_000
  }
  if (typeof delay !== 'object' || delay === null) return undefined
  const ms = Number(field(delay, 'seconds') ?? 0) * 1_000 + Number(field(delay, 'nanos') ?? 0) / 1e6
  return Number.isFinite(ms) ? ms : undefined
}

/** The same in the trailer `grpc-status-details-bin`, a `google.rpc.Status` in Protocol Buffers' wire format. */
function fromTrailers(error: unknown): number | undefined {
  const metadata = field(error, 'metadata')
  const get = field(metadata, 'get')
  if (typeof get !== 'function') return undefined
  try {
    const values: unknown = get.call(metadata, 'grpc-status-details-bin')
    const status: unknown = Array.isArray(values) ? values[0] : values
    return status instanceof Uint8Array ? retryInfoMs(status) : undefined
  } catch {
    return undefined
  }
}

/** Status { details: 3 = Any { type_url: 1, value: 2 = RetryInfo { retry_delay: 1 = Duration { seconds: 1, nanos: 2 } } } }. */
function retryInfoMs(status: Uint8Array): number | undefined {
  for (const any of bytesOf(status, 3)) {
    const [url] = bytesOf(any, 1)
    const [value] = bytesOf(any, 2)
    if (!url || !value || !new TextDecoder().decode(url).endsWith('google.rpc.RetryInfo')) continue
    const [delay] = bytesOf(value, 1)
    if (delay) return numberOf(delay, 1) * 1_000 + numberOf(delay, 2) / 1e6
  }
  return undefined
}

function bytesOf(message: Uint8Array, wanted: number): Uint8Array[] {
  return [...fieldsOf(message)].flatMap(([number, value]) =>
    number === wanted && value instanceof Uint8Array ? [value] : [],
  )
}

function numberOf(message: Uint8Array, wanted: number): number {
  for (const [number, value] of fieldsOf(message)) {
    if (number === wanted && typeof value === 'number') return value
  }
  return 0
}

/** The fields of a message: integers, and bytes of what is delimited by a length; ends at what it cannot read. */
function* fieldsOf(message: Uint8Array): Generator<readonly [number, number | Uint8Array]> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; at < message.length; factor *= 128) {
      const byte = message[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) break
    }
    return value
  }
  while (at < message.length) {
    const tag = varint()
    const kind = tag % 8
    if (kind === 0) yield [Math.floor(tag / 8), varint()]
    else if (kind === 2) {
      const length = varint()
      yield [Math.floor(tag / 8), message.subarray(at, at + length)]
      at += length
    } else return
  }
}
