import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** In the environment of a process of ours: most of the time that one takes to be there is spent on reading TypeScript, which is then done once. */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'muster-compile-cache') }
