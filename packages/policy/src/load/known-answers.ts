import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** Answers of the engine, in JSON, by the digest of the whole question: of another question it is another answer. */
export type KnownAnswers = Readonly<Record<string, string>>;

const known = new Map<string, string>();
let learning: Map<string, string> | undefined;

/**
 * Makes answers known, so that the engine need not be loaded to ask the same again. For policies that ship with a program: the
 * answers are made when it is built, and stand beside its code.
 * @param answers of {@link recordAnswers}; of this version of castellan and the engine
 */
export function knowAnswers(answers: KnownAnswers): void {
  for (const [digest, answer] of Object.entries(answers)) known.set(digest, answer);
}

/**
 * Runs something and gives every answer that the engine gave meanwhile, for {@link knowAnswers}. The engine is asked all of it, also
 * what is known.
 */
export async function recordAnswers(run: () => Promise<unknown>): Promise<KnownAnswers> {
  const answers = new Map<string, string>();
  learning = answers;
  try {
    await run();
  } finally {
    learning = undefined;
  }
  return Object.fromEntries([...answers].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The answer, new each time; undefined where it is not known. */
export function answerKnown(name: string, question: readonly unknown[]): unknown {
  if (known.size === 0 || learning !== undefined) return undefined;
  const answer = known.get(digestOf(name, question));
  return answer === undefined ? undefined : JSON.parse(answer);
}

/** Keeps what the engine said, while something records. What JSON cannot hold is not kept. */
export function learnAnswer(name: string, question: readonly unknown[], answer: unknown): void {
  if (learning === undefined) return;
  const text = JSON.stringify(answer);
  if (isDeepStrictEqual(JSON.parse(text), answer)) learning.set(digestOf(name, question), text);
}

function digestOf(name: string, question: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([name, ...question]))
    .digest('base64url');
}
