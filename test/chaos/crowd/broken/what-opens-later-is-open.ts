import { plant } from './plant.ts'

// What has opened since the claim is counted as open, and nothing stands against it.
plant({
  from: 'if (!isNews) return',
  to: 'if (!isNews || again >= 0) return',
})
