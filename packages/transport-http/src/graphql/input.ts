/** Arguments as core takes them: what was left out or said to be null is not there. */
export function given<Input extends object>(
  input: Input,
): { [Field in keyof Input]: Exclude<Input[Field], null> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as {
    [Field in keyof Input]: Exclude<Input[Field], null>
  }
}
