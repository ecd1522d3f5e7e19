import type { NewForm } from './form.ts'
import classification from './templates/classification.json' with { type: 'json' }
import codeReview from './templates/code-review.json' with { type: 'json' }
import critique from './templates/critique.json' with { type: 'json' }
import multiTurn from './templates/multi-turn.json' with { type: 'json' }
import pairwise from './templates/pairwise.json' with { type: 'json' }
import ragFaithfulness from './templates/rag-faithfulness.json' with { type: 'json' }
import ranking from './templates/ranking.json' with { type: 'json' }
import rubric from './templates/rubric.json' with { type: 'json' }
import safety from './templates/safety.json' with { type: 'json' }
import summaryQuality from './templates/summary-quality.json' with { type: 'json' }
import toolTrace from './templates/tool-trace.json' with { type: 'json' }
import translationMqm from './templates/translation-mqm.json' with { type: 'json' }

/** Twelve forms to begin with, each with an example task, by name; `muster.forms.add` takes them as they are. */
export const formTemplates: readonly NewForm[] = [
  classification,
  codeReview,
  critique,
  multiTurn,
  pairwise,
  ragFaithfulness,
  ranking,
  rubric,
  safety,
  summaryQuality,
  toolTrace,
  translationMqm,
] as readonly unknown[] as readonly NewForm[]
