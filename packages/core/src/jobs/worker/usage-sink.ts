import type { Clock } from '../../environment.ts'
import { fact } from '../../events/event.ts'
import type { EventStore } from '../../events/event-store.ts'
import type { Transactions } from '../../transactions.ts'
import type { PriceList, ReportReceipt, UsageReport, UsageStore } from '../../usage/usage-store.ts'

/** Where workers report what was used. */
export interface UsageSink {
  /** Counts a report once, see {@link UsageStore.record}. */
  record(report: UsageReport): Promise<ReportReceipt['kind']>
  findPrices(models: readonly string[]): Promise<PriceList>
}

/** The stores that a report writes. */
export interface UsageStores {
  readonly usage: UsageStore
  readonly events: EventStore
}

/** Counts reports, each in a transaction with the facts that it makes true. */
export function usageSink({
  transactions,
  clock,
}: {
  readonly transactions: Transactions<UsageStores>
  readonly clock: Clock
}): UsageSink {
  return {
    record: (report) =>
      transactions.transaction(async ({ usage, events }) => {
        const receipt = await usage.record(report, clock.now())
        if (receipt.kind === 'counted' && receipt.unpriced.length > 0) {
          await events.append(
            receipt.unpriced.map(({ projectId, model }) => fact(projectId, 'price_missing', { model })),
          )
        }
        return receipt.kind
      }),
    findPrices: (models) => transactions.stores.usage.findPrices(models),
  }
}
