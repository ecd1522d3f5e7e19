/** Why a page is refused, and what would let it in. */
export const ORIGIN_REFUSED =
  'Pages of this origin may not connect: add it to corsOrigins (MUSTER_CORS_ORIGINS of the reference server)'

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
 * Whether a page of `origin` is of the server that was asked as `host`. What proxies say in X-Forwarded-Host is not looked at: whoever reaches
 * the server could say it. A proxy that sends another Host needs its public origin named.
 */
export function isOfHost(origin: string, host: string | undefined): boolean {
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
