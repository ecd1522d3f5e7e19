import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { MusterError } from '@muster/core'
import { publicMessage } from '@muster/core/support'
import type { WsCode } from './admission.ts'

/** An upgrade that the door itself refuses. */
export class ConnectionRefusedError extends Error {
  readonly code: WsCode

  constructor(code: WsCode, message: string) {
    super(message)
    this.code = code
  }
}

const STATUS: Readonly<Partial<Record<WsCode, number>>> = {
  validation_failed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  rate_limited: 429,
  unavailable: 503,
  busy: 503,
  closed: 503,
}

/** Answers an upgrade by HTTP, with a problem as the HTTP transport has it. */
export function refuse(socket: Duplex, code: WsCode, error: unknown): void {
  const status = STATUS[code] ?? 500
  const title = STATUS_CODES[status] ?? 'Refused'
  const detail = status === 500 ? 'Something went wrong here' : detailOf(error)
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code })
  const retry = status === 429 || status === 503 ? ['Retry-After: 5'] : []
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...retry,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function detailOf(error: unknown): string {
  if (error instanceof MusterError) return publicMessage(error)
  return error instanceof Error ? error.message : 'Something went wrong here'
}
