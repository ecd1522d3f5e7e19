import { plant } from './plant.ts'

// What has opened since the claim is counted as open, and nothing stands against it. In memory little comes between the two unless the count waits.
plant(
  {
    from: 'if (!isNews) return',
    to: 'if (!isNews || again >= 0) return',
  },
  {
    from: 'const shelves = judged.map(({ open }) => open)',
    to: `await new Promise((resolve) => setTimeout(resolve, 30))
  const shelves = judged.map(({ open }) => open)`,
  },
)
