// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// Arithmetic that is the same on every engine.
export { exp, ln } from './arithmetic/ln-exp.ts'
export { lnGamma } from './arithmetic/ln-gamma.ts'
export { normalQuantile, normalUpper } from './arithmetic/normal.ts'
export { tQuantile, tUpper } from './arithmetic/student.ts'
export { betaQuantile } from './arithmetic/beta.ts'
export { binomialHalfLower } from './arithmetic/binomial.ts'
export { sum } from './arithmetic/sum.ts'
