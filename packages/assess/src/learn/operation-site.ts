import { bestMediaType, parseMediaType, type Contract, type Operation } from '@castellan/contract';
import { pointerOf, tokens, type Editor } from './editor.ts';
import type { Speech } from './infer.ts';
import { resolved } from './sites.ts';

/** Where an operation and its parts stand in the document that is edited. */
export class OperationSite {
  readonly pointer: string;
  readonly speech: Speech;
  readonly #editor: Editor;

  constructor(editor: Editor, pointer: string, speech: Speech) {
    this.#editor = editor;
    this.pointer = pointer;
    this.speech = speech;
  }

  /** The parameter of this name, where it is written: at the operation, its path item, or where a reference leads. */
  parameter(place: string, name: string): string | undefined {
    const item = pointerOf(tokens(this.pointer).slice(0, -1));
    for (const list of [`${this.pointer}/parameters`, `${item}/parameters`]) {
      const all = this.#editor.get(list);
      if (!Array.isArray(all)) continue;
      for (const index of all.keys()) {
        const at = resolved(this.#editor, `${list}/${index}`);
        const found = this.#editor.get(at) as { readonly in?: unknown; readonly name?: unknown } | undefined;
        const same =
          place === 'header' ? String(found?.name).toLowerCase() === name.toLowerCase() : found?.name === name;
        if (found?.in === place && same) return at;
      }
    }
    return undefined;
  }

  /** The schema of a parameter. */
  parameterSchema(parameter: string): string | undefined {
    if (this.speech === 'swagger') return parameter;
    if (this.#editor.has(`${parameter}/schema`)) return `${parameter}/schema`;
    const content = this.#editor.get(`${parameter}/content`);
    const [type] = Object.keys((content as object | undefined) ?? {});
    return type === undefined ? undefined : `${parameter}${pointerOf(['content', type, 'schema'])}`;
  }

  /** The request body; undefined where none is documented. */
  get body(): string | undefined {
    if (this.speech === 'swagger') {
      const all = this.#editor.get(`${this.pointer}/parameters`);
      if (!Array.isArray(all)) return undefined;
      return all
        .map((_, index) => resolved(this.#editor, `${this.pointer}/parameters/${index}`))
        .find((at) => (this.#editor.get(at) as { readonly in?: unknown } | undefined)?.in === 'body');
    }
    const at = resolved(this.#editor, `${this.pointer}/requestBody`);
    return this.#editor.has(at) ? at : undefined;
  }

  /** The schema of request bodies of a media type. */
  requestSchema(type: string): string | undefined {
    const { body } = this;
    if (body === undefined) return undefined;
    return this.speech === 'swagger' ? `${body}/schema` : this.#schemaIn(`${body}/content`, type);
  }

  /** The documented response that a status has. */
  response(status: number): string | undefined {
    const all = `${this.pointer}/responses`;
    const names = Object.keys((this.#editor.get(all) as object | undefined) ?? {});
    const range = `${Math.floor(status / 100)}XX`;
    const name =
      names.find((one) => one === String(status)) ??
      names.find((one) => one.toUpperCase() === range) ??
      (status === 206 ? names.find((one) => one === '200') : undefined) ??
      names.find((one) => one === 'default');
    return name === undefined ? undefined : resolved(this.#editor, `${all}${pointerOf([name])}`);
  }

  /** The schema of answers of a status and media type. */
  answerSchema(status: number, type: string): string | undefined {
    const response = this.response(status);
    if (response === undefined) return undefined;
    return this.speech === 'swagger' ? `${response}/schema` : this.#schemaIn(`${response}/content`, type);
  }

  /** The media types of 2.0, which stand beside the bodies. */
  addSwaggerType(list: 'consumes' | 'produces', type: string): void {
    const own = this.#editor.get(`${this.pointer}/${list}`);
    const all = Array.isArray(own)
      ? own
      : ((this.#editor.get(`/${list}`) as unknown[] | undefined) ?? ['application/json']);
    if (all.includes(type)) return;
    if (Array.isArray(own)) this.#editor.append(`${this.pointer}/${list}`, type);
    else this.#editor.set(`${this.pointer}/${list}`, [...all, type]);
  }

  #schemaIn(content: string, type: string): string | undefined {
    const names = Object.keys((this.#editor.get(content) as object | undefined) ?? {});
    const name = parseMediaType(type);
    const offers = names.map((key) => ({ key, name: parseMediaType(key.toLowerCase()) }));
    const found = name === undefined ? offers[0] : bestMediaType(offers, name);
    return found === undefined ? undefined : `${content}${pointerOf([found.key, 'schema'])}`;
  }
}

/** The site of a documented operation; undefined where it stands in another file than the document itself. */
export function siteOf(editor: Editor, contract: Contract, operation: Operation): OperationSite | undefined {
  const { document, pointer } = operation.location;
  if (document !== contract.documents[0] || !editor.has(pointer)) return undefined;
  return new OperationSite(editor, pointer, speechOf(contract));
}

export function speechOf(contract: Contract): Speech {
  if (contract.openapi.startsWith('2.')) return 'swagger';
  return contract.dialect === '2020-12' ? '2020-12' : 'openapi-3.0';
}
