import { RunStateError } from '../../errors.ts'
import type { RunId } from '../../ids.ts'
import type { Run } from '../run.ts'
import type { RunDeps } from '../run-deps.ts'
import type { RunStore } from '../run-store.ts'
import type { RunUseCases } from '../runs.ts'
import { startLinked } from './link-starts.ts'
import type { RunLinkStore } from './link-store.ts'
import type { RunFlow } from './run-flow.ts'

/** Runs of a flow that are shown. */
const MOST_RUNS = 1_000

/** Runs that start after others. */
export function linkUseCases(
  deps: RunDeps & { readonly get: (runId: RunId) => Promise<Run> },
): Pick<RunUseCases, 'refresh' | 'flow'> {
  const { stores } = deps.transactions
  return {
    async refresh(runId, options) {
      const { projectId, status } = await deps.get(runId)
      const link = await stores.runLinks.find(runId)
      if (link === undefined) throw new RunStateError('be refreshed: it starts after no other', status)
      const { parentId, when, request } = link
      const { jobType, settings, from } = request
      const after = { runId: parentId, when, ...(from === null ? {} : { from }) }
      return startLinked(deps, projectId, { ...settings, jobType, after }, options)
    },

    flow: async (runId) => readRunFlow(stores, await deps.get(runId)),
  }
}

/** Reads the runs that one starts after, and those that start after it, and so on. */
async function readRunFlow(
  stores: {
    readonly runs: Pick<RunStore, 'findMany'>
    readonly runLinks: Pick<RunLinkStore, 'listChildren'>
  },
  run: Run,
): Promise<RunFlow> {
  const before: Run[] = []
  for (let first = run; first.link !== null && before.length + 1 < MOST_RUNS; ) {
    const [parent] = await stores.runs.findMany([first.link.parentId])
    if (parent === undefined) break
    before.unshift(parent)
    first = parent
  }
  const links = [...before, run].flatMap(({ runId, link }) =>
    link ? [{ parentId: link.parentId, runId }] : [],
  )
  const behind: RunId[] = []
  let level: readonly RunId[] = [run.runId]
  let complete = (before[0] ?? run).link === null
  while (level.length > 0) {
    const room = MOST_RUNS - before.length - 1 - behind.length
    const children = await stores.runLinks.listChildren(level, room + 1)
    if (children.length > room) complete = false
    const shown = children.slice(0, room)
    links.push(...shown)
    level = shown.map(({ runId }) => runId)
    behind.push(...level)
  }
  const found = new Map((await stores.runs.findMany(behind)).map((one) => [one.runId, one]))
  return { runs: [...before, run, ...behind.flatMap((runId) => found.get(runId) ?? [])], links, complete }
}
