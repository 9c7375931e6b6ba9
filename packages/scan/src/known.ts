import {
  compileResourceAccess,
  isJson,
  type Contract,
  type FoundResource,
  type Operation,
  type ResourceAccess,
} from '@castellan/contract';
import type { Call } from './call.ts';
import type { Answer } from './target.ts';

/** An object that an answer showed. */
export interface KnownObject {
  readonly type: string;
  readonly id: string;
  /** As it was shown last. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Values of path parameters with which it was reached: the project of a task. */
  readonly path: ReadonlyMap<string, unknown>;
  /** Who was shown it. */
  readonly shownTo: Set<string>;
}

/** An answer to an honest call. */
export interface Answered {
  readonly call: Call;
  readonly status: number;
  /** What of the answer is not as documented; undefined where the document says nothing of it. */
  readonly wrong: readonly string[] | undefined;
  readonly objects: readonly KnownObject[];
}

/** Objects kept of one type, and characters of an answer whose objects are kept whole. */
const most = 200;
const maxKept = 256 * 1024;

/** What honest calls showed: objects, whom they were shown to, and the calls that were answered. */
export class Known {
  readonly #contract: Contract;
  readonly #accesses = new Map<string, ResourceAccess | undefined>();
  readonly #objects = new Map<string, Map<string, KnownObject>>();
  readonly answered: Answered[] = [];

  constructor(contract: Contract) {
    this.#contract = contract;
  }

  /** Keeps what an answer showed. @returns whether it showed an object that nobody knew, or to somebody whom it was not shown to before */
  add(call: Call, answer: Answer, wrong: readonly string[] | undefined): boolean {
    const found: FoundResource[] = [];
    if (answer.json !== undefined)
      this.#accessTo(call.operation, answer.status)?.visit(answer.json, { resources: found, properties: [] });
    let isNew = false;
    const objects: KnownObject[] = [];
    const path = new Map([...call.values.parameters].filter(([key]) => key.startsWith('path/')));
    for (const { type, idName, value } of found) {
      const id = value[idName];
      if (typeof id !== 'string' && typeof id !== 'number') continue;
      const ofType = this.#objects.get(type) ?? new Map<string, KnownObject>();
      this.#objects.set(type, ofType);
      let object = ofType.get(String(id).slice(0, 512));
      if (object === undefined) {
        if (ofType.size >= most) continue;
        object = {
          type,
          id: String(id).slice(0, 512),
          value: answer.text.length > maxKept ? {} : value,
          path,
          shownTo: new Set(),
        };
        ofType.set(object.id, object);
        isNew = true;
      }
      objects.push(object);
      if (call.as !== undefined && !object.shownTo.has(call.as)) {
        object.shownTo.add(call.as);
        isNew = true;
      }
    }
    this.answered.push({ call, status: answer.status, wrong, objects });
    return isNew;
  }

  /** Objects of a type, those first that were shown to fewest. */
  ofType(type: string): readonly KnownObject[] {
    return [...(this.#objects.get(type)?.values() ?? [])].sort((a, b) => a.shownTo.size - b.shownTo.size);
  }

  /** Values for an operation that acts on an object. */
  valuesFor(operation: Operation, object: KnownObject): ReadonlyMap<string, unknown> {
    const values = new Map(object.path);
    const place = operation.resource?.id;
    if (place !== undefined) values.set(place.replace('.', '/'), object.id);
    return values;
  }

  /** Values of path parameters that name an object of another type, such as the project of a task. */
  parentsFor(operation: Operation, as: string): readonly ReadonlyMap<string, unknown>[] {
    const own = operation.resource?.id?.replace('.', '/');
    let all: ReadonlyMap<string, unknown>[] = [new Map()];
    for (const parameter of operation.parameters) {
      const key = `${parameter.in}/${parameter.name}`;
      if (parameter.in !== 'path' || key === own) continue;
      const objects = this.#namedBy(parameter.name)
        .filter(({ shownTo }) => shownTo.has(as))
        .slice(0, 3);
      if (objects.length === 0) continue;
      all = all
        .flatMap((values) => objects.map((object) => new Map([...object.path, ...values, [key, object.id]])))
        .slice(0, 6);
    }
    return all;
  }

  /** Objects of the type that a parameter is named after: `projectId`, `project_id` or `project` for `Project`. */
  #namedBy(parameter: string): readonly KnownObject[] {
    const plain = parameter.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    for (const [type] of this.#objects) {
      const name = type.toLowerCase();
      if (plain === name || plain === `${name}id` || plain === `${name}s`) return this.ofType(type);
    }
    return [];
  }

  #accessTo(operation: Operation, status: number): ResourceAccess | undefined {
    const key = `${operation.operationId} ${status}`;
    if (!this.#accesses.has(key)) {
      const response =
        operation.responses.find((one) => one.status === String(status)) ??
        operation.responses.find((one) => one.status.startsWith('2'));
      const schema = response?.content.find(({ type }) => isJson(type))?.schema;
      this.#accesses.set(
        key,
        schema === undefined ? undefined : compileResourceAccess(this.#contract, schema, 'response'),
      );
    }
    return this.#accesses.get(key);
  }
}
