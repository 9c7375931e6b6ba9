import { toLong } from '../values/long.ts';
import type { PolicyJson } from './est.ts';

type Json = Record<string, unknown>;

/** Puts the exact integers back where marked texts stand for them; see `markLongs`. */
export function exactLongs(policy: PolicyJson, mark: string): PolicyJson {
  return restore(policy, mark) as PolicyJson;
}

function restore(json: unknown, mark: string): unknown {
  if (Array.isArray(json)) return json.map((element) => restore(element, mark));
  if (typeof json !== 'object' || json === null) return json;
  const value = literal(json as Json, mark);
  if (value !== undefined) return { Value: value };
  const negated = (json as Json)['neg'] as { arg: Json } | undefined;
  const positive = negated === undefined ? undefined : digits(negated.arg, mark);
  if (positive !== undefined) return { Value: toLong(-positive) };
  return Object.fromEntries(Object.entries(json).map(([key, part]) => [key, restore(part, mark)]));
}

function literal(json: Json, mark: string): number | bigint | undefined {
  const value = digits(json, mark);
  return value === undefined ? undefined : toLong(value);
}

function digits(json: Json, mark: string): bigint | undefined {
  const value = Object.hasOwn(json, 'Value') ? json['Value'] : undefined;
  return typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : undefined;
}
