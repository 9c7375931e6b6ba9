import type { Contract, NamedPlace } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { callerOf } from './caller.ts';
import type { Collected } from './collected.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Judge, Mismatch } from './mismatches.ts';
import { parametersOf } from './parameters.ts';
import type { BodyRecord, ExchangeRecord, MismatchRecord, RefusalRecord } from './record.ts';
import { shapeOf, type Shape } from './shape.ts';
import { decoded, structured } from './structured.ts';
import { maxTapped } from './tap.ts';
import { templateOf } from './undocumented-path.ts';

const maxMismatches = 100;
const noShape: Shape = { places: [], cut: false, placeOf: (pointer) => pointer };

/** One body, looked at. */
interface Looked {
  /** Undefined where there was none. */
  readonly record: BodyRecord | undefined;
  readonly shape: Shape;
  readonly structured: { readonly value: unknown } | undefined;
  readonly bytes: Uint8Array | undefined;
}

const nothing: Looked = { record: undefined, shape: noShape, structured: undefined, bytes: new Uint8Array(0) };

/** The record of an exchange, which stands for it alone. */
export async function recordOf(
  core: GuardCore,
  of: Collected,
  judge: Judge | undefined,
  hash: KeyedHash,
): Promise<ExchangeRecord> {
  const { contract } = core;
  const { operation, tap, status } = of;
  const template = operation === undefined ? templateOf(contract, pathOf(of), core.basePath) : undefined;
  const schemes = [...contract.securitySchemes.values()];
  const inPath = template?.values ?? of.captures;
  const parameterMismatches = judge?.parameters(of.captures, of.query, of.rawHeaders) ?? [];

  const cut = of.observed.some(({ stage, refusal }) => stage === 'receive' && refusal.type === 'too-large');
  const sent = cut ? 'too-large' : (of.body ?? joined(tap.request.chunks));
  const request = await look(sent, of.requestType, of.requestCoding, hash, contract, () =>
    judge?.requestNames(of.requestType),
  );
  const wrote = joined(tap.answer.chunks);
  const answer =
    of.method === 'HEAD' || status === 304
      ? nothing
      : await look(wrote, tap.contentType, tap.contentEncoding, hash, contract, () =>
          judge?.answerNames(status, tap.contentType),
        );

  const mismatches = new Counted();
  mismatches.add(parameterMismatches, noShape);
  if (judge !== undefined && request.bytes !== undefined)
    mismatches.add(judge.request(of.requestType, request.bytes), request.shape);
  if (judge !== undefined && status >= 200 && !(of.headOfGet && status < 400)) {
    const body = { empty: answer.record === undefined, ...answer.structured };
    mismatches.add(judge.answer(status, tap.contentType, body, tap.fields), answer.shape);
  }
  // An answer without a body is judged by more than its form.
  if (of.observed.some(({ refusal }) => refusal.reason === 'empty-body'))
    mismatches.add([{ in: 'answer', pointer: '', keyword: 'empty-body' }], noShape);
  mismatches.undocumented('request', request.record);
  mismatches.undocumented('answer', answer.record);

  return {
    v: 1,
    kind: 'exchange',
    time: of.now,
    contract: contract.digest.slice(7, 19),
    times: 1,
    ...(operation === undefined ? {} : { operation: operation.operationId }),
    method: of.method.slice(0, 32),
    path: operation?.path ?? template?.path ?? '',
    status,
    caller: callerOf(
      {
        auth: of.auth,
        authorization: of.authorization,
        rawHeaders: of.rawHeaders,
        query: of.query,
        address: of.address,
        schemes,
      },
      hash,
    ),
    parameters: parametersOf(
      { operation, path: inPath, query: of.query, rawHeaders: of.rawHeaders, schemes },
      parameterMismatches,
      hash,
    ),
    ...(request.record === undefined ? {} : { request: request.record }),
    ...(answer.record === undefined ? {} : { answer: answer.record }),
    refusals: refusalsOf(of),
    mismatches: mismatches.list,
  };
}

function pathOf({ path, target }: Collected): string {
  return path === '' ? (target.split('?', 1)[0] ?? '') : path;
}

const pathNames = new WeakMap<Contract, ReadonlySet<string>>();

/** Names of path parameters: what a path names objects by names them in bodies too. */
function inPaths(contract: Contract): ReadonlySet<string> {
  let names = pathNames.get(contract);
  if (names === undefined) {
    const variables = contract.operations.flatMap(({ path }) => [...path.matchAll(/\{([^{}]+)\}/g)]);
    pathNames.set(contract, (names = new Set(variables.flatMap(([, name]) => name ?? []))));
  }
  return names;
}

async function look(
  bytes: Uint8Array | 'too-large' | undefined,
  type: string | undefined,
  coding: string | undefined,
  hash: KeyedHash,
  contract: Contract,
  names: () => NamedPlace | undefined,
): Promise<Looked> {
  if (bytes === undefined || bytes.length === 0) return nothing;
  const head = type === undefined ? {} : { type: typeName(type) };
  const unread = (why: NonNullable<BodyRecord['unread']>, read?: Uint8Array): Looked => ({
    record: { ...head, unread: why, places: [] },
    shape: noShape,
    structured: undefined,
    bytes: read,
  });
  if (typeof bytes === 'string') return unread('too-large');
  const plain = await decoded(bytes, coding);
  if (typeof plain === 'string') return unread(plain);
  if (plain.length > maxTapped) return unread('too-large');
  const read = structured(type, plain);
  if ('unread' in read) return unread(read.unread, plain);
  const shape = shapeOf(read.value, names(), hash, inPaths(contract));
  return {
    record: { ...head, places: shape.places, ...(shape.cut ? { cut: true as const } : {}) },
    shape,
    structured: read,
    bytes: plain,
  };
}

/** The media type, without what is another one in each message. */
function typeName(type: string): string {
  return type
    .toLowerCase()
    .replace(/;\s*boundary=(?:"[^"]*"|[^;]*)/, '')
    .slice(0, 200)
    .trim();
}

function joined(chunks: readonly Uint8Array[] | undefined): Uint8Array | 'too-large' {
  if (chunks === undefined) return 'too-large';
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

/** What `enforce` would have refused, and changed. */
function refusalsOf({ observed, changes }: Collected): RefusalRecord[] {
  const refusals = observed.map(({ stage, refusal: { type, reason } }) => ({
    stage,
    type,
    ...(reason === undefined ? {} : { reason }),
  }));
  const changed = changes.map(({ reason }) => ({ stage: 'release', type: 'response-changed', reason }));
  const all = [...refusals, ...changed];
  return all.filter((one, index) => all.findIndex((other) => same(one, other)) === index);
}

function same(one: RefusalRecord, other: RefusalRecord): boolean {
  return one.stage === other.stage && one.type === other.type && one.reason === other.reason;
}

/** Mismatches by place, each once. */
class Counted {
  readonly #found = new Map<string, { in: MismatchRecord['in']; at: string; keyword: string; n: number }>();

  add(mismatches: readonly Mismatch[], shape: Shape): void {
    for (const { in: where, pointer, keyword } of mismatches) this.#add(where, shape.placeOf(pointer), keyword, 1);
  }

  undocumented(where: 'request' | 'answer', body: BodyRecord | undefined): void {
    for (const { at, undocumented, types } of body?.places ?? []) {
      if (undocumented !== true || this.#found.has(`${where} ${at} undocumented-property`)) continue;
      // The same said by a closed schema.
      for (const keyword of ['additionalProperties', 'unevaluatedProperties', 'readOnly', 'writeOnly'])
        this.#found.delete(`${where} ${at} ${keyword}`);
      this.#add(
        where,
        at,
        'undocumented-property',
        Object.values(types).reduce((sum, n) => sum + n, 0),
      );
    }
  }

  #add(where: MismatchRecord['in'], at: string, keyword: string, n: number): void {
    const key = `${where} ${at} ${keyword}`;
    const before = this.#found.get(key);
    if (before !== undefined) before.n += n;
    else if (this.#found.size < maxMismatches) this.#found.set(key, { in: where, at: at.slice(0, 500), keyword, n });
  }

  get list(): readonly MismatchRecord[] {
    return [...this.#found.values()];
  }
}
