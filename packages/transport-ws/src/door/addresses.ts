import { ValidationError } from '@muster/core'
import { type Channel, decodeCursor } from '@muster/core/feed'
import { parse } from '@muster/core/schemas'
import { basePath } from '@muster/core/support'
import { projectId as projectIdText } from '../ids.ts'
import type { Endpoint } from '../plain.ts'

/** Where things lie on the host's server. */
export interface Places {
  readonly base?: string
  readonly stripped?: boolean
  readonly path?: string
  readonly prefix?: string
}

/** The wish of a plain connection. */
export interface Asked {
  readonly endpoint: Endpoint
  readonly channel: Channel
  readonly after: string | undefined
}

/** The addresses that are Muster's. */
export class Addresses {
  readonly base: string
  /** Where socket.io lies. */
  readonly socketIo: string
  /** Whether the host may have a socket.io at the same path. */
  readonly isShared: boolean
  readonly #stripped: boolean
  readonly #endpoints: ReadonlyMap<string, Endpoint>

  /** @throws TypeError for a path that is none */
  constructor({ base = '', stripped = false, path, prefix = '/api/v1' }: Places) {
    this.base = basePath(base)
    this.socketIo = path === undefined ? `${this.base}/socket.io` : basePath(path, 'path')
    this.isShared = path === undefined && this.base === ''
    this.#stripped = stripped
    this.#endpoints = new Map([
      [`${this.base}${basePath(prefix, 'prefix')}/queue/ws`, 'me'],
      [`${this.base}/queue_updates`, 'queues'],
    ])
  }

  /** An address as it was before a proxy stripped it. */
  whole(url = '/'): string {
    return this.#stripped && !url.startsWith(`${this.base}/`) ? this.base + url : url
  }

  /** The plain endpoint that lies at a path. */
  endpointAt(path: string): Endpoint | undefined {
    return this.#endpoints.get(path)
  }
}

const PARAMETERS: Readonly<Record<Endpoint, readonly string[]>> = {
  me: ['ticket', 'after'],
  queues: ['ticket', 'after', 'projectId'],
}

/** Reads what an address asks of its endpoint. @throws ValidationError naming the parameter at fault; NotFoundError for an id that is none */
export function askedAt(url: URL, endpoint: Endpoint): Asked {
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS[endpoint].includes(name)) {
      throw new ValidationError([{ path: name, message: 'is not a known parameter' }])
    }
  }
  const after = url.searchParams.get('after') ?? undefined
  if (after !== undefined) decodeCursor(after)
  if (endpoint === 'me') return { endpoint, channel: { kind: 'me' }, after }
  const named = url.searchParams.get('projectId')
  const projectId = named === null ? null : parse(projectIdText, named, ['projectId'])
  return { endpoint, channel: { kind: 'queues', projectId }, after }
}
