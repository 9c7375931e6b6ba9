/**
 * Digests of the bytes that did not leave (RFC 9530, RFC 3230, RFC 1864), their coding, that parts of them can be asked for, and
 * what was to follow them.
 */
const digests = ['content-digest', 'repr-digest', 'digest', 'content-md5'] as const;
const stale = ['content-encoding', ...digests, 'accept-ranges', 'trailer'] as const;

/** Header fields of an answer, in any server. */
interface FieldsOfAnswer {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  delete(name: string): void;
}

/**
 * Makes the header fields of an answer fit a body that the guard put in the place of the handler's. What was said of the
 * handler's bytes goes. A strong validator becomes a weak one: it is of other bytes, of the same state (RFC 9110 section
 * 8.8.1); that of an error is of nothing that is sent.
 */
export function fitReplacement(fields: FieldsOfAnswer, status: number): void {
  for (const name of stale) fields.delete(name);
  const etag = fields.get('etag')?.trim();
  if (etag === undefined) return;
  if (status >= 400 || !/^(?:W\/)?"[^"]*"$/.test(etag)) fields.delete('etag');
  else if (etag.startsWith('"')) fields.set('etag', `W/${etag}`);
}

/**
 * Makes the header fields of an answer to HEAD fit a body that GET may change: as {@link fitReplacement}, less what says
 * how the body is sent.
 */
export function weaken(fields: FieldsOfAnswer): void {
  for (const name of digests) fields.delete(name);
  const etag = fields.get('etag')?.trim();
  if (etag?.startsWith('"') === true) fields.set('etag', `W/${etag}`);
}
