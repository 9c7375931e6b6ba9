import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../secrets/private-file.ts';

/** Somebody who stands in a log: the name that the log has, and the key that what it says of them is sealed with. */
export interface Person {
  readonly pseudonym: string;
  readonly key: Buffer;
}

const file = 'people.jsonl';
const keyFile = 'people.key';
/** Milliseconds between two looks at whether somebody was erased. */
const lookInterval = 1000;

interface Entry {
  /** Keyed hash of the subject. */
  readonly of: string;
  readonly as: string;
  readonly key: string;
}

/**
 * The people of a log. Nothing else can tell whose a pseudonym is: without their line here, what the log has of them can't be
 * read any more, by nobody.
 */
export class PeopleFile {
  readonly #path: string;
  readonly #secret: Buffer;
  #people = new Map<string, Person>();
  #stamp = '';
  #looked = 0;

  /** @throws where the folder cannot be written to */
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const key = join(directory, keyFile);
    if (!existsSync(key)) writePrivateFile(key, `${randomBytes(32).toString('base64url')}\n`);
    this.#secret = Buffer.from(readFileSync(key, 'utf8').trim(), 'base64url');
    this.#path = join(directory, file);
    this.#read();
  }

  /** Whether a log has pseudonyms. */
  static isIn(directory: string): boolean {
    return existsSync(join(directory, keyFile));
  }

  /** Somebody who is known; undefined where nobody of this subject stands in the log, or was erased. */
  find(subject: string): Person | undefined {
    return this.#people.get(this.#hash(subject));
  }

  /** Somebody by pseudonym. */
  byPseudonym(pseudonym: string): Person | undefined {
    for (const person of this.#people.values()) if (person.pseudonym === pseudonym) return person;
    return undefined;
  }

  /**
   * Somebody, whom the log knows from now on.
   * @param now milliseconds
   */
  of(subject: string, now: number): Person {
    if (now - this.#looked >= lookInterval) {
      this.#looked = now;
      if (this.#stamp !== stampOf(this.#path)) this.#read();
    }
    const hashed = this.#hash(subject);
    let person = this.#people.get(hashed);
    if (person === undefined) {
      person = { pseudonym: `p-${randomBytes(12).toString('base64url')}`, key: randomBytes(32) };
      const entry: Entry = { of: hashed, as: person.pseudonym, key: person.key.toString('base64url') };
      appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      this.#people.set(hashed, person);
    }
    return person;
  }

  /**
   * Destroys the key of somebody.
   * @returns the pseudonym that nobody stands behind any more; undefined where the log does not know the subject
   */
  erase(subject: string): string | undefined {
    this.#read();
    const hashed = this.#hash(subject);
    const person = this.#people.get(hashed);
    if (person === undefined) return undefined;
    this.#people.delete(hashed);
    const lines = [...this.#people].map(([of, { pseudonym, key }]) =>
      JSON.stringify({ of, as: pseudonym, key: key.toString('base64url') } satisfies Entry),
    );
    writePrivateFile(this.#path, lines.map((line) => `${line}\n`).join(''));
    return person.pseudonym;
  }

  #hash(subject: string): string {
    return createHmac('sha256', this.#secret).update(subject).digest('base64url').slice(0, 22);
  }

  #read(): void {
    this.#stamp = stampOf(this.#path);
    if (!existsSync(this.#path)) return;
    const people = new Map<string, Person>();
    for (const line of readFileSync(this.#path, 'utf8').split('\n')) {
      if (line === '') continue;
      const { of, as, key } = JSON.parse(line) as Entry;
      people.set(of, { pseudonym: as, key: Buffer.from(key, 'base64url') });
    }
    this.#people = people;
  }
}

/** A file that was written anew is another; one that grew is not. */
function stampOf(path: string): string {
  return existsSync(path) ? String(statSync(path).ino) : '';
}
