import { plant } from './plant.ts'

// Who follows queues alone is told of places while somebody else follows the project.
plant({ from: 'return wanted && since >=', to: 'return false && wanted && since >=' })
