/** A text as searches compare it, in SQL: `folded` of core says how. The collation keeps a database's own letters out of it. */
export const folded = (text: string): string => `lower(${text} collate "C")`
