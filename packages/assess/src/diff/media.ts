import type { Contract, MediaType, Response } from '@castellan/contract';
import type { Change } from './change.ts';
import type { OperationPair } from './operations.ts';

/** Media types that are read by more than a JSON parser: entities, files, anything. */
const RISKY = /xml|multipart|\*|octet-stream|html|svg|yaml/i;

/** What stands around the schemas: media types that are taken and given, and origins that may read. */
export function* mediaChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  if (pair.before === undefined || pair.after === undefined) return;
  const { name } = pair;
  const [was, is] = [pair.before.body?.content ?? [], pair.after.body?.content ?? []];
  const place = after.place(pair.after.location);
  if (was.length > 0)
    for (const type of newTypes(was, is))
      yield {
        kind: 'security',
        code: 'media-type-accepted',
        severity: RISKY.test(type) ? 'medium' : 'low',
        message: `${name} takes ${type} now`,
        operation: name,
        place,
      };
  else if (is.length > 0)
    yield {
      kind: 'security',
      code: 'now-writable',
      severity: 'low',
      message: `${name} takes a body now`,
      operation: name,
      place,
    };
  if (was.length === 0 && is.length > 0 && pair.after.body?.required === true)
    yield {
      kind: 'breaking',
      code: 'now-required',
      severity: 'medium',
      message: `${name} asks for a body now`,
      operation: name,
      place,
    };
  for (const type of newTypes(is, was))
    yield {
      kind: 'breaking',
      code: 'media-type-refused',
      severity: 'medium',
      message: `${name} no longer takes ${type}`,
      operation: name,
      place,
    };
  for (const now of pair.after.responses) {
    const old = pair.before.responses.find(({ status }) => status === now.status);
    if (old !== undefined)
      for (const type of newTypes(now.content, old.content))
        yield {
          kind: 'breaking',
          code: 'media-type-dropped',
          severity: 'medium',
          message: `${name} no longer answers ${now.status} as ${type}`,
          operation: name,
          place: after.place(now.location),
        };
  }
  const known = new Set(pair.before.responses.flatMap((response) => originsOf(before, response)));
  const origins = new Set(pair.after.responses.flatMap((response) => originsOf(after, response)));
  for (const origin of origins)
    if (!known.has(origin) && !known.has('*'))
      yield {
        kind: 'security',
        code: 'origin-allowed',
        severity: origin === '*' || origin === 'null' ? 'high' : 'medium',
        message: `${origin === '*' ? 'any origin' : `the origin ${origin}`} may read the answers of ${name} now`,
        operation: name,
        place,
      };
}

/** Types that the second list has and the first has not, without parameters, whatever their case. */
function newTypes(old: readonly MediaType[], now: readonly MediaType[]): readonly string[] {
  const plain = ({ type }: MediaType): string => type.replace(/;.*$/, '').trim().toLowerCase();
  const known = new Set(old.map(plain));
  return [...new Set(now.map(plain))].filter((type) => !known.has(type) && !(known.has('*/*') && old.length > 0));
}

/** What the document says that `Access-Control-Allow-Origin` holds. */
function originsOf(contract: Contract, { headers }: Response): readonly string[] {
  return headers
    .filter(({ name }) => name.toLowerCase() === 'access-control-allow-origin')
    .flatMap((header) =>
      [contract.at(header.location), header.schema?.raw].flatMap((written) => {
        if (typeof written !== 'object' || written === null) return [];
        const raw = written as Readonly<Record<string, unknown>>;
        const listed: unknown[] = Array.isArray(raw['enum']) ? raw['enum'] : [];
        return [raw['const'], raw['default'], raw['example'], ...listed].filter((one) => typeof one === 'string');
      }),
    );
}
