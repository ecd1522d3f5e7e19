import { plant } from './plant.ts'

// The cursor of several queues forgets a project that is lost.
plant({
  from: "const isOfSome = channel.kind === 'me' || channel.kind === 'queues'",
  to: "const isOfSome = channel.kind === 'me'",
})
