import { isJson, parseMediaType } from '../bodies/media-type.ts';
import { isSequence } from '../bodies/sequence.ts';
import type { Direction } from '../compiled.ts';
import type { Contract, MediaType, Operation, Parameter, ParameterPlace, Schema } from '../model.ts';
import { compilerOf } from '../schema/compiler.ts';
import { Names } from './names.ts';
import { listType, propertyName, SchemaTypes, union } from './schema-type.ts';

/**
 * Writes the TypeScript types of a contract: an interface `Operations` with the parameters, body and responses of each
 * operation as handlers behind a guard see them, and a type for every schema that is referred to.
 *
 * @returns the text of a module that imports nothing
 * @example
 * writeFileSync('operations.ts', generateTypes(await loadContract('openapi.yaml')));
 */
export function generateTypes(contract: Contract): string {
  const writer = new OperationTypes(contract);
  const operations = contract.operations.map((operation) => writer.operation(operation));
  const { declarations, final } = writer.names.settle();
  const body = [
    `export interface Operations {\n${operations.map(final).join('\n')}\n}`,
    ...declarations.map(([name, type]) => `export type ${name} = ${type};`),
  ].join('\n\n');
  const lines = [
    `// Made by castellan types from ${`${contract.title} ${contract.version}`.replaceAll(/[\s\p{Cc}]+/gu, ' ')}. Make it again when the document changes.`,
    ...(body.includes('UploadedFile') ? [uploadedFile] : []),
    body,
  ];
  return `${lines.join('\n\n')}\n`;
}

const uploadedFile = `/** A file in a multipart body. */
export interface UploadedFile {
  readonly filename: string | undefined;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}`;

const places: readonly ParameterPlace[] = ['path', 'query', 'header', 'cookie'];

class OperationTypes {
  readonly names = new Names(['Operations', 'UploadedFile', 'Record', 'Uint8Array']);
  readonly #contract: Contract;
  readonly #types: Readonly<Record<Direction, SchemaTypes>>;

  constructor(contract: Contract) {
    this.#contract = contract;
    this.#types = {
      request: new SchemaTypes(contract, 'request', this.names),
      response: new SchemaTypes(contract, 'response', this.names),
    };
  }

  operation(operation: Operation): string {
    const parameters = places.map((place) => `${place}: ${this.#parameters(operation.parameters, place)}`);
    const responses = operation.responses.map(
      ({ status, content }) =>
        `${/^\d+$/.test(status) ? status : JSON.stringify(status)}: ${
          content.length === 0 ? 'undefined' : union(content.map((media) => this.#content(media, 'response')))
        }`,
    );
    return `  /** ${operation.method} ${comment(operation.path)} */
  ${propertyName(operation.operationId)}: {
    parameters: { ${parameters.join('; ')} };
    body: ${this.#body(operation)};
    responses: { ${responses.join('; ')} };
  };`;
  }

  #parameters(parameters: readonly Parameter[], place: ParameterPlace): string {
    const members = parameters
      .filter((parameter) => parameter.in === place)
      .map((parameter) => {
        const schema = parameter.schema ?? parameter.content?.schema;
        const there = parameter.required || hasDefault(this.#contract, schema);
        const name = place === 'header' ? parameter.name.toLowerCase() : parameter.name;
        return `${propertyName(name)}${there ? '' : '?'}: ${schema === undefined ? 'unknown' : this.#schema(schema, 'request')}`;
      });
    return members.length === 0 ? 'Record<never, never>' : `{ ${members.join('; ')} }`;
  }

  #body({ body }: Operation): string {
    if (body === undefined) return 'undefined';
    const content = body.content.map((media) => this.#content(media, 'request'));
    return union(body.required ? content : [...content, 'undefined']);
  }

  /** What a body of a media type is to a handler. */
  #content(media: MediaType, direction: Direction): string {
    const essence = parseMediaType(media.type)?.essence ?? '';
    if (isSequence(essence))
      return listType(media.itemSchema === undefined ? 'unknown' : this.#schema(media.itemSchema, direction));
    if (essence.startsWith('multipart/'))
      return media.schema === undefined
        ? 'Record<string, unknown>'
        : this.#schema(media.schema, direction).replaceAll('Uint8Array', 'UploadedFile');
    if (isJson(essence) || essence === 'application/x-www-form-urlencoded' || essence.includes('*'))
      return media.schema === undefined ? 'unknown' : this.#schema(media.schema, direction);
    if (essence.startsWith('text/') || essence.endsWith('xml')) return 'string';
    return 'Uint8Array';
  }

  #schema(schema: Schema, direction: Direction): string {
    return this.#types[direction].of(compilerOf(this.#contract.references, { direction }).nodes.at(schema));
  }
}

function hasDefault(contract: Contract, schema: Schema | undefined): boolean {
  if (schema === undefined || typeof schema.raw === 'boolean') return false;
  const reference = schema.raw['$ref'];
  if (typeof reference !== 'string') return schema.raw['default'] !== undefined;
  try {
    const { value } = contract.references.resolve(schema.location, reference);
    return typeof value === 'object' && value !== null && 'default' in value;
  } catch {
    // A reference that leads nowhere is said where the schema itself is compiled.
    return false;
  }
}

function comment(text: string): string {
  return text.replaceAll('*/', '*\\/').replaceAll(/\s+/g, ' ');
}
