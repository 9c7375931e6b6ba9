import type {
  Body,
  CastellanOperation,
  Contract,
  HttpMethod,
  Located,
  Location,
  Operation,
  OperationResource,
  Parameter,
  Response,
  SecurityRequirement,
  Server,
} from '../model.ts';
import { child, items } from '../load/pointer.ts';
import { readBody, readResponses } from './bodies.ts';
import { collectParameters, matchTemplate, readParameter, type RawParameter } from './parameters.ts';
import { text, type Reading } from './reading.ts';
import { swaggerBody, swaggerParameter, swaggerResponses } from './swagger.ts';

/** What is settled about an operation when the document is loaded. */
export interface OperationFacts {
  readonly operationId: string;
  readonly operationIdDeclared: boolean;
  readonly method: HttpMethod;
  readonly path: string;
  readonly servers: readonly Server[] | undefined;
  readonly security: readonly SecurityRequirement[];
  readonly securityFrom: Operation['securityFrom'];
  readonly castellan: CastellanOperation;
  /** The path item and, where that is a `$ref` too, what it refers to. */
  readonly pathItems: readonly Located[];
  readonly node: Located;
}

/** An operation whose parts are read when first asked for: a document of a thousand operations is mostly never asked. */
export class DocumentedOperation implements Operation {
  readonly operationId: string;
  readonly operationIdDeclared: boolean;
  readonly method: HttpMethod;
  readonly path: string;
  readonly servers: readonly Server[] | undefined;
  readonly security: readonly SecurityRequirement[];
  readonly securityFrom: Operation['securityFrom'];
  readonly castellan: CastellanOperation;
  readonly #reading: Reading;
  readonly #node: Located;
  readonly #pathItems: readonly Located[];
  readonly #resourceOf: (operation: Operation) => OperationResource | undefined;
  #raw: readonly RawParameter[] | undefined;
  #parameters: readonly Parameter[] | undefined;
  #body: { readonly body: Body | undefined } | undefined;
  #responses: readonly Response[] | undefined;
  #resource: { readonly resource: OperationResource | undefined } | undefined;

  constructor(
    reading: Reading,
    facts: OperationFacts,
    resourceOf: (operation: Operation) => OperationResource | undefined,
  ) {
    this.operationId = facts.operationId;
    this.operationIdDeclared = facts.operationIdDeclared;
    this.method = facts.method;
    this.path = facts.path;
    this.servers = facts.servers;
    this.security = facts.security;
    this.securityFrom = facts.securityFrom;
    this.castellan = facts.castellan;
    this.#reading = reading;
    this.#node = facts.node;
    this.#pathItems = facts.pathItems;
    this.#resourceOf = resourceOf;
  }

  get location(): Location {
    return this.#node.location;
  }

  get summary(): string | undefined {
    return text(child(this.#node, 'summary').value);
  }

  get description(): string | undefined {
    return text(child(this.#node, 'description').value);
  }

  get tags(): readonly string[] {
    return [...items(child(this.#node, 'tags'))].map((tag) => tag.value).filter((tag) => typeof tag === 'string');
  }

  get deprecated(): boolean {
    return child(this.#node, 'deprecated').value === true;
  }

  get parameters(): readonly Parameter[] {
    this.#parameters ??= this.#readParameters();
    return this.#parameters;
  }

  get body(): Body | undefined {
    this.#body ??= {
      body:
        this.#reading.version === '2.0'
          ? swaggerBody(this.#reading, this.#node, this.#rawParameters)
          : readBody(this.#reading, this.#node),
    };
    return this.#body.body;
  }

  get responses(): readonly Response[] {
    this.#responses ??=
      this.#reading.version === '2.0'
        ? swaggerResponses(this.#reading, this.#node)
        : readResponses(this.#reading, this.#node);
    return this.#responses;
  }

  get resource(): OperationResource | undefined {
    this.#resource ??= { resource: this.#resourceOf(this) };
    return this.#resource.resource;
  }

  get #rawParameters(): readonly RawParameter[] {
    this.#raw ??= collectParameters(this.#reading, this.#pathItems, this.#node);
    return this.#raw;
  }

  #readParameters(): readonly Parameter[] {
    const reading = this.#reading;
    const parameters: Parameter[] = [];
    for (const raw of this.#rawParameters) {
      if (reading.version === '2.0' && (raw.in === 'body' || raw.in === 'formData')) continue;
      const parameter = reading.parameters.of(raw.node, () =>
        reading.version === '2.0' ? swaggerParameter(reading, raw) : readParameter(reading, raw),
      );
      if (parameter !== undefined) parameters.push(parameter);
    }
    return matchTemplate(reading, this.path, this.#node, parameters);
  }
}

/** Reads everything of an operation, so that all that is tolerated in it is noted. */
export function readWhole(operation: Contract['operations'][number]): void {
  void operation.parameters;
  void operation.body;
  void operation.responses;
  void operation.resource;
}
