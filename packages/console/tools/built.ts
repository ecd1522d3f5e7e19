import { buildIfStale } from './build-if-stale.ts'

/** Builds the page that the tests of a run open. */
export default async function setup(): Promise<void> {
  await buildIfStale()
}
