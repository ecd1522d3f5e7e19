import { z } from 'zod'
import { text, uuid } from '../../input/parse.ts'
import { AT_CAP, type BudgetSettings } from '../../usage/budget.ts'
import type { BudgetInput, NewBudgetRequest } from './budgets.ts'

/** The largest cap, in millionths of the currency unit. */
const MOST_MICROS = 1_000_000_000_000_000

/** The share of the cap at which managers are warned, unless a budget says so. */
const SOFT = 0.8

/** A cap on money. */
export const capMicros: z.ZodType<number> = z.int().min(1).max(MOST_MICROS)

const settings = {
  capMicros,
  soft: z.number().gt(0).max(1).optional(),
  hard: z.boolean().optional(),
  atCap: z.enum(AT_CAP).optional(),
}

/** The settings of a budget. */
export const budgetInput: z.ZodType<BudgetInput> = z.strictObject(settings)

const zone = text(1, 100).refine(isZone, 'must be a name of the zone database, such as Europe/Berlin')

/** A budget to be made. */
export const newBudget: z.ZodType<NewBudgetRequest> = z
  .strictObject({ ...settings, runId: uuid.optional(), day: zone.optional() })
  .refine(({ runId, day }) => runId === undefined || day === undefined, {
    path: ['day'],
    message: 'is of a project, not of a run',
  })

/** The settings with everything in them. */
export function budgetSettings({ capMicros: cap, soft, hard, atCap }: BudgetInput): BudgetSettings {
  return { capMicros: cap, soft: soft ?? SOFT, hard: hard ?? true, atCap: atCap ?? 'pause' }
}

/** A place of the zone database: offsets and abbreviations know nothing of summer. */
function isZone(name: string): boolean {
  if (name !== 'UTC' && !name.includes('/')) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
