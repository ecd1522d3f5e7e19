import type { ProjectId, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Muster } from '@muster/host'

/** The step whose overlap is decided task by task, by which people are watched, and to which controls belong. */
export const STEP = 'label'

/** The question that overlap and fits are about. */
export const QUESTION = 'rating'

/** The possible answers; the first is right of every task. */
export const ANSWERS = ['good', 'fair', 'bad'] as const

/** The least and the most people that a step asks by itself. */
export const [MIN, MAX] = [2, 4]

export const FORM: NewForm = {
  name: 'rating',
  title: 'Rating',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    { id: QUESTION, type: 'choice', title: 'Rating', options: ANSWERS.map((value) => ({ value })) },
  ],
}

/** A project that asks as many people as it takes, and watches them. */
export interface World {
  readonly projectId: ProjectId
  readonly people: readonly UserId[]
}

/** Minutes pass in seconds, so that leases, rests and waiting end all the time. */
export async function makeWorld(muster: Muster, people: number): Promise<World> {
  const { workflowId } = await muster.workflows.add({
    name: 'As many as it takes',
    steps: [
      {
        stepId: STEP,
        stepType: 'annotation',
        form: FORM,
        assignmentsRequired: {
          min: MIN,
          max: MAX,
          until: [{ question: QUESTION, posterior: 0.9 }],
          giveUpAfterMinutes: 0.02,
        },
      },
      { stepId: 'settle', stepType: 'adjudication', when: 'disagreement' },
      { stepId: 'review', stepType: 'review' },
    ],
  })
  const { projectId } = await muster.projects.add({
    name: 'Watched',
    workflowId,
    assignment: { leaseMinutes: 0.05, cooldownMinutes: 0.005, maxConcurrentPerUser: 4, maxReturns: 1 },
  })
  await muster.projects.change(projectId, {
    quality: { pause: { alarm: 2, minimum: 2 }, controls: { stepId: STEP, rate: 0.2 } },
  })
  const ids: UserId[] = []
  for (let nth = 0; nth < people; nth++) {
    const { userId } = await muster.people.add({ displayName: `Person ${nth + 1}` })
    await muster.projects.addMember(projectId, userId)
    ids.push(userId)
  }
  return { projectId, people: ids }
}

/** Tasks of which every third has a known answer, and now and then a control. */
export async function supply(muster: Muster, { projectId }: World, tasks: number): Promise<void> {
  const gold = { [QUESTION]: ANSWERS[0] }
  await muster.tasks.add(
    projectId,
    Array.from({ length: tasks }, (_, nth) => ({
      payload: { text: `Text ${nth}` },
      ...(nth % 3 === 0 && { gold }),
      ...(nth % 6 === 0 && { purpose: 'control' as const }),
    })),
  )
}
