/** Attributes as OTLP has them in JSON (opentelemetry-proto 1.x, JSON Protobuf Encoding). */
export interface KeyValue {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly arrayValue: { readonly values: readonly { readonly stringValue: string }[] } };
}

/** Writes attributes; what is undefined is left out. */
export function attributes(of: Readonly<Record<string, string | number | readonly string[] | undefined>>): KeyValue[] {
  const list: KeyValue[] = [];
  for (const [key, value] of Object.entries(of)) {
    if (value === undefined || value === '') continue;
    if (typeof value === 'string') list.push({ key, value: { stringValue: value } });
    else if (typeof value === 'number') list.push({ key, value: { intValue: String(value) } });
    else if (value.length > 0)
      list.push({ key, value: { arrayValue: { values: value.map((one) => ({ stringValue: one })) } } });
  }
  return list;
}

/** Nanoseconds since the epoch as a decimal text. @param milliseconds since the epoch */
export function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return `${whole}${String(Math.floor((milliseconds - whole) * 1e6)).padStart(6, '0')}`;
}
