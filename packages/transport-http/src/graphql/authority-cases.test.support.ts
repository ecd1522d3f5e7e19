import { describe, expect, it } from 'vitest'
import { GRAPHQL_AUTHORITY, type Rule } from '../access/authority.ts'
import {
  type AuthorityWorld,
  expectedOutcome,
  type Outcome,
  type Person,
  type Things,
} from '../access/authority-world.test.support.ts'

const METRICS = '[{ name: "m", score: { type: "value", at: "" } }]'
const compared = ({ run }: Things): string =>
  `baseline: { runId: ${quoted(run)}, model: "m" }, candidate: { runId: ${quoted(run)}, model: "o" }, metrics: ${METRICS}`
const quoted = (id: string): string => JSON.stringify(id)

/** For each row, a document that asks for its field alone, about these things. */
export const DOCUMENTS: Readonly<Record<string, (things: Things) => string>> = {
  'Query.node': ({ run }) => `{ node(id: ${quoted(btoa(`Run:${run}`))}) { id } }`,
  'Query.usage': ({ project }) => `{ usage(projectId: ${quoted(project)}) { more } }`,
  'Query.limits': () => '{ limits { edges { cursor } } }',
  'Query.limit': ({ limit }) => `{ limit(key: ${quoted(limit)}) { version } }`,
  'Mutation.putLimit': ({ limit }) =>
    `mutation { putLimit(key: ${quoted(limit)}, concurrency: 3) { version } }`,
  'Mutation.deleteLimit': ({ limit }) => `mutation { deleteLimit(key: ${quoted(limit)}) }`,
  'Mutation.coolLimit': ({ limit }) =>
    `mutation { coolLimit(key: ${quoted(limit)}, seconds: 5) { version } }`,
  'Mutation.warmLimit': ({ limit }) => `mutation { warmLimit(key: ${quoted(limit)}) { version } }`,
  'Query.budget': ({ budget }) => `{ budget(id: ${quoted(budget)}) { version } }`,
  'Query.budgets': ({ project }) => `{ budgets(projectId: ${quoted(project)}) { edges { cursor } } }`,
  'Mutation.addBudget': ({ project }) =>
    `mutation { addBudget(projectId: ${quoted(project)}, capMicros: 1, hard: false) { version } }`,
  'Mutation.putBudget': ({ budget }) =>
    `mutation { putBudget(id: ${quoted(budget)}, capMicros: 2) { version } }`,
  'Mutation.deleteBudget': ({ budget }) => `mutation { deleteBudget(id: ${quoted(budget)}) }`,
  'Query.prices': () => '{ prices { edges { cursor } } }',
  'Mutation.putPrices': () =>
    'mutation { putPrices(prices: { items: [{ model: "m", from: "2026-01-01T00:00:00Z", inputMicros: 1, outputMicros: 1 }] }) { model } }',
  'Query.rates': ({ project }) => `{ rates(projectId: ${quoted(project)}) { step } }`,
  'Query.processes': () => '{ processes { workers { type } } }',
  'Query.system': () => '{ system { version } }',
  'Query.events': ({ project }) => `{ events(projectId: ${quoted(project)}) { nextCursor } }`,
  'Query.run': ({ run }) => `{ run(id: ${quoted(run)}) { runId } }`,
  'Query.runs': ({ project }) => `{ runs(projectId: ${quoted(project)}) { edges { node { runId } } } }`,
  'Query.runFlow': ({ run }) => `{ runFlow(id: ${quoted(run)}) { complete } }`,
  'Query.definition': ({ definition }) => `{ definition(id: ${quoted(definition)}) { definitionId } }`,
  'Query.queueStatus': ({ project }) => `{ queueStatus(projectId: ${quoted(project)}) { paused } }`,
  'Query.queueItem': ({ item }) => `{ queueItem(id: ${quoted(item)}) { itemId } }`,
  'Query.jobs': () => '{ jobs { searched } }',
  'Query.jobCauses': () => '{ jobCauses { causeId } }',
  'Query.jobFlow': ({ item }) => `{ jobFlow(id: ${quoted(item)}) { complete } }`,
  'Query.job': ({ item }) => `{ job(id: ${quoted(item)}) { maxAttempts } }`,
  'Mutation.moveJobs': () =>
    'mutation { moveJobs(action: RETRY, filter: { state: ["failed"] }, expect: 9) { state } }',
  'Query.operation': ({ operation }) => `{ operation(id: ${quoted(operation)}) { state } }`,
  'Mutation.stopOperation': ({ operation }) =>
    `mutation { stopOperation(id: ${quoted(operation)}) { state } }`,
  'Query.schedule': ({ schedule }) => `{ schedule(id: ${quoted(schedule)}) { nextAt } }`,
  'Query.schedules': ({ project }) =>
    `{ schedules(projectId: ${quoted(project)}) { edges { node { name } } } }`,
  'Query.schedulePreview': ({ project }) =>
    `{ schedulePreview(projectId: ${quoted(project)}, when: { everySeconds: 60 }) { says } }`,
  'Schedule.ticks': ({ schedule }) =>
    `{ schedule(id: ${quoted(schedule)}) { ticks { edges { node { outcome } } } } }`,
  'Mutation.addSchedule': ({ project, schedule }) =>
    `mutation { addSchedule(projectId: ${quoted(project)}, schedule: { name: ${quoted(`${schedule}${Math.random()}`)}, when: { everySeconds: 60 }, start: { job: { type: "echo", payload: { text: "hi" } } } }) { name } }`,
  'Mutation.changeSchedule': ({ schedule }) =>
    `mutation { changeSchedule(id: ${quoted(schedule)}, change: { maxCatchUp: 3 }) { version } }`,
  'Mutation.removeSchedule': ({ schedule }) => `mutation { removeSchedule(id: ${quoted(schedule)}) }`,
  'Mutation.pauseSchedule': ({ schedule }) =>
    `mutation { pauseSchedule(id: ${quoted(schedule)}) { paused } }`,
  'Mutation.resumeSchedule': ({ schedule }) =>
    `mutation { resumeSchedule(id: ${quoted(schedule)}) { paused } }`,
  'Mutation.fireSchedule': ({ schedule }) => `mutation { fireSchedule(id: ${quoted(schedule)}) { again } }`,
  'Query.myQueue': () => '{ myQueue { edges { node { taskId } } } }',
  'Query.myOutlook': () => '{ myOutlook { open } }',
  'Query.mySettings': () => '{ mySettings }',
  'Query.task': ({ task }) => `{ task(id: ${quoted(task)}) { taskId } }`,
  'Query.candidates': ({ task }) => `{ candidates(taskId: ${quoted(task)}) { stepId } }`,
  'Query.tasks': ({ project }) => `{ tasks(projectId: ${quoted(project)}) { edges { node { taskId } } } }`,
  'Query.taskCounts': ({ project }) => `{ taskCounts(projectId: ${quoted(project)}) { judged } }`,
  'Query.stepTotals': ({ project }) => `{ stepTotals(projectId: ${quoted(project)}) { steps { stepId } } }`,
  'Query.taskHistory': ({ task }) => `{ taskHistory(id: ${quoted(task)}) { edges { node { kind } } } }`,
  'Query.taskDecisions': ({ task }) => `{ taskDecisions(id: ${quoted(task)}) { edges { node { how } } } }`,
  'Query.assignmentWork': ({ assignment }) => `{ assignmentWork(id: ${quoted(assignment)}) { contested } }`,
  'Query.agreement': ({ project }) => `{ agreement(projectId: ${quoted(project)}) { value } }`,
  'Query.agreementMatrix': ({ project }) =>
    `{ agreementMatrix(projectId: ${quoted(project)}, stepId: "label", question: "label") { people } }`,
  'Query.personQuality': ({ project, user }) =>
    `{ personQuality(projectId: ${quoted(project)}, userId: ${quoted(user)}) { userId } }`,
  'Query.projectPeople': ({ project }) =>
    `{ projectPeople(projectId: ${quoted(project)}) { edges { node { userId } } } }`,
  'Query.projectPerson': ({ project, user }) =>
    `{ projectPerson(projectId: ${quoted(project)}, userId: ${quoted(user)}) { userId } }`,
  'Query.aggregates': ({ project }) =>
    `{ aggregates(projectId: ${quoted(project)}) { edges { node { taskId } } } }`,
  'Query.strengths': ({ project }) => `{ strengths(projectId: ${quoted(project)}) { games } }`,
  'Query.fits': ({ project }) => `{ fits(projectId: ${quoted(project)}) { edges { node { number } } } }`,
  'Query.comparison': ({ comparison }) => `{ comparison(id: ${quoted(comparison)}) { seed } }`,
  'Query.comparisons': ({ project }) =>
    `{ comparisons(projectId: ${quoted(project)}) { edges { node { seed } } } }`,
  'Query.runMetrics': ({ run }) => `{ runMetrics(runId: ${quoted(run)}, metrics: ${METRICS}) { n } }`,
  'Query.gate': ({ gate }) => `{ gate(id: ${quoted(gate)}) { decision } }`,
  'Query.gates': ({ project }) => `{ gates(projectId: ${quoted(project)}) { edges { node { decision } } } }`,
  'Mutation.createComparison': (things) =>
    `mutation { createComparison(projectId: ${quoted(things.project)}, comparison: { ${compared(things)}, allowPartial: true }) { seed } }`,
  'Mutation.comparePeople': ({ comparison, project }) =>
    `mutation { comparePeople(id: ${quoted(comparison)}, projectId: ${quoted(project)}, metric: "m") { existing } }`,
  'Mutation.runGate': (things) =>
    `mutation { runGate(projectId: ${quoted(things.project)}, policy: { version: 1, ${compared(things)}, rules: [{ metric: "m", tier: "critical", maxDrop: 0 }] }) { decision } }`,
  'Query.calibration': ({ calibration }) => `{ calibration(id: ${quoted(calibration)}) { seed } }`,
  'Query.calibrations': ({ project }) =>
    `{ calibrations(projectId: ${quoted(project)}) { edges { node { seed } } } }`,
  'Mutation.startCalibration': ({ project, run }) =>
    `mutation { startCalibration(projectId: ${quoted(project)}, calibration: { runId: ${quoted(run)}, judge: { type: "value", at: "" }, range: [0, 1], truth: { projectId: ${quoted(project)}, question: "better" }, budget: 1 }) { seed } }`,
  'Mutation.extendCalibration': ({ calibration }) =>
    `mutation { extendCalibration(id: ${quoted(calibration)}, budget: 2) { seed } }`,
  'Mutation.cancelCalibration': ({ calibration }) =>
    `mutation { cancelCalibration(id: ${quoted(calibration)}) { status } }`,
  'Query.form': ({ form }) => `{ form(id: ${quoted(form)}) { formId } }`,
  'Query.forms': () => '{ forms { edges { node { formId } } } }',
  'Run.matrix': ({ run }) => `{ run(id: ${quoted(run)}) { matrix(limit: 1) { total } } }`,
  'Run.matrixPlaces': ({ run }) => `{ run(id: ${quoted(run)}) { matrixPlaces { count } } }`,
  'Run.refusals': ({ run }) => `{ run(id: ${quoted(run)}) { refusals { count } } }`,
  'Run.usage': ({ run }) => `{ run(id: ${quoted(run)}) { usage { sum { calls } } } }`,
  'Run.recentJobs': ({ run }) => `{ run(id: ${quoted(run)}) { recentJobs(limit: 1) { jobId } } }`,
  'Mutation.startRun': ({ definition }) =>
    `mutation { startRun(input: { definitionId: ${quoted(definition)}, models: ["n"] }) { runId } }`,
  'Mutation.startRunAfter': ({ run }) =>
    `mutation { startRunAfter(input: { runId: ${quoted(run)}, when: ENDED, models: ["n"] }) { runId } }`,
  'Mutation.refreshRun': ({ run }) => `mutation { refreshRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.changeRun': ({ run }) => `mutation { changeRun(id: ${quoted(run)}, priority: HIGH) { runId } }`,
  'Mutation.pauseRun': ({ run }) => `mutation { pauseRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.resumeRun': ({ run }) => `mutation { resumeRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.cancelRun': ({ run }) => `mutation { cancelRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.pausePerson': ({ project, user }) =>
    `mutation { pausePerson(projectId: ${quoted(project)}, userId: ${quoted(user)}, reason: "odd") { judged } }`,
  'Mutation.resumePerson': ({ project, user }) =>
    `mutation { resumePerson(projectId: ${quoted(project)}, userId: ${quoted(user)}, reason: "fine") { judged } }`,
  'Mutation.pauseQueue': ({ project }) => `mutation { pauseQueue(projectId: ${quoted(project)}) { paused } }`,
  'Mutation.resumeQueue': ({ project }) =>
    `mutation { resumeQueue(projectId: ${quoted(project)}) { paused } }`,
  'Mutation.addToQueue': ({ project }) =>
    `mutation { addToQueue(projectId: ${quoted(project)}, type: "echo", payload: { text: "ho" }) { itemId } }`,
  'Mutation.addManyToQueue': ({ project }) =>
    `mutation { addManyToQueue(projectId: ${quoted(project)}, items: [{ type: "echo", payload: { text: "ho" } }]) { added } }`,
  'Mutation.cancelQueueItem': ({ item }) => `mutation { cancelQueueItem(id: ${quoted(item)}) { itemId } }`,
  'Mutation.setQueueItemPriority': ({ item }) =>
    `mutation { setQueueItemPriority(id: ${quoted(item)}, priority: 9) { itemId } }`,
  'Mutation.claimNext': () => 'mutation { claimNext { open } }',
  'Mutation.acceptAssignment': ({ assignment }) =>
    `mutation { acceptAssignment(id: ${quoted(assignment)}) { status } }`,
  'Mutation.startAssignment': ({ assignment }) =>
    `mutation { startAssignment(id: ${quoted(assignment)}) { status } }`,
  'Mutation.submitAssignment': ({ assignment }) =>
    `mutation { submitAssignment(id: ${quoted(assignment)}, result: 1) { status } }`,
  'Mutation.submitWithNext': ({ assignment }) =>
    `mutation { submitWithNext(id: ${quoted(assignment)}, result: 1, next: {}) { assignment { status } } }`,
  'Mutation.takeBackSubmission': ({ assignment }) =>
    `mutation { takeBackSubmission(id: ${quoted(assignment)}) { status } }`,
  'Mutation.rejectAssignment': ({ assignment }) =>
    `mutation { rejectAssignment(id: ${quoted(assignment)}, code: UNCLEAR) { status } }`,
  'Mutation.releaseAssignment': ({ assignment }) =>
    `mutation { releaseAssignment(id: ${quoted(assignment)}) { status } }`,
  'Mutation.assignTask': ({ task, user }) =>
    `mutation { assignTask(id: ${quoted(task)}, userId: ${quoted(user)}) { status } }`,
  'Mutation.bulkTasks': ({ project }) =>
    `mutation { bulkTasks(action: CANCEL, projectId: ${quoted(project)}, expect: 9) { count } }`,
  'Mutation.changeTask': ({ task }) =>
    `mutation { changeTask(id: ${quoted(task)}, priority: 3) { priority } }`,
  'Mutation.cancelTask': ({ task }) => `mutation { cancelTask(id: ${quoted(task)}) { status } }`,
  'Mutation.refit': ({ project }) => `mutation { refit(projectId: ${quoted(project)}) { number } }`,
  'Mutation.keepMySettings': () => 'mutation { keepMySettings(settings: {}) }',
  'Mutation.saveDraft': ({ assignment }) =>
    `mutation { saveDraft(id: ${quoted(assignment)}, answers: 1) { draftVersion } }`,
  'Query.positionEffects': ({ project }) => `{ positionEffects(projectId: ${quoted(project)}) { question } }`,
  'Mutation.flagAssignment': ({ assignment }) =>
    `mutation { flagAssignment(id: ${quoted(assignment)}, comment: "odd") { version } }`,
  'Mutation.unflagAssignment': ({ assignment }) =>
    `mutation { unflagAssignment(id: ${quoted(assignment)}) { version } }`,
  'Mutation.addForm': () =>
    'mutation { addForm(form: { name: "f", title: "F", show: [], questions: [{ id: "q", type: "yesNo", title: "Q" }] }) { version } }',
  'Mutation.checkForm': () => 'mutation { checkForm(form: {}) { ok } }',
  'Subscription.runProgress': ({ run }) => `subscription { runProgress(runId: ${quoted(run)}) { total } }`,
  'Subscription.projectEvents': ({ project }) =>
    `subscription { projectEvents(projectId: ${quoted(project)}) { type } }`,
  'Subscription.myEvents': () => 'subscription { myEvents { type } }',
}

/** Found behind authority: the caller was let in. */
const BEHIND = new Set([
  'invalid_transition',
  'run_state',
  'conflict',
  'already_assigned',
  'no_eligible_person',
])
const REFUSED: Readonly<Record<string, Outcome>> = { forbidden: 403, not_found: 404 }

/** What was answered first; 401 where nobody believed who asked. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
export type Answer = { readonly status: number; readonly body?: any }

function outcomeOf({ status, body }: Answer): unknown {
  if (status === 401) return 401
  const code = body.errors?.[0]?.extensions?.code
  if (code !== undefined) return BEHIND.has(code) ? 'in' : (REFUSED[code] ?? code)
  if (body.errors !== undefined) return body.errors
  // A query answers null for what is unknown or foreign.
  return Object.values(body.data).includes(null) ? 404 : 'in'
}

/** Whose the field is by its row. What a node is decides whose it is: here, a run. */
const ruleOf = (field: string, rule: Rule): Rule =>
  field === 'Query.node' ? (GRAPHQL_AUTHORITY['Query.run'] ?? rule) : rule

/** Every field of `fields` for everybody in `world`, asked by `ask`. */
export function graphqlAuthority(
  wire: string,
  fields: readonly string[],
  world: () => AuthorityWorld,
  ask: (person: Person, query: string) => Promise<Answer>,
): void {
  describe(`every field of GraphQL, for everybody, over ${wire}`, () => {
    it.each(fields)('%s is for those whom its row names', async (field) => {
      const rule = ruleOf(field, GRAPHQL_AUTHORITY[field] as Rule)
      const documentOf = DOCUMENTS[field] as (things: Things) => string
      const expected: Record<string, Outcome> = {}
      const seen: Record<string, unknown> = {}
      const isIn = (person: Person): number => Number(expectedOutcome(rule, person) === 'in')
      const here = world()
      let things = await here.things()
      // Those who are refused come first, and leave everything as it was for those who are not.
      for (const person of [...here.people].sort((one, other) => isIn(one) - isIn(other))) {
        expected[person.name] = expectedOutcome(rule, person)
        seen[person.name] = outcomeOf(await ask(person, documentOf(things)))
        if (isIn(person) === 1 && field.startsWith('Mutation')) things = await here.things()
      }
      expect(seen).toEqual(expected)
    })
  })
}
