import { isJson, type Contract, type Operation } from '@castellan/contract';
import type { Placed } from './identity.ts';
import { bodyValueOf, parameterValueOf } from './sample.ts';
import { queryOf, simpleOf } from './serialise.ts';
import type { Outgoing } from './target.ts';

/** The values with which an operation is called. */
export interface Values {
  /** By place and name: `path/orderId`. */
  readonly parameters: ReadonlyMap<string, unknown>;
  readonly body?: unknown;
}

/** What is called, with which values, by whom. */
export interface Call {
  readonly operation: Operation;
  readonly values: Values;
  /** The name of the identity; undefined for nobody. */
  readonly as: string | undefined;
  readonly outgoing: Outgoing;
}

/** Values that an operation takes: what is known, what the document gives as an example, and what its schemas allow. */
export function valuesFor(
  contract: Contract,
  operation: Operation,
  known: ReadonlyMap<string, unknown>,
): Values | undefined {
  const parameters = new Map<string, unknown>();
  for (const parameter of operation.parameters) {
    const key = `${parameter.in}/${parameter.name}`;
    const value = known.get(key) ?? (parameter.required ? parameterValueOf(contract, parameter) : undefined);
    if (value !== undefined) parameters.set(key, value);
    else if (parameter.required) return undefined;
  }
  const media = operation.body?.content.find(({ type }) => isJson(type));
  if (media === undefined) return operation.body?.required === true ? undefined : { parameters };
  const body = bodyValueOf(contract, media);
  return body === undefined && operation.body?.required === true ? undefined : { parameters, body };
}

/**
 * The request that says these values.
 * @param replaced text of parameters to be sent as it is, by place and name
 * @returns undefined where a parameter has a style that nobody writes here
 */
export function outgoingOf(
  operation: Operation,
  { parameters, body }: Values,
  placed: readonly Placed[],
  replaced: ReadonlyMap<string, string> = new Map(),
): Outgoing | undefined {
  let path = operation.path;
  const inPath = new Map<string, string>();
  const query: string[] = [];
  const cookies: string[] = [];
  const fields: (readonly [string, string])[] = [['accept', 'application/json, */*;q=0.5']];
  for (const parameter of operation.parameters) {
    const key = `${parameter.in}/${parameter.name}`;
    const raw = replaced.get(key);
    const value = parameters.get(key);
    if (raw === undefined && value === undefined) continue;
    if (parameter.in === 'query') {
      query.push(
        ...(raw === undefined
          ? queryOf(parameter, value)
          : [`${encodeURIComponent(parameter.name)}=${encodeURIComponent(raw)}`]),
      );
      continue;
    }
    const text =
      raw === undefined ? simpleOf(parameter, value) : parameter.in === 'path' ? encodeURIComponent(raw) : raw;
    if (text === undefined || parameter.in === 'querystring') return undefined;
    if (parameter.in === 'path') {
      path = path.replaceAll(`{${parameter.name}}`, () => text);
      inPath.set(parameter.name, text);
    }
    if (parameter.in === 'cookie') cookies.push(`${parameter.name}=${text}`);
    if (parameter.in === 'header') fields.push([parameter.name, text]);
  }
  for (const one of placed)
    if (one.in === 'query') query.push(`${encodeURIComponent(one.name)}=${encodeURIComponent(one.value)}`);
    else if (one.in === 'cookie') cookies.push(`${one.name}=${one.value}`);
    else fields.push([one.name, one.value]);
  if (cookies.length > 0) fields.push(['cookie', cookies.join('; ')]);
  if (path.includes('{')) return undefined;
  return {
    method: operation.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    captures: [...operation.path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => inPath.get(name) ?? ''),
    fields,
    secrets: placed.flatMap(({ value }) => {
      const secret = value.replace(/^(?:Bearer|Basic) /, '');
      return [secret, encodeURIComponent(secret)];
    }),
    body: body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) },
  };
}

/** A command line that sends the same again; `$NAME` stands for the credential. */
export function curlOf(
  base: string,
  { outgoing: { method, target, fields, secrets, body }, as }: Pick<Call, 'as' | 'outgoing'>,
): string {
  const hidden = (text: string): string =>
    secrets.reduce(
      (rest, secret) => rest.replaceAll(secret, () => `$${(as ?? 'credential').toUpperCase().replaceAll(/\W/g, '_')}`),
      text,
    );
  const quoted = (text: string): string => {
    const shown = hidden(text);
    // A name of the shell is put in only within double quotation marks.
    return shown === text ? `'${text.replaceAll("'", "'\\''")}'` : `"${shown.replace(/["\\`]/g, '\\$&')}"`;
  };
  const parts = ['curl', '-i'];
  if (method !== 'GET') parts.push('-X', method);
  parts.push(quoted(base + target));
  for (const [name, value] of fields) if (name !== 'accept') parts.push('-H', quoted(`${name}: ${value}`));
  if (body !== undefined) parts.push('-H', quoted(`content-type: ${body.type}`), '-d', quoted(body.text));
  return parts.join(' ');
}
