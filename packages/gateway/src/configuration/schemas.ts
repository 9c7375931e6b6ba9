import { describeKeys } from '@castellan/contract';
import type { JsonSchema } from '@castellan/guard/configuration';
import { gatewayOptionsReader } from './read-options.ts';
import { gatewayWords } from './words.ts';

/** The JSON Schema of the options of a gateway: `schemas/gateway-options.json` is this. */
export function gatewayOptionsSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:gateway-options',
    title: 'Castellan gateway options',
    description: 'How a gateway is set up. References are read within authentication only.',
    ...describeKeys(gatewayOptionsReader.schema, '', (path) => gatewayWords[path]?.description),
  };
}
