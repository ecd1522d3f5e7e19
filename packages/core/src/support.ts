// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For adapters and transports: options that are refused by name, JSON as it was given, logs and outages.

// Options of a module or an adapter, and of a door to the web.
export { basePath } from './input/base-path.ts'
export { nearestName } from './input/near-name.ts'
export { assertOptions, option } from './input/options.ts'
export type { OptionRule, OptionRules } from './input/options.ts'
export { originsOf, trustedPages } from './input/origins.ts'
export { sessionHolder } from './people/session-holder.ts'

// JSON that comes back as it went in.
export { lostNumber, parseJson, survives } from './json/json-text.ts'
export { jsonIssues, pathOf, sameJson, unstorableText } from './json/json.ts'

// Texts as every adapter searches them.
export { folded } from './text-order.ts'

// A loose job as the item that it begins as.
export { newItem } from './jobs/job.ts'

// Lists by pages.
export { newestKey, page } from './paging.ts'

// Errors as a log or a caller may have them, and outages.
export { publicMessage } from './errors.ts'
export { backendOf, Outages } from './logging/outages.ts'
export { plainError, withoutSecrets } from './logging/plain-error.ts'
export type { PlainErrorOptions } from './logging/plain-error.ts'

// Limits that every adapter of a port keeps.
export { deliveryRestMs } from './jobs/limits.ts'
export { ACCESS_TOLD_MS } from './people/people-store.ts'

// Calls that share a statement.
export { Batcher } from './batcher.ts'
