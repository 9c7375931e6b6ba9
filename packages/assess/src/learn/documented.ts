import { bestMediaType, parseMediaType, type MediaType, type Operation, type Response } from '@castellan/contract';

/** The documented response for a status: exact, then the range, then `default` (OpenAPI 3.2 section 4.16). */
export function responseOf(operation: Operation, status: number): Response | undefined {
  const named = (name: string): Response | undefined =>
    operation.responses.find((response) => response.status.toUpperCase() === name.toUpperCase());
  return (
    named(String(status)) ??
    named(`${Math.floor(status / 100)}XX`) ??
    (status === 206 ? named('200') : undefined) ??
    named('default')
  );
}

/** The documented media type that a body of an answer has. */
export function mediaOfAnswer(operation: Operation, status: number, type: string | undefined): MediaType | undefined {
  return best(responseOf(operation, status)?.content ?? [], type);
}

/** The documented media type that a request body has. */
export function mediaOfRequest(operation: Operation, type: string | undefined): MediaType | undefined {
  return best(operation.body?.content ?? [], type);
}

function best(content: readonly MediaType[], type: string | undefined): MediaType | undefined {
  const name = type === undefined ? undefined : parseMediaType(type);
  if (name === undefined) return undefined;
  return bestMediaType(
    content.map((media) => ({ media, name: parseMediaType(media.type) })),
    name,
  )?.media;
}
