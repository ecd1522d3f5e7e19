import type { ProjectId } from '@muster/core'
import {
  type CalibratedDifference,
  type CalibratedModel,
  type Calibration,
  type ComparedMetric,
  type ComparedPairs,
  type ComparedSlice,
  type Comparison,
  type CurvePoint,
  comparisonTasks,
  type Gate,
  type JudgedRule,
  type ModelMetric,
  newCalibration,
  newComparison,
  newGate,
  type RunModel,
  runMetricsAsked,
} from '@muster/core/evaluation'
import { parse } from '@muster/core/schemas'
import { requirePeople, requireProject } from '../access/authorization.ts'
import { builder } from './builder.ts'
import { costOfPage } from './connections.ts'
import { allowOne, listOfProject, orNull } from './context.ts'
import { given } from './input.ts'

const RunModelType = builder.objectRef<RunModel>('RunModel').implement({
  description: 'A model of a run.',
  fields: (t) => ({ runId: t.exposeID('runId'), model: t.exposeString('model') }),
})

const ComparedPairsType = builder.objectRef<ComparedPairs>('ComparedPairs').implement({
  description: 'How many pairs a comparison has, and how much was left out of them.',
  fields: (t) => ({
    n: t.exposeInt('n'),
    clusters: t.exposeInt('clusters', { nullable: true, description: 'Null if each pair stands alone.' }),
    onlyBaseline: t.exposeInt('onlyBaseline'),
    onlyCandidate: t.exposeInt('onlyCandidate'),
    changed: t.exposeInt('changed', { description: 'Scenarios of one id with another payload.' }),
  }),
})

const ComparedMetricType = builder.objectRef<ComparedMetric>('ComparedMetric').implement({
  description: 'One metric of two models. Differences above 0 are better.',
  fields: (t) => ({
    metric: t.exposeString('metric'),
    kind: t.exposeString('kind'),
    aggregate: t.exposeString('aggregate'),
    n: t.exposeInt('n'),
    units: t.exposeInt('units', { description: 'Clusters, or pairs.' }),
    missingBaseline: t.int({ resolve: ({ missing }) => missing.baseline }),
    missingCandidate: t.int({ resolve: ({ missing }) => missing.candidate }),
    wins: t.exposeInt('wins'),
    losses: t.exposeInt('losses'),
    baseline: t.exposeFloat('baseline', { nullable: true }),
    candidate: t.exposeFloat('candidate', { nullable: true }),
    difference: t.exposeFloat('difference', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    se: t.exposeFloat('se', { nullable: true }),
    p: t.exposeFloat('p', { nullable: true }),
    midP: t.exposeFloat('midP', { nullable: true }),
    pAdjusted: t.exposeFloat('pAdjusted', { nullable: true }),
    test: t.exposeString('test', { nullable: true }),
    minimumDetectable: t.exposeFloat('minimumDetectable', { nullable: true }),
    verdict: t.exposeString('verdict', {
      description: 'improved, regressed, no_difference_shown or INCONCLUSIVE.',
    }),
    reason: t.exposeString('reason', { nullable: true }),
  }),
})

const ComparedSliceType = builder.objectRef<ComparedSlice>('ComparedSlice').implement({
  description: 'One metric of the pairs that have one value at a pointer. It moves no verdict.',
  fields: (t) => ({
    at: t.exposeString('at'),
    value: t.expose('value', { type: 'JSON', nullable: true }),
    metric: t.exposeString('metric'),
    n: t.exposeInt('n'),
    units: t.exposeInt('units'),
    difference: t.exposeFloat('difference', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    p: t.exposeFloat('p', { nullable: true }),
    q: t.exposeFloat('q', { nullable: true }),
    exploratory: t.exposeBoolean('exploratory'),
  }),
})

const ComparisonType = builder.objectRef<Comparison>('Comparison').implement({
  description: 'Two runs’ models on what both did. It never changes.',
  fields: (t) => ({
    comparisonId: t.exposeID('comparisonId'),
    projectId: t.exposeID('projectId'),
    baseline: t.expose('baseline', { type: RunModelType }),
    candidate: t.expose('candidate', { type: RunModelType }),
    seed: t.exposeFloat('seed'),
    level: t.exposeFloat('level'),
    clusterBy: t.exposeString('clusterBy', { nullable: true }),
    partial: t.exposeBoolean('partial', { description: 'A run had not completed then.' }),
    pairs: t.expose('pairs', { type: ComparedPairsType }),
    metrics: t.field({ type: [ComparedMetricType], resolve: ({ metrics }) => [...metrics] }),
    slices: t.field({ type: [ComparedSliceType], resolve: ({ slices }) => [...slices] }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})
const ComparisonConnection = builder.connectionObject(
  { type: ComparisonType, name: 'ComparisonConnection' },
  { name: 'ComparisonEdge' },
)

const ModelMetricType = builder.objectRef<ModelMetric>('ModelMetric').implement({
  description: 'One metric of one model of a run.',
  fields: (t) => ({
    model: t.exposeString('model'),
    name: t.exposeString('name'),
    n: t.exposeInt('n'),
    missing: t.exposeInt('missing'),
    value: t.exposeFloat('value', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
  }),
})

const JudgedRuleType = builder.objectRef<JudgedRule>('JudgedRule').implement({
  description: 'One test of a rule of a policy.',
  fields: (t) => ({
    metric: t.exposeString('metric'),
    tier: t.exposeString('tier'),
    maxDrop: t.float({ nullable: true, resolve: ({ maxDrop }) => maxDrop ?? null }),
    minValue: t.float({ nullable: true, resolve: ({ minValue }) => minValue ?? null }),
    slice: t.field({ type: 'JSON', nullable: true, resolve: ({ slice }) => slice ?? null }),
    calibrationId: t.id({ nullable: true, resolve: ({ calibrationId }) => calibrationId ?? null }),
    n: t.exposeInt('n'),
    value: t.exposeFloat('value', { nullable: true }),
    difference: t.exposeFloat('difference', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    pass: t.exposeFloat('pass', { nullable: true }),
    block: t.exposeFloat('block', { nullable: true }),
    blockAdjusted: t.exposeFloat('blockAdjusted', { nullable: true }),
    minimumDetectable: t.exposeFloat('minimumDetectable', { nullable: true }),
    verdict: t.exposeString('verdict', { description: 'PASS, BLOCK or INCONCLUSIVE.' }),
    reason: t.exposeString('reason', { nullable: true }),
  }),
})

const GateType = builder.objectRef<Gate>('Gate').implement({
  description: 'A policy applied to two models. It never changes.',
  fields: (t) => ({
    gateId: t.exposeID('gateId'),
    projectId: t.exposeID('projectId'),
    decision: t.exposeString('decision', { description: 'GO, NO-GO or INCONCLUSIVE.' }),
    rules: t.field({ type: [JudgedRuleType], resolve: ({ rules }) => [...rules] }),
    baseline: t.expose('baseline', { type: RunModelType }),
    candidate: t.expose('candidate', { type: RunModelType }),
    policy: t.field({ type: 'JSON', resolve: ({ policy }) => policy }),
    comparisonId: t.exposeID('comparisonId'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})
const GateConnection = builder.connectionObject(
  { type: GateType, name: 'GateConnection' },
  { name: 'GateEdge' },
)

const CurvePointType = builder.objectRef<CurvePoint>('CurvePoint').implement({
  description: 'People’s answers where the judge’s score is about so much.',
  fields: (t) => ({
    score: t.exposeFloat('score'),
    n: t.exposeInt('n', { description: 'Labels.' }),
    answer: t.exposeFloat('answer'),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
  }),
})

const CalibratedModelType = builder.objectRef<CalibratedModel>('CalibratedModel').implement({
  description: 'What people would say of one model.',
  fields: (t) => ({
    model: t.exposeString('model'),
    labelled: t.exposeInt('labelled'),
    estimate: t.exposeFloat('estimate', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    se: t.exposeFloat('se', { nullable: true }),
    lambda: t.floatList({
      nullable: true,
      description: 'How much the judge was believed; of each stratum if there are strata.',
      resolve: ({ lambda }) => (lambda === null ? null : typeof lambda === 'number' ? [lambda] : [...lambda]),
    }),
    judgeMean: t.exposeFloat('judgeMean', { nullable: true }),
    bias: t.field({ type: 'JSON', nullable: true, resolve: ({ bias }) => bias }),
    saved: t.exposeFloat('saved', {
      nullable: true,
      description: 'The share of labels that the judge saves.',
    }),
    judge: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Sensitivity, specificity, precision and κ beside people.',
      resolve: ({ judge }) => judge,
    }),
    curve: t.field({ type: [CurvePointType], resolve: ({ curve }) => [...curve] }),
    refused: t.string({ nullable: true, resolve: ({ refused }) => refused?.code ?? null }),
    message: t.string({ nullable: true, resolve: ({ refused }) => refused?.message ?? null }),
  }),
})

const CalibratedDifferenceType = builder.objectRef<CalibratedDifference>('CalibratedDifference').implement({
  description: 'Two models on the same labelled units: b − a.',
  fields: (t) => ({
    a: t.exposeString('a'),
    b: t.exposeString('b'),
    estimate: t.exposeFloat('estimate', { nullable: true }),
    low: t.exposeFloat('low', { nullable: true }),
    high: t.exposeFloat('high', { nullable: true }),
    se: t.exposeFloat('se', { nullable: true }),
    labelled: t.exposeInt('labelled'),
  }),
})

const CalibrationType = builder.objectRef<Calibration>('Calibration').implement({
  description: 'A drawn sample of a run, labelled by people, and the judge’s score corrected by it.',
  fields: (t) => ({
    calibrationId: t.exposeID('calibrationId'),
    projectId: t.exposeID('projectId'),
    runId: t.exposeID('runId'),
    design: t.exposeString('design'),
    kind: t.exposeString('kind'),
    target: t.exposeString('target'),
    budget: t.exposeInt('budget'),
    seed: t.exposeFloat('seed'),
    unscored: t.exposeInt('unscored'),
    judge: t.field({
      type: 'JSON',
      description: 'How a judge’s score is got.',
      resolve: ({ judge }) => judge,
    }),
    range: t.floatList({ resolve: ({ range }) => [...range] }),
    truth: t.field({
      type: 'JSON',
      description: 'The project and the question that people answer.',
      resolve: ({ truth }) => truth,
    }),
    anytime: t.exposeBoolean('anytime', { description: 'It may be looked at after each answer.' }),
    status: t.exposeString('status', { description: 'labelling, complete or cancelled.' }),
    units: t.exposeInt('units'),
    labelled: t.exposeInt('labelled'),
    waiting: t.exposeInt('waiting'),
    provisional: t.exposeBoolean('provisional'),
    extended: t.exposeBoolean('extended'),
    models: t.field({ type: [CalibratedModelType], resolve: ({ models }) => [...models] }),
    differences: t.field({
      type: [CalibratedDifferenceType],
      resolve: ({ differences }) => [...differences],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})
const CalibrationConnection = builder.connectionObject(
  { type: CalibrationType, name: 'CalibrationConnection' },
  { name: 'CalibrationEdge' },
)

builder.queryFields((t) => ({
  calibration: t.field({
    type: CalibrationType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () =>
        context.muster.calibrations.get(await allowOne(context, 'calibration', 'Query.calibration', id)),
      ),
  }),
  calibrations: t.field({
    type: CalibrationConnection,
    nullable: true,
    description: 'Newest first.',
    args: {
      projectId: t.arg.id({ required: true }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: listOfProject('Query.calibrations', (muster, id, request) =>
      muster.calibrations.list(id, request),
    ),
  }),
  comparison: t.field({
    type: ComparisonType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () =>
        context.muster.comparisons.get(await allowOne(context, 'comparison', 'Query.comparison', id)),
      ),
  }),
  comparisons: t.field({
    type: ComparisonConnection,
    nullable: true,
    description: 'Newest first.',
    args: {
      projectId: t.arg.id({ required: true }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: listOfProject('Query.comparisons', (muster, id, request) =>
      muster.comparisons.list(id, request),
    ),
  }),
  runMetrics: t.field({
    type: [ModelMetricType],
    nullable: true,
    description: 'Each metric of each model of a run.',
    args: {
      runId: t.arg.id({ required: true }),
      metrics: t.arg({ type: 'JSON', required: true, description: 'As over HTTP.' }),
      clusterBy: t.arg.string(),
      level: t.arg.float(),
    },
    complexity: 50,
    resolve: (_root, { runId, ...asked }, context) =>
      orNull(async () => {
        const id = await allowOne(context, 'run', 'Query.runMetrics', runId)
        const wanted = parse(runMetricsAsked, given(asked))
        await requirePeople(context.muster, context.principal, wanted.metrics)
        return context.muster.comparisons.runMetrics(id, wanted)
      }),
  }),
  gate: t.field({
    type: GateType,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      orNull(async () => context.muster.gates.get(await allowOne(context, 'gate', 'Query.gate', id))),
  }),
  gates: t.field({
    type: GateConnection,
    nullable: true,
    description: 'Newest first.',
    args: {
      projectId: t.arg.id({ required: true }),
      first: t.arg.int({ description: '1 to 200, default 50.' }),
      after: t.arg.string(),
    },
    complexity: costOfPage,
    resolve: listOfProject('Query.gates', (muster, id, request) => muster.gates.list(id, request)),
  }),
}))

const AskedPeopleType = builder
  .objectRef<{ readonly added: readonly string[]; readonly existing: number }>('AskedPeople')
  .implement({
    description: 'Tasks that people were asked by.',
    fields: (t) => ({
      added: t.idList({ resolve: ({ added }) => [...added] }),
      existing: t.exposeInt('existing', { description: 'Pairs that the project had a task for.' }),
    }),
  })

builder.mutationFields((t) => ({
  createComparison: t.field({
    type: ComparisonType,
    description: 'Compares two runs’ models on what both did.',
    args: {
      projectId: t.arg.id({ required: true }),
      comparison: t.arg({ type: 'JSON', required: true, description: 'As over HTTP.' }),
    },
    complexity: 50,
    resolve: async (_root, { projectId, comparison }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.createComparison', projectId)
      const wanted = parse(newComparison, comparison)
      await requirePeople(context.muster, context.principal, wanted.metrics)
      return context.muster.comparisons.add(id, wanted)
    },
  }),
  comparePeople: t.field({
    type: AskedPeopleType,
    description: 'Asks people about pairs of a comparison.',
    args: {
      id: t.arg.id({ required: true }),
      projectId: t.arg.id({ required: true }),
      metric: t.arg.string({ required: true }),
      change: t.arg.string({
        description: 'better, worse or same; without it each that is better or worse.',
      }),
    },
    complexity: 50,
    resolve: async (_root, { id, ...asked }, context) => {
      const of = await allowOne(context, 'comparison', 'Mutation.comparePeople', id)
      const wanted = parse(comparisonTasks, given(asked))
      await requireProject(context.muster, context.principal, wanted.projectId as ProjectId)
      return context.muster.comparisons.askPeople(of, wanted)
    },
  }),
  startCalibration: t.field({
    type: CalibrationType,
    description: 'Draws units of a run for people to label.',
    args: {
      projectId: t.arg.id({ required: true }),
      calibration: t.arg({ type: 'JSON', required: true, description: 'As over HTTP.' }),
    },
    complexity: 50,
    resolve: async (_root, { projectId, calibration }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.startCalibration', projectId)
      const wanted = parse(newCalibration, calibration)
      await requireProject(context.muster, context.principal, wanted.truth.projectId as ProjectId)
      return context.muster.calibrations.start(id, wanted)
    },
  }),
  extendCalibration: t.field({
    type: CalibrationType,
    description: 'Draws more units; what was drawn stays drawn.',
    args: { id: t.arg.id({ required: true }), budget: t.arg.int({ required: true }) },
    complexity: 50,
    resolve: async (_root, { id, budget }, context) => {
      const of = await allowOne(context, 'calibration', 'Mutation.extendCalibration', id)
      return context.muster.calibrations.extend(of, { budget })
    },
  }),
  cancelCalibration: t.field({
    type: CalibrationType,
    description: 'Cancels its open tasks.',
    args: { id: t.arg.id({ required: true }) },
    complexity: 50,
    resolve: async (_root, { id }, context) =>
      context.muster.calibrations.cancel(
        await allowOne(context, 'calibration', 'Mutation.cancelCalibration', id),
      ),
  }),
  runGate: t.field({
    type: GateType,
    description: 'Decides by a policy whether a candidate may follow a baseline.',
    args: {
      projectId: t.arg.id({ required: true }),
      policy: t.arg({ type: 'JSON', required: true, description: 'As over HTTP.' }),
    },
    complexity: 50,
    resolve: async (_root, { projectId, policy }, context) => {
      const id = await allowOne(context, 'project', 'Mutation.runGate', projectId)
      const wanted = parse(newGate, policy)
      await requirePeople(context.muster, context.principal, wanted.metrics)
      return context.muster.gates.run(id, wanted)
    },
  }),
}))
