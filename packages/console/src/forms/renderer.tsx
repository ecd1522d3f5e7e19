import type { Form } from '@muster/core/forms'
import { settings } from '../api/settings.ts'
import { later } from '../design/later.tsx'

/** A host's own drawing of a form, loaded when it is first shown. */
export const Renderer = later(() => import('./renderer-frame.tsx').then((part) => part.RendererFrame))

/** Whether the host draws this form itself. */
export function isDrawnByHost(form: Form | null | undefined): form is Form {
  return form != null && settings.renderers.includes(form.name)
}
