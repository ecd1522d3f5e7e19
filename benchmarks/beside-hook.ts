import { registerHooks } from 'node:module'

/** Gives the benchmarks of whichever tree this process runs other rounds than their own. */
const ROUNDS = new URL('./beside-rounds.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const isRounds = specifier === './rounds.ts' && context.parentURL !== ROUNDS
    return isRounds
      ? { url: ROUNDS, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context)
  },
})
