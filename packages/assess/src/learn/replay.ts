import { compileNames, compileSchema, isJson, type Contract, type Operation, type Schema } from '@castellan/contract';
import type { BodyRecord, ExchangeRecord, MismatchRecord } from '@castellan/guard/learn';
import { mediaOfAnswer, mediaOfRequest, responseOf } from './documented.ts';
import { Editor } from './editor.ts';
import { isLetThrough } from './edits/leniency.ts';
import { parentOf } from './look.ts';
import { representativeOf } from './representative.ts';
import { structural } from './structural.ts';
import { holdersAt, layersOf } from './sites.ts';

/** What would still be refused or changed of an exchange, by a contract that may be another than the one of the record. */
export interface Remaining extends Pick<MismatchRecord, 'in' | 'at' | 'keyword'> {
  /** Whether the answer only loses a part, or all is refused. */
  readonly changed: boolean;
}

/** Keywords that a representative of the shape decides. */
const shaped = new Set(['required', 'additionalProperties', 'unevaluatedProperties', 'anyOf', 'oneOf']);

/** Keywords whose mismatch ends the look at what is below. */
const masking = new Set(['type', 'oneOf', 'anyOf', 'undocumented-media-type']);

/** Decides again about recorded exchanges. */
export class Replay {
  readonly #contract: Contract;
  readonly #editor: Editor;

  constructor(contract: Contract) {
    this.#contract = contract;
    this.#editor = new Editor(contract.document);
  }

  /** @param operation of this contract; undefined where it documents none for the exchange */
  remaining(record: ExchangeRecord, operation: Operation | undefined): Remaining[] {
    if (operation === undefined) return [{ in: 'request', at: '', keyword: 'undocumented-operation', changed: false }];
    if (record.operation === undefined) return [];
    return record.mismatches
      .filter((mismatch) => this.#remains(record, operation, mismatch))
      .map((mismatch) => ({
        in: mismatch.in,
        at: mismatch.at,
        keyword: mismatch.keyword,
        changed: mismatch.in === 'answer' && (mismatch.keyword === 'undocumented-property' || record.status >= 400),
      }));
  }

  /**
   * What only shows where what was wrong at a place before is right now: of a list where one object was documented, the names
   * in its items.
   */
  masked(record: ExchangeRecord, operation: Operation | undefined): Remaining[] {
    if (operation === undefined || record.operation === undefined) return [];
    const roots = record.mismatches.filter(({ in: where, keyword }) => where !== 'parameters' && masking.has(keyword));
    return roots.flatMap(({ in: where, at }) => {
      const body = where === 'request' ? record.request : record.answer;
      const media =
        where === 'request'
          ? mediaOfRequest(operation, body?.type)
          : mediaOfAnswer(operation, record.status, body?.type);
      if (body === undefined || body.places.length === 0 || media?.schema === undefined) return [];
      const direction = where === 'request' ? 'request' : 'response';
      return structural(this.#contract, media.schema, direction, body, at)
        .filter(
          ({ at: found, keyword }) =>
            !record.mismatches.some((one) => one.in === where && one.at === found && one.keyword === keyword),
        )
        .map((found) => ({
          ...found,
          in: where,
          changed: where === 'answer' && (found.keyword === 'undocumented-property' || record.status >= 400),
        }));
    });
  }

  #remains(record: ExchangeRecord, operation: Operation, { in: where, at, keyword }: MismatchRecord): boolean {
    // A format that does not hold in an answer is noted, and the answer leaves.
    if (where === 'answer' && keyword === 'format' && this.#contract.castellan.profile !== 'bank') return false;
    if (isLetThrough(this.#contract, operation, keyword, formsAt(record, where, at))) return false;
    if (where === 'parameters') return this.#parameterRemains(operation, at, keyword);
    if (keyword === 'undocumented-body') return operation.body === undefined;
    if (keyword === 'missing-body') return operation.body?.required === true;
    const response = responseOf(operation, record.status);
    if (keyword === 'undocumented-status') return response === undefined;
    if (keyword === 'header-field')
      return (
        response?.headers.some(({ name, required, schema }) => {
          const same = name.toLowerCase() === (at.split('/')[2] ?? '').toLowerCase();
          return same && (required || !isAnyText(schema));
        }) === true
      );
    if (keyword === 'empty-body')
      return (
        response === undefined ||
        (response.content.length > 0 &&
          response.content.every(({ type, schema }) => isJson(type) && schema !== undefined))
      );
    const body = where === 'request' ? record.request : record.answer;
    if (body === undefined) return true;
    const media =
      where === 'request' ? mediaOfRequest(operation, body.type) : mediaOfAnswer(operation, record.status, body.type);
    if (keyword === 'undocumented-media-type') return media === undefined;
    if (media?.schema === undefined) return false;
    return this.#valueRemains(body, media.schema, where, at, keyword);
  }

  #valueRemains(body: BodyRecord, schema: Schema, where: 'request' | 'answer', at: string, keyword: string): boolean {
    const direction = where === 'request' ? 'request' : 'response';
    if (keyword === 'type') {
      const types = Object.keys(body.places.find((place) => place.at === at)?.types ?? {});
      return types.some((type) => this.#hasIssue(body, schema, direction, at, keyword, type));
    }
    const { value, pointers } = representativeOf(body.places);
    const pointer = pointers.get(at);
    if (keyword === 'undocumented-property') {
      const root = compileNames(this.#contract, schema, direction)();
      return isUndocumented(root, value, (pointer ?? at).slice(1).split('/'));
    }
    if (shaped.has(keyword)) return this.#hasIssue(body, schema, direction, at, keyword, undefined);
    if (schema.location.document !== this.#contract.documents[0]) return true;
    return holdersAt(this.#editor, schema.location.pointer, at).some((holder) =>
      layersOf(this.#editor, holder).some(({ raw }) => raw[keyword] !== undefined && raw[keyword] !== false),
    );
  }

  #hasIssue(
    body: BodyRecord,
    schema: Schema,
    direction: 'request' | 'response',
    at: string,
    keyword: string,
    type: string | undefined,
  ): boolean {
    const { value, pointers } = representativeOf(body.places, type === undefined ? undefined : { at, type });
    const [parent, token] = parentOf(at);
    const above = pointers.get(parent) ?? parent.replaceAll('/*', '/0').replaceAll('/{}', '/key');
    const pointer = at === '' ? '' : (pointers.get(at) ?? `${above}/${token}`);
    return compileSchema(this.#contract, schema, { direction })
      .explain(value, 100)
      .some((issue) => issue.keyword === keyword && issue.pointer === pointer);
  }

  #parameterRemains(operation: Operation, at: string, keyword: string): boolean {
    const [, place, name, ...rest] = at.split('/');
    const parameter = operation.parameters.find(
      (one) =>
        one.in === place &&
        (place === 'header' ? one.name.toLowerCase() : one.name) === name?.replaceAll('~1', '/').replaceAll('~0', '~'),
    );
    if (keyword === 'undocumented-parameter') return parameter === undefined;
    if (parameter === undefined) return true;
    if (keyword === 'required') return parameter.required;
    const { schema } = parameter;
    if (schema === undefined) return false;
    if (schema.location.document !== this.#contract.documents[0]) return true;
    const below = rest.map((token) => `/${token}`).join('');
    const layers = holdersAt(this.#editor, schema.location.pointer, below).flatMap((holder) =>
      layersOf(this.#editor, holder).map(({ raw }) => raw),
    );
    const types = layers.flatMap(({ type }) => (type === undefined ? [] : [[type].flat()]));
    if (keyword === 'duplicate-parameter') return !(parameter.explode && types.flat().includes('array'));
    // What comes is text: it is of the type where one of those that are named takes it as it is.
    if (keyword === 'type') return types.some((some) => !some.includes('string'));
    return layers.some((raw) => raw[keyword] !== undefined && raw[keyword] !== false);
  }
}

/** Forms of the texts at a place of what was sent. */
function formsAt(record: ExchangeRecord, where: MismatchRecord['in'], at: string): readonly string[] {
  if (where === 'answer') return [];
  const [, place, name] = at.split('/');
  const looks =
    where === 'request'
      ? (record.request?.places ?? []).filter((one) => one.at === at)
      : record.parameters.filter((one) => one.in === place && one.name === name);
  return looks.flatMap(({ forms }) => Object.keys(forms ?? {}));
}

function isAnyText(schema: Schema | undefined): boolean {
  if (schema === undefined || typeof schema.raw === 'boolean') return schema === undefined || schema.raw === true;
  return schema.raw['type'] === undefined || typesIn(schema).includes('string');
}

function typesIn(schema: Schema | undefined): readonly unknown[] {
  const type = typeof schema?.raw === 'object' ? schema.raw['type'] : undefined;
  return Array.isArray(type) ? type : [type];
}

function isUndocumented(
  place: ReturnType<ReturnType<typeof compileNames>>,
  value: unknown,
  tokens: readonly string[],
): boolean {
  const [token, ...rest] = tokens;
  if (place === undefined || token === undefined || typeof value !== 'object' || value === null) return false;
  const named = place.of(value);
  if (Array.isArray(value)) return isUndocumented(named.item(Number(token)), value[Number(token)], rest);
  const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
  const { naming, below } = named.property(name);
  if (naming === 'undocumented') return true;
  return isUndocumented(below, (value as Readonly<Record<string, unknown>>)[name], rest);
}
