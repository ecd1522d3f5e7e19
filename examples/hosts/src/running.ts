import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Muster } from '@muster/host'

/** A host that serves. */
export interface Running {
  readonly origin: string
  readonly muster: Muster
  /** Closes what was opened, the last first. */
  close(): Promise<void>
}

/** Listens on a free port of this machine, and gives its origin. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
