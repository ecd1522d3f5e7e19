/** What the page of usage and budgets says. */
export const WORDS = {
  title: 'Usage',
  usage: 'Usage',
  budgets: 'Budgets',
  prices: 'Prices',
  of: 'Of',
  thisProject: 'This project',
  allProjects: 'All projects',
  by: 'By',
  from: 'From',
  to: 'To',
  days: 'Days of UTC, both included',
  none: 'No call was reported in this time',
  noneMore:
    'A handler tells what a call of a provider used by usage(…). It is added up by model, run, project and day.',
  more: 'Those that cost least are left out here; the sums above are of all.',
  cost: 'Cost',
  calls: 'Calls',
  input: 'Input',
  output: 'Output',
  unpriced: 'Unpriced calls',
  unpricedSays: 'They count as free: their model had no price when they were recorded.',
  setPrice: 'Set a price…',
  setPriceTitle: 'Set a price',
  noPrices: 'No model has a price yet',
  noPricesMore: 'Calls of a model without a price count as free. Admins set prices.',
  model: 'Model',
  since: 'From',
  sinceHelp: 'On the clock of this browser; empty: from now. Calls that are recorded keep their cost.',
  perMillion: 'a million',
  inputPrice: 'Input',
  outputPrice: 'Output',
  cachedPrice: 'Cached',
  cacheWritePrice: 'Cache write',
  asInput: 'Empty: as input',
  save: 'Save',
  amount: 'must be an amount such as 20 or 0.25, with at most six digits behind the point',
  noBudgets: 'There is no budget yet',
  noBudgetsMore: 'A budget caps what the project, its day or a run may cost: beyond it nothing begins.',
  add: 'New budget…',
  addTitle: 'New budget',
  change: 'Change…',
  changeTitle: 'Change the budget',
  remove: 'Remove…',
  removeTitle: 'Remove the budget?',
  removeDeed: 'Remove',
  removeSays:
    'Nothing caps this any more: jobs that it held back begin at once. What was spent stays in the usage.',
  scope: 'Of',
  zone: 'Zone of the day',
  run: 'Run',
  itsRun: 'See the run',
  cap: 'Cap',
  soft: 'Warns at',
  softHelp: 'Of the cap; more than 0, at most 100',
  hard: 'Beyond the cap',
  atCap: 'At the cap',
  stale:
    'Somebody else changed this budget meanwhile. What you typed is kept, the rest is theirs: look, then save.',
  noEstimate: 'Nothing estimates what an attempt costs that runs: more may be spent than the cap.',
  resets: 'begins anew',
} as const

/** What a budget may be of. */
export const SCOPES = [
  { value: 'project', title: 'The project, for ever' },
  { value: 'day', title: 'Each day of the project' },
  { value: 'run', title: 'A run' },
] as const

/** Whether a cap holds. */
export const HARDNESS = [
  { value: 'yes', title: 'Nothing begins' },
  { value: 'no', title: 'It only tells' },
] as const

/** What becomes of jobs at the cap. */
export const AT_CAPS = [
  { value: 'pause', title: 'Jobs wait' },
  { value: 'cancel', title: 'What has not begun is cancelled' },
] as const

/** The ways to split usage. */
export const SPLITS = [
  { value: 'model', title: 'Model' },
  { value: 'run', title: 'Run' },
  { value: 'day', title: 'Day' },
  { value: 'project', title: 'Project' },
] as const
