import type { Passing } from '../learn/tap.ts';

/**
 * The same stream, with what passes through it noted.
 * @param ended called once, when it has ended or nobody wants it any more
 */
export function tapped(
  body: ReadableStream<Uint8Array>,
  passing: Passing,
  ended: () => void = () => {},
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let over = false;
  const end = (): void => {
    if (!over) ended();
    over = true;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value } = await reader.read();
        if (value === undefined) {
          end();
          controller.close();
          return;
        }
        passing.copy(value);
        controller.enqueue(value);
      } catch (error) {
        end();
        throw error;
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}
