import {
  compileBody,
  compileParameters,
  compileSchema,
  compileUndocumented,
  isJson,
  type CompiledBody,
  type CompiledSchema,
  type Contract,
  type DecodeParameters,
  type MediaType,
  type Operation,
  type Response,
  type Undocumented,
} from '@castellan/contract';
import type { Answer, Outgoing } from './target.ts';

interface OfRequest {
  readonly parameters: DecodeParameters;
  readonly body: CompiledBody | undefined;
}
interface OfAnswer {
  readonly schema: CompiledSchema;
  readonly undocumented: Undocumented;
}

/** What the document says of requests and answers, compiled when first asked. */
export class Documented {
  readonly #contract: Contract;
  readonly #requests = new Map<Operation, OfRequest>();
  readonly #answers = new Map<MediaType, OfAnswer>();

  constructor(contract: Contract) {
    this.#contract = contract;
  }

  /** Whether the document allows a request: what attacks validation must be wrong by it, what is honest must be right. */
  allows(operation: Operation, { target, captures, fields, body }: Outgoing): boolean {
    let compiled = this.#requests.get(operation);
    if (compiled === undefined) {
      compiled = {
        parameters: compileParameters(this.#contract, operation),
        body: compileBody(this.#contract, operation),
      };
      this.#requests.set(operation, compiled);
    }
    const question = target.indexOf('?');
    const query = question === -1 ? '' : target.slice(question + 1);
    if ('issues' in compiled.parameters({ path: captures, query, rawHeaders: fields.flat() })) return false;
    if (operation.body === undefined) return body === undefined;
    if (body === undefined) return !operation.body.required;
    return compiled.body === undefined || 'value' in compiled.body.decode(body.type, Buffer.from(body.text));
  }

  /**
   * What of an answer is not as documented.
   * @returns undefined where the document says nothing of such an answer's body, or it is no JSON
   */
  wrongIn(operation: Operation, answer: Answer): readonly string[] | undefined {
    const response = responseFor(operation, answer.status);
    if (response === undefined) return [`status ${answer.status} is not documented`];
    if (response.content.length === 0)
      return answer.text === '' ? [] : [`status ${answer.status} is documented without a body, and has one`];
    if (answer.json === undefined) return undefined;
    const media = response.content.find(({ type }) => isJson(type));
    if (media === undefined) return ['JSON is not documented'];
    if (media.schema === undefined) return undefined;
    let compiled = this.#answers.get(media);
    if (compiled === undefined) {
      const { schema } = media;
      compiled = {
        schema: compileSchema(this.#contract, schema, { direction: 'response' }),
        undocumented: compileUndocumented(this.#contract, schema, 'response'),
      };
      this.#answers.set(media, compiled);
    }
    const wrong = compiled.schema
      .explain(answer.json, 3)
      .map(({ pointer, message }) => `${placeOf(pointer)} ${message}`);
    const more = compiled.undocumented.find(answer.json, 5).map((pointer) => `${placeOf(pointer)} is not documented`);
    return [...new Set([...more, ...wrong])].slice(0, 5);
  }
}

/** A place without the numbers of list items: what is wrong with each is one thing. */
function placeOf(pointer: string): string {
  return pointer === '' ? 'the body' : pointer.slice(0, 200).replaceAll(/\/\d+(?=\/|$)/g, '/*');
}

function responseFor({ responses }: Operation, status: number): Response | undefined {
  return (
    responses.find((one) => one.status === String(status)) ??
    responses.find((one) => one.status.toUpperCase() === `${Math.floor(status / 100)}XX`) ??
    responses.find((one) => one.status === 'default')
  );
}
