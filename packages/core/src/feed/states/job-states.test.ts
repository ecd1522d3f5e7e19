import { newId } from '@muster/testing'
import { expect, it } from 'vitest'
import type { Signal } from '../../events/signals.ts'
import type { JobId } from '../../ids.ts'
import type { QueueItem } from '../../jobs/job.ts'
import { JobStates } from './job-states.ts'

const projectId = newId<'ProjectId'>()

function item(jobId: JobId, state: QueueItem['state']): QueueItem {
  return { projectId, jobId, runId: null, type: 'echo', attempt: 1, state, error: null } as QueueItem
}

function said(type: Signal['type'], itemId: JobId): Signal {
  return { type, projectId, data: { itemId } }
}

it('reads only the completed jobs that it does not know yet', async () => {
  const states = new JobStates()
  const [first, second, third] = [newId<'JobId'>(), newId<'JobId'>(), newId<'JobId'>()]
  const done: QueueItem[] = [item(first, 'completed')]
  const limits: number[] = []
  const latest = async (count = done.length): Promise<JobId[]> => {
    const found = await states.latest(count, async (limit) => {
      limits.push(limit)
      return done.slice(0, limit)
    })
    return found.map(({ jobId }) => jobId)
  }
  expect(await latest()).toEqual([first])
  expect(await latest()).toEqual([first])
  done.unshift(item(third, 'completed'), item(second, 'completed'))
  expect(await latest()).toEqual([third, second, first])
  done.pop()
  expect((await latest()).slice(0, 2)).toEqual([third, second])
  expect(limits).toEqual([1, 2, 2])
})

it('says that a job has ended if two looks find so, and nobody has said it', () => {
  const states = new JobStates()
  const [heard, unheard, seen] = [newId<'JobId'>(), newId<'JobId'>(), newId<'JobId'>()]
  const look = (...items: readonly QueueItem[]): unknown[] => {
    states.look()
    return states.news(items, new Set()).map(({ type, data }) => [type, data['itemId']])
  }
  for (const itemId of [heard, unheard]) states.hear(said('job_started', itemId))
  expect(look(...[heard, unheard, seen].map((itemId) => item(itemId, 'active')))).toEqual([])
  const ended = [item(heard, 'completed'), item(unheard, 'completed'), item(seen, 'pending')]
  expect(look(...ended)).toEqual([])
  states.hear(said('job_completed', heard))
  expect(look(...ended)).toEqual([
    ['job_completed', unheard],
    ['job_retried', seen],
  ])
  expect(look(...ended)).toEqual([])
})

it('lets what was said since a look began stand against what the look has found', () => {
  const states = new JobStates()
  const itemId = newId<'JobId'>()
  states.look()
  states.hear(said('job_completed', itemId))
  expect(states.isNewer(itemId)).toBe(true)
  expect(states.news([item(itemId, 'active')], new Set())).toEqual([])
  states.look()
  expect(states.isNewer(itemId)).toBe(false)
  expect([...states.itemIds]).toEqual([])
})
