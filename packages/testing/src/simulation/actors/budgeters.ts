import type { BudgetId, BudgetInput } from '@muster/core/usage'
import type { Muster } from '@muster/host'
import type { World } from '../world.ts'

/** Budgets of one history at most. */
const MOST_BUDGETS = 4

/** More than everything costs. */
const PLENTY = 1_000_000_000

/** Whoever gives money, and then changes their mind. */
export class Budgeters {
  readonly #world: World
  #added = 0

  constructor(world: World) {
    this.#world = world
  }

  act(): void {
    const { chance } = this.#world
    chance.weighted<() => void>([
      [this.#added < MOST_BUDGETS ? 3 : 0, () => this.#add()],
      [1, () => this.#change(this.#draw())],
      [0.3, () => this.#onOne('remove budget', ({ budgets }, id) => budgets.remove(id))],
    ])()
  }

  /** Nobody keeps money back any longer. */
  giveAll(): void {
    for (const { budgetId, capMicros, hard } of this.#world.monitor.budgets.budgets) {
      if (!hard || capMicros === PLENTY) continue
      const { process, muster } = this.#world.api()
      this.#world.ask('raise budget', process, () => muster.budgets.put(budgetId, { capMicros: PLENTY }))
    }
  }

  #add(): void {
    const { chance, monitor } = this.#world
    const { process, muster } = this.#world.api()
    this.#added++
    const run = chance.of(0.4) ? chance.oneOf([...monitor.jobs.runs.values()]) : undefined
    const projectId = run?.projectId ?? this.#world.someProject()
    const budget = { ...this.#draw(), ...(run && { runId: run.runId }) }
    this.#world.ask('add budget', process, () => muster.budgets.add(projectId, budget))
  }

  #draw(): BudgetInput {
    const { chance } = this.#world
    return {
      capMicros: chance.between(1, 12) * 1_000,
      ...(chance.of(0.15) && { hard: false }),
      ...(chance.of(0.15) && { atCap: 'cancel' }),
    }
  }

  #change(input: BudgetInput): void {
    this.#onOne('put budget', ({ budgets }, id) => budgets.put(id, input))
  }

  #onOne(name: string, act: (muster: Muster, budgetId: BudgetId) => Promise<unknown>): void {
    const budget = this.#world.chance.oneOf(this.#world.monitor.budgets.budgets)
    if (budget === undefined) return
    const { process, muster } = this.#world.api()
    this.#world.ask(name, process, () => act(muster, budget.budgetId))
  }
}
