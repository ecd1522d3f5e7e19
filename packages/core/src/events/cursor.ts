import { ValidationError } from '../errors.ts'
import { isUuid, type ProjectId } from '../ids.ts'

/** How much of a project somebody could know while they followed it: 0 nothing, 1 a part, 2 all. */
export type Sight = 0 | 1 | 2

/** How far somebody has followed the feeds of projects. */
export interface Position {
  /** The history of facts that the numbers are of: {@link EventStore.epoch}. */
  readonly epoch: string
  readonly seqs: ReadonlyMap<ProjectId, number>
  /** How much of each of {@link seqs} they could know there; cursors of earlier releases do not say. */
  readonly sights: ReadonlyMap<ProjectId, Sight>
  /**
   * When the following of all projects of somebody began; null if it was of certain projects only. A project that is not among {@link seqs}
   * was then none of theirs before: it is followed from that moment on.
   */
  readonly since: Date | null
}

const VERSION = 2

/** A position as text that only Muster reads. The same position is always the same text. */
export function encodeCursor({ epoch, seqs, sights, since }: Position): string {
  let bytes = String.fromCharCode(VERSION) + uuidBytes(epoch) + number(since === null ? 0 : since.getTime())
  for (const [projectId, seq] of seqs)
    bytes += uuidBytes(projectId) + number(seq) + number(sights.get(projectId) ?? 2)
  bytes += String.fromCharCode(checksum(bytes))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @throws ValidationError naming `after`, for what {@link encodeCursor} has not made */
export function decodeCursor(cursor: string): Position {
  const position = /^[\w-]{20,}$/.test(cursor) ? read(cursor) : undefined
  if (position === undefined) {
    throw new ValidationError([{ path: 'after', message: 'is no cursor: send one back as it was received' }])
  }
  return position
}

function read(cursor: string): Position | undefined {
  let bytes: string
  try {
    bytes = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return undefined
  }
  const end = bytes.length - 1
  const version = bytes.charCodeAt(0)
  if ((version !== 1 && version !== VERSION) || bytes.charCodeAt(end) !== checksum(bytes.slice(0, end)))
    return undefined
  const epoch = uuidAt(bytes, 1)
  let place = 17
  const next = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.charCodeAt(place++)
      value += (byte & 127) * scale
      if (!(byte >= 128)) return value
    }
  }
  const since = next()
  const seqs = new Map<ProjectId, number>()
  const sights = new Map<ProjectId, Sight>()
  while (place < end) {
    const projectId = uuidAt(bytes, place) as ProjectId
    place += 16
    seqs.set(projectId, next())
    if (version === 1) continue
    const sight = next()
    if (sight !== 0 && sight !== 1 && sight !== 2) return undefined
    sights.set(projectId, sight)
  }
  const numbers = [since, ...seqs.values()]
  if (place !== end || !isUuid(epoch) || !numbers.every((value) => Number.isSafeInteger(value)))
    return undefined
  return { epoch, seqs, sights, since: since === 0 ? null : new Date(since) }
}

function uuidBytes(uuid: string): string {
  const digits = uuid.replaceAll('-', '')
  let bytes = ''
  for (let place = 0; place < 32; place += 2) {
    bytes += String.fromCharCode(Number.parseInt(digits.slice(place, place + 2), 16))
  }
  return bytes
}

function uuidAt(bytes: string, place: number): string {
  let digits = ''
  for (let index = place; index < place + 16; index++) {
    digits += bytes.charCodeAt(index).toString(16).padStart(2, '0')
  }
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Seven bits a byte, the lowest first. */
function number(value: number): string {
  let bytes = ''
  let left = value
  while (left >= 128) {
    bytes += String.fromCharCode((left % 128) + 128)
    left = Math.floor(left / 128)
  }
  return bytes + String.fromCharCode(left)
}

/** Tells a cursor that was cut or mistyped, not one that was forged: a forged one shows nobody more than they may see. */
function checksum(bytes: string): number {
  let sum = 7
  for (let place = 0; place < bytes.length; place++) sum = (sum * 31 + bytes.charCodeAt(place)) % 251
  return sum
}
