/** The headers by which a browser says which page a request is of. */
interface PageHeaders {
  readonly origin?: string | undefined
  readonly host?: string | undefined
  readonly 'sec-fetch-site'?: string | readonly string[] | undefined
}

/**
 * Tells requests of pages that are trusted from those of others. Trusted are pages of the very host that is asked, pages of the origins in
 * `named`, and whatever is no page. `Sec-Fetch-Site`, which no page can set, decides before `Origin` and `Host` are compared.
 * @throws TypeError for a name that is no origin
 */
export function trustedPages(named: readonly string[]): (headers: PageHeaders) => boolean {
  const origins = originsOf(named)
  return ({ origin, host, 'sec-fetch-site': site }) => {
    if (origin !== undefined && origins.has(normalOrigin(origin) ?? '')) return true
    if (site !== undefined) return site === 'same-origin' || site === 'none'
    return origin === undefined || isOfHost(origin, host)
  }
}

/**
 * Origins as they are compared: lower case, without the port that the scheme has anyway and without a final dot.
 * @throws TypeError for what is no origin, which would let nobody in
 */
export function originsOf(named: readonly string[]): ReadonlySet<string> {
  return new Set(
    named.map((origin) => {
      const normal = normalOrigin(origin)
      if (normal === undefined)
        throw new TypeError(
          `${origin} is no origin: give scheme, host and port, such as https://app.example.org`,
        )
      return normal
    }),
  )
}

/**
 * Whether a page of `origin` is of the server that was asked as `host`. X-Forwarded-Host is not looked at: a client that reaches
 * the server could say it. A proxy that sends another Host needs its public origin named.
 */
function isOfHost(origin: string, host: string | undefined): boolean {
  const normal = normalOrigin(origin)
  if (normal === undefined || host === undefined) return false
  const { protocol } = new URL(normal)
  return normalOrigin(`${protocol}//${host}`) === normal
}

/** Undefined for what is no origin of a page, such as `null`, or has more than an origin. */
export function normalOrigin(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#@*\\\s]+$/i.test(text) || !URL.canParse(text)) return undefined
  const { protocol, hostname, port } = new URL(text)
  const name = hostname.replace(/\.$/, '')
  return name === '' ? undefined : `${protocol}//${name}${port === '' ? '' : `:${port}`}`
}
