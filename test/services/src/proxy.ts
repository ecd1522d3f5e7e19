import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** How the way to a server is. */
export type Way = 'open' | 'silent' | 'shut'

/** A way to a server that can be closed without the server's help, and without its knowledge. */
export interface Proxy {
  /** The server's address, by this way. */
  readonly url: string
  /**
   * `open`: all gets through. `silent`: connections stay and are accepted, but nothing gets through, as behind a broken network; what was held up gets
   * through when it opens again. `shut`: connections are reset, and new ones too.
   */
  set(way: Way): void
  /** New connections go to the server at `target`. Those that are there stay where they are. */
  lead(target: string): void
  close(): Promise<void>
}

/** Opens a way to the server at `target`, a URL with host and port, on a free loopback port. */
export async function openProxy(target: string): Promise<Proxy> {
  const url = new URL(target)
  let { hostname, port } = url
  const pairs = new Set<readonly [Socket, Socket]>()
  let way: Way = 'open'
  const server = createServer((near) => {
    if (way === 'shut') {
      near.destroy()
      return
    }
    const far = connect(Number(port), hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
      from.pipe(to)
      if (way === 'silent') from.unpipe(to).pause()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  url.hostname = '127.0.0.1'
  url.port = String(address.port)

  const reset = (): void => {
    for (const [near, far] of pairs) {
      near.destroy()
      far.destroy()
    }
  }
  return {
    url: url.href,
    set(next) {
      way = next
      if (next === 'shut') return reset()
      for (const [near, far] of pairs) {
        for (const [from, to] of [[near, far] as const, [far, near] as const]) {
          if (next === 'open') from.pipe(to)
          else from.unpipe(to).pause()
        }
      }
    },
    lead(next) {
      ;({ hostname, port } = new URL(next))
    },
    async close() {
      reset()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}
