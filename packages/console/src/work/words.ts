/** The texts of the page of work. */
export const WORDS = {
  title: 'Work',
  opening: 'Looking for your next item…',
  submit: 'Submit and next',
  skip: 'Skip…',
  giveBack: 'Give back',
  flag: 'Flag…',
  flagged: 'Flagged',
  instructions: 'Instructions',
  untouched: 'Give an answer to this item first.',
  kept: 'Saved',
  keeping: 'Saving…',
  here: 'Saved in this browser only',
  elsewhere: 'Changed in another tab',
  nextHeld: 'next is held',
  nothing: 'Nothing for you right now',
  nothingAtAll: 'No task is open in your projects.',
  goesOn: 'This page goes on by itself as soon as there is something for you. You may leave it open.',
  away: 'You are taking a break',
  awayMore: 'Nothing new is given to you. What you hold stays yours until its time is up.',
  back: 'Back to work',
  pause: 'Take a break',
  returned: 'Returned by review',
  judged: 'The work under review',
  submissions: 'What others answered',
  elsewhereTitle: 'You are working in another tab',
  elsewhereMore: 'One place at a time, so that two tabs never change the same answers.',
  takeOver: 'Work here instead',
} as const

/** Why a step is not for somebody, after the number of tasks that it holds for. */
export const REASONS: Readonly<Record<string, readonly [word: string, more?: string]>> = {
  inactive: ['cannot be yours while you are away'],
  rejectedBefore: ['you have skipped before'],
  queuePaused: ['are of a project that is paused'],
  notMember: ['are of projects that you are no member of'],
  missingSkill: ['need a skill that you do not have, or not at that level'],
  excludedByStep: ['you had a part in already', 'who annotated may not review'],
  alreadyAssigned: ['you hold or did already'],
  noFreeSlot: ['are with as many people as it takes'],
  coolingDown: ['rest for now', 'they were given back or declined before'],
  reservedFor: ['wait for the person who did them first'],
  atLimit: ['wait until you hold fewer items'],
}

/** The reasons to decline an item. */
export const SKIPS = {
  unclear: 'It is unclear what to answer',
  wrong_skill: 'I lack a skill that it needs',
  conflict_of_interest: 'I have a part in it',
  broken_item: 'The item is broken',
  other: 'Something else',
} as const
