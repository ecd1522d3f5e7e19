/**
 * The most that can flow from node 0 to the last node: Edmonds & Karp 1972, by a matrix of capacities. Slow and plain, to hold faster code to.
 */
export function maxFlow(capacities: readonly (readonly number[])[]): number {
  const left = capacities.map((row) => [...row])
  const sink = left.length - 1
  for (let flow = 0; ; flow++) {
    const from = new Map([[0, 0]])
    for (const node of from.keys()) {
      for (const [next, capacity] of (left[node] ?? []).entries())
        if (capacity > 0 && !from.has(next)) from.set(next, node)
    }
    if (!from.has(sink)) return flow
    for (let node = sink; node !== 0; node = from.get(node) ?? 0) {
      const before = from.get(node) ?? 0
      add(before, node, -1)
      add(node, before, 1)
    }
  }

  function add(from: number, to: number, by: number): void {
    const row = left[from]
    if (row) row[to] = (row[to] ?? 0) + by
  }
}
