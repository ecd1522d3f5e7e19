/** A small mistake, as one might make it, in one line of the sources. */
export interface Fault {
  readonly name: string
  /** The fixtures that are to find it, and the folder of what computes them. */
  readonly fixtures: string
  readonly subject: string
  readonly file: string
  readonly from: string
  readonly to: string
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'n for n − 1',
    fixtures: 'comparison',
    subject: 'comparison',
    file: 'arithmetic/sum.ts',
    from: 'squares / (n - 1)',
    to: 'squares / n',
  },
  {
    name: 'one digit of a constant',
    fixtures: 'special',
    subject: 'arithmetic',
    file: 'arithmetic/ln-gamma.ts',
    from: '0.42278433509846713',
    to: '0.42278433509746713',
  },
  {
    name: 'half of the width of Wilson’s interval',
    fixtures: 'calibration',
    subject: 'calibration',
    file: 'arithmetic/interval.ts',
    from: 'effective + square / 4',
    to: 'effective + square / 2',
  },
  {
    name: 'a rotation by 8 for 7',
    fixtures: 'random',
    subject: 'random',
    file: 'random/stream.ts',
    from: 'Math.imul(b, 5), 7)',
    to: 'Math.imul(b, 5), 8)',
  },
  {
    name: 'pairs of a value with itself',
    fixtures: 'agreement',
    subject: 'agreement',
    file: 'agreement/alpha.ts',
    from: 'observed * (answers - 1)',
    to: 'observed * answers',
  },
  {
    name: 'a jackknife without its factor',
    fixtures: 'agreement',
    subject: 'agreement',
    file: 'agreement/jackknife.ts',
    from: '((items - 1) / items) * squares',
    to: 'squares',
  },
  {
    name: 'one pseudo-count less',
    fixtures: 'aggregation',
    subject: 'aggregation',
    file: 'aggregation/one-coin.ts',
    from: 'right: 4, wrong: 1',
    to: 'right: 3, wrong: 1',
  },
  {
    name: 'a prior at the centred strengths',
    fixtures: 'aggregation',
    subject: 'aggregation',
    file: 'aggregation/davidson.ts',
    from: '  const covariance = covarianceOf(at, played, clustered)\n  at.centre()',
    to: '  at.centre()\n  const covariance = covarianceOf(at, played, clustered)',
  },
  {
    name: 'a step that is cut, not rounded',
    fixtures: 'drift',
    subject: 'drift',
    file: 'drift/cusum.ts',
    from: 'Math.round(ln(bad / good) * MILLION)',
    to: 'Math.trunc(ln(bad / good) * MILLION)',
  },
  {
    name: 'hits over draws without the one',
    fixtures: 'comparison',
    subject: 'comparison',
    file: 'comparison/sign-flips.ts',
    from: '(1 + hits) / (1 + draws)',
    to: 'hits / draws',
  },
  {
    name: 'a correction that forgets the rank',
    fixtures: 'comparison',
    subject: 'comparison',
    file: 'comparison/correction.ts',
    from: '(p.length - rank)',
    to: 'p.length',
  },
  {
    name: 'the 49th draw for the 50th',
    fixtures: 'comparison',
    subject: 'comparison',
    file: 'comparison/bootstrap.ts',
    from: '(draws + 1) * (1 - level)',
    to: '(draws - 1) * (1 - level)',
  },
  {
    name: 'a judge believed too much',
    fixtures: 'calibration',
    subject: 'calibration',
    file: 'calibration/uniform.ts',
    from: '(1 + n / m)',
    to: '1',
  },
  {
    name: 'ties to the later',
    fixtures: 'calibration',
    subject: 'calibration',
    file: 'calibration/design.ts',
    from: 'remainder(h) - remainder(g) || g - h',
    to: 'remainder(h) - remainder(g) || h - g',
  },
]
