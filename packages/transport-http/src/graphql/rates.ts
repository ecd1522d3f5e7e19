import type { JobRate, Rates, StepRate } from '@muster/core/runs'
import { builder } from './builder.ts'
import { allowOne, allowSystem, orNull } from './context.ts'
import { given } from './input.ts'

const JobRateType = builder.objectRef<JobRate>('JobRate').implement({
  description: 'Jobs of a type that ended in one step.',
  fields: (t) => ({
    type: t.exposeString('type'),
    at: t.expose('at', { type: 'DateTime', description: 'The beginning of the step.' }),
    settled: t.exposeInt('settled', { description: 'Completed or failed.' }),
    failed: t.exposeInt('failed'),
    retried: t.exposeInt('retried', { description: 'Attempts that are followed by another.' }),
    lost: t.exposeInt('lost', { description: 'Attempts whose worker died or was silent for too long.' }),
  }),
})

const StepRateType = builder.objectRef<StepRate>('StepRate').implement({
  description: 'Work of people on a step of a workflow in one step of time.',
  fields: (t) => ({
    stepId: t.exposeString('stepId'),
    stepType: t.exposeString('stepType'),
    at: t.expose('at', { type: 'DateTime', description: 'The beginning of the step.' }),
    submitted: t.exposeInt('submitted'),
    returned: t.exposeInt('returned', { description: 'Sent back by a review.' }),
  }),
})

const RatesType = builder.objectRef<Rates>('Rates').implement({
  description: 'How fast jobs and people went. A step in which nothing ended is left out.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime' }),
    to: t.expose('to', { type: 'DateTime' }),
    step: t.exposeInt('step', { description: 'In seconds.' }),
    jobs: t.field({ type: [JobRateType], resolve: ({ jobs }) => [...jobs] }),
    steps: t.field({ type: [StepRateType], resolve: ({ steps }) => [...steps] }),
  }),
})

builder.queryFields((t) => ({
  rates: t.field({
    type: RatesType,
    nullable: true,
    description: 'Of a project, or without one of all, which is an admin’s.',
    args: {
      projectId: t.arg.id(),
      from: t.arg({ type: 'DateTime', description: 'An hour before `to` unless said.' }),
      to: t.arg({ type: 'DateTime', description: 'Now unless said.' }),
      step: t.arg.int({ description: 'In seconds, a multiple of 10 up to 86 400; 10 unless said.' }),
    },
    complexity: 50,
    resolve: (_root, { projectId, ...window }, context) =>
      orNull(async () => {
        const { rates } = context.muster
        if (projectId != null)
          return rates.read(await allowOne(context, 'project', 'Query.rates', projectId), given(window))
        await allowSystem(context)
        return rates.read(null, given(window))
      }),
  }),
}))
