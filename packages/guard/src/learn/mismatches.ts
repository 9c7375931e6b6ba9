import {
  compileBody,
  compileNames,
  compileParameters,
  compileResponseFields,
  compileSchema,
  isJson,
  parseMediaType,
  type Contract,
  type Issue,
  type MediaType,
  type NamedPlace,
  type Operation,
} from '@castellan/contract';
import { bestMediaType } from '@castellan/contract';
import { mediaTypeFor, responseFor } from '../stages/release.ts';
import type { MismatchRecord } from './record.ts';

/** A mismatch where it was found: a JSON Pointer, before it is written as a place. */
export interface Mismatch {
  readonly in: MismatchRecord['in'];
  readonly pointer: string;
  readonly keyword: string;
}

const most = 20;

/** Holds exchanges of one operation against the contract, all of each and not only up to the first mismatch. */
export class Judge {
  readonly #contract: Contract;
  readonly #operation: Operation;
  readonly #decode: ReturnType<typeof compileParameters>;
  readonly #body: ReturnType<typeof compileBody>;
  readonly #names = new Map<MediaType, () => NamedPlace | undefined>();

  /** @param maxBody bytes */
  constructor(contract: Contract, operation: Operation, maxBody: number) {
    this.#contract = contract;
    this.#operation = operation;
    this.#decode = compileParameters(contract, operation);
    this.#body = compileBody(contract, operation, { maxBytes: operation.castellan.maxBody ?? maxBody });
  }

  parameters(path: readonly string[], query: string, rawHeaders: readonly string[]): readonly Mismatch[] {
    const decoded = this.#decode({ path, query, rawHeaders });
    return 'issues' in decoded ? found('parameters', decoded.issues) : [];
  }

  /** @param bytes inflated; empty where there are none */
  request(contentType: string | undefined, bytes: Uint8Array): readonly Mismatch[] {
    if (this.#body === undefined)
      return bytes.length === 0 ? [] : [{ in: 'request', pointer: '', keyword: 'undocumented-body' }];
    if (bytes.length === 0) return this.#body.required ? [{ in: 'request', pointer: '', keyword: 'missing-body' }] : [];
    const decoded = this.#body.decode(contentType, bytes);
    if ('unsupported' in decoded) return [{ in: 'request', pointer: '', keyword: 'undocumented-media-type' }];
    return 'issues' in decoded ? found('request', decoded.issues) : [];
  }

  /** What the names in a request body mean. */
  requestNames(contentType: string | undefined): NamedPlace | undefined {
    const name = contentType === undefined ? undefined : parseMediaType(contentType);
    if (name === undefined) return undefined;
    const offers = (this.#operation.body?.content ?? []).map((media) => ({ media, name: parseMediaType(media.type) }));
    const media = bestMediaType(offers, name)?.media;
    return media === undefined ? undefined : this.#namesOf(media, 'request');
  }

  /** What the names in an answer mean. */
  answerNames(status: number, contentType: string | undefined): NamedPlace | undefined {
    const response = responseFor(this.#operation, status);
    const media = response === undefined ? undefined : mediaTypeFor(response, contentType);
    return media === undefined ? undefined : this.#namesOf(media, 'response');
  }

  /** @param value of a JSON body, where it is one */
  answer(
    status: number,
    contentType: string | undefined,
    body: { readonly empty: boolean; readonly value?: unknown },
    fields: ReadonlyMap<string, string | number | readonly string[] | undefined> | undefined,
  ): readonly Mismatch[] {
    const wrong = (keyword: string): readonly Mismatch[] => [{ in: 'answer', pointer: '', keyword }];
    const response = responseFor(this.#operation, status);
    if (response === undefined) return status === 304 ? [] : wrong('undocumented-status');
    const headers =
      fields === undefined
        ? []
        : found(
            'answer',
            compileResponseFields(this.#contract, response.headers)?.({ getHeader: (name) => fields.get(name) }) ?? [],
          ).map((issue) => ({ ...issue, keyword: 'header-field' }));
    if (body.empty) return headers;
    const media = mediaTypeFor(response, contentType);
    if (media === undefined) return [...headers, ...wrong('undocumented-media-type')];
    if (!('value' in body) || media.schema === undefined) return headers;
    const type = parseMediaType(contentType ?? '')?.essence ?? '';
    if (!isJson(type)) return headers;
    const schema = compileSchema(this.#contract, media.schema, { direction: 'response' });
    if (schema.check(body.value)) return headers;
    const issues = found('answer', schema.explain(body.value, most));
    if (this.#contract.castellan.profile === 'bank') return [...headers, ...issues];
    // Where nothing but formats is wrong, which is only noted, a composition says it at its own place.
    const loose = compileSchema(this.#contract, media.schema, { direction: 'response', formats: false });
    if (loose.check(body.value)) return [...headers, ...issues.map((issue) => ({ ...issue, keyword: 'format' }))];
    return [...headers, ...issues];
  }

  #namesOf(media: MediaType, direction: 'request' | 'response'): NamedPlace | undefined {
    const { schema } = media;
    if (schema === undefined) return undefined;
    let names = this.#names.get(media);
    if (names === undefined) this.#names.set(media, (names = compileNames(this.#contract, schema, direction)));
    return names();
  }
}

function found(where: Mismatch['in'], issues: readonly Issue[]): Mismatch[] {
  return issues.slice(0, most).map(({ pointer, keyword }) => ({ in: where, pointer, keyword }));
}
