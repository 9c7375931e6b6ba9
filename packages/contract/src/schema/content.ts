import type { Compiler } from './compiler.ts';
import { base64, base64url } from './formats/identifiers.ts';
import type { SchemaNode } from './node.ts';

/** The check that `contentEncoding`, `contentMediaType` and `contentSchema` ask for together; undefined where they ask for nothing checkable. */
export function contentCheck(compiler: Compiler, node: SchemaNode): ((text: string) => boolean) | undefined {
  if (typeof node.raw === 'boolean' || node.resource.rules.dialect !== '2020-12') return undefined;
  const { contentEncoding: encoding, contentMediaType: mediaType, contentSchema: schema } = node.raw;
  const binary = typeof encoding === 'string' ? encoding.toLowerCase() : '';
  const json = typeof mediaType === 'string' && /^application\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(mediaType);
  const encoded = binary === 'base64' ? base64 : binary === 'base64url' ? base64url : undefined;
  if (encoded === undefined && !json) return undefined;
  const unit =
    json && schema !== undefined ? compiler.unit(compiler.nodes.child(node, schema, 'contentSchema')) : undefined;
  return (text) => {
    if (encoded !== undefined && !encoded(text)) return false;
    if (!json) return true;
    try {
      const value: unknown = JSON.parse(
        encoded === undefined
          ? text
          : Buffer.from(text, binary === 'base64url' ? 'base64url' : 'base64').toString('utf8'),
      );
      return unit === undefined || (unit.f ?? unit.compile())(value);
    } catch {
      // Not JSON, or deeper than the stack: either way it does not hold.
      return false;
    }
  };
}
