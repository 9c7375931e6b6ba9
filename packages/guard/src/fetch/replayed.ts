export type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

/** A stream of what was read of a body, and of its rest. */
export function replayed(chunks: readonly Uint8Array[], reader: BodyReader): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    async pull(controller) {
      const chunk = rest.shift() ?? (await reader.read()).value;
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
