import { Sum } from '../arithmetic/sum.ts'

/** A square matrix of numbers. */
export class Matrix {
  readonly size: number
  readonly #cells: Float64Array

  constructor(size: number) {
    this.size = size
    this.#cells = new Float64Array(size * size)
  }

  at(i: number, j: number): number {
    return this.#cells[i * this.size + j] as number
  }

  set(i: number, j: number, value: number): void {
    this.#cells[i * this.size + j] = value
  }

  add(i: number, j: number, value: number): void {
    this.set(i, j, this.at(i, j) + value)
  }

  times(other: Matrix): Matrix {
    const product = new Matrix(this.size)
    for (let i = 0; i < this.size; i++) {
      for (let j = 0; j < this.size; j++) {
        const cell = new Sum()
        for (let k = 0; k < this.size; k++) cell.add(this.at(i, k) * other.at(k, j))
        product.set(i, j, cell.value)
      }
    }
    return product
  }

  /** The covariances of the first `n` as they are about their own mean. */
  centred(n: number): Matrix {
    const means = Array.from({ length: n }, (_, i) => this.#meanOfRow(i, n))
    const whole = means.reduce((sum, mean) => sum + mean, 0) / n
    const about = new Matrix(n)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++)
        about.set(i, j, this.at(i, j) - (means[i] as number) - (means[j] as number) + whole)
    }
    return about
  }

  rows(): number[][] {
    return Array.from({ length: this.size }, (_, i) =>
      Array.from({ length: this.size }, (_, j) => this.at(i, j)),
    )
  }

  #meanOfRow(i: number, n: number): number {
    const row = new Sum()
    for (let j = 0; j < n; j++) row.add(this.at(i, j))
    return row.value / n
  }
}

/** A pivot so much smaller than the largest cell is 0 but for rounding. */
const SINGULAR = 1e-13

/** The x with matrix · x = right. @throws RangeError with `rule` if there is none */
export function solve(matrix: Matrix, right: Float64Array, rule: string): Float64Array {
  return eliminate(matrix, [right], rule)[0] as Float64Array
}

/** @throws RangeError with `rule` if there is none */
export function inverse(matrix: Matrix, rule: string): Matrix {
  const { size } = matrix
  const units = Array.from({ length: size }, (_, k) =>
    Float64Array.from({ length: size }, (_, i) => (i === k ? 1 : 0)),
  )
  const columns = eliminate(matrix, units, rule)
  const inverted = new Matrix(size)
  for (const [j, column] of columns.entries()) {
    for (const [i, value] of column.entries()) inverted.set(i, j, value)
  }
  return inverted
}

/** Gauss and Jordan, with the largest pivot of each column. */
function eliminate(matrix: Matrix, rights: readonly Float64Array[], rule: string): Float64Array[] {
  const { size } = matrix
  const rows = matrix.rows().map((row, i) => [...row, ...rights.map((right) => right[i] as number)])
  const largest = Math.max(...rows.map((row) => Math.max(...row.slice(0, size).map(Math.abs))), 0)
  for (let k = 0; k < size; k++) {
    let pivot = k
    for (let i = k + 1; i < size; i++) {
      if (Math.abs(rows[i]?.[k] as number) > Math.abs(rows[pivot]?.[k] as number)) pivot = i
    }
    const row = rows[pivot] as number[]
    rows[pivot] = rows[k] as number[]
    rows[k] = row
    const lead = row[k] as number
    if (!(Math.abs(lead) > largest * SINGULAR)) throw new RangeError(rule)
    for (let j = k; j < row.length; j++) row[j] = (row[j] as number) / lead
    for (const [i, other] of rows.entries()) {
      const factor = other[k] as number
      if (i === k || factor === 0) continue
      for (let j = k; j < row.length; j++) other[j] = (other[j] as number) - factor * (row[j] as number)
    }
  }
  return rights.map((_, r) => Float64Array.from(rows, (row) => row[size + r] as number))
}
