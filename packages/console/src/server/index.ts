// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// The page, for Fastify and for any other host.
export { musterConsole } from './plugin.ts'
export { type ConsoleHandler, consoleHandler } from './handler.ts'
export {
  type ConsoleOptions,
  type HostSignIn,
  OIDC_OWN_PARAMETERS,
  type OidcSignIn,
} from './options.ts'

// Links that sign in once.
export { consoleCode } from './codes.ts'
