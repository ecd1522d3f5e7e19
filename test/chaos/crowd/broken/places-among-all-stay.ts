import { plant } from './plant.ts'

// A place has changed if that within its project has.
plant({
  from: 'return one?.position === other.position && one.globalPosition === other.globalPosition',
  to: 'return one?.position === other.position',
})
