import { jobType, NonRetryableError, type ProjectId } from '@muster/core'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  focusOn,
  headed,
  looksWellInAll,
  type Person,
  type Tab,
  violations,
  World,
} from '../app/world.test.support.ts'

const LANGUAGES = ['da', 'nb', 'sv']
let world: World
let manager: Person
let projectId: ProjectId
let tab: Tab
let gate = Promise.withResolvers<void>()
beforeAll(async () => {
  const guess = jobType({
    name: 'guess',
    payload: json,
    handler: async ({ payload, model }, { signal }) => {
      const { text } = payload as { readonly text: string }
      if (model === 'slow') await Promise.race([gate.promise, aborted(signal)])
      if (text.endsWith('7')) throw new NonRetryableError('The model said nothing')
      return { label: LANGUAGES[(text.length + (model === 'eld' ? 1 : 0)) % 3] ?? 'da', score: 0.5 }
    },
  })
  world = await World.open({ jobTypes: [guess] })
  manager = await world.person('Ingrid Berg', 'manager')
  projectId = await world.place({ name: 'Language id', payloads: [], people: [manager.userId] })
  await world.muster.definitions.add(projectId, {
    name: 'UDHR',
    jobType: 'guess',
    scenarios: Array.from({ length: 40 }, (_, place) => ({
      scenarioId: `udhr-${place}`,
      payload: { text: `og mod enhver ${'x'.repeat(place % 3)} ${place}` },
    })),
  })
  await world.muster.work()
  tab = await world.tab(await manager.link())
})
afterAll(async () => {
  gate.resolve()
  await world?.close()
})

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

const audited = (name: string) => looksWellInAll(tab.page, name)

describe('Runs', () => {
  it('starts a run by keyboard, with the number of its jobs on the button', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/runs?project=${projectId}`)
    await headed(page, 'Runs')
    await page.getByText('Nothing runs now').waitFor()
    await audited('runs-empty')
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'New run' })
    const models = dialog.getByLabel('Models')
    await focusOn(models)
    await page.keyboard.type('eld, slow')
    await dialog.getByRole('button', { name: 'Start 80 jobs' }).waitFor()
    await dialog.getByLabel('Sample').fill('200')
    await dialog
      .getByText(/must be|Too big|less than|<=/i)
      .first()
      .waitFor()
    await dialog.getByLabel('Sample').fill('50')
    await dialog.getByRole('button', { name: 'Start 40 jobs' }).waitFor()
    await audited('runs-new')
    await focusOn(dialog.getByRole('button', { name: 'Start 40 jobs' }))
    await page.keyboard.press('Enter')
    await headed(page, 'UDHR')
    expect((await world.muster.runs.list(projectId, {})).items).toMatchObject([{ tallies: { total: 40 } }])
  })

  it('shows it as it goes on, pauses it, and lets its buttons follow the fact', async () => {
    const { page } = tab
    await page.locator('.page-head').getByText('running', { exact: true }).waitFor()
    await page.getByText('20', { exact: true }).first().waitFor()
    await page.keyboard.press('p')
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.getByRole('button', { name: 'Pace…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Pace and priority' })
    await dialog.getByLabel('Pace').fill('500')
    await dialog.getByRole('button', { name: 'Let it go on at 500 a second' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('at most 500/s').first().waitFor()
    await page.keyboard.press('p')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    gate.resolve()
    await page.locator('.page-head').getByText('completed', { exact: true }).first().waitFor()
    await page.getByText('non_retryable').waitFor()
    const jobs = page.getByRole('main').getByRole('link', { name: 'Jobs', exact: true })
    expect(await jobs.getAttribute('href')).toMatch(/[?&]run=[0-9a-f-]{36}(&|$)/)
    await page.getByRole('rowheader', { name: 'eld' }).waitFor()
    await page.getByRole('button', { name: 'As a table' }).waitFor()
    await audited('run')
    await page.getByRole('button', { name: 'As a table' }).click()
    await page.getByRole('columnheader', { name: 'settled, /s' }).waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('cancels with the number of what stops, and lists what goes on and what was', async () => {
    const { page } = tab
    gate = Promise.withResolvers<void>()
    const definitions = await world.muster.definitions.list(projectId, {})
    const definitionId = definitions.items[0]?.definitionId ?? ''
    const { runId } = await world.muster.runs.start(projectId, { definitionId, models: ['slow'] })
    await page.goto(`${world.origin}/console/#/runs?project=${projectId}`)
    const table = page.getByRole('grid', { name: 'Runs' })
    await table.getByText('running').waitFor()
    expect(await table.getByRole('row').count()).toBe(2)
    await audited('runs')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await headed(page, 'UDHR')
    await page.getByRole('button', { name: 'Cancel…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cancel this run?' })
    await dialog.getByRole('button', { name: 'Cancel 40 jobs' }).click()
    await page.locator('.page-head').getByText('cancelled', { exact: true }).first().waitFor()
    await expect.poll(async () => (await world.muster.runs.get(runId)).status).toBe('cancelled')
    await page.goto(`${world.origin}/console/#/runs?project=${projectId}&show=all&model=eld`)
    await table.getByText('eld, slow').waitFor()
    expect(await table.getByRole('row').count()).toBe(2)
    expect(tab.faults).toEqual([])
  })

  it('says why a run cannot be read', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/run?item=${crypto.randomUUID()}`)
    await page.getByRole('alert').waitFor()
    await audited('run-error')
    expect(tab.faults).toEqual([])
  })
})

describe('Activity', () => {
  it('tells what happened in words, folds what is alike, and leads to its subject by keyboard', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/activity?project=${projectId}`)
    await headed(page, 'Activity')
    const table = page.getByRole('grid', { name: 'Activity' })
    await table.getByText(/Run [0-9a-f]{8} was cancelled/).waitFor()
    await table
      .getByText(/A job of guess failed: The model said nothing · \d+ times/)
      .first()
      .waitFor()
    await audited('activity')
    await world.muster.queue.pause(projectId)
    await page.getByRole('button', { name: '1 new' }).click()
    await table.getByText('The queue was paused').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('kind:runs')
    await page.keyboard.press('Enter')
    await table.getByText('The queue was paused').waitFor({ state: 'detached' })
    await table.getByText(/Run [0-9a-f]{8} was cancelled/).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await headed(page, 'UDHR')
    await page.goto(`${world.origin}/console/#/activity?project=${projectId}&kind=people`)
    await page.getByText('Nothing happened that is still kept').waitFor()
    await audited('activity-empty')
    expect(tab.faults).toEqual([])
  })
})
