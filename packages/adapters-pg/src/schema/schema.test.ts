import { CATCH_UP_MS, MOST_DEATHS, RATE_STRETCH_MS, WORKER_LOST } from '@muster/core/rules'
import { expect, it } from 'vitest'
import { shippedSchema, withLimits } from './schema.ts'

it('puts the limits of core where the functions name them, and refuses a name that core does not have', () => {
  const { text } = shippedSchema().functions
  expect(text).toContain(`interval '${CATCH_UP_MS} ms'`)
  expect(text).toContain(`interval '${RATE_STRETCH_MS} ms'`)
  expect(text).toContain(`j.crashes + 1 >= ${MOST_DEATHS} then`)
  expect(text).toContain(`'${JSON.stringify(WORKER_LOST)}'::json`)
  expect(text).not.toMatch(/\{\{|\}\}/)
  expect(() => withLimits('select {{anything}}')).toThrow('a limit that there is not: anything')
})
