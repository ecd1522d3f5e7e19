/** What this page says. */
export const WORDS = {
  title: 'Calibrate',
  none: 'No judge was checked yet',
  noneMore: 'Draw some of a completed run for people to label: their answers correct the judge’s mean.',
  fresh: 'New calibration',
  noRuns: 'No run of this project is completed',
  noRunsMore: 'A calibration draws from a completed run. Runs shows how far they are.',
  provisional:
    'Provisional: labels are missing, and this sample was not drawn to be looked at before the last.',
  anytime: 'It may be looked at after each label, and stopped: the intervals hold at all of them at once.',
  extended: 'Extended: the level of the intervals was promised for one budget.',
  report: 'Save report',
  extend: 'Extend…',
  extendMore: 'More units are drawn by the same seed, and all that was drawn stays so.',
  cancel: 'Cancel…',
  cancelMore:
    'Their tasks are cancelled and their holders lose them. Answers that were given stay, and count as far as they go.',
  beside: 'Judge beside people',
  besideNote:
    'The dot is what people would say of all, the bar its interval, the ring what the judge says of all. Labels saved: as many labels fewer are needed than without the judge.',
  curve: 'Calibration curve',
  curveNote:
    'People’s mean beside the judge’s, in five parts of its range. A judge that is right lies on the dashed line.',
  widths: 'Labels against width',
  widthsNote:
    'Half the width of the interval, about, by the root of their number. Dashed: labels without the judge.',
  noNumber: 'no number',
  noPicture: 'Nothing to draw yet',
  noPictureMore: 'Each model needs 30 labels or more.',
  differences: 'Differences',
  differencesMore: 'on the same labelled units',
  byPlan: 'About so wide with so many labels',
  byPlanMore: 'Half-width if the judge were no help, of the model that needs most',
  strata: 'What is drawn of each stratum',
  asJson: 'As JSON',
  asJsonHelp: 'The whole request: also strata, the floor of an active design, and the payload of tasks',
} as const

/** Each design as one chooses it. */
export const DESIGNS = [
  { value: 'stratified', title: 'stratified: more where the judge is less sure' },
  { value: 'uniform', title: 'uniform: evenly' },
  { value: 'anytime', title: 'uniform, to be looked at any time' },
  { value: 'active', title: 'active: where the judge is in doubt' },
] as const
