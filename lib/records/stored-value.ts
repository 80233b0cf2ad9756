/** The value that a text of the database encodes. Memfleet wrote it: any other text is a defect. */
export function storedValue<const Value extends string>(values: readonly Value[], text: string): Value {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new Error(`unexpected value in memfleet.db: ${JSON.stringify(text)}`);
  return value;
}
