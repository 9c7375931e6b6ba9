import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../secrets/private-file.ts';
import { headsFile, lastHeadFile, type Head } from './format.ts';
import { linesBackwards } from './long-file.ts';
import { SegmentFile } from './segment-file.ts';
import { headHash, readHead, signedHead, type SigningKey } from './signing.ts';

/** The signed heads of a log, as its writer sees them. */
export class Heads {
  readonly #directory: string;
  readonly #file: SegmentFile;
  #last: Head | undefined;
  #previous = '';

  /** @throws where they cannot be read */
  constructor(directory: string) {
    this.#directory = directory;
    const file = join(directory, headsFile);
    this.#file = new SegmentFile(file);
    let torn: string | undefined = '';
    const descriptor = openSync(file, 'r');
    try {
      // From the end: years of heads stand before the last one.
      let isBehind = true;
      for (const line of linesBackwards(descriptor, this.#file.size)) {
        if (isBehind) {
          torn = line;
          isBehind = false;
          continue;
        }
        const read = line === undefined ? undefined : readHead(line, () => undefined);
        if (line === undefined || read === undefined) continue;
        this.#last = read.head;
        this.#previous = headHash(line);
        break;
      }
    } finally {
      closeSync(descriptor);
    }
    // What a killed process left without an end: the next head begins a line of its own.
    if (torn !== '') this.#file.append(Buffer.from('\n'));
  }

  get last(): Head | undefined {
    return this.#last;
  }

  /**
   * Signs and writes a head.
   * @returns its line
   */
  add(head: Omit<Head, 'head' | 'previous' | 'key' | 'publicKey'>, key: SigningKey): string {
    const whole: Head = {
      head: (this.#last?.head ?? 0) + 1,
      ...head,
      previous: this.#previous,
      key: key.id,
      ...(this.#last === undefined ? { publicKey: key.publicKey } : {}),
    };
    const line = signedHead(whole, key);
    this.#file.append(Buffer.from(`${line}\n`));
    this.#last = whole;
    this.#previous = headHash(line);
    this.#file.sync();
    writePrivateFile(join(this.#directory, lastHeadFile), `${line}\n`);
    return line;
  }

  close(): void {
    this.#file.close();
  }
}
