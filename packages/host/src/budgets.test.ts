import { type JobId, jobType, type Principal, type ProjectId, type UserId } from '@muster/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createMuster } from './container.ts'
import type { Muster } from './muster.ts'
import { silentLogger } from './system/index.ts'

const COST = 300
const ADMIN: Principal = {
  userId: '00000000-0000-4000-8000-000000000001' as UserId,
  role: 'admin',
  memberships: new Set(),
}

const paid = jobType({
  name: 'paid',
  payload: z.null(),
  estimate: () => ({ costMicros: COST }),
  handler: async (_job, { usage }) => {
    await usage({ input: 1, output: 1, costMicros: COST })
    return 'done'
  },
})
const priced = jobType({ name: 'priced', payload: z.null(), handler: () => 'done' })

let muster: Muster<typeof paid | typeof priced>
let projectId: ProjectId
beforeEach(async () => {
  muster = await createMuster({ jobTypes: [paid, priced], logger: silentLogger })
  projectId = (await muster.projects.add({ name: 'Money' })).projectId
})
afterEach(() => muster.close())

const scenarios = Array.from({ length: 8 }, () => ({ payload: null }))
const budgetOf = async () => {
  const [budget] = (await muster.budgets.list(projectId)).items
  if (!budget) throw new Error('There is no budget')
  return budget
}
const factsOf = async (type: 'budget_warned' | 'budget_reached' | 'budget_changed') =>
  (await muster.events.list(ADMIN, projectId, { type: [type] })).items
/** Within a minute, however busy the machine is. */
const until = (isSo: () => Promise<boolean>) => vi.waitFor(async () => expect(await isSo()).toBe(true))
const spends = (micros: number) =>
  until(async () => {
    const { spentMicros, reservedMicros } = await budgetOf()
    return spentMicros === micros && reservedMicros === 0
  })

describe('A run with a budget', () => {
  it('waits at its cap, says why, and goes on after a raise by itself', async () => {
    const run = await muster.runs.start(projectId, {
      jobType: paid,
      scenarios,
      models: ['m'],
      budgetMicros: 1_000,
    })
    await muster.work()
    await muster.schedule()
    await spends(900)
    await until(async () => (await budgetOf()).reached)
    const { budgetId, scope } = await budgetOf()
    expect(scope).toEqual({ runId: run.runId })
    expect((await muster.runs.get(run.runId)).status).toBe('running')
    const { items } = await muster.jobs.search([projectId], { state: ['pending'] })
    expect(items).toHaveLength(5)
    const { waitsFor } = await muster.jobs.get(items[0]?.jobId as JobId)
    expect(waitsFor[0]).toEqual({
      kind: 'budget',
      key: `budget:${budgetId}`,
      used: 900,
      of: 1_000,
      opensAt: null,
    })
    expect(await muster.runs.waitsFor(run.runId)).toEqual(waitsFor.slice(0, 1))
    await until(async () => (await factsOf('budget_reached')).length > 0)
    expect(await factsOf('budget_warned')).toMatchObject([
      { audience: 'managers', data: { budgetId, runId: run.runId, capMicros: 1_000 } },
    ])
    await muster.budgets.put(budgetId, { capMicros: 10_000 })
    expect(await run.finished()).toMatchObject({ status: 'completed' })
    await spends(8 * COST)
    expect(await factsOf('budget_changed')).toMatchObject([
      { data: { change: 'changed', capMicros: 10_000 } },
    ])
  })

  it('is refused if a model has no price and its job type estimates no cost', async () => {
    const wish = { jobType: priced, scenarios, models: ['m'], budgetMicros: 1_000 }
    await expect(muster.runs.start(projectId, wish)).rejects.toMatchObject({
      code: 'price_missing',
      issues: [{ path: 'budgetMicros' }],
      details: { model: 'm' },
    })
    expect((await muster.runs.list(projectId, {})).items).toEqual([])
    const from = new Date(0)
    await muster.usage.putPrices({ items: [{ model: 'm', from, inputMicros: 1, outputMicros: 1 }] })
    const run = await muster.runs.start(projectId, wish)
    await muster.work()
    expect(await run.finished()).toMatchObject({ status: 'completed' })
  })
})

describe('A budget of a project', () => {
  it('cancels at its cap what has not begun, if it says so', async () => {
    await muster.budgets.add(projectId, { capMicros: 700, atCap: 'cancel' })
    const run = await muster.runs.start(projectId, { jobType: paid, scenarios, models: ['m'] })
    await muster.work()
    await muster.schedule()
    expect(await run.finished()).toMatchObject({
      status: 'completed',
      tallies: { completed: 2, cancelled: 6 },
    })
    expect(await factsOf('budget_reached')).toHaveLength(1)
  })

  it('is one of its scope, names what is wrong, and knows its version', async () => {
    const { budgets } = muster
    const { budgetId, version } = await budgets.add(projectId, { capMicros: 700 })
    await expect(budgets.add(projectId, { capMicros: 1 })).rejects.toMatchObject({
      code: 'conflict',
      details: { budgetId },
    })
    await budgets.add(projectId, { capMicros: 1, hard: false })
    for (const [path, wrong] of [
      ['capMicros', { capMicros: 0 }],
      ['capMicros', { capMicros: 1e15 + 1 }],
      ['soft', { capMicros: 1, soft: 0 }],
      ['soft', { capMicros: 1, soft: 1.1 }],
      ['atCap', { capMicros: 1, atCap: 'fail' }],
      ['day', { capMicros: 1, day: '+02:00' }],
      ['day', { capMicros: 1, day: 'Europe/Nowhere' }],
      ['day', { capMicros: 1, day: 'UTC', runId: '00000000-0000-4000-8000-000000000000' }],
    ] as const)
      await expect(budgets.add(projectId, wrong as never)).rejects.toMatchObject({ issues: [{ path }] })
    await expect(budgets.put(budgetId, { capMicros: 5 }, { ifVersion: version + 1 })).rejects.toMatchObject({
      code: 'version_conflict',
      details: { version },
    })
    await expect(budgets.remove(budgetId, { ifVersion: version + 1 })).rejects.toMatchObject({
      code: 'version_conflict',
      details: { version },
    })
    await budgets.remove(budgetId, { ifVersion: version })
    await budgets.remove(budgetId, { ifVersion: version })
    await expect(budgets.get(budgetId)).rejects.toMatchObject({ code: 'not_found' })
    const changes = (await factsOf('budget_changed')).map(({ data }) => (data as { change: string }).change)
    expect(changes.toSorted()).toEqual(['added', 'added', 'removed'])
  })
})
