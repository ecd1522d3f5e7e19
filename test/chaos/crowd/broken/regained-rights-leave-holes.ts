import { plant } from './plant.ts'

// Who regains a right goes on where they are.
plant(
  {
    from: 'if (sightOf(viewer, projectId) > (sights.get(projectId) ?? 2)) return undefined',
    to: '',
  },
  { from: "if (isMore) void subscription.reload('access_changed')", to: 'void isMore' },
)
