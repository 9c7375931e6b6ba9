import { generate } from 'json-schema-faker';
import { sample } from 'openapi-sampler';

type Json = Readonly<Record<string, unknown>>;

/** A value, and whose it is. */
export interface Made {
  readonly by: 'openapi-sampler' | 'json-schema-faker' | 'the document';
  readonly value: unknown;
}

/** Values of one media type, as others make them: two generators, and the document's own examples. */
export async function valuesOf(
  document: Json,
  media: Json,
  direction: 'request' | 'response',
  seed: number,
): Promise<Made[]> {
  const made: Made[] = [];
  const { schema } = media;
  if (media['example'] !== undefined) made.push({ by: 'the document', value: media['example'] });
  for (const example of Object.values((media['examples'] ?? {}) as Json))
    if (typeof example === 'object' && example !== null && 'value' in example)
      made.push({ by: 'the document', value: example.value });
  for (const skipNonRequired of [false, true]) {
    try {
      const options = {
        skipReadOnly: direction === 'request',
        skipWriteOnly: direction === 'response',
        skipNonRequired,
        quiet: true,
      };
      made.push({ by: 'openapi-sampler', value: sample(schema as never, options, document) });
    } catch {
      // It cannot: another one may.
    }
  }
  try {
    const root = { ...(schema as object), components: document['components'] };
    made.push({
      by: 'json-schema-faker',
      value: await generate(root as never, { seed, maxItems: 2, refDepthMax: 2, refDepthMin: 1 } as never),
    });
  } catch {
    // The same.
  }
  return made;
}
