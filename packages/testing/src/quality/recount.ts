import type { ProjectId, Task } from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { Stores } from '@muster/core/ports'
import {
  addedUp,
  type Counted,
  type Counters,
  countedSteps,
  countersOf,
  formIdAt,
} from '@muster/core/quality'

/** The counters of agreement that these tasks come to, counted anew. */
export async function recounted(stores: Stores, tasks: readonly Pick<Task, 'taskId'>[]): Promise<Counters> {
  const counters: Counters[] = []
  for (const { taskId } of tasks) {
    const work = await stores.tasks.findWork(taskId)
    const workflow = work && (await stores.workflows.find(work.task.workflowId))
    if (work === undefined || workflow === undefined) throw new Error(`Task ${taskId} is gone`)
    const forms = new Map<string, Form>()
    for (const { stepId } of workflow.steps) {
      const formId = formIdAt(workflow, stepId, work.task.formId)
      const form = formId === null ? undefined : await stores.forms.find(formId)
      if (form) forms.set(stepId, form)
    }
    const steps = countedSteps(work, { workflow, forms })
    counters.push(...[...steps.values()].map((step) => countersOf(step)))
  }
  return inOrder(addedUp(counters))
}

/** The counters of a project that are kept. */
export async function keptCounters({ quality }: Stores, projectId: ProjectId): Promise<Counters> {
  const overall = await quality.listCounters({ projectId }, 'overall')
  const bySkill = await quality.listCounters({ projectId }, 'skill')
  const byPair = await quality.listCounters({ projectId }, 'pair')
  return inOrder({
    compositions: [...overall.compositions, ...bySkill.compositions],
    pairs: byPair.pairs,
    shares: [...overall.shares, ...bySkill.shares, ...byPair.shares],
    raters: [...overall.raters, ...bySkill.raters],
  })
}

/** `counters`, rows and fields in an order of their own: two that count the same are deeply equal. */
export function inOrder({ compositions, pairs, shares, raters }: Counters): Counters {
  const byText = <Row extends Counted>(rows: readonly Row[]): Row[] =>
    rows
      .map((row) => [textOf(row), row] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, row]) => row)
  return {
    compositions: byText(compositions),
    pairs: byText(pairs),
    shares: byText(shares),
    raters: byText(raters),
  }
}

function textOf(row: Counted): string {
  return JSON.stringify(
    Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)),
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
}
