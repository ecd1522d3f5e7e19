import { jobType, NonRetryableError, type ProjectId } from '@muster/core'
import { json } from '@muster/core/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { focusOn, headed, looksWellInAll, type Person, type Tab, World } from '../app/world.test.support.ts'

const MODELS = ['cld3', 'eld', ...Array.from({ length: 11 }, (_, nth) => `fasttext-${nth}`)]
const SCENARIOS = 400
let world: World
let manager: Person
let projectId: ProjectId
let tab: Tab
beforeAll(async () => {
  const guess = jobType({
    name: 'guess',
    payload: json,
    handler: async ({ payload, model }) => {
      const { n } = payload as { readonly n: number }
      if (model === 'eld' && n === 7) throw new NonRetryableError('The model said nothing')
      return { label: model === 'cld3' && n % 10 === 3 ? 'nb' : 'da', score: n / 400 }
    },
  })
  world = await World.open({ jobTypes: [guess] })
  manager = await world.person('Ingrid Berg', 'manager')
  projectId = await world.place({ name: 'Language id', payloads: [], people: [manager.userId] })
  tab = await world.tab(await manager.link())
})
afterAll(() => world?.close())

const audited = (name: string) => looksWellInAll(tab.page, name)

describe('Results', () => {
  it('says what there is to do without a run', async () => {
    const { page } = tab
    await page.goto(`${world.origin}/console/#/results?project=${projectId}`)
    await headed(page, 'Results')
    await page.getByText('This project has no run').waitFor()
    await audited('results-empty')
    expect(tab.faults).toEqual([])
  })

  it('shows scenarios × models, draws what is in sight alone, and reaches the last by keyboard', async () => {
    const { page } = tab
    const { definitionId } = await world.muster.definitions.add(projectId, {
      name: 'UDHR',
      jobType: 'guess',
      scenarios: Array.from({ length: SCENARIOS }, (_, n) => ({
        scenarioId: `udhr-${n}`,
        payload: { text: `og mod enhver ${n}`, n },
      })),
    })
    const run = await world.muster.runs.start(projectId, { definitionId, models: MODELS })
    const worker = await world.muster.work()
    await run.finished()
    await worker.close()
    await page.reload()
    const grid = page.getByRole('grid', { name: 'UDHR v1' })
    await grid.getByText('udhr-0', { exact: true }).waitFor()
    await page.getByText('400 of 400').waitFor()
    await grid.getByText('split').first().waitFor()
    await audited('results')
    expect(await grid.getByRole('row').count()).toBeLessThan(60)
    expect(await grid.getByRole('columnheader').count()).toBeLessThan(2 + MODELS.length)
    await focusOn(grid)
    await page.keyboard.press('End')
    await grid.getByText('udhr-399').waitFor()
  })

  it('finds scenarios by words, and opens one by keyboard beside them', async () => {
    const { page } = tab
    const grid = page.getByRole('grid', { name: 'UDHR v1' })
    await page.getByRole('button', { name: 'Split' }).click()
    await page.getByText('40 of 400').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.press('End')
    await page.keyboard.type(' text~"enhver 13" cld3=nb')
    await page.keyboard.press('Enter')
    await page.getByText('2 of 400').waitFor()
    await grid.getByText('udhr-13', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'udhr-13', exact: true }).waitFor()
    await page.getByText('12 of 13 in full').waitFor()
    await page.getByRole('region', { name: 'fasttext-10' }).getByText('da').waitFor()
    await page
      .getByRole('region', { name: 'cld3' })
      .getByText('others differ')
      .first()
      .waitFor({ state: 'attached' })
    await audited('results-drawer')
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'udhr-13', exact: true }).waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('elf=da')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('names no model of the run: elf').first().waitFor()
    await audited('results-error')
    await page.getByRole('button', { name: 'Failed' }).click()
    await page.keyboard.press('/')
    // The field takes what the button did once the address has changed.
    await expect.poll(() => page.locator('input:focus').inputValue()).toBe('failed elf=da')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('failed')
    await page.keyboard.press('Enter')
    await grid.getByText('udhr-7', { exact: true }).waitFor()
    await page.getByText('1 of 400').waitFor()
    expect(tab.faults).toEqual([])
  })

  it('stands a second run of the definition beside the first, and says what people made of it', async () => {
    const { page } = tab
    const { muster } = world
    await muster.forms.add({
      name: 'which-language',
      title: 'Which language?',
      show: [{ name: 'text', as: 'text', at: '/text', title: 'Text' }],
      questions: [{ id: 'label', type: 'text', title: 'Language' }],
    })
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'Twice',
      jobType: 'guess',
      scenarios: Array.from({ length: 20 }, (_, n) => ({
        scenarioId: `twice-${n}`,
        payload: { text: `og mod enhver ${n}`, n },
      })),
    })
    const models = ['cld3', 'fasttext-0']
    const worker = await muster.work()
    const scheduler = await muster.schedule()
    const first = await muster.runs.start(projectId, {
      definitionId,
      models,
      escalation: {
        when: [{ type: 'disagreement', agreeOn: '/label' }],
        task: { form: 'which-language', payload: { text: { $: '/scenario/payload/text' } } },
      },
    })
    const second = await muster.runs.start(projectId, { definitionId, models: ['eld'] })
    await first.finished()
    await second.finished()
    await page.goto(
      `${world.origin}/console/#/results?project=${projectId}&run=${first.runId}&with=${second.runId}`,
    )
    const grid = page.getByRole('grid', { name: 'Twice v1' })
    await grid.getByText('twice-3', { exact: true }).waitFor()
    await page.getByRole('columnheader', { name: 'eld (second run)' }).waitFor()
    const row = grid.getByRole('row').filter({ hasText: 'twice-3' }).first()
    await expect.poll(() => row.innerText()).toMatch(/\(0\s*answered\s*\)/)
    await row.click()
    await page.getByRole('heading', { name: 'twice-3', exact: true }).waitFor()
    await page.getByRole('region', { name: 'Text' }).getByText('og mod enhver 3').waitFor()
    await page.getByRole('link', { name: 'Open the task' }).waitFor()
    await audited('results-compare')
    expect(tab.faults).toEqual([])
    await scheduler.close()
    await worker.close()
  })
})
