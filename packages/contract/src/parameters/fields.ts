import type { Parameter } from '../model.ts';
import { percentDecoded } from './percent.ts';
import { pointerToken, Refused } from './refused.ts';
import { addProperty, appended } from './repeated.ts';
import type { Slot } from './query.ts';
import type { Report } from './value.ts';

/** Sorts header fields or cookies to the parameters of one operation. */
export interface FieldReader {
  read(rawHeaders: readonly string[], slots: Slot[], report: Report): void;
}

/** OpenAPI ignores header parameters of these names: the media type and security describe them. */
const described: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);

/** The header parameters that count. */
export function headerParameters(parameters: readonly Parameter[]): readonly Parameter[] {
  return parameters.filter((parameter) => parameter.in === 'header' && !described.has(parameter.name.toLowerCase()));
}

/**
 * Compiles the reading of header parameters. Field names ignore case. Fields of one name are one list in order (RFC 9110
 * section 5.3): joined where a list or an object is documented, refused as repeated elsewhere.
 *
 * @param lists whether a parameter may be a list or an object, by slot
 */
export function compileHeaders(
  parameters: readonly Parameter[],
  lists: readonly boolean[],
  maxLength: number,
): FieldReader {
  const names = new Map<string, number>();
  const lengths: boolean[] = [];
  for (const [slot, parameter] of parameters.entries()) {
    names.set(parameter.name.toLowerCase(), slot);
    lengths[parameter.name.length] = true;
  }
  return {
    read(rawHeaders, slots, report) {
      for (let index = 0; index < rawHeaders.length; index += 2) {
        const field = rawHeaders[index] ?? '';
        if (lengths[field.length] !== true) continue;
        const name = field.toLowerCase();
        const slot = names.get(name);
        if (slot === undefined) continue;
        const value = (rawHeaders[index + 1] ?? '').replace(/^[ \t]+/, '').trimEnd();
        const known = slots[slot];
        if (value.length > maxLength) report(tooLong.issue(`/header/${pointerToken(name)}`));
        else if (known === undefined) slots[slot] = value;
        else if (lists[slot] === true && typeof known === 'string') slots[slot] = `${known},${value}`;
        else slots[slot] = appended(known, value);
      }
    },
  };
}

const tooLong = new Refused('too-long', 'is longer than is accepted', 'send a shorter value');
const quoted = new Refused('style', 'is a quoted cookie value', 'send the value without double quotes');
const spaced = new Refused('style', 'has space beside its equals sign', 'send name=value without space');

interface CookieTarget {
  readonly slot: number;
  /** The cookie is a property of an exploded object. */
  readonly property: boolean;
  /** `style: cookie`: the value is taken as it is. */
  readonly raw: boolean;
  /** `style: form, explode: true` puts several `name=value` into one cookie, with `&` between them (RFC 6570 section 3.2.8). */
  readonly joined: boolean;
}

/**
 * Compiles the reading of cookie parameters (RFC 6265 section 4.2). Values are percent-decoded as the cookie libraries of
 * Node frameworks do, except under `style: cookie`; quoted values and space beside the equals sign, which these libraries
 * disagree on, are refused. Cookies that are not documented are not looked at.
 *
 * @param properties names that an exploded object is made of, by slot
 */
export function compileCookies(
  parameters: readonly Parameter[],
  properties: readonly (ReadonlySet<string> | undefined)[],
  lists: readonly boolean[],
  maxLength: number,
): FieldReader {
  const names = new Map<string, CookieTarget>();
  for (const [slot, parameter] of parameters.entries()) {
    const spread = properties[slot];
    const joined = parameter.explode && parameter.style === 'form' && lists[slot] === true;
    const target = { slot, property: spread !== undefined, raw: parameter.style === 'cookie', joined };
    for (const name of spread ?? [parameter.name]) names.set(name, target);
  }

  function take(pair: string, slots: Slot[], report: Report): void {
    const equals = pair.indexOf('=');
    if (equals === -1) return;
    const name = pair.slice(0, equals).trim();
    const target = names.get(name);
    if (target === undefined) return;
    const text = pair.slice(equals + 1).trim();
    // Some cookie libraries drop such a cookie, others the space.
    if (isSpace(pair.charCodeAt(equals - 1)) || isSpace(pair.charCodeAt(equals + 1))) {
      report(spaced.issue(`/cookie/${pointerToken(name)}`));
      return;
    }
    if (target.joined && text.includes('&')) {
      const [first = '', ...others] = text.split('&');
      take(`${name}=${first}`, slots, report);
      for (const part of others) take(part, slots, report);
      return;
    }
    const value = text.startsWith('"')
      ? quoted
      : text.length > maxLength
        ? tooLong
        : target.raw
          ? text
          : percentDecoded(text, false);
    if (value instanceof Refused) report(value.issue(`/cookie/${pointerToken(name)}`));
    else if (target.property) addProperty(slots, target.slot, name, value);
    else slots[target.slot] = appended(slots[target.slot], value);
  }

  return {
    read(rawHeaders, slots, report) {
      for (let index = 0; index < rawHeaders.length; index += 2) {
        const field = rawHeaders[index] ?? '';
        if (field.length !== 6 || field.toLowerCase() !== 'cookie') continue;
        for (const pair of (rawHeaders[index + 1] ?? '').split(';')) take(pair, slots, report);
      }
    },
  };
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
