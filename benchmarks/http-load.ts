import { connect, type Socket } from 'node:net'

/**
 * Requests of one URL answered per second, `connections` at a time for `ms`. It does next to nothing by itself: it sends the same bytes and
 * counts whole answers, so that what is measured is the server. Throws at the first answer that is not 200.
 */
export async function answeredPerSecond(
  url: string,
  headers: Readonly<Record<string, string>>,
  { connections, ms }: { readonly connections: number; readonly ms: number },
): Promise<number> {
  const { hostname, port, host, pathname } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = Buffer.from(`GET ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const begin = performance.now()
  const counts = await Promise.all(
    Array.from({ length: connections }, () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      return answered(socket, request, () => performance.now() - begin > ms)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - begin) / 1_000)
}

/** One request after the other until it is over. Gives how many were answered. */
function answered(socket: Socket, request: Buffer, isOver: () => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0
    let received: Buffer = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const head = received.indexOf('\r\n\r\n')
      if (head === -1) return
      const text = received.toString('latin1', 0, head)
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN)
      if (!text.startsWith('HTTP/1.1 200') || Number.isNaN(length)) {
        reject(new Error(`answered with ${text}`))
        socket.destroy()
        return
      }
      if (received.length < head + 4 + length) return
      received = Buffer.alloc(0)
      count += 1
      if (isOver()) {
        socket.destroy()
        resolve(count)
      } else socket.write(request)
    })
  })
}
