import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { JobValidationError } from '../errors.ts'
import { jobType } from './job.ts'
import { readPayload } from './payload.ts'

const probe = jobType({
  name: 'probe',
  payload: z.object({ text: z.string(), tags: z.array(z.string()).default([]) }),
  handler: () => null,
})

describe("A job type's schema", () => {
  it('gives what it makes of a payload, at once', () => {
    expect(readPayload(probe, { text: 'a' })).toEqual({ text: 'a', tags: [] })
  })

  it('refuses a payload, naming each path', () => {
    const read = () => readPayload(probe, { text: 1, tags: ['a', 2] }, ['scenarios', 3, 'payload'])
    expect(read).toThrow(JobValidationError)
    expect(read).toThrow(/scenarios\[3\]\.payload\.text .*; scenarios\[3\]\.payload\.tags\[1\] /)
  })

  it('may be asynchronous', async () => {
    const slow = jobType({
      name: 'slow',
      payload: z.string().refine(async (text) => text === 'good', 'must be good'),
      handler: () => null,
    })
    expect(await readPayload(slow, 'good')).toBe('good')
    await expect(readPayload(slow, 'bad')).rejects.toThrow('payload must be good')
  })
})
