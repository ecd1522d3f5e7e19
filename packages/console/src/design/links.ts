import { settings } from '../api/settings.ts'

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])
const IMAGE = /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]+$/
const SOUND = /^data:audio\/(mpeg|ogg|wav);base64,[A-Za-z0-9+/=]+$/
/** Most characters of media that stand in a payload: a mebibyte in base64. */
const MOST_DATA = 1_400_000

/** An address that a link may have, and what is shown of where it leads; undefined for any other text. */
export function safeLink(address: string): { readonly href: string; readonly host: string } | undefined {
  // Only absolute addresses: a relative one would be of this page.
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (!PROTOCOLS.has(url.protocol)) return undefined
  return { href: url.href, host: url.protocol === 'mailto:' ? url.pathname : url.host }
}

/** Whether media may be loaded from there: from an origin that the host of this page has named, or out of the payload itself. */
export function mayLoad(address: string): boolean {
  if (address.length <= MOST_DATA && (IMAGE.test(address) || SOUND.test(address))) return true
  return URL.canParse(address) && settings.mediaOrigins.includes(new URL(address).origin)
}
