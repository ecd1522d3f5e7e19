/** What the page of one task says. */
export const WORDS = {
  why: 'Why nobody has it',
  whyOpen: 'Who may have it',
  whyHeld: 'Who has it',
  item: 'Item',
  gold: 'Known answer',
  happened: 'What happened',
  happenedNone: 'Nothing happened here that you may see.',
  people: 'Everybody, nearest first',
  given: 'How it was given out',
  bigBatch: 'Decided with many others: who was considered is found by deciding them all again.',
  replay: 'Decide again',
  givenNone: 'It was given to nobody yet.',
  now: 'now',
  nowNobody: 'nobody',
  more: 'Show more',
  priority: 'Priority…',
  link: 'Copy link',
  linkCopied: 'Link copied',
  linkRefused: 'The browser does not let the link be copied from here:',
  cancel: 'Cancel the task…',
  ask: 'Ask about somebody…',
  askFor: 'User id',
  askHelp: 'Somebody who is no annotator of the project. The decision then says what keeps them.',
  assignTo: 'Assign to…',
  assignWho: 'Person',
  assign: 'Assign',
  flags: 'Flagged',
  unflag: 'Take the flag away',
  flaggedBy: 'flagged it',
  over: 'Nobody is asked any longer.',
  job: 'A job does this step.',
  notYours: 'Only managers see who may have it.',
} as const

/** How an assignment was given, in words. */
export const HOW: Readonly<Record<string, string>> = {
  pull: 'asked for it',
  push: 'was given it',
  batch: 'was given it in a batch',
  reassign: 'took it over',
  restored: 'has it back',
}

/** A move into a state, behind the name of whoever holds it. */
export const MOVED: Readonly<Record<string, string>> = {
  assigned: 'has it',
  accepted: 'accepted it',
  in_progress: 'began',
  submitted: 'submitted it',
  rejected: 'skipped it',
  expired: 'lost it',
  reassigned: 'gave it back',
}

/** A reason of the engine's in words; others are people's own. */
export const REASONS: Readonly<Record<string, string>> = {
  lease_ended: 'the lease ended',
  task_cancelled: 'the task was cancelled',
  task_returned: 'the review sent it back',
  quality_paused: 'paused by quality',
}
