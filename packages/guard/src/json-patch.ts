/** Whether a body is a JSON Patch (RFC 6902), by its media type. */
export function isJsonPatch(mediaType: string): boolean {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase() === 'application/json-patch+json';
}
