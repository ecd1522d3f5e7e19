import type { Clock } from '../../environment.ts'
import { NotFoundError, PriceUsedError, ValidationError } from '../../errors.ts'
import { parse } from '../../input/parse.ts'
import { page } from '../../paging.ts'
import type { ProjectStore } from '../../people/project-store.ts'
import type { Transactions } from '../../transactions.ts'
import { type Price, samePrice } from '../../usage/price.ts'
import type { PriceKey, UsagePart, UsageSplit, UsageStore, UsageWhere } from '../../usage/usage-store.ts'
import { demandProject } from '../run-deps.ts'
import type { RunStore } from '../run-store.ts'
import { newPrices, usageRequest } from './usage-input.ts'
import { MOST_USAGE_PARTS, type UsageUseCases, type UsageView } from './usages.ts'

interface UsageUseCaseStores {
  readonly usage: UsageStore
  readonly runs: RunStore
  readonly projects: ProjectStore
}

interface Deps {
  readonly transactions: Transactions<UsageUseCaseStores>
  readonly clock: Clock
}

/** The use cases of usage and prices. */
export function usageUseCases({ transactions }: Deps): UsageUseCases {
  const { usage, runs, projects } = transactions.stores

  const sumOf = async (where: UsageWhere, by: UsageSplit): Promise<UsageView> => {
    const { total, parts } = await usage.sum(where, by, MOST_USAGE_PARTS + 1)
    const items = parts.slice(0, MOST_USAGE_PARTS)
    return {
      by,
      total,
      items: by === 'day' ? items.toSorted(byDay) : items,
      more: parts.length > items.length,
    }
  }

  return {
    async read(projectId, wanted = {}) {
      const { from, to, by = 'model' } = parse(usageRequest, wanted)
      if (from !== undefined && to !== undefined && from > to)
        throw new ValidationError([{ path: 'from', message: 'must not be after to' }])
      if (projectId === null) return sumOf({ from, to }, by)
      await demandProject(projects, projectId)
      return sumOf({ projectId, from, to }, by)
    },

    async ofRun(runId) {
      if (!(await runs.find(runId))) throw new NotFoundError('run', runId)
      const { total, items } = await sumOf({ runId }, 'model')
      const byModel = items.map(({ model = '', ...sum }) => [model, sum] as const)
      return { ...total, byModel: Object.fromEntries(byModel) }
    },

    async putPrices(given) {
      const prices = parse(newPrices, given).items.map(
        ({ cachedMicros, cacheWriteMicros, ...price }): Price => ({
          ...price,
          cachedMicros: cachedMicros ?? price.inputMicros,
          cacheWriteMicros: cacheWriteMicros ?? price.inputMicros,
        }),
      )
      assertNoneTwice(prices)
      const models = [...new Set(prices.map(({ model }) => model))]
      return transactions.transaction(async (stores) => {
        const recorded = await stores.usage.lockPrices(models)
        const { prices: kept } = await stores.usage.findPrices(models)
        const changed = prices.filter((price) => !kept.some((one) => samePrice(one, price)))
        for (const { model, from } of changed) {
          const lastAt = recorded.get(model)
          if (lastAt !== undefined && from <= lastAt) throw new PriceUsedError(model, from, lastAt)
        }
        if (changed.length > 0) await stores.usage.putPrices(changed)
        return prices
      })
    },

    prices: ({ model }, request) =>
      page(
        request,
        ['prices', model ?? null],
        (price: Price): PriceKey => ({ model: price.model, from: price.from.getTime() }),
        (slice) => usage.listPrices(model, slice),
      ),
  }
}

/** @throws ValidationError */
function assertNoneTwice(prices: readonly Price[]): void {
  const seen = new Set<string>()
  for (const [index, { model, from }] of prices.entries()) {
    const key = `${from.getTime()} ${model}`
    if (seen.has(key)) {
      const message = `is there twice: ${model} from ${from.toISOString()}`
      throw new ValidationError([{ path: `items[${index}]`, message }])
    }
    seen.add(key)
  }
}

function byDay(a: UsagePart, b: UsagePart): number {
  return (a.day ?? '') < (b.day ?? '') ? -1 : 1
}
