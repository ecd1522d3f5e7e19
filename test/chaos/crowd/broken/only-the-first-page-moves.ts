import { plant } from './plant.ts'

// What others push behind the first page keeps the place that it was told.
plant(
  {
    from: 'if (isTold ? !isSamePlace(last, place) : last !== undefined) moved.push(place)',
    to: 'if (nth < DEFAULT_PAGE && (isTold ? !isSamePlace(last, place) : last !== undefined)) moved.push(place)',
  },
  { from: 'for (const itemId of before.keys()) moved.push({ itemId, ...NOWHERE })', to: '' },
)
