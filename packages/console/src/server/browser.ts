import type { TLSSocket } from 'node:tls'
import type { Asked } from './answer.ts'

// A proxy may have stripped a part of the path, or changed the host, that nobody told us of. So the page says where the browser has it.

const PATH = /^\/[\w\-.~%/]*$/

/** The path that the page says it has in the browser, believed if it ends as it does here; else the path here. Ends with a slash. */
export function pathOfPage({ headers }: Asked, prefix: string): string {
  const said = headers['x-console-path']
  return typeof said === 'string' && isBelieved(said, prefix) ? said : `${prefix}/`
}

/**
 * The address that the page says it has in the browser, believed if the page itself leads there (`Sec-Fetch-Site`) or names the host that was asked;
 * else the address as it is seen from here. Ends with a slash.
 */
export function addressOfPage(said: string | null, asked: Asked, prefix: string): string {
  const { host = 'localhost' } = asked.headers
  if (said !== null && URL.canParse(said)) {
    const url = new URL(said)
    const isFromPage = asked.headers['sec-fetch-site'] === 'same-origin' || url.host === host
    const isPlain = `${url.origin}${url.pathname}` === said && /^https?:$/.test(url.protocol)
    if (isFromPage && isPlain && isBelieved(url.pathname, prefix)) return said
  }
  const { encrypted = false } = asked.request.socket as Partial<TLSSocket>
  return `${encrypted ? 'https' : 'http'}://${host}${prefix}/`
}

function isBelieved(path: string, prefix: string): boolean {
  return PATH.test(path) && path.endsWith(`${prefix}/`)
}

/** The value of a cookie; undefined if there is none of that name. */
export function cookieIn({ headers }: Asked, name: string): string | undefined {
  const named = cookiesIn(headers.cookie).find(([each]) => each === name)
  return named?.[1]
}

/** The names of all cookies that begin so. */
export function cookieNamesIn({ headers }: Asked, start: string): string[] {
  return cookiesIn(headers.cookie).flatMap(([name]) => (name.startsWith(start) ? [name] : []))
}

function cookiesIn(header = ''): (readonly [name: string, value: string])[] {
  return header.split(';').map((part) => {
    const [name = '', ...value] = part.trim().split('=')
    return [name, value.join('=')]
  })
}
