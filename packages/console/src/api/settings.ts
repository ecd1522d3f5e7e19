/** What the server wrote into the page: addresses from where the page lies, and how to sign in. */
export interface Settings {
  readonly api: string
  readonly socketPath: string
  readonly prefix: string
  readonly title: string
  /** Where a host's own session begins; null: people come by links. */
  readonly loginUrl: string | null
  /** Whether people come by an issuer of OpenID Connect. */
  readonly isOidc: boolean
  readonly mediaOrigins: readonly string[]
  /** The forms that the host draws itself, by name. */
  readonly renderers: readonly string[]
}

const DEFAULTS: Settings = {
  api: '../api/v1',
  socketPath: '../socket.io',
  prefix: '/console',
  title: 'Muster',
  loginUrl: null,
  isOidc: false,
  mediaOrigins: [],
  renderers: [],
}

/** The settings of this page. */
export const settings: Settings = {
  ...DEFAULTS,
  ...(JSON.parse(globalThis.document?.getElementById('settings')?.textContent ?? '{}') as Partial<Settings>),
}

/** An address that the server gave relative to the page, as a path of this origin. */
export function pathOf(relative: string): string {
  return new URL(relative, location.origin + location.pathname).pathname
}
