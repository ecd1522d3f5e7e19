/** How code that the docs show is compiled: against the sources, and kept nowhere. */
export const SNIPPET_OPTIONS = {
  composite: false,
  noEmit: true,
  declaration: false,
  rewriteRelativeImportExtensions: false,
  allowImportingTsExtensions: true,
  customConditions: ['@muster/source'],
} as const
