import { registerHooks } from 'node:module'

/** A piece of a source and what stands in its place. */
interface Change {
  readonly from: string
  readonly to: string
}

/** What a server that has a fault says once all of it is in place. */
export const PLANTED = 'the fault is planted'

/**
 * Loaded before a server: puts a fault into core, wherever its lines stand by then. A server whose sources have not each of them once never says
 * {@link PLANTED}, so a tooth cannot be missing without being missed.
 */
export function plant(...changes: readonly Change[]): void {
  const left = new Set(changes)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (left.size === 0 || !url.includes('/packages/core/src/')) return loaded
      const { source: text } = loaded
      if (text == null) return loaded
      let source = typeof text === 'string' ? text : new TextDecoder().decode(text)
      for (const change of left) {
        const [before, after, ...more] = source.split(change.from)
        if (before === undefined || after === undefined || more.length > 0) continue
        source = before + change.to + after
        left.delete(change)
      }
      if (left.size === 0) process.stderr.write(`{"level":30,"msg":"${PLANTED}"}\n`)
      return { ...loaded, source }
    },
  })
}
