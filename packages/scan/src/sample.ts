import type { Contract, MediaType, Parameter, Schema } from '@castellan/contract';
import { sample } from 'openapi-sampler';

type Json = Readonly<Record<string, unknown>>;

/**
 * A value that a schema takes: an example of the document where there is one, otherwise one that is made.
 * @returns undefined where none can be made
 */
export function valueOf(contract: Contract, schema: Schema | undefined): unknown {
  if (schema === undefined || typeof schema.raw === 'boolean') return undefined;
  try {
    return sample(schema.raw as never, { skipReadOnly: true, quiet: true }, contract.document);
  } catch {
    return undefined;
  }
}

/** The same for a parameter, whose own `example` and `examples` come first. */
export function parameterValueOf(contract: Contract, { location, schema, content }: Parameter): unknown {
  return exampleAt(contract.at(location)) ?? valueOf(contract, content?.schema ?? schema);
}

/** The same for a body. */
export function bodyValueOf(contract: Contract, { location, schema }: MediaType): unknown {
  return exampleAt(contract.at(location)) ?? valueOf(contract, schema);
}

function exampleAt(written: unknown): unknown {
  if (typeof written !== 'object' || written === null) return undefined;
  const { example, examples } = written as Json;
  if (example !== undefined) return example;
  if (typeof examples !== 'object' || examples === null) return undefined;
  for (const one of Object.values(examples as Json))
    if (typeof one === 'object' && one !== null && 'value' in one) return one.value;
  return undefined;
}
