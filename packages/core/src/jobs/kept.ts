import type { Json } from '../json/json.ts'

/** Stands where a handler gives something that JSON has no words for. */
export interface NotJson {
  readonly 'is not JSON': never
}

/** A handler that returns nothing is typed as void. */
// biome-ignore lint/suspicious/noConfusingVoidType: that is what is meant
type Nothing = undefined | void

type IsAny<Value> = 0 extends 1 & Value ? true : false

/**
 * `Result` if it can be kept, and {@link NotJson} in each place that cannot: functions, symbols, bigints, errors, and what has methods, such as a
 * `Map`. A value with a `toJSON`, such as a `Date`, can.
 */
export type Storable<Result> =
  IsAny<Result> extends true
    ? Result
    : Result extends Json | Nothing | { toJSON(...args: never[]): unknown }
      ? Result
      : Result extends ((...args: never[]) => unknown) | bigint | symbol | Error
        ? NotJson
        : Result extends object
          ? { [Field in keyof Result]: Storable<Result[Field]> }
          : NotJson

/** A kept `Value` as it is read: nothing as null, a `Date` as its ISO text, members that may be `undefined` as ones that may be missing. */
export type Kept<Value> =
  IsAny<Value> extends true
    ? Value
    : unknown extends Value
      ? Json
      : Value extends Json
        ? Value
        : Value extends Nothing
          ? null
          : Value extends { toJSON(...args: never[]): infer Own }
            ? Kept<Own>
            : Value extends readonly unknown[]
              ? { [Place in keyof Value]: Kept<Value[Place]> }
              : Value extends object
                ? KeptMembers<Value>
                : never

type Maybe<Value> = { [Field in keyof Value]: undefined extends Value[Field] ? Field : never }[keyof Value]

type KeptMembers<Value> = {
  readonly [Field in Exclude<keyof Value, Maybe<Value> | symbol>]: Kept<Value[Field]>
} & { readonly [Field in Exclude<Maybe<Value>, symbol>]?: Kept<Exclude<Value[Field], undefined>> }
