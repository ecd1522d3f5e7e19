/** Chances and votes that differ by no more are equal: rounding makes such differences. */
export const TIE = 1e-12
