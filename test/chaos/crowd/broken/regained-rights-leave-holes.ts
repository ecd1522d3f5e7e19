import { plant } from './plant.ts'

// Who regains a right goes on where they are.
plant(
  {
    from: 'if (sightOf(subscription.viewer, feed.projectId) > (cursor.sights.get(feed.projectId) ?? 2))',
    to: 'if (cursor.seqs.size < 0)',
  },
  { from: "if (isMore) void subscription.reload('access_changed')", to: 'void isMore' },
)
