import type { BodyDecoder } from './decoders.ts';

/** The reader of YAML bodies; its parser is loaded only by who asks for it. */
export async function yamlDecoder(): Promise<BodyDecoder> {
  return (await import('./yaml-body.ts')).decodeYaml;
}
