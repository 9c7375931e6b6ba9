import type {
  CastellanApi,
  Contract,
  Dialect,
  Located,
  Location,
  Operation,
  OperationResource,
  Resource,
  Schema,
  SecurityScheme,
  Server,
  Warning,
} from '../model.ts';
import type { Place } from '../error.ts';
import { refuseMisspelt } from '../extension/misspelt.ts';
import { readCastellanApi } from '../extension/read.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import type { References } from '../schema/references.ts';
import { readWhole } from './operation.ts';
import { checkLimits } from '../extension/check-limits.ts';
import { checkOperationExtensions } from '../extension/check-operations.ts';
import { findResources, resourceOfOperation, type FoundResources } from '../resources/find.ts';
import { checkCollisions } from './collisions.ts';
import { readOperations } from './operations.ts';
import { text, type Reading } from './reading.ts';
import { warnAboutSchemas } from './schema-warnings.ts';
import { warnAboutStructure } from './structure-warnings.ts';
import { readSecuritySchemes } from './security-schemes.ts';
import { readServers } from './servers.ts';

/** The model of a loaded document; its parts are read when first asked for, except what decides who may call. */
export class DocumentedContract implements Contract {
  readonly openapi: string;
  readonly title: string;
  readonly version: string;
  readonly digest: string;
  readonly file: string;
  readonly dialect: Dialect;
  readonly operations: readonly Operation[];
  readonly webhooks: readonly Operation[];
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>;
  readonly castellan: CastellanApi;
  readonly document: Readonly<Record<string, unknown>>;
  readonly documents: readonly string[];
  readonly references: References;
  readonly servers: readonly Server[];
  readonly extended: boolean;
  readonly #reading: Reading;
  readonly #roots: readonly Located[];
  #found: FoundResources | undefined;
  #schemas: ReadonlyMap<string, Schema> | undefined;
  #warnings: readonly Warning[] | undefined;

  constructor(
    reading: Reading,
    facts: {
      readonly openapi: string;
      readonly digest: string;
      readonly file: string;
      /** Their roots, the root document first. */
      readonly documents: readonly Located[];
      /** What they refer to in their extensions. */
      readonly hidden: readonly Located[];
      /** Whether any of them may hold `x-castellan`. */
      readonly extended: boolean;
    },
  ) {
    this.#reading = reading;
    this.document = reading.root.value as Readonly<Record<string, unknown>>;
    this.openapi = facts.openapi;
    this.digest = facts.digest;
    this.file = facts.file;
    this.documents = facts.documents.map((document) => document.location.document);
    this.#roots = [...facts.documents, ...facts.hidden];
    this.extended = facts.extended;
    this.dialect = reading.dialect;
    this.references = reading.references;
    const info = child(reading.root, 'info');
    this.title = text(child(info, 'title').value) ?? '';
    const version = child(info, 'version').value;
    this.version = typeof version === 'string' || typeof version === 'number' ? String(version) : '';
    refuseMisspelt(reading, reading.root);
    this.castellan = readCastellanApi(reading);
    this.servers = readServers(reading);
    const schemes = readSecuritySchemes(reading);
    this.securitySchemes = new Map(
      [...schemes].flatMap(([name, result]) => ('scheme' in result ? [[name, result.scheme] as const] : [])),
    );
    const ids = new Set<string>();
    const resourceOf = (operation: Operation): OperationResource | undefined =>
      resourceOfOperation(operation, this.#resources);
    this.operations = readOperations(reading, child(reading.root, 'paths'), schemes, resourceOf, ids);
    this.webhooks =
      reading.version === '3.1' || reading.version === '3.2'
        ? readOperations(reading, child(reading.root, 'webhooks'), schemes, resourceOf, ids)
        : [];
    checkOperationExtensions(reading, this.operations);
    checkLimits(reading, this.operations, this.castellan.rateLimit);
    checkCollisions(reading, this.operations, this.servers);
  }

  get schemas(): ReadonlyMap<string, Schema> {
    this.#schemas ??= this.#readSchemas();
    return this.#schemas;
  }

  get resources(): ReadonlyMap<string, Resource> {
    return this.#resources.resources;
  }

  get #resources(): FoundResources {
    this.#found ??= findResources(this.#reading, this.operations, this.#roots, this.extended);
    return this.#found;
  }

  get warnings(): readonly Warning[] {
    if (this.#warnings === undefined) {
      for (const operation of [...this.operations, ...this.webhooks]) readWhole(operation);
      warnAboutStructure(this.#reading);
      const formats = new Set<string>();
      for (const root of this.#roots) warnAboutSchemas(this.#reading, root, formats);
      this.#warnings = this.#reading.warnings;
    }
    return this.#warnings;
  }

  at(location: Location): unknown {
    return this.#reading.references.at(location);
  }

  resolve(from: Location, ref: string): Located {
    return this.#reading.resolve(from, ref);
  }

  place(location: Location): Place {
    return this.#reading.place(location);
  }

  #readSchemas(): ReadonlyMap<string, Schema> {
    const reading = this.#reading;
    const table =
      reading.version === '2.0'
        ? child(reading.root, 'definitions')
        : child(child(reading.root, 'components'), 'schemas');
    const schemas = new Map<string, Schema>();
    for (const [name, node] of entries(table)) {
      const schema = isObject(node.value) || typeof node.value === 'boolean' ? reading.schema(node) : undefined;
      if (schema !== undefined) schemas.set(name, schema);
    }
    return schemas;
  }
}
