import { jobType, NonRetryableError, type ProjectId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWellInAll,
  type Person,
  press,
  type Tab,
  World,
} from '../app/world.test.support.ts'

const SCENARIOS = 90
const LANGUAGES = ['da', 'nb', 'sv']
const BETTER: NewForm = {
  name: 'better',
  title: 'Which answer is right?',
  show: [
    { name: 'text', as: 'text', at: '/scenario/text', title: 'Text' },
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/answers/a/label' },
        { id: 'b', at: '/answers/b/label' },
      ],
    },
  ],
  questions: [{ id: 'better', type: 'pairwise', title: 'Better', of: 'answers' }],
}

let world: World
let manager: Person
let projectId: ProjectId
let people: ProjectId
let tab: Tab
beforeAll(async () => {
  const guess = jobType({
    name: 'guess',
    payload: json,
    handler: async ({ payload, model }) => {
      const { n, label } = payload as { readonly n: number; readonly label: string }
      if (model === 'new' && n === 4) throw new NonRetryableError('The model said nothing')
      const isWrong = model === 'old' ? n % 3 === 0 : n % 15 === 1
      return { label: isWrong ? 'xx' : label, ms: model === 'old' ? 200 + n : 230 + n + (n % 7) }
    },
  })
  world = await World.open({ jobTypes: [guess] })
  manager = await world.person('Ingrid Berg', 'manager')
  const members = [manager.userId]
  projectId = await world.place({ name: 'Language id', payloads: [], people: members })
  await world.place({ name: 'No form here', payloads: [], people: members })
  people = await world.place({ name: 'Which is right', form: BETTER, payloads: [], people: members })
  tab = await world.tab(await manager.link())
})
afterAll(() => world?.close())

const audited = (name: string) => looksWellInAll(tab.page, name)

/** Runs two models on so many scenarios. */
async function runOf(name: string, count: number): Promise<string> {
  const { definitionId } = await world.muster.definitions.add(projectId, {
    name,
    jobType: 'guess',
    scenarios: Array.from({ length: count }, (_, n) => ({
      scenarioId: `${name}-${n}`,
      payload: {
        n,
        text: `og mod enhver ${n}`,
        label: LANGUAGES[n % 3] ?? '',
        language: LANGUAGES[n % 3] ?? '',
      },
    })),
  })
  const run = await world.muster.runs.start(projectId, { definitionId, models: ['old', 'new'] })
  const worker = await world.muster.work()
  await run.finished()
  await worker.close()
  return run.runId
}

describe('Compare', () => {
  it('says what there is to do without a comparison, and without a completed run', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/compare?project=${projectId}`)
    await headed(page, 'Compare')
    await page.getByText('Nothing was compared yet').waitFor()
    await audited('compare-empty')
    await press(page, 'n')
    const dialog = page.getByRole('dialog', { name: 'New comparison' })
    await dialog.getByText('No run of this project is completed').waitFor()
    await audited('compare-no-run')
    await press(page, 'Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(tab.faults).toEqual([])
  })

  it('compares two models of a run, says which field is wrong, and draws what differs', async () => {
    const { page } = tab
    const runId = await runOf('udhr', SCENARIOS)
    await page.goto(`${world.origin}/console/#/run?project=${projectId}&item=${runId}`)
    await page.getByRole('link', { name: 'Compare…' }).click()
    const dialog = page.getByRole('dialog', { name: 'New comparison' })
    const deed = dialog.getByRole('button', { name: 'Compare new with old' })
    await deed.waitFor()
    await dialog.getByLabel('In the result at').fill('label')
    await deed.click()
    await expect.poll(() => dialog.getByLabel('In the result at').getAttribute('aria-invalid')).toBe('true')
    await dialog
      .getByText(/must be a JSON Pointer/)
      .first()
      .waitFor()
    await audited('compare-wrong')
    await dialog.getByLabel('In the result at').fill('/label')
    await dialog.getByRole('button', { name: 'Another metric' }).click()
    const second = dialog.getByRole('group', { name: 'Metric 2' })
    await second.getByLabel('Name').fill('latency')
    await second.getByLabel('Score').selectOption('value')
    await second.getByLabel('In the result at').fill('/ms')
    await second.getByLabel('Better is').selectOption('lower')
    await dialog.getByLabel('Slices').fill('/language')
    await audited('compare-new')
    await focusOn(deed)
    await press(page, 'Enter')
    await headed(page, 'new against old')
    await page.getByText('1 regressed · 1 improved').waitFor()
    const [kept] = (await world.muster.comparisons.list(projectId, {})).items
    expect(kept).toMatchObject({
      baseline: { runId, model: 'old' },
      candidate: { runId, model: 'new' },
      metrics: [
        { metric: 'right', verdict: 'improved', wins: 30, losses: 6 },
        { metric: 'latency', verdict: 'regressed', n: 89, losses: 89 },
      ],
    })
    const { difference = 0 } = kept?.metrics[0] ?? {}
    await page
      .getByRole('img', { name: `right: +${(difference ?? 0).toFixed(3).replace(/0+$/, '')}, from` })
      .waitFor()
    await page.getByRole('grid', { name: 'Worse: pairs by latency' }).waitFor()
    await page.getByRole('table').getByText('nb').waitFor()
    await audited('compare')
    await page.getByRole('button', { name: 'As a table' }).first().click()
    await page.getByRole('columnheader', { name: 'p, corrected' }).waitFor()
    await page.getByRole('cell', { name: 'McNemar' }).waitFor()
    await audited('compare-table')
    expect(tab.faults).toEqual([])
  })

  it('lists the pairs that turned, and opens one by keyboard with what each side said', async () => {
    const { page } = tab
    await page.getByLabel('Metric').selectOption('right')
    const grid = page.getByRole('grid', { name: 'Worse: pairs by right' })
    await grid.getByText('udhr-1', { exact: true }).waitFor()
    expect(await grid.getByRole('row').count()).toBe(1 + 6)
    await page.getByRole('link', { name: /^Better\s*30$/ }).waitFor()
    await focusOn(grid)
    await press(page, 'j', 'j', 'Enter')
    await page.getByRole('heading', { name: 'udhr-16', exact: true }).waitFor()
    const candidate = page.getByRole('region', { name: 'Candidate' })
    await candidate.getByText('"xx"').waitFor()
    expect(await candidate.getByRole('link', { name: 'Job' }).getAttribute('href')).toMatch(
      /#\/jobs\?.*item=/,
    )
    await audited('compare-pair')
    await press(page, 'Escape')
    await page.getByRole('heading', { name: 'udhr-16', exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /^No value/ }).click()
    await page.getByRole('grid', { name: 'No value: pairs by right' }).getByText('udhr-4').waitFor()
    const mend = await breakCalls(page, /pairs\.ndjson/)
    await page.getByRole('link', { name: /^Same/ }).click()
    await page.getByText(BROKEN).waitFor()
    await audited('compare-pairs-error')
    await mend()
    await page.getByRole('button', { name: 'Again' }).click()
    await page
      .getByRole('grid', { name: 'Same: pairs by right' })
      .getByText('udhr-2', { exact: true })
      .waitFor()
    expect(tab.faults).toEqual([])
  })

  it('sends the pairs that differ to people, with their number first, and says why it cannot', async () => {
    const { page } = tab
    await page.getByRole('link', { name: /^Worse/ }).click()
    await page.getByRole('grid', { name: 'Worse: pairs by right' }).waitFor()
    await focusOn(page.locator('main'))
    await press(page, 's')
    const dialog = page.getByRole('dialog', { name: 'Send pairs to people' })
    await dialog.getByLabel('Project').selectOption({ label: 'No form here' })
    await dialog.getByRole('button', { name: 'Send 36 pairs' }).click()
    await dialog.getByText(/has no form: it would show/).waitFor()
    await audited('compare-send-refused')
    await dialog.getByLabel('Project').selectOption({ label: 'Which is right' })
    await dialog.getByLabel(/Which pairs/).selectOption('worse')
    await focusOn(dialog.getByRole('button', { name: 'Send 6 pairs' }))
    await press(page, 'Enter')
    await page.getByRole('status').getByText('6 tasks were added to Which is right').waitFor()
    const { items } = await world.muster.tasks.list(people, {}, {})
    expect(new Set(items.map(({ externalId }) => externalId?.split('/')[2]))).toEqual(
      new Set([1, 16, 31, 46, 61, 76].map((n) => `udhr-${n}`)),
    )
    expect(items.length).toBe(6)
    await focusOn(page.locator('main'))
    await press(page, 's')
    await dialog.getByLabel('Project').selectOption({ label: 'Which is right' })
    await dialog.getByRole('button', { name: 'Send 36 pairs' }).click()
    await page.getByText('30 tasks were added to Which is right, 6 were there already').waitFor()
    await audited('compare-sent')
    await page.getByRole('link', { name: 'See them in Tasks' }).click()
    await headed(page, 'Tasks')
    await page.getByText('36', { exact: true }).first().waitFor()
    await audited('compare-tasks')
    expect(tab.faults).toEqual([])
  })

  it('takes metrics as JSON, says what is inconclusive, and lists comparisons as they are made', async () => {
    const { page } = tab
    await runOf('few', 5)
    await page.goto(`${world.origin}/console/#/compare?project=${projectId}`)
    const table = page.getByRole('grid', { name: 'Compare' })
    await table.getByText('new against old').waitFor()
    await audited('compare-list')
    await page.getByRole('button', { name: 'New comparison' }).click()
    const dialog = page.getByRole('dialog', { name: 'New comparison' })
    await dialog.getByRole('button', { name: 'Metrics as JSON' }).click()
    const field = dialog.getByRole('textbox', { name: 'Metrics as JSON' })
    expect(JSON.parse(await field.inputValue())).toEqual([
      { name: 'right', score: { type: 'equals', at: '/label', to: { scenario: '/label' } } },
    ])
    await field.fill('[{')
    await dialog.getByText(/JSON/).nth(1).waitFor()
    expect(await dialog.getByRole('button', { name: 'Compare new with old' }).isDisabled()).toBe(true)
    const metrics = [{ name: 'fast', score: { type: 'within', at: '/ms', to: { value: 200 }, abs: 31 } }]
    await field.fill(JSON.stringify({ version: 1, metrics }))
    await dialog.getByRole('button', { name: 'Compare new with old' }).click()
    await headed(page, 'new against old')
    await page.getByText('1 inconclusive').waitFor()
    await page.getByText('fewer than 10 pairs or clusters').waitFor()
    await page.getByText('No interval').waitFor()
    await audited('compare-inconclusive')
    await page.getByRole('link', { name: 'All comparisons' }).click()
    await table.getByText('1 inconclusive').waitFor()
    const [kept] = (await world.muster.comparisons.list(projectId, {})).items
    const { baseline, candidate } = kept ?? {}
    if (baseline === undefined || candidate === undefined) throw new Error('Nothing was kept')
    await world.muster.comparisons.add(projectId, {
      baseline: candidate,
      candidate: baseline,
      metrics,
    } as never)
    await page.getByRole('button', { name: '1 new' }).click()
    await table.getByText('old against new').waitFor()
    await focusOn(table)
    await press(page, 'j', 'Enter')
    await headed(page, 'old against new')
    expect(tab.faults).toEqual([])
  })

  it('says why a comparison cannot be read', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/compare?project=${projectId}&item=${crypto.randomUUID()}`)
    await page.getByRole('alert').waitFor()
    await audited('compare-error')
    expect(tab.faults).toEqual([])
  })
})
