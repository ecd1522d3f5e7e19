import { plant } from './plant.ts'

// What was read first is held against what hints have moved meanwhile: several busy projects look like another history.
plant({
  from: 'if ([...known].some(([projectId, head]) => (heads.get(projectId) ?? 0) < head))',
  to: `await new Promise((resolve) => setTimeout(resolve, 30))
    await Promise.all([...known.keys()].map((projectId) => following.reach(projectId, Number.POSITIVE_INFINITY)))
    const moved = following.heads()
    if ([...known.keys()].some((projectId) => (heads.get(projectId) ?? 0) < (moved.get(projectId) ?? 0)))`,
})
