import { loadContract, type Contract } from '@castellan/contract';
import type { ContractExample } from './rule.ts';

/** An example as a whole document: where it has no heading, the shortest that is valid is put before it. */
export function exampleText(example: string | ContractExample): string {
  const text = typeof example === 'string' ? example : example.document;
  return /^(?:openapi|swagger):/m.test(text)
    ? text
    : `openapi: 3.1.0\ninfo: { title: Example, version: '1' }\n${text}\n`;
}

/**
 * Loads an example as a file called `example.yaml`, which stands in memory only, as what it refers to on the network does.
 * @param overlays Overlay documents that are applied to it
 */
export async function loadExample(
  example: string | ContractExample,
  overlays: readonly object[] = [],
): Promise<Contract> {
  const bytes = new TextEncoder().encode(exampleText(example));
  const network: Readonly<Record<string, string>> = typeof example === 'string' ? {} : (example.network ?? {});
  return loadContract('/example/example.yaml', {
    cwd: '/example',
    within: '/example',
    read: async () => bytes,
    allowUrls: Object.keys(network).length > 0,
    fetch: async (url) => {
      const text = network[String(url instanceof Request ? url.url : url)];
      return text === undefined ? new Response('', { status: 404 }) : new Response(text);
    },
    overlays,
  });
}
