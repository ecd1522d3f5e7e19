/**
 * The cheapest way to give every row a column of its own, and its cost: the Hungarian method with shortest augmenting paths (Kuhn,
 * Munkres; in the form of Jonker and Volgenant), O(rows² × columns). `costs` holds the rows one after the other.
 * @throws RangeError where there are fewer columns than rows, or no such way of finite cost
 */
export function minCostAssignment(
  costs: Float64Array,
  rows: number,
  columns: number,
): { readonly columnOf: Int32Array; readonly cost: number } {
  if (columns < rows) throw new RangeError(`${rows} rows cannot share ${columns} columns`)
  const rowPrice = new Float64Array(rows)
  const columnPrice = new Float64Array(columns)
  const rowOf = new Int32Array(columns).fill(-1)
  const columnOf = new Int32Array(rows).fill(-1)
  const distance = new Float64Array(columns)
  const before = new Int32Array(columns)
  const isSettled = new Uint8Array(columns)

  for (let start = 0; start < rows; start++) {
    distance.fill(Number.POSITIVE_INFINITY)
    before.fill(-1)
    isSettled.fill(0)
    const settled: number[] = []
    let row = start
    let reached = 0
    let via = -1
    for (;;) {
      const from = row * columns
      const price = rowPrice[row] as number
      let nearest = Number.POSITIVE_INFINITY
      let next = -1
      for (let column = 0; column < columns; column++) {
        if (isSettled[column] === 1) continue
        const through = reached + (costs[from + column] as number) - price - (columnPrice[column] as number)
        if (through < (distance[column] as number)) {
          distance[column] = through
          before[column] = via
        }
        if ((distance[column] as number) < nearest) {
          nearest = distance[column] as number
          next = column
        }
      }
      if (next === -1) throw new RangeError(`Row ${start} finds no column`)
      reached = nearest
      via = next
      const holder = rowOf[next] as number
      if (holder === -1) break
      isSettled[next] = 1
      settled.push(next)
      row = holder
    }
    rowPrice[start] = (rowPrice[start] as number) + reached
    for (const column of settled) {
      const slack = reached - (distance[column] as number)
      columnPrice[column] = (columnPrice[column] as number) - slack
      const holder = rowOf[column] as number
      rowPrice[holder] = (rowPrice[holder] as number) + slack
    }
    for (let column = via; column !== -1; ) {
      const previous = before[column] as number
      const holder = previous === -1 ? start : (rowOf[previous] as number)
      rowOf[column] = holder
      columnOf[holder] = column
      column = previous
    }
  }
  let cost = 0
  for (let row = 0; row < rows; row++) cost += costs[row * columns + (columnOf[row] as number)] as number
  return { columnOf, cost }
}
