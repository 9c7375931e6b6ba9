import { CastellanError } from '@castellan/contract';
import { piecesOf } from './open-file.ts';

/** Bytes of a recording at most, unpacked: one text of JavaScript holds twice as many at the most. */
const largestRecording = 256 * 1024 * 1024;

/**
 * The bytes of a file that has to be read as a whole; a compressed one may become as large as it likes, so reading ends at the
 * limit.
 * @param most bytes
 * @throws CastellanError `recording-too-large`
 */
export async function wholeFile(
  pieces: AsyncIterable<Buffer>,
  file: string,
  most: number = largestRecording,
): Promise<Buffer> {
  const all: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > most)
      throw new CastellanError({
        code: 'recording-too-large',
        message: `the recording has more than ${most / (1024 * 1024)} MiB, unpacked`,
        place: { file },
        mend: 'export it in parts; access logs may be of any size',
      });
    // The next piece comes in the memory of this one.
    all.push(Buffer.from(piece));
  }
  return Buffer.concat(all);
}

/**
 * The text of a recording, unpacked where it is gzip or Zstandard.
 * @throws CastellanError `log-unreadable`, `recording-too-large`
 */
export async function readRecording(file: string): Promise<string> {
  return (await wholeFile(piecesOf(file), file)).toString();
}
