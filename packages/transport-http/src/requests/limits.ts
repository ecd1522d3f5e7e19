/** Requests that a principal may make in a minute, unless the host says otherwise. */
export const DEFAULT_REQUESTS_PER_MINUTE = 6_000
