import type { VNode } from 'preact'
import { projectInSight, projects } from '../feed/projects.ts'
import { go, type PageName, route } from '../route/route.ts'
import { PLACES } from './pages.ts'
import { WORDS } from './words.ts'

/** Which project is looked at: on pages that may show all of them, that too. */
export function ProjectChoice(): VNode | null {
  const { page, project } = route.value
  const shows = page === 'missing' ? 'none' : PLACES[page].project
  const choices = projects.value ?? []
  if (choices.length === 0 || shows === 'none') return null
  const chosen = project ?? (shows === 'any' ? '' : projectInSight.value)
  return (
    <select
      class="project-choice"
      aria-label="Project"
      value={chosen}
      onChange={({ currentTarget: { value } }) =>
        go({ page: page as PageName, ...(value !== '' && { project: value }) })
      }
    >
      {shows === 'any' && <option value="">{WORDS.allProjects}</option>}
      {choices.map(({ projectId, name }) => (
        <option key={projectId} value={projectId}>
          {name}
        </option>
      ))}
      {chosen !== undefined && chosen !== '' && !choices.some(({ projectId }) => projectId === chosen) && (
        <option value={chosen}>…{chosen.slice(-8)}</option>
      )}
    </select>
  )
}
